// Products of experts on compute capability 9.0, for moe_prefill.cu: bf16 activations, fp4 or fp8 experts.
#pragma once

#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/moe_products.h"

namespace kernels::cuda::sm90a {

constexpr int rowsOfTile = 128;

// Whether this device runs code for compute capability 9.0; asked once, because a build may lack it.
bool hasProducts(CudaDevice& device);
// Whether it multiplies experts of that shape here: fp4 or fp8, whole blocks of rows (128 inner, 256 outer).
bool takes(CudaDevice& device, const ExpertShape& shape);
// Gate and up (`gated`), or down. Columns of the input, and of inner results, are in the places of placeOf.
void multiply(cudaStream_t stream, ExpertFormat format, bool gated, const ProductJob& job, std::int64_t tiles);

} // namespace kernels::cuda::sm90a
