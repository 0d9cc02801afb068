// AttentionJob as kernels see it.
#pragma once

#include "kernels/cuda/rotation.h"
#include "kernels/cuda/row_codec.h"

#include <cstdint>

namespace kernels::cuda {

class CudaDevice;

struct AttentionView {
    int heads = 0, dims = 0;
    std::int64_t position = 0, count = 0;
    int window = 0;
    float epsilon = 0, scale = 0; // of the norm; dims^-1/2
    RotationTable table;
    const float* sinks = nullptr;   // [heads]
    RowView ring;                   // latents of positions before `position`
    const float* latents = nullptr; // [T, dims], the chunk's own
    RowView rows;                   // compressed rows, or none
    int ratio = 0;                  // 0: no compressed rows
    const std::int32_t* picks = nullptr;
    int pickLimit = 0;

    __device__ std::int64_t visible(std::int64_t p) const {
        return ratio ? (p + 1) / ratio : 0;
    } // to a query at p
};

// How many of a query's picks are there: -1 follows the last one.
__device__ inline int countPicks(const std::int32_t* picks, int limit) {
    int low = 0, high = limit;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (picks[middle] >= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Compact rows, bf16, head sizes of 128 and 512; false: not taken.
bool attendTiles(CudaDevice& device, const AttentionView& view, const Bf16* queries, Bf16* output);
// The same for few queries: the rows are split over blocks.
bool attendSplits(CudaDevice& device, const AttentionView& view, const Bf16* queries, Bf16* output);

} // namespace kernels::cuda
