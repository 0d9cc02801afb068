// CostEstimate as the JSON of product.md 4 (lectern.cost/1) and as a line for people; shared by cost, plan and the
// events of runs.
#pragma once

#include "app/cost.h"

#include <nlohmann/json.hpp>

namespace app::cli {

nlohmann::ordered_json estimateRow(const CostEstimate& estimate);
// { schema, fits, tokens, over_by?, rows }
nlohmann::ordered_json estimateDocument(bool fits, std::int64_t tokens, std::int64_t overBy, const std::vector<CostEstimate>& rows);
std::string moneyRange(const CostEstimate& estimate); // "0.41 to 1.20 USD", "unknown"

} // namespace app::cli
