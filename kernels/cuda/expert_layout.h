// How experts lie in GPU memory, for the kernels that pack them and those that multiply with them. An expert
// is two "pair matrices": gate and up (pair i = rows 16i.. of w1 and of w3, so that SwiGLU needs one block),
// and down (pair i = rows 32i.. and 32i+16.. of w2). A pair is cut into steps of 64 columns; a step holds,
// for each of its two tiles of 16 rows, the A fragments of four m16n8k16 products in the order in which a
// warp's lanes load them: 16 bytes a lane at a time, no shared memory between. Within a step, lane 4g + c
// owns rows g and g + 8 and columns 16c .. 16c + 15, so that the other operand is contiguous too. Codes keep
// the checkpoint's size:
//   Fp4   8 bytes a row and step half a byte a value; scales: one byte per 32 columns and row
//   Fp8   one byte a value; scales: one byte per tile and step (blocks of 128 x 128)
//   Wide  bf16, in one to three parts whose sum is the value (F32, F16, GGUF blocks, and codes or scales
//   outside the
//         range that the fast unpacking widens exactly)
// Rows and columns beyond the matrix are zero. Source: design notes kernels.md 4.3 and 4.10.
#pragma once

#include "kernels/cuda/runtime.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace kernels::cuda {

enum class ExpertFormat : std::uint8_t { Fp4, Fp8, Wide };

constexpr int tileRows = 16, stepColumns = 64, warpLanes = 32;

// Bytes of the codes of one tile and step, and of the scales of a pair and step.
__host__ __device__ constexpr int tileBytes(ExpertFormat format) {
    return format == ExpertFormat::Fp4 ? 512 : format == ExpertFormat::Fp8 ? 1024 : 2048;
}
__host__ __device__ constexpr int pairScaleBytes(ExpertFormat format) {
    return format == ExpertFormat::Fp4 ? 64 : format == ExpertFormat::Fp8 ? 2 : 0;
}

struct PairShape {
    int pairs = 0, steps = 0;          // steps of the input's columns
    int parts = 1;                     // of a Wide value; they follow one another as further steps
    std::size_t codes = 0, scales = 0; // where they begin in an expert's bytes

    __host__ __device__ constexpr std::size_t all() const {
        return std::size_t(pairs) * std::size_t(steps) * std::size_t(parts);
    }
};

// One layer's experts of one format.
struct ExpertShape {
    ExpertFormat format = ExpertFormat::Wide;
    int width = 0, inner = 0;
    PairShape gateUp, down;
    std::size_t bytes = 0; // of one expert, a multiple of 16

    static constexpr ExpertShape of(ExpertFormat format, int parts, std::int64_t width, std::int64_t inner) {
        auto up = [](std::int64_t value, int unit) { return int((value + unit - 1) / unit); };
        ExpertShape s{format, int(width), int(inner), {}, {}, 0};
        s.gateUp = {up(inner, tileRows), up(width, stepColumns), parts};
        s.down = {up(width, 2 * tileRows), up(inner, stepColumns), parts};
        std::size_t end = 0;
        for (PairShape* pair : {&s.gateUp, &s.down}) {
            pair->codes = end;
            end += pair->all() * 2 * std::size_t(tileBytes(format));
            pair->scales = end;
            end += (pair->all() * std::size_t(pairScaleBytes(format)) + 15) / 16 * 16;
        }
        s.bytes = end;
        return s;
    }
};

} // namespace kernels::cuda
