// Compiled for AVX-512 (F, DQ, BW, VL) with VNNI and VBMI; see CMakeLists.txt. Uses no inline function that another unit might share.
#define KERNELS_BOTH [[gnu::always_inline]] static inline
#include "kernels/formats.h"

#include "kernels/simd/loops.h"

#include <cstddef>

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512VNNI__) && defined(__AVX512VBMI__)
#include "kernels/simd/lanes.h"
#include "kernels/simd/loops.inc"
namespace kernels::simd {
const Loops* vnniLoops() {
    static constinit Loops loops = table("avx512vnni");
    return &loops;
}
} // namespace kernels::simd
#else
namespace kernels::simd {
const Loops* vnniLoops() { return nullptr; }
} // namespace kernels::simd
#endif
