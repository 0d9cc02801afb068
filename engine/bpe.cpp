#include "engine/bpe.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

namespace engine {

namespace {

constexpr std::uint64_t emptySlot = ~0ull;
constexpr std::uint64_t rankMask = (1ull << 21) - 1;
constexpr std::size_t shortPiece = 64; // bytes; up to here a scan for the lowest rank beats a heap
constexpr int cacheBits = 14, longCacheBits = 12;

std::uint64_t pairKey(TokenId left, TokenId right) {
    return static_cast<std::uint64_t>(left) << 21 | static_cast<std::uint64_t>(right);
}

std::uint64_t mix(std::uint64_t value) { return value * 0x9E3779B97F4A7C15ull; }

} // namespace

BpeCache::BpeCache() : m_entries(1u << cacheBits), m_longEntries(1u << longCacheBits) {}

Bpe::Bpe(std::span<const Merge> merges, const std::array<TokenId, 256>& byteIds) : m_byteIds(byteIds) {
    assert(merges.size() < maxMerges);
    const int bits = std::max(4, static_cast<int>(std::bit_width(merges.size() * 2)));
    m_shift = 64 - bits;
    m_slots.assign(1ull << bits, emptySlot);
    m_results.reserve(merges.size());
    for (const Merge& merge : merges) {
        const std::uint64_t key = pairKey(merge.left, merge.right);
        std::size_t slot = mix(key) >> m_shift;
        while (m_slots[slot] != emptySlot) slot = (slot + 1) & (m_slots.size() - 1);
        m_slots[slot] = key << 21 | m_results.size();
        m_results.push_back(merge.result);
    }
}

std::uint32_t Bpe::rankOf(TokenId left, TokenId right) const {
    const std::uint64_t key = pairKey(left, right);
    for (std::size_t slot = mix(key) >> m_shift;; slot = (slot + 1) & (m_slots.size() - 1)) {
        const std::uint64_t found = m_slots[slot];
        if (found == emptySlot) return none;
        if (found >> 21 == key) return static_cast<std::uint32_t>(found & rankMask);
    }
}

void Bpe::encode(std::string_view piece, const char* end, BpeCache& cache, std::vector<TokenId>& out) const {
    const std::size_t size = piece.size();
    if (size == 1) {
        out.push_back(m_byteIds[static_cast<unsigned char>(piece[0])]);
        return;
    }
    if (size > 15) {
        encodeMedium(piece, cache, out);
        return;
    }
    std::uint64_t low = 0, high = 0;
    if (end - piece.data() >= 16) {
        std::memcpy(&low, piece.data(), 8);
        std::memcpy(&high, piece.data() + 8, 8);
        if (size < 8) {
            low &= (1ull << size * 8) - 1;
            high = 0;
        } else {
            high &= (1ull << (size - 8) * 8) - 1;
        }
    } else {
        std::memcpy(&low, piece.data(), std::min<std::size_t>(size, 8));
        if (size > 8) std::memcpy(&high, piece.data() + 8, size - 8);
    }
    BpeCache::Entry& entry = cache.m_entries[mix(low ^ mix(high + size)) >> (64 - cacheBits)];
    const std::uint64_t tag = static_cast<std::uint64_t>(size) << 56;
    constexpr std::uint64_t countMask = 7ull << 60;
    if (entry.low != low || (entry.high & ~countMask) != (high | tag)) {
        const std::span<const TokenId> ids = mergeShort(piece, cache);
        if (ids.size() > entry.ids.size()) {
            out.insert(out.end(), ids.begin(), ids.end());
            return;
        }
        entry.low = low;
        entry.high = high | tag | static_cast<std::uint64_t>(ids.size()) << 60;
        std::copy(ids.begin(), ids.end(), entry.ids.begin());
    }
    // Most pieces are one token.
    const std::size_t count = entry.high >> 60 & 7;
    out.push_back(entry.ids[0]);
    for (std::size_t i = 1; i < count; ++i) out.push_back(entry.ids[i]);
}

void Bpe::encodeMedium(std::string_view piece, BpeCache& cache, std::vector<TokenId>& out) const {
    if (piece.size() > shortPiece) {
        mergeLong(piece, out);
        return;
    }
    if (piece.size() > 31) {
        const std::span<const TokenId> ids = mergeShort(piece, cache);
        out.insert(out.end(), ids.begin(), ids.end());
        return;
    }
    std::array<std::uint64_t, 4> key{};
    std::memcpy(key.data(), piece.data(), piece.size());
    key[3] |= static_cast<std::uint64_t>(piece.size()) << 56;
    const std::uint64_t hash = mix(key[0] ^ mix(key[1] ^ mix(key[2] ^ mix(key[3]))));
    BpeCache::LongEntry& entry = cache.m_longEntries[hash >> (64 - longCacheBits)];
    if (entry.key != key) {
        const std::span<const TokenId> ids = mergeShort(piece, cache);
        if (ids.size() > entry.ids.size()) {
            out.insert(out.end(), ids.begin(), ids.end());
            return;
        }
        entry.key = key;
        entry.count = static_cast<std::uint32_t>(ids.size());
        std::copy(ids.begin(), ids.end(), entry.ids.begin());
    }
    out.insert(out.end(), entry.ids.begin(), entry.ids.begin() + entry.count);
}

std::span<const TokenId> Bpe::mergeShort(std::string_view piece, BpeCache& cache) const {
    std::vector<TokenId>& ids = cache.m_piece;
    std::vector<std::uint32_t>& ranks = cache.m_ranks; // ranks[i]: of the pair (i, i+1)
    const std::size_t size = piece.size();
    if (ids.size() < size + 1) {
        ids.resize(size + 1);
        ranks.resize(size + 1);
    }
    for (std::size_t i = 0; i < size; ++i) ids[i] = m_byteIds[static_cast<unsigned char>(piece[i])];
    std::size_t pairs = size - 1;
    for (std::size_t i = 0; i < pairs; ++i) ranks[i] = rankOf(ids[i], ids[i + 1]);
    while (pairs > 0) {
        const std::size_t best = static_cast<std::size_t>(
            std::min_element(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(pairs)) - ranks.begin());
        if (ranks[best] == none) break;
        ids[best] = m_results[ranks[best]];
        std::copy(ids.data() + best + 2, ids.data() + pairs + 1, ids.data() + best + 1);
        std::copy(ranks.data() + best + 1, ranks.data() + pairs, ranks.data() + best);
        --pairs;
        if (best > 0) ranks[best - 1] = rankOf(ids[best - 1], ids[best]);
        if (best < pairs) ranks[best] = rankOf(ids[best], ids[best + 1]);
    }
    return {ids.data(), pairs + 1};
}

// The same with a heap over a linked list. An entry of the heap whose pair has changed meanwhile is skipped.
void Bpe::mergeLong(std::string_view piece, std::vector<TokenId>& out) const {
    struct Symbol {
        TokenId id;
        std::uint32_t rank; // of the pair with its successor
        std::uint32_t previous, next;
    };
    // A piece is cut off at 4 GiB by the size of a Document; positions fit 32 bits.
    constexpr std::uint32_t nobody = 0xFFFFFFFF;
    const auto size = static_cast<std::uint32_t>(piece.size());
    std::vector<Symbol> symbols(size);
    for (std::uint32_t i = 0; i < size; ++i)
        symbols[i] = {m_byteIds[static_cast<unsigned char>(piece[i])], none, i == 0 ? nobody : i - 1,
                      i + 1 == size ? nobody : i + 1};
    std::vector<std::uint64_t> heap; // rank << 32 | position, the least on top
    const auto consider = [&](std::uint32_t at, bool push) {
        Symbol& symbol = symbols[at];
        symbol.rank = symbol.next == nobody ? none : rankOf(symbol.id, symbols[symbol.next].id);
        if (symbol.rank == none) return;
        heap.push_back(static_cast<std::uint64_t>(symbol.rank) << 32 | at);
        if (push) std::push_heap(heap.begin(), heap.end(), std::greater<>{});
    };
    for (std::uint32_t i = 0; i < size; ++i) consider(i, false);
    std::make_heap(heap.begin(), heap.end(), std::greater<>{});
    while (!heap.empty()) {
        std::pop_heap(heap.begin(), heap.end(), std::greater<>{});
        const auto at = static_cast<std::uint32_t>(heap.back());
        const auto rank = static_cast<std::uint32_t>(heap.back() >> 32);
        heap.pop_back();
        Symbol& symbol = symbols[at];
        if (symbol.rank != rank) continue;
        Symbol& absorbed = symbols[symbol.next];
        absorbed.rank = none;
        symbol.id = m_results[rank];
        symbol.next = absorbed.next;
        if (symbol.next != nobody) symbols[symbol.next].previous = at;
        consider(at, true);
        if (symbol.previous != nobody) consider(symbol.previous, true);
    }
    for (std::uint32_t at = 0; at != nobody; at = symbols[at].next) out.push_back(symbols[at].id);
}

} // namespace engine
