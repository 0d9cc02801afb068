// Device code shared by the two regimes of experts: what lies between a matrix product and the next one.
#pragma once

#include "kernels/cuda/expert_tiles.h"

namespace kernels::cuda {

// Activations as sums of bf16: one part holds the model's rounded ones, three hold any float.
template<class Activation>
constexpr int partsOfActivation = 3;
template<>
inline constexpr int partsOfActivation<Bf16> = 1;

// Part `part` of a value.
__device__ inline std::uint16_t partOf(float value, int part) {
    for (int i = 0; i < part; ++i) value -= roundBf16(value);
    return encodeBf16(value);
}

// 128 values of one row that a warp holds, four a lane, as input of a quantised matrix: in Mode::Model
// rounded to fp8 with one scale. `values` past the row's end are zero.
template<class Activation>
__device__ inline void roundBlock(float (&values)[4]) {
    if constexpr (partsOfActivation<Activation> == 1) {
        float largest = 0;
        for (const float value : values) largest = fmaxf(largest, magnitude(value));
        const std::uint8_t code = scaleOfE4m3Block(warpMax(largest));
        const float scale = decodeE8m0(code), inverse = decodeE8m0(std::uint8_t(254 - code)); // NaN stays NaN
        for (float& value : values) value = decodeE4m3(encodeE4m3(value * inverse)) * scale;
    }
}

// SwiGLU of two outputs, clamped, times the routing weight (which goes in before w2, as the trained model has
// it).
template<class Activation>
__device__ inline float gatedValue(float gate, float up, float limit, float weight) {
    gate = rounded<Activation>(gate);
    up = rounded<Activation>(up);
    if (limit > 0) { // NaN passes both
        if (gate > limit) gate = limit;
        if (up > limit) up = limit;
        if (up < -limit) up = -limit;
    }
    return rounded<Activation>(gate * logistic(gate) * up * weight);
}

} // namespace kernels::cuda
