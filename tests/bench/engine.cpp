// bench_engine MODEL DEVICE [DEPTH...]: prefill and decode of a V4 shape with random weights at several depths (4K, 32K, 128K,
// 512K and 1M if none are named). MODEL is "pico", "nano" or a config.json. The cache is seeded up to a chunk before a depth,
// not computed, so a million tokens need no hour; the figures are the marginal cost there: one chunk, and one token at a
// time. CSV on stdout, wall and CPU time both, because a busy machine shows in their difference; plot.py draws it.
#include "engine/ceilings.h"
#include "engine/timeline.h"
#include "tests/support/process_memory.h"
#include "tests/support/random_checkpoint.h"
#include "tests/support/seeded_cache.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <span>

namespace {

using kernels::Mode;

struct Times {
    double wall, cpu;
};

template<class Work>
Times timed(const Work& work) {
    const auto began = std::chrono::steady_clock::now();
    const std::clock_t cpu = std::clock();
    work();
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(), double(std::clock() - cpu) / CLOCKS_PER_SEC};
}

std::string configOf(const std::string& model) {
    if (model == "pico") return support::picoConfig();
    if (model == "nano") return support::nanoConfig();
    std::ifstream file(model);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: bench_engine pico|nano|CONFIG DEVICE [DEPTH...]\n");
        return 2;
    }
    constexpr std::int64_t chunk = 1024, decoded = 64, warm = 8;
    std::vector<std::int64_t> depths;
    for (int i = 3; i < argc; ++i) depths.push_back(std::atoll(argv[i]));
    if (depths.empty()) depths = {4096, 32768, 131072, 524288, 1048576};
    for (const std::int64_t depth : depths)
        if (depth < 2 * chunk) {
            std::fprintf(stderr, "bench_engine: a depth is a number of at least %lld tokens.\n", static_cast<long long>(2 * chunk));
            return 2;
        }
    const auto weights = std::make_shared<support::RandomCheckpoint>(configOf(argv[1]));
    std::shared_ptr<const engine::Model> model;
    const Times opened = timed([&] { model = engine::Model::open(weights, argv[2], Mode::Model); });
    std::fprintf(stderr, "opened in %.2f s\n", opened.wall);
    const engine::Ceilings ceilings = engine::measureCeilings(*model);
    std::printf("# %s, %d %s, read %.1f GB/s, multiply %.1f G/s, bytes multiply %.1f G/s, active parameters %.1f M\n", ceilings.instructions.c_str(),
                ceilings.units, ceilings.unitName.c_str(), ceilings.readBytesPerSecond / 1e9, ceilings.multiplicationsPerSecond / 1e9, ceilings.byteMultiplicationsPerSecond / 1e9,
                double(model->config().activeParameters()) / 1e6);
    std::printf("model,device,depth,stage,tokens,tokens_per_second,tokens_per_cpu_second,wall_ms_per_token,floor_ms_per_token,share,peak_bytes\n");
    for (const std::int64_t depth : depths) {
        const support::MemoryMark mark; // the peak of this depth
        const std::int64_t start = depth - chunk - decoded;
        engine::Timeline timeline(model, depth);
        std::vector<std::int32_t> tokens;
        for (std::int64_t t = 0; t < start + chunk; ++t) tokens.push_back(static_cast<std::int32_t>(support::splitmix64(std::uint64_t(t)) % std::uint64_t(model->config().vocabulary)));
        support::seedCache(timeline.beginRestore(start), model->config(), start);
        timeline.finishRestore({tokens.begin(), tokens.begin() + start}, {});
        auto row = [&](const char* stage, std::int64_t count, Times t, double floor) {
            std::printf("%s,%s,%lld,%s,%lld,%.1f,%.1f,%.4f,%.4f,%.2f,%lld\n", argv[1], argv[2], static_cast<long long>(depth), stage, static_cast<long long>(count),
                        double(count) / t.wall, double(count) / t.cpu, 1000 * t.wall / double(count), 1000 * floor, floor * double(count) / t.wall,
                        static_cast<long long>(support::statusKilobytes("VmHWM") * 1024));
            std::fflush(stdout);
        };
        const auto all = std::span<const std::int32_t>(tokens);
        if (depth == depths.front()) timeline.sync(all.first(static_cast<std::size_t>(start + 1))); // packs the weights
        const std::int64_t left = start + chunk - timeline.size();
        row("prefill", left, timed([&] { timeline.sync(all); }), engine::prefillFloor(*model, ceilings, depth));
        for (std::int64_t t = 0; t < warm; ++t) timeline.next(tokens[static_cast<std::size_t>(t)]);
        Times best{1e9, 1e9};
        for (int repeat = 0; repeat < 5; ++repeat) {
            const Times t = timed([&] { for (int n = 0; n < 10; ++n) timeline.next(tokens[std::size_t(n)]); });
            best = {std::min(best.wall, t.wall), std::min(best.cpu, t.cpu)};
        }
        row("decode", 10, best, engine::decodeFloor(*model, ceilings, depth));
    }
    return 0;
}
