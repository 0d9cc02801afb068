// SHA-256 (FIPS 180-4): names a checkpoint and a token prefix. A value; feed it bytes, ask once for the
// digest. ingest/sha256 is a twin on purpose: ingest may include neither engine nor kernels, engine not ingest,
// and no folder stands below both. This one is plain, it sees a few megabytes at most; that one uses the
// processor's instructions, because it reads whole repositories.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace engine {

class Sha256 {
public:
    using Digest = std::array<std::uint8_t, 32>;

    void update(std::span<const std::byte> bytes);
    void update(std::string_view text) { update(std::as_bytes(std::span(text))); }
    void update(std::uint64_t number); // as 8 bytes, little-endian
    Digest digest();                   // ends the message; the object is used up

private:
    void block(const std::uint8_t* bytes);

    std::array<std::uint32_t, 8> m_state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<std::uint8_t, 64> m_pending{};
    std::uint64_t m_length = 0;
};

std::string toHex(std::span<const std::uint8_t> bytes);

} // namespace engine
