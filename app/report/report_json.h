// Report and its parts to and from the JSON of product.md 4 (resources/schema/report.schema.json). Key order
// is fixed, so the same report gives the same bytes. Reading treats the text as foreign: unknown keys are
// ignored, wrong types are refused with the place.
#pragma once

#include "app/report/report.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace app {

nlohmann::ordered_json toJson(const Report& report);
nlohmann::ordered_json toJson(const Finding& finding);
nlohmann::ordered_json toJson(const Sentence& sentence);
nlohmann::ordered_json toJson(const Evidence& evidence);
nlohmann::ordered_json toJson(const Coverage& coverage);
nlohmann::ordered_json toJson(const CostReport& cost);
nlohmann::ordered_json toJson(const EngineReport& engine);
nlohmann::ordered_json toJson(const RunReport& run);

// Throws std::runtime_error naming the key: "report.json: findings[3].evidence[0].bytes is not a pair of
// numbers".
Report reportFromJson(std::string_view text);
Finding findingFromJson(const nlohmann::ordered_json& json);
Sentence sentenceFromJson(const nlohmann::ordered_json& json);

// JSON text: valid UTF-8 whatever the report holds, invisible characters escaped, newline at the end.
std::string dumpJson(const nlohmann::ordered_json& json, int indent = 2);

} // namespace app
