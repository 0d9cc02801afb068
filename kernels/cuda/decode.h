// Single values of a weight as fp32, for kernels without tensor cores: exact for every code.
#pragma once

#include "kernels/cuda/lanes.h"
#include "kernels/cuda/weight.h"

namespace kernels::cuda {

__device__ inline float valueOf(const DeviceWeight& weight, std::int64_t row, std::int64_t column) {
    const std::byte* from = weight.values + row * weight.rowBytes();
    switch (weight.type) {
    case Type::BF16:
        return decodeBf16(reinterpret_cast<const std::uint16_t*>(from)[column]);
    case Type::F8E4M3:
        return decodeE4m3(reinterpret_cast<const std::uint8_t*>(from)[column]) *
               decodeE8m0(weight.scales[row / 128 * weight.scaleStride() + column / 128]);
    case Type::F4E2M1:
        return decodeE2m1(reinterpret_cast<const std::uint8_t*>(from)[column / 2] >> (column % 2 * 4) & 15u) *
               decodeE8m0(weight.scales[row * weight.scaleStride() + column / 32]);
    default:
        return reinterpret_cast<const float*>(from)[column];
    }
}

} // namespace kernels::cuda
