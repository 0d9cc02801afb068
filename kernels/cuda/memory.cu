// Memory of the device, and the check for values that are not finite.
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/lanes.h"

#include <algorithm>
#include <cstring>

namespace kernels::cuda {

// --- arena ---

Arena::~Arena() {
    for (const Block& block : m_blocks) cudaFree(block.data);
}

std::byte* Arena::take(std::size_t bytes) {
    bytes = (std::max<std::size_t>(bytes, 1) + 255) / 256 * 256;
    for (const Block& block : m_blocks) {
        const std::size_t place = std::max(m_used, block.begin);
        if (place + bytes > block.begin + block.size) continue;
        m_used = place + bytes;
        return block.data + (place - block.begin);
    }
    if (m_frozen) throw NotRecordable();
    const std::size_t begin = m_blocks.empty() ? 0 : m_blocks.back().begin + m_blocks.back().size;
    Block block{nullptr, begin, std::max<std::size_t>(bytes, std::size_t{4} << 20)};
    check(cudaMalloc(reinterpret_cast<void**>(&block.data), block.size), "hold its workspace");
    m_blocks.push_back(block);
    ++m_changes;
    m_used = begin + bytes;
    return block.data;
}

// Idle again: several blocks become one, so that the next operation of that size finds it whole.
void Arena::release(std::size_t mark) {
    m_used = mark;
    if (mark != 0 || m_blocks.size() < 2) return;
    ++m_changes;
    cudaStreamSynchronize(m_stream); // an error shows again at the next checked call
    const std::size_t total = reserved();
    for (const Block& block : m_blocks) cudaFree(block.data);
    m_blocks.clear();
    Block block{nullptr, 0, total};
    if (cudaMalloc(reinterpret_cast<void**>(&block.data), total) == cudaSuccess)
        m_blocks.push_back(block);
    else
        cudaGetLastError();
}

std::size_t Arena::reserved() const {
    std::size_t total = 0;
    for (const Block& block : m_blocks) total += block.size;
    return total;
}

// --- memory of the caller ---

Memory CudaDevice::allocate(std::size_t bytes) {
    if (bytes == 0) return {};
    direct();
    check(cudaSetDevice(m_index), "open the device");
    void* data = nullptr;
    check(cudaMalloc(&data, bytes), "hold the model and its cache");
    Memory memory(this, static_cast<std::byte*>(data), bytes);
    check(cudaMemsetAsync(data, 0, bytes, m_stream), "clear memory");
    return memory;
}

void CudaDevice::release(std::byte* data, std::size_t) noexcept {
    m_recorded = {}; // it may use this memory
    cudaFree(data);  // waits for the kernels that use it
}

void CudaDevice::write(void* destination, const void* host, std::size_t bytes) {
    if (bytes == 0) return;
    direct();
    check(cudaMemcpyAsync(destination, host, bytes, cudaMemcpyHostToDevice, m_stream), "receive data");
    if (bytes > 64 * 1024) synchronise(); // shorter ones are copied before the call returns
}

void CudaDevice::read(void* host, const void* source, std::size_t bytes) {
    if (bytes == 0) return;
    direct();
    // Pinned memory is several times as fast to write to; what is longer has the driver's own way.
    void* target = bytes <= stagingBytes ? m_staging : host;
    check(cudaMemcpyAsync(target, source, bytes, cudaMemcpyDeviceToHost, m_stream), "give its results");
    synchronise();
    if (target != host) std::memcpy(host, target, bytes);
}

// --- finite values ---

namespace {

template<class Activation>
__global__ void findNonFinite(const Activation* values, std::int64_t count, int tag, int* flags) {
    bool bad = false;
    for (std::int64_t i = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < count;
         i += std::int64_t{gridDim.x} * blockDim.x)
        bad |= (bitsOf(load(values[i])) & 0x7f800000u) == 0x7f800000u;
    if (blockIdx.x == 0 && threadIdx.x == 0 && flags[0]) { // an index score of this layer was NaN
        flags[0] = 0;
        bad = true;
    }
    if (bad) atomicMin(flags + 1, tag);
}

} // namespace

void CudaDevice::noteNonFinite(const Tensor& values, int tag) {
    const std::int64_t count = values.shape.elements();
    const unsigned blocks = std::min(blocksFor(count, 1024), static_cast<unsigned>(8 * m_multiprocessors));
    withActivation(values.type == Type::BF16, [&](auto kind) {
        using Activation = decltype(kind);
        launch(m_stream, findNonFinite<Activation>, std::max(blocks, 1u), 256, 0, values.as<Activation>(),
               count, tag, m_flags);
    });
}

int CudaDevice::firstNonFinite() {
    int lowest = 0;
    read(&lowest, m_flags + 1, sizeof lowest);
    const int none = 0x7fffffff;
    if (lowest == none) return -1;
    write(m_flags + 1, &none, sizeof none);
    return lowest;
}

} // namespace kernels::cuda
