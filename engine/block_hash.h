// BlockHash: 128 bits over a block of bytes, for finding damage, not for security. The first half is XXH64;
// the second a sum of 64-bit words times odd numbers, which no change inside one word can leave as it was:
// every flipped bit is found for certain, everything else with the odds of XXH64. A pure function, any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace engine {

struct BlockHash {
    std::uint64_t mixed = 0, sum = 0;
    bool operator==(const BlockHash&) const = default;
};

BlockHash hashBlock(std::span<const std::byte> bytes, std::uint64_t seed);

} // namespace engine
