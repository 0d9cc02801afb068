// What the indexer's kernels share: the job as they see it, and how a query's list becomes its picks.
#pragma once

#include "kernels/cuda/best_list.h"
#include "kernels/cuda/rotation.h"
#include "kernels/cuda/row_codec.h"
#include "kernels/cuda/tensor_core.h"

#include <cstdint>

namespace kernels::cuda {

// Queries are prepared (rotated, rounded), the powers of two of their scales lie in the weights. Entries are
// scored in `splits` ranges of whole tiles; with more than one, lists are merged by a kernel of their own.
struct SelectView {
    int heads = 0, dims = 0, k = 0, ratio = 4;
    std::int64_t position = 0, count = 0;
    const float* weights = nullptr; // [T, heads]
    RowView keys;
    std::int32_t* picks = nullptr; // [T, k]
    int* bad = nullptr;            // set to 1 when a score is NaN
    int splits = 1;
    std::int64_t splitKeys = 0; // entries of a range
    Candidate* lists = nullptr; // [T, splits, k], each ascending by index
    int* sizes = nullptr;       // [T, splits]

    __host__ __device__ std::int64_t visible(std::int64_t t) const { return (position + t + 1) / ratio; }
};

// The newest entries are met first, because they usually score highest; then the others upwards.
constexpr std::int64_t newestKeys = 4096;

// A warp's query that needs no scores, or none of this range.
__device__ inline void pickAll(const SelectView& view, std::int64_t t) {
    const std::int64_t n = view.visible(t);
    for (int i = static_cast<int>(threadIdx.x % 32); i < view.k; i += 32)
        view.picks[t * view.k + i] = i < n ? i : -1;
}

// A warp hands over its list: entries from `newest` on arrived before those below.
__device__ inline void finishList(BestList& list, const SelectView& view, std::int64_t t, std::int64_t newest,
                                  int split) {
    list.cut(0);
    const int lane = static_cast<int>(threadIdx.x % 32);
    int front = 0; // entries of the newest part
    for (int i = lane; i < list.size(); i += 32) front += indexOf(list.entry(i)) >= newest ? 1 : 0;
    front = warpSumOf(front);
    auto placeOf = [&](int i) { return i < front ? list.size() - front + i : i - front; };
    if (view.splits == 1) {
        std::int32_t* picks = view.picks + t * view.k;
        for (int i = lane; i < list.size(); i += 32) picks[placeOf(i)] = indexOf(list.entry(i));
        for (int i = list.size() + lane; i < view.k; i += 32) picks[i] = -1;
        return;
    }
    const std::int64_t row = t * view.splits + split;
    for (int i = lane; i < list.size(); i += 32) view.lists[row * view.k + placeOf(i)] = list.entry(i);
    if (lane == 0) view.sizes[row] = list.size();
}

// Offers 32 neighbouring entries, one a lane, if any of them could enter the list.
__device__ inline void offerScores(BestList& list, const SelectView& view, bool there, float score,
                                   std::int64_t key, std::int64_t next) {
    const bool bad = there && score != score;
    if (!__any_sync(everyLane, there && (bad || orderOf(score) >= list.least()))) return;
    if (bad) *view.bad = 1;
    list.offer(there, candidateOf(orderOf(bad ? 0.0f : score), key), next);
}

// --- scores on tensor cores: keys as A (16 of them), heads as B (eight) ---

// Eight e2m1 nibbles to bf16, in the order 0 4 1 5 2 6 3 7: pairs that lie 16 bits apart need no moving.
__device__ inline uint4 widenNibbles(std::uint32_t nibbles, std::uint32_t factor) {
    std::uint32_t pairs[4];
#pragma unroll
    for (int i = 0; i < 4; ++i) {
        const std::uint32_t both = nibbles >> (4 * i);
        pairs[i] = timesBf16(((both << 12) & 0x80008000u) | ((both << 6) & 0x01c001c0u), factor);
    }
    return make_uint4(pairs[0], pairs[1], pairs[2], pairs[3]);
}

// Of a key's four scale codes the largest moves out of its values; what stays is a power of two of at most 1.
__device__ inline int largestCode(std::uint32_t codes) {
    return static_cast<int>(max(max(codes & 255u, codes >> 8 & 255u), max(codes >> 16 & 255u, codes >> 24)));
}
__device__ inline std::uint32_t foldedFactor(int code, int top) {
    return e2m1Factor(max(code - top + 127, -125));
}

// The weighted heads of rows g and g + 8 that this lane holds.
template<int headTiles>
__device__ inline void weighHeads(const float (&c)[headTiles][4], const float (&weights)[headTiles][2],
                                  float& low, float& high) {
    low = high = 0;
#pragma unroll
    for (int j = 0; j < headTiles; ++j)
#pragma unroll
        for (int k = 0; k < 2; ++k) {
            low = __fmaf_rn(weights[j][k], fmaxf(c[j][k], 0.0f), low);
            high = __fmaf_rn(weights[j][k], fmaxf(c[j][2 + k], 0.0f), high);
        }
}

// Sums over the four lanes of a quad: lane q ends with that of part[q]. The grouping is the same for each.
__device__ inline float sumOfQuad(const float (&part)[4]) {
    const bool upper = threadIdx.x & 2, odd = threadIdx.x & 1;
    const float kept0 =
        (upper ? part[2] : part[0]) + __shfl_xor_sync(everyLane, upper ? part[0] : part[2], 2);
    const float kept1 =
        (upper ? part[3] : part[1]) + __shfl_xor_sync(everyLane, upper ? part[1] : part[3], 2);
    return (odd ? kept1 : kept0) + __shfl_xor_sync(everyLane, odd ? kept0 : kept1, 1);
}

class CudaDevice;
// Whether they took the job: compact keys of 128 values, at most 64 heads. indexer_tiles.cu, and for few
// queries indexer_few.cu; the first needs room for lists in shared memory.
bool selectOnTensorCores(cudaStream_t stream, const SelectView& view, const Bf16* queries, int sharedLimit);
// On sm_90a only, 64 heads (sm90a/indexer.cu).
bool selectOnHopper(CudaDevice& device, const SelectView& view, const Bf16* queries);
bool selectForFew(CudaDevice& device, const SelectView& view, const Bf16* queries);

} // namespace kernels::cuda
