// bench_snapshot pico|nano|flash-state|CONFIG DEVICE DEPTH...: how long a saved sequence takes to come back. The state at a depth is
// seeded, saved, dropped from the page cache, read into a new timeline and continued by one token. A row has the seconds
// of each step; "reopened" is restore and first token together. Beside it what the disk does with as many plain bytes,
// measured between the same steps, and the shares of its rates. "flash-state" has Flash's 43 layers, head and index sizes,
// so that its state has Flash's bytes, and narrow weights. Files lie in the working directory meanwhile.
#include "engine/snapshot.h"
#include "tests/support/flash_weights.h"
#include "tests/support/process_memory.h"
#include "tests/support/random_checkpoint.h"
#include "tests/support/seeded_cache.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
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

// Seconds to write so many bytes to a file and to the disk behind it, and to read them back from there.
struct DiskTimes {
    double write = 0, read = 0;
};
DiskTimes plainDisk(std::uint64_t bytes) {
    const std::filesystem::path path = "bench_snapshot_plain.tmp";
    std::vector<std::uint64_t> piece(1u << 20);
    for (std::size_t i = 0; i < piece.size(); ++i) piece[i] = support::splitmix64(i);
    const std::size_t pieceBytes = piece.size() * sizeof piece[0];
    DiskTimes times;
    times.write = timed([&] {
        const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        for (std::uint64_t done = 0; done < bytes;) {
            const ssize_t wrote = ::write(file, piece.data(), std::min<std::uint64_t>(pieceBytes, bytes - done));
            if (wrote <= 0) break;
            done += static_cast<std::uint64_t>(wrote);
        }
        ::fsync(file);
        ::close(file);
    });
    dropFromPageCache(path);
    times.read = timed([&] {
        const int file = ::open(path.c_str(), O_RDONLY);
        while (::read(file, piece.data(), pieceBytes) > 0) {}
        ::close(file);
    });
    std::filesystem::remove(path);
    return times;
}

std::vector<int> flashRatios() {
    std::vector<int> ratios{0, 0};
    for (int i = 0; i < 20; ++i) ratios.push_back(4), ratios.push_back(128);
    ratios.push_back(4);
    return ratios;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "usage: bench_snapshot pico|nano|CONFIG DEVICE DEPTH...\n");
        return 2;
    }
    const std::string shape = argv[1];
    std::ifstream config(shape);
    std::shared_ptr<const engine::Weights> weights;
    if (shape == "flash-state")
        weights = std::make_shared<support::FlashWeights>(support::flashConfig(flashRatios(), 3, 32));
    else
        weights = std::make_shared<support::RandomCheckpoint>(shape == "pico"   ? support::picoConfig()
                                                              : shape == "nano" ? support::nanoConfig()
                                                                                : std::string(std::istreambuf_iterator<char>(config), {}));
    const auto model = engine::Model::open(weights, argv[2], engine::Mode::Model);
    const std::filesystem::path file = "bench_snapshot.tmp";
    std::printf("model,device,depth,megabytes,save_seconds,restore_seconds,first_token_seconds,reopened_seconds,restore_peak_megabytes,"
                "disk_write_seconds,disk_read_seconds,save_share,restore_share,logits_equal\n");
    for (int i = 3; i < argc; ++i) {
        const std::int64_t depth = std::atoll(argv[i]);
        std::vector<std::int32_t> tokens;
        for (std::int64_t t = 0; t < depth; ++t)
            tokens.push_back(static_cast<std::int32_t>(support::splitmix64(std::uint64_t(t)) % std::uint64_t(model->config().vocabulary)));
        double save = 0;
        std::vector<float> expected;
        {
            engine::Timeline timeline(model, depth + 16);
            support::seedCache(timeline.beginRestore(depth - 1), model->config(), depth - 1);
            timeline.finishRestore({tokens.begin(), tokens.end() - 1}, {});
            timeline.next(tokens.back()); // so that there are logits to save
            save = timed([&] { engine::saveSnapshot(timeline, file); });
            timeline.next(tokens[0]);
            expected.assign(timeline.logits().begin(), timeline.logits().end());
        }
        const DiskTimes disk = plainDisk(std::filesystem::file_size(file));
        dropFromPageCache(file);
        bool equal = false;
        const support::MemoryMark memory;
        engine::SnapshotOutcome outcome;
        double first = 0;
        const double reopened = timed([&] {
            engine::Timeline timeline(model, depth + 16);
            outcome = engine::restoreSnapshot(timeline, file, engine::tokenHash(tokens));
            first = timed([&] { timeline.next(tokens[0]); });
            equal = expected.size() == timeline.logits().size() &&
                    std::memcmp(expected.data(), timeline.logits().data(), expected.size() * sizeof(float)) == 0;
        });
        if (outcome.state != engine::SnapshotOutcome::State::Restored) {
            std::fprintf(stderr, "not restored: %s\n", outcome.reason.c_str());
            return 1;
        }
        std::printf("%s,%s,%lld,%.1f,%.3f,%.3f,%.4f,%.3f,%.0f,%.3f,%.3f,%.2f,%.2f,%s\n", argv[1], argv[2], static_cast<long long>(depth),
                    double(std::filesystem::file_size(file)) / 1e6, save, reopened - first, first, reopened, double(memory.peakGrowthBytes()) / 1e6,
                    disk.write, disk.read, disk.write / save, disk.read / (reopened - first), equal ? "yes" : "NO");
        std::fflush(stdout);
        std::filesystem::remove(file);
    }
    return 0;
}
