// Rotation tables, and the chunk's latents: norm, rotation and rounding of the one vector per token that is
// key and value (v4-architecture.md 4.3, 4.4), and their way into the window's ring.
#include "kernels/cuda/rope.h"

#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/row_codec.h"

#include <algorithm>
#include <cmath>

namespace kernels::cuda {

namespace {

constexpr std::int64_t smallestTable = 1024; // positions; tables are filled a stretch ahead

__global__ void fillTable(const float* frequencies, int pairs, std::int64_t first, std::int64_t mask,
                          float2* rows) {
    const std::int64_t place = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x,
                       position = first + place / pairs;
    if (place / pairs > mask) return;
    const int pair = static_cast<int>(place % pairs);
    // Trained with the fp32 product: at a million tokens an exact one is another angle.
    const double angle = __fmul_rn(static_cast<float>(position), frequencies[pair]);
    rows[(position & mask) * pairs + pair] =
        make_float2(static_cast<float>(cos(angle)), static_cast<float>(sin(angle)));
}

// A block makes one token's latent. Dynamic shared memory: `dims` floats.
template<class Activation>
__global__ void makeLatents(const Activation* input, const float* weight, float epsilon, RotationTable table,
                            std::int64_t position, int dims, bool roundCache, float* output) {
    DYNAMIC_SHARED(dynamic);
    __shared__ float scratch[33];
    float* row = reinterpret_cast<float*>(dynamic);
    const int thread = static_cast<int>(threadIdx.x), threads = static_cast<int>(blockDim.x);
    const std::int64_t t = blockIdx.x;
    float squares = 0;
    for (int i = thread; i < dims; i += threads) {
        row[i] = load(input[t * dims + i]);
        squares += row[i] * row[i];
    }
    const float factor = 1.0f / sqrtf(blockSum(squares, scratch) / static_cast<float>(dims) + epsilon);
    for (int i = thread; i < dims; i += threads) row[i] = rounded<Activation>(row[i] * factor * weight[i]);
    __syncthreads();
    rotateRow<Activation>(row, dims, table, position + t, false);
    __syncthreads();
    if (roundCache) roundTripE4m3Row(row, dims - 2 * table.pairs);
    __syncthreads();
    for (int i = thread; i < dims; i += threads) output[t * dims + i] = row[i];
}

__global__ void keepLatents(const float* latents, std::int64_t first, std::int64_t position, RowView ring) {
    const std::int64_t t = first + blockIdx.x;
    encodeRow(ring, (position + t) % ring.capacity, latents + t * ring.dims);
}

} // namespace

CudaRope::CudaRope(CudaDevice& device, std::vector<float> values) : Rope(std::move(values)) {
    m_frequencies = device.allocate(std::max<std::size_t>(1, frequencies.size()) * sizeof(float));
    device.write(m_frequencies.data(), frequencies.data(), frequencies.size() * sizeof(float));
}

RotationTable CudaRope::cover(CudaDevice& device, std::int64_t first, std::int64_t last) const {
    RotationTable table;
    table.pairs = static_cast<int>(frequencies.size());
    if (table.pairs == 0) return table;
    if (last - first > m_capacity) {
        device.direct();
        m_capacity = smallestTable;
        while (m_capacity < 2 * (last - first)) m_capacity *= 2;
        m_rows = device.allocate(static_cast<std::size_t>(m_capacity) * frequencies.size() * sizeof(float2));
        m_first = m_last = first;
    }
    table.rows = reinterpret_cast<const float2*>(m_rows.data());
    table.mask = m_capacity - 1;
    if (first >= m_first && last <= m_last) return table;
    device.direct(); // a recorded step would fill it whenever it runs
    device.forget();
    m_first = first;
    m_last = first + m_capacity;
    launch(device.stream(), fillTable, blocksFor(m_capacity * table.pairs, 256), 256, 0,
           reinterpret_cast<const float*>(m_frequencies.data()), table.pairs, m_first, table.mask,
           reinterpret_cast<float2*>(m_rows.data()));
    return table;
}

std::unique_ptr<Rope> CudaDevice::prepareRope(std::vector<float> frequencies) {
    return std::make_unique<CudaRope>(*this, std::move(frequencies));
}

void CudaDevice::latents(const Tensor& input, const Tensor& normWeight, float epsilon, const Rope& rope,
                         std::int64_t position, const Tensor& output) {
    const std::int64_t count = input.shape[0], dims = input.shape[1];
    const RotationTable table = static_cast<const CudaRope&>(rope).cover(*this, position, position + count);
    withActivation(roundsActivations(mode()), [&](auto activation) {
        using Activation = decltype(activation);
        launch(m_stream, makeLatents<Activation>, dim3(static_cast<unsigned>(count)), dim3(128),
               static_cast<std::size_t>(dims) * sizeof(float), input.as<const Activation>(), normWeight.f32(),
               epsilon, table, position, static_cast<int>(dims), roundsCaches(mode()), output.f32());
    });
}

void CudaDevice::storeLatents(const Tensor& latents, std::int64_t position, const Ring& ring) {
    const std::int64_t count = latents.shape[0], first = std::max<std::int64_t>(0, count - ring.capacity);
    launch(m_stream, keepLatents, dim3(static_cast<unsigned>(count - first)), dim3(128), 0, latents.f32(),
           first, position, RowView(ring));
}

} // namespace kernels::cuda
