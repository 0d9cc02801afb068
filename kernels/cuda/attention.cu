// Attention, latents and their ring.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/lanes.h"

namespace kernels::cuda {

void CudaDevice::latents(const Tensor&, const Tensor&, float, const Rope&, std::int64_t, const Tensor&) {
    missing("latents");
}
void CudaDevice::attention(const AttentionJob&) {
    missing("attention");
}
void CudaDevice::storeLatents(const Tensor&, std::int64_t, const Ring&) {
    missing("storeLatents");
}

} // namespace kernels::cuda
