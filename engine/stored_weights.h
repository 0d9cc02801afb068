// StoredWeights: the one implementation of Weights. Files are read into StoredTensors by safetensors.h or
// gguf.h; this looks them up by published name, cuts single experts out of stacked ones, pairs values with
// scales and names the whole by a hash. Owns the mappings. Immutable after construction, any thread.
#pragma once

#include "engine/stored_tensor.h"
#include "engine/weights.h"
#include "kernels/memory.h"

#include <deque>
#include <functional>
#include <mutex>

namespace engine {

// What opening collects before anything can be asked.
struct Checkpoint {
    std::string label; // for messages: the path the user named
    std::string format;
    std::vector<kernels::Mapping> files;
    std::vector<StoredTensor> tensors; // published names; a stacked expert matrix is "...experts.*.w1.weight"
    std::deque<std::string> madeNames; // backs the names that are not spelled so in a file
    std::string configText;
    std::function<std::string()> tokenizerText;
};

// Published spelling of a name as re-exported by other tools: without "model.", with "scale" for
// "weight_scale_inv". Equal to `name` (the same view) when there is nothing to change.
std::string_view publishedName(std::string_view name, std::deque<std::string>& madeNames);

class StoredWeights final : public Weights {
public:
    explicit StoredWeights(
        Checkpoint checkpoint); // throws when a name occurs twice or memory for moved tensors lacks

    bool has(std::string_view name) const override;
    kernels::Tensor tensor(std::string_view name) const override;
    kernels::Weight weight(std::string_view name) const override;
    std::vector<std::string> names() const override;
    const std::string& configText() const override { return m_checkpoint.configText; }
    std::string tokenizerText() const override { return m_checkpoint.tokenizerText(); }
    std::string format() const override { return m_checkpoint.format; }
    std::uint64_t bytes() const override { return m_bytes; }
    std::string fingerprint() const override;

private:
    struct Found {
        const StoredTensor* stored = nullptr;
        std::int64_t expert = -1; // which slice of a stacked one
    };
    Found find(std::string_view name) const;
    void moveMisaligned();
    std::string computeFingerprint() const;

    Checkpoint m_checkpoint;
    std::vector<kernels::Buffer>
        m_moved; // copies of tensors that lie at an address their type cannot be read from
    std::uint64_t m_bytes = 0;
    mutable std::once_flag m_fingerprintOnce;
    mutable std::string m_fingerprint;
};

} // namespace engine
