#include "kernels/memory.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kernels {

namespace {

constexpr std::size_t alignment = 64;

// Descriptors are closed whichever way the constructor of Mapping leaves.
struct Descriptor {
    int value = -1;
    ~Descriptor() {
        if (value >= 0) ::close(value);
    }
};

} // namespace

Buffer::Buffer(std::size_t bytes, bool zero) : m_size(bytes) {
    if (bytes == 0) return;
    const std::size_t rounded =
        bytes > SIZE_MAX - alignment ? 0 : (bytes + alignment - 1) / alignment * alignment;
    m_data = rounded ? static_cast<std::byte*>(std::aligned_alloc(alignment, rounded)) : nullptr;
    if (!m_data)
        throw std::runtime_error(
            "Not enough memory for " + std::to_string(bytes) +
            " bytes: close other programs, or choose a shorter context or a smaller model.");
    if (zero) std::memset(m_data, 0, bytes);
}

Buffer::~Buffer() {
    std::free(m_data);
}

Buffer::Buffer(Buffer&& other) noexcept
    : m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    return *this;
}

Mapping::Mapping(const std::filesystem::path& file) {
    auto refuse = [&](const std::string& cause) {
        throw std::runtime_error("Cannot read " + file.string() + ": " + cause + ".");
    };
    // O_NONBLOCK: opening a pipe or a device must not wait for its other end before it is refused below.
    Descriptor descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (descriptor.value < 0) refuse(std::strerror(errno));
    struct stat status = {};
    if (::fstat(descriptor.value, &status) != 0) refuse(std::strerror(errno));
    if (!S_ISREG(status.st_mode)) refuse("it is not a regular file");
    m_size = static_cast<std::size_t>(status.st_size);
    if (m_size == 0) return;
    void* address = ::mmap(nullptr, m_size, PROT_READ, MAP_PRIVATE, descriptor.value, 0);
    if (address == MAP_FAILED) {
        m_size = 0;
        refuse(std::string("it cannot be mapped into memory, ") + std::strerror(errno));
    }
    m_data = static_cast<const std::byte*>(address);
}

Mapping::~Mapping() {
    if (m_data) ::munmap(const_cast<std::byte*>(m_data), m_size);
}

Mapping::Mapping(Mapping&& other) noexcept
    : m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    return *this;
}

} // namespace kernels
