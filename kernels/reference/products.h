// The two inner loops that take most of the reference's time: many dot products with one vector, and a
// weighted sum of rows. Sums run over eight fixed lanes of double, element i in lane i mod 8, lanes added in
// a fixed order, so the bits are the same for every instruction set; the widest one of the machine is chosen
// at run time.
#pragma once

#include <cstdint>
#include <span>

namespace kernels::reference {

// out[i] = Σ a[k] * rows[i][k] over n elements.
void dots(const double* a, std::span<const double* const> rows, std::int64_t n, double* out);

// out[k] = Σ_i weights[i] * rows[i][k], rows in ascending order.
void weightedSum(std::span<const double* const> rows, const double* weights, std::int64_t n, double* out);

} // namespace kernels::reference
