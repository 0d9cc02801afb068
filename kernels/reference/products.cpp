#include "kernels/reference/products.h"

#include "kernels/reference/arithmetic.h"

#include <cstddef>

namespace kernels::reference {

namespace {

#define TARGET
#define LEAVE
#define NAME(f) f##Plain
#include "kernels/reference/products.inc"
#undef TARGET
#undef LEAVE
#undef NAME

#if defined(__x86_64__)
// Compilers clear the upper halves of the registers only when optimising; code behind us would crawl
// otherwise.
#define LEAVE __builtin_ia32_vzeroupper();
#define TARGET __attribute__((target("avx2")))
#define NAME(f) f##Avx2
#include "kernels/reference/products.inc"
#undef TARGET
#undef NAME
#define TARGET __attribute__((target("avx512f")))
#define NAME(f) f##Avx512
#include "kernels/reference/products.inc"
#undef TARGET
#undef LEAVE
#undef NAME
#endif

struct Loops {
    decltype(&dotsPlain) dots = dotsPlain;
    decltype(&weightedSumPlain) weightedSum = weightedSumPlain;
    Loops() {
#if defined(__x86_64__)
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx2")) dots = dotsAvx2, weightedSum = weightedSumAvx2;
        if (__builtin_cpu_supports("avx512f")) dots = dotsAvx512, weightedSum = weightedSumAvx512;
#endif
    }
};

const Loops& loops() {
    static const Loops chosen;
    return chosen;
}

} // namespace

void dots(const double* a, std::span<const double* const> rows, std::int64_t n, double* out) {
    loops().dots(a, rows.data(), rows.size(), n, out);
}

void weightedSum(std::span<const double* const> rows, const double* weights, std::int64_t n, double* out) {
    loops().weightedSum(rows.data(), weights, rows.size(), n, out);
}

} // namespace kernels::reference
