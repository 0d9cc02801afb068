// The CUDA runtime as the kernels use it: checked calls and checked launches on one stream. The same sources
// compile with a host compiler against tests/support/cuda_emulation, whose cuda_runtime.h stands in for the
// real one; launch() and DYNAMIC_SHARED are the two places where that shows.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

namespace kernels::cuda {

// Throws one sentence for a CUDA error. `what` says what was being done: "multiply matrices".
void check(cudaError_t error, const char* what);

// Kernels started by this thread so far.
inline std::uint64_t& launches() {
    static thread_local std::uint64_t count = 0;
    return count;
}

// Starts `kernel` on `stream`; arguments are converted to its parameters' types. Errors of the launch itself
// are thrown here, those of the running kernel by the next read or synchronisation.
template<class... Parameters, class... Arguments>
void launch(cudaStream_t stream, void (*kernel)(Parameters...), dim3 grid, dim3 block,
            std::size_t sharedBytes, const Arguments&... arguments) {
    static_assert(sizeof...(Parameters) == sizeof...(Arguments));
    if (grid.x == 0 || grid.y == 0 || grid.z == 0) return;
    ++launches();
    std::tuple<Parameters...> values(static_cast<Parameters>(arguments)...);
#if defined(LECTERN_CUDA_EMULATION)
    static_cast<void>(stream);
    emulation::run(grid, block, sharedBytes, [kernel, values] { std::apply(kernel, values); });
#else
    const void* function = reinterpret_cast<const void*>(kernel);
    if (sharedBytes > 48 * 1024)
        check(cudaFuncSetAttribute(function, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                   static_cast<int>(sharedBytes)),
              "reserve shared memory");
    std::apply(
        [&](auto&... value) {
            void* pointers[sizeof...(Parameters) + 1] = {&value..., nullptr};
            check(cudaLaunchKernel(function, grid, block, pointers, sharedBytes, stream), "start a kernel");
        },
        values);
#endif
}

constexpr unsigned blocksFor(std::int64_t count, std::int64_t each) {
    return static_cast<unsigned>((count + each - 1) / each);
}

} // namespace kernels::cuda

// The launch's dynamic shared memory as bytes, 128-byte aligned.
#if defined(LECTERN_CUDA_EMULATION)
#define DYNAMIC_SHARED(name) std::byte* const name = emulation::dynamicShared()
#else
#define DYNAMIC_SHARED(name)                                                                                 \
    extern __shared__ __align__(128) unsigned char lectern_dynamic_shared[];                                 \
    std::byte* const name = reinterpret_cast<std::byte*>(lectern_dynamic_shared)
#endif
