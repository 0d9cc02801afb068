// Device-side helpers: activations of either type, reductions in a fixed order, roundings. Reductions add
// lanes by halving distances, so their order depends on the block's size alone; every lane gets the result.
#pragma once

#include "kernels/cuda/runtime.h"
#include "kernels/formats.h"

#include <cstdint>

namespace kernels::cuda {

// An activation in Mode::Model; other modes use float. Storing rounds, loading is exact.
struct Bf16 {
    std::uint16_t bits;
};

__device__ inline float load(const Bf16& x) {
    return decodeBf16(x.bits);
}
__device__ inline float load(const float& x) {
    return x;
}
__device__ inline void store(Bf16& target, float value) {
    target.bits = encodeBf16(value);
}
__device__ inline void store(float& target, float value) {
    target = value;
}
// The value a store would leave.
template<class Activation>
__device__ inline float rounded(float value) {
    Activation kept;
    store(kept, value);
    return load(kept);
}

// Two bf16 as one register, the first in the low half.
__device__ inline std::uint32_t packBf16(float first, float second) {
#if defined(__CUDA_ARCH__)
    std::uint32_t both;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(second), "f"(first));
    return both;
#else
    return std::uint32_t(encodeBf16(first)) | std::uint32_t(encodeBf16(second)) << 16;
#endif
}
__device__ inline float lowBf16(std::uint32_t pair) {
    return floatOf(pair << 16);
}
__device__ inline float highBf16(std::uint32_t pair) {
    return floatOf(pair & 0xffff0000u);
}

// e4m3 and back, `scale` a power of two.
__device__ inline float roundTripE4m3(float value, float scale) {
    return decodeE4m3(encodeE4m3(value / scale)) * scale;
}
__device__ inline float roundTripE2m1(float value, float scale) {
    return decodeE2m1(encodeE2m1(value / scale)) * scale;
}

// The magnitude of one value as formats.h's blockMagnitude orders them: NaN counts as infinity.
__device__ inline float magnitude(float value) {
    const std::uint32_t bits = bitsOf(value) & 0x7fffffffu;
    return floatOf(bits < 0x7f800000u ? bits : 0x7f800000u);
}

constexpr unsigned everyLane = 0xffffffffu;

// Over groups of `width` neighbouring lanes (a power of two); all lanes of the warp take part.
template<int width = 32>
__device__ inline float warpSum(float value) {
    for (int distance = width / 2; distance > 0; distance /= 2)
        value += __shfl_xor_sync(everyLane, value, distance);
    return value;
}
template<int width = 32>
__device__ inline double warpSum(double value) {
    for (int distance = width / 2; distance > 0; distance /= 2)
        value += __shfl_xor_sync(everyLane, value, distance);
    return value;
}
template<int width = 32>
__device__ inline float warpMax(float value) { // of values that are no NaN
    for (int distance = width / 2; distance > 0; distance /= 2)
        value = fmaxf(value, __shfl_xor_sync(everyLane, value, distance));
    return value;
}

// Over a block of whole warps (one dimension). `scratch` holds 33 values in shared memory and may be used
// again right after the call.
template<class Number>
__device__ inline Number blockSum(Number value, Number* scratch) {
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
    value = warpSum(value);
    if (lane == 0) scratch[warp] = value;
    __syncthreads();
    if (threadIdx.x == 0) {
        Number sum = scratch[0];
        for (unsigned i = 1; i < warps; ++i) sum += scratch[i];
        scratch[32] = sum;
    }
    __syncthreads();
    value = scratch[32];
    __syncthreads();
    return value;
}
__device__ inline float blockMax(float value, float* scratch) {
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
    value = warpMax(value);
    if (lane == 0) scratch[warp] = value;
    __syncthreads();
    value = scratch[0];
    for (unsigned i = 1; i < warps; ++i) value = fmaxf(value, scratch[i]);
    __syncthreads();
    return value;
}

// logistic, as the model has it; expf is CUDA's accurate one (no fast math anywhere).
__device__ inline float logistic(float x) {
    return 1.0f / (1.0f + expf(-x));
}

// Calls work(Bf16{}) or work(float{}): the host's choice of a kernel's activation type.
template<class Work>
void withActivation(bool bf16, Work&& work) {
    if (bf16)
        work(Bf16{});
    else
        work(float{});
}

} // namespace kernels::cuda
