// Token rows (v4-architecture.md 2.2): the same row in every stream.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/decode.h"

namespace kernels::cuda {

namespace {

template<class Activation>
__global__ void embedRows(DeviceWeight table, const std::int32_t* tokens, int copies, Activation* streams) {
    const std::int64_t t = blockIdx.x, width = table.columns;
    for (std::int64_t i = threadIdx.x; i < width; i += blockDim.x) {
        Activation value;
        store(value, valueOf(table, tokens[t], i));
        for (int copy = 0; copy < copies; ++copy) streams[(t * copies + copy) * width + i] = value;
    }
}

} // namespace

void CudaDevice::embed(const Matrix& table, const Tensor& tokens, const Tensor& streams) {
    if (!m_recording) forget(); // a pass of other operations begins
    withActivation(bf16(), [&](auto kind) {
        using Activation = decltype(kind);
        launch(m_stream, embedRows<Activation>, static_cast<unsigned>(streams.shape[0]), 256, 0,
               static_cast<const CudaMatrix&>(table).weight, tokens.as<std::int32_t>(),
               static_cast<int>(streams.shape[1]), streams.as<Activation>());
    });
}

} // namespace kernels::cuda
