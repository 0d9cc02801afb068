// Any bytes as a snapshot: refused with a sentence. The same bytes as the payload of a correct one: given out as they
// are, and refused again once a bit is flipped.
#include "engine/snapshot_format.h"

#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace {

std::size_t readAll(std::span<const std::byte> file) {
    std::size_t used = 0, payload = 0;
    const auto header = engine::parseSnapshotHeader(file.first(std::min(file.size(), engine::maxSnapshotHeader)), used);
    std::size_t at = used;
    engine::SnapshotReader reader(header, file.first(used), [&](std::span<std::byte> into) {
        const std::size_t n = std::min(into.size(), file.size() - at);
        if (n > 0) std::memcpy(into.data(), file.data() + at, n);
        at += n;
        return n;
    });
    for (auto part = reader.next(); !part.empty(); part = reader.next()) payload += part.size();
    if (payload != header.payloadBytes || at != engine::snapshotFileBytes(header, used)) std::abort();
    return payload;
}

void append(std::vector<std::byte>& to, const engine::BlockHash& hash) {
    for (const std::uint64_t word : {hash.mixed, hash.sum})
        for (int shift = 0; shift < 64; shift += 8) to.push_back(static_cast<std::byte>(word >> shift));
}

std::vector<std::byte> sealed(std::span<const std::byte> payload) {
    engine::SnapshotHeader header;
    header.identity.assign(reinterpret_cast<const char*>(payload.data()), std::min<std::size_t>(payload.size(), 100));
    header.payloadBytes = payload.size();
    std::vector<std::byte> file = engine::encodeSnapshotHeader(header);
    engine::SnapshotSeal seal(file);
    for (; !payload.empty(); payload = payload.subspan(std::min(payload.size(), engine::snapshotPart))) {
        const auto part = payload.first(std::min(payload.size(), engine::snapshotPart));
        file.insert(file.end(), part.begin(), part.end());
        append(file, seal.part(part));
    }
    for (const char c : std::string_view("LECTEND.")) file.push_back(static_cast<std::byte>(c));
    append(file, seal.whole());
    return file;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
    try {
        readAll(bytes);
    } catch (const std::runtime_error&) {
    }
    if (size == 0) return 0;
    std::vector<std::byte> file = sealed(bytes);
    if (readAll(file) != size) std::abort();
    const std::size_t bit = (std::to_integer<std::size_t>(bytes[0]) * 8191 + size * 31) % (file.size() * 8);
    file[bit / 8] ^= std::byte{1} << bit % 8;
    bool refused = false;
    try {
        readAll(file);
    } catch (const std::runtime_error&) {
        refused = true;
    }
    if (!refused) std::abort();
    return 0;
}
