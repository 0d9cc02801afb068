// lectern-check FOLDER [DEVICE [SUITE ...]]: a device against its definition without Qt, for machines that have only
// a compiler. FOLDER holds NAME.golden.safetensors files, each beside NAME.safetensors or a model folder NAME.
// Without DEVICE every device of this machine is checked. Suites: operations, goldens (these two unless named),
// flash, repeats, borders, greedy, greedy=MODEL. Prints a line for each check; the exit code is 1 when one failed or
// nothing was checked.
#include "engine/model.h"
#include "tests/checker/suites.h"
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
    std::fflush(stdout);
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
    const double bound = device.starts_with("cuda") ? 2e-3 : 5e-4;
    report(r.whole < bound && r.chunked < bound && r.decoded < bound && r.pickedOtherwise == 0, text);
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: lectern-check FOLDER [DEVICE [operations|goldens|flash|repeats|borders|greedy[=MODEL] ...]]\n");
        return 2;
    }
    try {
        std::vector<std::string> devices = kernels::availableDevices(kernels::Mode::Model), suites(argv + std::min(argc, 3), argv + argc);
        if (argc > 2) devices = {argv[2]};
        if (suites.empty()) suites = {"operations", "goldens"};
        for (const std::string& device : devices) {
            kernels::openDevice(device, kernels::Mode::Model); // says why when it is not there
            for (const std::string& suite : suites) {
                const bool greedy = suite.starts_with("greedy");
                if (suite == "operations") checkOperations(device);
                else if (suite == "flash") checker::checkFlash(device, report);
                else if (suite == "repeats") checker::checkRepeats(device, report);
                else if (suite == "borders") checker::checkBorders(device, report);
                else if (greedy) checker::checkGreedy(device, suite.size() > 7 ? suite.substr(7) : "", report);
                else if (suite == "goldens") {
                    for (const auto& entry : fs::recursive_directory_iterator(argv[1]))
                        if (entry.path().filename().string().find(".golden.safetensors") != std::string::npos)
                            checkGolden(entry.path(), device);
                } else report(false, "there is no suite \"" + suite + "\"");
            }
        }
    } catch (const std::exception& e) {
        report(false, e.what());
    }
    std::printf("%d checks, %d failed\n", checks, failures);
    return failures || !checks ? 1 : 0;
}
