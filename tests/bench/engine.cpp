// bench_engine MODEL DEVICE DEPTH...: prefill and decode of a V4 shape with random weights at several depths. MODEL is
// "pico", "nano" or a config.json. The cache at a depth is seeded, not computed, so a million tokens need no hour; the
// figures are the marginal cost there: one chunk, and one token at a time. CSV on stdout, wall and CPU time both, because
// a busy machine shows in their difference.
#include "engine/ceilings.h"
#include "engine/timeline.h"
#include "tests/support/random_checkpoint.h"
#include "tests/support/seeded_cache.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>

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
    if (argc < 4) {
        std::fprintf(stderr, "usage: bench_engine pico|nano|CONFIG DEVICE DEPTH...\n");
        return 2;
    }
    const auto weights = std::make_shared<support::RandomCheckpoint>(configOf(argv[1]));
    std::shared_ptr<const engine::Model> model;
    const Times opened = timed([&] { model = engine::Model::open(weights, argv[2], Mode::Model); });
    std::fprintf(stderr, "opened in %.2f s\n", opened.wall);
    const engine::Ceilings ceilings = engine::measureCeilings(*model);
    std::printf("# %s, %d %s, read %.1f GB/s, multiply %.1f G/s, active parameters %.1f M\n", ceilings.instructions.c_str(), ceilings.units, ceilings.unitName.c_str(),
                ceilings.readBytesPerSecond / 1e9, ceilings.multiplicationsPerSecond / 1e9, double(model->config().activeParameters()) / 1e6);
    std::printf("model,device,depth,stage,tokens,tokens_per_second,tokens_per_cpu_second,wall_ms_per_token\n");
    for (int i = 3; i < argc; ++i) {
        const std::int64_t depth = std::atoll(argv[i]);
        const std::int64_t chunk = 1024, decoded = 64;
        engine::Timeline timeline(model, depth + chunk + decoded + 1);
        std::vector<std::int32_t> tokens;
        for (std::int64_t t = 0; t < depth + chunk; ++t) tokens.push_back(static_cast<std::int32_t>(support::splitmix64(std::uint64_t(t)) % std::uint64_t(model->config().vocabulary)));
        support::seedCache(timeline.beginRestore(depth), model->config(), depth);
        timeline.finishRestore({tokens.begin(), tokens.begin() + depth}, {});
        auto row = [&](const char* stage, std::int64_t count, Times t) {
            std::printf("%s,%s,%lld,%s,%lld,%.1f,%.1f,%.4f\n", argv[1], argv[2], static_cast<long long>(depth), stage, static_cast<long long>(count),
                        double(count) / t.wall, double(count) / t.cpu, 1000 * t.wall / double(count));
            std::fflush(stdout);
        };
        row("prefill", chunk, timed([&] { timeline.sync(tokens); }));
        for (int t = 0; t < 8; ++t) timeline.next(tokens[std::size_t(t)]); // warm
        Times best{1e9, 1e9};
        for (int repeat = 0; repeat < 5; ++repeat) {
            const Times t = timed([&] { for (int n = 0; n < 10; ++n) timeline.next(tokens[std::size_t(n)]); });
            best = {std::min(best.wall, t.wall), std::min(best.cpu, t.cpu)};
        }
        row("decode", 10, best);
    }
    return 0;
}
