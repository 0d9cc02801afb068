// Attention of a chunk on sm_90a, heads of 512: products of warpgroups. A block has 64 rows; of each tile of
// 64 keys a warpgroup scores 32, and of the weighted sum it owns 256 columns; weights meet in shared memory.
// Order of tiles, masks and roundings are those of attention_tiles.cu.
#include "kernels/cuda/attention_parts.h"
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/sm90a/moe.h"
#include "kernels/cuda/sm90a/warpgroup_bf16.h"
#include "kernels/cuda/tensor_core.h"

namespace kernels::cuda {

namespace {

[[maybe_unused]] constexpr int dims = 512, pieces = dims / 8, blockRows = 64, tileKeys = 64,
                               threadsOfBlock = 256;
constexpr int tileBytes = tileKeys * dims * 2;

// Shared memory, from a multiple of 1024 bytes on.
constexpr int tilesAt = blockRows * dims * 2, weightsAt = tilesAt + 2 * tileBytes;
constexpr int maximaAt = weightsAt + blockRows * 128, positionsAt = maximaAt + 2 * blockRows * 4;
constexpr int picksAt = positionsAt + blockRows * 4;

// grid (groups of 64 rows) or, with picks, (queries, groups of 64 heads).
template<bool picked>
__global__ void __launch_bounds__(threadsOfBlock, 1)
    attendWarpgroups(AttentionView view, WideRows wide, const Bf16* queries, Bf16* output) {
#if LECTERN_WARPGROUPS
    DYNAMIC_SHARED(dynamic);
    std::byte* const base = alignShared1024(dynamic);
    std::byte *const queryTile = base, *const tiles = base + tilesAt, *const weightTile = base + weightsAt;
    auto* const maxima = reinterpret_cast<float*>(base + maximaAt); // [2][64]
    auto* const rowQuery = reinterpret_cast<int*>(base + positionsAt);
    auto* const picks = reinterpret_cast<std::int32_t*>(base + picksAt);

    const int thread = static_cast<int>(threadIdx.x), warp = thread / 32, lane = thread % 32, g = lane / 4,
              q = lane % 4;
    const int group = warp / 4, firstKey = group * 32, ownRow = warp % 4 * 16 + g; // and the row eight below
    const std::int64_t firstRow = picked ? std::int64_t{blockIdx.x} * view.heads + blockIdx.y * blockRows
                                         : std::int64_t{blockIdx.x} * blockRows;
    const std::int64_t lastRow =
        picked ? (std::int64_t{blockIdx.x} + 1) * view.heads : view.count * view.heads;
    const int rows = lastRow - firstRow < blockRows ? static_cast<int>(lastRow - firstRow) : blockRows;
    const std::int64_t firstQuery = firstRow / view.heads, lastQuery = (firstRow + rows - 1) / view.heads;
    const std::int64_t firstPosition = view.position + firstQuery, lastPosition = view.position + lastQuery;

    Walk walk;
    const std::int64_t from = firstPosition - view.window + 1 > 0 ? firstPosition - view.window + 1 : 0;
    walk.windowStart = from / tileKeys * tileKeys;
    walk.windowTiles = static_cast<int>((lastPosition - walk.windowStart) / tileKeys) + 1;
    const std::int32_t* ownPicks = picked ? view.picks + firstQuery * view.pickLimit : nullptr;
    walk.compressed = picked ? countPicks(ownPicks, view.pickLimit) : view.visible(lastPosition);
    // The same in every thread, and said so: products must not lie in branches that could diverge.
    walk.tiles = __shfl_sync(
        everyLane, walk.windowTiles + static_cast<int>((walk.compressed + tileKeys - 1) / tileKeys), 0);
    if (picked)
        for (int i = thread; i < walk.compressed; i += threadsOfBlock) picks[i] = ownPicks[i];
    if (thread < blockRows)
        rowQuery[thread] = static_cast<int>((firstRow + min(thread, rows - 1)) / view.heads - firstQuery);
    __syncthreads();

    auto fetch = [&](int i) {
        std::byte* tile = tiles + (i & 1) * tileBytes;
#pragma unroll 4
        for (int place = thread; place < tileKeys * pieces; place += threadsOfBlock) {
            const int row = place / pieces, piece = place % pieces;
            const Bf16* source = wide.window;
            bool there;
            if (i < walk.windowTiles) {
                const std::int64_t p = walk.windowStart + std::int64_t{i} * tileKeys + row;
                there = p >= wide.oldest && p < wide.end;
                if (there) source += (p - wide.oldest) * dims;
            } else {
                const std::int64_t j = std::int64_t{i - walk.windowTiles} * tileKeys + row;
                there = j < walk.compressed;
                if (there) source = wide.compressed + (picked ? std::int64_t{picks[j]} : j) * dims;
            }
            copyAsync16(tile + panelPlace(row, piece), source + piece * 8, there);
        }
        commitCopies();
    };
    fetch(0);
    for (int row = warp * 8; row < warp * 8 + 8; ++row)
        prepareQuery<dims>(row < rows ? queries + (firstRow + row) * dims : nullptr, view,
                           firstPosition + rowQuery[row], queryTile, row,
                           [](int r, int piece) { return panelPlace(r, piece); });

    const std::int64_t firstVisible = view.visible(firstPosition);
    float sums[128] = {}; // two rows, this warpgroup's columns
    float largest[2] = {-INFINITY, -INFINITY}, denominators[2] = {};
    for (int i = 0; i < walk.tiles; ++i) {
        const std::byte* tile = tiles + (i & 1) * tileBytes;
        waitForCopies<0>();
        publishShared();
        __syncthreads(); // the tile is there, and nobody reads the one before
        float s[16];
        multiplyScores(s, queryTile, tile, firstKey);
        if (i + 1 < walk.tiles) fetch(i + 1); // while the product runs
        waitForBf16<0>(s);
        const bool inWindow = i < walk.windowTiles;
        const std::int64_t start = inWindow ? walk.windowStart + std::int64_t{i} * tileKeys
                                            : std::int64_t{i - walk.windowTiles} * tileKeys;
        const bool whole = inWindow
                               ? start > lastPosition - view.window && start + tileKeys - 1 <= firstPosition
                           : picked ? start + tileKeys <= walk.compressed
                                    : start + tileKeys <= firstVisible;
        float own[2] = {-INFINITY, -INFINITY};
#pragma unroll
        for (int k = 0; k < 16; ++k) s[k] *= view.scale;
        if (!whole) { // what a row does not see
#pragma unroll
            for (int r = 0; r < 2; ++r) {
                const std::int64_t p = firstPosition + rowQuery[ownRow + 8 * r];
                const std::int64_t low = inWindow ? p - view.window + 1 : 0;
                const std::int64_t high = inWindow ? p + 1 : picked ? walk.compressed : view.visible(p);
#pragma unroll
                for (int k = 0; k < 8; ++k) {
                    const std::int64_t key = start + firstKey + k / 2 * 8 + 2 * q + k % 2;
                    if (key < low || key >= high) s[k / 2 * 4 + 2 * r + k % 2] = -INFINITY;
                }
            }
        }
#pragma unroll
        for (int k = 0; k < 16; ++k) own[k / 2 % 2] = fmaxf(own[k / 2 % 2], s[k]);
#pragma unroll
        for (int r = 0; r < 2; ++r) {
            own[r] = warpMax<4>(own[r]);
            if (q == 0) maxima[group * blockRows + ownRow + 8 * r] = own[r];
        }
        __syncthreads();
        float shrink[2];
#pragma unroll
        for (int r = 0; r < 2; ++r) {
            const int row = ownRow + 8 * r;
            const float now = fmaxf(fmaxf(maxima[row], maxima[blockRows + row]), largest[r]);
            const float zero = now == -INFINITY ? 0.0f : now; // a row that has seen nothing yet
            shrink[r] = expf(largest[r] - zero);
            largest[r] = now;
            denominators[r] *= shrink[r];
#pragma unroll
            for (int n = 0; n < 4; ++n) {
                const float first = expf(s[n * 4 + 2 * r] - zero), second = expf(s[n * 4 + 2 * r + 1] - zero);
                denominators[r] += first; // of the unrounded weights
                denominators[r] += second;
                *reinterpret_cast<std::uint32_t*>(weightTile + panelPlace(row, group * 4 + n) + 4 * q) =
                    packBf16(first, second);
            }
        }
        if (!__all_sync(everyLane, shrink[0] == 1.0f && shrink[1] == 1.0f)) {
#pragma unroll
            for (int k = 0; k < 128; ++k) sums[k] *= shrink[k / 2 % 2];
        }
        publishShared();
        __syncthreads(); // the weights are there
        multiplyValues(sums, weightTile, tile, group * 256);
        waitForBf16<0>(sums);
    }

    // Denominators: four lanes of each warpgroup hold parts; the sink joins here.
    __syncthreads();
#pragma unroll
    for (int r = 0; r < 2; ++r) {
        const float part = warpSum<4>(denominators[r]);
        if (q == 0) maxima[group * blockRows + ownRow + 8 * r] = part;
    }
    __syncthreads();
    const int plain = dims - 2 * view.table.pairs;
    std::byte* const staged = tiles;
#pragma unroll
    for (int r = 0; r < 2; ++r) {
        const int row = ownRow + 8 * r;
        const float sink = view.sinks[(firstRow + min(row, rows - 1)) % view.heads];
        const float total = (maxima[row] + maxima[blockRows + row]) + expf(sink - largest[r]);
        const float2* turns = view.table.at(firstPosition + rowQuery[row]);
#pragma unroll
        for (int n = 0; n < 32; ++n) {
            const int piece = group * 32 + n, column = piece * 8 + 2 * q;
            *reinterpret_cast<std::uint32_t*>(staged + panelPlace(row, piece) + 4 * q) = finishedPair(
                sums[n * 4 + 2 * r] / total, sums[n * 4 + 2 * r + 1] / total, column, plain, turns);
        }
    }
    __syncthreads();
    for (int place = thread; place < rows * pieces; place += threadsOfBlock) {
        const int row = place / pieces, piece = place % pieces;
        *reinterpret_cast<uint4*>(output + (firstRow + row) * dims + piece * 8) =
            *reinterpret_cast<const uint4*>(staged + panelPlace(row, piece));
    }
#else
    static_cast<void>(view), static_cast<void>(wide), static_cast<void>(queries), static_cast<void>(output);
#endif
}

} // namespace

bool attendOnHopper(CudaDevice& device, const AttentionView& view, const WideRows& wide, const Bf16* queries,
                    Bf16* output) {
    const std::size_t shared =
        1024 + picksAt + (view.picks ? static_cast<std::size_t>(view.pickLimit) * sizeof(std::int32_t) : 0);
    if (!sm90a::hasProducts(device) || view.dims != dims ||
        shared > static_cast<std::size_t>(device.sharedLimit()))
        return false;
    if (view.picks)
        launch(device.stream(), attendWarpgroups<true>,
               dim3(static_cast<unsigned>(view.count), blocksFor(view.heads, blockRows)), threadsOfBlock,
               shared, view, wide, queries, output);
    else
        launch(device.stream(), attendWarpgroups<false>, blocksFor(view.count * view.heads, blockRows),
               threadsOfBlock, shared, view, wide, queries, output);
    return true;
}

} // namespace kernels::cuda
