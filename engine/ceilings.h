// The device's ceilings beside a model's speed: what share of the read bandwidth its decoding and of the multiply rate
// its prefill reach. Only the weights are counted, so the shares fall with depth as attention takes its part.
#pragma once

#include "engine/model.h"
#include "kernels/measure.h"

#include <algorithm>

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

// The least time one token can take at a depth on this machine, in seconds. Decoding: its weights, the index keys and the
// rows it sees, read once from memory. Prefill: its multiplications at their peaks, those of index scores in the narrowest type.
inline double decodeFloor(const Model& model, const Ceilings& ceilings, std::int64_t depth) {
    const ModelConfig& c = model.config();
    const double row = c.headWidth + c.rotaryWidth + 8;
    double bytes = weightBytesPerToken(model);
    for (int i = 0; i < c.layers; ++i) {
        const std::int64_t entries = c.ratio(i) ? depth / c.ratio(i) : 0;
        bytes += row * double(c.window + (c.ratio(i) == 4 ? std::min<std::int64_t>(entries, c.indexTopK) : entries));
        if (c.ratio(i) == 4) bytes += double(entries) * (c.indexWidth / 2 + 4);
    }
    return ceilings.readBytesPerSecond > 0 ? bytes / ceilings.readBytesPerSecond : 0;
}
inline double prefillFloor(const Model& model, const Ceilings& ceilings, std::int64_t depth) {
    const ModelConfig& c = model.config();
    double multiplications = double(c.activeParameters()), scores = 0;
    for (int i = 0; i < c.layers; ++i) {
        const std::int64_t entries = c.ratio(i) ? depth / c.ratio(i) : 0;
        multiplications += 2.0 * c.heads * c.headWidth * double(c.window + (c.ratio(i) == 4 ? std::min<std::int64_t>(entries, c.indexTopK) : entries));
        if (c.ratio(i) == 4) scores += double(c.indexHeads) * c.indexWidth * double(entries);
    }
    const double narrow = std::max({ceilings.byteMultiplicationsPerSecond, ceilings.fp8MultiplicationsPerSecond, ceilings.multiplicationsPerSecond});
    return narrow > 0 ? multiplications / ceilings.multiplicationsPerSecond + scores / narrow : 0;
}

} // namespace engine
