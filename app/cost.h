// What a run costs: a price table that is data (resources/prices.json: dated, sourced, by time of day and tier), an
// estimate as a range before the run and the account after it. Integer arithmetic: 10^-12 of the currency a token.
// Values and pure functions; any thread. Source: hosted-apis-and-prices.md 2 and 3.
#pragma once

#include "app/backend/backend.h"
#include "app/report/report.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace app {

using UtcSeconds = std::int64_t; // since 1970-01-01T00:00:00Z
// "2026-08-22", "2026-08-22T02:00:00Z", "2026-08-22T02:00Z", "02:00" needs `now`; nothing when it is no time.
std::optional<UtcSeconds> parseTime(const std::string& text, UtcSeconds now);
std::string formatTime(UtcSeconds time); // "2026-08-22T02:00:00Z"
UtcSeconds utcNow();

enum class Band : std::uint8_t { Flat, Peak, OffPeak };
const char* toString(Band band); // "flat", "peak", "off-peak"

// One row: what a model costs from a date on, in a band, above a prompt size. Rates are picoUnits a token.
struct PriceRow {
    std::string id, name, provider;  // "deepseek-flash"; several rows share an id
    std::vector<std::string> models; // names on the wire that this id serves
    std::string currency = "USD";
    UtcSeconds from = 0, to = INT64_MAX; // half open
    Band band = Band::Flat;
    std::string calendar;            // which peak windows; empty for flat
    std::int64_t abovePrompt = 0;    // tier: applies when the prompt is strictly longer
    std::optional<std::int64_t> uncached, cached, cacheWrite, output;
    std::int64_t window = 0, maxOutput = 0;
    std::int64_t tokenPermille = 1000; // tokens of this model for the text of 1,000 V4 tokens, at most
    std::string source, retrieved, confidence; // "A", "B", "C"; retrieved "2026-10-27"
    std::string note;
};

struct PriceCalendar {
    std::string name;
    struct Window {
        int fromMinute = 0, toMinute = 0; // of the UTC day, half open
    };
    std::vector<Window> peak;
    UtcSeconds weekendsFreeFrom = INT64_MAX;  // Saturdays and Sundays are off-peak from here on
    std::vector<std::string> holidays;        // "2026-10-01": off-peak all day
    bool isPeak(UtcSeconds at) const;
};

class PriceTable {
public:
    // Throws with row and reason. Numbers are decimal text; nothing passes through a double.
    static PriceTable parse(const std::string& json, const std::string& what);
    const std::vector<PriceRow>& rows() const { return m_rows; }
    const std::vector<PriceCalendar>& calendars() const { return m_calendars; }
    const std::string& asOf() const { return m_asOf; }
    std::vector<std::string> ids() const; // in table order
    // The row that bills a request of `promptTokens` arriving at `at`; id or model name. nullptr: unknown.
    const PriceRow* find(const std::string& idOrModel, UtcSeconds at, std::int64_t promptTokens) const;
    // The same with the band given (planning without a time).
    const PriceRow* find(const std::string& idOrModel, UtcSeconds at, std::int64_t promptTokens, Band band) const;
    bool hasPeak(const std::string& idOrModel, UtcSeconds at) const;

private:
    std::vector<PriceRow> m_rows;
    std::vector<PriceCalendar> m_calendars;
    std::string m_asOf;
};

struct Settings;
PriceTable loadPrices(const Settings& settings); // the user's file if there is one, else the shipped table

// Exact product, nothing when a needed rate is unknown. An unknown cached rate is billed as uncached.
std::optional<Money> priceOf(const PriceRow& row, const Usage& usage);
std::optional<Money> parseMoney(const std::string& decimal, const std::string& currency = "USD");
std::optional<std::int64_t> parseRate(const std::string& perMillion); // "0.003625" -> 3625

// The shape of a run over one shared prefix (agent.md 4): one miss, then hits.
struct RunShape {
    std::int64_t prefix = 0;      // tokens
    std::int64_t calls = 1;       // branches after the warm-up
    std::int64_t tail = 8'000;    // uncached tokens a branch adds
    std::int64_t answerLow = 2'000, answer = 4'000;
    int parallel = 4;
    bool exactTokens = true;
};
Usage usageOf(const RunShape& shape);         // P miss + n (P hit + tail miss + answer)
Usage usageWithoutCache(const RunShape& shape);

// How fast an engine reads and writes; zeros = not measured, then a wide assumption is used and said.
struct Speed {
    double prefillPerSecond = 0, outputPerSecond = 0;
};

struct CostEstimate {
    std::string engine, band, priceId, asOf, source;
    std::string currency = "USD";
    std::optional<Money> low, high;  // absent = unknown price
    std::optional<Money> uncached;   // what it would cost with every call a miss
    double secondsLow = 0, secondsHigh = 0;
    std::vector<std::string> assumptions;
    bool fits = true;                // prefix and tail within this model's window, where that is known
};

// `at`: when the run starts; nothing = any time, the range then spans both bands.
CostEstimate estimateCost(const PriceTable& prices, const std::string& priceId, const RunShape& shape,
                          std::optional<UtcSeconds> at, const Speed& speed = {});
// A local engine costs time, not money.
CostEstimate estimateLocal(const std::string& engine, const RunShape& shape, const Speed& speed);
std::vector<CostEstimate> compareCosts(const PriceTable& prices, const RunShape& shape, std::optional<UtcSeconds> at);

// The account after a run: every call priced at its own time and prompt size.
class CostAccount {
public:
    CostAccount(const PriceTable& prices, std::string priceId, std::string host);
    void add(const Usage& usage, UtcSeconds at);
    const Usage& usage() const { return m_usage; }
    std::int64_t calls() const { return m_calls; }
    const std::optional<Money>& spent() const { return m_spent; } // absent once a call had no known price
    CostReport report(const CostEstimate* forecast) const;

private:
    const PriceTable* m_prices;
    std::string m_priceId, m_host;
    Usage m_usage;
    std::int64_t m_calls = 0;
    std::optional<Money> m_spent;
    const PriceRow* m_row = nullptr;
};

} // namespace app
