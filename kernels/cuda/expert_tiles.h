// Device code: reading a step of packed experts (expert_layout.h) and widening it, exactly, to bf16 fragments
// (tensor_core.h says how). A scale is stored as the exponent field of the factor that it becomes; packing
// made sure that there is one.
#pragma once

#include "kernels/cuda/expert_layout.h"
#include "kernels/cuda/tensor_core.h"

namespace kernels::cuda {

struct alignas(16) Words {
    std::uint32_t w[4];
};

// What is added to a scale byte s, 2^(s - 127), to give the exponent field of its factor.
constexpr int fp4ScaleOffset = e2m1Bias, fp8ScaleOffset = e4m3Bias;

__device__ inline std::uint32_t factorOf(std::uint32_t stored) {
    return stored * 0x00800080u; // into both halves
}

// One step of a pair as loaded, and its fragments: a[0..3] of product `q` of four, of tile 0 or 1.
template<ExpertFormat format>
struct Step;

template<>
struct Step<ExpertFormat::Fp4> {
    Words codes[2];
    std::uint32_t scales[2]; // of rows g and g + 8, for this lane's columns

    __device__ void load(const std::uint8_t* allCodes, const std::uint8_t* allScales, std::int64_t step,
                         int lane) {
        const std::uint8_t* from = allCodes + step * 1024 + lane * 16;
        const std::uint8_t* scale = allScales + step * 64 + (lane >> 2) * 4 + ((lane >> 1) & 1) * 2;
        for (int tile = 0; tile < 2; ++tile) {
            codes[tile] = *reinterpret_cast<const Words*>(from + tile * 512);
            scales[tile] = *reinterpret_cast<const std::uint16_t*>(scale + tile * 32);
        }
    }
    __device__ void fragment(int tile, int q, std::uint32_t (&a)[4]) const {
        const std::uint32_t w = codes[tile].w[q];
        const std::uint32_t low = factorOf(scales[tile] & 0xffu), high = factorOf(scales[tile] >> 8);
        // Nibbles i and i + 4 are the halves of a[i].
        a[0] = timesBf16((w << 12 & 0x80008000u) | (w << 6 & 0x01c001c0u), low);
        a[1] = timesBf16((w << 8 & 0x80008000u) | (w << 2 & 0x01c001c0u), high);
        a[2] = timesBf16((w << 4 & 0x80008000u) | (w >> 2 & 0x01c001c0u), low);
        a[3] = timesBf16((w & 0x80008000u) | (w >> 6 & 0x01c001c0u), high);
    }
};

template<>
struct Step<ExpertFormat::Fp8> {
    Words codes[2][2];
    std::uint32_t scales; // a byte a tile

    __device__ void load(const std::uint8_t* allCodes, const std::uint8_t* allScales, std::int64_t step,
                         int lane) {
        const std::uint8_t* from = allCodes + step * 2048 + lane * 16;
        for (int tile = 0; tile < 2; ++tile)
            for (int half = 0; half < 2; ++half)
                codes[tile][half] = *reinterpret_cast<const Words*>(from + tile * 1024 + half * 512);
        scales = *reinterpret_cast<const std::uint16_t*>(allScales + step * 2);
    }
    __device__ void fragment(int tile, int q, std::uint32_t (&a)[4]) const {
        const std::uint32_t factor = factorOf(scales >> 8 * tile & 0xffu);
        for (int i = 0; i < 2; ++i) { // bytes 0 and 2 are the halves of one register, 1 and 3 of the next
            const std::uint32_t w = codes[tile][q >> 1].w[(q & 1) * 2 + i];
            a[2 * i] = timesBf16((w << 8 & 0x80008000u) | (w << 4 & 0x07f007f0u), factor);
            a[2 * i + 1] = timesBf16((w & 0x80008000u) | (w >> 4 & 0x07f007f0u), factor);
        }
    }
};

template<>
struct Step<ExpertFormat::Wide> {
    Words codes[2][4];

    __device__ void load(const std::uint8_t* allCodes, const std::uint8_t*, std::int64_t step, int lane) {
        const std::uint8_t* from = allCodes + step * 4096 + lane * 16;
        for (int tile = 0; tile < 2; ++tile)
            for (int q = 0; q < 4; ++q)
                codes[tile][q] = *reinterpret_cast<const Words*>(from + tile * 2048 + q * 512);
    }
    __device__ void fragment(int tile, int q, std::uint32_t (&a)[4]) const {
        for (int i = 0; i < 4; ++i) a[i] = codes[tile][q].w[i];
    }
};

} // namespace kernels::cuda
