// Model: configuration, weights bound to a device, and the forward pass, written once against kernels::Device
// and meant to be read beside v4-architecture.md section 2.1. Immutable after opening and shared by
// timelines; forward() works on the caller's cache and workspace, on the engine thread.
#pragma once

#include "engine/config.h"
#include "engine/kv_cache.h"
#include "engine/weights.h"
#include "kernels/device.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace engine {

struct ModelWeights; // model_weights.h

// Which roundings of the trained model are made (kernels/operations.h): Mode::Model as trained, Mode::Exact
// none.
using Mode = kernels::Mode;
// Names Model::open takes on this machine for that mode, the fastest first; "auto" is the first of them.
std::vector<std::string> devices(Mode mode);

// What a caller may watch; an empty function costs nothing. Positions are those of the first row; values are
// only valid during the call.
struct Observer {
    // Input streams of layer 0 .. L-1 as [T, h, D], then the final norm's output as layer L, [T, D].
    std::function<void(int layer, std::int64_t position, std::span<const float> values)> hidden;
    // The indexer's choice in a ratio-4 layer, [T, k] ascending, -1 where fewer exist.
    std::function<void(int layer, std::int64_t position, std::span<const std::int32_t> picks)> picks;
    // Logits of every position, some rows at a time, [rows, V].
    std::function<void(std::int64_t position, std::span<const float> logits)> logits;
};

struct Workspace; // workspace.h: activations of one chunk, reused; one per timeline

class Model {
public:
    // `device`: "reference", "simd", "cuda:0" or "auto", the first that can hold the model. Mode: what the
    // checkpoint says unless given.
    static std::shared_ptr<const Model> open(const std::filesystem::path& path,
                                             const std::string& device = "auto");
    static std::shared_ptr<const Model> open(std::shared_ptr<const Weights> weights,
                                             const std::string& device, Mode mode);
    static std::shared_ptr<const Model> open(std::shared_ptr<const Weights> weights,
                                             std::shared_ptr<kernels::Device> device);
    // Model where config.json has a quantization_config, else Exact.
    static Mode modeOf(const ModelConfig& config);
    ~Model();

    const ModelConfig& config() const { return m_config; }
    const Weights& weights() const { return *m_weights; }
    kernels::Device& device() const { return *m_device; }
    std::shared_ptr<kernels::Device> sharedDevice() const { return m_device; }
    Mode mode() const { return m_device->mode(); }
    // Checkpoint fingerprint, mode, device and version of the numerics: snapshots of another identity are
    // refused.
    std::string identity() const;

    std::unique_ptr<Workspace> workspace(std::int64_t maxChunk) const;
    // Evaluates `tokens` behind the cache's position. Returns false when stopped: the cache is then at its
    // old position but its rings may be overwritten (Timeline saves the tail before). `logits` receives those
    // of the last token when it is not empty [V]. Throws a sentence for a token outside the vocabulary or a
    // value that is not finite.
    bool forward(std::span<const std::int32_t> tokens, KvCache& cache, Workspace& workspace,
                 std::span<float> logits, const Observer& observer, std::stop_token stop) const;

private:
    Model() = default;
    bool layers(std::int64_t position, KvCache& cache, Workspace& work, const Observer& observer,
                std::stop_token stop) const;
    void attention(int layer, std::int64_t position, KvCache& cache, Workspace& work,
                   const Observer& observer) const;
    void feedForward(int layer, Workspace& work) const;
    void head(std::int64_t position, Workspace& work, std::span<float> logits,
              const Observer& observer) const;
    void lastHead(Workspace& work) const;
    void observeHidden(int layer, std::int64_t position, const kernels::Tensor& values,
                       const Observer& observer) const;

    ModelConfig m_config;
    std::shared_ptr<const Weights> m_weights;
    std::shared_ptr<kernels::Device> m_device;
    std::unique_ptr<ModelWeights> m_bound;
};

} // namespace engine
