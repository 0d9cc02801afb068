#include "app/agent/transcript.h"

#include <nlohmann/json.hpp>

namespace app {
namespace {

using Json = nlohmann::ordered_json;

const char* nameOf(Role role) {
    switch (role) {
    case Role::System: return "system";
    case Role::User: return "user";
    case Role::Assistant: return "assistant";
    case Role::Tool: return "tool";
    }
    return "user";
}

Role roleOf(const std::string& name) {
    return name == "system" ? Role::System : name == "assistant" ? Role::Assistant : name == "tool" ? Role::Tool : Role::User;
}

} // namespace

std::string Transcript::toJson() const {
    Json messages = Json::array();
    for (const Message& message : m_messages) {
        Json object{{"role", nameOf(message.role)}, {"text", message.text}};
        if (!message.reasoning.empty())
            object["reasoning"] = message.reasoning;
        for (const ToolCall& call : message.calls)
            object["calls"].push_back({{"id", call.id}, {"name", call.name}, {"arguments", call.arguments}});
        if (!message.toolCallId.empty())
            object["tool_call_id"] = message.toolCallId;
        messages.push_back(std::move(object));
    }
    const Json record{{"schema", "lectern.branch/1"},
                      {"branch", branch},
                      {"end", end},
                      {"reported_model", reportedModel},
                      {"usage",
                       {{"input_uncached", usage.inputUncached},
                        {"input_cached", usage.inputCached},
                        {"output", usage.output},
                        {"reasoning", usage.reasoning},
                        {"estimated", usage.estimated},
                        {"seconds", usage.seconds},
                        {"bytes_sent", usage.bytesSent}}},
                      {"messages", std::move(messages)}};
    return record.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Transcript> Transcript::fromJson(const std::string& json) {
    try {
        const Json record = Json::parse(json);
        if (record.at("schema") != "lectern.branch/1")
            return std::nullopt;
        Transcript transcript;
        transcript.branch = record.at("branch");
        transcript.end = record.at("end");
        transcript.reportedModel = record.at("reported_model");
        const Json& usage = record.at("usage");
        transcript.usage.inputUncached = usage.at("input_uncached");
        transcript.usage.inputCached = usage.at("input_cached");
        transcript.usage.output = usage.at("output");
        transcript.usage.reasoning = usage.at("reasoning");
        transcript.usage.estimated = usage.at("estimated");
        transcript.usage.seconds = usage.at("seconds");
        transcript.usage.bytesSent = usage.at("bytes_sent");
        for (const Json& object : record.at("messages")) {
            Message message;
            message.role = roleOf(object.at("role"));
            message.text = object.at("text");
            message.reasoning = object.value("reasoning", "");
            message.toolCallId = object.value("tool_call_id", "");
            if (object.contains("calls"))
                for (const Json& call : object.at("calls"))
                    message.calls.push_back({call.at("id"), call.at("name"), call.at("arguments")});
            transcript.add(std::move(message));
        }
        return transcript;
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

} // namespace app
