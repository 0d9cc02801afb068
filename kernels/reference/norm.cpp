// Root mean square normalisation (v4-architecture.md 2.3): one rounding, after the weight.
#include "kernels/reference/arithmetic.h"
#include "kernels/reference/reference_device.h"

#include <cmath>

namespace kernels::reference {

void ReferenceDevice::norm(const Tensor& input, const Tensor& weight, float epsilon, const Tensor& output) {
    const std::int64_t width = weight.shape.elements(), count = input.shape.elements() / width;
    const float* w = weight.f32();
    for (std::int64_t t = 0; t < count; ++t) {
        const float* x = input.f32() + t * width;
        float* y = output.f32() + t * width;
        const double factor = 1.0 / std::sqrt(sumOfSquares(x, width) / double(width) + double(epsilon));
        for (std::int64_t i = 0; i < width; ++i) y[i] = rounded(double(x[i]) * factor * double(w[i]));
    }
}

} // namespace kernels::reference
