// Experts of a decode step (up to eight tokens) in two launches that stream every chosen expert's weights
// once: gate, up and SwiGLU; then down and the ordered sum. A block has one pair of row tiles of one expert;
// its warps share the columns in blocks of 128 and their sums are added in the order of warps. Tokens are the
// product's eight columns, so one token and eight give the same bits. Routed experts and the shared one are
// in the same launch.
#include "kernels/cuda/expert_math.h"
#include "kernels/cuda/moe_kernels.h"

#include <algorithm>
#include <cassert>

namespace kernels::cuda {

namespace {

constexpr int warps = 8, threads = 32 * warps, columnsOfBlock = 128,
              stepsOfBlock = columnsOfBlock / stepColumns;

template<class Activation>
constexpr int inputBytesOfWarp = partsOfActivation<Activation>* largestDecode* columnsOfBlock * 2;
template<class Activation>
constexpr std::size_t sharedBytes = std::size_t(warps) *
                                    (inputBytesOfWarp<Activation> + 2 * tileRows * largestDecode * 4);

struct DecodeJob {
    const std::uint8_t* const* bases;
    ExpertFormat routedFormat, sharedFormat;
    PairShape routedShape, sharedShape;
    const std::int32_t* chosen; // [tokens][k]
    const float* weights;
    int tokens, k, experts;
    const void* x; // activations: gate and up: [tokens][width]; down: the rows [.][width] below
    int width;     // columns of x
    void* rows;    // activations [tokens * k + tokens][rowStride]: written
    int rowStride, rowColumns;
    float limit;
    void* output;           // down only: activations [tokens][rowColumns]
    std::uint32_t* tickets; // one a pair of the down product, set to zero by the launch before it
    int ticketCount;
};

// What one block multiplies: up to eight rows (entries) of one expert.
struct Share {
    std::int32_t entries[largestDecode]; // token * k + i, or tokens * k + token
    int count, expert;
};

// Slot q is entry q's expert, if no earlier entry has it already (or eight have: a hash table may name an
// expert twice); the last slots are the shared expert.
__device__ void findShare(const DecodeJob& job, const std::int32_t* chosen, int slot, Share& share) {
    const int entries = job.tokens * job.k;
    share.count = 0;
    if (slot == entries) {
        share.expert = job.experts;
        for (int t = 0; t < job.tokens; ++t) share.entries[share.count++] = entries + t;
        return;
    }
    share.expert = chosen[slot];
    int before = 0;
    for (int q = 0; q < slot; ++q) before += chosen[q] == share.expert;
    if (before % largestDecode != 0) return;
    for (int q = slot; q < entries && share.count < largestDecode; ++q)
        if (chosen[q] == share.expert) share.entries[share.count++] = q;
}

// What another block of the grid has just written, past this multiprocessor's own cache.
__device__ float loadFresh(const Bf16* place) {
#if defined(__CUDA_ARCH__)
    std::uint16_t bits;
    asm volatile("ld.global.cg.u16 %0, [%1];" : "=h"(bits) : "l"(place) : "memory");
    return decodeBf16(bits);
#else
    return load(*place);
#endif
}
__device__ float loadFresh(const float* place) {
#if defined(__CUDA_ARCH__)
    float value;
    asm volatile("ld.global.cg.f32 %0, [%1];" : "=f"(value) : "l"(place) : "memory");
    return value;
#else
    return *place;
#endif
}

// Four neighbouring values of a row; zeros behind its end.
template<class Activation>
__device__ void loadFour(const Activation* row, int column, int width, float (&values)[4]) {
    if constexpr (sizeof(Activation) == 2)
        if (width % 4 == 0) { // then every row begins on eight bytes
            const uint2 both =
                column < width ? *reinterpret_cast<const uint2*>(row + column) : make_uint2(0, 0);
            values[0] = lowBf16(both.x), values[1] = highBf16(both.x);
            values[2] = lowBf16(both.y), values[3] = highBf16(both.y);
            return;
        }
    for (int i = 0; i < 4; ++i) values[i] = column + i < width ? load(row[column + i]) : 0.0f;
}

// The steps of one block of columns; behind the last step there is nothing to load.
template<ExpertFormat format>
struct BlockSteps {
    Step<format> steps[stepsOfBlock];
    __device__ void load(const std::uint8_t* codes, const std::uint8_t* scales, std::int64_t first, int block,
                         int all, int lane) {
#pragma unroll
        for (int s = 0; s < stepsOfBlock; ++s)
            if (block * stepsOfBlock + s < all)
                steps[s].load(codes, scales, first + block * stepsOfBlock + s, lane);
    }
};

// A warp's part of the product: sums over its blocks of columns for both tiles. The next block's codes are on
// their way while this one is multiplied.
template<ExpertFormat format, class Activation, bool gated>
__device__ void multiplyPair(const DecodeJob& job, const PairShape& shape, const Share& share, int pair,
                             std::uint16_t* input, float (&sums)[2][4]) {
    constexpr int parts = partsOfActivation<Activation>;
    constexpr bool ahead = format == ExpertFormat::Fp4; // larger codes would fill the registers
    const int lane = int(threadIdx.x % 32), warp = int(threadIdx.x / 32), g = lane / 4, c = lane % 4;
    const std::uint8_t* base = job.bases[share.expert];
    const std::uint8_t *codes = base + shape.codes, *scales = base + shape.scales;
    const std::int64_t first = std::int64_t(pair) * shape.steps * shape.parts;
    const int entries = job.tokens * job.k, blocks = (shape.steps + stepsOfBlock - 1) / stepsOfBlock;
    const Activation* x = static_cast<const Activation*>(job.x);
    BlockSteps<format> next{};
    if (ahead && warp < blocks) next.load(codes, scales, first, warp, shape.steps, lane);
    for (int block = warp; block < blocks; block += warps) {
        BlockSteps<format> now = next;
        if (ahead && block + warps < blocks)
            next.load(codes, scales, first, block + warps, shape.steps, lane);
        __syncwarp();
        for (int n = 0; n < share.count; ++n) {
            const int entry = share.entries[n];
            const std::int64_t row = !gated ? entry : entry < entries ? entry / job.k : entry - entries;
            float values[4];
            loadFour(x + row * job.width, block * columnsOfBlock + lane * 4, job.width, values);
            roundBlock<Activation>(values);
            for (int part = 0; part < parts; ++part)
                *reinterpret_cast<uint2*>(input + (part * largestDecode + n) * columnsOfBlock + lane * 4) =
                    make_uint2(partOf(values[0], part) | std::uint32_t(partOf(values[1], part)) << 16,
                               partOf(values[2], part) | std::uint32_t(partOf(values[3], part)) << 16);
        }
        __syncwarp();
        for (int weightPart = 0; weightPart < shape.parts; ++weightPart) {
            if (!ahead) now.load(codes, scales, first + weightPart * shape.steps, block, shape.steps, lane);
#pragma unroll
            for (int s = 0; s < stepsOfBlock; ++s) {
                if (block * stepsOfBlock + s >= shape.steps) break;
                for (int part = 0; part < parts; ++part) {
                    Words b[2] = {};
                    if (g < share.count)
                        for (int half = 0; half < 2; ++half)
                            b[half] = *reinterpret_cast<const Words*>(
                                input + (part * largestDecode + g) * columnsOfBlock + s * stepColumns +
                                c * 16 + half * 8);
#pragma unroll
                    for (int q = 0; q < 4; ++q) {
                        const std::uint32_t column[2] = {b[q / 2].w[q % 2 * 2], b[q / 2].w[q % 2 * 2 + 1]};
#pragma unroll
                        for (int tile = 0; tile < 2; ++tile) {
                            std::uint32_t a[4];
                            now.steps[s].fragment(tile, q, a);
                            mma(sums[tile], a, column);
                        }
                    }
                }
            }
        }
    }
}

// `published`: routed experts in fp4 and the shared one in fp8, as in the checkpoints; without the other
// formats the kernel needs fewer registers.
template<class Activation, bool gated, bool published>
__global__ void __launch_bounds__(threads, published ? 3 : 1) decodeKernel(DecodeJob job) {
    constexpr int pairRows = 2 * tileRows;
    DYNAMIC_SHARED(bytes);
    std::uint16_t* const inputs = reinterpret_cast<std::uint16_t*>(bytes); // [warps][parts][tokens][128]
    float* const partial =
        reinterpret_cast<float*>(bytes + warps * inputBytesOfWarp<Activation>); // [warps][rows][tokens]
    __shared__ std::int32_t chosen[largestDecode * largestExpertsPerToken];
    __shared__ Share share;
    const int pair = int(blockIdx.x), slot = int(blockIdx.y), entries = job.tokens * job.k;
    const int lane = int(threadIdx.x % 32), warp = int(threadIdx.x / 32);
    for (int q = int(threadIdx.x); q < entries; q += threads) chosen[q] = job.chosen[q];
    if (gated && slot == 0) // for the launch behind this one
        for (int i = pair * threads + int(threadIdx.x); i < job.ticketCount; i += int(gridDim.x) * threads)
            job.tickets[i] = 0;
    __syncthreads();
    if (threadIdx.x == 0) findShare(job, chosen, slot, share);
    __syncthreads();
    if (share.count > 0) {
        const bool shared = slot == entries;
        const PairShape& shape = shared ? job.sharedShape : job.routedShape;
        float sums[2][4] = {};
        std::uint16_t* const input = inputs + warp * (inputBytesOfWarp<Activation> / 2);
        if constexpr (published) {
            if (shared)
                multiplyPair<ExpertFormat::Fp8, Activation, gated>(job, shape, share, pair, input, sums);
            else
                multiplyPair<ExpertFormat::Fp4, Activation, gated>(job, shape, share, pair, input, sums);
        } else
            switch (shared ? job.sharedFormat : job.routedFormat) {
            case ExpertFormat::Fp4:
                multiplyPair<ExpertFormat::Fp4, Activation, gated>(job, shape, share, pair, input, sums);
                break;
            case ExpertFormat::Fp8:
                multiplyPair<ExpertFormat::Fp8, Activation, gated>(job, shape, share, pair, input, sums);
                break;
            case ExpertFormat::Wide:
                multiplyPair<ExpertFormat::Wide, Activation, gated>(job, shape, share, pair, input, sums);
                break;
            }
        for (int tile = 0; tile < 2; ++tile)
            for (int i = 0; i < 4; ++i)
                partial[(warp * pairRows + tile * tileRows + lane / 4 + i / 2 * 8) * largestDecode +
                        lane % 4 * 2 + i % 2] = sums[tile][i];
        __syncthreads();
        auto sumOf = [&](int row, int n) {
            float sum = partial[row * largestDecode + n];
            for (int w = 1; w < warps; ++w) sum += partial[(w * pairRows + row) * largestDecode + n];
            return sum;
        };
        for (int i = int(threadIdx.x); i < (gated ? tileRows : pairRows) * largestDecode; i += threads) {
            const int row = i % (gated ? tileRows : pairRows), n = i / (gated ? tileRows : pairRows);
            if (n >= share.count) continue;
            const int entry = share.entries[n], column = pair * (gated ? tileRows : pairRows) + row;
            if (column >= job.rowColumns) continue;
            Activation* target =
                static_cast<Activation*>(job.rows) + std::int64_t(entry) * job.rowStride + column;
            if constexpr (gated)
                store(*target, gatedValue<Activation>(sumOf(row, n), sumOf(tileRows + row, n), job.limit,
                                                      shared ? 1.0f : job.weights[entry]));
            else
                store(*target, sumOf(row, n));
        }
    }
    if constexpr (!gated) {
        // The block that finishes last for these output rows adds the experts in ascending order.
        __shared__ bool last;
        __shared__ std::int32_t order[largestDecode * largestExpertsPerToken];
        __threadfence();
        __syncthreads();
        if (threadIdx.x == 0) last = atomicAdd(job.tickets + pair, 1u) == gridDim.y - 1;
        __syncthreads();
        if (!last) return;
        __threadfence();
        for (int q = int(threadIdx.x); q < entries; q += threads) {
            const int begin = q / job.k * job.k;
            int rank = 0;
            for (int other = begin; other < begin + job.k; ++other)
                rank += chosen[other] < chosen[q] || (chosen[other] == chosen[q] && other < q);
            order[begin + rank] = q;
        }
        __syncthreads();
        const Activation* rows = static_cast<const Activation*>(job.rows);
        for (int i = int(threadIdx.x); i < pairRows * job.tokens; i += threads) {
            const int token = i / pairRows, column = pair * pairRows + i % pairRows;
            if (column >= job.rowColumns) continue;
            float sum = 0;
            for (int j = 0; j < job.k; ++j)
                sum += loadFresh(rows + std::int64_t(order[token * job.k + j]) * job.rowStride + column);
            sum += loadFresh(rows + std::int64_t(entries + token) * job.rowStride + column);
            store(static_cast<Activation*>(job.output)[std::int64_t(token) * job.rowColumns + column], sum);
        }
    }
}

template<class Activation, bool published>
void decode(CudaDevice& device, const CudaExperts& experts, const MoeJob& job) {
    const ExpertShape &routed = experts.routedShape, &shared = experts.sharedShape;
    const int rows = job.tokens * (job.k + 1), width = int(experts.width), inner = int(experts.inner);
    const unsigned slots = unsigned(job.tokens * job.k + 1);
    Scratch scratch(device.arena());
    auto* inners = scratch.take<Activation>(std::int64_t(rows) * inner);
    auto* terms = scratch.take<Activation>(std::int64_t(rows) * width);
    auto* tickets = scratch.take<std::uint32_t>(routed.down.pairs);
    DecodeJob d{experts.bases(),  routed.format, shared.format, routed.gateUp,      shared.gateUp, job.chosen,
                job.weights,      job.tokens,    job.k,         int(experts.count), job.x,         width,
                inners,           inner,         inner,         job.limit,          nullptr,       tickets,
                routed.down.pairs};
    launch(device.stream(), decodeKernel<Activation, true, published>,
           dim3(unsigned(routed.gateUp.pairs), slots), dim3(threads), sharedBytes<Activation>, d);
    d.routedShape = routed.down;
    d.sharedShape = shared.down;
    d.x = inners;
    d.width = inner;
    d.rows = terms;
    d.rowStride = d.rowColumns = width;
    d.output = job.output;
    launch(device.stream(), decodeKernel<Activation, false, published>,
           dim3(unsigned(routed.down.pairs), slots), dim3(threads), sharedBytes<Activation>, d);
}

} // namespace

void decodeExperts(CudaDevice& device, const CudaExperts& experts, const MoeJob& job) {
    assert(job.tokens <= largestDecode && job.k <= largestExpertsPerToken);
    const bool published = device.bf16() && experts.routedShape.format == ExpertFormat::Fp4 &&
                           experts.sharedShape.format == ExpertFormat::Fp8;
    if (published) return decode<Bf16, true>(device, experts, job);
    withActivation(device.bf16(),
                   [&](auto activation) { decode<decltype(activation), false>(device, experts, job); });
}

} // namespace kernels::cuda
