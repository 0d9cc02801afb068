// What this machine can do at best with the threads and instructions a SIMD device would use, measured now: the ceilings
// that speed figures are held against. Takes about a second and 256 MB; any thread.
#pragma once

#include <string>

namespace kernels::simd {

struct Ceilings {
    std::string instructions; // "avx512", "avx2", or "none" where there is no SIMD device
    int threads = 1;
    double readBytesPerSecond = 0;       // plain reads of memory that exceeds the caches
    double multiplicationsPerSecond = 0; // fp32 multiply-adds, each counted once
};

Ceilings measureCeilings();

} // namespace kernels::simd
