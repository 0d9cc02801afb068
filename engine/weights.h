// Weights: a checkpoint on disk, seen as named tensors. Safetensors (single file or sharded index) and GGUF
// (architecture deepseek4) look alike: names are the published ones of v4-formats.md, whatever the file calls them.
// Shards are mapped read-only and shared; every rule of the formats' safety section holds before the first tensor
// byte is read, and a file that breaks one is refused with a sentence (std::runtime_error). Immutable, any thread.
#pragma once

#include "kernels/tensor.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

class Weights {
public:
    // `path`: a model folder (config.json beside the shards) or a single .safetensors or .gguf file.
    static std::shared_ptr<const Weights> open(const std::filesystem::path& path);
    virtual ~Weights() = default;

    virtual bool has(std::string_view name) const = 0;
    // The tensor of that published name, e.g. "layers.3.attn.attn_sink"; throws naming it when absent.
    virtual kernels::Tensor tensor(std::string_view name) const = 0;
    // "<name>.weight" and, where stored, "<name>.scale"; checks that both fit each other.
    virtual kernels::Weight weight(std::string_view name) const = 0;

    virtual std::vector<std::string> names() const = 0; // sorted, every expert by itself
    // The text of config.json; for GGUF the same keys written from its metadata.
    virtual const std::string& configText() const = 0;
    // The folder's tokenizer.json text, the same from GGUF metadata, or empty.
    virtual std::string tokenizerText() const = 0;
    virtual std::string format() const = 0;      // "safetensors" or "GGUF"
    virtual std::uint64_t bytes() const = 0;     // of all tensors
    // SHA-256 over names, types, shapes, offsets and sampled bytes: identifies the checkpoint, cheap on 160 GB.
    virtual std::string fingerprint() const = 0;
};

} // namespace engine
