// lectern engine bench: prefill and decode speed of a model at several depths of context, on invented tokens.

#include "app/cli/engine_parts.h"
#include "app/cli/invocation.h"

#include "engine/ceilings.h"
#include "engine/logits_file.h"
#include "engine/timeline.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>

namespace app::cli {

namespace {

constexpr std::int64_t decodeTokens = 32;

double secondsOf(const std::function<void()>& work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

std::vector<std::int64_t> depthsOf(Invocation& call) {
    std::vector<std::int64_t> depths;
    for (const std::string& text : call.values("depths")) {
        char* end = nullptr;
        const long long depth = std::strtoll(text.c_str(), &end, 10);
        if (*end != '\0' || depth < 1 || depth > 1'048'576) throw UsageError("--depths needs numbers of tokens from 1 to 1048576, separated by commas.", "--depths");
        depths.push_back(depth);
    }
    if (depths.empty()) depths = {4096, 32768};
    std::sort(depths.begin(), depths.end());
    return depths;
}

std::string oneDecimal(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    return text;
}

std::string twoDecimals(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", value);
    return text;
}

} // namespace

int engineBench(Invocation& call) {
    if (call.positional().size() != 2) throw UsageError("lectern engine bench needs one model.", "bench", "lectern engine bench DIR");
    const std::vector<std::int64_t> depths = depthsOf(call);
    const auto model = engine::openForComparison(call.positional()[1], call.value("device", "auto"), false);
    std::mt19937 random(1);
    std::vector<std::int32_t> tokens(static_cast<std::size_t>(depths.back()));
    for (std::int32_t& token : tokens) token = static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(model->config().vocabulary));
    engine::Timeline timeline(model, depths.back() + decodeTokens);
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    const engine::Ceilings ceilings = engine::measureCeilings(*model);
    call.print("# " + model->device().name() + " (" + ceilings.instructions + ", " + std::to_string(ceilings.units) + " " + ceilings.unitName + "), read " +
               oneDecimal(ceilings.readBytesPerSecond / 1e9) + " GB/s, multiply " + oneDecimal(ceilings.multiplicationsPerSecond / 1e9) +
               " G/s, weights of a token " + oneDecimal(engine::weightBytesPerToken(*model) / 1e6) + " MB");
    call.print("depth,prefill_tokens_per_second,decode_tokens_per_second,prefill_share_of_multiply_rate,decode_share_of_read_bandwidth");
    for (const std::int64_t depth : depths) {
        const std::int64_t from = timeline.size();
        engine::SyncOptions options;
        options.onProgress = [&](std::int64_t done, std::int64_t total) { call.progress().update("Evaluating", done, total, "tokens", ""); };
        const double prefill = secondsOf([&] { timeline.sync(std::span(tokens).first(static_cast<std::size_t>(depth)), options, call.stop()); });
        if (call.interrupted()) return call.exitCode();
        timeline.keep();
        const double decode = secondsOf([&] {
            for (std::int64_t i = 0; i < decodeTokens && !call.interrupted(); ++i) timeline.next(tokens[static_cast<std::size_t>(i) % tokens.size()]);
        });
        timeline.rewind(depth);
        const double prefillRate = static_cast<double>(depth - from) / prefill, decodeRate = static_cast<double>(decodeTokens) / decode;
        const double multiplyShare = engine::multiplyShare(*model, ceilings, prefillRate), readShare = engine::readShare(*model, ceilings, decodeRate);
        call.progress().clear();
        call.print(std::to_string(depth) + "," + oneDecimal(prefillRate) + "," + oneDecimal(decodeRate) + "," + twoDecimals(multiplyShare) + "," + twoDecimals(readShare));
        rows.push_back({{"depth", depth}, {"prefill_tokens_per_second", prefillRate}, {"decode_tokens_per_second", decodeRate},
                        {"prefill_share_of_multiply_rate", multiplyShare}, {"decode_share_of_read_bandwidth", readShare}});
    }
    call.printJson({{"schema", "lectern.engine-bench/1"}, {"identity", model->identity()},
                    {"ceilings", {{"instructions", ceilings.instructions}, {"threads", ceilings.units}, {"read_bytes_per_second", ceilings.readBytesPerSecond},
                                  {"multiplications_per_second", ceilings.multiplicationsPerSecond}}},
                    {"rows", rows}});
    return call.exitCode();
}

} // namespace app::cli
