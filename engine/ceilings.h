// The device's ceilings beside a model's speed: what share of the read bandwidth its decoding and of the multiply rate
// its prefill reach. Only the weights are counted, so the shares fall with depth as attention takes its part.
#pragma once

#include "engine/model.h"
#include "kernels/measure.h"

namespace engine {

using Ceilings = kernels::DeviceCeilings;
inline Ceilings measureCeilings(const Model& model) {
    return kernels::measureCeilings(model.device());
}

// Bytes of weights one decoded token reads, at the checkpoint's mean size of a parameter.
inline double weightBytesPerToken(const Model& model) {
    return double(model.weights().bytes()) * double(model.config().activeParameters()) / double(model.config().parameters());
}
inline double readShare(const Model& model, const Ceilings& ceilings, double decodedPerSecond) {
    return ceilings.readBytesPerSecond > 0 ? decodedPerSecond * weightBytesPerToken(model) / ceilings.readBytesPerSecond : 0;
}
inline double multiplyShare(const Model& model, const Ceilings& ceilings, double prefilledPerSecond) {
    return ceilings.multiplicationsPerSecond > 0 ? prefilledPerSecond * double(model.config().activeParameters()) / ceilings.multiplicationsPerSecond : 0;
}

} // namespace engine
