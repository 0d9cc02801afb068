// Hyper-connections (v4-architecture.md section 3) in two kernels a boundary: mixStreams closes the sublayer
// before (streams read and written once) and multiplies what it leaves with `fn`; finishMix makes the
// coefficients, the next sublayer's input and its norm. Products with fn are fp32: a slice of 128 columns is
// summed over its lanes, slices are added in a fixed order, so a token's bits depend on the width alone.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/decode.h"

#include <algorithm>

namespace kernels::cuda {

namespace {

constexpr int sliceColumns = 128; // of one stream; a thread each
constexpr int mostTokens = 32;    // of a block
constexpr int partWidth = 32;     // fn's rows at most 24, then the sum of squares in the last place

// Lane l ends with the sum over all lanes of values[l].
template<int half = 16>
__device__ inline float sumTransposed(float (&values)[32]) {
    const bool upper = threadIdx.x & half;
#pragma unroll
    for (int i = 0; i < half; ++i) {
        const float kept = upper ? values[i + half] : values[i], given = upper ? values[i] : values[i + half];
        values[i] = kept + __shfl_xor_sync(everyLane, given, half);
    }
    if constexpr (half > 1) return sumTransposed<half / 2>(values);
    return values[0];
}

// X'[k] = post[k] * y + sum over j of comb[j][k] * X[j] where y is there; then parts of fn · X' and of |X'|^2
// where `parts` [T, slices, 32] is there.
template<int h, class Activation>
__global__ void __launch_bounds__(sliceColumns)
    mixStreams(Activation* streams, const Activation* y, const float* post, const float* comb,
               DeviceWeight fn, std::int64_t width, std::int64_t count, int tokensOfBlock, float* parts) {
    constexpr int most = (2 + h) * h;
    __shared__ float sums[2][sliceColumns / 32][partWidth], coefficients[mostTokens][h + h * h];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const std::int64_t d = std::int64_t{blockIdx.x} * sliceColumns + threadIdx.x;
    const bool inside = d < width;
    float factors[h][most];
    if (parts) {
        const bool plain = fn.type == Type::F32;
        const float* entries = reinterpret_cast<const float*>(fn.values) + d;
#pragma unroll
        for (int r = 0; r < most; ++r)
#pragma unroll
            for (int j = 0; j < h; ++j)
                factors[j][r] = plain && inside && r < fn.rows ? entries[r * fn.stride + j * width] : 0.0f;
        if (!plain)
            for (int r = 0; r < most; ++r)
                for (int j = 0; j < h; ++j)
                    if (inside && r < fn.rows) factors[j][r] = valueOf(fn, r, j * width + d);
    }

    const std::int64_t first = std::int64_t{blockIdx.y} * tokensOfBlock,
                       end = min(first + tokensOfBlock, count);
    if (y) { // the coefficients of all its tokens at once
        for (std::int64_t i = threadIdx.x; i < (end - first) * h; i += sliceColumns)
            coefficients[i / h][i % h] = post[first * h + i];
        for (std::int64_t i = threadIdx.x; i < (end - first) * h * h; i += sliceColumns)
            coefficients[i / (h * h)][h + i % (h * h)] = comb[first * h * h + i];
        __syncthreads();
    }
    float next[h + 1] = {}; // the streams and the sublayer's output of the token after
    auto fetch = [&](std::int64_t t) {
        if (!inside || t >= end) return;
        const Activation* place = streams + t * h * width + d;
#pragma unroll
        for (int j = 0; j < h; ++j) next[j] = load(place[j * width]);
        if (y) next[h] = load(y[t * width + d]);
    };
    fetch(first);
    for (std::int64_t t = first; t < end; ++t) {
        Activation* place = streams + t * h * width + d;
        float x[h];
#pragma unroll
        for (int j = 0; j < h; ++j) x[j] = next[j];
        const float own = next[h];
        fetch(t + 1);
        if (y) {
            const float* mine = coefficients[t - first];
            float mixed[h];
#pragma unroll
            for (int k = 0; k < h; ++k) {
                mixed[k] = mine[k] * own;
#pragma unroll
                for (int j = 0; j < h; ++j) mixed[k] = fmaf(mine[h + j * h + k], x[j], mixed[k]);
            }
#pragma unroll
            for (int k = 0; k < h; ++k) {
                x[k] = rounded<Activation>(mixed[k]);
                if (inside) store(place[k * width], x[k]);
            }
        }
        if (!parts) continue;
        float values[partWidth] = {};
#pragma unroll
        for (int r = 0; r < most; ++r)
#pragma unroll
            for (int j = 0; j < h; ++j) values[r] = fmaf(factors[j][r], x[j], values[r]);
#pragma unroll
        for (int j = 0; j < h; ++j) values[partWidth - 1] = fmaf(x[j], x[j], values[partWidth - 1]);
        sums[t & 1][warp][lane] = sumTransposed(values);
        __syncthreads(); // the other half is written next, so one barrier a token is enough
        if (warp == 0) {
            float sum = sums[t & 1][0][lane];
            for (int i = 1; i < sliceColumns / 32; ++i) sum += sums[t & 1][i][lane];
            parts[(t * gridDim.x + blockIdx.x) * partWidth + lane] = sum;
        }
    }
}

// Sum over the lanes lane - i * stride + 0 .. (h-1) * stride, where i is this lane's place among them.
template<int h, int stride>
__device__ inline float sumOf(float value, int base) {
    float sum = 0;
#pragma unroll
    for (int i = 0; i < h; ++i) sum += __shfl_sync(everyLane, value, base + i * stride);
    return sum;
}

// A warp makes comb: lane j * h + k holds one entry. Rows first, the first pass a softmax with epsilon added
// behind its division; columns second.
template<int h>
__device__ inline float sinkhorn(float value, int lane, int iterations, float epsilon) {
    const int row = lane / h % h * h, column = lane % h;
    float largest = __shfl_sync(everyLane, value, row);
#pragma unroll
    for (int k = 1; k < h; ++k) largest = fmaxf(largest, __shfl_sync(everyLane, value, row + k));
    // NaN among the logits: fmaxf drops it, expf brings it back.
    float c = expf(value - largest);
    c = c / sumOf<h, 1>(c, row) + epsilon;
    c /= sumOf<h, h>(c, column) + epsilon;
    for (int i = 1; i < iterations; ++i) {
        c /= sumOf<h, 1>(c, row) + epsilon;
        c /= sumOf<h, h>(c, column) + epsilon;
    }
    return c;
}

struct MixOutputs { // [T, ...]; post and comb null for the head
    float *post, *comb;
    const float* normWeight; // null: no norm
};

// One token a block: coefficients from the parts, then output = sum over j of pre[j] * X[j], normed if asked.
template<int h, class Activation>
__global__ void finishMix(const Activation* streams, const float* parts, int slices, const float* base,
                          const float* scale, int iterations, float epsilon, float normEpsilon,
                          std::int64_t width, MixOutputs out, Activation* output) {
    DYNAMIC_SHARED(shared);
    auto* row = reinterpret_cast<float*>(shared); // the output before its norm
    __shared__ float sums[8][partWidth], totals[partWidth], scratch[33];
    const std::int64_t t = blockIdx.x;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    float part = 0;
    for (int s = warp; s < slices; s += 8) part += parts[(t * slices + s) * partWidth + lane];
    sums[warp][lane] = part;
    __syncthreads();
    if (warp == 0) {
        float sum = sums[0][lane];
        for (int i = 1; i < 8; ++i) sum += sums[i][lane];
        totals[lane] = sum;
    }
    __syncthreads();
    const float factor = 1.0f / sqrtf(totals[partWidth - 1] / float(h * width) + normEpsilon);
    auto affine = [&](int r, int which) { return totals[r] * factor * scale[which] + base[r]; };

    if (out.post && warp == 0) { // the other warps go on
        if (lane < h) out.post[t * h + lane] = 2.0f * logistic(affine(h + lane, 1));
        const int entry = lane < h * h ? lane : 0;
        const float c = sinkhorn<h>(affine(2 * h + entry, 2), entry, iterations, epsilon);
        if (lane < h * h) out.comb[t * h * h + lane] = c;
    }
    float pre[h];
#pragma unroll
    for (int j = 0; j < h; ++j) pre[j] = logistic(affine(j, 0)) + epsilon;
    const Activation* x = streams + t * h * width;
    float squares = 0;
    for (std::int64_t d = threadIdx.x; d < width; d += blockDim.x) {
        float sum = 0;
#pragma unroll
        for (int j = 0; j < h; ++j) sum = fmaf(pre[j], load(x[j * width + d]), sum);
        if (!out.normWeight) {
            store(output[t * width + d], sum);
            continue;
        }
        sum = rounded<Activation>(sum);
        row[d] = sum;
        squares += sum * sum;
    }
    if (!out.normWeight) return;
    const float normFactor = 1.0f / sqrtf(blockSum(squares, scratch) / float(width) + normEpsilon);
    for (std::int64_t d = threadIdx.x; d < width; d += blockDim.x)
        store(output[t * width + d], row[d] * normFactor * out.normWeight[d]);
}

template<class Work>
void withStreams(std::int64_t h, Work&& work) {
    switch (h) {
    case 1:
        return work(std::integral_constant<int, 1>());
    case 2:
        return work(std::integral_constant<int, 2>());
    case 3:
        return work(std::integral_constant<int, 3>());
    case 4:
        return work(std::integral_constant<int, 4>());
    }
    throw DeviceError("A model of " + std::to_string(h) +
                      " residual streams has no GPU kernels: choose the device \"simd\".");
}

// Closes `before` where it is given; with `mix`, makes its coefficients and `output`, normed by `normWeight`.
void boundary(CudaDevice& device, const Tensor& streams, const Branch* before, const HyperMix* mix,
              const Tensor* normWeight, Branch* after, const Tensor* output) {
    const std::int64_t count = streams.shape[0], width = streams.shape[2];
    const int slices = static_cast<int>(blocksFor(width, sliceColumns));
    Scratch scratch(device.arena());
    float* parts = mix ? scratch.take<float>(count * slices * partWidth) : nullptr;
    const DeviceWeight fn = mix ? static_cast<const CudaMatrix&>(*mix->fn).weight : DeviceWeight{};
    const int tokensOfBlock = count <= 64 ? 1 : mostTokens; // longer blocks read fn less often
    withStreams(streams.shape[1], [&](auto h) {
        withActivation(device.bf16(), [&](auto kind) {
            using Activation = decltype(kind);
            const dim3 grid(static_cast<unsigned>(slices), blocksFor(count, tokensOfBlock));
            launch(device.stream(), mixStreams<h(), Activation>, grid, sliceColumns, 0,
                   streams.as<Activation>(), before ? before->x.as<Activation>() : nullptr,
                   before ? before->post.f32() : nullptr, before ? before->comb.f32() : nullptr, fn, width,
                   count, tokensOfBlock, parts);
            if (!mix) return;
            const MixOutputs out{after ? after->post.f32() : nullptr, after ? after->comb.f32() : nullptr,
                                 normWeight ? normWeight->f32() : nullptr};
            launch(device.stream(), finishMix<h(), Activation>, static_cast<unsigned>(count), 256,
                   normWeight ? static_cast<std::size_t>(width) * 4 : 0, streams.as<Activation>(), parts,
                   slices, mix->base.f32(), mix->scale.f32(), mix->sinkhornIterations, mix->epsilon,
                   mix->normEpsilon, width, out, output->as<Activation>());
        });
    });
}

} // namespace

void CudaDevice::hyperPre(const Tensor& streams, const HyperMix& mix, Branch& branch) {
    boundary(*this, streams, nullptr, &mix, nullptr, &branch, &branch.x);
    branch.open = true;
}

void CudaDevice::hyperPost(const Tensor& streams, Branch& branch) {
    boundary(*this, streams, &branch, nullptr, nullptr, nullptr, nullptr);
    branch.open = false;
}

void CudaDevice::hyperHead(const Tensor& streams, const HyperMix& mix, const Tensor& output) {
    boundary(*this, streams, nullptr, &mix, nullptr, nullptr, &output);
}

void CudaDevice::hyperStep(const Tensor& streams, const HyperMix& mix, const Tensor& normWeight,
                           Branch& branch) {
    boundary(*this, streams, branch.open ? &branch : nullptr, &mix, &normWeight, &branch, &branch.x);
    branch.open = true;
}

} // namespace kernels::cuda
