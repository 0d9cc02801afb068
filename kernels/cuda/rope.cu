// Sines and cosines for the device.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/lanes.h"

namespace kernels::cuda {

std::unique_ptr<Rope> CudaDevice::prepareRope(std::vector<float> frequencies) {
    return Device::prepareRope(std::move(frequencies));
}

} // namespace kernels::cuda
