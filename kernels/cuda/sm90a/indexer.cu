// The indexer of a chunk on sm_90a: fp8 products of whole warpgroups. Keys and queries hold fp4 values with
// the differences of their block scales folded into e4m3 exponents (exact while a row's scales differ by at
// most 2^14; what is smaller is lost). 64 keys are A; two queries' 64 heads each are B. A warpgroup serves
// four queries as two products in turn: while one runs, the other's heads are weighed. Takes keys of 128
// values and 64 heads.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/indexer_parts.h"
#include "kernels/cuda/sm90a/moe.h"
#include "kernels/cuda/sm90a/warpgroup.h"

#include <algorithm>

namespace kernels::cuda {

namespace {

constexpr int dims = 128, heads = 64, tileKeys = 64, stages = 3;
constexpr int queriesOfBlock = 8, threadsOfBlock = 256;
[[maybe_unused]] constexpr int fold = 6; // 6 * 2^6 is the largest value: e4m3 reaches 448

// Shared memory, from a multiple of 1024 bytes on.
constexpr int queryBytes = queriesOfBlock * heads * dims, tileBytes = tileKeys * dims;
[[maybe_unused]] constexpr int tilesAt = queryBytes, scalesAt = tilesAt + stages * tileBytes,
                               scoresAt = scalesAt + stages * tileKeys * 4;
constexpr int tableAt = scoresAt + 2 * queriesOfBlock * tileKeys * 4, listsAt = tableAt + 16 * 8;

// Rows of 128 bytes as the tensor cores read them: pieces of 16 bytes swizzled by the row.
[[maybe_unused]] __device__ inline int bytePlace(int row, int piece) {
    return row * dims + (piece ^ (row & 7)) * 16;
}

// Four e2m1 nibbles to e4m3, lowest first, by the table of their block's scale.
[[maybe_unused]] __device__ inline std::uint32_t widenToE4m3(std::uint32_t nibbles, uint2 table) {
    return __byte_perm(table.x, table.y, nibbles & 0x7777u) |
           __byte_perm(0u, 0x80808080u, nibbles >> 1 & 0x7777u);
}

// max(0, dot) times 2^-26, which puts every dot below 1: a saturating product takes half the time of a
// maximum.
constexpr float shrinkDot = 1.0f / (1 << 26);
[[maybe_unused]] __device__ inline float positivePart(float dot) {
    return __saturatef(dot * shrinkDot);
}

__global__ void __launch_bounds__(threadsOfBlock, 1)
    selectWarpgroups(SelectView view, const Bf16* queries, int room) {
#if LECTERN_WARPGROUPS
    DYNAMIC_SHARED(dynamic);
    std::byte* const base = alignShared1024(dynamic);
    std::byte *const queryTiles = base, *const tiles = base + tilesAt;
    auto* const keyScales = reinterpret_cast<float*>(base + scalesAt); // [stages][64]
    auto* const scores = reinterpret_cast<float*>(base + scoresAt);    // [2][8 queries][64 keys]
    auto* const tables = reinterpret_cast<uint2*>(base + tableAt);     // [16]: codes of the eight magnitudes
    auto* const lists = reinterpret_cast<Candidate*>(base + listsAt);  // [8][room]

    const int thread = static_cast<int>(threadIdx.x), warp = thread / 32, lane = thread % 32, g = lane / 4,
              q = lane % 4;
    const int group = warp / 4; // warpgroup: queries 4 * group .. + 3
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
    // The same in every thread, and said so: products must not lie in branches that could diverge.
    const int tileCount =
        __shfl_sync(everyLane, newTiles + static_cast<int>((newest - begin + tileKeys - 1) / tileKeys), 0);
    if (tileCount == 0) {
        if (lane == 0 && t < view.count && view.splits > 1) view.sizes[t * view.splits + blockIdx.y] = 0;
        return;
    }
    auto tileStart = [&](int i) {
        return i < newTiles ? newest + std::int64_t{i} * tileKeys
                            : begin + std::int64_t{i - newTiles} * tileKeys;
    };

    // Codes of 0, .5, 1, 1.5, 2, 3, 4, 6 times 2^(fold - d), d the distance to the largest scale of the row.
    if (thread < 128) {
        const int d = thread / 8;
        const float shrink = decodeE8m0(static_cast<std::uint8_t>(127 + fold - d));
        reinterpret_cast<std::uint8_t*>(tables)[thread] =
            encodeE4m3(decodeE2m1(static_cast<std::uint8_t>(thread % 8)) * shrink);
    }
    for (int i = thread; i < queriesOfBlock * heads * (dims / 16); i += threadsOfBlock) {
        const int row = i / (dims / 16), piece = i % (dims / 16);
        const bool there = first + row / heads < view.count;
        std::uint32_t words[4] = {};
        const Bf16* from = queries + (there ? (first * heads + row) * dims + piece * 16 : 0);
        for (int j = 0; there && j < 16; ++j)
            words[j / 4] |= std::uint32_t{encodeE4m3(load(from[j]) * (1 << fold))} << (j % 4 * 8);
        *reinterpret_cast<uint4*>(queryTiles + bytePlace(row, piece)) =
            make_uint4(words[0], words[1], words[2], words[3]);
    }
    float weights[4][8][2]; // of this lane's heads, for the warpgroup's four queries
#pragma unroll
    for (int n = 0; n < 4; ++n)
#pragma unroll
        for (int j = 0; j < 8; ++j)
#pragma unroll
            for (int k = 0; k < 2; ++k) {
                const std::int64_t query = first + group * 4 + n;
                weights[n][j][k] =
                    query < view.count ? view.weights[query * heads + j * 8 + 2 * q + k] : 0.0f;
            }

    // A thread widens one block of 32 values of one key; its bytes are loaded a tile ahead.
    const int unitKey = thread / 4, unitBlock = thread % 4;
    uint4 nibbles = make_uint4(0, 0, 0, 0);
    std::uint32_t codes = 0x7f7f7f7fu;
    auto fetch = [&](int i) {
        const std::int64_t key = tileStart(i) + unitKey;
        const bool there = i < tileCount && key < end;
        nibbles = there ? *reinterpret_cast<const uint4*>(view.keys.data + key * (dims / 2) + unitBlock * 16)
                        : make_uint4(0, 0, 0, 0);
        codes = there ? *reinterpret_cast<const std::uint32_t*>(view.keys.scales + key * 4) : 0x7f7f7f7fu;
    };
    auto widen = [&](int i) {
        std::byte* tile = tiles + i % stages * tileBytes;
        const int top = largestCode(codes), d = top - static_cast<int>(codes >> (8 * unitBlock) & 255u);
        const uint2 table = d < 15 ? tables[d] : make_uint2(0, 0);
        auto put = [&](int piece, std::uint32_t low, std::uint32_t high) {
            *reinterpret_cast<uint4*>(tile + bytePlace(unitKey, unitBlock * 2 + piece)) =
                make_uint4(widenToE4m3(low, table), widenToE4m3(low >> 16, table), widenToE4m3(high, table),
                           widenToE4m3(high >> 16, table));
        };
        put(0, nibbles.x, nibbles.y);
        put(1, nibbles.z, nibbles.w);
        if (unitBlock == 0) // the powers of two of both sides go here
            keyScales[i % stages * tileKeys + unitKey] =
                decodeE8m0(static_cast<std::uint8_t>(top)) * (1.0f / (1 << 2 * fold) / shrinkDot);
    };

    // Products of tile i with queries 2 * pair, 2 * pair + 1 of the warpgroup.
    auto multiply = [&](float(&c)[64], int i, int pair) {
        multiplyE4m3(c, tiles + i % stages * tileBytes, queryTiles + (group * 4 + pair * 2) * heads * dims);
    };
    // Their weighted heads: lane q of a quad ends with query q / 2, key g + 8 (q % 2) of the warp's sixteen.
    auto weigh = [&](const float(&c)[64], int i, int pair) {
        float part[4];
#pragma unroll
        for (int n = 0; n < 2; ++n) {
            float low = 0, high = 0;
#pragma unroll
            for (int j = 0; j < 8; ++j)
#pragma unroll
                for (int k = 0; k < 2; ++k) {
                    const float weight = weights[pair * 2 + n][j][k];
                    low = __fmaf_rn(weight, positivePart(c[(n * 8 + j) * 4 + k]), low);
                    high = __fmaf_rn(weight, positivePart(c[(n * 8 + j) * 4 + 2 + k]), high);
                }
            part[2 * n] = low;
            part[2 * n + 1] = high;
        }
        const int query = group * 4 + pair * 2 + q / 2, key = warp % 4 * 16 + q % 2 * 8 + g;
        scores[((i & 1) * queriesOfBlock + query) * tileKeys + key] = sumOfQuad(part);
    };

    BestList list(lists + warp * room, room, view.k);
    auto collect = [&](int i) { // each warp for its query
        const std::int64_t start = tileStart(i);
        if (i == 0 || i == newTiles) list.walkFrom(start);
        for (int half = 0; half < tileKeys; half += 32) {
            const std::int64_t key = start + half + lane;
            const float score = scores[((i & 1) * queriesOfBlock + warp) * tileKeys + half + lane] *
                                keyScales[i % stages * tileKeys + half + lane];
            offerScores(list, view, key < own, score, key, start + half + 32);
        }
    };

    fetch(0);
    __syncthreads(); // the tables
    widen(0);
    fetch(1);
    publishShared();
    __syncthreads();
    for (int i = 0; i < tileCount; ++i) {
        float even[64], odd[64]; // products of the first and the second pair of queries
        multiply(even, i, 0);
        multiply(odd, i, 1);
        // While they run: the list of the tile before, and the next tile, in a place left two barriers ago.
        if (i > 0) collect(i - 1);
        if (i + 1 < tileCount) {
            widen(i + 1);
            fetch(i + 2);
        }
        waitForProducts<1>(even);
        weigh(even, i, 0);
        waitForProducts<0>(odd);
        weigh(odd, i, 1);
        publishShared();
        __syncthreads(); // tile i + 1 and the scores of tile i are there
    }
    collect(tileCount - 1);
    if (selects)
        finishList(list, view, t, newest, static_cast<int>(blockIdx.y));
    else if (t < view.count && view.splits > 1 && lane == 0)
        view.sizes[t * view.splits + blockIdx.y] = 0;
#else
    static_cast<void>(view), static_cast<void>(queries), static_cast<void>(room);
#endif
}

} // namespace

bool selectOnHopper(CudaDevice& device, const SelectView& view, const Bf16* queries) {
    if (!sm90a::hasProducts(device) || view.keys.type != RowType::Index || view.dims != dims ||
        view.heads != heads)
        return false;
    const int limit = device.sharedLimit() - 1024 - listsAt,
              each = queriesOfBlock * static_cast<int>(sizeof(Candidate));
    const int room = std::min(limit / each, view.k + 768) / 32 * 32;
    if (limit <= 0 || room < view.k + 64) return false;
    launch(device.stream(), selectWarpgroups,
           dim3(blocksFor(view.count, queriesOfBlock), static_cast<unsigned>(view.splits)), threadsOfBlock,
           static_cast<std::size_t>(1024 + listsAt + room * each), view, queries, room);
    return true;
}

} // namespace kernels::cuda
