// Runs a model over a golden file's tokens and measures how far it is off: whole prompt, odd chunks, one token at a
// time, hidden streams and the indexer's choices. Used by tst_goldens and by the plain checker.
#pragma once

#include "engine/timeline.h"
#include "tests/support/golden_file.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace support {

struct GoldenResult {
    double whole = 0, chunked = 0, decoded = 0, hidden = 0; // largest absolute difference of a logit, of a hidden value
    std::int64_t pickedOtherwise = 0; // queries whose set of entries differs
};

inline double largestDifference(std::span<const float> a, std::span<const float> b) {
    double worst = a.size() == b.size() ? 0 : HUGE_VAL;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        const double difference = std::fabs(double(a[i]) - double(b[i]));
        if (!(difference <= worst)) worst = difference; // NaN counts as worst
    }
    return worst;
}

inline std::vector<float> allLogits(engine::Timeline& timeline, std::span<const std::int32_t> tokens, std::int64_t chunk) {
    std::vector<float> logits;
    engine::SyncOptions options;
    options.chunk = chunk;
    options.observer.logits = [&](std::int64_t, std::span<const float> rows) { logits.insert(logits.end(), rows.begin(), rows.end()); };
    timeline.sync(tokens, options);
    return logits;
}

inline GoldenResult runGolden(const std::shared_ptr<const engine::Model>& model, const GoldenFile& golden) {
    GoldenResult result;
    const std::vector<std::int32_t> tokens = golden.values<std::int32_t>("input_ids");
    const std::int64_t count = static_cast<std::int64_t>(tokens.size()), vocabulary = model->config().vocabulary;
    const std::vector<float> prefill = golden.values<float>("prefill_logits"), decode = golden.values<float>("decode_logits");

    // Whole prompt, with everything there is to see.
    std::map<int, std::vector<float>> hidden;
    std::map<int, std::vector<std::int32_t>> picks;
    std::vector<float> logits;
    engine::SyncOptions options;
    options.chunk = count;
    options.observer.hidden = [&](int layer, std::int64_t, std::span<const float> v) { hidden[layer].insert(hidden[layer].end(), v.begin(), v.end()); };
    options.observer.picks = [&](int layer, std::int64_t, std::span<const std::int32_t> v) { picks[layer].insert(picks[layer].end(), v.begin(), v.end()); };
    options.observer.logits = [&](std::int64_t, std::span<const float> v) { logits.insert(logits.end(), v.begin(), v.end()); };
    engine::Timeline whole(model, count);
    whole.sync(tokens, options);
    result.whole = largestDifference(logits, prefill);
    for (const auto& [layer, values] : hidden) {
        const std::string name = "hidden." + std::to_string(layer);
        if (!golden.has(name)) continue;
        const std::vector<float> expected = golden.values<float>(name); // the last positions only, in some files
        result.hidden = std::max(result.hidden, largestDifference(std::span(values).last(std::min(expected.size(), values.size())), expected));
    }
    for (const auto& [layer, values] : picks) {
        const std::string name = "index_topk." + std::to_string(layer);
        if (!golden.has(name)) continue;
        const std::vector<std::int32_t> expected = golden.values<std::int32_t>(name);
        const std::size_t wide = static_cast<std::size_t>(golden.shape(name)[1]), k = values.size() / static_cast<std::size_t>(count);
        auto setOf = [](const std::vector<std::int32_t>& list, std::size_t row, std::size_t width) {
            std::vector<std::int32_t> set(list.begin() + static_cast<std::ptrdiff_t>(row * width), list.begin() + static_cast<std::ptrdiff_t>((row + 1) * width));
            std::erase(set, -1);
            std::sort(set.begin(), set.end());
            return set;
        };
        for (std::size_t t = 0; t < static_cast<std::size_t>(count); ++t)
            result.pickedOtherwise += setOf(values, t, k) != setOf(expected, t, wide);
    }

    for (const std::int64_t chunk : {1, 7, 37, 64}) {
        if (chunk == 1 && count > 400) continue; // decoding below covers single tokens
        engine::Timeline timeline(model, count);
        result.chunked = std::max(result.chunked, largestDifference(allLogits(timeline, tokens, chunk), prefill));
    }

    const std::int64_t steps = static_cast<std::int64_t>(decode.size()) / vocabulary;
    engine::Timeline timeline(model, count);
    timeline.sync(std::span(tokens).first(static_cast<std::size_t>(count - steps + 1)));
    for (std::int64_t i = 0; i < steps; ++i) {
        if (i > 0) timeline.next(tokens[static_cast<std::size_t>(count - steps + i)]);
        const auto expected = std::span(decode).subspan(static_cast<std::size_t>(i * vocabulary), static_cast<std::size_t>(vocabulary));
        result.decoded = std::max(result.decoded, largestDifference(timeline.logits(), expected));
    }
    return result;
}

} // namespace support
