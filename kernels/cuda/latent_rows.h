// Compact latent rows widened to bf16 on the device, exactly: eight neighbouring values at a time. Sizes are
// multiples of 16, so a piece never spans the border between fp8 and bf16 values or that of two scales.
#pragma once

#include "kernels/cuda/row_codec.h"
#include "kernels/cuda/tensor_core.h"

#include <cstdint>

namespace kernels::cuda {

// Eight fp8 values under a scale code.
__device__ inline uint4 widenCodes(uint2 codes, int code) {
    uint4 out;
    if (code <= largestE4m3Scale) {
        const std::uint32_t factor = e4m3Factor(code);
        widenE4m3(codes.x, factor, out.x, out.y);
        widenE4m3(codes.y, factor, out.z, out.w);
        return out;
    }
    const float scale = decodeE8m0(static_cast<std::uint8_t>(code)); // huge, or NaN
    auto pair = [&](std::uint32_t both) {
        return packBf16(decodeE4m3(both & 255) * scale, decodeE4m3(both >> 8 & 255) * scale);
    };
    out.x = pair(codes.x);
    out.y = pair(codes.x >> 16);
    out.z = pair(codes.y);
    out.w = pair(codes.y >> 16);
    return out;
}

// Values 8 * piece .. 8 * piece + 7 of row `row`.
__device__ inline uint4 widenLatent(const RowView& view, std::int64_t row, int piece) {
    const int plain = view.dims - view.rotary, begin = 8 * piece;
    const std::byte* data = view.row(row);
    if (begin >= plain) return *reinterpret_cast<const uint4*>(data + plain + 2 * (begin - plain));
    return widenCodes(*reinterpret_cast<const uint2*>(data + begin), view.scale(row)[begin / 64]);
}

// Eight fp32 values of a chunk's own latent, which bf16 holds.
__device__ inline uint4 narrowLatent(const float* values) {
    return make_uint4(packBf16(values[0], values[1]), packBf16(values[2], values[3]),
                      packBf16(values[4], values[5]), packBf16(values[6], values[7]));
}

// Whether rows of this layout can be read so.
inline bool widensByPieces(const RowLayout& layout) {
    return layout.type == RowType::Latent && (layout.dims - layout.rotary) % 16 == 0 &&
           layout.rotary % 8 == 0;
}

} // namespace kernels::cuda
