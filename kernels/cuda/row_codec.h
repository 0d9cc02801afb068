// Cache rows on the device: single values of any layout of kernels/rows.h, and whole rows written by a block.
#pragma once

#include "kernels/cuda/lanes.h"
#include "kernels/rows.h"

#include <cstdint>

namespace kernels::cuda {

// What a kernel needs of Rows or Ring.
struct RowView {
    std::byte* data = nullptr;
    std::byte* scales = nullptr;
    RowType type = RowType::Plain;
    int dims = 0, rotary = 0;
    int dataBytes = 0, scaleBytes = 0;
    std::int64_t capacity = 0;

    RowView() = default;
    explicit RowView(const Rows& rows)
        : data(rows.data), scales(rows.scales), type(rows.layout.type), dims(rows.layout.dims),
          rotary(rows.layout.rotary), dataBytes(static_cast<int>(rows.layout.dataBytes())),
          scaleBytes(static_cast<int>(rows.layout.scaleBytes())), capacity(rows.capacity) {}

    __device__ std::byte* row(std::int64_t i) const { return data + i * dataBytes; }
    __device__ std::uint8_t* scale(std::int64_t i) const {
        return reinterpret_cast<std::uint8_t*>(scales + i * scaleBytes);
    }
};

__device__ inline float rowValue(const RowView& view, std::int64_t row, int dim) {
    const std::byte* data = view.row(row);
    const auto* codes = reinterpret_cast<const std::uint8_t*>(data);
    switch (view.type) {
    case RowType::Latent: {
        const int plain = view.dims - view.rotary;
        if (dim < plain) return decodeE4m3(codes[dim]) * decodeE8m0(view.scale(row)[dim / 64]);
        return decodeBf16(reinterpret_cast<const std::uint16_t*>(data + plain)[dim - plain]);
    }
    case RowType::Index:
        return decodeE2m1(codes[dim / 2] >> (dim % 2 * 4) & 15) * decodeE8m0(view.scale(row)[dim / 32]);
    default:
        return reinterpret_cast<const float*>(data)[dim];
    }
}

// The largest magnitude of values[0 .. count), count <= 64; every lane of the calling warp gets it.
__device__ inline float warpMagnitude(const float* values, int count) {
    const int lane = static_cast<int>(threadIdx.x % 32);
    float largest = 0;
    for (int i = lane; i < count; i += 32) largest = fmaxf(largest, magnitude(values[i]));
    return warpMax(largest);
}

// The block's warps round blocks of 64 fp8 (32 fp4) with a power-of-two scale, in place. A block that holds a
// value that is not finite becomes NaN. Barriers are the caller's.
__device__ inline void roundTripE4m3Row(float* values, int count) {
    const int lane = static_cast<int>(threadIdx.x % 32), warp = static_cast<int>(threadIdx.x / 32);
    for (int begin = warp * 64; begin < count; begin += static_cast<int>(blockDim.x / 32) * 64) {
        const int size = min(64, count - begin);
        const float scale = decodeE8m0(scaleOfE4m3Block(warpMagnitude(values + begin, size)));
        for (int i = lane; i < size; i += 32) values[begin + i] = roundTripE4m3(values[begin + i], scale);
    }
}
__device__ inline void roundTripE2m1Row(float* values, int count) {
    const int lane = static_cast<int>(threadIdx.x % 32), warp = static_cast<int>(threadIdx.x / 32);
    for (int begin = warp * 32; begin < count; begin += static_cast<int>(blockDim.x / 32) * 32) {
        const int size = min(32, count - begin);
        const float scale = decodeE8m0(scaleOfE2m1Block(warpMagnitude(values + begin, size)));
        if (lane < size) values[begin + lane] = roundTripE2m1(values[begin + lane], scale);
    }
}

// The block stores one row from shared memory. Barriers are the caller's.
__device__ inline void encodeRow(const RowView& view, std::int64_t row, const float* values) {
    const int thread = static_cast<int>(threadIdx.x), threads = static_cast<int>(blockDim.x);
    const int lane = thread % 32, warp = thread / 32, warps = threads / 32;
    std::byte* data = view.row(row);
    auto* codes = reinterpret_cast<std::uint8_t*>(data);
    switch (view.type) {
    case RowType::Plain:
        for (int i = thread; i < view.dims; i += threads) reinterpret_cast<float*>(data)[i] = values[i];
        return;
    case RowType::Latent: {
        const int plain = view.dims - view.rotary;
        for (int begin = warp * 64; begin < plain; begin += warps * 64) {
            const int size = min(64, plain - begin);
            const std::uint8_t code = scaleOfE4m3Block(warpMagnitude(values + begin, size));
            const float scale = decodeE8m0(code);
            if (lane == 0) view.scale(row)[begin / 64] = code;
            for (int i = lane; i < size; i += 32) codes[begin + i] = encodeE4m3(values[begin + i] / scale);
        }
        for (int i = thread; i < view.rotary; i += threads)
            reinterpret_cast<std::uint16_t*>(data + plain)[i] = encodeBf16(values[plain + i]);
        return;
    }
    case RowType::Index:
        for (int begin = warp * 32; begin < view.dims; begin += warps * 32) {
            const int size = min(32, view.dims - begin);
            const std::uint8_t code = scaleOfE2m1Block(warpMagnitude(values + begin, size));
            const float scale = decodeE8m0(code);
            if (lane == 0) view.scale(row)[begin / 32] = code;
            if (2 * lane < size) {
                const float first = values[begin + 2 * lane],
                            second = 2 * lane + 1 < size ? values[begin + 2 * lane + 1] : 0;
                codes[begin / 2 + lane] =
                    static_cast<std::uint8_t>(encodeE2m1(first / scale) | encodeE2m1(second / scale) << 4);
            }
        }
        return;
    }
}

} // namespace kernels::cuda
