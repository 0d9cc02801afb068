// Root mean square normalisation (v4-architecture.md 2.3): a block a row, one rounding, after the weight. The
// sum runs over 256 lanes, element i in lane i mod 256, lanes added as blockSum does.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/lanes.h"

namespace kernels::cuda {

namespace {

template<class Activation>
__global__ void normRows(const Activation* input, const float* weight, float epsilon, std::int64_t width,
                         Activation* output) {
    __shared__ float scratch[33];
    const Activation* x = input + blockIdx.x * width;
    Activation* y = output + blockIdx.x * width;
    float sum = 0;
    for (std::int64_t i = threadIdx.x; i < width; i += blockDim.x) {
        const float value = load(x[i]);
        sum += value * value;
    }
    const float factor = 1.0f / sqrtf(blockSum(sum, scratch) / float(width) + epsilon);
    for (std::int64_t i = threadIdx.x; i < width; i += blockDim.x)
        store(y[i], load(x[i]) * factor * weight[i]);
}

} // namespace

void CudaDevice::norm(const Tensor& input, const Tensor& weight, float epsilon, const Tensor& output) {
    const std::int64_t width = weight.shape.elements(), count = input.shape.elements() / width;
    withActivation(bf16(), [&](auto kind) {
        using Activation = decltype(kind);
        launch(m_stream, normRows<Activation>, static_cast<unsigned>(count), 256, 0, input.as<Activation>(),
               weight.f32(), epsilon, width, output.as<Activation>());
    });
}

} // namespace kernels::cuda
