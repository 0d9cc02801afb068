// Any bytes as a snapshot, and any payload behind a correct header: refused with a sentence, or given out as it is.
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

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
    try {
        readAll(bytes);
    } catch (const std::runtime_error&) {
    }
    engine::SnapshotHeader header;
    header.identity.assign(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 100));
    header.payloadBytes = size;
    std::vector<std::byte> file = engine::encodeSnapshotHeader(header);
    file.insert(file.end(), bytes.begin(), bytes.end()); // no part hash is right by chance
    try {
        if (readAll(file) != 0) std::abort();
    } catch (const std::runtime_error&) {
    }
    return 0;
}
