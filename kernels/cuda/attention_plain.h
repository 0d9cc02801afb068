// Attention of any head size and mode: one block per query and head, rows decoded as they are met, fp32
// throughout. What the faster kernels do not take runs here; so do the tests' modes without compact rows.
#pragma once

#include "kernels/cuda/attention_view.h"

#include <cstdint>

namespace kernels::cuda {

constexpr int plainAttentionThreads = 128;

// grid (heads, T); dynamic shared memory: 2 * dims floats.
template<class Activation>
__global__ void attendPlain(AttentionView view, const Activation* queries, Activation* output) {
    constexpr int tileRows = 64;
    DYNAMIC_SHARED(dynamic);
    __shared__ float scores[tileRows], scratch[33];
    const int dims = view.dims, thread = static_cast<int>(threadIdx.x),
              threads = static_cast<int>(blockDim.x);
    const int head = static_cast<int>(blockIdx.x), t = static_cast<int>(blockIdx.y);
    const std::int64_t position = view.position + t, offset = (std::int64_t{t} * view.heads + head) * dims;
    float* query = reinterpret_cast<float*>(dynamic);
    float* sums = query + dims;

    float squares = 0;
    for (int i = thread; i < dims; i += threads) {
        query[i] = load(queries[offset + i]);
        squares += query[i] * query[i];
        sums[i] = 0;
    }
    const float factor = 1.0f / sqrtf(blockSum(squares, scratch) / static_cast<float>(dims) + view.epsilon);
    for (int i = thread; i < dims; i += threads) query[i] = rounded<Activation>(query[i] * factor);
    __syncthreads();
    rotateRow<Activation>(query, dims, view.table, position, false);
    __syncthreads();

    const std::int64_t from = position - view.window + 1 > 0 ? position - view.window + 1 : 0;
    const std::int64_t raw = position - from + 1;
    const std::int32_t* picks = view.picks ? view.picks + std::int64_t{t} * view.pickLimit : nullptr;
    const std::int64_t compressed = picks        ? countPicks(picks, view.pickLimit)
                                    : view.ratio ? (position + 1) / view.ratio
                                                 : 0;
    auto value = [&](std::int64_t key, int i) -> float {
        if (key >= raw) return rowValue(view.rows, picks ? picks[key - raw] : key - raw, i);
        const std::int64_t p = from + key;
        return p < view.position ? rowValue(view.ring, p % view.ring.capacity, i)
                                 : view.latents[(p - view.position) * dims + i];
    };

    float largest = -INFINITY, sum = 0;
    for (std::int64_t begin = 0; begin < raw + compressed; begin += tileRows) {
        const std::int64_t left = raw + compressed - begin;
        const int size = left < tileRows ? static_cast<int>(left) : tileRows;
        for (int n = thread / 32; n < size; n += threads / 32) {
            float product = 0;
            for (int i = thread % 32; i < dims; i += 32) product += query[i] * value(begin + n, i);
            product = warpSum(product);
            if (thread % 32 == 0) scores[n] = product * view.scale;
        }
        __syncthreads();
        float tileLargest = largest;
        for (int n = 0; n < size; ++n) tileLargest = fmaxf(tileLargest, scores[n]);
        const float shrink = expf(largest - tileLargest);
        largest = tileLargest;
        sum *= shrink;
        for (int i = thread; i < dims; i += threads) sums[i] *= shrink;
        for (int n = 0; n < size; ++n) {
            const float weight = expf(scores[n] - largest);
            sum += weight; // of the unrounded weights
            const float kept = rounded<Activation>(weight);
            for (int i = thread; i < dims; i += threads) sums[i] += kept * value(begin + n, i);
        }
        __syncthreads();
    }
    sum += expf(view.sinks[head] - largest); // joins the denominator only
    for (int i = thread; i < dims; i += threads) query[i] = rounded<Activation>(sums[i] / sum);
    __syncthreads();
    rotateRow<Activation>(query, dims, view.table, position, true);
    __syncthreads();
    for (int i = thread; i < dims; i += threads) store(output[offset + i], query[i]);
}

} // namespace kernels::cuda
