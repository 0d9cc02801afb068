// The range before a run and the account after it: shapes, bands and assumptions over the rows of cost.cpp.
#include "app/cost.h"

#include <algorithm>

namespace app {

namespace {

// Hosted engines whose speed nobody measured here: a wide range, said in the assumptions.
constexpr double slowPrefill = 5'000, fastPrefill = 50'000, slowOutput = 30, fastOutput = 120;
// What an estimated token count may be off by.
constexpr int estimateLowPermille = 850, estimateHighPermille = 1'200;

std::string grouped(std::int64_t number) {
    std::string text = std::to_string(number);
    for (int at = int(text.size()) - 3; at > 0; at -= 3)
        text.insert(std::size_t(at), ",");
    return text;
}

RunShape scaled(RunShape shape, std::int64_t permille) {
    for (std::int64_t* tokens : {&shape.prefix, &shape.tail, &shape.answerLow, &shape.answer})
        *tokens = (*tokens * permille + 999) / 1000;
    return shape;
}

Money plus(Money a, const Money& b) {
    a.picoUnits += b.picoUnits;
    return a;
}

std::optional<Money> times(const std::optional<Money>& money, std::int64_t factor) {
    if (!money || (factor > 0 && money->picoUnits > INT64_MAX / factor))
        return std::nullopt;
    return Money{money->picoUnits * factor, money->currency};
}

enum class Cache : std::uint8_t { Used, Missed };

std::optional<Money> priceRun(const PriceTable& prices, const std::string& id, UtcSeconds at, Band band, const RunShape& shape,
                              std::int64_t answer, Cache cache) {
    const PriceRow* first = prices.find(id, at, shape.prefix, band);
    const PriceRow* later = prices.find(id, at, shape.prefix + shape.tail, band);
    if (!first || !later)
        return std::nullopt;
    PriceRow writes = *first; // a provider that bills cache writes bills the first reading so
    if (cache == Cache::Used && writes.cacheWrite)
        writes.uncached = writes.cacheWrite;
    Usage warm, branch;
    warm.inputUncached = shape.prefix;
    branch.inputUncached = shape.tail + (cache == Cache::Missed ? shape.prefix : 0);
    branch.inputCached = cache == Cache::Used ? shape.prefix : 0;
    branch.output = answer;
    const auto a = priceOf(writes, warm), b = times(priceOf(*later, branch), shape.calls);
    if (!a || !b)
        return std::nullopt;
    return plus(*a, *b);
}

void timeRange(CostEstimate& estimate, const RunShape& shape, const Speed& speed) {
    const double waves = double((shape.calls + shape.parallel - 1) / std::max(1, shape.parallel));
    const auto seconds = [&](double prefill, double output, std::int64_t answer) {
        return double(shape.prefix) / prefill + waves * (double(shape.tail) / prefill + double(answer) / output);
    };
    const bool measured = speed.prefillPerSecond > 0 && speed.outputPerSecond > 0;
    estimate.secondsLow = seconds(measured ? speed.prefillPerSecond : fastPrefill, measured ? speed.outputPerSecond : fastOutput, shape.answerLow);
    estimate.secondsHigh = seconds(measured ? speed.prefillPerSecond : slowPrefill, measured ? speed.outputPerSecond : slowOutput, shape.answer);
    estimate.assumptions.push_back(measured ? "speed as measured"
                                            : "speed assumed, not measured: 5,000 to 50,000 tokens/s in, 30 to 120 tokens/s out");
}

} // namespace

Usage usageOf(const RunShape& shape) {
    Usage usage;
    usage.inputUncached = shape.prefix + shape.calls * shape.tail;
    usage.inputCached = shape.calls * shape.prefix;
    usage.output = shape.calls * shape.answer;
    usage.estimated = true;
    return usage;
}

Usage usageWithoutCache(const RunShape& shape) {
    Usage usage = usageOf(shape);
    usage.inputUncached += usage.inputCached;
    usage.inputCached = 0;
    return usage;
}

CostEstimate estimateCost(const PriceTable& prices, const std::string& id, const RunShape& given, std::optional<UtcSeconds> at,
                          const Speed& speed) {
    CostEstimate estimate;
    estimate.engine = id;
    estimate.priceId = id;
    const UtcSeconds when = at.value_or(utcNow());
    const PriceRow* row = prices.find(id, when, given.prefix + given.tail);
    const RunShape least = given.exactTokens ? given : scaled(given, estimateLowPermille);
    RunShape most = given.exactTokens ? given : scaled(given, estimateHighPermille);
    if (!given.exactTokens)
        estimate.assumptions.push_back("token counts are estimated: 15 % less to 20 % more");
    if (row && row->tokenPermille > 1000) {
        most = scaled(most, row->tokenPermille);
        std::string factor = std::to_string(row->tokenPermille);
        factor.insert(factor.size() - 3, ".");
        estimate.assumptions.push_back("this model may need " + factor + " times as many tokens for the same text");
    }
    timeRange(estimate, most, speed);
    estimate.secondsLow = std::min(estimate.secondsLow, estimate.secondsHigh);
    if (!row) {
        estimate.band = "unknown";
        estimate.assumptions.push_back("the price is unknown");
        return estimate;
    }
    estimate.engine = row->name;
    estimate.currency = row->currency;
    estimate.asOf = row->retrieved;
    estimate.source = row->source;
    estimate.fits = row->window == 0 || given.prefix + given.tail + given.answer <= row->window;
    Band low = row->band, high = row->band;
    estimate.band = toString(row->band);
    if (row->band != Band::Flat) {
        const UtcSeconds end = when + UtcSeconds(estimate.secondsHigh) + 1;
        bool crosses = !at;
        for (UtcSeconds t = when; !crosses && t < end + 600; t += 600)
            if (const PriceRow* then = prices.find(id, std::min(t, end), given.prefix + given.tail))
                crosses = then->band != row->band;
        if (crosses) {
            low = Band::OffPeak, high = Band::Peak;
            estimate.band = at ? std::string(toString(row->band)) + ", may cross" : "any time";
            estimate.assumptions.push_back(at ? "the run may cross into another price band" : "no start time: the range spans both price bands");
        }
    }
    estimate.assumptions.push_back("one reading of " + grouped(given.prefix) + " tokens, then " + grouped(given.calls) +
                                   (given.calls == 1 ? " call" : " calls") + " that find it cached; each adds " + grouped(given.tail) +
                                   " tokens and answers with " + grouped(given.answerLow) + " to " + grouped(given.answer));
    if (!row->cached)
        estimate.assumptions.push_back("the price of cached input is unknown: counted as uncached");
    if (row->confidence == "C")
        estimate.assumptions.push_back("the price rests on one third party");
    estimate.low = priceRun(prices, id, when, low, least, least.answerLow, Cache::Used);
    estimate.high = priceRun(prices, id, when, high, most, most.answer, Cache::Used);
    estimate.uncached = priceRun(prices, id, when, high, most, most.answer, Cache::Missed);
    return estimate;
}

CostEstimate estimateLocal(const std::string& engine, const RunShape& given, const Speed& speed) {
    CostEstimate estimate;
    estimate.engine = engine;
    estimate.band = "local";
    RunShape shape = given;
    shape.parallel = 1;
    timeRange(estimate, shape, speed);
    estimate.low = estimate.high = estimate.uncached = Money{};
    estimate.assumptions.push_back("runs on this machine: time and electricity, no price");
    return estimate;
}

std::vector<CostEstimate> compareCosts(const PriceTable& prices, const RunShape& shape, std::optional<UtcSeconds> at) {
    std::vector<CostEstimate> all;
    const UtcSeconds when = at.value_or(utcNow());
    for (const std::string& id : prices.ids())
        if (prices.find(id, when, shape.prefix + shape.tail))
            all.push_back(estimateCost(prices, id, shape, at));
    // Cheapest first within a currency; what is unknown comes last.
    std::stable_sort(all.begin(), all.end(), [](const CostEstimate& a, const CostEstimate& b) {
        if (a.high.has_value() != b.high.has_value())
            return a.high.has_value();
        if (a.currency != b.currency)
            return a.currency == "USD" || (b.currency != "USD" && a.currency < b.currency);
        return a.high && a.high->picoUnits < b.high->picoUnits;
    });
    return all;
}

CostAccount::CostAccount(const PriceTable& prices, std::string priceId, std::string host)
    : m_prices(&prices), m_priceId(std::move(priceId)), m_host(std::move(host)), m_spent(Money{}) {}

void CostAccount::add(const Usage& usage, UtcSeconds at) {
    m_usage += usage;
    ++m_calls;
    if (m_host.empty())
        return; // local: costs no money
    m_row = m_priceId.empty() ? nullptr : m_prices->find(m_priceId, at, usage.inputUncached + usage.inputCached);
    const auto price = m_row ? priceOf(*m_row, usage) : std::nullopt;
    if (!price || !m_spent) {
        m_spent.reset(); // unknown is never 0
        return;
    }
    m_spent = m_calls == 1 ? *price : plus(*m_spent, *price);
}

CostReport CostAccount::report(const CostEstimate* forecast) const {
    CostReport report;
    report.actual = m_spent;
    report.seconds = m_usage.seconds;
    report.calls = m_calls;
    report.inputUncached = m_usage.inputUncached;
    report.inputCached = m_usage.inputCached;
    report.output = m_usage.output;
    report.reasoning = m_usage.reasoning;
    report.estimated = m_usage.estimated;
    if (m_row) {
        report.priceRow = m_row->id;
        report.priceBand = toString(m_row->band);
        report.priceAsOf = m_row->retrieved;
        report.priceSource = m_row->source;
    }
    if (forecast) {
        report.low = forecast->low;
        report.high = forecast->high;
        report.secondsLow = forecast->secondsLow;
        report.secondsHigh = forecast->secondsHigh;
        if (!m_row) {
            report.priceRow = forecast->priceId;
            report.priceBand = forecast->band;
            report.priceAsOf = forecast->asOf;
            report.priceSource = forecast->source;
        }
    }
    return report;
}

} // namespace app
