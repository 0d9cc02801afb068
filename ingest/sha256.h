// SHA-256 (FIPS 180-4) of bytes, lower-case hex. Our own hundred lines rather than a library: one dependency less on a
// fresh machine, and with the processor's SHA instructions it is faster than reading files is. A value; any thread. Why engine has
// a plain one of its own is said there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ingest {

class Sha256 {
public:
    Sha256();
    void update(std::string_view bytes);
    // 64 hex digits; the object is spent afterwards.
    std::string finish();

private:
    std::array<std::uint32_t, 8> m_state;
    std::array<std::uint8_t, 64> m_block{};
    std::size_t m_filled = 0;
    std::uint64_t m_bytes = 0;
};

std::string sha256(std::string_view bytes);

} // namespace ingest
