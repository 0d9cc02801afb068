// Tensor-core products, asynchronous copies and the exact widening of small floats to bf16, each with a host
// body for the emulation.
//
// mma m16n8k16, bf16 in, fp32 out. Lane l has g = l / 4 and t = l % 4:
//   a[0] row g,   columns 2t, 2t+1      b[0] rows 2t, 2t+1,   column g      c[0], c[1] row g,   columns 2t,
//   2t+1 a[1] row g+8, columns 2t, 2t+1      b[1] rows 2t+8, 2t+9, column g      c[2], c[3] row g+8, columns
//   2t, 2t+1 a[2] row g,   columns 2t+8, 2t+9 a[3] row g+8, columns 2t+8, 2t+9
// A sum over k may visit k in any order as long as A and B agree: our weight kernels let a lane hold 4
// neighbouring k where the layout says {2t, 2t+1, 2t+8, 2t+9}, so that it loads 16 bytes of a row at once.
#pragma once

#include "kernels/cuda/lanes.h"

namespace kernels::cuda {

#if defined(LECTERN_CUDA_EMULATION)
inline void mma(float (&c)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
    emulation::mma(c, a, b, decodeBf16);
}
#else
__device__ inline void mma(float (&c)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
                 "{%0,%1,%2,%3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
#endif

// Four 8x8 matrices of 16-bit values from shared memory: lane l gives the address of row l % 8 of matrix l /
// 8 (16 bytes, aligned) and receives in r[i] of matrix i row l / 4, columns 2 (l % 4) and the next;
// transposed: column l / 4, rows 2 (l % 4) and the next.
#if defined(LECTERN_CUDA_EMULATION)
inline void loadMatrices(std::uint32_t (&r)[4], const void* row) {
    emulation::loadMatrices(r, row, false);
}
inline void loadMatricesTransposed(std::uint32_t (&r)[4], const void* row) {
    emulation::loadMatrices(r, row, true);
}
inline void copyAsync16(void* shared, const void* global, bool there = true) {
    emulation::copyAsync(shared, there ? global : nullptr, 16);
}
inline void commitCopies() {
    emulation::commitCopies();
}
template<int pending>
inline void waitForCopies() {
    emulation::waitForCopies(pending);
}
#else
__device__ inline void loadMatrices(std::uint32_t (&r)[4], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(static_cast<std::uint32_t>(__cvta_generic_to_shared(row)))
                 : "memory");
}
__device__ inline void loadMatricesTransposed(std::uint32_t (&r)[4], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(static_cast<std::uint32_t>(__cvta_generic_to_shared(row)))
                 : "memory");
}
// 16 bytes from global to shared memory, both aligned to 16; zeros where `there` is false. Complete after a
// commit and a wait, visible to other threads after __syncthreads() behind that.
__device__ inline void copyAsync16(void* shared, const void* global, bool there = true) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(
                     static_cast<std::uint32_t>(__cvta_generic_to_shared(shared))),
                 "l"(global), "r"(there ? 16 : 0)
                 : "memory");
}
__device__ inline void commitCopies() {
    asm volatile("cp.async.commit_group;" ::: "memory");
}
// Waits until at most `pending` of this thread's committed groups are unfinished.
template<int pending>
__device__ inline void waitForCopies() {
    asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
}
#endif

// --- two bf16 times a bf16 factor of which both halves are `factor` (exact when it is a power of two) ---
__device__ inline std::uint32_t timesBf16(std::uint32_t pair, std::uint32_t factor) {
#if defined(__CUDA_ARCH__)
    std::uint32_t product;
    asm("fma.rn.bf16x2 %0, %1, %2, %3;" : "=r"(product) : "r"(pair), "r"(factor), "r"(0x80008000u));
    return product;
#else
    return packBf16(lowBf16(pair) * lowBf16(factor), highBf16(pair) * highBf16(factor));
#endif
}
// 2^exponent in both halves, -126 <= exponent <= 127.
__device__ inline std::uint32_t powerOfTwoPair(int exponent) {
    return std::uint32_t(exponent + 127) * 0x00800080u;
}

// Small floats become bf16 by moving their bits into its fields and multiplying the difference of the
// exponent biases away; the block's scale 2^(code - 127) rides in the same factor. Subnormals come out right
// because they become subnormals of bf16 first. NaN codes (e4m3 0x7f) are not treated: loading keeps them
// out.
constexpr int e4m3Bias = 120, e2m1Bias = 126; // 127 - 7, 127 - 1
// Largest E8M0 codes whose factor bf16 can hold.
constexpr int largestE4m3Scale = 134, largestE2m1Scale = 128;

__device__ inline std::uint32_t e4m3Factor(int scaleCode) {
    return powerOfTwoPair(e4m3Bias + scaleCode - 127);
}
__device__ inline std::uint32_t e2m1Factor(int scaleCode) {
    return powerOfTwoPair(e2m1Bias + scaleCode - 127);
}

// Four e4m3 bytes, lowest first, to two pairs.
__device__ inline void widenE4m3(std::uint32_t bytes, std::uint32_t factor, std::uint32_t& first,
                                 std::uint32_t& second) {
    const std::uint32_t even = __byte_perm(bytes, 0, 0x1404),
                        odd = __byte_perm(bytes, 0, 0x3424); // byte << 8
    first = timesBf16((even & 0x80008000u) | ((even & 0x7f007f00u) >> 4), factor);
    second = timesBf16((odd & 0x80008000u) | ((odd & 0x7f007f00u) >> 4), factor);
}

// Eight e2m1 nibbles, lowest first, to four pairs.
__device__ inline void widenE2m1(std::uint32_t nibbles, std::uint32_t factor, std::uint32_t (&pairs)[4]) {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
        const std::uint32_t both = nibbles >> (8 * i); // the low nibble first
        const std::uint32_t spread = (both & 0xfu) | ((both & 0xf0u) << 12);
        pairs[i] = timesBf16(((spread & 0x00080008u) << 12) | ((spread & 0x00070007u) << 6), factor);
    }
}

} // namespace kernels::cuda
