#include "kernels/simd/simd_device.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

namespace kernels::simd {

namespace {

bool supports(const std::string& instructions) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (instructions == "avx2") return avx2 && avx2Loops();
    return avx2 && avx512Loops() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#else
    static_cast<void>(instructions);
    return false;
#endif
}

std::int64_t physicalMemory() {
    return std::int64_t{::sysconf(_SC_PHYS_PAGES)} * std::int64_t{::sysconf(_SC_PAGESIZE)};
}

} // namespace

// Packed weights are a second copy beside the mapped checkpoint: up to half of the memory, the rest is widened as used.
SimdDevice::SimdDevice(Mode mode, const Loops& loops, int threads)
    : ReferenceDevice(mode), m_loops(loops), m_threads(threads), m_packedLimit(physicalMemory() / 2) {}

int chosenThreads() {
    const char* wanted = std::getenv("LECTERN_THREADS");
    const int count = wanted ? std::atoi(wanted) : 0;
    return std::clamp(count > 0 ? count : Threads::physicalCores(), 1, 256);
}

const Loops* chosenLoops() {
    const char* wanted = std::getenv("LECTERN_SIMD");
    const std::string choice = wanted ? wanted : "";
    if (choice == "off") return nullptr;
    if (choice != "avx2" && supports("avx512")) return avx512Loops();
    return supports("avx2") ? avx2Loops() : nullptr;
}

std::shared_ptr<Device> openSimdDevice(Mode mode) {
    const Loops* loops = chosenLoops();
    if (!loops) return reference::openReferenceDevice(mode);
    return std::make_shared<SimdDevice>(mode, *loops, chosenThreads());
}

std::shared_ptr<Device> openSimdDevice(Mode mode, const std::string& instructions, int threads) {
    if (!supports(instructions)) return nullptr;
    return std::make_shared<SimdDevice>(mode, instructions == "avx2" ? *avx2Loops() : *avx512Loops(), threads);
}

} // namespace kernels::simd
