// What the indexer's kernels share: the job as they see it, and how a query's list becomes its picks.
#pragma once

#include "kernels/cuda/best_list.h"
#include "kernels/cuda/rotation.h"
#include "kernels/cuda/row_codec.h"

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

    __device__ std::int64_t visible(std::int64_t t) const { return (position + t + 1) / ratio; }
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

// indexer_tiles.cu: whether it took the job (compact keys of 128 values, at most 64 heads, a list that fits).
bool selectOnTensorCores(cudaStream_t stream, const SelectView& view, const Bf16* queries, int sharedLimit);

} // namespace kernels::cuda
