#include "kernels/simd/simd_device.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <unistd.h>

namespace kernels::simd {

namespace {

// The loops called "avx2", "avx512" or "avx512vnni"; null where this machine or the compiler has no such instructions.
const Loops* loopsFor(const std::string& instructions) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return nullptr;
    if (instructions == "avx2") return avx2Loops();
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512vl"))
        return nullptr;
    if (instructions == "avx512") return avx512Loops();
    return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vbmi") ? vnniLoops() : nullptr;
#else
    static_cast<void>(instructions);
    return nullptr;
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
    for (const char* instructions : {"avx512vnni", "avx512", "avx2"}) {
        if ((choice == "avx2" || choice == "avx512") && std::string_view(instructions) > choice) continue; // wider than wanted
        if (const Loops* loops = loopsFor(instructions)) return loops;
    }
    return nullptr;
}

std::shared_ptr<Device> openSimdDevice(Mode mode) {
    const Loops* loops = chosenLoops();
    if (!loops) return reference::openReferenceDevice(mode);
    return std::make_shared<SimdDevice>(mode, *loops, chosenThreads());
}

std::shared_ptr<Device> openSimdDevice(Mode mode, const std::string& instructions, int threads) {
    const Loops* loops = loopsFor(instructions);
    return loops ? std::make_shared<SimdDevice>(mode, *loops, threads) : nullptr;
}

} // namespace kernels::simd
