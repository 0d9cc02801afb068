// Attention of a chunk on tensor cores: 64 rows (a query's heads, or several queries' where heads are few)
// share tiles of 64 keys. A tile serves as keys and, read the other way, as values. Window first, at absolute
// positions, then the compressed rows, all of them or the picked ones; online softmax in fp32, weights
// rounded to bf16, the sink at the end. Keys that a row does not see weigh exactly zero, so its bits do not
// depend on its neighbours.
#include "kernels/cuda/attention_parts.h"
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/latent_rows.h"

#include <algorithm>

namespace kernels::cuda {

namespace {

constexpr int blockRows = 64, tileKeys = 64, warps = 8, threadsOfBlock = 32 * warps;

// One thread a piece of eight values: raw latents of positions oldest .. position + count - 1.
__global__ void widenWindow(AttentionView view, std::int64_t oldest, uint4* out) {
    const int pieces = view.dims / 8;
    const std::int64_t place = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x,
                       p = oldest + place / pieces;
    if (p >= view.position + view.count) return;
    const int piece = static_cast<int>(place % pieces);
    out[place] = p < view.position ? widenLatent(view.ring, p % view.ring.capacity, piece)
                                   : narrowLatent(view.latents + (p - view.position) * view.dims + 8 * piece);
}

__global__ void widenRows(RowView rows, std::int64_t count, uint4* out) {
    const int pieces = rows.dims / 8;
    const std::int64_t place = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
    if (place < count * pieces)
        out[place] = widenLatent(rows, place / pieces, static_cast<int>(place % pieces));
}

// Shared memory of a block. K tiles come in one or two stages; the output is staged in the first.
template<int dims>
struct Layout {
    static constexpr int tileBytes = tileKeys * dims * 2;
    static constexpr int query = 0;
    static constexpr int weights = query + blockRows * dims * 2;                  // P, bf16 [64][64]
    static constexpr int exchange = weights + blockRows * tileKeys * 2;           // [warps][16][32] floats
    static constexpr int rowMax = exchange + warps * 16 * 32 * 4;                 // [4][64] floats
    static constexpr int factors = rowMax + 4 * blockRows * 4;                    // [64] floats
    static constexpr int positions = factors + blockRows * 4;                     // [64] ints: query of a row
    static constexpr int tiles = positions + blockRows * 4;                       // 128-byte aligned
    static constexpr int bytes(int stages) { return tiles + stages * tileBytes; } // picks follow
};

// Warps in the product with the keys: halves of the head's dims, of the rows, of the keys; in that with the
// values: eighths of the dims. grid (groups of 64 rows) or, with picks, (queries, groups of 64 heads).
template<int dims, bool picked>
__global__ void __launch_bounds__(threadsOfBlock, 1)
    attendRows(AttentionView view, WideRows wide, const Bf16* queries, Bf16* output, int stages) {
    using Shared = Layout<dims>;
    constexpr int pieces = dims / 8, ownTiles = dims / (8 * warps); // n-tiles of values a warp owns
    DYNAMIC_SHARED(dynamic);
    std::byte *const queryTile = dynamic + Shared::query, *const weightTile = dynamic + Shared::weights;
    auto* const exchange = reinterpret_cast<float*>(dynamic + Shared::exchange);
    auto* const rowMax = reinterpret_cast<float*>(dynamic + Shared::rowMax);
    auto* const factors = reinterpret_cast<float*>(dynamic + Shared::factors);
    auto* const rowQuery = reinterpret_cast<int*>(dynamic + Shared::positions);
    std::byte* const tiles = dynamic + Shared::tiles;
    auto* const picks = reinterpret_cast<std::int32_t*>(dynamic + Shared::tiles + stages * Shared::tileBytes);

    const int thread = static_cast<int>(threadIdx.x), warp = thread / 32, lane = thread % 32, g = lane / 4,
              q = lane % 4;
    // Rows of the block: consecutive (query, head) pairs, of one query where keys are picked for each.
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
    walk.tiles = walk.windowTiles + static_cast<int>((walk.compressed + tileKeys - 1) / tileKeys);
    if (picked)
        for (int i = thread; i < walk.compressed; i += threadsOfBlock) picks[i] = ownPicks[i];
    if (thread < blockRows)
        rowQuery[thread] = static_cast<int>((firstRow + min(thread, rows - 1)) / view.heads - firstQuery);
    __syncthreads();

    auto fetch = [&](int i) {
        std::byte* tile = tiles + (stages == 2 ? i & 1 : 0) * Shared::tileBytes;
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
            copyAsync16(tile + piecePlace<dims>(row, piece), source + piece * 8, there);
        }
        commitCopies();
    };
    fetch(0);

    // Queries: norm over the head, rotation, both rounded. A warp prepares eight rows.
    const int plain = dims - 2 * view.table.pairs;
    for (int row = warp * 8; row < warp * 8 + 8; ++row)
        prepareQuery<dims>(row < rows ? queries + (firstRow + row) * dims : nullptr, view,
                           firstPosition + rowQuery[row], queryTile, row,
                           [](int r, int piece) { return piecePlace<dims>(r, piece); });

    const int half = warp / 4, rowHalf = warp % 2,
              keyHalf = warp / 2 % 2;              // of dims, rows, keys in the first product
    const int keyBegin = keyHalf * 32 + half * 16; // the 16 keys whose scores end here
    float sums[4][ownTiles][4] = {};               // 64 rows, this warp's dims
    float largest[4], denominators[4] = {};        // rows rowHalf * 32 + 8 * i + g
#pragma unroll
    for (int i = 0; i < 4; ++i) largest[i] = -INFINITY;

    for (int i = 0; i < walk.tiles; ++i) {
        const std::byte* tile = tiles + (stages == 2 ? i & 1 : 0) * Shared::tileBytes;
        waitForCopies<0>();
        __syncthreads(); // the tile is there, and nobody reads the one before
        if (stages == 2 && i + 1 < walk.tiles) fetch(i + 1);

        // Scores of 32 rows and 32 keys over half of the dims.
        float s[2][4][4] = {};
#pragma unroll 4
        for (int step = 0; step < dims / 32; ++step) {
            const int piece = half * (pieces / 2) + step * 2;
            std::uint32_t a[2][4], b[2][4];
#pragma unroll
            for (int m = 0; m < 2; ++m)
                loadMatrices(
                    a[m], queryTile + piecePlace<dims>(rowHalf * 32 + m * 16 + lane % 16, piece + lane / 16));
#pragma unroll
            for (int n = 0; n < 2; ++n)
                loadMatrices(b[n], tile + piecePlace<dims>(keyHalf * 32 + n * 16 + lane / 16 * 8 + lane % 8,
                                                           piece + lane / 8 % 2));
#pragma unroll
            for (int m = 0; m < 2; ++m)
#pragma unroll
                for (int n = 0; n < 4; ++n) {
                    const std::uint32_t pair[2] = {b[n / 2][n % 2 * 2], b[n / 2][n % 2 * 2 + 1]};
                    mma(s[m][n], a[m], pair);
                }
        }
        // The two halves meet: each warp of a pair ends with 16 of the 32 keys.
        float* given = exchange + warp * 512 + lane;
        const float* taken = exchange + (warp ^ 4) * 512 + lane;
#pragma unroll
        for (int m = 0; m < 2; ++m)
#pragma unroll
            for (int n = 0; n < 2; ++n)
#pragma unroll
                for (int k = 0; k < 4; ++k)
                    given[((m * 2 + n) * 4 + k) * 32] = half ? s[m][n][k] : s[m][2 + n][k];
        __syncthreads();
        float score[4][4]; // row 8 * r + g of the half: keys keyBegin + 2q, +1, and 8 further
#pragma unroll
        for (int m = 0; m < 2; ++m)
#pragma unroll
            for (int n = 0; n < 2; ++n)
#pragma unroll
                for (int k = 0; k < 4; ++k)
                    score[2 * m + k / 2][2 * n + k % 2] =
                        ((half ? s[m][2 + n][k] : s[m][n][k]) + taken[((m * 2 + n) * 4 + k) * 32]) *
                        view.scale;

        // What a row does not see.
        const bool inWindow = i < walk.windowTiles;
        const std::int64_t start = inWindow ? walk.windowStart + std::int64_t{i} * tileKeys
                                            : std::int64_t{i - walk.windowTiles} * tileKeys;
        const bool whole = inWindow
                               ? start > lastPosition - view.window && start + tileKeys - 1 <= firstPosition
                           : picked ? start + tileKeys <= walk.compressed
                                    : start + tileKeys <= view.visible(firstPosition);
        if (!whole) {
#pragma unroll
            for (int r = 0; r < 4; ++r) {
                const std::int64_t p = firstPosition + rowQuery[rowHalf * 32 + 8 * r + g];
                const std::int64_t low = inWindow ? p - view.window + 1 : 0;
                const std::int64_t high = inWindow ? p + 1 : picked ? walk.compressed : view.visible(p);
#pragma unroll
                for (int k = 0; k < 4; ++k) {
                    const std::int64_t key = start + keyBegin + k / 2 * 8 + 2 * q + k % 2;
                    if (key < low || key >= high) score[r][k] = -INFINITY;
                }
            }
        }

        // The softmax so far: maxima over the row's four warps.
#pragma unroll
        for (int r = 0; r < 4; ++r) {
            const float own =
                warpMax<4>(fmaxf(fmaxf(score[r][0], score[r][1]), fmaxf(score[r][2], score[r][3])));
            if (q == 0) rowMax[(half * 2 + keyHalf) * blockRows + rowHalf * 32 + 8 * r + g] = own;
        }
        __syncthreads();
#pragma unroll
        for (int r = 0; r < 4; ++r) {
            const int row = rowHalf * 32 + 8 * r + g;
            const float now = fmaxf(fmaxf(fmaxf(rowMax[row], rowMax[blockRows + row]),
                                          fmaxf(rowMax[2 * blockRows + row], rowMax[3 * blockRows + row])),
                                    largest[r]);
            const float base = now == -INFINITY ? 0.0f : now; // a row that has seen nothing yet
            const float shrink = expf(largest[r] - base);
            largest[r] = now;
            float kept[4];
            denominators[r] *= shrink;
#pragma unroll
            for (int k = 0; k < 4; ++k) {
                kept[k] = expf(score[r][k] - base);
                denominators[r] += kept[k]; // of the unrounded weights
            }
#pragma unroll
            for (int n = 0; n < 2; ++n)
                *reinterpret_cast<std::uint32_t*>(weightTile + piecePlace<tileKeys>(row, keyBegin / 8 + n) +
                                                  4 * q) = packBf16(kept[2 * n], kept[2 * n + 1]);
            if (half == 0 && keyHalf == 0 && q == 0) factors[row] = shrink;
        }
        __syncthreads();

        // The weighted sum of the same rows: all 64 rows, an eighth of the dims.
        float shrinks[4][2];
        bool same = true;
#pragma unroll
        for (int m = 0; m < 4; ++m)
#pragma unroll
            for (int k = 0; k < 2; ++k) {
                shrinks[m][k] = factors[m * 16 + k * 8 + g];
                same = same && shrinks[m][k] == 1.0f;
            }
        if (!__all_sync(everyLane, same)) {
#pragma unroll
            for (int m = 0; m < 4; ++m)
#pragma unroll
                for (int n = 0; n < ownTiles; ++n)
#pragma unroll
                    for (int k = 0; k < 4; ++k) sums[m][n][k] *= shrinks[m][k / 2];
        }
#pragma unroll
        for (int step = 0; step < tileKeys / 16; ++step) {
            std::uint32_t a[4][4];
#pragma unroll
            for (int m = 0; m < 4; ++m)
                loadMatrices(a[m],
                             weightTile + piecePlace<tileKeys>(m * 16 + lane % 16, step * 2 + lane / 16));
#pragma unroll
            for (int n = 0; n < ownTiles; n += 2) {
                std::uint32_t b[4];
                loadMatricesTransposed(
                    b, tile + piecePlace<dims>(step * 16 + lane % 16, warp * ownTiles + n + lane / 16));
#pragma unroll
                for (int m = 0; m < 4; ++m) {
                    const std::uint32_t first[2] = {b[0], b[1]}, second[2] = {b[2], b[3]};
                    mma(sums[m][n], a[m], first);
                    mma(sums[m][n + 1], a[m], second);
                }
            }
        }
        if (stages == 1 && i + 1 < walk.tiles) {
            __syncthreads();
            fetch(i + 1);
        }
    }

    // Denominators: four lanes and four warps hold parts of each; the sink joins here.
    __syncthreads();
#pragma unroll
    for (int r = 0; r < 4; ++r) {
        const float part = warpSum<4>(denominators[r]);
        const int row = rowHalf * 32 + 8 * r + g;
        if (q == 0) rowMax[(half * 2 + keyHalf) * blockRows + row] = part;
        if (half == 0 && keyHalf == 0 && q == 0) factors[row] = largest[r];
    }
    __syncthreads();
    if (thread < blockRows) {
        const int row = thread;
        const float sink = view.sinks[(firstRow + min(row, rows - 1)) % view.heads];
        const float total = ((rowMax[row] + rowMax[blockRows + row]) +
                             (rowMax[2 * blockRows + row] + rowMax[3 * blockRows + row])) +
                            expf(sink - factors[row]);
        factors[row] = total;
    }
    __syncthreads();
    std::byte* const staged = tiles;
#pragma unroll
    for (int m = 0; m < 4; ++m)
#pragma unroll
        for (int k = 0; k < 2; ++k) {
            const int row = m * 16 + k * 8 + g;
            const float total = factors[row];
            const float2* turns = view.table.at(firstPosition + rowQuery[row]);
#pragma unroll
            for (int n = 0; n < ownTiles; ++n) {
                const int column = (warp * ownTiles + n) * 8 + 2 * q;
                const std::uint32_t word = finishedPair(sums[m][n][2 * k] / total,
                                                        sums[m][n][2 * k + 1] / total, column, plain, turns);
                *reinterpret_cast<std::uint32_t*>(staged + piecePlace<dims>(row, warp * ownTiles + n) +
                                                  4 * q) = word;
            }
        }
    __syncthreads();
    for (int place = thread; place < rows * pieces; place += threadsOfBlock) {
        const int row = place / pieces, piece = place % pieces;
        *reinterpret_cast<uint4*>(output + (firstRow + row) * dims + piece * 8) =
            *reinterpret_cast<const uint4*>(staged + piecePlace<dims>(row, piece));
    }
}

template<int dims>
bool run(CudaDevice& device, const AttentionView& view, const Bf16* queries, Bf16* output) {
    const std::size_t picks =
        view.picks ? static_cast<std::size_t>(view.pickLimit) * sizeof(std::int32_t) : 0;
    const auto limit = static_cast<std::size_t>(device.sharedLimit());
    const int stages = Layout<dims>::bytes(2) + picks <= limit ? 2 : 1;
    const std::size_t shared = static_cast<std::size_t>(Layout<dims>::bytes(stages)) + picks;
    if (shared > limit) return false;

    Scratch scratch(device.arena());
    WideRows wide{};
    wide.oldest = std::max<std::int64_t>(0, view.position - view.window + 1);
    wide.end = view.position + view.count;
    constexpr std::int64_t pieces = dims / 8;
    const std::int64_t windowPieces = (wide.end - wide.oldest) * pieces;
    auto* window = scratch.take<uint4>(windowPieces);
    launch(device.stream(), widenWindow, blocksFor(windowPieces, 256), 256, 0, view, wide.oldest, window);
    wide.window = reinterpret_cast<const Bf16*>(window);
    if (const std::int64_t rowPieces = view.ratio ? wide.end / view.ratio * pieces : 0; rowPieces > 0) {
        auto* rows = scratch.take<uint4>(rowPieces);
        launch(device.stream(), widenRows, blocksFor(rowPieces, 256), 256, 0, view.rows, rowPieces / pieces,
               rows);
        wide.compressed = reinterpret_cast<const Bf16*>(rows);
    }
    if (dims == 512 && attendOnHopper(device, view, wide, queries, output)) return true;
    if (view.picks)
        launch(device.stream(), attendRows<dims, true>,
               dim3(static_cast<unsigned>(view.count), blocksFor(view.heads, blockRows)), threadsOfBlock,
               shared, view, wide, queries, output, stages);
    else
        launch(device.stream(), attendRows<dims, false>, blocksFor(view.count * view.heads, blockRows),
               threadsOfBlock, shared, view, wide, queries, output, stages);
    return true;
}

} // namespace

bool attendTiles(CudaDevice& device, const AttentionView& view, const Bf16* queries, Bf16* output) {
    if (view.ring.type != RowType::Latent || view.ring.rotary % 16 != 0 || view.table.pairs * 2 > view.dims)
        return false;
    if (view.dims == 512) return run<512>(device, view, queries, output);
    if (view.dims == 128) return run<128>(device, view, queries, output);
    return false;
}

} // namespace kernels::cuda
