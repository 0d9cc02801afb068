#include "kernels/simd/ceilings.h"

#include "kernels/simd/simd_device.h"

#include <algorithm>
#include <chrono>
#include <functional>

namespace kernels::simd {

namespace {

// The best of several runs: others may use the machine too.
double bestSeconds(int repeats, const std::function<void()>& work) {
    double best = 1e9;
    for (int i = 0; i < repeats; ++i) {
        const auto began = std::chrono::steady_clock::now();
        work();
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    }
    return best;
}

} // namespace

Ceilings measureCeilings(std::int64_t readBytes) {
    Ceilings ceilings;
    const Loops* loops = chosenLoops();
    ceilings.instructions = loops ? loops->name : "none";
    ceilings.threads = chosenThreads();
    if (!loops) return ceilings;
    Threads threads(ceilings.threads);

    const std::int64_t floats = readBytes / 4, parts = 64, part = floats / parts;
    std::vector<float> memory(static_cast<std::size_t>(floats), 1.0f), sums(static_cast<std::size_t>(parts));
    ceilings.readBytesPerSecond = double(floats) * 4 / bestSeconds(readBytes > 64 << 20 ? 5 : 50, [&] {
        threads.run(parts, [&](std::int64_t i) { sums[static_cast<std::size_t>(i)] = loops->readSum(memory.data() + i * part, part); });
    });
    const std::int64_t rounds = 1 << 20;
    ceilings.multiplicationsPerSecond = double(rounds) * double(ceilings.threads) * double(loops->multiplicationsOfRound) / bestSeconds(5, [&] {
        threads.run(ceilings.threads, [&](std::int64_t i) { sums[static_cast<std::size_t>(i)] = loops->multiplyRounds(rounds); });
    });
    ceilings.wholeMultiplicationsPerSecond = double(rounds) * double(ceilings.threads) * double(loops->wholeMultiplicationsOfRound) / bestSeconds(5, [&] {
        threads.run(ceilings.threads, [&](std::int64_t i) { sums[static_cast<std::size_t>(i)] = loops->wholeRounds(rounds); });
    });
    return ceilings;
}

} // namespace kernels::simd
