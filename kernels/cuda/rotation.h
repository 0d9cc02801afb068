// Rotation of adjacent pairs on the device (v4-architecture.md 4.4). Sines and cosines lie in a table with
// one row per position, row p in place p & mask, so that its address does not depend on where the chunk
// begins.
#pragma once

#include "kernels/cuda/lanes.h"

#include <cstdint>

namespace kernels::cuda {

struct RotationTable {
    const float2* rows = nullptr; // cosine, sine of each pair
    int pairs = 0;
    std::int64_t mask = 0;

    __device__ const float2* at(std::int64_t position) const { return rows + (position & mask) * pairs; }
};

__device__ inline float2 rotated(float2 x, float2 turn) {
    return make_float2(x.x * turn.x - x.y * turn.y, x.x * turn.y + x.y * turn.x);
}
__device__ inline float2 rotatedBack(float2 x, float2 turn) {
    return rotated(x, make_float2(turn.x, -turn.y));
}

// The block's threads rotate the last 2 * pairs of `dims` values in shared memory. Barriers are the caller's.
template<class Activation>
__device__ inline void rotateRow(float* values, int dims, const RotationTable& table, std::int64_t position,
                                 bool back) {
    const float2* turns = table.at(position);
    float* first = values + dims - 2 * table.pairs;
    for (int i = static_cast<int>(threadIdx.x); i < table.pairs; i += static_cast<int>(blockDim.x)) {
        const float2 x = make_float2(first[2 * i], first[2 * i + 1]);
        const float2 y = back ? rotatedBack(x, turns[i]) : rotated(x, turns[i]);
        first[2 * i] = rounded<Activation>(y.x);
        first[2 * i + 1] = rounded<Activation>(y.y);
    }
}

} // namespace kernels::cuda
