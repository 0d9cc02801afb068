// Compiled for AVX2, FMA and F16C; see CMakeLists.txt. Uses no inline function that another unit might share.
#define KERNELS_BOTH [[gnu::always_inline]] static inline
#include "kernels/formats.h"

#include "kernels/simd/loops.h"

#include <cstddef>

#if defined(__AVX2__) && defined(__FMA__) && defined(__F16C__)
#include "kernels/simd/lanes.h"
#include "kernels/simd/loops.inc"
namespace kernels::simd {
const Loops* avx2Loops() {
    static constinit Loops loops = table("avx2");
    return &loops;
}
} // namespace kernels::simd
#else
namespace kernels::simd {
const Loops* avx2Loops() { return nullptr; }
} // namespace kernels::simd
#endif
