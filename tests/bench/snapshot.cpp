// bench_snapshot pico|nano|CONFIG DEVICE DEPTH...: how long a saved sequence takes to come back. The state at a depth is
// seeded, saved, dropped from the page cache, read into a new timeline and continued by one token. A row has the seconds
// of each step; "reopened" is restore and first token together. The file lies in the working directory meanwhile.
#include "engine/snapshot.h"
#include "tests/support/process_memory.h"
#include "tests/support/random_checkpoint.h"
#include "tests/support/seeded_cache.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace {

template<class Work>
double timed(const Work& work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

void dropFromPageCache(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY);
    if (file < 0) return;
    ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    ::close(file);
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "usage: bench_snapshot pico|nano|CONFIG DEVICE DEPTH...\n");
        return 2;
    }
    const std::string shape = argv[1];
    std::ifstream config(shape);
    const auto weights = std::make_shared<support::RandomCheckpoint>(shape == "pico"   ? support::picoConfig()
                                                                     : shape == "nano" ? support::nanoConfig()
                                                                                       : std::string(std::istreambuf_iterator<char>(config), {}));
    const auto model = engine::Model::open(weights, argv[2], engine::Mode::Model);
    const std::filesystem::path file = "bench_snapshot.tmp";
    std::printf("model,device,depth,megabytes,save_seconds,restore_seconds,first_token_seconds,reopened_seconds,restore_peak_megabytes\n");
    for (int i = 3; i < argc; ++i) {
        const std::int64_t depth = std::atoll(argv[i]);
        std::vector<std::int32_t> tokens;
        for (std::int64_t t = 0; t < depth; ++t)
            tokens.push_back(static_cast<std::int32_t>(support::splitmix64(std::uint64_t(t)) % std::uint64_t(model->config().vocabulary)));
        double save = 0;
        {
            engine::Timeline timeline(model, depth + 16);
            support::seedCache(timeline.beginRestore(depth - 1), model->config(), depth - 1);
            timeline.finishRestore({tokens.begin(), tokens.end() - 1}, {});
            timeline.next(tokens.back()); // so that there are logits to save
            save = timed([&] { engine::saveSnapshot(timeline, file); });
        }
        dropFromPageCache(file);
        const support::MemoryMark memory;
        engine::SnapshotOutcome outcome;
        double first = 0;
        const double reopened = timed([&] {
            engine::Timeline timeline(model, depth + 16);
            outcome = engine::restoreSnapshot(timeline, file, engine::tokenHash(tokens));
            first = timed([&] { timeline.next(tokens[0]); });
        });
        if (outcome.state != engine::SnapshotOutcome::State::Restored) {
            std::fprintf(stderr, "not restored: %s\n", outcome.reason.c_str());
            return 1;
        }
        std::printf("%s,%s,%lld,%.1f,%.3f,%.3f,%.4f,%.3f,%.0f\n", argv[1], argv[2], static_cast<long long>(depth),
                    double(std::filesystem::file_size(file)) / 1e6, save, reopened - first, first, reopened, double(memory.peakGrowthBytes()) / 1e6);
        std::fflush(stdout);
        std::filesystem::remove(file);
    }
    return 0;
}
