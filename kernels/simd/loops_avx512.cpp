// Compiled for AVX-512 (F, DQ, BW, VL); see CMakeLists.txt. Uses no inline function that another unit might share.
#define KERNELS_BOTH [[gnu::always_inline]] static inline
#include "kernels/formats.h"

#include "kernels/simd/loops.h"

#include <cstddef>

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512BW__) && defined(__AVX512VL__)
#include "kernels/simd/lanes.h"
#include "kernels/simd/loops.inc"
namespace kernels::simd {
const Loops* avx512Loops() {
    static constinit Loops loops = table("avx512");
    return &loops;
}
} // namespace kernels::simd
#else
namespace kernels::simd {
const Loops* avx512Loops() { return nullptr; }
} // namespace kernels::simd
#endif
