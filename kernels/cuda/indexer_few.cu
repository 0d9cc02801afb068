// The indexer for a token and its drafts (at most eight queries): one kernel scores the keys, all
// multiprocessors sharing them, and notes the best of every 32; one block per query then selects. The k-th
// best of those maxima is a lower bound of the k-th best score, so only groups that reach it are read again.
// Scores of a few queries are the one place where they lie in memory: 4 bytes an entry.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/indexer_parts.h"
#include "kernels/cuda/tensor_core.h"

#include <algorithm>

namespace kernels::cuda {

namespace {

constexpr int dims = 128, steps = dims / 16, groupKeys = 32;
constexpr int scoreThreads = 256, selectThreads = 1024, warpsOfSelect = selectThreads / 32;

struct ScoreView {
    std::uint32_t* orders;   // [T, stride]: scores as ordered integers, 0 where there is no entry
    std::uint32_t* maxima;   // [T, stride / 32]
    Candidate *found, *list; // [T, stride] each
    std::int64_t stride;     // a multiple of 32
    std::int64_t blockKeys;  // of a scoring block, a multiple of 256
};

// grid (blocks, T). A warp takes 32 keys at a time straight into A fragments: lane q of a quad holds the q-th
// block of 32 values of a key, and the query's columns lie in the same order.
template<int headTiles>
__global__ void __launch_bounds__(scoreThreads, 1)
    scoreKeys(SelectView view, ScoreView out, const Bf16* queries) {
    const int warp = static_cast<int>(threadIdx.x / 32), lane = static_cast<int>(threadIdx.x % 32),
              g = lane / 4, q = lane % 4;
    const std::int64_t t = blockIdx.y, visible = view.visible(t);
    if (visible <= view.k) return;
    const std::int64_t begin = blockIdx.x * out.blockKeys;
    const std::int64_t end = min(begin + out.blockKeys, (visible + groupKeys - 1) / groupKeys * groupKeys);
    if (begin >= end) return;

    std::uint32_t b[headTiles][steps][2];
    float weights[headTiles][2];
#pragma unroll
    for (int j = 0; j < headTiles; ++j) {
        const bool there = j * 8 + g < view.heads;
        const Bf16* row = queries + (there ? (t * view.heads + j * 8 + g) * dims : 0) + 32 * q;
#pragma unroll
        for (int s = 0; s < steps; ++s)
#pragma unroll
            for (int half = 0; half < 2; ++half) { // pairs 2 (s % 2) + half of word s / 2
                const Bf16* eight = row + s / 2 * 8 + s % 2 * 2 + half;
                b[j][s][half] = there ? eight[0].bits | std::uint32_t{eight[4].bits} << 16 : 0;
            }
#pragma unroll
        for (int i = 0; i < 2; ++i) {
            const int head = j * 8 + 2 * q + i;
            weights[j][i] = head < view.heads ? view.weights[t * view.heads + head] : 0;
        }
    }

    for (std::int64_t start = begin + warp * groupKeys; start < end; start += scoreThreads) {
        uint4 nibbles[4];
        std::uint32_t codes[4];
#pragma unroll
        for (int i = 0; i < 4; ++i) {
            const std::int64_t key = start + 8 * i + g;
            const bool there = key < visible;
            nibbles[i] = there ? *reinterpret_cast<const uint4*>(view.keys.data + key * (dims / 2) + 16 * q)
                               : make_uint4(0, 0, 0, 0);
            codes[i] =
                there ? *reinterpret_cast<const std::uint32_t*>(view.keys.scales + key * 4) : 0x7f7f7f7fu;
        }
        float part[4], keyScale = 0;
#pragma unroll
        for (int half = 0; half < 2; ++half) {
            std::uint32_t factor[2];
#pragma unroll
            for (int i = 0; i < 2; ++i) {
                const int top = largestCode(codes[2 * half + i]);
                factor[i] = foldedFactor(static_cast<int>(codes[2 * half + i] >> (8 * q) & 255u), top);
                if (q == 2 * half + i) keyScale = decodeE8m0(static_cast<std::uint8_t>(top));
            }
            const std::uint32_t low[4] = {nibbles[2 * half].x, nibbles[2 * half].y, nibbles[2 * half].z,
                                          nibbles[2 * half].w};
            const std::uint32_t high[4] = {nibbles[2 * half + 1].x, nibbles[2 * half + 1].y,
                                           nibbles[2 * half + 1].z, nibbles[2 * half + 1].w};
            float c[headTiles][4] = {};
#pragma unroll
            for (int word = 0; word < 4; ++word) {
                const uint4 first = widenNibbles(low[word], factor[0]),
                            second = widenNibbles(high[word], factor[1]);
                const std::uint32_t even[4] = {first.x, second.x, first.y, second.y};
                const std::uint32_t odd[4] = {first.z, second.z, first.w, second.w};
#pragma unroll
                for (int j = 0; j < headTiles; ++j) {
                    mma(c[j], even, b[j][2 * word]);
                    mma(c[j], odd, b[j][2 * word + 1]);
                }
            }
            weighHeads(c, weights, part[2 * half], part[2 * half + 1]);
        }
        const float score = sumOfQuad(part) * keyScale;
        const std::int64_t key = start + 8 * q + g;
        std::uint32_t order = 0;
        if (key < visible) {
            const bool bad = score != score;
            if (bad) *view.bad = 1;
            order = orderOf(bad ? 0.0f : score);
        }
        out.orders[t * out.stride + key] = order;
        for (int distance = 16; distance > 0; distance /= 2)
            order = max(order, __shfl_xor_sync(everyLane, order, distance));
        if (lane == 0) out.maxima[(t * out.stride + start) / groupKeys] = order;
    }
}

// A block's sum of one number of each warp (the same in its lanes); `scratch` alternates between two places.
__device__ inline int sumOfWarps(int value, int (&scratch)[2][warpsOfSelect], int& turn) {
    int* place = scratch[turn];
    turn ^= 1;
    if (threadIdx.x % 32 == 0) place[threadIdx.x / 32] = value;
    __syncthreads();
    return warpSumOf(place[threadIdx.x % 32]);
}

// The sum of the values of lower threads.
__device__ inline int exclusiveSum(int value, int (&scratch)[2][warpsOfSelect], int& turn) {
    const int lane = static_cast<int>(threadIdx.x % 32), warp = static_cast<int>(threadIdx.x / 32);
    int up = value;
    for (int distance = 1; distance < 32; distance *= 2) {
        const int other = __shfl_up_sync(everyLane, up, distance);
        if (lane >= distance) up += other;
    }
    int* place = scratch[turn];
    turn ^= 1;
    if (lane == 31) place[warp] = up;
    __syncthreads();
    const int before = warpSumOf(lane < warp ? place[lane] : 0);
    return before + up - value;
}

// The largest bound that at least `k` of the `count` values reach, or one that at most k + slack reach.
template<class Value>
__device__ inline std::uint32_t boundOf(const Value& value, std::int64_t count, int k, int slack,
                                        std::uint32_t low, int& reached, int (&scratch)[2][warpsOfSelect],
                                        int& turn) {
    std::uint32_t high = 0xff800000u; // infinity
    reached = -1;
    while (low < high) {
        const std::uint32_t middle = high - (high - low) / 2;
        int n = 0;
        for (std::int64_t begin = 0; begin < count; begin += selectThreads) {
            const std::int64_t i = begin + threadIdx.x;
            n += __popc(__ballot_sync(everyLane, i < count && value(i) >= middle));
        }
        n = sumOfWarps(n, scratch, turn);
        if (n >= k) {
            low = middle;
            reached = n;
            if (n <= k + slack) break;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

// One block per query.
__global__ void __launch_bounds__(selectThreads, 1) selectBest(SelectView view, ScoreView in) {
    __shared__ int scratch[2][warpsOfSelect];
    __shared__ int counts[warpsOfSelect];
    int turn = 0;
    const int warp = static_cast<int>(threadIdx.x / 32), lane = static_cast<int>(threadIdx.x % 32);
    const std::int64_t t = blockIdx.x, visible = view.visible(t),
                       groups = (visible + groupKeys - 1) / groupKeys;
    if (visible <= view.k) {
        if (warp == 0) pickAll(view, t);
        return;
    }
    const std::uint32_t *orders = in.orders + t * in.stride,
                        *maxima = in.maxima + t * (in.stride / groupKeys);
    Candidate *found = in.found + t * in.stride, *list = in.list + t * in.stride;

    // Every score of the selection reaches the k-th best maximum.
    int reached = 0;
    std::uint32_t bound = 1;
    if (groups > view.k)
        bound = boundOf([maxima](std::int64_t i) { return maxima[i]; }, groups, view.k, view.k / 8, 1,
                        reached, scratch, turn);

    // A warp collects from a stretch of groups, in the order of indices.
    const std::int64_t stretch = (groups + warpsOfSelect - 1) / warpsOfSelect;
    const std::int64_t firstGroup = warp * stretch, lastGroup = min(groups, firstGroup + stretch);
    Candidate* own = found + firstGroup * groupKeys;
    int size = 0;
    for (std::int64_t begin = firstGroup; begin < lastGroup; begin += 32) {
        unsigned left = __ballot_sync(everyLane, begin + lane < lastGroup && maxima[begin + lane] >= bound);
        while (left) {
            constexpr int together = 4; // loads in flight
            std::uint32_t order[together];
            std::int64_t key[together];
#pragma unroll
            for (int i = 0; i < together; ++i) {
                const bool there = left != 0;
                key[i] = (begin + (there ? __ffs(static_cast<int>(left)) - 1 : 0)) * groupKeys + lane;
                order[i] = there ? orders[key[i]] : 0;
                left &= left - 1;
            }
#pragma unroll
            for (int i = 0; i < together; ++i) {
                const unsigned mask = __ballot_sync(everyLane, order[i] >= bound);
                if (order[i] >= bound)
                    own[size + __popc(mask & ((1u << lane) - 1))] = candidateOf(order[i], key[i]);
                size += __popc(mask);
            }
        }
    }
    if (lane == 0) counts[warp] = size;
    __syncthreads();
    const int before = warpSumOf(lane < warp ? counts[lane] : 0), total = warpSumOf(counts[lane]);
    for (int i = lane; i < size; i += 32) list[before + i] = own[i];
    __syncthreads();

    // The k-th best of them, then every better one and the first ties.
    const std::uint32_t last = boundOf([list](std::int64_t i) { return orderOf(list[i]); }, total, view.k, 0,
                                       bound, reached, scratch, turn);
    const int each = (total + selectThreads - 1) / selectThreads;
    const int begin = min(total, static_cast<int>(threadIdx.x) * each), end = min(total, begin + each);
    int better = 0, ties = 0;
    for (int i = begin; i < end; ++i) {
        better += orderOf(list[i]) > last ? 1 : 0;
        ties += orderOf(list[i]) == last ? 1 : 0;
    }
    const int tiesBefore = exclusiveSum(ties, scratch, turn);
    const int betterWarp = warpSumOf(better);
    const int needed = view.k - sumOfWarps(betterWarp, scratch, turn);
    const int taken = max(0, min(ties, needed - tiesBefore));
    int place = exclusiveSum(better + taken, scratch, turn), tie = 0;
    std::int32_t* picks = view.picks + t * view.k;
    for (int i = begin; i < end; ++i) {
        const std::uint32_t order = orderOf(list[i]);
        if (order > last || (order == last && tie++ < taken)) picks[place++] = indexOf(list[i]);
    }
}

} // namespace

bool selectForFew(CudaDevice& device, const SelectView& view, const Bf16* queries) {
    if (view.keys.type != RowType::Index || view.dims != dims || view.heads > 64) return false;
    const std::int64_t most = view.visible(view.count - 1);
    Scratch scratch(device.arena());
    ScoreView scores{};
    if (most > view.k) {
        scores.stride = (most + groupKeys - 1) / groupKeys * groupKeys;
        // Blocks only share the keys out: a score does not know of its neighbours.
        scores.blockKeys =
            ((most + device.multiprocessors() - 1) / device.multiprocessors() + 255) / 256 * 256;
        scores.orders = scratch.take<std::uint32_t>(view.count * scores.stride);
        scores.maxima = scratch.take<std::uint32_t>(view.count * scores.stride / groupKeys);
        scores.found = scratch.take<Candidate>(view.count * scores.stride);
        scores.list = scratch.take<Candidate>(view.count * scores.stride);
        const dim3 grid(blocksFor(most, scores.blockKeys), static_cast<unsigned>(view.count));
        if (view.heads <= 8)
            launch(device.stream(), scoreKeys<1>, grid, scoreThreads, 0, view, scores, queries);
        else
            launch(device.stream(), scoreKeys<8>, grid, scoreThreads, 0, view, scores, queries);
    }
    launch(device.stream(), selectBest, static_cast<unsigned>(view.count), selectThreads, 0, view, scores);
    return true;
}

} // namespace kernels::cuda
