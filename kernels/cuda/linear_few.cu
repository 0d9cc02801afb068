// Up to eight tokens against a matrix (kernels.md 4.3, decode): rows of weights are M, tokens are n = 8. A
// block of eight warps stages the input in shared memory, quantised on the way; a warp takes 16 rows and
// slices of 512 columns, whose sums are added in order at the end. Weights come straight from memory, 16
// bytes a lane.
#include "kernels/cuda/fragments.h"
#include "kernels/cuda/linear_tasks.h"

#include <algorithm>

namespace kernels::cuda {

namespace {

constexpr int warps = 8;

// Warps that share 16 rows, each with slices of its own; the rest take further rows.
__host__ __device__ constexpr int splitOf(std::int64_t slices) {
    return slices >= 8 ? 8 : slices >= 4 ? 4 : slices >= 2 ? 2 : 1;
}
__host__ __device__ inline std::int64_t slicesOf(const LinearTask& task) {
    return (task.windows() + windowsOfSlice - 1) / windowsOfSlice;
}
// Elements of a staged token: 16 bytes more than its columns, so that eight tokens meet different banks.
__host__ __device__ inline std::int64_t stagedStride(const LinearTask& task) {
    return task.windows() * windowColumns + 8;
}

__device__ void stageInput(const LinearTask& task, std::int64_t group, int tokens, Bf16* staged) {
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const std::int64_t columns = task.weight.columns, end = task.windows() * windowColumns,
                       stride = stagedStride(task);
    const int blocks = static_cast<int>((end + 127) / 128);
    const bool aligned = columns % 4 == 0 && (reinterpret_cast<std::uintptr_t>(task.input) % 8 |
                                              task.tokenStride % 4 | task.groupStride % 4) == 0;
    // Not unrolled: a block runs this once, and fetching longer code costs more than the loads it would
    // overlap.
#pragma unroll 1
    for (int item = warp; item < tokens * blocks; item += warps) {
        const int token = item / blocks;
        const std::int64_t column = item % blocks * 128 + lane * 4;
        const Bf16* from = task.input + token * task.tokenStride + group * task.groupStride + column;
        uint2 pairs = make_uint2(0, 0);
        if (aligned) {
            if (column < columns) pairs = *reinterpret_cast<const uint2*>(from);
        } else {
            std::uint32_t codes[4];
            for (int i = 0; i < 4; ++i) codes[i] = column + i < columns ? from[i].bits : 0u;
            pairs = make_uint2(codes[0] | codes[1] << 16, codes[2] | codes[3] << 16);
        }
        if (task.quantise) {
            float values[4] = {lowBf16(pairs.x), highBf16(pairs.x), lowBf16(pairs.y), highBf16(pairs.y)};
            roundTripBlock(values);
            pairs = make_uint2(packBf16(values[0], values[1]), packBf16(values[2], values[3]));
        }
        if (column < end) *reinterpret_cast<uint2*>(staged + token * stride + column) = pairs;
    }
}

template<Type type>
__device__ void multiplyRows(const LinearTask& task, unsigned block, int tokens, std::byte* shared) {
    constexpr int together = type == Type::BF16 ? 4 : 8; // windows whose loads are in flight at once
    const DeviceWeight& weight = task.weight;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, g = lane / 4, t = lane % 4;
    const std::int64_t windows = task.windows(), slices = slicesOf(task), rowsOfGroup = task.rowsOfGroup(),
                       stride = stagedStride(task);
    const int split = splitOf(slices), tiles = warps / split, tile = warp / split;
    const std::int64_t blocksOfGroup = (rowsOfGroup + 16 * tiles - 1) / (16 * tiles),
                       group = block / blocksOfGroup;
    const std::int64_t firstRow = block % blocksOfGroup * 16 * tiles; // of the group
    auto* staged = reinterpret_cast<Bf16*>(shared);
    auto* partial =
        reinterpret_cast<float*>(shared + (tokens * stride * 2 + 15) / 16 * 16); // [tile][slice][row][8]

    // Rows behind the last one are read from it and thrown away.
    const std::int64_t upperRow = group * rowsOfGroup + min(firstRow + tile * 16 + g, rowsOfGroup - 1);
    const std::int64_t lowerRow = group * rowsOfGroup + min(firstRow + tile * 16 + g + 8, rowsOfGroup - 1);
    const std::byte* upper = weight.values + upperRow * weight.rowBytes() + t * (windowBytes<type>() / 4);
    const std::byte* lower = weight.values + lowerRow * weight.rowBytes() + t * (windowBytes<type>() / 4);
    Raw<type> rawUpper[together], rawLower[together];
    auto fetch = [&](std::int64_t first, std::int64_t end) {
#pragma unroll
        for (int i = 0; i < together; ++i) {
            if (first + i >= end) continue;
            rawUpper[i] = loadRaw<type>(upper + (first + i) * windowBytes<type>());
            rawLower[i] = loadRaw<type>(lower + (first + i) * windowBytes<type>());
        }
    };
    auto endOf = [&](std::int64_t slice) { return min((slice + 1) * windowsOfSlice, windows); };

    std::int64_t slice = warp % split;
    if (slice < slices) fetch(slice * windowsOfSlice, endOf(slice)); // needs nothing of the kernel before
    stageInput(task, group, tokens, staged);
    __syncthreads();

    for (; slice < slices; slice += split) {
        const std::int64_t end = endOf(slice);
        float sum[4] = {};
        for (std::int64_t first = slice * windowsOfSlice; first < end; first += together) {
            if (first != slice * windowsOfSlice || slice != warp % split) fetch(first, end);
#pragma unroll
            for (int i = 0; i < together; ++i) {
                if (first + i >= end) continue;
                const std::int64_t column = (first + i) * windowColumns + 16 * t;
                std::uint32_t above[8], below[8], input[8] = {};
                widen(rawUpper[i], factorOf<type>(weight, upperRow, column), above);
                widen(rawLower[i], factorOf<type>(weight, lowerRow, column), below);
                if (g < tokens) loadInput(staged + g * stride + column, input);
                multiplyWindow(sum, above, below, input);
            }
        }
        float* place = partial + (tile * slices + slice) * 128 + g * 8 + 2 * t;
        place[0] = sum[0], place[1] = sum[1], place[64] = sum[2], place[65] = sum[3];
    }
    __syncthreads();

    for (int i = threadIdx.x; i < tiles * 128; i += blockDim.x) {
        const int row = i % (16 * tiles), token = i / (16 * tiles);
        if (token >= tokens || firstRow + row >= rowsOfGroup) continue;
        float total = 0;
        for (std::int64_t s = 0; s < slices; ++s)
            total += partial[(row / 16 * slices + s) * 128 + row % 16 * 8 + token];
        const std::int64_t place = token * weight.rows + group * rowsOfGroup + firstRow + row;
        if (task.wide)
            static_cast<float*>(task.output)[place] = total;
        else
            store(static_cast<Bf16*>(task.output)[place], total);
    }
}

__global__ void __launch_bounds__(warps * 32, 2) multiplyFewKernel(LinearTasks tasks, int tokens) {
    DYNAMIC_SHARED(shared);
    int which = 0;
    while (which + 1 < tasks.count && blockIdx.x >= tasks.task[which + 1].firstBlock) ++which;
    const LinearTask& task = tasks.task[which];
    const unsigned block = blockIdx.x - task.firstBlock;
    if (task.weight.type == Type::BF16)
        multiplyRows<Type::BF16>(task, block, tokens, shared);
    else if (task.weight.type == Type::F8E4M3)
        multiplyRows<Type::F8E4M3>(task, block, tokens, shared);
    else
        multiplyRows<Type::F4E2M1>(task, block, tokens, shared);
}

} // namespace

std::size_t sharedBytesOfFew(const LinearTasks& tasks, std::int64_t tokens) {
    std::int64_t most = 0;
    for (int i = 0; i < tasks.count; ++i) {
        const std::int64_t slices = slicesOf(tasks.task[i]), tiles = warps / splitOf(slices);
        most =
            std::max(most, (tokens * stagedStride(tasks.task[i]) * 2 + 15) / 16 * 16 + tiles * slices * 512);
    }
    return static_cast<std::size_t>(most);
}

void multiplyFew(cudaStream_t stream, LinearTasks& tasks, std::int64_t tokens) {
    unsigned blocks = 0;
    for (int i = 0; i < tasks.count; ++i) {
        LinearTask& task = tasks.task[i];
        task.firstBlock = blocks;
        blocks += blocksFor(task.rowsOfGroup(), 16 * (warps / splitOf(slicesOf(task)))) *
                  static_cast<unsigned>(task.groups);
    }
    launch(stream, multiplyFewKernel, blocks, warps * 32, sharedBytesOfFew(tasks, tokens), tasks,
           static_cast<int>(tokens));
}

} // namespace kernels::cuda
