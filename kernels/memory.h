// Owners of memory. Buffer: bytes on the host, 64-byte aligned, zeroed on request. Mapping: a file seen read-only.
// Both are movable, not copyable, and released by their destructor. A Mapping whose file is shrunk by somebody else
// faults on access (SIGBUS); that is why checkpoints are opened in the engine's own process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace kernels {

class Buffer {
public:
    Buffer() = default;
    explicit Buffer(std::size_t bytes, bool zero = false); // throws std::runtime_error naming the size when refused
    ~Buffer();
    Buffer(Buffer&& other) noexcept;
    Buffer& operator=(Buffer&& other) noexcept;

    std::byte* data() const { return m_data; }
    std::size_t size() const { return m_size; }

private:
    std::byte* m_data = nullptr;
    std::size_t m_size = 0;
};

class Mapping {
public:
    Mapping() = default;
    explicit Mapping(const std::filesystem::path& file); // regular files only; throws with path and cause
    ~Mapping();
    Mapping(Mapping&& other) noexcept;
    Mapping& operator=(Mapping&& other) noexcept;

    std::span<const std::byte> bytes() const { return {m_data, m_size}; }

private:
    const std::byte* m_data = nullptr;
    std::size_t m_size = 0;
};

} // namespace kernels
