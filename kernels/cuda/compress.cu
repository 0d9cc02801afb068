// The compressor (v4-architecture.md section 5): a softmax over the tokens of a window, channel by channel,
// makes one cache row of 4 or 128 tokens. One block makes one row; further blocks keep the chunk's raw values
// and scores in the pool ring. Both are one launch when the chunk is short enough that no row still needed is
// overwritten.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/rope.h"
#include "kernels/cuda/row_codec.h"

#include <algorithm>
#include <cmath>

namespace kernels::cuda {

namespace {

struct CompressView {
    const float *values, *scores; // [T, stored]
    const float *ape, *norm;
    float epsilon;
    RotationTable table;
    int ratio, width, stored;
    std::int64_t position, count;
    RowView pool, rows;
    bool indexKeys, roundCaches;
    std::int64_t firstEntry, entries; // blocks 0 .. entries-1 make rows
    std::int64_t firstKept;           // the others keep tokens firstKept .. count-1
};

// What a token offers a channel, its value and its score: token `i` of a window that begins at `first` and in
// place `place` of the pool. (No remainders here: they cost more than the rest.)
__device__ inline float2 offered(const CompressView& view, std::int64_t first, int place, int i,
                                 int channel) {
    const std::int64_t t = first + i - view.position;
    if (t >= 0) {
        const std::int64_t offset = t * view.stored + channel;
        return make_float2(view.values[offset], view.scores[offset] + view.ape[i * view.stored + channel]);
    }
    const int capacity = static_cast<int>(view.pool.capacity);
    const auto* row = reinterpret_cast<const float*>(
        view.pool.row(place + i < capacity ? place + i : place + i - capacity));
    return make_float2(row[channel], row[view.stored + channel]);
}

// Channel n of entry j before its norm. `held` slots are read at once; their softmax is joined to the running
// one.
template<int held>
__device__ inline float pooled(const CompressView& view, std::int64_t entry, int n) {
    const bool overlap = view.stored == 2 * view.width;
    const std::int64_t own = entry * view.ratio;
    // Overlapping: the first half of the channels speaks for the next window, the second half for the own
    // one.
    const int before = overlap && entry > 0 ? view.ratio : 0;
    const int channel = overlap ? view.width + n : n;
    const int place = static_cast<int>(own % view.pool.capacity);
    const int placeBefore = static_cast<int>((own - before) % view.pool.capacity);
    auto slot = [&](int i) {
        return i < before ? offered(view, own - before, placeBefore, i, n)
                          : offered(view, own, place, i - before, channel);
    };
    const int slots = before + view.ratio;
    float largest = -INFINITY, sum = 0, total = 0;
    for (int begin = 0; begin < slots; begin += held) {
        float2 part[held];
#pragma unroll
        for (int i = 0; i < held; ++i)
            part[i] = begin + i < slots ? slot(begin + i) : make_float2(0, -INFINITY);
        float partLargest = largest;
#pragma unroll
        for (int i = 0; i < held; ++i) partLargest = fmaxf(partLargest, part[i].y);
        const float shrink = expf(largest - partLargest);
        largest = partLargest;
        sum *= shrink;
        total *= shrink;
#pragma unroll
        for (int i = 0; i < held; ++i) {
            const float weight = expf(part[i].y - largest);
            sum += weight;
            total += weight * part[i].x;
        }
    }
    return total / sum;
}

// Walsh-Hadamard rotation in natural order of a row in shared memory; `count` is a power of two.
__device__ inline void hadamardRow(float* values, int count) {
    for (int half = 1; half < count; half *= 2) {
        for (int i = static_cast<int>(threadIdx.x); i < count / 2; i += static_cast<int>(blockDim.x)) {
            const int first = i / half * 2 * half + i % half;
            const float a = values[first], b = values[first + half];
            values[first] = a + b;
            values[first + half] = a - b;
        }
        __syncthreads();
    }
    const float scale = 1.0f / sqrtf(static_cast<float>(count));
    for (int i = static_cast<int>(threadIdx.x); i < count; i += static_cast<int>(blockDim.x))
        values[i] *= scale;
    __syncthreads();
}

// Dynamic shared memory: `width` floats.
template<class Activation, int held>
__global__ void __launch_bounds__(512) compressRows(CompressView view) {
    DYNAMIC_SHARED(dynamic);
    __shared__ float scratch[33];
    const int thread = static_cast<int>(threadIdx.x), threads = static_cast<int>(blockDim.x);
    const std::int64_t block = blockIdx.x;
    if (block >= view.entries) { // keep a token's raw values and scores
        const std::int64_t t = view.firstKept + block - view.entries, p = view.position + t;
        auto* row = reinterpret_cast<float*>(view.pool.row(p % view.pool.capacity));
        const float* ape = view.ape + p % view.ratio * view.stored;
        for (int i = thread; i < view.stored; i += threads) {
            row[i] = view.values[t * view.stored + i];
            row[view.stored + i] = view.scores[t * view.stored + i] + ape[i];
        }
        return;
    }

    float* row = reinterpret_cast<float*>(dynamic);
    const std::int64_t entry = view.firstEntry + block;
    float squares = 0;
    for (int n = thread; n < view.width; n += threads) {
        const float value = rounded<Activation>(pooled<held>(view, entry, n));
        row[n] = value;
        squares += value * value;
    }
    const float factor =
        1.0f / sqrtf(blockSum(squares, scratch) / static_cast<float>(view.width) + view.epsilon);
    for (int n = thread; n < view.width; n += threads)
        row[n] = rounded<Activation>(row[n] * factor * view.norm[n]);
    __syncthreads();
    rotateRow<Activation>(row, view.width, view.table, entry * view.ratio, false);
    __syncthreads();
    if (view.indexKeys) {
        hadamardRow(row, view.width);
        for (int n = thread; n < view.width; n += threads) row[n] = rounded<Activation>(row[n]);
        __syncthreads();
        roundTripE2m1Row(row, view.width);
    } else if (view.roundCaches) {
        roundTripE4m3Row(row, view.width - 2 * view.table.pairs);
    }
    __syncthreads();
    encodeRow(view.rows, entry, row);
}

} // namespace

void CudaDevice::compress(const CompressJob& job) {
    CompressView view;
    view.values = job.values.f32();
    view.scores = job.scores.f32();
    view.ape = job.ape.f32();
    view.norm = job.norm.f32();
    view.epsilon = job.normEpsilon;
    view.ratio = job.ratio;
    view.width = static_cast<int>(job.norm.shape.elements());
    view.stored = static_cast<int>(job.values.shape[1]);
    view.position = job.position;
    view.count = job.values.shape[0];
    view.pool = RowView(job.pool);
    view.rows = RowView(job.rows);
    view.indexKeys = job.kind == CompressJob::Kind::IndexKeys && roundsCaches(mode());
    view.roundCaches = roundsCaches(mode());
    view.firstEntry = view.position / view.ratio;
    view.entries = (view.position + view.count) / view.ratio - view.firstEntry;
    view.firstKept = std::max<std::int64_t>(0, view.count - job.pool.capacity);
    const int before = view.stored == 2 * view.width ? view.ratio : 0; // the window that rows overlap
    const std::int64_t oldest = std::max<std::int64_t>(0, view.firstEntry * view.ratio - before);
    view.table = static_cast<const CudaRope&>(*job.rope).cover(*this, oldest, view.position + view.count);

    const std::int64_t kept = view.count - view.firstKept;
    const dim3 block(static_cast<unsigned>(std::min<std::int64_t>(512, (view.width + 31) / 32 * 32)));
    const std::size_t shared = static_cast<std::size_t>(view.width) * sizeof(float);
    withActivation(roundsActivations(mode()), [&](auto activation) {
        using Activation = decltype(activation);
        const auto kernel = view.ratio > 8 ? compressRows<Activation, 32> : compressRows<Activation, 8>;
        // A token kept at p takes the place of p - capacity: one that no row of this chunk reads any more?
        if (view.position + view.count - 1 - job.pool.capacity < oldest) {
            launch(m_stream, kernel, dim3(static_cast<unsigned>(view.entries + kept)), block, shared, view);
            return;
        }
        launch(m_stream, kernel, dim3(static_cast<unsigned>(view.entries)), block, shared, view);
        CompressView keep = view;
        keep.entries = 0;
        launch(m_stream, kernel, dim3(static_cast<unsigned>(kept)), block, shared, keep);
    });
}

} // namespace kernels::cuda
