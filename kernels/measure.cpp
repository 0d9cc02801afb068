#include "kernels/measure.h"

#if defined(LECTERN_CUDA)
#include "kernels/cuda/measure_gpu.h"
#endif
#include "kernels/simd/ceilings.h"

#include <chrono>

namespace kernels {

namespace {

class WallStopwatch final : public Stopwatch {
public:
    void start(double) override { m_marks.clear(); }
    void mark() override { m_marks.push_back(std::chrono::steady_clock::now()); }
    std::vector<double> finish() override {
        std::vector<double> times;
        for (std::size_t i = 1; i < m_marks.size(); ++i)
            times.push_back(std::chrono::duration<double, std::micro>(m_marks[i] - m_marks[i - 1]).count());
        return times;
    }

private:
    std::vector<std::chrono::steady_clock::time_point> m_marks;
};

} // namespace

DeviceCeilings measureCeilings(Device& device) {
#if defined(LECTERN_CUDA)
    if (auto* gpu = dynamic_cast<cuda::CudaDevice*>(&device)) return cuda::measureGpu(*gpu);
#endif
    static_cast<void>(device);
    const simd::Ceilings host = simd::measureCeilings();
    return {host.instructions, host.threads, "threads", host.readBytesPerSecond, 0, host.multiplicationsPerSecond, 0, host.wholeMultiplicationsPerSecond};
}

std::unique_ptr<Stopwatch> makeStopwatch(Device& device) {
#if defined(LECTERN_CUDA)
    if (auto* gpu = dynamic_cast<cuda::CudaDevice*>(&device)) return cuda::makeGpuStopwatch(*gpu);
#endif
    static_cast<void>(device);
    return std::make_unique<WallStopwatch>();
}

std::size_t memoryInUse(Device& device) {
#if defined(LECTERN_CUDA)
    if (dynamic_cast<cuda::CudaDevice*>(&device)) return cuda::gpuMemoryInUse();
#endif
    static_cast<void>(device);
    return 0;
}

std::size_t memoryFree(Device& device) {
#if defined(LECTERN_CUDA)
    if (dynamic_cast<cuda::CudaDevice*>(&device)) return cuda::gpuMemoryFree();
#endif
    static_cast<void>(device);
    return 0;
}

std::uint64_t launchesSoFar() {
#if defined(LECTERN_CUDA)
    return cuda::launches();
#else
    return 0;
#endif
}

} // namespace kernels
