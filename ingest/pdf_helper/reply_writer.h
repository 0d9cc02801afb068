// Writes the frames that ingest/pdf_reply.h describes to standard output. Every frame is flushed, so that a process
// killed by a limit leaves whole pages behind. Counts bytes and stops at the limit it was given.
#pragma once

#include "ingest/pdf_reply.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace pdfhelper {

class Payload {
public:
    template <typename T> Payload& put(T value) {
        m_bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
        return *this;
    }
    Payload& bytes(std::string_view value) {
        m_bytes.append(value);
        return *this;
    }
    // With a two-byte length; cut at a character border.
    Payload& shortText(std::string_view value);
    const std::string& data() const { return m_bytes; }
    void replace(std::size_t at, std::uint32_t value) { m_bytes.replace(at, 4, reinterpret_cast<const char*>(&value), 4); }

private:
    std::string m_bytes;
};

class ReplyWriter {
public:
    explicit ReplyWriter(std::uint64_t limit) : m_limit(limit) {}
    // False where the frame would exceed the limit: nothing of it is written.
    bool write(ingest::pdf::Frame type, std::string_view payload);
    void problem(ingest::pdf::Trouble trouble, std::uint32_t page = 0);

private:
    std::uint64_t m_limit, m_written = 0;
};

} // namespace pdfhelper
