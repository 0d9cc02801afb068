// The indexer for many queries on tensor cores: fp4 keys and queries widened exactly to bf16. A warp owns one
// query, its heads as B fragments in registers for the whole walk; the block's eight queries share every tile
// of keys, which is widened once. A score is the same bits in any tile, range or block.
#include "kernels/cuda/indexer_parts.h"
#include "kernels/cuda/tensor_core.h"

#include <algorithm>

namespace kernels::cuda {

namespace {

constexpr int dims = 128, steps = dims / 16; // of a key; products of 16 columns each
constexpr int queriesOfBlock = 8, threadsOfBlock = 32 * queriesOfBlock;

// Widened keys in shared memory: rows of 16 chunks of 16 bytes, swizzled so that eight neighbouring rows meet
// all banks.
__device__ inline int chunkPlace(int row, int chunk) {
    return (row * (dims / 8) + (chunk ^ (row & 7))) * 16;
}

template<int headTiles, int tileKeys>
__global__ void __launch_bounds__(threadsOfBlock, 1)
    selectTiles(SelectView view, const Bf16* queries, int room) {
    constexpr int unitsOfThread = tileKeys * 4 / threadsOfBlock; // a unit is a block of 32 values of one key
    DYNAMIC_SHARED(dynamic);
    std::byte* const tiles = dynamic;                       // [2][tileKeys][dims] bf16
    std::byte* const raw = tiles + 2 * tileKeys * dims * 2; // [unitsOfThread][threads] of 16 bytes
    auto* const keyScales = reinterpret_cast<float*>(raw + tileKeys * dims / 2); // [2][tileKeys]
    auto* const lists = reinterpret_cast<Candidate*>(keyScales + 2 * tileKeys);  // [queriesOfBlock][room]

    const int thread = static_cast<int>(threadIdx.x), warp = thread / 32, lane = thread % 32, g = lane / 4,
              q = lane % 4;
    const std::int64_t first = std::int64_t{blockIdx.x} * queriesOfBlock, t = first + warp;
    const std::int64_t most = view.visible(min(view.count, first + queriesOfBlock) - 1);
    const std::int64_t begin = blockIdx.y * view.splitKeys, end = min(most, begin + view.splitKeys);
    const bool selects = t < view.count && view.visible(t) > view.k; // else everything is taken
    if (t < view.count && !selects && blockIdx.y == 0) pickAll(view, t);
    if (most <= view.k) return;
    const std::int64_t own =
        selects ? min(end, view.visible(t)) : 0; // entries before it count for this query

    std::int64_t newest = begin;
    if (end - newestKeys > begin) newest = (end - newestKeys) / tileKeys * tileKeys;
    const int newTiles = static_cast<int>((end - newest + tileKeys - 1) / tileKeys);
    const int tileCount = newTiles + static_cast<int>((newest - begin + tileKeys - 1) / tileKeys);
    auto tileStart = [&](int i) {
        return i < newTiles ? newest + std::int64_t{i} * tileKeys
                            : begin + std::int64_t{i - newTiles} * tileKeys;
    };

    // The query's heads as B fragments, in the order of widenNibbles, and their weights.
    std::uint32_t b[headTiles][steps][2];
    float weights[headTiles][2];
#pragma unroll
    for (int j = 0; j < headTiles; ++j) {
        const bool there = selects && j * 8 + g < view.heads;
        const Bf16* row = queries + (there ? (t * view.heads + j * 8 + g) * dims : 0);
#pragma unroll
        for (int s = 0; s < steps; ++s)
#pragma unroll
            for (int half = 0; half < 2; ++half) {
                const Bf16* eight = row + s * 16 + half * 8 + q;
                b[j][s][half] = there ? eight[0].bits | std::uint32_t{eight[4].bits} << 16 : 0;
            }
#pragma unroll
        for (int i = 0; i < 2; ++i) {
            const int head = j * 8 + 2 * q + i;
            weights[j][i] = selects && head < view.heads ? view.weights[t * view.heads + head] : 0;
        }
    }

    // A thread copies, and later widens, units of its own: nobody else waits for them.
    std::uint32_t codes[unitsOfThread]; // the four scale codes of a unit's key
    auto fetch = [&](int i) {
        const std::int64_t start = tileStart(i);
#pragma unroll
        for (int u = 0; u < unitsOfThread; ++u) {
            const int unit = u * threadsOfBlock + thread;
            const std::int64_t key = start + unit / 4;
            const bool there = key < end;
            copyAsync16(raw + unit * 16, view.keys.data + (there ? key * (dims / 2) + unit % 4 * 16 : 0),
                        there);
            codes[u] =
                there ? *reinterpret_cast<const std::uint32_t*>(view.keys.scales + key * 4) : 0x7f7f7f7fu;
        }
        commitCopies();
    };
    // The largest of a key's scales moves out of its values; the rest are powers of two of at most 1.
    auto widen = [&](int i) {
        waitForCopies<0>();
        std::byte* tile = tiles + (i & 1) * tileKeys * dims * 2;
#pragma unroll
        for (int u = 0; u < unitsOfThread; ++u) {
            const int unit = u * threadsOfBlock + thread, key = unit / 4, block = unit % 4;
            const uint4 nibbles = *reinterpret_cast<const uint4*>(raw + unit * 16);
            const int top = largestCode(codes[u]);
            const std::uint32_t factor = foldedFactor(static_cast<int>(codes[u] >> (8 * block) & 255u), top);
            auto put = [&](int chunk, std::uint32_t word) {
                *reinterpret_cast<uint4*>(tile + chunkPlace(key, block * 4 + chunk)) =
                    widenNibbles(word, factor);
            };
            put(0, nibbles.x);
            put(1, nibbles.y);
            put(2, nibbles.z);
            put(3, nibbles.w);
            if (block == 0) keyScales[(i & 1) * tileKeys + key] = decodeE8m0(static_cast<std::uint8_t>(top));
        }
    };

    BestList list(lists + warp * room, room, view.k);
    auto score = [&](int i) {
        const std::int64_t start = tileStart(i);
        const std::byte* tile = tiles + (i & 1) * tileKeys * dims * 2;
        const float* scales = keyScales + (i & 1) * tileKeys;
        if (i == 0 || i == newTiles) list.walkFrom(start);
        for (int group = 0; group < tileKeys && start + group < own; group += 32) {
            float part[4]; // of this lane's heads: keys g, g+8, g+16, g+24 of the group
#pragma unroll
            for (int half = 0; half < 2; ++half) {
                float c[headTiles][4] = {};
#pragma unroll
                for (int s = 0; s < steps; ++s) {
                    std::uint32_t a[4];
                    loadMatrices(a, tile + chunkPlace(group + half * 16 + lane % 16, s * 2 + lane / 16));
#pragma unroll
                    for (int j = 0; j < headTiles; ++j) mma(c[j], a, b[j][s]);
                }
                weighHeads(c, weights, part[2 * half], part[2 * half + 1]);
            }
            float sum = sumOfQuad(part); // lane q has key g + 8 q
            sum *= scales[group + q * 8 + g];
            const std::int64_t key = start + group + q * 8 + g;
            if (!__any_sync(everyLane, key < own && (sum != sum || orderOf(sum) >= list.least()))) continue;
            sum = __shfl_sync(everyLane, sum, lane % 8 * 4 + lane / 8); // lanes in the order of keys
            offerScores(list, view, start + group + lane < own, sum, start + group + lane,
                        start + group + 32);
        }
    };

    if (tileCount > 0) {
        fetch(0);
        widen(0);
        if (tileCount > 1) fetch(1);
    }
    __syncthreads();
    for (int i = 0; i < tileCount; ++i) {
        const bool more = i + 1 < tileCount;
        // Half of the warps widen before they multiply, the others after it: the tensor cores see no gap.
        if (more && warp < queriesOfBlock / 2) {
            widen(i + 1);
            if (i + 2 < tileCount) fetch(i + 2);
        }
        score(i);
        if (more && warp >= queriesOfBlock / 2) {
            widen(i + 1);
            if (i + 2 < tileCount) fetch(i + 2);
        }
        __syncthreads();
    }
    if (selects)
        finishList(list, view, t, newest, static_cast<int>(blockIdx.y));
    else if (t < view.count && view.splits > 1 && lane == 0)
        view.sizes[t * view.splits + blockIdx.y] = 0;
}

template<int tileKeys>
constexpr std::size_t fixedBytes() {
    return std::size_t{2} * tileKeys * dims * 2 + tileKeys * dims / 2 + 2 * tileKeys * sizeof(float);
}

} // namespace

bool selectOnTensorCores(cudaStream_t stream, const SelectView& view, const Bf16* queries, int sharedLimit) {
    if (view.keys.type != RowType::Index || view.dims != dims || view.heads > 64) return false;
    const unsigned groups = blocksFor(view.count, queriesOfBlock);
    auto run = [&](auto kernel, std::size_t fixed) {
        if (static_cast<std::size_t>(sharedLimit) < fixed) return false;
        const std::size_t place =
            (static_cast<std::size_t>(sharedLimit) - fixed) / (queriesOfBlock * sizeof(Candidate));
        const int room =
            static_cast<int>(std::min<std::size_t>(place, static_cast<std::size_t>(view.k) + 768)) / 32 * 32;
        if (room < view.k + 64) return false;
        launch(stream, kernel, dim3(groups, static_cast<unsigned>(view.splits)), threadsOfBlock,
               fixed + static_cast<std::size_t>(room) * queriesOfBlock * sizeof(Candidate), view, queries,
               room);
        return true;
    };
    auto runTiles = [&](auto wide, auto narrow) {
        return run(wide, fixedBytes<128>()) || run(narrow, fixedBytes<64>());
    };
    if (view.heads <= 8) return runTiles(selectTiles<1, 128>, selectTiles<1, 64>);
    return runTiles(selectTiles<8, 128>, selectTiles<8, 64>);
}

} // namespace kernels::cuda
