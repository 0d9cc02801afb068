// Routing: which experts a token goes to, and their weights (v4-architecture.md 7). A warp a token, in
// double, so that the order of scores is the reference's; the lowest index wins a tie.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/lanes.h"

#include <cassert>

namespace kernels::cuda {

namespace {

constexpr int routeWarps = 4;
[[maybe_unused]] constexpr int expertsOfLane = 32; // asserted only

__device__ double affinity(double logit) {
    return sqrt((logit > 0.0 ? logit : 0.0) + log1p(exp(-fabs(logit))));
}

struct Candidate {
    double score;
    int expert;
};

__device__ bool better(const Candidate& a, const Candidate& b) {
    return a.score > b.score || (a.score == b.score && a.expert < b.expert);
}

struct RouteView {
    const float *logits, *bias;
    const std::int32_t *table, *tokens;
    std::int32_t* chosen;
    float* weights;
    float scale;
    int count, experts, k;
};

__global__ void routeKernel(RouteView job) {
    DYNAMIC_SHARED(bytes);
    const int lane = int(threadIdx.x % 32), warp = int(threadIdx.x / 32);
    const std::int64_t t = std::int64_t(blockIdx.x) * routeWarps + warp;
    if (t >= job.count) return;
    double* scores = reinterpret_cast<double*>(bytes) + std::int64_t(warp) * job.experts;
    for (int e = lane; e < job.experts; e += 32)
        scores[e] = affinity(double(job.logits[t * job.experts + e]));
    __syncwarp();

    std::int32_t* chosen = job.chosen + t * job.k;
    if (job.table) {
        for (int i = lane; i < job.k; i += 32) chosen[i] = job.table[std::int64_t(job.tokens[t]) * job.k + i];
    } else {
        std::uint32_t taken = 0; // of experts lane, lane + 32, ...
        const double infinity = HUGE_VAL;
        for (int i = 0; i < job.k; ++i) {
            int first =
                job.experts; // the lowest expert left wins against NaN and from NaN, as in the reference
            for (int j = 0; lane + 32 * j < job.experts; ++j)
                if (!(taken >> j & 1)) {
                    first = lane + 32 * j;
                    break;
                }
            for (int distance = 16; distance > 0; distance /= 2) {
                const int other = __shfl_xor_sync(everyLane, first, distance);
                first = other < first ? other : first;
            }
            Candidate best{-infinity, job.experts};
            for (int j = 0; lane + 32 * j < job.experts; ++j) {
                const int e = lane + 32 * j;
                if (taken >> j & 1) continue;
                Candidate mine{scores[e] + double(job.bias[e]), e};
                if (mine.score != mine.score) {
                    if (e != first) continue;
                    mine.score = infinity;
                }
                if (better(mine, best)) best = mine;
            }
            for (int distance = 16; distance > 0; distance /= 2) {
                const Candidate other{__shfl_xor_sync(everyLane, best.score, distance),
                                      __shfl_xor_sync(everyLane, best.expert, distance)};
                if (better(other, best)) best = other;
            }
            if (best.expert % 32 == lane) taken |= 1u << (best.expert / 32);
            if (lane == 0) chosen[i] = best.expert;
        }
    }
    __syncwarp();
    if (lane != 0) return;
    double sum = 0;
    for (int i = 0; i < job.k; ++i) sum += scores[chosen[i]];
    for (int i = 0; i < job.k; ++i)
        job.weights[t * job.k + i] = float(scores[chosen[i]] / sum * double(job.scale));
}

} // namespace

void CudaDevice::route(const RouteJob& job) {
    const int count = int(job.logits.shape[0]), experts = int(job.logits.shape[1]);
    assert(experts <= 32 * expertsOfLane);
    const RouteView view{job.logits.as<const float>(),
                         job.bias.as<const float>(),
                         job.table.as<const std::int32_t>(),
                         job.tokens.as<const std::int32_t>(),
                         job.experts.as<std::int32_t>(),
                         job.weights.as<float>(),
                         job.scale,
                         count,
                         experts,
                         int(job.experts.shape[1])};
    launch(m_stream, routeKernel, dim3(blocksFor(count, routeWarps)), dim3(32 * routeWarps),
           std::size_t(routeWarps) * std::size_t(experts) * sizeof(double), view);
}

} // namespace kernels::cuda
