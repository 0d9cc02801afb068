#include "engine/block_hash.h"

#include <array>
#include <bit>
#include <cstring>

namespace engine {

namespace {

// XXH64 by its published description (Yann Collet, BSD-2): the five primes and the order of steps are its
// definition.
constexpr std::uint64_t prime1 = 0x9E3779B185EBCA87, prime2 = 0xC2B2AE3D27D4EB4F, prime3 = 0x165667B19E3779F9,
                        prime4 = 0x85EBCA77C2B2AE63, prime5 = 0x27D4EB2F165667C5;

std::uint64_t word(const std::byte* at, std::size_t bytes = 8) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, bytes);
    return value;
}

std::uint64_t step(std::uint64_t lane, std::uint64_t input) {
    return std::rotl(lane + input * prime2, 31) * prime1;
}

std::uint64_t finish(std::uint64_t hash) {
    hash = (hash ^ hash >> 33) * prime2;
    hash = (hash ^ hash >> 29) * prime3;
    return hash ^ hash >> 32;
}

std::uint64_t xxh64(std::span<const std::byte> bytes, std::uint64_t seed) {
    const std::byte* at = bytes.data();
    std::size_t left = bytes.size();
    std::uint64_t hash = seed + prime5;
    if (left >= 32) {
        std::array<std::uint64_t, 4> lanes{seed + prime1 + prime2, seed + prime2, seed, seed - prime1};
        for (; left >= 32; left -= 32, at += 32)
            for (std::size_t i = 0; i < 4; ++i) lanes[i] = step(lanes[i], word(at + 8 * i));
        hash = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
               std::rotl(lanes[3], 18);
        for (const std::uint64_t lane : lanes) hash = (hash ^ step(0, lane)) * prime1 + prime4;
    }
    hash += bytes.size();
    for (; left >= 8; left -= 8, at += 8) hash = std::rotl(hash ^ step(0, word(at)), 27) * prime1 + prime4;
    if (left >= 4) {
        hash = std::rotl(hash ^ word(at, 4) * prime1, 23) * prime2 + prime3;
        left -= 4, at += 4;
    }
    for (; left > 0; --left, ++at) hash = std::rotl(hash ^ word(at, 1) * prime5, 11) * prime1;
    return finish(hash);
}

} // namespace

BlockHash hashBlock(std::span<const std::byte> bytes, std::uint64_t seed) {
    BlockHash hash{xxh64(bytes, seed), seed + bytes.size()};
    std::uint64_t factor = 1;
    std::size_t i = 0;
    for (; i + 8 <= bytes.size(); i += 8, factor += 2) hash.sum += word(bytes.data() + i) * factor;
    if (i < bytes.size()) hash.sum += word(bytes.data() + i, bytes.size() - i) * factor;
    return hash;
}

} // namespace engine
