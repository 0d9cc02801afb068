// The indexer.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/lanes.h"

namespace kernels::cuda {

void CudaDevice::select(const SelectJob&) {
    missing("select");
}

} // namespace kernels::cuda
