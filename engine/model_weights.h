// ModelWeights: the checkpoint's tensors bound to their places in the model: found by name, held against the
// configuration, small ones widened to F32 on the device, matrices handed to the device's own layout. Made
// once by Model::open; every mismatch is refused with a sentence. Names: v4-formats.md section 1.4.
#pragma once

#include "engine/config.h"
#include "engine/weights.h"
#include "kernels/device.h"

#include <memory>
#include <vector>

namespace engine {

struct HyperWeights {
    std::unique_ptr<kernels::Matrix> fn;
    kernels::HyperMix mix; // fn points into the matrix above
};

struct CompressorWeights {
    std::unique_ptr<kernels::Matrix> wkv, wgate;
    kernels::Tensor ape, norm;
};

struct IndexerWeights {
    std::unique_ptr<kernels::Matrix> wqB, weightsProj;
    CompressorWeights compressor;
};

struct LayerWeights {
    int ratio = 0;
    const kernels::Rope* rope = nullptr;
    HyperWeights attentionHyper, feedForwardHyper;
    kernels::Tensor attentionNorm, feedForwardNorm;
    std::unique_ptr<kernels::Matrix> wqA, wqB, wkv, woA, woB;
    kernels::Tensor queryNorm, latentNorm, sinks;
    CompressorWeights compressor; // ratio 4 and 128
    IndexerWeights indexer;       // ratio 4
    std::unique_ptr<kernels::Matrix> gate;
    kernels::Tensor gateBias;  // learned routing, else
    kernels::Tensor gateTable; // I32 [V, K]
    std::unique_ptr<kernels::Experts> experts;
};

struct ModelWeights {
    ModelWeights(const ModelConfig& config, const Weights& weights, kernels::Device& device);

    std::vector<kernels::Memory> memory; // of all small tensors
    std::unique_ptr<kernels::Rope> plainRope, compressRope;
    std::unique_ptr<kernels::Matrix> embedding, head;
    HyperWeights headHyper;
    kernels::Tensor finalNorm;
    std::vector<LayerWeights> layers;
};

} // namespace engine
