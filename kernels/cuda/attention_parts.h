// Pieces of the attention kernels on tensor cores.
#pragma once

#include "kernels/cuda/attention_view.h"
#include "kernels/cuda/tensor_core.h"

#include <cstdint>

namespace kernels::cuda {

// Rows of bf16 in shared memory, in pieces of 16 bytes, swizzled so that eight neighbouring rows meet all
// banks.
template<int width>
__device__ inline int piecePlace(int row, int piece) {
    return (row * (width / 8) + (piece ^ (row & 7))) * 16;
}

// A warp puts a head's query into row `row` of shared memory: norm, then rotation, both rounded. Null: zeros.
// `place` says where a piece lies.
template<int dims, class Place>
__device__ inline void prepareQuery(const Bf16* query, const AttentionView& view, std::int64_t position,
                                    std::byte* tile, int row, const Place& place) {
    constexpr int pieces = dims / 8, held = (pieces + 31) / 32;
    const int lane = static_cast<int>(threadIdx.x % 32), plain = dims - 2 * view.table.pairs;
    float x[held][8], squares = 0;
#pragma unroll
    for (int j = 0; j < held; ++j) {
        const int piece = lane + 32 * j;
        uint4 loaded = make_uint4(0, 0, 0, 0);
        if (query && piece < pieces) loaded = *reinterpret_cast<const uint4*>(query + piece * 8);
        const std::uint32_t words[4] = {loaded.x, loaded.y, loaded.z, loaded.w};
#pragma unroll
        for (int i = 0; i < 4; ++i) {
            x[j][2 * i] = lowBf16(words[i]);
            x[j][2 * i + 1] = highBf16(words[i]);
            squares += x[j][2 * i] * x[j][2 * i] + x[j][2 * i + 1] * x[j][2 * i + 1];
        }
    }
    const float factor = 1.0f / sqrtf(warpSum(squares) / static_cast<float>(dims) + view.epsilon);
    const float2* turns = view.table.at(position);
#pragma unroll
    for (int j = 0; j < held; ++j) {
        const int piece = lane + 32 * j;
        if (piece >= pieces) continue;
        std::uint32_t words[4];
#pragma unroll
        for (int i = 0; i < 4; ++i) {
            words[i] = packBf16(x[j][2 * i] * factor, x[j][2 * i + 1] * factor);
            const int column = piece * 8 + 2 * i;
            if (column < plain) continue;
            const float2 y =
                rotated(make_float2(lowBf16(words[i]), highBf16(words[i])), turns[(column - plain) / 2]);
            words[i] = packBf16(y.x, y.y);
        }
        *reinterpret_cast<uint4*>(tile + place(row, piece)) =
            make_uint4(words[0], words[1], words[2], words[3]);
    }
}

// Two neighbouring values of an output row: rounded, rotated back where they are rotary, rounded.
__device__ inline std::uint32_t finishedPair(float first, float second, int column, int plain,
                                             const float2* turns) {
    const std::uint32_t word = packBf16(first, second);
    if (column < plain) return word;
    const float2 y = rotatedBack(make_float2(lowBf16(word), highBf16(word)), turns[(column - plain) / 2]);
    return packBf16(y.x, y.y);
}

// bf16 rows for the tiles: the window's from position `oldest` on, and the compressed ones.
struct WideRows {
    const Bf16* window;
    std::int64_t oldest, end; // positions held
    const Bf16* compressed;
};

// The rows a block attends to, as tiles: the window's, at multiples of 64, then the compressed ones.
struct Walk {
    std::int64_t windowStart;
    int windowTiles, tiles;
    std::int64_t compressed; // compressed rows, or picks
};

// On sm_90a only, heads of 512 (sm90a/attention.cu): whether it took the job.
bool attendOnHopper(CudaDevice& device, const AttentionView& view, const WideRows& wide, const Bf16* queries,
                    Bf16* output);

} // namespace kernels::cuda
