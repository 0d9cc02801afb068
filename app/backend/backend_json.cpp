#include "app/backend/backend_json.h"

namespace app {

namespace {

using Json = nlohmann::json;

template<class T>
T get(const Json& json, const char* key) {
    try {
        return json.at(key).get<T>();
    } catch (const Json::exception&) {
        throw std::runtime_error(std::string("The engine process and this program do not understand each other at “") + key +
                                 "”; they come from different installations.");
    }
}

template<class Enum>
Enum getEnum(const Json& json, const char* key, Enum last) {
    const int value = get<int>(json, key);
    if (value < 0 || value > static_cast<int>(last)) get<Json::object_t>(Json(), key); // the same sentence
    return static_cast<Enum>(value);
}

Json messageJson(const Message& message) {
    Json calls = Json::array();
    for (const ToolCall& call : message.calls)
        calls.push_back({{"id", call.id}, {"name", call.name}, {"arguments", call.arguments}});
    return {{"role", static_cast<int>(message.role)}, {"text", message.text},     {"reasoning", message.reasoning},
            {"calls", calls},                         {"for", message.toolCallId}, {"sampled", message.sampled}};
}

Message messageFromJson(const Json& json) {
    Message message;
    message.role = getEnum(json, "role", Role::Tool);
    message.text = get<std::string>(json, "text");
    message.reasoning = get<std::string>(json, "reasoning");
    message.toolCallId = get<std::string>(json, "for");
    message.sampled = get<std::vector<std::int32_t>>(json, "sampled");
    for (const Json& call : get<Json::array_t>(json, "calls"))
        message.calls.push_back({get<std::string>(call, "id"), get<std::string>(call, "name"), get<std::string>(call, "arguments")});
    return message;
}

} // namespace

Json toJson(const Request& request) {
    Json messages = Json::array(), tools = Json::array();
    for (const Message& message : request.messages) messages.push_back(messageJson(message));
    for (const ToolSpec& tool : request.tools)
        tools.push_back({{"name", tool.name}, {"description", tool.description}, {"parameters", tool.parameters}});
    return {{"messages", messages},
            {"tools", tools},
            {"stable", request.stableMessages},
            {"effort", static_cast<int>(request.effort)},
            {"thinking", request.thinking},
            {"max_output", request.maxOutput},
            {"temperature", request.temperature},
            {"top_p", request.topP},
            {"seed", request.seed},
            {"choices", request.choices}};
}

Request requestFromJson(const Json& json) {
    Request request;
    for (const Json& message : get<Json::array_t>(json, "messages")) request.messages.push_back(messageFromJson(message));
    for (const Json& tool : get<Json::array_t>(json, "tools"))
        request.tools.push_back({get<std::string>(tool, "name"), get<std::string>(tool, "description"), get<std::string>(tool, "parameters")});
    request.stableMessages = get<std::size_t>(json, "stable");
    request.effort = getEnum(json, "effort", Effort::Max);
    request.thinking = get<bool>(json, "thinking");
    request.maxOutput = get<int>(json, "max_output");
    request.temperature = get<double>(json, "temperature");
    request.topP = get<double>(json, "top_p");
    request.seed = get<std::uint64_t>(json, "seed");
    request.choices = get<std::vector<std::string>>(json, "choices");
    return request;
}

Json toJson(const Event& event) {
    return {{"type", static_cast<int>(event.type)}, {"text", event.text},   {"done", event.done},
            {"cached", event.cached},               {"total", event.total}, {"rate", event.tokensPerSecond},
            {"left", event.secondsLeft}};
}

Event eventFromJson(const Json& json) {
    Event event;
    event.type = getEnum(json, "type", Event::Type::State);
    event.text = get<std::string>(json, "text");
    event.done = get<std::int64_t>(json, "done");
    event.cached = get<std::int64_t>(json, "cached");
    event.total = get<std::int64_t>(json, "total");
    event.tokensPerSecond = get<double>(json, "rate");
    event.secondsLeft = get<double>(json, "left");
    return event;
}

Json toJson(const Reply& reply) {
    return {{"message", messageJson(reply.message)},
            {"finish", reply.finish},
            {"model", reply.reportedModel},
            {"usage",
             {{"uncached", reply.usage.inputUncached},
              {"cached", reply.usage.inputCached},
              {"output", reply.usage.output},
              {"reasoning", reply.usage.reasoning},
              {"seconds", reply.usage.seconds}}}};
}

Reply replyFromJson(const Json& json) {
    Reply reply;
    reply.message = messageFromJson(get<Json>(json, "message"));
    reply.finish = get<std::string>(json, "finish");
    reply.reportedModel = get<std::string>(json, "model");
    const Json usage = get<Json>(json, "usage");
    reply.usage.inputUncached = get<std::int64_t>(usage, "uncached");
    reply.usage.inputCached = get<std::int64_t>(usage, "cached");
    reply.usage.output = get<std::int64_t>(usage, "output");
    reply.usage.reasoning = get<std::int64_t>(usage, "reasoning");
    reply.usage.seconds = get<double>(usage, "seconds");
    return reply;
}

Json toJson(const BackendInfo& info) {
    return {{"name", info.name},   {"model", info.model}, {"fingerprint", info.fingerprint}, {"window", info.window},
            {"max_output", info.maxOutput}, {"level", info.level}, {"tools", info.tools}, {"demo", info.demo},
            {"note", info.note}};
}

BackendInfo infoFromJson(const Json& json) {
    BackendInfo info;
    info.name = get<std::string>(json, "name");
    info.model = get<std::string>(json, "model");
    info.fingerprint = get<std::string>(json, "fingerprint");
    info.window = get<std::int64_t>(json, "window");
    info.maxOutput = get<std::int64_t>(json, "max_output");
    info.level = get<int>(json, "level");
    info.tools = get<bool>(json, "tools");
    info.demo = get<bool>(json, "demo");
    info.note = get<std::string>(json, "note");
    return info;
}

Json toJson(const BackendError& error) {
    return {{"cause", static_cast<int>(error.cause())}, {"sentence", error.what()}};
}

BackendError errorFromJson(const Json& json) {
    return {getEnum(json, "cause", BackendError::Cause::Configuration), get<std::string>(json, "sentence")};
}

std::string jsonLine(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

} // namespace app
