// Floats of the calling thread that live until its next request with the same tag: work of a parallel loop needs no
// allocation per piece. Contents are whatever was there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kernels::simd {

template<class Tag>
float* scratch(std::int64_t count) {
    thread_local std::vector<float> memory;
    if (memory.size() < static_cast<std::size_t>(count)) memory.resize(static_cast<std::size_t>(count));
    return memory.data();
}

} // namespace kernels::simd
