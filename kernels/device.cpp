#include "kernels/device.h"

#if defined(LECTERN_CUDA)
#include "kernels/cuda/cuda_device.h"
#endif
#include "kernels/reference/reference_device.h"
#include "kernels/simd/simd_device.h"

#include <cstring>
#include <stdexcept>
#include <utility>

#include <sys/mman.h>

namespace kernels {

namespace {

constexpr std::size_t largePagesFrom = 8 << 20; // smaller memory would grow by what it leaves of its last page

} // namespace

// Pages of an anonymous mapping are zero and cost nothing until touched: a cache can be reserved for its
// longest context, and growing it neither copies nor moves rows.
Memory Device::allocate(std::size_t bytes) {
    if (bytes == 0) return {};
    void* address =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (address == MAP_FAILED)
        throw std::runtime_error(
            "Not enough memory for " + std::to_string(bytes) +
            " bytes: choose a shorter context or a smaller model, or close other programs.");
    if (bytes >= largePagesFrom) ::madvise(address, bytes, MADV_HUGEPAGE); // a wish: rows are walked from end to end
    return {this, static_cast<std::byte*>(address), bytes};
}

void Device::release(std::byte* data, std::size_t bytes) noexcept {
    ::munmap(data, bytes);
}

void Device::write(void* destination, const void* host, std::size_t bytes) {
    if (bytes) std::memcpy(destination, host, bytes);
}

void Device::read(void* host, const void* source, std::size_t bytes) {
    if (bytes) std::memcpy(host, source, bytes);
}

std::unique_ptr<Rope> Device::prepareRope(std::vector<float> frequencies) {
    return std::make_unique<Rope>(std::move(frequencies));
}

void Device::linears(const Tensor& input, std::span<const LinearJob> jobs) {
    for (const LinearJob& job : jobs) linear(*job.matrix, input, job.output);
}

void Device::hyperStep(const Tensor& streams, const HyperMix& mix, const Tensor& normWeight, Branch& branch) {
    if (branch.open) hyperPost(streams, branch);
    hyperPre(streams, mix, branch);
    norm(branch.x, normWeight, mix.normEpsilon, branch.x);
}

Memory::~Memory() {
    if (m_data) m_device->release(m_data, m_size);
}

Memory::Memory(Memory&& other) noexcept
    : m_device(other.m_device), m_data(std::exchange(other.m_data, nullptr)),
      m_size(std::exchange(other.m_size, 0)) {}

Memory& Memory::operator=(Memory&& other) noexcept {
    std::swap(m_device, other.m_device);
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    return *this;
}

std::vector<std::string> availableDevices(Mode) {
    std::vector<std::string> names;
#if defined(LECTERN_CUDA)
    names = cuda::cudaDevices();
#endif
    if (simd::chosenLoops()) names.push_back("simd");
    names.push_back("reference");
    return names;
}

std::shared_ptr<Device> openDevice(std::string_view name, Mode mode) {
    const std::vector<std::string> available = availableDevices(mode);
    if (name == "auto") {
        for (const std::string& device : available) try {
                return openDevice(device, mode);
            } catch (const DeviceError&) { // a GPU that is taken or full: the next one
            }
    }
    if (name == "simd")
        return simd::openSimdDevice(mode); // the reference where there are no such instructions
    if (name == "reference") return reference::openReferenceDevice(mode);
#if defined(LECTERN_CUDA)
    if (name.starts_with("cuda:")) return cuda::openCudaDevice(name, mode);
#endif
    std::string list;
    for (const std::string& device : available) list += (list.empty() ? "" : ", ") + device;
    throw DeviceError("There is no device \"" + std::string(name) +
                      "\" in this program on this machine; choose one of: " + list + ".");
}

} // namespace kernels
