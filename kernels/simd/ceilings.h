// What this machine can do at best with the threads and instructions a SIMD device would use, measured now: the ceilings
// that speed figures are held against. Takes about a second and `readBytes` of memory; any thread.
#pragma once

#include <cstdint>
#include <string>

namespace kernels::simd {

struct Ceilings {
    std::string instructions; // "avx512vnni", "avx512", "avx2", or "none" where there is no SIMD device
    int threads = 1;
    double readBytesPerSecond = 0;       // plain reads of memory that exceeds the caches
    double multiplicationsPerSecond = 0; // fp32 multiply-adds, each counted once
    double wholeMultiplicationsPerSecond = 0; // the same of bytes, summed exactly
};

Ceilings measureCeilings(std::int64_t readBytes = 512LL << 20);

} // namespace kernels::simd
