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

    // This thread's pieces of 16 bytes of a window, and where they go in a stage.
    constexpr int pieces = windowBytes<type>() / 16, weightCopies = tileRows * pieces / threads,
                  inputCopies = tileTokens * 8 / threads;
    const std::byte* weightFrom[weightCopies];
    const Bf16* inputFrom[inputCopies];
    int weightTo[weightCopies], inputTo[inputCopies];
#pragma unroll
    for (int i = 0; i < weightCopies; ++i) {
        const int place = threadIdx.x + i * threads, row = place / pieces, piece = place % pieces;
        weightFrom[i] = weight.values +
                        (group * rowsOfGroup + min(firstRow + row, rowsOfGroup - 1)) * weight.rowBytes() +
                        piece * 16;
        weightTo[i] = row * weightBytes<type>() + piece * 16;
    }
#pragma unroll
    for (int i = 0; i < inputCopies; ++i) {
        const int place = threadIdx.x + i * threads, token = place / 8, piece = place % 8;
        inputFrom[i] = task.input + min(firstToken + token, tokens - 1) * task.tokenStride +
                       group * task.groupStride + piece * 8;
        inputTo[i] = tileRows * weightBytes<type>() + token * inputBytes + piece * 16;
    }
    auto fetch = [&](std::int64_t window, int place) {
        if (window < windows) {
            std::byte* stage = shared + place * stageBytes<type>();
#pragma unroll
            for (int i = 0; i < weightCopies; ++i)
                copyAsync16(stage + weightTo[i], weightFrom[i] + window * windowBytes<type>());
#pragma unroll
            for (int i = 0; i < inputCopies; ++i)
                copyAsync16(stage + inputTo[i], inputFrom[i] + window * windowColumns);
        }
        commitCopies(); // empty at the end, so that the count of groups stays
    };

    const std::uint8_t* scale[2][2]; // of this lane's rows
    if constexpr (type != Type::BF16)
        for (int m = 0; m < 2; ++m)
            for (int half = 0; half < 2; ++half) {
                const std::int64_t row =
                    group * rowsOfGroup + min(firstRow + warpRow + 16 * m + 8 * half + g, rowsOfGroup - 1);
                scale[m][half] =
                    weight.scales + (type == Type::F8E4M3 ? row / 128 : row) * weight.scaleStride();
            }
    int scales[2][2] = {};
    auto fetchScales = [&](std::int64_t window) {
        if constexpr (type == Type::BF16) return;
        if (window >= windows || (type == Type::F8E4M3 && window % 2))
            return; // a block of 128 is two windows
#pragma unroll
        for (int m = 0; m < 2; ++m)
#pragma unroll
            for (int half = 0; half < 2; ++half)
                scales[m][half] = scale[m][half][type == Type::F8E4M3 ? window / 2 : window * 2 + t / 2];
    };

    float sum[2][8][4] = {}, total[2][8][4] = {};
    for (int stage = 0; stage + 1 < stagesOf<type>(); ++stage) fetch(stage, stage);
    fetchScales(0);
    int place = 0; // of the window at work
    for (std::int64_t window = 0; window < windows; ++window) {
        std::uint32_t factors[2][2];
#pragma unroll
        for (int m = 0; m < 2; ++m)
#pragma unroll
            for (int half = 0; half < 2; ++half)
                factors[m][half] =
                    type == Type::F8E4M3 ? e4m3Factor(scales[m][half]) : e2m1Factor(scales[m][half]);
        waitForCopies<stagesOf<type>() - 2>();
        __syncthreads(); // the window is here, and the one before it is used up
        fetch(window + stagesOf<type>() - 1, place == 0 ? stagesOf<type>() - 1 : place - 1);
        fetchScales(window + 1);
        const std::byte* stage = shared + place * stageBytes<type>();
        place = place + 1 == stagesOf<type>() ? 0 : place + 1;
        std::uint32_t pairs[2][2][8];
#pragma unroll
        for (int m = 0; m < 2; ++m)
#pragma unroll
            for (int half = 0; half < 2; ++half)
                widen(loadRaw<type>(stage + (warpRow + 16 * m + 8 * half + g) * weightBytes<type>() +
                                    t * (windowBytes<type>() / 4)),
                      factors[m][half], pairs[m][half]);
        stage += tileRows * weightBytes<type>();
        // Two by two: four sums take turns, because a product waits for the one before it in the same sum.
#pragma unroll
        for (int n = 0; n < 8; n += 2) {
            std::uint32_t input[2][8];
#pragma unroll
            for (int i = 0; i < 2; ++i)
                loadInput(reinterpret_cast<const Bf16*>(stage + (warpToken + 8 * (n + i) + g) * inputBytes) +
                              16 * t,
                          input[i]);
#pragma unroll
            for (int j = 0; j < 4; ++j)
#pragma unroll
                for (int i = 0; i < 2; ++i)
#pragma unroll
                    for (int m = 0; m < 2; ++m)
                        multiplyPart(sum[m][n + i], pairs[m][0], pairs[m][1], input[i], j);
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
