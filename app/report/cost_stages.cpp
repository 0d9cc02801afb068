#include "app/report/cost_stages.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace app {

using Json = nlohmann::json;

std::string stageOfBranch(const std::string& branch) {
    const std::string first = branch.substr(0, branch.find(' '));
    if (first == "warm-up") return "warm";
    if (first == "scan") return "scan";
    if (first == "verify" || first == "support") return "verify";
    return "ask"; // answers, summaries and the single lines of a reader
}

std::vector<StageCost> costByStage(const SessionStore& store, const std::string& run) {
    std::vector<StageCost> stages;
    std::set<std::string> seen; // a branch that was replayed is no second call
    for (std::string link = run; !link.empty();) {
        for (const StoredStep& step : store.steps(link)) {
            if (step.stage != "branch" || !seen.insert(step.key).second) continue;
            const Json record = Json::parse(step.record, nullptr, false);
            if (!record.is_object() || !record.contains("usage") || !record["usage"].is_object()) continue;
            const std::string stage = stageOfBranch(record.value("branch", ""));
            auto row = std::find_if(stages.begin(), stages.end(),
                                    [&](const StageCost& one) { return one.stage == stage; });
            if (row == stages.end()) row = stages.insert(stages.end(), StageCost{stage, 0, {}});
            const Json& usage = record["usage"];
            ++row->calls;
            row->usage.inputUncached += usage.value("input_uncached", std::int64_t{0});
            row->usage.inputCached += usage.value("input_cached", std::int64_t{0});
            row->usage.output += usage.value("output", std::int64_t{0});
            row->usage.reasoning += usage.value("reasoning", std::int64_t{0});
        }
        const auto earlier = store.run(link);
        link = earlier ? earlier->resumedFrom : std::string();
    }
    return stages;
}

std::optional<PeakHours> peakHours(const PriceTable& prices, const std::string& priceId, UtcSeconds at) {
    const PriceRow* const row = prices.find(priceId, at, 0);
    if (!row || row->calendar.empty()) return std::nullopt;
    const auto calendar = std::find_if(prices.calendars().begin(), prices.calendars().end(),
                                       [&](const PriceCalendar& one) { return one.name == row->calendar; });
    if (calendar == prices.calendars().end() || calendar->peak.empty()) return std::nullopt;
    PeakHours hours{calendar->isPeak(at), 0};
    constexpr UtcSeconds minute = 60, twoWeeks = 14 * 24 * 3600; // the longest holidays are shorter
    for (UtcSeconds next = at - at % minute + minute; next < at + twoWeeks; next += minute)
        if (calendar->isPeak(next) != hours.now) {
            hours.changes = next;
            return hours;
        }
    return std::nullopt;
}

} // namespace app
