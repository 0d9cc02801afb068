// Products of warpgroups (sm_90a): four warps multiply 64 rows of A by 128 of B, e4m3 rows of 128 bytes in
// shared memory, both in the swizzle of bytePlace and at multiples of 1024 bytes. They run on while the warps
// do other things: the accumulators belong to the product until it is waited for. With host bodies for the
// emulation, which multiplies at once. Elsewhere LECTERN_WARPGROUPS is 0 and kernels that need them have no
// body.
//
// Accumulators: warp w of the four has rows 16 w + g and + 8 (g = lane / 4); c[4 j + 0, 1] are columns 8 j +
// 2 (lane % 4) and the next of row g, c[4 j + 2, 3] those of row g + 8.
#pragma once

#include "kernels/cuda/lanes.h"

#include <cstdint>

#if defined(LECTERN_CUDA_EMULATION) || defined(__CUDA_ARCH_FEAT_SM90_ALL)
#define LECTERN_WARPGROUPS 1
#else
#define LECTERN_WARPGROUPS 0
#endif

#if LECTERN_WARPGROUPS
namespace kernels::cuda {

// The first multiple of 1024 bytes in shared memory.
__device__ inline std::byte* alignShared1024(std::byte* shared) {
#if defined(LECTERN_CUDA_EMULATION)
    return shared + (1024 - reinterpret_cast<std::uintptr_t>(shared) % 1024) % 1024;
#else
    const auto address = static_cast<std::uint32_t>(__cvta_generic_to_shared(shared));
    return shared + (1024 - address % 1024) % 1024;
#endif
}

#if defined(LECTERN_CUDA_EMULATION)

inline void publishShared() {}
template<int pending>
inline void waitForProducts(float (&)[64]) {}

inline void multiplyE4m3(float (&c)[64], const std::byte* a, const std::byte* b) {
    const int lane = static_cast<int>(threadIdx.x % 32), warp = static_cast<int>(threadIdx.x / 32 % 4);
    auto code = [](const std::byte* tile, int row, int column) {
        return static_cast<std::uint8_t>(tile[row * 128 + ((column / 16) ^ (row & 7)) * 16 + column % 16]);
    };
    for (int i = 0; i < 64; ++i) {
        const int row = warp * 16 + lane / 4 + i % 4 / 2 * 8, column = i / 4 * 8 + 2 * (lane % 4) + i % 2;
        float sum = 0;
        for (int k = 0; k < 128; ++k) sum += decodeE4m3(code(a, row, k)) * decodeE4m3(code(b, column, k));
        c[i] = sum;
    }
}

#else

// What this thread stored becomes visible to products that start behind the next barrier.
__device__ inline void publishShared() {
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}
// Waits until at most `pending` groups are unfinished; `c` are the accumulators that are read next.
template<int pending>
__device__ inline void waitForProducts(float (&c)[64]) {
    asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(pending) : "memory");
#pragma unroll
    for (int i = 0; i < 64; ++i) asm volatile("" : "+f"(c[i])::"memory");
}

// Rows of 128 bytes, eight of them 1024 bytes, swizzle over 128 bytes.
__device__ inline std::uint64_t tileDescriptor(const std::byte* tile) {
    const auto address = static_cast<std::uint32_t>(__cvta_generic_to_shared(tile));
    return std::uint64_t{(address & 0x3ffffu) >> 4} | std::uint64_t{1} << 16 |
           std::uint64_t{1024 >> 4} << 32 | std::uint64_t{1} << 62;
}

__device__ inline void multiplyStep(float (&c)[64], std::uint64_t a, std::uint64_t b, int add) {
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %66, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n128k32.f32.e4m3.e4m3 {"
                 "%0, %1, %2, %3, %4, %5, %6, %7, "
                 "%8, %9, %10, %11, %12, %13, %14, %15, "
                 "%16, %17, %18, %19, %20, %21, %22, %23, "
                 "%24, %25, %26, %27, %28, %29, %30, %31, "
                 "%32, %33, %34, %35, %36, %37, %38, %39, "
                 "%40, %41, %42, %43, %44, %45, %46, %47, "
                 "%48, %49, %50, %51, %52, %53, %54, %55, "
                 "%56, %57, %58, %59, %60, %61, %62, %63}, %64, %65, p, 1, 1;\n"
                 "}\n"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3]), "+f"(c[4]), "+f"(c[5]), "+f"(c[6]),
                   "+f"(c[7]), "+f"(c[8]), "+f"(c[9]), "+f"(c[10]), "+f"(c[11]), "+f"(c[12]), "+f"(c[13]),
                   "+f"(c[14]), "+f"(c[15]), "+f"(c[16]), "+f"(c[17]), "+f"(c[18]), "+f"(c[19]), "+f"(c[20]),
                   "+f"(c[21]), "+f"(c[22]), "+f"(c[23]), "+f"(c[24]), "+f"(c[25]), "+f"(c[26]), "+f"(c[27]),
                   "+f"(c[28]), "+f"(c[29]), "+f"(c[30]), "+f"(c[31]), "+f"(c[32]), "+f"(c[33]), "+f"(c[34]),
                   "+f"(c[35]), "+f"(c[36]), "+f"(c[37]), "+f"(c[38]), "+f"(c[39]), "+f"(c[40]), "+f"(c[41]),
                   "+f"(c[42]), "+f"(c[43]), "+f"(c[44]), "+f"(c[45]), "+f"(c[46]), "+f"(c[47]), "+f"(c[48]),
                   "+f"(c[49]), "+f"(c[50]), "+f"(c[51]), "+f"(c[52]), "+f"(c[53]), "+f"(c[54]), "+f"(c[55]),
                   "+f"(c[56]), "+f"(c[57]), "+f"(c[58]), "+f"(c[59]), "+f"(c[60]), "+f"(c[61]), "+f"(c[62]),
                   "+f"(c[63])
                 : "l"(a), "l"(b), "r"(add));
}

// c = A (64 rows) times B (128 rows) transposed, 128 columns; a group of its own.
__device__ inline void multiplyE4m3(float (&c)[64], const std::byte* a, const std::byte* b) {
    const std::uint64_t first = tileDescriptor(a), second = tileDescriptor(b);
#pragma unroll
    for (int i = 0; i < 64; ++i) asm volatile("" : "+f"(c[i])::"memory");
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
#pragma unroll
    for (int k = 0; k < 4; ++k) multiplyStep(c, first + 2 * k, second + 2 * k, k); // 32 bytes a step
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}

#endif

} // namespace kernels::cuda
#endif
