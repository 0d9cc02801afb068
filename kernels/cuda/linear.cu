// Matrix products.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/lanes.h"

namespace kernels::cuda {

void CudaDevice::linear(const Matrix&, const Tensor&, const Tensor&) {
    missing("linear");
}
void CudaDevice::linears(const Tensor&, std::span<const LinearJob>) {
    missing("linears");
}

} // namespace kernels::cuda
