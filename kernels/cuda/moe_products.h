// What the tile kernels of experts share (moe_prefill.cu, sm90a/moe.cu): their job, their tiles, and how results leave.
#pragma once

#include "kernels/cuda/expert_math.h"

namespace kernels::cuda {

constexpr int productWarps = 8, productThreads = 32 * productWarps;

struct Tile {
    std::int32_t expert, first, rows;
};

struct ProductJob {
    const std::uint8_t* const* bases; // of the experts
    PairShape shape;
    const Tile* tiles; // null: tile i is rows 64i .. of the shared expert, whose base is `sharedIndex`
    const std::int32_t* tileCount;
    int sharedIndex, firstRow, rows; // of the shared expert
    const std::uint16_t* input;      // [.][parts][stride]
    int stride;
    const std::int32_t* tokenOf; // of routed rows
    const float* weightOf;
    bool byToken; // input rows are tokens (gate and up), not rows (down)
    float limit;
    void* output; // gate and up: bf16 [row][parts][outputStride]; down: activations [row][outputStride]
    int outputStride;
};

// Where column i of a step lies when a wgmma reads it: product q takes sixteen neighbouring places, and in them lane c of
// four the pairs at 2c and 2c + 8, which must be columns 16c + 4q .. + 3 as the packed codes have them.
__host__ __device__ constexpr int placeOf(int i) {
    const int c = i / 16, q = i / 4 % 4, r = i % 4;
    return 16 * q + 2 * c + (r < 2 ? r : 6 + r);
}

// What one access of 16 bytes moves.
template<class Activation>
struct alignas(16) Sixteen {
    Activation of[16 / sizeof(Activation)];
};

// The block's tile, of `rowsOfTile` rows at most.
__device__ inline bool findTile(const ProductJob& job, int rowsOfTile, Tile& tile) {
    if (job.tiles) {
        if (int(blockIdx.y) >= *job.tileCount) return false;
        tile = job.tiles[blockIdx.y];
        return true;
    }
    const int left = job.rows - int(blockIdx.y) * rowsOfTile;
    tile = {job.sharedIndex, job.firstRow + int(blockIdx.y) * rowsOfTile, left < rowsOfTile ? left : rowsOfTile};
    return true;
}

// Row of the input that row `row` of a tile reads.
__device__ inline std::int64_t inputRow(const ProductJob& job, const Tile& tile, int row) {
    const int at = tile.first + row;
    return !job.byToken ? at : job.tiles ? job.tokenOf[at] : at - job.firstRow;
}

// The block's results leave: sums[t][n][i] of tile t of the warp's pair, rows (n, i) in fragment order. `shared`: memory of
// the block that nobody reads any more, 17 KB. `permuted`: inner activations in the places of placeOf.
template<bool gated, class Activation, int groups, bool permuted>
__device__ inline void leave(const ProductJob& job, const Tile& tile, float (&sums)[2][groups][4], void* shared) {
    constexpr int parts = partsOfActivation<Activation>, warps = productWarps;
    constexpr int outColumns = gated ? warps * tileRows : 2 * warps * tileRows; // of this block
    constexpr int pad = 8, outRows = 16;                                       // leave a few rows at a time
    const int lane = int(threadIdx.x % 32), warp = int(threadIdx.x / 32), g = lane / 4, c = lane % 4;
    // Two groups of rows at a time leave through shared memory, so that a row's columns are written together.
#pragma unroll
    for (int begin = 0; begin < groups; begin += 2) {
        if (begin * 8 >= tile.rows) break;
        if constexpr (gated) {
            float* out = static_cast<float*>(shared);
#pragma unroll
            for (int n = 0; n < 2; ++n)
#pragma unroll
                for (int i = 0; i < 4; ++i) {
                    const int row = (begin + n) * 8 + 2 * c + i % 2; // of the tile
                    if (row >= tile.rows) continue;
                    const float weight = job.tiles ? job.weightOf[tile.first + row] : 1.0f;
                    out[(n * 8 + 2 * c + i % 2) * (outColumns + pad) + warp * tileRows + g + i / 2 * 8] =
                        gatedValue<Activation>(sums[0][begin + n][i], sums[1][begin + n][i], job.limit,
                                               weight);
                }
            __syncthreads();
            for (int i = warp; i < outRows; i += warps) {
                const int row = begin * 8 + i;
                if (row >= tile.rows) continue; // the whole warp
                float values[4];
                for (int j = 0; j < 4; ++j) values[j] = out[i * (outColumns + pad) + lane * 4 + j];
                roundBlock<Activation>(values);
                const int column = int(blockIdx.x) * outColumns + lane * 4;
                if (column >= job.outputStride) continue;
                for (int part = 0; part < parts; ++part) {
                    std::uint16_t* target =
                        static_cast<std::uint16_t*>(job.output) +
                        (std::int64_t(tile.first + row) * parts + part) * job.outputStride + column;
                    const std::uint32_t first = partOf(values[0], part) | std::uint32_t(partOf(values[1], part)) << 16,
                                        second = partOf(values[2], part) | std::uint32_t(partOf(values[3], part)) << 16;
                    if constexpr (permuted) {
                        target -= column % stepColumns;
                        *reinterpret_cast<std::uint32_t*>(target + placeOf(column % stepColumns)) = first;
                        *reinterpret_cast<std::uint32_t*>(target + placeOf(column % stepColumns + 2)) = second;
                    } else {
                        *reinterpret_cast<uint2*>(target) = make_uint2(first, second);
                    }
                }
            }
        } else {
            Activation* out = static_cast<Activation*>(shared);
#pragma unroll
            for (int n = 0; n < 2; ++n)
#pragma unroll
                for (int t = 0; t < 2; ++t)
#pragma unroll
                    for (int i = 0; i < 4; ++i)
                        store(out[(n * 8 + 2 * c + i % 2) * (outColumns + pad) + (2 * warp + t) * tileRows +
                                  g + i / 2 * 8],
                              sums[t][begin + n][i]);
            __syncthreads();
            for (int i = warp; i < outRows; i += warps) {
                const int row = begin * 8 + i;
                if (row >= tile.rows) continue;
                Activation* target = static_cast<Activation*>(job.output) + std::int64_t(tile.first + row) * job.outputStride;
                constexpr int together = 16 / int(sizeof(Activation));
                for (int j = lane * together; j < outColumns; j += 32 * together) {
                    const int column = int(blockIdx.x) * outColumns + j;
                    if (column < job.outputStride) // a multiple of 64; what lies behind the columns is nobody's
                        *reinterpret_cast<Sixteen<Activation>*>(target + column) =
                            *reinterpret_cast<const Sixteen<Activation>*>(out + i * (outColumns + pad) + j);
                }
            }
        }
        __syncthreads();
    }
}

} // namespace kernels::cuda
