// lectern-check FOLDER [DEVICE]: operations and golden models without Qt, for machines that have only a
// compiler. FOLDER holds NAME.golden.safetensors files, each beside NAME.safetensors or a model folder NAME.
// Without DEVICE every device of this machine is checked; a GPU also at the sizes of V4-Flash. Prints a line for each check; the exit code is 1
// when one failed.
#include "engine/model.h"
#include "tests/support/flash_attention_checks.h"
#include "tests/support/golden_run.h"
#include "tests/support/operation_list.h"
#include "tests/support/operation_vectors.h"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

namespace {

namespace fs = std::filesystem;

int checks = 0, failures = 0;

void report(bool good, const std::string& what) {
    std::printf("%s  %s\n", good ? "ok  " : "FAIL", what.c_str());
    ++checks;
    failures += !good;
}

void reportFailures(bool good, const std::string& what) {
    ++checks;
    if (!good) report(false, what);
}

void checkOperations(const std::string& name) {
    const auto config = engine::ModelConfig::parse(support::v4TinyConfig());
    for (const auto mode : {kernels::Mode::Model, kernels::Mode::Caches, kernels::Mode::Exact}) {
        const std::vector<std::string> known = kernels::availableDevices(mode);
        const std::string plain = name.substr(0, name.find(',')); // "cuda:0,portable" is a way to run "cuda:0"
        if (std::find(known.begin(), known.end(), plain) == known.end()) continue;
        const auto reference = kernels::openDevice("reference", mode),
                   device = kernels::openDevice(name, mode);
        const int before = checks;
        support::compareDevices(*reference, *device, support::operationCases(mode), reportFailures);
        if (mode == kernels::Mode::Exact)
            support::checkVectors(*device, config.ropeFrequencies(4), config.ropeFrequencies(0),
                                  reportFailures);
        std::printf("      %d operation checks on %s in mode %d\n", checks - before, name.c_str(), int(mode));
    }
}

void checkGolden(const fs::path& file, const std::string& device) {
    const std::string name = file.filename().string(), stem = name.substr(0, name.find(".golden."));
    const fs::path folder = file.parent_path() / stem;
    const auto weights = engine::Weights::open(
        fs::is_directory(folder) ? folder : file.parent_path() / (stem + ".safetensors"));
    const auto model = engine::Model::open(weights, device, kernels::Mode::Exact);
    const support::GoldenResult r = support::runGolden(model, support::GoldenFile(file));
    char text[240];
    std::snprintf(text, sizeof text,
                  "%s on %s: whole %.1e, chunks %.1e, decode %.1e, hidden %.1e, other picks %lld",
                  stem.c_str(), device.c_str(), r.whole, r.chunked, r.decoded, r.hidden,
                  static_cast<long long>(r.pickedOtherwise));
    report(r.whole < 5e-4 && r.chunked < 5e-4 && r.decoded < 5e-4 && r.pickedOtherwise == 0, text);
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: lectern-check FOLDER [DEVICE]\n");
        return 2;
    }
    try {
        std::vector<std::string> devices = kernels::availableDevices(kernels::Mode::Model);
        if (argc > 2) devices = {argv[2]};
        const std::vector<std::string> exact = kernels::availableDevices(kernels::Mode::Exact);
        for (const std::string& device : devices) {
            kernels::openDevice(device, kernels::Mode::Model); // says why when it is not there
            checkOperations(device);
            if (device.starts_with("cuda"))
                support::checkFlashAttention(*kernels::openDevice("reference", kernels::Mode::Model),
                                             *kernels::openDevice(device, kernels::Mode::Model), report);
            if (std::find(exact.begin(), exact.end(), device.substr(0, device.find(','))) == exact.end())
                continue; // goldens know no rounding
            for (const auto& entry : fs::recursive_directory_iterator(argv[1]))
                if (entry.path().filename().string().find(".golden.safetensors") != std::string::npos)
                    checkGolden(entry.path(), device);
        }
    } catch (const std::exception& e) {
        report(false, e.what());
    }
    std::printf("%d checks, %d failed\n", checks, failures);
    return failures ? 1 : 0;
}
