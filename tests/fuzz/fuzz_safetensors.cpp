// Any bytes as a safetensors file and as a shard index: refused with a sentence, or every tensor lies in the file.
#include "engine/safetensors.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
    try {
        for (const engine::StoredTensor& t : engine::readSafetensorsDirectory(bytes, "fuzz")) {
            const auto begin = static_cast<std::size_t>(t.tensor.as<std::byte>() - bytes.data());
            if (begin > size || t.bytes > size - begin) std::abort();
            if (t.readable && t.tensor.bytes() != t.bytes) std::abort();
        }
    } catch (const std::runtime_error&) {
    }
    try {
        const auto index = engine::readShardIndex({reinterpret_cast<const char*>(data), size}, "fuzz");
        for (const auto& place : index.places)
            if (index.shards.at(place.shard).find('/') != std::string::npos) std::abort();
    } catch (const std::runtime_error&) {
    }
    return 0;
}
