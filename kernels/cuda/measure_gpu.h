// The GPU's side of kernels/measure.h.
#pragma once

#include "kernels/cuda/cuda_device.h"
#include "kernels/measure.h"

namespace kernels::cuda {

DeviceCeilings measureGpu(CudaDevice& device);
std::unique_ptr<Stopwatch> makeGpuStopwatch(CudaDevice& device);
std::size_t gpuMemoryInUse();
std::size_t gpuMemoryFree();

} // namespace kernels::cuda
