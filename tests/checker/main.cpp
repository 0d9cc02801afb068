// lectern-check FOLDER [DEVICE]: operations, goldens and appendix C without Qt, for machines that have only a compiler.
// FOLDER holds NAME.golden.safetensors files, each beside NAME.safetensors or a model folder NAME. Prints a line a check; the exit
// code is the number of failures.
#include "engine/model.h"
#include "tests/support/formula_weights.h"
#include "tests/support/golden_run.h"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

namespace {

int failures = 0;

void report(bool good, const std::string& what) {
    std::printf("%s  %s\n", good ? "ok  " : "FAIL", what.c_str());
    failures += !good;
}

void checkGolden(const std::filesystem::path& file, const std::string& device) {
    const std::string name = file.filename().string(), stem = name.substr(0, name.find(".golden."));
    const std::filesystem::path folder = file.parent_path() / stem; // a model folder, or one file beside the golden
    const auto weights = engine::Weights::open(std::filesystem::is_directory(folder) ? folder : file.parent_path() / (stem + ".safetensors"));
    const auto model = engine::Model::open(weights, device, kernels::Mode::Exact);
    const support::GoldenResult r = support::runGolden(model, support::GoldenFile(file));
    char text[200];
    std::snprintf(text, sizeof text, "%s: whole %.1e, chunks %.1e, decode %.1e, hidden %.1e, other picks %lld", stem.c_str(), r.whole,
                  r.chunked, r.decoded, r.hidden, static_cast<long long>(r.pickedOtherwise));
    report(r.whole < 5e-4 && r.chunked < 5e-4 && r.decoded < 5e-4 && r.pickedOtherwise == 0, text);
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: lectern-check FOLDER [DEVICE]\n");
        return 2;
    }
    const std::string device = argc > 2 ? argv[2] : "reference";
    try {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[1]))
            if (entry.path().filename().string().find(".golden.safetensors") != std::string::npos) checkGolden(entry.path(), device);
    } catch (const std::exception& e) {
        report(false, e.what());
    }
    return failures;
}
