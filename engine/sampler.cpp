#include "engine/sampler.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace engine {

namespace {

constexpr double leastTemperature = 1e-5;

void requireFinite(std::span<const float> logits) {
    for (std::size_t i = 0; i < logits.size(); ++i)
        if (!std::isfinite(logits[i]))
            throw NotFinite("The model's output holds a value that is not a number (at token id " + std::to_string(i) +
                            "), so nothing was sampled from it; check the model's files or use another device.");
}

} // namespace

Sampler::Sampler(const SamplerOptions& options) : m_options(options), m_random(options.seed) {}

void Sampler::forbid(std::span<const TokenId> ids) {
    for (const TokenId id : ids) {
        if (id < 0) continue;
        const auto at = static_cast<std::size_t>(id);
        if (at >= m_forbidden.size()) m_forbidden.resize(at + 1);
        m_forbidden[at] = 1;
    }
}

TokenId Sampler::next(std::span<const float> logits, std::span<const TokenId> allowed) {
    requireFinite(logits);
    m_candidates.clear();
    if (allowed.empty()) {
        for (std::size_t i = 0; i < logits.size(); ++i)
            if (i >= m_forbidden.size() || m_forbidden[i] == 0)
                m_candidates.push_back({logits[i], static_cast<TokenId>(i)});
    } else {
        for (const TokenId id : allowed)
            if (id >= 0 && static_cast<std::size_t>(id) < logits.size())
                m_candidates.push_back({logits[static_cast<std::size_t>(id)], id});
    }
    if (m_candidates.empty())
        throw std::runtime_error("No token may be chosen here: every one is forbidden; this is a mistake in the request.");
    return draw();
}

void Sampler::skip() {
    if (m_options.temperature >= leastTemperature) m_random();
}

TokenId Sampler::draw() {
    // Higher logit first, lower id on ties: one order for greedy, top-p and the draw.
    const auto before = [](const Candidate& a, const Candidate& b) {
        return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
    };
    const Candidate best = *std::min_element(m_candidates.begin(), m_candidates.end(), before);
    if (m_options.temperature < leastTemperature) return best.id;

    double total = 0;
    const auto weightOf = [&](const Candidate& candidate) {
        return std::exp((static_cast<double>(candidate.logit) - best.logit) / m_options.temperature);
    };
    for (const Candidate& candidate : m_candidates) total += weightOf(candidate);
    // 53 random bits: the same number on every machine, unlike std::uniform_real_distribution.
    const double random = static_cast<double>(m_random() >> 11) * 0x1p-53;
    if (m_options.topP >= 1) {
        double left = random * total;
        for (const Candidate& candidate : m_candidates)
            if ((left -= weightOf(candidate)) < 0) return candidate.id;
        return best.id;
    }
    // Take candidates off a heap until they hold the wanted share; few are needed.
    const auto after = [&](const Candidate& a, const Candidate& b) { return before(b, a); };
    std::make_heap(m_candidates.begin(), m_candidates.end(), after);
    const double wanted = std::max(0.0, m_options.topP) * total;
    double nucleus = 0;
    auto end = m_candidates.end();
    do {
        std::pop_heap(m_candidates.begin(), end, after);
        --end;
        nucleus += weightOf(*end);
    } while (nucleus < wanted && end != m_candidates.begin());
    double left = random * nucleus;
    for (auto at = m_candidates.end(); at != end;)
        if ((left -= weightOf(*--at)) < 0) return at->id;
    return (m_candidates.end() - 1)->id;
}

} // namespace engine
