// Experts of the device: which regime evaluates a chunk.
#include "kernels/cuda/experts.h"
#include "kernels/cuda/moe_kernels.h"

#include <algorithm>

namespace kernels::cuda {

namespace {

constexpr std::int64_t largestPiece = 8192; // tokens evaluated together: bounds the workspace

} // namespace

std::unique_ptr<Experts> CudaDevice::prepareExperts(std::span<const ExpertSource> routed,
                                                    const ExpertSource& shared) {
    return packExperts(*this, routed, shared);
}

void CudaDevice::moe(const Experts& experts, const Tensor& x, const Tensor& chosen, const Tensor& weights,
                     float limit, const Tensor& output) {
    const auto& own = static_cast<const CudaExperts&>(experts);
    const std::int64_t count = x.shape[0], k = chosen.shape[1];
    const std::size_t rowBytes = x.bytes() / static_cast<std::size_t>(std::max<std::int64_t>(count, 1));
    for (std::int64_t begin = 0; begin < count; begin += largestPiece) {
        const std::int64_t tokens = std::min(largestPiece, count - begin);
        const std::size_t at = static_cast<std::size_t>(begin) * rowBytes;
        const MoeJob job{x.as<std::byte>() + at,
                         chosen.as<std::int32_t>() + begin * k,
                         weights.as<float>() + begin * k,
                         output.as<std::byte>() + at,
                         int(tokens),
                         int(k),
                         limit};
        if (count <= largestDecode)
            decodeExperts(*this, own, job);
        else
            prefillExperts(*this, own, job);
    }
}

} // namespace kernels::cuda
