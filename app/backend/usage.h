// Usage as servers report it, reduced to disjoint counters: input not cached, input cached, output (reasoning is part
// of it). Understands the hit/miss and the cached_tokens shape of the OpenAI format and the disjoint one of the
// Anthropic format. What is missing or contradicts itself is estimated and says so. Pure functions, any thread.
// Source: hosted-apis-and-prices.md 1.4, 3.2.
#pragma once

#include "app/backend/backend.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string_view>

namespace app {

// Nothing where the object holds no token count at all.
std::optional<Usage> usageFromJson(const nlohmann::ordered_json& usage);
// About 3.3 characters a token, never 0 for a text that is not empty. An estimate.
std::int64_t estimateTokens(std::string_view text);
std::int64_t estimateTokens(const Request& request);
Usage estimateUsage(const Request& request, const Message& answer);

} // namespace app
