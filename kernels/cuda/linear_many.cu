// Many tokens against a matrix (kernels.md 4.3, prefill): tiles of 128 rows by 128 tokens, 64 columns a step.
// Weights arrive in shared memory as stored and are widened in registers; a warp makes 32 rows by 64 tokens.
// Each slice of 512 columns has an accumulator of its own, so the bits are those of linear_few.cu.
#include "kernels/cuda/fragments.h"
#include "kernels/cuda/linear_tasks.h"

#include <algorithm>

namespace kernels::cuda {

namespace {

constexpr int tileRows = 128, tileTokens = 128, threads = 256;
constexpr int inputBytes = 128 + 16; // of a token's window, padded so that eight rows meet different banks
constexpr int outputStride = tileRows + 4;

template<Type type>
__host__ __device__ constexpr int weightBytes() {
    return type == Type::BF16 ? 128 + 16 : windowBytes<type>();
}
template<Type type>
__host__ __device__ constexpr int stagesOf() {
    return type == Type::BF16 ? 2 : 3;
}
template<Type type>
__host__ __device__ constexpr int stageBytes() {
    return tileRows * weightBytes<type>() + tileTokens * inputBytes;
}
constexpr int sharedBytes =
    std::max({2 * stageBytes<Type::BF16>(), 3 * stageBytes<Type::F8E4M3>(), outputStride* tileTokens * 4});

// Blocks that run together share rows and tokens in cache: groups of eight tiles of tokens, rows outside.
__device__ inline void placeTile(unsigned block, std::int64_t rowTiles, std::int64_t tokenTiles,
                                 std::int64_t& rowTile, std::int64_t& tokenTile) {
    constexpr std::int64_t width = 8;
    const std::int64_t group = block / (width * rowTiles), first = group * width;
    const std::int64_t size = min(width, tokenTiles - first), inside = block - group * width * rowTiles;
    tokenTile = first + inside % size;
    rowTile = inside / size;
}

template<Type type>
__device__ void multiplyTile(const LinearTask& task, unsigned block, std::int64_t tokens, std::byte* shared) {
    const DeviceWeight& weight = task.weight;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, g = lane / 4, t = lane % 4;
    const int warpRow = warp % 4 * 32, warpToken = warp / 4 * 64;
    const std::int64_t windows = task.windows(), rowsOfGroup = task.rowsOfGroup();
    const std::int64_t rowTiles = (rowsOfGroup + tileRows - 1) / tileRows,
                       tokenTiles = (tokens + tileTokens - 1) / tileTokens;
    const std::int64_t group = block / (rowTiles * tokenTiles);
    std::int64_t rowTile, tokenTile;
    placeTile(static_cast<unsigned>(block % (rowTiles * tokenTiles)), rowTiles, tokenTiles, rowTile,
              tokenTile);
    const std::int64_t firstRow = rowTile * tileRows, firstToken = tokenTile * tileTokens; // of the group

    auto fetch = [&](std::int64_t window) {
        if (window < windows) {
            std::byte* stage = shared + window % stagesOf<type>() * stageBytes<type>();
            constexpr int pieces = windowBytes<type>() / 16;
            for (int i = threadIdx.x; i < tileRows * pieces; i += threads) {
                const int row = i / pieces, piece = i % pieces;
                const std::int64_t wanted = min(firstRow + row, rowsOfGroup - 1);
                copyAsync16(stage + row * weightBytes<type>() + piece * 16,
                            weight.values + (group * rowsOfGroup + wanted) * weight.rowBytes() +
                                window * windowBytes<type>() + piece * 16);
            }
            stage += tileRows * weightBytes<type>();
            for (int i = threadIdx.x; i < tileTokens * 8; i += threads) {
                const int token = i / 8, piece = i % 8;
                const std::int64_t wanted = min(firstToken + token, tokens - 1);
                copyAsync16(stage + token * inputBytes + piece * 16, task.input + wanted * task.tokenStride +
                                                                         group * task.groupStride +
                                                                         window * windowColumns + piece * 8);
            }
        }
        commitCopies(); // empty at the end, so that the count of groups stays
    };

    std::int64_t row[2][2]; // this lane's rows of the matrix, for their scales
    for (int m = 0; m < 2; ++m)
        for (int half = 0; half < 2; ++half)
            row[m][half] =
                group * rowsOfGroup + min(firstRow + warpRow + 16 * m + 8 * half + g, rowsOfGroup - 1);

    float sum[2][8][4] = {}, total[2][8][4] = {};
    for (int stage = 0; stage + 1 < stagesOf<type>(); ++stage) fetch(stage);
    for (std::int64_t window = 0; window < windows; ++window) {
        std::uint32_t factors[2][2];
#pragma unroll
        for (int m = 0; m < 2; ++m)
#pragma unroll
            for (int half = 0; half < 2; ++half)
                factors[m][half] = factorOf<type>(weight, row[m][half], window * windowColumns + 16 * t);
        waitForCopies<stagesOf<type>() - 2>();
        __syncthreads(); // the window is here, and the one before it is used up
        fetch(window + stagesOf<type>() - 1);
        const std::byte* stage = shared + window % stagesOf<type>() * stageBytes<type>();
        std::uint32_t pairs[2][2][8];
#pragma unroll
        for (int m = 0; m < 2; ++m)
#pragma unroll
            for (int half = 0; half < 2; ++half)
                widen(loadRaw<type>(stage + (warpRow + 16 * m + 8 * half + g) * weightBytes<type>() +
                                    t * (windowBytes<type>() / 4)),
                      factors[m][half], pairs[m][half]);
        stage += tileRows * weightBytes<type>();
#pragma unroll
        for (int n = 0; n < 8; ++n) {
            std::uint32_t input[8];
            loadInput(reinterpret_cast<const Bf16*>(stage + (warpToken + 8 * n + g) * inputBytes) + 16 * t,
                      input);
#pragma unroll
            for (int m = 0; m < 2; ++m) multiplyWindow(sum[m][n], pairs[m][0], pairs[m][1], input);
        }
        if ((window + 1) % windowsOfSlice && window + 1 < windows) continue;
#pragma unroll
        for (int m = 0; m < 2; ++m)
#pragma unroll
            for (int n = 0; n < 8; ++n)
#pragma unroll
                for (int i = 0; i < 4; ++i) {
                    total[m][n][i] += sum[m][n][i];
                    sum[m][n][i] = 0;
                }
    }
    waitForCopies<0>();
    __syncthreads();

    // Through shared memory, so that neighbouring lanes write neighbouring rows.
    auto* result = reinterpret_cast<float*>(shared); // [token][row]
#pragma unroll
    for (int m = 0; m < 2; ++m)
#pragma unroll
        for (int n = 0; n < 8; ++n)
#pragma unroll
            for (int i = 0; i < 4; ++i)
                result[(warpToken + 8 * n + 2 * t + i % 2) * outputStride + warpRow + 16 * m + i / 2 * 8 +
                       g] = total[m][n][i];
    __syncthreads();
    for (int i = threadIdx.x; i < tileRows * tileTokens; i += threads) {
        const int token = i / tileRows, place = i % tileRows;
        if (firstToken + token >= tokens || firstRow + place >= rowsOfGroup) continue;
        const float value = result[token * outputStride + place];
        const std::int64_t target =
            (firstToken + token) * weight.rows + group * rowsOfGroup + firstRow + place;
        if (task.wide)
            static_cast<float*>(task.output)[target] = value;
        else
            store(static_cast<Bf16*>(task.output)[target], value);
    }
}

__global__ void __launch_bounds__(threads, 1) multiplyManyKernel(LinearTasks tasks, std::int64_t tokens) {
    DYNAMIC_SHARED(shared);
    int which = 0;
    while (which + 1 < tasks.count && blockIdx.x >= tasks.task[which + 1].firstBlock) ++which;
    const LinearTask& task = tasks.task[which];
    const unsigned block = blockIdx.x - task.firstBlock;
    if (task.weight.type == Type::BF16)
        multiplyTile<Type::BF16>(task, block, tokens, shared);
    else if (task.weight.type == Type::F8E4M3)
        multiplyTile<Type::F8E4M3>(task, block, tokens, shared);
    else
        multiplyTile<Type::F4E2M1>(task, block, tokens, shared);
}

} // namespace

void multiplyMany(cudaStream_t stream, LinearTasks& tasks, std::int64_t tokens) {
    unsigned blocks = 0;
    for (int i = 0; i < tasks.count; ++i) {
        LinearTask& task = tasks.task[i];
        task.firstBlock = blocks;
        blocks += blocksFor(task.rowsOfGroup(), tileRows) * blocksFor(tokens, tileTokens) *
                  static_cast<unsigned>(task.groups);
    }
    launch(stream, multiplyManyKernel, blocks, threads, sharedBytes, tasks, tokens);
}

} // namespace kernels::cuda
