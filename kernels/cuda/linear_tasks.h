// Products of tensor cores: what linear.cu hands to its two kernels. Both give the same bits: few() for up to
// eight tokens, where bytes of weights decide, many() in tiles of 128 rows by 128 tokens.
#pragma once

#include "kernels/cuda/lanes.h"
#include "kernels/cuda/weight.h"

namespace kernels::cuda {

struct LinearTask {
    DeviceWeight weight; // BF16, F8E4M3 or F4E2M1
    const Bf16* input;   // [T, groups, columns] with these strides in elements
    std::int64_t tokenStride, groupStride;
    void* output; // [T, rows]
    int groups;
    bool quantise; // round the input to fp8 per 128 columns while reading it; few() only
    bool wide;     // F32 output, else bf16
    unsigned firstBlock;

    __host__ __device__ std::int64_t rowsOfGroup() const { return weight.rows / groups; }
    __host__ __device__ std::int64_t windows() const { return (weight.columns + 63) / 64; }
};

constexpr int maxLinearTasks = 8;

struct LinearTasks { // readers of one input, by value to a kernel
    LinearTask task[maxLinearTasks];
    int count = 0;
};

// Shared memory few() needs for `tokens` of the widest task.
std::size_t sharedBytesOfFew(const LinearTasks& tasks, std::int64_t tokens);
constexpr std::int64_t mostOfFew = 8;
void multiplyFew(cudaStream_t stream, LinearTasks& tasks, std::int64_t tokens);
// Inputs are padded with zeros to whole windows of 64 columns, 16-byte aligned, and quantised already.
void multiplyMany(cudaStream_t stream, LinearTasks& tasks, std::int64_t tokens);

} // namespace kernels::cuda
