// Writes what a model computes for a list of tokens into a safetensors file, for comparison with another
// implementation (goldens/README.md): `logits` [T, V], and on request `hidden.{i}` and `index_topk.{i}`. Values go to
// their place in the file as they come, so that a large vocabulary needs no memory. Temporary name, then rename.
#pragma once

#include "engine/model.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace engine {

struct LogitsOptions {
    std::int64_t chunk = 0;  // tokens at a time; 0 = the device's preference
    std::int64_t decode = 0; // the last so many tokens are fed one at a time
    bool hidden = false;     // hidden.{i}: input streams of layer i [T, h, D], i = L: the final norm's output [T, D];
                             // index_topk.{i} [T, k]: entries the indexer of layer i chose, -1 where fewer exist, ascending
    std::function<void(std::int64_t done, std::int64_t total)> onProgress;
};

// False when stopped: there is no file then. Throws a sentence naming what is wrong.
bool writeLogits(std::shared_ptr<const Model> model, std::span<const std::int32_t> tokens, const std::filesystem::path& file,
                 const LogitsOptions& options, std::stop_token stop);

// The model of `path`; `exact`: without the quantisation simulation of the checkpoint.
std::shared_ptr<const Model> openForComparison(const std::filesystem::path& path, const std::string& device, bool exact);

} // namespace engine
