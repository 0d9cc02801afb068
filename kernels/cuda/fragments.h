// Weights as operands of mma (tensor_core.h). Columns are walked in windows of 64: lane (g, t) holds the 16
// columns 16t .. 16t+15 of row g, and the window's j-th product takes columns 16t+4j .. 16t+4j+3 of every
// lane. Inputs are held the same way, so that the order of k is one and the same in every kernel. Windows of
// 512 columns (a slice) are summed in one accumulator, slices are added in ascending order in fp32: that
// order is all a result depends on, whatever the number of tokens.
#pragma once

#include "kernels/cuda/tensor_core.h"
#include "kernels/cuda/weight.h"

#include <type_traits>

namespace kernels::cuda {

constexpr int windowColumns = 64, windowsOfSlice = 8;

// One row's 16 columns of a lane as stored.
template<Type type>
struct Raw;
template<>
struct Raw<Type::BF16> {
    uint4 words[2];
};
template<>
struct Raw<Type::F8E4M3> {
    uint4 words[1];
};
template<>
struct Raw<Type::F4E2M1> {
    uint2 words[1];
};

// Bytes of a row's window.
template<Type type>
__host__ __device__ constexpr int windowBytes() {
    return type == Type::BF16 ? 128 : type == Type::F8E4M3 ? 64 : 32;
}

// From the lane's 16 columns in global or shared memory; aligned to their size.
template<Type type>
__device__ inline Raw<type> loadRaw(const std::byte* from) {
    Raw<type> raw;
    const auto* words = reinterpret_cast<const std::remove_reference_t<decltype(raw.words[0])>*>(from);
    raw.words[0] = words[0];
    if constexpr (type == Type::BF16) raw.words[1] = words[1];
    return raw;
}

// The factor that widens row `row` at `column`.
template<Type type>
__device__ inline std::uint32_t factorOf(const DeviceWeight& weight, std::int64_t row, std::int64_t column) {
    if constexpr (type == Type::F8E4M3)
        return e4m3Factor(weight.scales[row / 128 * weight.scaleStride() + column / 128]);
    if constexpr (type == Type::F4E2M1)
        return e2m1Factor(weight.scales[row * weight.scaleStride() + column / 32]);
    return 0;
}

// Eight bf16 pairs: the j-th product takes pairs 2j and 2j+1.
template<Type type>
__device__ inline void widen(const Raw<type>& raw, std::uint32_t factor, std::uint32_t (&pairs)[8]) {
    if constexpr (type == Type::BF16) {
#pragma unroll
        for (int i = 0; i < 2; ++i) {
            pairs[4 * i] = raw.words[i].x, pairs[4 * i + 1] = raw.words[i].y;
            pairs[4 * i + 2] = raw.words[i].z, pairs[4 * i + 3] = raw.words[i].w;
        }
    } else if constexpr (type == Type::F8E4M3) {
        widenE4m3(raw.words[0].x, factor, pairs[0], pairs[1]);
        widenE4m3(raw.words[0].y, factor, pairs[2], pairs[3]);
        widenE4m3(raw.words[0].z, factor, pairs[4], pairs[5]);
        widenE4m3(raw.words[0].w, factor, pairs[6], pairs[7]);
    } else {
        std::uint32_t four[4];
        widenE2m1(raw.words[0].x, factor, four);
        pairs[0] = four[0], pairs[1] = four[1], pairs[2] = four[2], pairs[3] = four[3];
        widenE2m1(raw.words[0].y, factor, four);
        pairs[4] = four[0], pairs[5] = four[1], pairs[6] = four[2], pairs[7] = four[3];
    }
}

// The window's products: weights of rows g and g+8 against the inputs of column g; the j-th of four, or all.
__device__ inline void multiplyPart(float (&sum)[4], const std::uint32_t (&upper)[8],
                                    const std::uint32_t (&lower)[8], const std::uint32_t (&input)[8], int j) {
    const std::uint32_t a[4] = {upper[2 * j], lower[2 * j], upper[2 * j + 1], lower[2 * j + 1]};
    const std::uint32_t b[2] = {input[2 * j], input[2 * j + 1]};
    mma(sum, a, b);
}
__device__ inline void multiplyWindow(float (&sum)[4], const std::uint32_t (&upper)[8],
                                      const std::uint32_t (&lower)[8], const std::uint32_t (&input)[8]) {
#pragma unroll
    for (int j = 0; j < 4; ++j) multiplyPart(sum, upper, lower, input, j);
}

// 16 bf16 of a lane, 16-byte aligned.
__device__ inline void loadInput(const Bf16* from, std::uint32_t (&pairs)[8]) {
    widen<Type::BF16>(loadRaw<Type::BF16>(reinterpret_cast<const std::byte*>(from)), 0, pairs);
}

// Four neighbouring values of each lane, together a block of 128, to fp8 and back.
__device__ inline void roundTripBlock(float (&values)[4]) {
    float largest = magnitude(values[0]);
#pragma unroll
    for (int i = 1; i < 4; ++i) largest = fmaxf(largest, magnitude(values[i]));
    const std::uint8_t code = scaleOfE4m3Block(warpMax(largest));
    const float scale = decodeE8m0(code),
                inverse = decodeE8m0(std::uint8_t(254 - code)); // 255, NaN, stays NaN
#pragma unroll
    for (int i = 0; i < 4; ++i) values[i] = decodeE4m3(encodeE4m3(values[i] * inverse)) * scale;
}

} // namespace kernels::cuda
