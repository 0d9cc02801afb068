// The compressor.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/lanes.h"

namespace kernels::cuda {

void CudaDevice::compress(const CompressJob&) {
    missing("compress");
}

} // namespace kernels::cuda
