// The bytes of a snapshot, all little-endian:
//   header   "LECTSNAP", u32 version, u32 header bytes, the fields of SnapshotHeader, BlockHash of all before
//   it parts    the payload cut into parts of 1 MiB (the last shorter), each followed by its BlockHash,
//   seeded with the
//            header's hash and the part's number, so that parts of another snapshot or another place do not
//            fit
//   end      "LECTEND.", BlockHash over the hashes of all parts
// The payload is: token ids (i32), logits of the last token (f32, none or one per vocabulary entry), then the
// blocks of KvCache::blocks() in their order. Values on the engine thread; nothing here knows a timeline.
#pragma once

#include "engine/block_hash.h"
#include "engine/kv_cache.h"
#include "engine/sha256.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace engine {

constexpr std::uint32_t snapshotVersion = 1;
constexpr std::size_t snapshotPart = 1u << 20;
constexpr std::size_t maxSnapshotHeader = 8192;

struct SnapshotHeader {
    std::uint32_t mode = 0;
    std::uint64_t tokens = 0, logits = 0, created = 0;
    std::uint64_t payloadBytes = 0;
    Sha256::Digest tokenHash{};
    std::string identity;

    std::uint64_t parts() const { return (payloadBytes + snapshotPart - 1) / snapshotPart; }
};

std::vector<std::byte> encodeSnapshotHeader(const SnapshotHeader& header);
// `start`: the first bytes of a file, at least maxSnapshotHeader or all of it. `used`: how many the header
// takes. Throws a sentence (without the file's name) when it is damaged.
SnapshotHeader parseSnapshotHeader(std::span<const std::byte> start, std::size_t& used);
// Of a whole file with that header.
std::uint64_t snapshotFileBytes(const SnapshotHeader& header, std::size_t headerBytes);

// Hashes of the parts as they go by, in writing and in reading.
class SnapshotSeal {
public:
    explicit SnapshotSeal(std::span<const std::byte> header);
    BlockHash part(std::span<const std::byte> bytes); // the next one
    BlockHash whole() const;

private:
    std::uint64_t m_seed = 0, m_number = 0;
    std::vector<std::byte> m_hashes;
};

// Reads the payload of a file and hands it on in parts, each only after its hash was found right.
class SnapshotReader {
public:
    using Source =
        std::function<std::size_t(std::span<std::byte>)>; // fills as much as there is, returns how much

    // `source` stands behind the header.
    SnapshotReader(const SnapshotHeader& header, std::span<const std::byte> headerBytes, Source source);
    // The next part; empty at the end, after the end record was checked. Throws a sentence when something is
    // wrong.
    std::span<const std::byte> next();

private:
    void need(std::span<std::byte> into);

    Source m_source;
    SnapshotSeal m_seal;
    std::uint64_t m_left;
    bool m_ended = false;
    std::vector<std::byte> m_buffer;
};

// Looks through one block of state, piece by piece, for values that are not finite.
class FiniteScan {
public:
    FiniteScan(const KvCache& cache, const StateBlock& block);
    bool finite(std::span<const std::byte> piece); // the next bytes of the block

private:
    bool bytesFinite(std::span<const std::byte> bytes);
    bool wordsFinite(std::span<const std::byte> words); // whole words of 8 bytes, from a multiple of 8 on

    enum class Plane : std::uint8_t { Floats, LatentRows, Scales, Codes } m_plane = Plane::Floats;
    kernels::RowLayout m_layout;
    std::size_t m_at = 0;
    unsigned m_previous = 0;
};

} // namespace engine
