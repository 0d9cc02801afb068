#include "tests/checker/suites.h"

#include "engine/timeline.h"
#include "tests/support/flash_attention_checks.h"
#include "tests/support/flash_cases.h"
#include "tests/support/golden_run.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace checker {

namespace {

using Clock = std::chrono::steady_clock;

std::shared_ptr<const engine::Model> openFormula(const char* config, const std::string& device, kernels::Mode mode) {
    return engine::Model::open(std::make_shared<support::FormulaWeights>(config), device, mode);
}

std::size_t best(std::span<const float> logits) {
    return static_cast<std::size_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

std::vector<std::byte> stateOf(const engine::KvCache& cache) {
    std::vector<std::byte> bytes;
    for (const engine::StateBlock& block : cache.blocks()) {
        bytes.resize(bytes.size() + block.bytes());
        cache.readBlock(block, std::span(bytes).last(block.bytes()));
    }
    return bytes;
}

} // namespace

void checkFlash(const std::string& name, const Report& report) {
    const auto reference = kernels::openDevice("reference", kernels::Mode::Model);
    const auto device = kernels::openDevice(name, kernels::Mode::Model);
    for (const support::OperationCase& c : support::flashCases(kernels::Mode::Model)) {
        const auto began = Clock::now();
        support::compareDevices(*reference, *device, {c}, [&](bool good, const std::string& what) {
            char time[40];
            std::snprintf(time, sizeof time, " (%.1f s, both)", std::chrono::duration<double>(Clock::now() - began).count());
            report(good, "Flash: " + what + time);
        });
    }
    support::checkFlashAttention(*reference, *device, report);
}

void checkRepeats(const std::string& device, const Report& report) {
    const auto model = openFormula(support::v4TinyConfig(), device, kernels::Mode::Model);
    const std::vector<std::int32_t> tokens = support::formulaTokens(340, model->config().vocabulary);
    std::vector<float> first;
    std::vector<std::byte> firstState;
    for (int run = 0; run < 20; ++run) {
        engine::Timeline timeline(model, 400);
        std::vector<float> logits = support::allLogits(timeline, std::span(tokens).first(330), 128);
        for (std::size_t i = 330; i < tokens.size(); ++i) {
            timeline.next(tokens[i]);
            logits.insert(logits.end(), timeline.logits().begin(), timeline.logits().end());
        }
        const std::vector<std::byte> state = stateOf(timeline.cache());
        if (run == 0) first = logits, firstState = state;
        if (logits.size() == first.size() && std::memcmp(logits.data(), first.data(), logits.size() * 4) == 0 && state == firstState) continue;
        return report(false, device + ", run " + std::to_string(run) + " of a prompt of 330 tokens and 10 single ones gives other bytes than the first");
    }
    report(true, device + ": 20 runs of 330 prompt tokens and 10 single ones, equal bytes of logits and state");
}

void checkBorders(const std::string& device, const Report& report) {
    const auto expected = openFormula(support::smallConfig(), "reference", kernels::Mode::Exact);
    const auto model = openFormula(support::smallConfig(), device, kernels::Mode::Exact);
    // 4: from nothing; 128 and 256: a window of 128 ends within; 1024 with chunks of 512: a chunk does too.
    for (const std::int64_t begin : {1, 100, 200, 960})
        for (const std::int64_t chunk : {64, 512}) {
            const std::vector<std::int32_t> tokens = support::formulaTokens(begin + 127, model->config().vocabulary);
            engine::Timeline right(expected, begin + 128);
            right.sync(std::span(tokens).first(static_cast<std::size_t>(begin - 1)));
            int good = 0;
            double worst = 0;
            for (std::int64_t n = begin; n < begin + 128; ++n) {
                right.next(tokens[static_cast<std::size_t>(n - 1)]);
                engine::Timeline timeline(model, n);
                engine::SyncOptions options;
                options.chunk = chunk;
                timeline.sync(std::span(tokens).first(static_cast<std::size_t>(n)), options);
                const double difference = support::largestDifference(timeline.logits(), right.logits());
                worst = std::max(worst, difference);
                good += difference < 2e-3;
            }
            char text[200];
            std::snprintf(text, sizeof text, "%s: lengths %lld to %lld in chunks of %lld: %d of 128 as on the CPU, worst difference %.1e",
                          device.c_str(), static_cast<long long>(begin), static_cast<long long>(begin + 127), static_cast<long long>(chunk), good, worst);
            report(good == 128, text);
        }
}

void checkGreedy(const std::string& device, const std::string& folder, const Report& report) {
    constexpr int steps = 256;
    std::shared_ptr<const engine::Weights> weights = std::make_shared<support::FormulaWeights>(support::v4TinyConfig());
    if (!folder.empty()) weights = engine::Weights::open(folder);
    for (const kernels::Mode mode : {kernels::Mode::Exact, kernels::Mode::Model}) {
        const auto cpu = engine::Model::open(weights, "simd", mode), gpu = engine::Model::open(weights, device, mode);
        const std::vector<std::int32_t> prompt = support::formulaTokens(60, cpu->config().vocabulary);
        engine::Timeline left(cpu, 60 + steps), right(gpu, 60 + steps);
        left.sync(prompt);
        right.sync(prompt);
        int same = 0;
        double largestGap = 0; // between the CPU's token and the device's, where they differ, in the CPU's logits
        for (int i = 0; i < steps; ++i) {
            const std::size_t token = best(left.logits()), other = best(right.logits());
            same += token == other;
            largestGap = std::max(largestGap, double(left.logits()[token]) - double(left.logits()[other]));
            left.next(static_cast<std::int32_t>(token));
            right.next(static_cast<std::int32_t>(token));
        }
        const bool exact = mode == kernels::Mode::Exact;
        char text[240];
        std::snprintf(text, sizeof text,
                      "%s: %d of %d greedy tokens as the CPU's %s, %s, largest gap where they differ %.4f", device.c_str(),
                      same, steps, exact ? "without rounding" : "as trained",
                      folder.empty() ? "formula weights" : folder.c_str(), largestGap);
        report(exact ? same == steps : same >= steps * 97 / 100, text);
    }
}

} // namespace checker
