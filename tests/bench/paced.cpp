// bench_paced MODEL DEVICE CAPACITY: one timeline driven from outside, a command a line, so that another program can
// take turns with it on the same machine (engine_others.py):
//   prefill ID...   evaluates the tokens in one piece;   decode ID...   one by one;   both answer "SECONDS CPU_SECONDS"
//   logits FILE     writes the last logits as F32 [V];   answers "0 0"
#include "engine/timeline.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>

namespace {

void run(engine::Timeline& timeline, const std::string& command, std::istringstream& rest) {
    if (command == "logits") {
        std::string file;
        rest >> file;
        std::ofstream(file, std::ios::binary)
            .write(reinterpret_cast<const char*>(timeline.logits().data()), static_cast<std::streamsize>(timeline.logits().size_bytes()));
        return;
    }
    std::vector<std::int32_t> tokens = command == "prefill" ? timeline.tokens() : std::vector<std::int32_t>();
    for (std::int32_t id; rest >> id;) tokens.push_back(id);
    if (command == "prefill") timeline.sync(tokens);
    else for (const std::int32_t id : tokens) timeline.next(id);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: bench_paced MODEL DEVICE CAPACITY\n");
        return 2;
    }
    const auto model = engine::Model::open(std::filesystem::path(argv[1]), argv[2]);
    engine::Timeline timeline(model, std::atoll(argv[3]));
    std::printf("%lld\n", static_cast<long long>(model->config().activeParameters()));
    std::fflush(stdout);
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream rest(line);
        std::string command;
        rest >> command;
        const auto began = std::chrono::steady_clock::now();
        const std::clock_t cpu = std::clock();
        run(timeline, command, rest);
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        std::printf("%.6f %.6f\n", seconds, double(std::clock() - cpu) / CLOCKS_PER_SEC);
        std::fflush(stdout);
    }
    return 0;
}
