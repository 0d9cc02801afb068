// The two regimes of moe(): a chunk's tiles, and the few tokens of a decode step. A "row" is one token at one
// expert. Called by CudaDevice::moe.
#pragma once

#include "kernels/cuda/experts.h"

namespace kernels::cuda {

constexpr int largestExpertsPerToken = 64, largestDecode = 8;

struct MoeJob {
    const void* x; // activations [tokens][width]
    const std::int32_t* chosen;
    const float* weights;
    void* output; // may be x
    int tokens, k;
    float limit;
};

void prefillExperts(CudaDevice& device, const CudaExperts& experts, const MoeJob& job);
void decodeExperts(CudaDevice& device, const CudaExperts& experts, const MoeJob& job);

} // namespace kernels::cuda
