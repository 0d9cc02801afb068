// Byte-pair encoding of one piece: start from byte symbols, merge the adjacent pair of the lowest rank, leftmost first,
// until no pair is in the table (v4-formats.md 3.3). The merges lie in one open hash table; short pieces are
// remembered in a BpeCache, long ones use a heap (O(n log n): a run of symbols can be megabytes). Bpe is immutable; a
// BpeCache belongs to one thread at a time.
#pragma once

#include "engine/tokenizer.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace engine {

struct Merge {
    TokenId left = 0, right = 0, result = 0;
};

class BpeCache {
public:
    BpeCache();

private:
    friend class Bpe;
    // Pieces up to 15 bytes and 4 tokens: the bytes, then the count of tokens and the length in the last one.
    struct Entry {
        std::uint64_t low = 0, high = 0;
        std::array<TokenId, 4> ids{};
    };
    // Up to 31 bytes and 7 tokens.
    struct LongEntry {
        std::array<std::uint64_t, 4> key{};
        std::array<TokenId, 7> ids{};
        std::uint32_t count = 0;
    };
    std::vector<Entry> m_entries;
    std::vector<LongEntry> m_longEntries;
    std::vector<TokenId> m_piece; // ids of the piece at hand
    std::vector<std::uint32_t> m_ranks;
};

class Bpe {
public:
    static constexpr TokenId maxIds = 1 << 21;       // what a slot of the table can hold
    static constexpr std::size_t maxMerges = 1 << 21;

    // `merges` by rank, all different, ids below maxIds.
    Bpe(std::span<const Merge> merges, const std::array<TokenId, 256>& byteIds);

    // Appends the tokens of `piece`. `end`: how far bytes may be read (the end of the text the piece lies in).
    void encode(std::string_view piece, const char* end, BpeCache& cache, std::vector<TokenId>& out) const;

private:
    static constexpr std::uint32_t none = 0xFFFFFFFF;
    std::uint32_t rankOf(TokenId left, TokenId right) const;
    std::span<const TokenId> mergeShort(std::string_view piece, BpeCache& cache) const;
    void mergeLong(std::string_view piece, std::vector<TokenId>& out) const;
    void encodeMedium(std::string_view piece, BpeCache& cache, std::vector<TokenId>& out) const;

    std::array<TokenId, 256> m_byteIds;
    std::vector<std::uint64_t> m_slots; // left << 42 | right << 21 | rank, all ones = empty
    int m_shift = 0;
    std::vector<TokenId> m_results; // by rank
};

} // namespace engine
