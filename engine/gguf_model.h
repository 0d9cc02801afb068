// DeepSeek-V4 in GGUF files, of llama.cpp and of ds4: tensors get their published names, metadata becomes the
// text of a config.json and of a tokenizer.json, and a split model is put together. Other architectures are
// refused by name. Pure functions, any thread. Source: v4-formats.md sections 1.9 and 1.10.
#pragma once

#include "engine/gguf.h"
#include "engine/stored_weights.h"

#include <optional>
#include <string>
#include <string_view>

namespace engine {

// Opens the file, or all files of the split set it belongs to ("name-00001-of-00005.gguf").
Checkpoint openGguf(const std::filesystem::path& file);
// Whether `file` is the first of a split set of `count` files.
bool isGgufSplitOf(const std::filesystem::path& file, std::size_t count);

// "blk.3.attn_q_a.weight" -> "layers.3.attn.wq_a.weight"; experts are "layers.3.ffn.experts.*.w1.weight".
// Empty for what only drafts use; nothing for a name V4 does not have.
std::optional<std::string> publishedNameOfGguf(std::string_view name, std::uint64_t layers);

std::uint64_t ggufLayers(const GgufFile& file,
                         const std::string& fileName); // of the main model, without drafts
// `tensors`: those of all parts, under their published names.
std::string ggufConfig(const GgufFile& file, std::span<const StoredTensor> tensors,
                       const std::string& fileName);
std::string ggufTokenizer(const GgufFile& file, const std::string& fileName); // empty when the file has none

} // namespace engine
