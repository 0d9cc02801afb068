// Memory of the loops. scratch(): floats of the calling thread that live until its next request with the same tag, so that
// a piece of a parallel loop allocates nothing; contents are whatever was there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace kernels::simd {

// Begins at a cache line: a register load that straddles two costs twice.
template<class T>
struct LineAllocator {
    using value_type = T;
    LineAllocator() = default;
    template<class U>
    LineAllocator(const LineAllocator<U>&) {}
    T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t{64})); }
    void deallocate(T* memory, std::size_t) noexcept { ::operator delete(memory, std::align_val_t{64}); }
    bool operator==(const LineAllocator&) const = default;
};
using Floats = std::vector<float, LineAllocator<float>>;

template<class Tag>
float* scratch(std::int64_t count) {
    thread_local Floats memory;
    if (memory.size() < static_cast<std::size_t>(count)) memory.resize(static_cast<std::size_t>(count));
    return memory.data();
}

} // namespace kernels::simd
