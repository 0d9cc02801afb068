// Routing and experts.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/lanes.h"

namespace kernels::cuda {

std::unique_ptr<Experts> CudaDevice::prepareExperts(std::span<const ExpertSource>, const ExpertSource&) {
    missing("prepareExperts");
    return {};
}
void CudaDevice::route(const RouteJob&) {
    missing("route");
}
void CudaDevice::moe(const Experts&, const Tensor&, const Tensor&, const Tensor&, float, const Tensor&) {
    missing("moe");
}

} // namespace kernels::cuda
