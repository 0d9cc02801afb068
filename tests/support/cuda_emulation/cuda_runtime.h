// A stand-in for CUDA's own header: the .cu kernels, compiled by a host compiler, run on the CPU. A block's
// threads are fibers of the calling thread that change places at barriers, shuffles and votes; blocks run one
// after another. What it can and cannot show: README.md in this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <type_traits>

#include <cmath>

#define LECTERN_CUDA_EMULATION 1

#define __global__ static
#define __device__
#define __host__
#define __constant__ static const
#define __shared__ static thread_local
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))

// --- types ---
struct uint3 {
    unsigned x = 0, y = 0, z = 0;
};
struct dim3 {
    unsigned x = 1, y = 1, z = 1;
    constexpr dim3(unsigned a = 1, unsigned b = 1, unsigned c = 1) : x(a), y(b), z(c) {}
};
struct alignas(8) float2 {
    float x, y;
};
struct alignas(16) float4 {
    float x, y, z, w;
};
struct alignas(8) uint2 {
    unsigned x, y;
};
struct alignas(16) uint4 {
    unsigned x, y, z, w;
};
struct alignas(8) int2 {
    int x, y;
};
struct alignas(16) int4 {
    int x, y, z, w;
};
constexpr float2 make_float2(float x, float y) {
    return {x, y};
}
constexpr float4 make_float4(float x, float y, float z, float w) {
    return {x, y, z, w};
}
constexpr uint2 make_uint2(unsigned x, unsigned y) {
    return {x, y};
}
constexpr uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) {
    return {x, y, z, w};
}

inline thread_local uint3 threadIdx, blockIdx;
inline thread_local dim3 blockDim, gridDim;

namespace emulation {

// Runs a grid. Throws std::runtime_error when threads wait for one another for ever (a barrier that not every
// thread reaches), when shared memory or threads exceed what sm_120 has, or when a kernel throws.
void run(dim3 grid, dim3 block, std::size_t sharedBytes, const std::function<void()>& kernel);
// Whether the threads of a block take their turns from the last to the first: results must not change.
void reverseOrder(bool reverse);
void capability(int major, int minor); // of devices opened afterwards by the calling thread; 8.0 at first
std::uint64_t launches();              // so far, of the calling thread

std::byte* dynamicShared();
void syncBlock();
int syncBlockCount(bool vote);
void syncWarp(unsigned mask);
// This lane's value goes in, lane `source`'s comes out.
std::uint64_t exchange(unsigned mask, std::uint64_t value, int source);
unsigned ballot(unsigned mask, bool vote);
unsigned lane();

void mma(float (&c)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
         float (*decode)(std::uint16_t));
void loadMatrices(std::uint32_t (&r)[4], const void* row, bool transposed);
void copyAsync(void* shared, const void* global, std::size_t bytes); // takes place when it is waited for
void commitCopies();
void waitForCopies(int pending);

template<class T>
T exchangeValue(unsigned mask, T value, int source) {
    static_assert(sizeof(T) <= 8 && std::is_trivially_copyable_v<T>);
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    bits = exchange(mask, bits, source);
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

} // namespace emulation

// --- barriers, shuffles, votes ---
inline void __syncthreads() {
    emulation::syncBlock();
}
inline int __syncthreads_count(int vote) {
    return emulation::syncBlockCount(vote != 0);
}
inline int __syncthreads_or(int vote) {
    return emulation::syncBlockCount(vote != 0) > 0;
}
inline int __syncthreads_and(int vote) {
    return emulation::syncBlockCount(vote == 0) == 0;
}
inline void __syncwarp(unsigned mask = 0xffffffffu) {
    emulation::syncWarp(mask);
}
inline void __threadfence() {}
inline void __threadfence_block() {}
template<class T>
T __shfl_sync(unsigned mask, T value, int source, int width = 32) {
    const int lane = static_cast<int>(emulation::lane());
    return emulation::exchangeValue(mask, value, (lane & ~(width - 1)) | (source & (width - 1)));
}
template<class T>
T __shfl_xor_sync(unsigned mask, T value, int distance, int width = 32) {
    const int lane = static_cast<int>(emulation::lane()), source = lane ^ distance;
    return emulation::exchangeValue(mask, value,
                                    (source & ~(width - 1)) == (lane & ~(width - 1)) ? source : lane);
}
template<class T>
T __shfl_down_sync(unsigned mask, T value, int distance, int width = 32) {
    const int lane = static_cast<int>(emulation::lane()), source = lane + distance;
    return emulation::exchangeValue(mask, value,
                                    (source & ~(width - 1)) == (lane & ~(width - 1)) ? source : lane);
}
template<class T>
T __shfl_up_sync(unsigned mask, T value, int distance, int width = 32) {
    const int lane = static_cast<int>(emulation::lane()), source = lane - distance;
    return emulation::exchangeValue(mask, value, source >= (lane & ~(width - 1)) ? source : lane);
}
inline unsigned __ballot_sync(unsigned mask, int vote) {
    return emulation::ballot(mask, vote != 0);
}
inline int __any_sync(unsigned mask, int vote) {
    return emulation::ballot(mask, vote != 0) != 0;
}
inline int __all_sync(unsigned mask, int vote) {
    return emulation::ballot(mask, vote == 0) == 0;
}
inline unsigned __activemask() {
    return 0xffffffffu;
}

// --- atomics: one thread at a time runs, so plain arithmetic is atomic ---
template<class T, class V>
T atomicAdd(T* place, V value) {
    const T old = *place;
    *place = static_cast<T>(old + static_cast<T>(value));
    return old;
}
template<class T, class V>
T atomicSub(T* place, V value) {
    const T old = *place;
    *place = static_cast<T>(old - static_cast<T>(value));
    return old;
}
template<class T, class V>
T atomicMax(T* place, V value) {
    const T old = *place;
    if (static_cast<T>(value) > old) *place = static_cast<T>(value);
    return old;
}
template<class T, class V>
T atomicMin(T* place, V value) {
    const T old = *place;
    if (static_cast<T>(value) < old) *place = static_cast<T>(value);
    return old;
}
template<class T, class V>
T atomicOr(T* place, V value) {
    const T old = *place;
    *place = static_cast<T>(old | static_cast<T>(value));
    return old;
}
template<class T, class V>
T atomicAnd(T* place, V value) {
    const T old = *place;
    *place = static_cast<T>(old & static_cast<T>(value));
    return old;
}
template<class T, class V>
T atomicExch(T* place, V value) {
    const T old = *place;
    *place = static_cast<T>(value);
    return old;
}
template<class T>
T atomicCAS(T* place, T expected, T value) {
    const T old = *place;
    if (old == expected) *place = value;
    return old;
}
inline unsigned atomicInc(unsigned* place, unsigned limit) {
    const unsigned old = *place;
    *place = old >= limit ? 0 : old + 1;
    return old;
}

// --- numbers ---
inline unsigned __float_as_uint(float x) {
    return __builtin_bit_cast(unsigned, x);
}
inline int __float_as_int(float x) {
    return __builtin_bit_cast(int, x);
}
inline float __uint_as_float(unsigned x) {
    return __builtin_bit_cast(float, x);
}
inline float __int_as_float(int x) {
    return __builtin_bit_cast(float, x);
}
inline float __fmaf_rn(float a, float b, float c) {
    return std::fma(a, b, c);
}
inline float __fadd_rn(float a, float b) {
    return a + b;
}
inline float __fmul_rn(float a, float b) {
    return a * b;
}
inline float __fdiv_rn(float a, float b) {
    return a / b;
}
inline double __dadd_rn(double a, double b) {
    return a + b;
}
inline double __dmul_rn(double a, double b) {
    return a * b;
}
// Between 0 and 1; a NaN becomes 0.
inline float __saturatef(float x) {
    return x > 0 ? (x < 1 ? x : 1.0f) : 0.0f;
}
inline float rsqrtf(float x) {
    return 1.0f / std::sqrt(x);
}
inline int __popc(unsigned x) {
    return __builtin_popcount(x);
}
inline int __clz(int x) {
    return x ? __builtin_clz(static_cast<unsigned>(x)) : 32;
}
inline int __ffs(int x) {
    return __builtin_ffs(x);
}
inline unsigned __byte_perm(unsigned a, unsigned b, unsigned selector) {
    const std::uint64_t both = std::uint64_t(b) << 32 | a;
    unsigned out = 0;
    for (int i = 0; i < 4; ++i) out |= unsigned(both >> (8 * (selector >> (4 * i) & 7)) & 0xff) << (8 * i);
    return out;
}
template<class T>
T __ldg(const T* place) {
    return *place;
}
template<class A, class B>
constexpr std::common_type_t<A, B> min(A a, B b) {
    using T = std::common_type_t<A, B>;
    return T(b) < T(a) ? T(b) : T(a);
}
template<class A, class B>
constexpr std::common_type_t<A, B> max(A a, B b) {
    using T = std::common_type_t<A, B>;
    return T(a) < T(b) ? T(b) : T(a);
}

// --- the part of the runtime's interface that the host code uses ---
enum cudaError_t {
    cudaSuccess = 0,
    cudaErrorMemoryAllocation = 2,
    cudaErrorNoDevice = 100,
    cudaErrorStreamCaptureUnsupported = 900
};
enum cudaMemcpyKind {
    cudaMemcpyHostToDevice,
    cudaMemcpyDeviceToHost,
    cudaMemcpyDeviceToDevice,
    cudaMemcpyDefault
};
using cudaStream_t = struct EmulatedStream*;
struct cudaDeviceProp {
    char name[256];
    std::size_t totalGlobalMem;
    std::size_t sharedMemPerBlockOptin;
    int major, minor, multiProcessorCount;
};
constexpr unsigned cudaStreamNonBlocking = 1;
cudaError_t cudaMalloc(void** data, std::size_t bytes); // filled with 0xff: NaN in every float type
template<class T>
cudaError_t cudaMalloc(T** data, std::size_t bytes) {
    return cudaMalloc(reinterpret_cast<void**>(data), bytes);
}
cudaError_t cudaMallocHost(void** data, std::size_t bytes);
cudaError_t cudaFreeHost(void* data);
cudaError_t cudaFree(void* data);
cudaError_t cudaMemGetInfo(std::size_t* unused, std::size_t* total);
cudaError_t cudaGetDeviceCount(int* count);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int index);
inline cudaError_t cudaSetDevice(int) {
    return cudaSuccess;
}
inline cudaError_t cudaGetLastError() {
    return cudaSuccess;
}
inline const char* cudaGetErrorString(cudaError_t) {
    return "emulated failure";
}
inline cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
    *stream = nullptr;
    return cudaSuccess;
}
inline cudaError_t cudaStreamDestroy(cudaStream_t) {
    return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t); // fails while a graph is recorded
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind, cudaStream_t);
cudaError_t cudaMemsetAsync(void* to, int value, std::size_t bytes, cudaStream_t);
inline cudaError_t cudaMemcpy2DAsync(void* to, std::size_t toPitch, const void* from, std::size_t fromPitch,
                                     std::size_t width, std::size_t height, cudaMemcpyKind kind,
                                     cudaStream_t stream) {
    for (std::size_t i = 0; i < height; ++i)
        cudaMemcpyAsync(static_cast<std::byte*>(to) + i * toPitch,
                        static_cast<const std::byte*>(from) + i * fromPitch, width, kind, stream);
    return cudaSuccess;
}

// Events stand for moments of the host's clock.
struct EmulatedEvent;
using cudaEvent_t = EmulatedEvent*;
cudaError_t cudaEventCreate(cudaEvent_t* event);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t from, cudaEvent_t to);
cudaError_t cudaEventDestroy(cudaEvent_t event);

// --- graphs: launches, copies and fills kept for later ---
using cudaGraph_t = struct EmulatedGraph*;
using cudaGraphExec_t = struct EmulatedGraph*;
using cudaGraphNode_t = struct EmulatedNode*;
struct cudaGraphExecUpdateResultInfo {};
enum cudaStreamCaptureMode { cudaStreamCaptureModeRelaxed };
cudaError_t cudaStreamBeginCapture(cudaStream_t, cudaStreamCaptureMode);
cudaError_t cudaStreamEndCapture(cudaStream_t, cudaGraph_t* graph);
cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t*, std::size_t* count);
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long);
cudaError_t cudaGraphExecUpdate(cudaGraphExec_t exec, cudaGraph_t graph, cudaGraphExecUpdateResultInfo*);
cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t);
cudaError_t cudaGraphDestroy(cudaGraph_t graph);
inline cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec) {
    return cudaGraphDestroy(exec);
}
