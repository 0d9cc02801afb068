// The block formats of GGUF files, as plain functions from blocks to floats: what a checkpoint's bytes mean.
// A row of a matrix is a whole number of blocks. Nothing here checks sizes; callers hold a Tensor whose file
// was checked. Pure functions, any thread, no alignment asked. Source: v4-formats.md section 1.8; ggml (MIT)
// for the IQ2_XXS codebook.
#pragma once

#include "kernels/tensor.h"

#include <cstddef>
#include <cstdint>

namespace kernels {

// True for Q8_0, Q2_K, Q4_K, IQ2_XXS and MXFP4.
bool isGgufBlockType(Type type);

// `count` elements, a multiple of blockElements(type), of F32, F16, BF16 or a block type.
void decodeGguf(Type type, const std::byte* blocks, std::int64_t count, float* out);

} // namespace kernels
