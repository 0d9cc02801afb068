// Experts of a chunk: rows (a token at an expert) are sorted by expert, stable in token order; two
// tensor-core products with the SwiGLU between; then each token adds its rows in ascending order of experts,
// the shared one last. Weights are the M side and go from memory to registers already in fragment order
// (expert_layout.h); up to 64 gathered rows are the N side, in shared memory. A row's sum runs over the
// columns in order, whatever its neighbours.
#include "kernels/cuda/expert_math.h"
#include "kernels/cuda/moe_kernels.h"
#include "kernels/cuda/moe_products.h"
#include "kernels/cuda/sm90a/moe.h"

#include <algorithm>

namespace kernels::cuda {

namespace {

constexpr int rowsOfTile = 64, stages = 4, warps = productWarps, threads = productThreads;
constexpr int rowGroups = rowsOfTile / 8;

// --- order of rows ---

// Entry q of the chosen experts is token q / k. One block an expert counts its entries ...
__global__ void countKernel(const std::int32_t* chosen, int entries, std::int32_t* counts) {
    const int expert = int(blockIdx.x);
    __shared__ std::int32_t totals[warps];
    int mine = 0;
    for (int q = int(threadIdx.x); q < entries; q += threads) mine += chosen[q] == expert;
    for (int distance = 16; distance > 0; distance /= 2) mine += __shfl_xor_sync(everyLane, mine, distance);
    if (threadIdx.x % 32 == 0) totals[threadIdx.x / 32] = mine;
    __syncthreads();
    if (threadIdx.x != 0) return;
    int sum = 0;
    for (int w = 0; w < warps; ++w) sum += totals[w];
    counts[expert] = sum;
}

// Number and rows of the tiles of so many rows: equally large, in whole groups of eight.
__device__ int2 tilesOf(int count, int largest) {
    if (count == 0) return {0, 0};
    const int least = (count + largest - 1) / largest, size = ((count + least - 1) / least + 7) / 8 * 8;
    return {(count + size - 1) / size, size};
}

// ... and, all counts known, gives them their places: first row and tiles of the expert, then entry by entry.
__global__ void placeKernel(const std::int32_t* chosen, const float* weights, int entries, int k,
                            const std::int32_t* counts, std::int32_t* rowOf, std::int32_t* tokenOf,
                            float* weightOf, Tile* tiles, std::int32_t* tileCount, int largest) {
    const int expert = int(blockIdx.x), lane = int(threadIdx.x % 32), warp = int(threadIdx.x / 32);
    __shared__ std::int32_t totals[warps];
    int row = 0, tile = 0;
    for (int e = 0; e < expert; ++e) row += counts[e], tile += tilesOf(counts[e], largest).x;
    const int count = counts[expert];
    const int2 share = tilesOf(count, largest);
    for (int i = int(threadIdx.x); i < share.x; i += threads)
        tiles[tile + i] = {expert, row + i * share.y, min(share.y, count - i * share.y)};
    if (expert == int(gridDim.x) - 1 && threadIdx.x == 0) *tileCount = tile + share.x;
    for (int begin = 0; begin < entries; begin += threads) {
        const int q = begin + int(threadIdx.x);
        const bool here = q < entries && chosen[q] == expert;
        const unsigned votes = __ballot_sync(everyLane, here);
        if (lane == 0) totals[warp] = __popc(votes);
        __syncthreads();
        int at = row + __popc(votes & ((1u << lane) - 1u));
        for (int w = 0; w < warps; ++w) {
            if (w < warp) at += totals[w];
            row += totals[w];
        }
        if (here) {
            rowOf[q] = at;
            tokenOf[at] = q / k;
            weightOf[at] = weights[q];
        }
        __syncthreads();
    }
}

// --- the input: rounded to fp8 once for all experts; a warp takes 128 columns of a token ---
template<class Activation>
__global__ void inputKernel(const Activation* x, int width, int stride, std::uint16_t* input, bool permuted) {
    constexpr int parts = partsOfActivation<Activation>;
    const int lane = int(threadIdx.x % 32), block = int(blockIdx.y) * warps + int(threadIdx.x / 32);
    const std::int64_t token = blockIdx.x;
    if (block * 128 >= stride) return;
    float values[4];
    for (int i = 0; i < 4; ++i) {
        const int column = block * 128 + 32 * i + lane;
        values[i] = column < width ? load(x[token * width + column]) : 0.0f;
    }
    roundBlock<Activation>(values);
    for (int part = 0; part < parts; ++part)
        for (int i = 0; i < 4; ++i) {
            const int column = block * 128 + 32 * i + lane, within = column % stepColumns;
            const int place = permuted ? column - within + placeOf(within) : column;
            if (column < stride) input[(token * parts + part) * stride + place] = partOf(values[i], part);
        }
}

// --- products ---

// Places of 16-byte pieces in a row of 64 columns: two rows exchange neighbours, so that a quarter of a warp
// meets every bank once.
__device__ int swizzled(int row, int piece) {
    return row * stepColumns + (piece ^ (row & 1)) * 8;
}

template<ExpertFormat format, bool gated, class Activation>
__global__ void __launch_bounds__(threads) productKernel(ProductJob job) {
    constexpr int parts = partsOfActivation<Activation>;
    constexpr std::size_t inBytes = std::size_t(stages) * rowsOfTile * stepColumns * 2;
    __shared__ __align__(16) std::uint16_t staged[inBytes / 2];
    Tile tile;
    if (!findTile(job, rowsOfTile, tile)) return;
    const int lane = int(threadIdx.x % 32), warp = int(threadIdx.x / 32), g = lane / 4, c = lane % 4;
    const int pair = int(blockIdx.x) * warps + warp;
    const bool there = pair < job.shape.pairs;
    const int groups = (tile.rows + 7) / 8;

    // Pieces this thread brings: piece threadIdx % 8 of rows threadIdx / 8 and 32 more.
    const int piece = int(threadIdx.x % 8);
    const std::uint16_t* sources[2];
    bool valid[2];
    for (int i = 0; i < 2; ++i) {
        const int row = int(threadIdx.x / 8) + 32 * i;
        valid[i] = row < tile.rows;
        sources[i] = job.input + inputRow(job, tile, valid[i] ? row : 0) * parts * job.stride + piece * 8;
    }
    const int stepsOfPair = job.shape.steps * job.shape.parts, steps = stepsOfPair * parts;
    auto fetch = [&](int step) {
        if (step < steps) {
            const int column = step % job.shape.steps * stepColumns + step / stepsOfPair * job.stride;
            std::uint16_t* stage = staged + step % stages * (rowsOfTile * stepColumns);
            for (int i = 0; i < 2; ++i)
                if (valid[i] || i * 32 < groups * 8)
                    copyAsync16(stage + swizzled(int(threadIdx.x / 8) + 32 * i, piece), sources[i] + column,
                                valid[i]);
        }
        commitCopies();
    };
    for (int step = 0; step < stages - 1; ++step) fetch(step);

    const std::uint8_t* base = job.bases[tile.expert];
    const std::uint8_t *codes = base + job.shape.codes, *scales = base + job.shape.scales;
    const std::int64_t firstStep = std::int64_t(pair) * stepsOfPair;
    float sums[2][rowGroups][4] = {};
    Step<format> next;
    if (there) next.load(codes, scales, firstStep, lane);
    for (int step = 0; step < steps; ++step) {
        waitForCopies<stages - 2>();
        __syncthreads();
        fetch(step + stages - 1);
        if (!there) continue;
        const Step<format> now = next;
        if (step + 1 < steps) next.load(codes, scales, firstStep + (step + 1) % stepsOfPair, lane);
        const std::uint16_t* stage = staged + step % stages * (rowsOfTile * stepColumns);
#pragma unroll
        for (int half = 0; half < 2; ++half) {
            std::uint32_t a[2][2][4];
#pragma unroll
            for (int t = 0; t < 2; ++t) {
                now.fragment(t, 2 * half, a[t][0]);
                now.fragment(t, 2 * half + 1, a[t][1]);
            }
#pragma unroll
            for (int n = 0; n < rowGroups; ++n) {
                if (n >= groups) break;
                const Words b = *reinterpret_cast<const Words*>(stage + swizzled(n * 8 + g, 2 * c + half));
                const std::uint32_t first[2] = {b.w[0], b.w[1]}, second[2] = {b.w[2], b.w[3]};
                mma(sums[0][n], a[0][0], first);
                mma(sums[1][n], a[1][0], first);
                mma(sums[0][n], a[0][1], second);
                mma(sums[1][n], a[1][1], second);
            }
        }
    }
    waitForCopies<0>();
    __syncthreads();

    leave<gated, Activation, rowGroups, false>(job, tile, sums, staged);
}

// --- the sum ---

// Rows ascend with experts, so a token's rows in ascending order are its experts in ascending order.
template<class Activation>
__global__ void sumKernel(const Activation* terms, int stride, const std::int32_t* rowOf, int k,
                          int sharedFirst, Activation* output, int width) {
    __shared__ std::int32_t rows[largestExpertsPerToken + 1];
    const std::int64_t token = blockIdx.x;
    if (threadIdx.x < unsigned(k)) {
        const int mine = rowOf[token * k + threadIdx.x];
        int rank = 0;
        for (int i = 0; i < k; ++i) rank += rowOf[token * k + i] < mine;
        rows[rank] = mine;
    }
    if (threadIdx.x == 0) rows[k] = sharedFirst + int(token);
    __syncthreads();
    constexpr int together = 16 / int(sizeof(Activation));
    const int column = int(blockIdx.y * blockDim.x + threadIdx.x) * together;
    if (column >= width) return;
    float sums[together] = {};
    for (int i = 0; i <= k; ++i) {
        const Sixteen<Activation> values = *reinterpret_cast<const Sixteen<Activation>*>(terms + std::int64_t(rows[i]) * stride + column);
        for (int j = 0; j < together; ++j) sums[j] += load(values.of[j]);
    }
    Activation* target = output + token * width + column;
    for (int j = 0; j < together; ++j)
        if (column + j < width) store(target[j], sums[j]);
}

template<bool gated, class Activation>
void multiply(cudaStream_t stream, ExpertFormat format, const ProductJob& job, std::int64_t tiles) {
    const dim3 grid(blocksFor(job.shape.pairs, warps), unsigned(tiles));
    switch (format) {
    case ExpertFormat::Fp4:
        return launch(stream, productKernel<ExpertFormat::Fp4, gated, Activation>, grid, dim3(threads), 0,
                      job);
    case ExpertFormat::Fp8:
        return launch(stream, productKernel<ExpertFormat::Fp8, gated, Activation>, grid, dim3(threads), 0,
                      job);
    case ExpertFormat::Wide:
        return launch(stream, productKernel<ExpertFormat::Wide, gated, Activation>, grid, dim3(threads), 0,
                      job);
    }
}

template<class Activation>
void prefill(CudaDevice& device, const CudaExperts& experts, const MoeJob& job) {
    constexpr int parts = partsOfActivation<Activation>;
    const cudaStream_t stream = device.stream();
    const int width = int(experts.width), columns = experts.routedShape.gateUp.steps * stepColumns;
    const int innerColumns = experts.routedShape.down.steps * stepColumns, count = int(experts.count);
    const int entries = job.tokens * job.k;
    const std::int64_t rows = std::int64_t(entries) + job.tokens;
    Scratch scratch(device.arena());
    auto* input = scratch.take<std::uint16_t>(std::int64_t(job.tokens) * parts * columns);
    auto* inner = scratch.take<std::uint16_t>(rows * parts * innerColumns);
    auto* terms = scratch.take<Activation>(rows * columns);
    auto* counts = scratch.take<std::int32_t>(count);
    auto* rowOf = scratch.take<std::int32_t>(entries);
    auto* tokenOf = scratch.take<std::int32_t>(entries);
    auto* weightOf = scratch.take<float>(entries);
    // Compute capability 9.0 has products of its own, with larger tiles and another order of columns.
    const bool hopper = sizeof(Activation) == 2 && sm90a::takes(device, experts.routedShape) && sm90a::takes(device, experts.sharedShape);
    const int largest = hopper ? sm90a::rowsOfTile : rowsOfTile;
    const std::int64_t routedTiles = std::int64_t(entries) / largest + std::min(count, entries);
    const std::int64_t sharedTiles = blocksFor(job.tokens, largest);
    auto* tiles = scratch.take<Tile>(routedTiles);
    auto* tileCount = scratch.take<std::int32_t>(1);

    launch(stream, countKernel, dim3(unsigned(count)), dim3(threads), 0, job.chosen, entries, counts);
    launch(stream, placeKernel, dim3(unsigned(count)), dim3(threads), 0, job.chosen, job.weights, entries,
           job.k, counts, rowOf, tokenOf, weightOf, tiles, tileCount, largest);
    launch(stream, inputKernel<Activation>, dim3(unsigned(job.tokens), blocksFor(columns, 128 * warps)),
           dim3(threads), 0, static_cast<const Activation*>(job.x), width, columns, input, hopper);

    for (const bool shared : {false, true}) {
        const ExpertShape& shape = shared ? experts.sharedShape : experts.routedShape;
        ProductJob product{experts.bases(),   shape.gateUp, shared ? nullptr : tiles,
                           tileCount,         count,        entries,
                           job.tokens,        input,        columns,
                           tokenOf,           weightOf,     true,
                           job.limit,         inner,        innerColumns};
        const std::int64_t tilesOfAll = shared ? sharedTiles : routedTiles;
        if (hopper)
            sm90a::multiply(stream, shape.format, true, product, tilesOfAll);
        else
            multiply<true, Activation>(stream, shape.format, product, tilesOfAll);
        product.shape = shape.down;
        product.input = inner;
        product.stride = innerColumns;
        product.byToken = false;
        product.output = terms;
        product.outputStride = columns;
        if (hopper)
            sm90a::multiply(stream, shape.format, false, product, tilesOfAll);
        else
            multiply<false, Activation>(stream, shape.format, product, tilesOfAll);
    }
    launch(stream, sumKernel<Activation>, dim3(unsigned(job.tokens), blocksFor(width, 256 * 16 / int(sizeof(Activation)))), dim3(256), 0,
           terms, columns, rowOf, job.k, entries, static_cast<Activation*>(job.output), width);
}

} // namespace

void prefillExperts(CudaDevice& device, const CudaExperts& experts, const MoeJob& job) {
    withActivation(device.bf16(),
                   [&](auto activation) { prefill<decltype(activation)>(device, experts, job); });
}

} // namespace kernels::cuda
