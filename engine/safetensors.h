// Safetensors: the directory of one file and the index over many, read from bytes that may be hostile.
// Nothing here touches a tensor's bytes. A broken rule throws std::runtime_error naming file, tensor and
// rule. Pure functions, any thread. Rules: v4-formats.md section 2.
#pragma once

#include "engine/stored_tensor.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

constexpr std::uint64_t maxSafetensorsHeader = 100'000'000;
constexpr std::size_t maxTensorsPerFile =
    160'000; // the largest published checkpoint has 149,782 in all its files
constexpr std::size_t maxTensorName = 256;
constexpr std::uint64_t maxShardIndex = 64u << 20;

// `fileName` is for messages. The returned views point into `file`.
std::vector<StoredTensor> readSafetensorsDirectory(std::span<const std::byte> file,
                                                   const std::string& fileName);

// model.safetensors.index.json: which shard holds which tensor. Shards are plain names of files beside the
// index.
struct ShardIndex {
    struct Place {
        std::string_view tensor;
        std::uint32_t shard = 0;
    };
    std::vector<std::string> shards;
    std::vector<Place> places; // sorted by tensor
};
ShardIndex readShardIndex(std::string_view text, const std::string& fileName);

// Throws unless the name is usable as a tensor's: 1 to 256 bytes, no control characters.
void checkTensorName(std::string_view name, const std::string& fileName);

} // namespace engine
