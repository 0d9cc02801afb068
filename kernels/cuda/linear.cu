// Matrix products (v4-architecture.md 10.1, 10.4): which kernel takes which, and the plain one. Two
// tensor-core kernels give the same bits: linear_few.cu for up to eight tokens (decode: bytes of weights
// decide) and linear_many.cu for tiles (prefill). F32 activations or weights are multiplied without tensor
// cores.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/decode.h"
#include "kernels/cuda/fragments.h"
#include "kernels/cuda/linear_tasks.h"

#include <algorithm>
#include <cassert>

namespace kernels::cuda {

namespace {

// Rows of an input as bf16, columns padded with zeros to `padded`, rounded to fp8 and back if asked. One warp
// takes a block of 128 columns of one token and group.
template<class Activation>
__global__ void prepareInput(const Activation* input, std::int64_t items, std::int64_t columns,
                             std::int64_t padded, bool quantise, Activation* output) {
    const std::int64_t item = std::int64_t{blockIdx.x} * (blockDim.x / 32) + threadIdx.x / 32;
    if (item >= items) return;
    const std::int64_t blocks = (padded + 127) / 128, row = item / blocks,
                       column = item % blocks * 128 + threadIdx.x % 32 * 4;
    float values[4];
    for (int i = 0; i < 4; ++i)
        values[i] = column + i < columns ? load(input[row * columns + column + i]) : 0.0f;
    if (quantise) roundTripBlock(values);
    for (int i = 0; i < 4; ++i)
        if (column + i < padded) store(output[row * padded + column + i], values[i]);
}

// One thread sums columns in ascending order, in blocks of 128 that are added in order: 4 rows and tokens/16
// tokens each.
constexpr std::size_t fewLimit = 96 * 1024; // bytes of shared memory that every card has
constexpr int plainRows = 64, plainColumns = 32;

template<class Activation, int tokens>
__global__ void multiplyPlainly(DeviceWeight weight, const Activation* input, std::int64_t count, int groups,
                                Activation* output, float* wideOutput) {
    __shared__ float w[plainRows][plainColumns + 1], x[tokens][plainColumns + 1];
    const std::int64_t columns = weight.columns, rowsOfGroup = weight.rows / groups, group = blockIdx.z;
    const std::int64_t firstRow = std::int64_t{blockIdx.x} * plainRows,
                       firstToken = std::int64_t{blockIdx.y} * tokens;
    const int rowPart = threadIdx.x % 16, tokenPart = threadIdx.x / 16;
    constexpr int each = tokens / 16;
    float sum[4][each] = {}, total[4][each] = {};
    for (std::int64_t begin = 0; begin < columns; begin += plainColumns) {
        for (int i = threadIdx.x; i < plainRows * plainColumns; i += blockDim.x) {
            const std::int64_t row = firstRow + i / plainColumns, column = begin + i % plainColumns;
            w[i / plainColumns][i % plainColumns] = row < rowsOfGroup && column < columns
                                                        ? valueOf(weight, group * rowsOfGroup + row, column)
                                                        : 0.0f;
        }
        for (int i = threadIdx.x; i < tokens * plainColumns; i += blockDim.x) {
            const std::int64_t token = firstToken + i / plainColumns, column = begin + i % plainColumns;
            x[i / plainColumns][i % plainColumns] =
                token < count && column < columns ? load(input[(token * groups + group) * columns + column])
                                                  : 0.0f;
        }
        __syncthreads();
        for (int k = 0; k < plainColumns; ++k)
            for (int r = 0; r < 4; ++r)
                for (int t = 0; t < each; ++t)
                    sum[r][t] = fmaf(w[rowPart + 16 * r][k], x[tokenPart + 16 * t][k], sum[r][t]);
        __syncthreads();
        if ((begin + plainColumns) % 128 && begin + plainColumns < columns) continue;
        for (int r = 0; r < 4; ++r)
            for (int t = 0; t < each; ++t) {
                total[r][t] += sum[r][t];
                sum[r][t] = 0;
            }
    }
    for (int r = 0; r < 4; ++r)
        for (int t = 0; t < each; ++t) {
            const std::int64_t row = firstRow + rowPart + 16 * r, token = firstToken + tokenPart + 16 * t;
            if (row >= rowsOfGroup || token >= count) continue;
            const std::int64_t place = token * weight.rows + group * rowsOfGroup + row;
            if (wideOutput)
                wideOutput[place] = total[r][t];
            else
                store(output[place], total[r][t]);
        }
}

} // namespace

void CudaDevice::linear(const Matrix& matrix, const Tensor& input, const Tensor& output) {
    const LinearJob job{&matrix, output};
    linears(input, {&job, 1});
}

// Readers of one input share its quantised form and, as far as they fit, a launch.
void CudaDevice::linears(const Tensor& input, std::span<const LinearJob> jobs) {
    Scratch scratch(*m_arena);
    const std::int64_t count = input.shape[0];
    const void* quantised = nullptr; // whole rows of the input, rounded to fp8 and back
    std::int64_t quantisedColumns = 0;

    // The input with every group's columns padded to `padded`.
    auto prepared = [&](const CudaMatrix& matrix, bool quantise, std::int64_t padded) -> const void* {
        if (quantise && quantised && quantisedColumns == padded) return quantised;
        if (quantise && matrix.groups > 1 && matrix.columns % 128)
            throw DeviceError("A quantised matrix with groups of " + std::to_string(matrix.columns) +
                              " columns has no GPU kernel: choose the device \"simd\".");
        const std::int64_t rows = count * matrix.groups, items = rows * ((padded + 127) / 128);
        const void* result = nullptr;
        withActivation(bf16(), [&](auto kind) {
            using Activation = decltype(kind);
            auto* target = scratch.take<Activation>(rows * padded);
            launch(m_stream, prepareInput<Activation>, blocksFor(items, 8), 256, 0, input.as<Activation>(),
                   items, matrix.columns, padded, quantise, target);
            result = target;
        });
        if (quantise) quantised = result, quantisedColumns = padded;
        return result;
    };

    auto plain = [&](const LinearJob& job, const CudaMatrix& matrix) {
        const bool quantise = matrix.product == Product::Quantised && roundsActivations(mode());
        const bool wide = matrix.product == Product::Full;
        const void* x = quantise ? prepared(matrix, true, matrix.columns) : input.data;
        withActivation(bf16(), [&](auto kind) {
            using Activation = decltype(kind);
            auto start = [&](auto kernel, int tokens) {
                const dim3 grid(blocksFor(matrix.rows / matrix.groups, plainRows), blocksFor(count, tokens),
                                static_cast<unsigned>(matrix.groups));
                launch(m_stream, kernel, grid, 256, 0, matrix.weight, static_cast<const Activation*>(x),
                       count, matrix.groups, wide ? nullptr : job.output.as<Activation>(),
                       wide ? job.output.as<float>() : nullptr);
            };
            if (count <= 16)
                start(multiplyPlainly<Activation, 16>, 16);
            else
                start(multiplyPlainly<Activation, 64>, 64);
        });
    };

    LinearTasks tasks;
    const CudaMatrix* matrices[maxLinearTasks];
    auto flush = [&] {
        if (tasks.count == 0) return;
        // As many tokens at once as shared memory holds; the bits are the same.
        std::int64_t few = count <= mostOfFew ? count : 0;
        while (few > 0 && sharedBytesOfFew(tasks, few) > fewLimit) --few;
        for (std::int64_t first = 0; few > 0 && first < count; first += few) {
            LinearTasks part = tasks;
            for (int i = 0; i < part.count; ++i) {
                LinearTask& task = part.task[i];
                task.input += first * task.tokenStride;
                task.output =
                    static_cast<std::byte*>(task.output) + first * task.weight.rows * (task.wide ? 4 : 2);
            }
            multiplyFew(m_stream, part, std::min(few, count - first));
        }
        if (few == 0) {
            for (int i = 0; i < tasks.count; ++i) {
                LinearTask& task = tasks.task[i];
                const std::int64_t padded = task.windows() * windowColumns;
                if (!task.quantise && padded == task.weight.columns &&
                    reinterpret_cast<std::uintptr_t>(task.input) % 16 == 0)
                    continue;
                task.input = static_cast<const Bf16*>(prepared(*matrices[i], task.quantise, padded));
                task.groupStride = padded;
                task.tokenStride = padded * task.groups;
            }
            multiplyMany(m_stream, tasks, count);
        }
        tasks.count = 0;
    };

    for (const LinearJob& job : jobs) {
        const auto& matrix = static_cast<const CudaMatrix&>(*job.matrix);
        assert(input.shape.elements() == count * matrix.columns * matrix.groups);
        assert(job.output.shape.elements() == count * matrix.rows);
        if (!bf16() || matrix.weight.type == Type::F32) {
            plain(job, matrix);
            continue;
        }
        matrices[tasks.count] = &matrix;
        tasks.task[tasks.count++] = {matrix.weight,
                                     input.as<Bf16>(),
                                     matrix.columns * matrix.groups,
                                     matrix.columns,
                                     job.output.data,
                                     matrix.groups,
                                     matrix.product == Product::Quantised,
                                     matrix.product == Product::Full,
                                     0};
        if (tasks.count == maxLinearTasks) flush();
    }
    flush();
}

} // namespace kernels::cuda
