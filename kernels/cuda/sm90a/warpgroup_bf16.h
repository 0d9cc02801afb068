// bf16 products of warpgroups for attention with heads of 512 (see warpgroup.h). Tiles of 64 rows lie as
// eight panels of 64 columns: rows of 128 bytes, swizzled, 8192 bytes a panel. The panels of a tile of keys
// serve twice: by rows as keys, by columns as values.
#pragma once

#include "kernels/cuda/sm90a/warpgroup.h"

#if LECTERN_WARPGROUPS
namespace kernels::cuda {

constexpr int panelBytes = 64 * 128;

// Bytes from the start of a tile to eight columns of a row.
__device__ inline int panelPlace(int row, int piece) {
    return piece / 8 * panelBytes + row * 128 + ((piece % 8) ^ (row & 7)) * 16;
}

#if defined(LECTERN_CUDA_EMULATION)

inline float panelValue(const std::byte* tile, int row, int column) {
    std::uint16_t code;
    std::memcpy(&code, tile + panelPlace(row, column / 8) + column % 8 * 2, 2);
    return decodeBf16(code);
}
template<int count>
inline void holdProducts(float (&)[count]) {}
template<int pending, int count>
inline void waitForBf16(float (&)[count]) {}

inline void multiplyScores(float (&c)[16], const std::byte* queries, const std::byte* keys, int firstKey) {
    const int lane = static_cast<int>(threadIdx.x % 32), warp = static_cast<int>(threadIdx.x / 32 % 4);
    for (int i = 0; i < 16; ++i) {
        const int row = warp * 16 + lane / 4 + i % 4 / 2 * 8,
                  key = firstKey + i / 4 * 8 + 2 * (lane % 4) + i % 2;
        float sum = 0;
        for (int k = 0; k < 512; ++k) sum += panelValue(queries, row, k) * panelValue(keys, key, k);
        c[i] = sum;
    }
}
inline void multiplyValues(float (&c)[128], const std::byte* weights, const std::byte* values,
                           int firstColumn) {
    const int lane = static_cast<int>(threadIdx.x % 32), warp = static_cast<int>(threadIdx.x / 32 % 4);
    for (int i = 0; i < 128; ++i) {
        const int row = warp * 16 + lane / 4 + i % 4 / 2 * 8,
                  column = firstColumn + i / 4 * 8 + 2 * (lane % 4) + i % 2;
        for (int k = 0; k < 64; ++k) c[i] += panelValue(weights, row, k) * panelValue(values, k, column);
    }
}

#else

template<int count>
__device__ inline void holdProducts(float (&c)[count]) {
#pragma unroll
    for (int i = 0; i < count; ++i) asm volatile("" : "+f"(c[i])::"memory");
}
template<int pending, int count>
__device__ inline void waitForBf16(float (&c)[count]) {
    asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(pending) : "memory");
    holdProducts(c);
}

__device__ inline void scoreStep(float (&c)[16], std::uint64_t a, std::uint64_t b, int add) {
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %18, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n32k16.f32.bf16.bf16 {"
                 "%0, %1, %2, %3, %4, %5, %6, %7, "
                 "%8, %9, %10, %11, %12, %13, %14, %15}, %16, %17, p, 1, 1, 0, 0;\n"
                 "}\n"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3]), "+f"(c[4]), "+f"(c[5]), "+f"(c[6]),
                   "+f"(c[7]), "+f"(c[8]), "+f"(c[9]), "+f"(c[10]), "+f"(c[11]), "+f"(c[12]), "+f"(c[13]),
                   "+f"(c[14]), "+f"(c[15])
                 : "l"(a), "l"(b), "r"(add));
}

// B by columns: 64 of them are a panel, eight rows 1024 bytes.
__device__ inline void valueStep(float (&c)[128], std::uint64_t a, std::uint64_t b, int add) {
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %130, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16 {"
                 "%0, %1, %2, %3, %4, %5, %6, %7, "
                 "%8, %9, %10, %11, %12, %13, %14, %15, "
                 "%16, %17, %18, %19, %20, %21, %22, %23, "
                 "%24, %25, %26, %27, %28, %29, %30, %31, "
                 "%32, %33, %34, %35, %36, %37, %38, %39, "
                 "%40, %41, %42, %43, %44, %45, %46, %47, "
                 "%48, %49, %50, %51, %52, %53, %54, %55, "
                 "%56, %57, %58, %59, %60, %61, %62, %63, "
                 "%64, %65, %66, %67, %68, %69, %70, %71, "
                 "%72, %73, %74, %75, %76, %77, %78, %79, "
                 "%80, %81, %82, %83, %84, %85, %86, %87, "
                 "%88, %89, %90, %91, %92, %93, %94, %95, "
                 "%96, %97, %98, %99, %100, %101, %102, %103, "
                 "%104, %105, %106, %107, %108, %109, %110, %111, "
                 "%112, %113, %114, %115, %116, %117, %118, %119, "
                 "%120, %121, %122, %123, %124, %125, %126, %127}, %128, %129, p, 1, 1, 0, 1;\n"
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
                   "+f"(c[63]), "+f"(c[64]), "+f"(c[65]), "+f"(c[66]), "+f"(c[67]), "+f"(c[68]), "+f"(c[69]),
                   "+f"(c[70]), "+f"(c[71]), "+f"(c[72]), "+f"(c[73]), "+f"(c[74]), "+f"(c[75]), "+f"(c[76]),
                   "+f"(c[77]), "+f"(c[78]), "+f"(c[79]), "+f"(c[80]), "+f"(c[81]), "+f"(c[82]), "+f"(c[83]),
                   "+f"(c[84]), "+f"(c[85]), "+f"(c[86]), "+f"(c[87]), "+f"(c[88]), "+f"(c[89]), "+f"(c[90]),
                   "+f"(c[91]), "+f"(c[92]), "+f"(c[93]), "+f"(c[94]), "+f"(c[95]), "+f"(c[96]), "+f"(c[97]),
                   "+f"(c[98]), "+f"(c[99]), "+f"(c[100]), "+f"(c[101]), "+f"(c[102]), "+f"(c[103]),
                   "+f"(c[104]), "+f"(c[105]), "+f"(c[106]), "+f"(c[107]), "+f"(c[108]), "+f"(c[109]),
                   "+f"(c[110]), "+f"(c[111]), "+f"(c[112]), "+f"(c[113]), "+f"(c[114]), "+f"(c[115]),
                   "+f"(c[116]), "+f"(c[117]), "+f"(c[118]), "+f"(c[119]), "+f"(c[120]), "+f"(c[121]),
                   "+f"(c[122]), "+f"(c[123]), "+f"(c[124]), "+f"(c[125]), "+f"(c[126]), "+f"(c[127])
                 : "l"(a), "l"(b), "r"(add));
}

// Scores of 64 rows and the 32 keys from `firstKey` on, over 512 columns; a group of its own.
__device__ inline void multiplyScores(float (&c)[16], const std::byte* queries, const std::byte* keys,
                                      int firstKey) {
    const std::uint64_t a = tileDescriptor(queries), b = tileDescriptor(keys + firstKey * 128);
    holdProducts(c);
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
#pragma unroll
    for (int step = 0; step < 32; ++step) {
        const std::uint64_t move = (step / 4 * panelBytes + step % 4 * 32) >> 4;
        scoreStep(c, a + move, b + move, step);
    }
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}
// Adds the weighted sum of 64 rows of values, 256 columns from `firstColumn` on; a group of its own.
__device__ inline void multiplyValues(float (&c)[128], const std::byte* weights, const std::byte* values,
                                      int firstColumn) {
    const std::uint64_t a = tileDescriptor(weights);
    const std::uint64_t panels = std::uint64_t{panelBytes >> 4} << 16; // from 64 columns to the next
    const std::uint64_t b =
        (tileDescriptor(values + firstColumn / 64 * panelBytes) & ~(std::uint64_t{0x3fff} << 16)) | panels;
    holdProducts(c);
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
#pragma unroll
    for (int step = 0; step < 4; ++step) valueStep(c, a + 2 * step, b + (step * 16 * 128 >> 4), 1);
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}

#endif

} // namespace kernels::cuda
#endif
