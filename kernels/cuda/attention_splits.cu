// Attention of a token and its drafts (at most eight): the rows are split at fixed places over blocks of 16
// heads, which leave the maximum, the denominator and the unscaled sum of their part; a second kernel joins
// the parts in order and adds the sink. Neither the split nor the order depends on the number of queries or
// of multiprocessors.
#include "kernels/cuda/attention_parts.h"
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/latent_rows.h"

namespace kernels::cuda {

namespace {

constexpr int headsOfBlock = 16, tileKeys = 64, warps = 8, threadsOfBlock = 32 * warps;
constexpr int densePart = 128, pickedPart = 64; // compressed rows of a part; of the window 64

struct Parts {
    int window, all; // parts of a query: first the window's
    int rows;        // compressed rows of one
    float2* totals;  // [T, parts, heads]: maximum (-infinity: nothing there) and denominator
    float* sums;     // [T, parts, heads, dims]
};

// Where a tile's row comes from: a row of the cache; or one of the chunk's own latents, counted from -own on;
// or nowhere.
constexpr std::int64_t own = 1 << 20, absent = -2 * own;

// A thread keeps its eight columns and has the loads of many rows in flight.
template<int dims>
__device__ inline void fillTile(std::byte* tile, const RowView& view, const float* latents,
                                const std::int64_t* rows) {
    constexpr int pieces = dims / 8, step = threadsOfBlock / pieces, count = tileKeys / step,
                  together = count < 8 ? count : 8;
    const int piece = static_cast<int>(threadIdx.x) % pieces, first = static_cast<int>(threadIdx.x) / pieces;
    const int plain = view.dims - view.rotary, begin = 8 * piece;
    for (int i = 0; i < count; i += together) {
        uint4 values[together];
        if (begin >= plain) {
#pragma unroll
            for (int j = 0; j < together; ++j) {
                const std::int64_t row = rows[first + (i + j) * step];
                values[j] = row >= 0
                                ? *reinterpret_cast<const uint4*>(view.row(row) + plain + 2 * (begin - plain))
                                : make_uint4(0, 0, 0, 0);
            }
        } else {
            uint2 codes[together];
            int scale[together];
#pragma unroll
            for (int j = 0; j < together; ++j) {
                const std::int64_t row = rows[first + (i + j) * step];
                codes[j] =
                    row >= 0 ? *reinterpret_cast<const uint2*>(view.row(row) + begin) : make_uint2(0, 0);
                scale[j] = row >= 0 ? view.scale(row)[begin / 64] : 127;
            }
#pragma unroll
            for (int j = 0; j < together; ++j) values[j] = widenCodes(codes[j], scale[j]);
        }
#pragma unroll
        for (int j = 0; j < together; ++j) {
            const std::int64_t row = rows[first + (i + j) * step];
            if (row < 0 && row >= -own) values[j] = narrowLatent(latents + (row + own) * dims + begin);
            *reinterpret_cast<uint4*>(tile + piecePlace<dims>(first + (i + j) * step, piece)) = values[j];
        }
    }
}

// grid (parts, groups of 16 heads, T).
template<int dims>
__global__ void __launch_bounds__(threadsOfBlock)
    attendPart(AttentionView view, Parts parts, const Bf16* queries) {
    constexpr int ownTiles = dims / (8 * warps), chains = 4;
    DYNAMIC_SHARED(dynamic);
    std::byte* const queryTile = dynamic;                        // bf16 [16][dims]
    std::byte* const tile = queryTile + headsOfBlock * dims * 2; // bf16 [64][dims]
    std::byte* const weightTile = tile + tileKeys * dims * 2;    // bf16 [16][64]
    __shared__ float rowMax[warps][headsOfBlock];
    __shared__ std::int64_t rowIndex[tileKeys];
    const int thread = static_cast<int>(threadIdx.x), warp = thread / 32, lane = thread % 32, g = lane / 4,
              q = lane % 4;
    const int part = static_cast<int>(blockIdx.x), firstHead = static_cast<int>(blockIdx.y) * headsOfBlock;
    const std::int64_t t = blockIdx.z, position = view.position + t;
    const int heads = min(headsOfBlock, view.heads - firstHead);
    const bool inWindow = part < parts.window;
    const std::int32_t* picks = view.picks ? view.picks + t * view.pickLimit : nullptr;

    // Rows of the part: positions, or numbers of compressed rows or picks.
    std::int64_t begin, end;
    if (inWindow) {
        const std::int64_t from = position - view.window + 1 > 0 ? position - view.window + 1 : 0;
        const std::int64_t start = from / tileKeys * tileKeys + std::int64_t{part} * tileKeys;
        begin = start > from ? start : from;
        end = min(start + tileKeys, position + 1);
    } else {
        const std::int64_t there = picks ? countPicks(picks, view.pickLimit) : view.visible(position);
        begin = std::int64_t{part - parts.window} * parts.rows;
        end = min(begin + parts.rows, there);
    }
    const std::int64_t place = (t * parts.all + part) * view.heads + firstHead;
    if (begin >= end) {
        if (thread < heads) parts.totals[place + thread] = make_float2(-INFINITY, 0);
        return;
    }

    for (int row = warp; row < headsOfBlock; row += warps)
        prepareQuery<dims>(row < heads ? queries + (t * view.heads + firstHead + row) * dims : nullptr, view,
                           position, queryTile, row,
                           [](int r, int piece) { return piecePlace<dims>(r, piece); });

    float sums[ownTiles][4] = {}, largest[2] = {-INFINITY, -INFINITY}, denominators[2] = {};
    for (std::int64_t start = begin; start < end; start += tileKeys) {
        __syncthreads(); // nobody reads the tile before
        if (thread < tileKeys) {
            const std::int64_t key = start + thread;
            std::int64_t index = absent;
            if (key < end && !inWindow)
                index = picks ? picks[key] : key;
            else if (key < end)
                index = key < view.position ? key % view.ring.capacity : key - view.position - own;
            rowIndex[thread] = index;
        }
        __syncthreads();
        fillTile<dims>(tile, inWindow ? view.ring : view.rows, view.latents, rowIndex);
        __syncthreads();

        // Scores: 16 heads and the warp's eight keys, in four chains that are added in order.
        float c[chains][4] = {};
#pragma unroll
        for (int step = 0; step < dims / 32; ++step) {
            std::uint32_t a[2][4], b[4];
            loadMatrices(b, tile + piecePlace<dims>(warp * 8 + lane % 8, step * 4 + lane / 8));
#pragma unroll
            for (int i = 0; i < 2; ++i) {
                loadMatrices(a[i], queryTile + piecePlace<dims>(lane % 16, step * 4 + i * 2 + lane / 16));
                const std::uint32_t pair[2] = {b[2 * i], b[2 * i + 1]};
                mma(c[(step * 2 + i) % chains], a[i], pair);
            }
        }
        float score[2][2];
#pragma unroll
        for (int k = 0; k < 4; ++k) {
            const std::int64_t key = start + warp * 8 + 2 * q + k % 2;
            const float product = (c[0][k] + c[1][k]) + (c[2][k] + c[3][k]);
            score[k / 2][k % 2] = key < end ? product * view.scale : -INFINITY;
        }
#pragma unroll
        for (int r = 0; r < 2; ++r) {
            const float own = warpMax<4>(fmaxf(score[r][0], score[r][1]));
            if (q == 0) rowMax[warp][8 * r + g] = own;
        }
        __syncthreads();
        float shrink[2];
#pragma unroll
        for (int r = 0; r < 2; ++r) {
            float now = largest[r];
#pragma unroll
            for (int w = 0; w < warps; ++w) now = fmaxf(now, rowMax[w][8 * r + g]);
            const float base = now == -INFINITY ? 0.0f : now; // scores that are all NaN
            shrink[r] = expf(largest[r] - base);
            largest[r] = now;
            const float first = expf(score[r][0] - base), second = expf(score[r][1] - base);
            denominators[r] = denominators[r] * shrink[r] + (first + second); // of the unrounded weights
            *reinterpret_cast<std::uint32_t*>(weightTile + piecePlace<tileKeys>(8 * r + g, warp) + 4 * q) =
                packBf16(first, second);
        }
        __syncthreads();
#pragma unroll
        for (int n = 0; n < ownTiles; ++n)
#pragma unroll
            for (int k = 0; k < 4; ++k) sums[n][k] *= shrink[k / 2];
#pragma unroll
        for (int step = 0; step < tileKeys / 16; ++step) {
            std::uint32_t a[4];
            loadMatrices(a, weightTile + piecePlace<tileKeys>(lane % 16, step * 2 + lane / 16));
#pragma unroll
            for (int n = 0; n < ownTiles; n += 2) {
                std::uint32_t b[4];
                loadMatricesTransposed(
                    b, tile + piecePlace<dims>(step * 16 + lane % 16, warp * ownTiles + n + lane / 16));
                const std::uint32_t first[2] = {b[0], b[1]}, second[2] = {b[2], b[3]};
                mma(sums[n], a, first);
                mma(sums[n + 1], a, second);
            }
        }
    }

    // The warps' denominators add up in their order.
    __syncthreads();
#pragma unroll
    for (int r = 0; r < 2; ++r) {
        const float own = warpSum<4>(denominators[r]);
        if (q == 0) rowMax[warp][8 * r + g] = own;
    }
    __syncthreads();
#pragma unroll
    for (int r = 0; r < 2; ++r) {
        const int row = 8 * r + g;
        if (row >= heads) continue;
        if (warp == 0 && q == 0) {
            float total = 0;
            for (int w = 0; w < warps; ++w) total += rowMax[w][row];
            parts.totals[place + row] = make_float2(largest[r], total);
        }
        float* out = parts.sums + (place + row) * dims + warp * ownTiles * 8 + 2 * q;
#pragma unroll
        for (int n = 0; n < ownTiles; ++n)
            *reinterpret_cast<float2*>(out + n * 8) = make_float2(sums[n][2 * r], sums[n][2 * r + 1]);
    }
}

// A block joins the parts of one query's head; a thread has two neighbouring values. grid (heads, T), dims /
// 2 threads.
template<int dims>
__global__ void joinParts(AttentionView view, Parts parts, Bf16* output) {
    DYNAMIC_SHARED(dynamic);
    auto* const shares =
        reinterpret_cast<float2*>(dynamic); // a part's weight (-1: empty) and weighted denominator
    const int head = static_cast<int>(blockIdx.x), thread = static_cast<int>(threadIdx.x),
              column = 2 * thread;
    const std::int64_t t = blockIdx.y, first = t * parts.all * view.heads + head;
    auto totals = [&](int part) { return parts.totals[first + std::int64_t{part} * view.heads]; };
    float largest = -INFINITY;
    for (int part = thread % 32; part < parts.all; part += 32) largest = fmaxf(largest, totals(part).x);
    largest = warpMax(largest);
    const float base = largest == -INFINITY ? 0.0f : largest;
    for (int part = thread; part < parts.all; part += static_cast<int>(blockDim.x)) {
        const float2 own = totals(part);
        const bool empty = own.x == -INFINITY && own.y == 0; // such a part left no sums
        const float weight = expf(own.x - base);
        shares[part] = empty ? make_float2(-1, 0) : make_float2(weight, weight * own.y);
    }
    __syncthreads();
    float total = 0;
    float2 sum = make_float2(0, 0);
#pragma unroll 8
    for (int part = 0; part < parts.all; ++part) {
        const float2 share = shares[part];
        float2 values = make_float2(0, 0);
        if (share.x >= 0 || share.x != share.x)
            values = *reinterpret_cast<const float2*>(
                parts.sums + (first + std::int64_t{part} * view.heads) * dims + column);
        const float weight = share.x < 0 ? 0.0f : share.x;
        total += share.y;
        sum.x += weight * values.x;
        sum.y += weight * values.y;
    }
    total += expf(view.sinks[head] - base);
    *reinterpret_cast<std::uint32_t*>(output + (t * view.heads + head) * dims + column) = finishedPair(
        sum.x / total, sum.y / total, column, dims - 2 * view.table.pairs, view.table.at(view.position + t));
}

template<int dims>
bool run(CudaDevice& device, const AttentionView& view, const Bf16* queries, Bf16* output) {
    constexpr std::size_t shared = (headsOfBlock + tileKeys) * dims * 2 + headsOfBlock * tileKeys * 2;
    if (shared > static_cast<std::size_t>(device.sharedLimit())) return false;
    Parts parts{};
    parts.window = (view.window + tileKeys - 2) / tileKeys + 1; // tiles that so many positions may touch
    parts.rows = view.picks ? pickedPart : densePart;
    const std::int64_t most = view.picks   ? view.pickLimit
                              : view.ratio ? (view.position + view.count) / view.ratio
                                           : 0;
    parts.all = parts.window + static_cast<int>((most + parts.rows - 1) / parts.rows);
    Scratch scratch(device.arena());
    parts.totals = scratch.take<float2>(view.count * parts.all * view.heads);
    parts.sums = scratch.take<float>(view.count * parts.all * view.heads * dims);
    launch(device.stream(), attendPart<dims>,
           dim3(static_cast<unsigned>(parts.all), blocksFor(view.heads, headsOfBlock),
                static_cast<unsigned>(view.count)),
           threadsOfBlock, shared, view, parts, queries);
    launch(device.stream(), joinParts<dims>,
           dim3(static_cast<unsigned>(view.heads), static_cast<unsigned>(view.count)), dims / 2,
           static_cast<std::size_t>(parts.all) * sizeof(float2), view, parts, output);
    return true;
}

} // namespace

bool attendSplits(CudaDevice& device, const AttentionView& view, const Bf16* queries, Bf16* output) {
    if (view.ring.type != RowType::Latent || view.ring.rotary % 16 != 0 || 2 * view.table.pairs > view.dims)
        return false;
    if (view.dims == 512) return run<512>(device, view, queries, output);
    if (view.dims == 128) return run<128>(device, view, queries, output);
    return false;
}

} // namespace kernels::cuda
