// Number formats of V4 checkpoints and caches, for host and device alike: bf16, f16, fp8 E4M3 (finite only,
// maximum 448, NaN 0x7f), fp4 E2M1, and E8M0 power-of-two scales. Encoding rounds to nearest, ties to even,
// and saturates; decoding is exact. Pure functions on values, any thread. Source: v4-architecture.md
// sections 6.5, 10.2 to 10.4.
#pragma once

#include <cstdint>

#if defined(KERNELS_BOTH) // a translation unit for special instructions asks for functions of its own
#elif defined(__CUDACC__)
#define KERNELS_BOTH __host__ __device__ inline
#else
#define KERNELS_BOTH inline
#endif

namespace kernels {

KERNELS_BOTH std::uint32_t bitsOf(float value) {
    return __builtin_bit_cast(std::uint32_t, value);
}
KERNELS_BOTH float floatOf(std::uint32_t bits) {
    return __builtin_bit_cast(float, bits);
}

// --- bf16: the upper half of an fp32 ---
KERNELS_BOTH float decodeBf16(std::uint16_t code) {
    return floatOf(std::uint32_t(code) << 16);
}

KERNELS_BOTH std::uint16_t encodeBf16(float value) {
    const std::uint32_t bits = bitsOf(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return std::uint16_t((bits >> 16) | 0x40u); // NaN stays NaN
    return std::uint16_t((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

KERNELS_BOTH float roundBf16(float value) {
    return decodeBf16(encodeBf16(value));
}

// --- f16 ---
KERNELS_BOTH float decodeF16(std::uint16_t code) {
    const std::uint32_t sign = std::uint32_t(code & 0x8000u) << 16;
    const std::uint32_t magnitude = code & 0x7fffu;
    if (magnitude >= 0x7c00u)
        return floatOf(sign | 0x7f800000u | (magnitude & 0x3ffu) << 13); // infinity, NaN
    if (magnitude < 0x400u) { // zero and subnormals: units of 2^-24
        const float value = float(magnitude) * 5.9604644775390625e-8f;
        return sign ? -value : value;
    }
    return floatOf(sign | ((magnitude << 13) + 0x38000000u));
}

KERNELS_BOTH std::uint16_t encodeF16(float value) {
    const std::uint32_t bits = bitsOf(value);
    const std::uint16_t sign = std::uint16_t((bits >> 16) & 0x8000u);
    const std::uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) return std::uint16_t(sign | 0x7e00u);
    if (magnitude >= 0x477ff000u) return std::uint16_t(sign | 0x7c00u); // 65520 and above round to infinity
    if (magnitude < 0x38800000u) // below 2^-14: adding 0.5 leaves units of 2^-24 in the low mantissa bits
        return std::uint16_t(sign | (bitsOf(floatOf(magnitude) + 0.5f) - bitsOf(0.5f)));
    return std::uint16_t(sign | ((magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1u)) >> 13));
}

// --- fp8 E4M3 ---
KERNELS_BOTH float decodeE4m3(std::uint8_t code) {
    const std::uint32_t sign = std::uint32_t(code & 0x80u) << 24;
    const std::uint32_t magnitude = code & 0x7fu;
    if (magnitude == 0x7fu) return floatOf(sign | 0x7fc00000u);
    if (magnitude < 8u) { // zero and subnormals: units of 2^-9
        const float value = float(magnitude) * 0.001953125f;
        return sign ? -value : value;
    }
    return floatOf(sign | ((magnitude << 20) + 0x3c000000u));
}

KERNELS_BOTH std::uint8_t encodeE4m3(float value) {
    const std::uint32_t bits = bitsOf(value);
    const std::uint8_t sign = std::uint8_t((bits >> 24) & 0x80u);
    const std::uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) return std::uint8_t(sign | 0x7fu);
    if (magnitude >= 0x43e00000u) return std::uint8_t(sign | 0x7eu); // 448 and above
    if (magnitude < 0x3c800000u) // below 2^-6: adding 2^14 leaves units of 2^-9 in the low mantissa bits
        return std::uint8_t(sign | (bitsOf(floatOf(magnitude) + 16384.0f) - bitsOf(16384.0f)));
    return std::uint8_t(sign | ((magnitude - 0x3c000000u + 0x7ffffu + ((magnitude >> 20) & 1u)) >> 20));
}

// --- fp4 E2M1, in the low four bits: magnitudes 0, .5, 1, 1.5, 2, 3, 4, 6 ---
KERNELS_BOTH float decodeE2m1(std::uint8_t code) {
    const std::uint32_t sign = std::uint32_t(code & 8u) << 28;
    const std::uint32_t magnitude = code & 7u;
    if (magnitude < 2u) return floatOf(sign | (magnitude ? 0x3f000000u : 0u));
    return floatOf(sign | ((magnitude << 22) + 0x3f000000u));
}

KERNELS_BOTH std::uint8_t encodeE2m1(float value) {
    const std::uint8_t sign = std::uint8_t((bitsOf(value) >> 28) & 8u);
    const float a = value < 0 ? -value : value;
    std::uint8_t code = 7;
    if (a <= 0.25f)
        code = 0;
    else if (a < 0.75f)
        code = 1;
    else if (a <= 1.25f)
        code = 2;
    else if (a < 1.75f)
        code = 3;
    else if (a <= 2.5f)
        code = 4;
    else if (a < 3.5f)
        code = 5;
    else if (a <= 5.0f)
        code = 6;
    return std::uint8_t(sign | code);
}

// --- E8M0: 2^(code - 127); 255 is NaN ---
KERNELS_BOTH float decodeE8m0(std::uint8_t code) {
    if (code == 255u) return floatOf(0x7fc00000u);
    return floatOf(code ? std::uint32_t(code) << 23 : 0x00400000u);
}

// The code of 2^ceil(log2 value) for a positive value, by bits: a logarithm errs by one at powers of two.
KERNELS_BOTH std::uint8_t encodeE8m0Ceil(float value) {
    const std::uint32_t bits = bitsOf(value);
    return std::uint8_t(((bits >> 23) & 255u) + ((bits & 0x7fffffu) != 0u));
}

// The largest magnitude of a block; infinity if a value is not finite, which makes the block's scale NaN, so
// that the check at the end of a chunk sees it.
KERNELS_BOTH float blockMagnitude(const float* values, int count) {
    std::uint32_t largest = 0; // the order of magnitudes is the order of their bits
    for (int i = 0; i < count; ++i) {
        const std::uint32_t bits = bitsOf(values[i]) & 0x7fffffffu;
        largest = bits > largest ? bits : largest;
    }
    return floatOf(largest < 0x7f800000u ? largest : 0x7f800000u);
}

// Scale codes of a block whose largest magnitude is `amax`.
KERNELS_BOTH std::uint8_t scaleOfE4m3Block(float amax) {
    return encodeE8m0Ceil((amax > 1e-4f ? amax : 1e-4f) * (1.0f / 448.0f));
}

KERNELS_BOTH std::uint8_t scaleOfE2m1Block(float amax) {
    const float floor = 7.052966104933725e-38f; // 6 * 2^-126
    return encodeE8m0Ceil((amax > floor ? amax : floor) / 6.0f);
}

} // namespace kernels
