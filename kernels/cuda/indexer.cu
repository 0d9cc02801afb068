// The indexer (v4-architecture.md section 6): scores every finished entry for a query and keeps the best k,
// ties to the lowest index. Scores never lie in memory: a warp owns a query and keeps its list while the
// scores pass by.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/indexer_parts.h"
#include "kernels/cuda/rope.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace kernels::cuda {

namespace {

// A warp prepares one head of one query in place: rotation, Hadamard rotation, fp4. A lane holds `held`
// neighbouring values; dims is 32 * held, or less than 32. The largest scale of the blocks moves into the
// weight.
template<class Activation, int held>
__global__ void prepareQueries(Activation* queries, const Activation* weights, SelectView view,
                               RotationTable table, float scale, bool round, float* foldedWeights) {
    const std::int64_t row = (std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x) / 32;
    const int lane = static_cast<int>(threadIdx.x % 32), dims = view.dims;
    if (row >= view.count * view.heads) return;
    Activation* query = queries + row * dims;
    float x[held];
#pragma unroll
    for (int j = 0; j < held; ++j) x[j] = lane * held + j < dims ? load(query[lane * held + j]) : 0.0f;

    const float2* turns = table.at(view.position + row / view.heads);
    const int plain = dims - 2 * table.pairs;
    if constexpr (held == 1) {
        const float other = __shfl_xor_sync(everyLane, x[0], 1);
        if (lane >= plain && lane < dims) {
            const float2 turn = turns[(lane - plain) / 2];
            const float2 y =
                lane % 2 ? rotated(make_float2(other, x[0]), turn) : rotated(make_float2(x[0], other), turn);
            x[0] = rounded<Activation>(lane % 2 ? y.y : y.x);
        }
    } else {
#pragma unroll
        for (int j = 0; j < held; j += 2) {
            const int place = lane * held + j - plain;
            if (place < 0) continue;
            const float2 y = rotated(make_float2(x[j], x[j + 1]), turns[place / 2]);
            x[j] = rounded<Activation>(y.x);
            x[j + 1] = rounded<Activation>(y.y);
        }
    }

    float weight = rounded<Activation>(load(weights[row]) * scale);
    if (round) { // without rounding the Hadamard rotation cancels in the product
#pragma unroll
        for (int half = 1; half < held; half *= 2)
#pragma unroll
            for (int j = 0; j < held; ++j)
                if ((j & half) == 0) {
                    const float a = x[j], b = x[j + half];
                    x[j] = a + b;
                    x[j + half] = a - b;
                }
        for (int half = held; half < dims; half *= 2)
#pragma unroll
            for (int j = 0; j < held; ++j) {
                const float other = __shfl_xor_sync(everyLane, x[j], half / held);
                x[j] = (lane * held & half) ? other - x[j] : x[j] + other;
            }
        const float shrink = 1.0f / sqrtf(static_cast<float>(dims));
        float largest = 0;
#pragma unroll
        for (int j = 0; j < held; ++j) {
            x[j] = lane * held + j < dims ? rounded<Activation>(x[j] * shrink) : 0.0f;
            largest = fmaxf(largest, magnitude(x[j]));
        }
        const int code = scaleOfE2m1Block(warpMax<32 / held>(largest));
        const bool there = lane * held < dims;
        const int top = static_cast<int>(warpMax(there ? static_cast<float>(code) : 0.0f));
        const float own = decodeE8m0(static_cast<std::uint8_t>(code));
        const float fold = decodeE8m0(static_cast<std::uint8_t>(max(0, 127 + code - top)));
        weight *= decodeE8m0(static_cast<std::uint8_t>(top));
#pragma unroll
        for (int j = 0; j < held; ++j) x[j] = decodeE2m1(encodeE2m1(x[j] / own)) * fold;
    }
#pragma unroll
    for (int j = 0; j < held; ++j)
        if (lane * held + j < dims) store(query[lane * held + j], x[j]);
    if (lane == 0) foldedWeights[row] = weight;
}

// Any shape and mode: one warp per query, a lane per entry, sums in double. grid (T, splits).
template<class Activation>
__global__ void selectPlain(SelectView view, const Activation* queries, int room) {
    DYNAMIC_SHARED(dynamic);
    auto* entries = reinterpret_cast<Candidate*>(dynamic);
    auto* keys = reinterpret_cast<float*>(entries + room); // [32][dims + 1]
    const std::int64_t t = blockIdx.x, visible = view.visible(t);
    const int lane = static_cast<int>(threadIdx.x), dims = view.dims, stride = dims + 1;
    if (visible <= view.k) {
        if (blockIdx.y == 0) pickAll(view, t);
        if (lane == 0 && view.splits > 1) view.sizes[t * view.splits + blockIdx.y] = -1;
        return;
    }
    const std::int64_t begin = blockIdx.y * view.splitKeys, end = min(visible, begin + view.splitKeys);
    BestList list(entries, room, view.k);
    std::int64_t newest = begin;
    if (end - newestKeys > begin) newest = (end - newestKeys) / 32 * 32;
    for (int part = 0; part < 2; ++part) {
        const std::int64_t from = part ? begin : newest, to = part ? newest : end;
        list.walkFrom(from);
        for (std::int64_t key = from; key < to; key += 32) {
            __syncwarp();
            for (int j = 0; j < 32 && key + j < to; ++j)
                for (int i = lane; i < dims; i += 32) keys[j * stride + i] = rowValue(view.keys, key + j, i);
            __syncwarp();
            double score = 0;
            for (int h = 0; h < view.heads; ++h) {
                const Activation* query = queries + (t * view.heads + h) * dims;
                double product = 0;
                for (int i = 0; i < dims; ++i)
                    product += double(load(query[i])) * double(keys[lane * stride + i]);
                score += double(view.weights[t * view.heads + h]) * (product < 0 ? 0.0 : product);
            }
            offerScores(list, view, key + lane < to, static_cast<float>(score), key + lane, key + 32);
        }
    }
    finishList(list, view, t, newest, static_cast<int>(blockIdx.y));
}

// The lists of a query's ranges become its picks; one warp per query.
__global__ void mergeLists(SelectView view, int room) {
    DYNAMIC_SHARED(dynamic);
    const std::int64_t t = blockIdx.x;
    const int lane = static_cast<int>(threadIdx.x);
    if (view.visible(t) <= view.k) return;
    BestList list(reinterpret_cast<Candidate*>(dynamic), room, view.k);
    for (int split = 0; split < view.splits; ++split) {
        const std::int64_t row = t * view.splits + split;
        const int size = view.sizes[row];
        for (int begin = 0; begin < size; begin += 32) {
            const bool there = begin + lane < size;
            const Candidate c = there ? view.lists[row * view.k + begin + lane] : 0;
            list.offer(there, c, 0);
        }
    }
    view.splits = 1;
    finishList(list, view, t, 0, 0);
}

} // namespace

void CudaDevice::select(const SelectJob& job) {
    SelectView view;
    view.count = job.queries.shape[0];
    view.heads = static_cast<int>(job.queries.shape[1]);
    view.dims = static_cast<int>(job.queries.shape[2]);
    view.k = static_cast<int>(job.picks.shape[1]);
    view.ratio = job.ratio;
    view.position = job.position;
    view.keys = RowView(job.keys);
    view.picks = job.picks.as<std::int32_t>();
    view.bad = badScore();
    const RotationTable table =
        static_cast<const CudaRope&>(*job.rope).cover(*this, job.position, job.position + view.count);
    const float scale = static_cast<float>(1.0 / std::sqrt(double(view.dims) * double(view.heads)));

    Scratch scratch(arena());
    auto* weights = scratch.take<float>(view.count * view.heads);
    view.weights = weights;
    const std::int64_t most = (job.position + view.count) / job.ratio;
    const bool few = view.count <= 8;
    // Ranges only fill the machine: which they are does not change a selection.
    const std::int64_t groups = (view.count + 7) / 8;
    view.splits = static_cast<int>(
        std::clamp<std::int64_t>(2 * multiprocessors() / groups, 1, std::max<std::int64_t>(1, most / 2048)));
    view.splitKeys = ((most + view.splits - 1) / view.splits + 127) / 128 * 128;
    if (view.splits > 1) {
        view.lists = scratch.take<Candidate>(view.count * view.splits * view.k);
        view.sizes = scratch.take<int>(view.count * view.splits);
    }
    const int room = view.k + 256;
    withActivation(bf16(), [&](auto activation) {
        using Activation = decltype(activation);
        auto prepare = [&](auto kernel) {
            launch(m_stream, kernel, blocksFor(view.count * view.heads, 8), 256, 0,
                   job.queries.as<Activation>(), job.weights.as<const Activation>(), view, table, scale,
                   roundsCaches(mode()), weights);
        };
        if (view.dims <= 32)
            prepare(prepareQueries<Activation, 1>);
        else if (view.dims == 64)
            prepare(prepareQueries<Activation, 2>);
        else if (view.dims == 128)
            prepare(prepareQueries<Activation, 4>);
        else if (view.dims == 256)
            prepare(prepareQueries<Activation, 8>);
        else
            throw std::runtime_error("The GPU has no kernel for index keys of " + std::to_string(view.dims) +
                                     " values: choose the device \"simd\" or \"reference\".");
        if constexpr (std::is_same_v<Activation, Bf16>) {
            const auto* queries = job.queries.as<const Bf16>();
            if (few && selectForFew(*this, view, queries)) {
                view.splits = 1;
                return;
            }
            if (selectOnHopper(*this, view, queries)) return;
            if (selectOnTensorCores(m_stream, view, queries, sharedLimit())) return;
        }
        const std::size_t shared = static_cast<std::size_t>(room) * sizeof(Candidate) +
                                   static_cast<std::size_t>(32 * (view.dims + 1)) * sizeof(float);
        launch(m_stream, selectPlain<Activation>,
               dim3(static_cast<unsigned>(view.count), static_cast<unsigned>(view.splits)), 32, shared, view,
               job.queries.as<const Activation>(), room);
    });
    if (view.splits > 1)
        launch(m_stream, mergeLists, static_cast<unsigned>(view.count), 32,
               static_cast<std::size_t>(room) * sizeof(Candidate), view, room);
}

} // namespace kernels::cuda
