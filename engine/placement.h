// Placement: on which device each layer lies, and how many of its experts are in that device's memory, in host memory
// (from where they stream once a chunk) or would have to be read from disk. Decided before anything is loaded, from sizes
// alone; a value, any thread. Layers are in order, so activations hop only at a boundary; the experts that stay outside
// are spread evenly over a device's layers, because every layer hides its own. Shown by `engine info`; Model::open does not
// follow it yet: it holds everything on one device. Source: design notes kernels.md section 5.
#pragma once

#include "engine/config.h"
#include "engine/weights.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace engine {

// Bytes of a checkpoint as stored.
struct WeightSizes {
    std::int64_t top = 0;            // embedding, head, final norm
    std::vector<std::int64_t> dense; // of each layer, everything but routed experts
    std::vector<std::int64_t> expert; // of each layer, one routed expert
    std::int64_t all(std::int64_t experts) const;
};
WeightSizes weightSizes(const ModelConfig& config, const Weights& weights);

struct DeviceBudget {
    std::string name;        // "cuda:0"
    std::int64_t memory = 0; // bytes that may be used
};

struct LayerPlace {
    int device = 0;
    std::int64_t resident = 0, host = 0, disk = 0; // experts
};

struct DevicePlace {
    std::string name;
    int firstLayer = 0, layers = 0;
    std::int64_t memory = 0, dense = 0, experts = 0, cache = 0, workspace = 0, staging = 0; // bytes
    std::int64_t used() const { return dense + experts + cache + workspace + staging; }
};

struct Placement {
    std::vector<LayerPlace> layers;
    std::vector<DevicePlace> devices;
    std::int64_t hostBytes = 0, diskBytes = 0; // of experts that are not on a device
    std::string problem;                       // a sentence where it does not fit; else empty
    bool fits() const { return problem.empty(); }
    // For people: a line for each device, and one for what stays outside.
    std::vector<std::string> lines(std::int64_t experts) const;
};

// `devices` in the order of layers. `context`: tokens the cache must hold; `chunk`: tokens evaluated at a time.
Placement place(const ModelConfig& config, const WeightSizes& sizes, std::span<const DeviceBudget> devices,
                std::int64_t hostMemory, std::int64_t context, std::int64_t chunk);

// The same for the GPUs this machine shows (names of engine::devices), with the memory that is free on each now; without
// devices where there is none. `hostMemory`: what may be taken of the host's.
Placement placeOnGpus(const ModelConfig& config, const Weights& weights, std::int64_t hostMemory, std::int64_t context);

// Experts that a device streams at a time, into each of two areas.
constexpr std::int64_t stagedExperts = 16;

} // namespace engine
