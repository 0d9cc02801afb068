// Inner loops of the reference: sums in double over eight fixed lanes, element i in lane i mod 8, lanes added
// in a fixed order. The order depends on the length alone, so the bits are the same on every machine and for
// every chunk. GCC and Clang vector types let the compiler use whatever registers the target has.
#pragma once

#include "kernels/formats.h"

#include <cstdint>
#include <cstring>

namespace kernels::reference {

constexpr std::int64_t laneCount = 8;
typedef double Lanes __attribute__((vector_size(laneCount * sizeof(double)), aligned(8), may_alias));

[[gnu::always_inline]] inline double sumOfLanes(const Lanes& s) {
    return ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
}

inline double dot(const double* a, const double* b, std::int64_t n) {
    Lanes sum = {};
    std::int64_t i = 0;
    for (; i + laneCount <= n; i += laneCount)
        sum += *reinterpret_cast<const Lanes*>(a + i) * *reinterpret_cast<const Lanes*>(b + i);
    for (; i < n; ++i) sum[i % laneCount] += a[i] * b[i];
    return sumOfLanes(sum);
}

// target += factor * v
inline void addScaled(double* target, const double* v, double factor, std::int64_t n) {
    std::int64_t i = 0;
    for (; i + laneCount <= n; i += laneCount)
        *reinterpret_cast<Lanes*>(target + i) += factor * *reinterpret_cast<const Lanes*>(v + i);
    for (; i < n; ++i) target[i] += factor * v[i];
}

inline void widen(const float* from, double* to, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) to[i] = from[i];
}

inline double sumOfSquares(const float* x, std::int64_t n) {
    Lanes sum = {};
    std::int64_t i = 0;
    for (; i + laneCount <= n; i += laneCount)
        for (std::int64_t l = 0; l < laneCount; ++l) sum[l] += double(x[i + l]) * double(x[i + l]);
    for (; i < n; ++i) sum[i % laneCount] += double(x[i]) * double(x[i]);
    return sumOfLanes(sum);
}

} // namespace kernels::reference
