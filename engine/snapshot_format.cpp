#include "engine/snapshot_format.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace engine {

namespace {

constexpr std::string_view startMark = "LECTSNAP", endMark = "LECTEND.";
constexpr std::size_t hashBytes = 16, endBytes = 8 + hashBytes;
constexpr std::uint64_t maxPayload = std::uint64_t{1} << 42; // beyond any context a machine holds

[[noreturn]] void refuse(const std::string& sentence) {
    throw std::runtime_error(sentence);
}

template<class T>
void put(std::vector<std::byte>& to, const T& value) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&value);
    to.insert(to.end(), bytes, bytes + sizeof value);
}

template<class T>
T take(std::span<const std::byte>& from) {
    if (from.size() < sizeof(T)) refuse("The snapshot's header is cut short.");
    T value;
    std::memcpy(&value, from.data(), sizeof value);
    from = from.subspan(sizeof value);
    return value;
}

} // namespace

std::vector<std::byte> encodeSnapshotHeader(const SnapshotHeader& header) {
    std::vector<std::byte> out;
    for (const char c : startMark) out.push_back(static_cast<std::byte>(c));
    put(out, snapshotVersion);
    const std::size_t fixed = 8 + 4 + 4 + 4 + 4 * 8 + 32 + 4;
    put(out, static_cast<std::uint32_t>(fixed + header.identity.size() + hashBytes));
    put(out, header.mode);
    for (const std::uint64_t n : {header.tokens, header.logits, header.created, header.payloadBytes})
        put(out, n);
    put(out, header.tokenHash);
    put(out, static_cast<std::uint32_t>(header.identity.size()));
    for (const char c : header.identity) out.push_back(static_cast<std::byte>(c));
    const BlockHash hash = hashBlock(out, snapshotVersion);
    put(out, hash.mixed), put(out, hash.sum);
    return out;
}

SnapshotHeader parseSnapshotHeader(std::span<const std::byte> start, std::size_t& used) {
    if (start.size() < startMark.size() || std::memcmp(start.data(), startMark.data(), startMark.size()) != 0)
        refuse("The file is not a snapshot.");
    std::span<const std::byte> rest = start.subspan(startMark.size());
    const auto version = take<std::uint32_t>(rest);
    if (version != snapshotVersion)
        refuse("The snapshot has format " + std::to_string(version) + ", this program writes " +
               std::to_string(snapshotVersion) + ".");
    used = take<std::uint32_t>(rest);
    if (used < 16 + hashBytes || used > maxSnapshotHeader || used > start.size())
        refuse("The snapshot's header is cut short.");
    rest = start.subspan(used - hashBytes, hashBytes);
    BlockHash stored;
    stored.mixed = take<std::uint64_t>(rest), stored.sum = take<std::uint64_t>(rest);
    if (hashBlock(start.first(used - hashBytes), version) != stored)
        refuse("The snapshot's header is damaged.");

    rest = start.subspan(16, used - 16 - hashBytes);
    SnapshotHeader header;
    header.mode = take<std::uint32_t>(rest);
    for (std::uint64_t* n : {&header.tokens, &header.logits, &header.created, &header.payloadBytes})
        *n = take<std::uint64_t>(rest);
    header.tokenHash = take<Sha256::Digest>(rest);
    const auto length = take<std::uint32_t>(rest);
    if (length != rest.size()) refuse("The snapshot's header is malformed.");
    header.identity.assign(reinterpret_cast<const char*>(rest.data()), rest.size());
    constexpr std::uint64_t maxTokens = std::uint64_t{1} << 31, maxLogits = std::uint64_t{1} << 24;
    if (header.payloadBytes > maxPayload || header.tokens > maxTokens || header.logits > maxLogits ||
        4 * (header.tokens + header.logits) > header.payloadBytes)
        refuse("The snapshot's header is malformed.");
    return header;
}

std::uint64_t snapshotFileBytes(const SnapshotHeader& header, std::size_t headerBytes) {
    return headerBytes + header.payloadBytes + header.parts() * hashBytes + endBytes;
}

SnapshotSeal::SnapshotSeal(std::span<const std::byte> header)
    : m_seed(hashBlock(header, snapshotVersion).mixed) {}

BlockHash SnapshotSeal::part(std::span<const std::byte> bytes) {
    const BlockHash hash = hashBlock(bytes, m_seed + ++m_number * 0x9E3779B97F4A7C15u);
    put(m_hashes, hash.mixed), put(m_hashes, hash.sum);
    return hash;
}

BlockHash SnapshotSeal::whole() const {
    return hashBlock(m_hashes, m_seed);
}

SnapshotReader::SnapshotReader(const SnapshotHeader& header, std::span<const std::byte> headerBytes,
                               Source source)
    : m_source(std::move(source)), m_seal(headerBytes), m_left(header.payloadBytes) {}

void SnapshotReader::need(std::span<std::byte> into) {
    if (m_source(into) != into.size()) refuse("The snapshot is cut short.");
}

std::span<const std::byte> SnapshotReader::next() {
    if (m_left == 0) {
        if (m_ended) return {};
        m_ended = true;
        m_buffer.resize(endBytes);
        need(m_buffer);
        std::span<const std::byte> rest = std::span(m_buffer).subspan(endMark.size());
        BlockHash stored;
        stored.mixed = take<std::uint64_t>(rest), stored.sum = take<std::uint64_t>(rest);
        if (std::memcmp(m_buffer.data(), endMark.data(), endMark.size()) != 0 || stored != m_seal.whole())
            refuse("The snapshot's end record is damaged.");
        return {};
    }
    const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(m_left, snapshotPart));
    m_buffer.resize(bytes + hashBytes);
    need(m_buffer);
    std::span<const std::byte> rest = std::span(m_buffer).subspan(bytes);
    BlockHash stored;
    stored.mixed = take<std::uint64_t>(rest), stored.sum = take<std::uint64_t>(rest);
    const auto part = std::span<const std::byte>(m_buffer).first(bytes);
    if (m_seal.part(part) != stored) refuse("A part of the snapshot is damaged.");
    m_left -= bytes;
    return part;
}

FiniteScan::FiniteScan(const KvCache& cache, const StateBlock& block) {
    const LayerCache& layer = cache.layer(block.layer);
    const std::string& name = block.name;
    const auto has = [&](const char* part) { return name.find(part) != std::string::npos; };
    m_layout = has(".index_pool.")   ? layer.indexPool.layout
               : has(".pool.")       ? layer.pool.layout
               : has(".index_rows.") ? layer.indexRows.layout
               : has(".rows.")       ? layer.rows.layout
                                     : layer.window.layout;
    if (name.ends_with(".scales"))
        m_plane = Plane::Scales;
    else if (m_layout.type == kernels::RowType::Latent)
        m_plane = Plane::LatentRows;
    else if (m_layout.type == kernels::RowType::Index)
        m_plane = Plane::Codes;
}

// A million tokens are hundreds of megabytes: eight bytes at a time, wherever a piece was cut.
bool FiniteScan::finite(std::span<const std::byte> piece) {
    if (m_plane == Plane::Codes) return true; // every 4-bit code is a number
    constexpr std::size_t word = sizeof(std::uint64_t);
    const std::size_t head = std::min(piece.size(), (word - m_at % word) % word);
    const std::size_t words = (piece.size() - head) / word * word;
    const bool fineHead = bytesFinite(piece.first(head)), fineWords = wordsFinite(piece.subspan(head, words));
    return bytesFinite(piece.subspan(head + words)) && fineHead && fineWords;
}

namespace {

// A value is not finite when the bits of `mask` are all set: adding `one` then carries into `top`. Where `sign` is
// set, the bit at `top` must be set as well.
struct NotFinitePattern {
    std::uint64_t mask, one, top;
    bool sign = false;
};
constexpr NotFinitePattern e4m3Pattern{0x7F7F7F7F7F7F7F7F, 0x0101010101010101, 0x8080808080808080};
constexpr NotFinitePattern bf16Pattern{0x7F807F807F807F80, 0x0080008000800080, 0x8000800080008000};
constexpr NotFinitePattern f32Pattern{0x7F8000007F800000, 0x0080000000800000, 0x8000000080000000};
constexpr NotFinitePattern scalePattern{0x7F7F7F7F7F7F7F7F, 0x0101010101010101, 0x8080808080808080, true};

bool wordsFree(const NotFinitePattern& pattern, std::span<const std::byte> words) {
    std::uint64_t found = 0;
    for (std::size_t i = 0; i < words.size(); i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, words.data() + i, 8);
        found |= ((word & pattern.mask) + pattern.one) & pattern.top & (pattern.sign ? word : pattern.top);
    }
    return found == 0;
}

} // namespace

bool FiniteScan::wordsFinite(std::span<const std::byte> words) {
    const std::size_t rowBytes = m_layout.dataBytes();
    const auto wide = static_cast<std::size_t>(m_layout.dims - m_layout.rotary);
    if (m_plane == Plane::LatentRows && wide % 8 != 0) return bytesFinite(words);
    bool fine = true;
    while (!words.empty()) {
        std::size_t run = words.size();
        const NotFinitePattern* pattern = m_plane == Plane::Scales ? &scalePattern : &f32Pattern;
        if (m_plane == Plane::LatentRows) {
            const std::size_t column = m_at % rowBytes;
            run = std::min(run, (column < wide ? wide : rowBytes) - column);
            pattern = column < wide ? &e4m3Pattern : &bf16Pattern;
        }
        fine &= wordsFree(*pattern, words.first(run));
        m_previous = std::to_integer<unsigned>(words[run - 1]);
        m_at += run;
        words = words.subspan(run);
    }
    return fine;
}

bool FiniteScan::bytesFinite(std::span<const std::byte> bytes) {
    const std::size_t rowBytes = m_layout.dataBytes();
    const auto wide =
        static_cast<std::size_t>(m_layout.dims - m_layout.rotary); // bytes before the bf16 values of a row
    bool fine = true;
    for (const std::byte b : bytes) {
        const unsigned byte = std::to_integer<unsigned>(b);
        switch (m_plane) {
        case Plane::Scales:
            fine &= byte != 0xFF;
            break;
        case Plane::Floats:
            fine &= m_at % 4 != 3 || (byte & 0x7F) != 0x7F || (m_previous & 0x80) == 0;
            break;
        case Plane::LatentRows: {
            const std::size_t column = m_at % rowBytes;
            if (column < wide)
                fine &= (byte & 0x7F) != 0x7F;
            else
                fine &= (column - wide) % 2 == 0 || (byte & 0x7F) != 0x7F || (m_previous & 0x80) == 0;
            break;
        }
        case Plane::Codes:
            break;
        }
        m_previous = byte;
        ++m_at;
    }
    return fine;
}

} // namespace engine
