#include "ingest/pdf_helper/reply_writer.h"

#include <cerrno>

#include <unistd.h>

namespace pdfhelper {

namespace {

constexpr std::size_t room = 64; // kept free so that Problem and End always fit

void writeAll(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t done = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            _exit(4); // nobody listens any more
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
}

} // namespace

Payload& Payload::shortText(std::string_view value) {
    if (value.size() > 1000) {
        std::size_t end = 1000;
        while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80)
            --end;
        value = value.substr(0, end);
    }
    put(static_cast<std::uint16_t>(value.size()));
    return bytes(value);
}

bool ReplyWriter::write(ingest::pdf::Frame type, std::string_view payload) {
    const bool closing = type == ingest::pdf::Frame::Problem || type == ingest::pdf::Frame::End;
    if (payload.size() > ingest::pdf::maxFrame || m_written + payload.size() + 5 + (closing ? 0 : room) > m_limit)
        return false;
    std::string frame;
    frame.reserve(payload.size() + 5);
    frame += static_cast<char>(type);
    const auto length = static_cast<std::uint32_t>(payload.size());
    frame.append(reinterpret_cast<const char*>(&length), sizeof length);
    frame.append(payload);
    writeAll(frame);
    m_written += frame.size();
    return true;
}

void ReplyWriter::problem(ingest::pdf::Trouble trouble, std::uint32_t page) {
    write(ingest::pdf::Frame::Problem, Payload().put(static_cast<std::uint8_t>(trouble)).put(page).data());
}

} // namespace pdfhelper
