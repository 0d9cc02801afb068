// Reading, checking and merging of price tables as JSON (resources/prices.json, the user's copy, foreign lists).
// Numbers stay decimal text from file to integer. Pure functions; any thread. Source: hosted-apis-and-prices.md 2.3.
#pragma once

#include "app/cost.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace app {

// JSON whose numbers with a point or exponent arrive as text exactly as written.
nlohmann::ordered_json parseDecimalJson(const std::string& text, const std::string& what);
// "1.5e-07" times 10^shift as an exact integer; nothing when it is no number, not exact or too large.
std::optional<std::int64_t> parseDecimal(const std::string& text, int shift);
// The inverse for rates: 3625 -> "0.003625".
std::string formatRate(std::int64_t picoUnitsPerToken);

struct PriceWarning {
    std::string id, about;
};
// Models whose newest row was looked up more than 60 days before `on`, holiday tables that end before it.
std::vector<PriceWarning> checkPrices(const PriceTable& table, UtcSeconds on);

struct PriceImport {
    std::string table;                 // the merged table, our format
    std::vector<std::string> added, replaced;
    std::vector<std::string> refused;  // "deepseek-flash: has confidence A, the file says C"
};
// Merges a file into a table. Understands our own format, litellm's map, OpenRouter's list and llm-prices' list; rows of
// lower confidence than what is there are refused. `source` and `retrieved` mark rows that bring none.
PriceImport importPrices(const std::string& current, const std::string& incoming, const std::string& source,
                         const std::string& retrieved);

} // namespace app
