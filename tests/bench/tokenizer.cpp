// How fast the tokenizer is: megabytes a second on one thread and on two, best of several runs, as CSV rows.
//   bench_tokenizer VOCABULARY FILE... [--runs N]
// VOCABULARY is resources/tokenizer or a tokenizer.json; each FILE is one document. tokenizer_others.py runs it in turns with
// Hugging Face tokenizers and tiktoken.

#include "engine/tokenizer.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

std::string readAll(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct Best {
    double seconds = 1e9, processor = 1e9; // by the clock, and of all threads together (on a busy machine)
};

void once(const engine::Tokenizer& tokenizer, const std::string& text, int threads, std::size_t& tokens, Best& best) {
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t ticks = std::clock();
    tokens = tokenizer.encode(text, engine::AddedTokens::Ignore, threads).size();
    best.processor = std::min(best.processor, static_cast<double>(std::clock() - ticks) / CLOCKS_PER_SEC);
    best.seconds = std::min(best.seconds, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
}

} // namespace

int main(int argc, char** argv) {
    int runs = 5;
    std::vector<std::string> files;
    for (int i = 1; i < argc; ++i) {
        if (std::string(argv[i]) == "--runs" && i + 1 < argc) runs = std::atoi(argv[++i]);
        else files.emplace_back(argv[i]);
    }
    if (files.size() < 2) {
        std::fprintf(stderr, "usage: bench_tokenizer VOCABULARY FILE... [--runs N]\n");
        return 2;
    }
    const auto start = std::chrono::steady_clock::now();
    const auto tokenizer = std::filesystem::is_directory(files[0]) ? engine::Tokenizer::fromFolder(files[0])
                                                                   : engine::Tokenizer::fromJson(readAll(files[0]));
    const double load = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::printf("program,file,bytes,tokens,threads,seconds,megabytes_per_second,load_seconds,processor_seconds,speedup\n");
    for (std::size_t i = 1; i < files.size(); ++i) {
        const std::string text = readAll(files[i]);
        Best best[2];
        std::size_t tokens = 0;
        for (int run = 0; run < runs; ++run) // in turns: a busy machine slows both
            for (const int threads : {1, 2}) once(*tokenizer, text, threads, tokens, best[threads - 1]);
        for (const int threads : {1, 2}) {
            const Best& time = best[threads - 1];
            std::printf("lectern,%s,%zu,%zu,%d,%.4f,%.1f,%.3f,%.4f,%.2f\n",
                        std::filesystem::path(files[i]).filename().c_str(), text.size(), tokens, threads, time.seconds,
                        static_cast<double>(text.size()) / 1e6 / time.seconds, load, time.processor, best[0].seconds / time.seconds);
        }
    }
    return 0;
}
