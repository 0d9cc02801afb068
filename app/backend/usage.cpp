#include "app/backend/usage.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace app {
namespace {

using Json = nlohmann::ordered_json;

// A count that cannot be one (negative, absurd, no number) is treated as absent.
std::optional<std::int64_t> count(const Json& object, const char* key) {
    if (!object.is_object())
        return std::nullopt;
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number())
        return std::nullopt;
    const double value = found->get<double>();
    if (!(value >= 0) || value > 1e12)
        return std::nullopt;
    return static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> nested(const Json& object, const char* outer, const char* key) {
    const auto found = object.find(outer);
    return found == object.end() ? std::nullopt : count(*found, key);
}

} // namespace

Usage& Usage::operator+=(const Usage& other) {
    inputUncached += other.inputUncached;
    inputCached += other.inputCached;
    output += other.output;
    reasoning += other.reasoning;
    estimated = estimated || other.estimated;
    seconds += other.seconds;
    bytesSent += other.bytesSent;
    return *this;
}

std::optional<Usage> usageFromJson(const Json& usage) {
    if (!usage.is_object())
        return std::nullopt;
    Usage result;
    if (const auto prompt = count(usage, "prompt_tokens")) {
        auto cached = count(usage, "prompt_cache_hit_tokens");
        if (!cached)
            cached = nested(usage, "prompt_tokens_details", "cached_tokens");
        result.inputCached = cached.value_or(0);
        if (result.inputCached > *prompt) { // more cached than sent: believe the larger price
            result.inputCached = 0;
            result.estimated = true;
        }
        result.inputUncached = *prompt - result.inputCached;
        const auto miss = count(usage, "prompt_cache_miss_tokens");
        if (miss && cached && *miss != result.inputUncached)
            result.estimated = true;
        result.output = count(usage, "completion_tokens").value_or(0);
        result.reasoning = nested(usage, "completion_tokens_details", "reasoning_tokens").value_or(0);
        if (!count(usage, "completion_tokens"))
            result.estimated = true;
    } else if (const auto input = count(usage, "input_tokens")) {
        const std::int64_t written = count(usage, "cache_creation_input_tokens").value_or(0);
        result.inputUncached = *input + written;
        result.inputCached = count(usage, "cache_read_input_tokens").value_or(0);
        result.output = count(usage, "output_tokens").value_or(0);
        if (!count(usage, "output_tokens"))
            result.estimated = true;
    } else {
        return std::nullopt;
    }
    if (result.reasoning > result.output) {
        result.reasoning = result.output;
        result.estimated = true;
    }
    return result;
}

std::int64_t estimateTokens(std::string_view text) {
    const auto characters = std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    });
    return characters == 0 ? 0 : (characters * 10 + 32) / 33;
}

std::int64_t estimateTokens(const Request& request) {
    std::int64_t sum = 0;
    for (const Message& message : request.messages) {
        sum += 3 + estimateTokens(message.text) + estimateTokens(message.reasoning);
        for (const ToolCall& call : message.calls)
            sum += 8 + estimateTokens(call.name) + estimateTokens(call.arguments);
    }
    for (const ToolSpec& tool : request.tools)
        sum += 8 + estimateTokens(tool.name) + estimateTokens(tool.description) + estimateTokens(tool.parameters);
    return sum;
}

Usage estimateUsage(const Request& request, const Message& answer) {
    Usage usage;
    usage.estimated = true;
    usage.inputUncached = estimateTokens(request);
    usage.reasoning = estimateTokens(answer.reasoning);
    usage.output = usage.reasoning + estimateTokens(answer.text);
    for (const ToolCall& call : answer.calls)
        usage.output += 8 + estimateTokens(call.name) + estimateTokens(call.arguments);
    return usage;
}

} // namespace app
