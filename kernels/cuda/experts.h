// The experts of a layer in GPU memory. Source: v4-architecture.md section 7; how they lie: expert_layout.h.
#pragma once

#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/expert_layout.h"

#include <memory>
#include <span>

namespace kernels::cuda {

struct CudaExperts : Experts {
    ExpertShape routedShape, sharedShape;
    Memory routedBytes, sharedBytes;
    Memory table; // device: where every routed expert begins, then the shared one
    const std::uint8_t* const* bases() const {
        return reinterpret_cast<const std::uint8_t* const*>(table.data());
    }
};

std::unique_ptr<CudaExperts> packExperts(CudaDevice& device, std::span<const ExpertSource> routed,
                                         const ExpertSource& shared);

} // namespace kernels::cuda
