// Between stored bytes and fp32 on the host: rows of weights, cache rows, and the round trips that simulate
// them. Used by every host device. Source: v4-architecture.md sections 6.5, 9.1, 10.2 to 10.4.
#pragma once

#include "kernels/rows.h"
#include "kernels/tensor.h"

#include <cstdint>

namespace kernels::reference {

// Row `row` of a weight matrix, scales applied.
void decodeRow(const Weight& weight, std::int64_t row, float* out);

// Blocks of fp8 with a power-of-two scale, in place (the last block may be short).
void roundTripE4m3(float* values, std::int64_t count, std::int64_t block);
// Blocks of 32 fp4, in place.
void roundTripE2m1(float* values, std::int64_t count);

void encodeRow(const RowLayout& layout, const float* values, std::byte* data, std::byte* scales);
void decodeRow(const RowLayout& layout, const std::byte* data, const std::byte* scales, float* values);

// Walsh-Hadamard rotation in natural order, scaled by count^-1/2; count is a power of two.
void hadamard(float* values, int count);

} // namespace kernels::reference
