#include "app/cli/cost_json.h"

#include <cstdio>

namespace app::cli {

using Json = nlohmann::ordered_json;

Json estimateRow(const CostEstimate& e) {
    const auto money = [](const std::optional<Money>& m) { return m ? Json(m->text()) : Json(nullptr); };
    return {{"engine", e.engine},
            {"price", e.priceId},
            {"band", e.band},
            {"currency", e.currency},
            {"low", money(e.low)},
            {"high", money(e.high)},
            {"uncached", money(e.uncached)},
            {"seconds_low", std::int64_t(e.secondsLow + 0.5)},
            {"seconds_high", std::int64_t(e.secondsHigh + 0.5)},
            {"fits", e.fits},
            {"assumptions", e.assumptions},
            {"as_of", e.asOf},
            {"source", e.source}};
}

Json estimateDocument(bool fits, std::int64_t tokens, std::int64_t overBy, const std::vector<CostEstimate>& rows) {
    Json document = {{"schema", "lectern.cost/1"}, {"fits", fits}, {"tokens", tokens}};
    if (!fits)
        document["over_by"] = overBy;
    document["rows"] = Json::array();
    for (const CostEstimate& row : rows)
        document["rows"].push_back(estimateRow(row));
    return document;
}

// Money for people: four significant digits are enough to decide by.
static std::string rounded(const Money& money) {
    char text[64];
    const double value = double(money.picoUnits) / 1e12;
    std::snprintf(text, sizeof text, value >= 1 ? "%.2f" : "%.4f", value);
    return text;
}

std::string moneyRange(const CostEstimate& e) {
    if (!e.low || !e.high)
        return "unknown";
    if (e.high->picoUnits == 0)
        return "no price";
    return rounded(*e.low) + " to " + rounded(*e.high) + " " + e.currency;
}

} // namespace app::cli
