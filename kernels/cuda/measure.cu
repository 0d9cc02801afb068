// Ceilings of a GPU, and times by events of its stream. The peak of multiplications is that of the
// instruction the card is built for: wgmma from shared memory on compute capability 9.0, mma.sync from
// registers elsewhere; operands are random, because zeros run at higher clocks.
#include "kernels/cuda/measure_gpu.h"

#include "kernels/cuda/tensor_core.h"

#include <algorithm>

namespace kernels::cuda {

namespace {

__global__ void copyKernel(const uint4* from, uint4* to, std::int64_t count) {
    for (std::int64_t i = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < count;
         i += std::int64_t(gridDim.x) * blockDim.x)
        to[i] = from[i];
}

__global__ void readKernel(const uint4* from, std::int64_t count, unsigned* sink) {
    unsigned all = 0;
    for (std::int64_t i = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < count;
         i += std::int64_t(gridDim.x) * blockDim.x) {
        const uint4 v = from[i];
        all ^= v.x ^ v.y ^ v.z ^ v.w;
    }
    if (all == 0x5eed1234u) *sink = all; // keeps the reads
}

__global__ void fillKernel(unsigned* words, std::int64_t count) {
    for (std::int64_t i = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < count;
         i += std::int64_t(gridDim.x) * blockDim.x) {
        unsigned x = unsigned(i) * 2654435761u + 12345u;
        x ^= x >> 15, x *= 2246822519u, x ^= x >> 13;
        words[i] = x & 0xbfbfbfbfu; // finite as bf16 and as e4m3
    }
}

__global__ void waitKernel(std::int64_t nanoseconds) {
#if defined(__CUDA_ARCH__)
    std::uint64_t begin, now;
    asm volatile("mov.u64 %0, %globaltimer;" : "=l"(begin));
    do asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
    while (now - begin < std::uint64_t(nanoseconds));
#else
    static_cast<void>(nanoseconds);
#endif
}

constexpr int peakThreads = 256, peakRounds = 512;

// 8 independent products of 16 x 8 x 16 a round and warp.
__global__ void mmaPeakKernel(const unsigned* words, float* sink) {
    std::uint32_t a[4], b[8][2];
    for (int i = 0; i < 4; ++i) a[i] = words[threadIdx.x * 4 + unsigned(i)];
    for (int i = 0; i < 8; ++i)
        b[i][0] = words[threadIdx.x + unsigned(i)], b[i][1] = words[threadIdx.x * 3 + unsigned(i)];
    float sums[8][4] = {};
    for (int round = 0; round < peakRounds; ++round)
#pragma unroll
        for (int i = 0; i < 8; ++i) mma(sums[i], a, b[i]);
    float all = 0;
    for (int i = 0; i < 8; ++i)
        for (int j = 0; j < 4; ++j) all += sums[i][j];
    if (all == 0.125f) *sink = all;
}

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
__device__ void wgmmaBf16(float (&d)[64], std::uint64_t a, std::uint64_t b) {
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, 1, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {"
                 "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
                 "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
                 "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
                 "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63"
                 "}, %64, %65, p, 1, 1, 0, 0;\n}\n"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]), "+f"(d[4]), "+f"(d[5]), "+f"(d[6]),
                   "+f"(d[7]), "+f"(d[8]), "+f"(d[9]), "+f"(d[10]), "+f"(d[11]), "+f"(d[12]), "+f"(d[13]),
                   "+f"(d[14]), "+f"(d[15]), "+f"(d[16]), "+f"(d[17]), "+f"(d[18]), "+f"(d[19]), "+f"(d[20]),
                   "+f"(d[21]), "+f"(d[22]), "+f"(d[23]), "+f"(d[24]), "+f"(d[25]), "+f"(d[26]), "+f"(d[27]),
                   "+f"(d[28]), "+f"(d[29]), "+f"(d[30]), "+f"(d[31]), "+f"(d[32]), "+f"(d[33]), "+f"(d[34]),
                   "+f"(d[35]), "+f"(d[36]), "+f"(d[37]), "+f"(d[38]), "+f"(d[39]), "+f"(d[40]), "+f"(d[41]),
                   "+f"(d[42]), "+f"(d[43]), "+f"(d[44]), "+f"(d[45]), "+f"(d[46]), "+f"(d[47]), "+f"(d[48]),
                   "+f"(d[49]), "+f"(d[50]), "+f"(d[51]), "+f"(d[52]), "+f"(d[53]), "+f"(d[54]), "+f"(d[55]),
                   "+f"(d[56]), "+f"(d[57]), "+f"(d[58]), "+f"(d[59]), "+f"(d[60]), "+f"(d[61]), "+f"(d[62]),
                   "+f"(d[63])
                 : "l"(a), "l"(b));
}
__device__ void wgmmaFp8(float (&d)[64], std::uint64_t a, std::uint64_t b) {
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, 1, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n128k32.f32.e4m3.e4m3 {"
                 "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
                 "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
                 "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
                 "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63"
                 "}, %64, %65, p, 1, 1;\n}\n"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]), "+f"(d[4]), "+f"(d[5]), "+f"(d[6]),
                   "+f"(d[7]), "+f"(d[8]), "+f"(d[9]), "+f"(d[10]), "+f"(d[11]), "+f"(d[12]), "+f"(d[13]),
                   "+f"(d[14]), "+f"(d[15]), "+f"(d[16]), "+f"(d[17]), "+f"(d[18]), "+f"(d[19]), "+f"(d[20]),
                   "+f"(d[21]), "+f"(d[22]), "+f"(d[23]), "+f"(d[24]), "+f"(d[25]), "+f"(d[26]), "+f"(d[27]),
                   "+f"(d[28]), "+f"(d[29]), "+f"(d[30]), "+f"(d[31]), "+f"(d[32]), "+f"(d[33]), "+f"(d[34]),
                   "+f"(d[35]), "+f"(d[36]), "+f"(d[37]), "+f"(d[38]), "+f"(d[39]), "+f"(d[40]), "+f"(d[41]),
                   "+f"(d[42]), "+f"(d[43]), "+f"(d[44]), "+f"(d[45]), "+f"(d[46]), "+f"(d[47]), "+f"(d[48]),
                   "+f"(d[49]), "+f"(d[50]), "+f"(d[51]), "+f"(d[52]), "+f"(d[53]), "+f"(d[54]), "+f"(d[55]),
                   "+f"(d[56]), "+f"(d[57]), "+f"(d[58]), "+f"(d[59]), "+f"(d[60]), "+f"(d[61]), "+f"(d[62]),
                   "+f"(d[63])
                 : "l"(a), "l"(b));
}
// Rows of 8 x 16 bytes, 128 bytes apart along the columns and 256 along the rows; no swizzle.
__device__ std::uint64_t descriptorOf(const void* shared) {
    const std::uint64_t address = static_cast<std::uint64_t>(__cvta_generic_to_shared(shared));
    return (address & 0x3ffffu) >> 4 | std::uint64_t(128 >> 4) << 16 | std::uint64_t(256 >> 4) << 32;
}
#endif

// Two warpgroups a block, four products of 64 x 128 x (16 or 32) a round. `ran` says that there was such
// code.
template<bool fp8>
__global__ void __launch_bounds__(peakThreads) wgmmaPeakKernel(const unsigned* words, float* sink, int* ran) {
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
    __shared__ __align__(128) unsigned tiles[6 * 1024];
    for (unsigned i = threadIdx.x; i < 6 * 1024; i += peakThreads) tiles[i] = words[i];
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    __syncthreads();
    float d[64] = {};
    std::uint64_t a[4], b[4];
    for (int i = 0; i < 4; ++i)
        a[i] = descriptorOf(tiles + i * 512), b[i] = descriptorOf(tiles + 2048 + i * 1024);
    for (int round = 0; round < peakRounds; ++round) {
        asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
#pragma unroll
        for (int i = 0; i < 4; ++i) {
            if constexpr (fp8)
                wgmmaFp8(d, a[i], b[i]);
            else
                wgmmaBf16(d, a[i], b[i]);
        }
        asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
        asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory");
    }
    float all = 0;
    for (int i = 0; i < 64; ++i) all += d[i];
    if (all == 0.125f) *sink = all;
    if (threadIdx.x == 0 && blockIdx.x == 0) *ran = 1;
#else
    static_cast<void>(words), static_cast<void>(sink), static_cast<void>(ran);
#endif
}

class GpuStopwatch final : public Stopwatch {
public:
    explicit GpuStopwatch(CudaDevice& device) : m_device(device) {}
    ~GpuStopwatch() override {
        for (cudaEvent_t event : m_events) cudaEventDestroy(event);
    }
    void start(double ahead) override {
        m_used = 0;
        if (ahead > 0) launch(m_device.stream(), waitKernel, dim3(1), dim3(1), 0, std::int64_t(1000 * ahead));
    }
    void mark() override {
        if (m_used == m_events.size()) {
            cudaEvent_t event;
            check(cudaEventCreate(&event), "measure time");
            m_events.push_back(event);
        }
        check(cudaEventRecord(m_events[m_used++], m_device.stream()), "measure time");
    }
    std::vector<double> finish() override {
        m_device.synchronise();
        std::vector<double> times;
        for (std::size_t i = 1; i < m_used; ++i) {
            float milliseconds = 0;
            check(cudaEventElapsedTime(&milliseconds, m_events[i - 1], m_events[i]), "measure time");
            times.push_back(1000.0 * double(milliseconds));
        }
        return times;
    }

private:
    CudaDevice& m_device;
    std::vector<cudaEvent_t> m_events;
    std::size_t m_used = 0;
};

// Units of work a second: the best of some repeats, the first of which warms up.
template<class Work>
double rate(GpuStopwatch& watch, double units, const Work& work) {
    double best = 1e30;
    for (int i = 0; i < 8; ++i) {
        watch.start(0);
        watch.mark();
        work();
        watch.mark();
        const double time = watch.finish().front();
        if (i > 0) best = std::min(best, time);
    }
    return units / best * 1e6;
}

} // namespace

DeviceCeilings measureGpu(CudaDevice& device) {
    DeviceCeilings ceilings;
    ceilings.units = device.multiprocessors();
    ceilings.unitName = "multiprocessors";
    std::size_t unused = 0, total = 0;
    check(cudaMemGetInfo(&unused, &total), "tell its memory");
    const std::size_t bytes = std::min(std::size_t{1} << 30, unused / 8) / 4096 * 4096;
    const Memory first = device.allocate(bytes), second = device.allocate(bytes),
                 flags = device.allocate(256);
    const std::int64_t count = std::int64_t(bytes / sizeof(uint4));
    auto* from = reinterpret_cast<uint4*>(first.data());
    auto* words = reinterpret_cast<unsigned*>(first.data());
    auto* sink = reinterpret_cast<float*>(flags.data());
    auto* ran = reinterpret_cast<int*>(flags.data() + 128);
    const cudaStream_t stream = device.stream();
    const unsigned blocks = unsigned(16 * device.multiprocessors());
    GpuStopwatch watch(device);
    launch(stream, fillKernel, dim3(blocks), dim3(256), 0, words, std::int64_t(bytes / 4));
    ceilings.copyBytesPerSecond = rate(watch, 2.0 * double(bytes), [&] {
        launch(stream, copyKernel, dim3(blocks), dim3(256), 0, from, reinterpret_cast<uint4*>(second.data()),
               count);
    });
    ceilings.readBytesPerSecond = rate(watch, double(bytes), [&] {
        launch(stream, readKernel, dim3(blocks), dim3(256), 0, from, count,
               reinterpret_cast<unsigned*>(sink));
    });

    const double warps = double(blocks) * peakThreads / 32, round = double(peakRounds);
    ceilings.instructions = "mma.sync";
    ceilings.multiplicationsPerSecond = rate(watch, warps * round * 8 * 16 * 8 * 16, [&] {
        launch(stream, mmaPeakKernel, dim3(blocks), dim3(peakThreads), 0, words, sink);
    });
    auto wgmma = [&](auto kernel, double columns) {
        const double found = rate(watch, warps / 4 * round * 4 * 64 * 128 * columns, [&] {
            launch(stream, kernel, dim3(blocks), dim3(peakThreads), 0, words, sink, ran);
        });
        int there = 0;
        device.read(&there, ran, sizeof there);
        return there ? found : 0.0;
    };
    if (!device.hopper()) return ceilings;
    if (const double found = wgmma(wgmmaPeakKernel<false>, 16); found > 0) {
        ceilings.instructions = "wgmma";
        ceilings.multiplicationsPerSecond = found;
        ceilings.fp8MultiplicationsPerSecond = wgmma(wgmmaPeakKernel<true>, 32);
    }
    return ceilings;
}

std::unique_ptr<Stopwatch> makeGpuStopwatch(CudaDevice& device) {
    return std::make_unique<GpuStopwatch>(device);
}

std::size_t gpuMemoryFree() {
    std::size_t unused = 0, total = 0;
    check(cudaMemGetInfo(&unused, &total), "tell its memory");
    return unused;
}

std::size_t gpuMemoryInUse() {
    std::size_t unused = 0, total = 0;
    check(cudaMemGetInfo(&unused, &total), "tell its memory");
    return total - unused;
}

} // namespace kernels::cuda
