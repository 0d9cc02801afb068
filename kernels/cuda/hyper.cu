// Hyper-connections.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/lanes.h"

namespace kernels::cuda {

void CudaDevice::hyperPre(const Tensor&, const HyperMix&, Branch&) {
    missing("hyperPre");
}
void CudaDevice::hyperPost(const Tensor&, Branch&) {
    missing("hyperPost");
}
void CudaDevice::hyperHead(const Tensor&, const HyperMix&, const Tensor&) {
    missing("hyperHead");
}
void CudaDevice::hyperStep(const Tensor&, const HyperMix&, const Tensor&, Branch&) {
    missing("hyperStep");
}

} // namespace kernels::cuda
