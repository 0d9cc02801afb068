#include "app/backend/chat_wire.h"

#include "app/backend/disarm.h"
#include "app/backend/usage.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace app {
namespace {

using Json = nlohmann::ordered_json;
using Cause = BackendError::Cause;

std::string jsonText(std::string_view text) {
    return Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The stable prefix may have been disarmed by whoever rendered it; what is added later is not.
enum class Text : std::uint8_t { Fresh, Prefix };

std::string dataText(std::string_view text, Text kind = Text::Fresh) {
    return jsonText(kind == Text::Prefix ? disarmArmed(text) : disarm(text));
}

void checkTools(const std::vector<ToolSpec>& tools) {
    if (tools.size() > 128)
        throw BackendError(Cause::BadRequest, "A request offers more than 128 tools: no server takes them.");
    for (const ToolSpec& tool : tools) {
        const bool good = !tool.name.empty() && tool.name.size() <= 64 &&
                          std::all_of(tool.name.begin(), tool.name.end(), [](unsigned char c) {
                              return std::isalnum(c) || c == '_' || c == '-';
                          });
        if (!good)
            throw BackendError(Cause::BadRequest, "A tool has the name \"" + tool.name + "\", which no server takes.");
    }
}

std::string callsText(const std::vector<ToolCall>& calls) {
    std::string out = "[";
    for (std::size_t i = 0; i < calls.size(); ++i) {
        out += i ? "," : "";
        out += "{\"id\":" + jsonText(calls[i].id) + ",\"type\":\"function\",\"function\":{\"name\":" +
               jsonText(calls[i].name) + ",\"arguments\":" + dataText(calls[i].arguments) + "}}";
    }
    return out + "]";
}

std::string messageText(const Message& message, ThinkingDialect dialect, Text kind) {
    switch (message.role) {
    case Role::System:
        return "{\"role\":\"system\",\"content\":" + dataText(message.text, kind) + "}";
    case Role::User:
        return "{\"role\":\"user\",\"content\":" + dataText(message.text, kind) + "}";
    case Role::Tool:
        return "{\"role\":\"tool\",\"tool_call_id\":" + jsonText(message.toolCallId) +
               ",\"content\":" + dataText(message.text, kind) + "}";
    case Role::Assistant:
        break;
    }
    std::string out = "{\"role\":\"assistant\",\"content\":" + dataText(message.text, kind);
    // DeepSeek answers 400 when it misses the reasoning of a turn with tools; sending it always is safe.
    if (dialect == ThinkingDialect::DeepSeek || !message.reasoning.empty())
        out += ",\"reasoning_content\":" + dataText(message.reasoning);
    if (!message.calls.empty())
        out += ",\"tool_calls\":" + callsText(message.calls);
    return out + "}";
}

const char* effortText(Effort effort) {
    return effort == Effort::Low ? "low" : effort == Effort::High ? "high" : "max";
}

std::string number(double value) { return Json(value).dump(); }

// A server cut a character in two: better a mark than a lost answer.
std::string validUtf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        const std::size_t length = c < 0x80 ? 1 : c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3
                                   : c >= 0xF0 && c < 0xF5            ? 4
                                                                      : 0;
        bool good = length > 0 && i + length <= text.size();
        for (std::size_t k = 1; good && k < length; ++k)
            good = (static_cast<unsigned char>(text[i + k]) & 0xC0) == 0x80;
        if (good && length == 3) {
            const auto second = static_cast<unsigned char>(text[i + 1]);
            good = !(c == 0xE0 && second < 0xA0) && !(c == 0xED && second >= 0xA0);
        }
        if (good && length == 4) {
            const auto second = static_cast<unsigned char>(text[i + 1]);
            good = !(c == 0xF0 && second < 0x90) && !(c == 0xF4 && second >= 0x90);
        }
        out += good ? text.substr(i, length) : std::string_view("\xEF\xBF\xBD");
        i += good ? length : 1;
    }
    return out;
}

// Nested arrays cost a parser fifty bytes a bracket: no answer needs more than a few levels.
bool isShallow(std::string_view text) {
    int depth = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '[' || c == '{') {
            if (++depth > 32)
                return false;
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return true;
}

Json parse(std::string_view text) {
    const std::string clean = validUtf8(text);
    if (isShallow(clean)) {
        Json object = Json::parse(clean, nullptr, false);
        if (object.is_object())
            return object;
    }
    throw BackendError(Cause::BrokeOff, "The server sent something that is not a chat answer: check that the endpoint "
                                        "speaks the OpenAI chat format.");
}

std::string textAt(const Json& object, const char* key) {
    if (!object.is_object())
        return {};
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string oneLine(std::string_view text) {
    std::string out;
    for (const char c : validUtf8(text)) {
        if (out.size() >= 300)
            break;
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80 && out.size() >= 300)
        out.pop_back(); // not half a character at the end
    return out;
}

} // namespace

std::string chatBody(const Request& request, const WireOptions& options) {
    checkTools(request.tools);
    std::string out = "{\"model\":" + jsonText(options.model) + ",\"messages\":[";
    for (std::size_t i = 0; i < request.messages.size(); ++i) {
        out += i ? "," : "";
        out += messageText(request.messages[i], options.dialect,
                           i < request.stableMessages ? Text::Prefix : Text::Fresh);
    }
    out += "]";
    if (!request.tools.empty()) {
        out += ",\"tools\":[";
        for (std::size_t i = 0; i < request.tools.size(); ++i) {
            const ToolSpec& tool = request.tools[i];
            out += i ? "," : "";
            out += "{\"type\":\"function\",\"function\":{\"name\":" + jsonText(tool.name) +
                   ",\"description\":" + jsonText(tool.description) + ",\"parameters\":" + tool.parameters + "}}";
        }
        // "required" and named choices are refused while thinking; auto is what every server knows.
        out += "],\"tool_choice\":\"auto\"";
    }
    if (options.dialect == ThinkingDialect::DeepSeek) {
        out += std::string(",\"thinking\":{\"type\":\"") + (request.thinking ? "enabled" : "disabled") + "\"}";
        if (request.thinking)
            out += std::string(",\"reasoning_effort\":\"") + effortText(request.effort) + "\"";
    } else if (options.dialect == ThinkingDialect::Template) {
        out += std::string(",\"chat_template_kwargs\":{\"thinking\":") + (request.thinking ? "true" : "false");
        if (request.thinking && request.effort != Effort::Low)
            out += std::string(",\"reasoning_effort\":\"") + effortText(request.effort) + "\"";
        out += "}";
    }
    // While thinking, sampling fields do nothing there and are left out.
    if (options.dialect == ThinkingDialect::None || !request.thinking)
        out += ",\"temperature\":" + number(request.temperature) + ",\"top_p\":" + number(request.topP);
    std::int64_t most = request.maxOutput;
    if (options.maxOutput > 0)
        most = std::min(most, options.maxOutput);
    out += ",\"max_tokens\":" + std::to_string(most);
    out += options.stream ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}" : ",\"stream\":false}";
    return out;
}

std::string serverMessage(std::string_view body) {
    const std::string clean = validUtf8(body.substr(0, 65536));
    const Json object = isShallow(clean) ? Json::parse(clean, nullptr, false) : Json();
    if (object.is_object()) {
        const auto error = object.find("error");
        std::string text;
        if (error != object.end())
            text = error->is_string() ? error->get<std::string>() : textAt(*error, "message");
        if (text.empty())
            text = textAt(object, "message");
        if (text.empty())
            text = textAt(object, "detail");
        return oneLine(text);
    }
    return oneLine(clean);
}

void ReplyAssembler::tell(Event::Type type, const std::string& text) {
    if (text.empty())
        return;
    m_sawOutput = true;
    if (m_onEvent) {
        Event event;
        event.type = type;
        event.text = text;
        m_onEvent(event);
    }
}

void ReplyAssembler::data(std::string_view text) {
    if (m_done)
        return;
    if (text == "[DONE]") {
        m_done = true;
        return;
    }
    chunk(parse(text));
}

void ReplyAssembler::whole(std::string_view text) {
    chunk(parse(text));
    m_done = m_error.empty() && !m_finish.empty();
}

void ReplyAssembler::chunk(const Json& object) {
    if (const auto error = object.find("error"); error != object.end() && !error->is_null()) {
        m_error = serverMessage(object.dump(-1, ' ', false, Json::error_handler_t::replace));
        if (m_error.empty())
            m_error = "an error without words";
        if (error->is_object())
            if (const auto code = error->find("code"); code != error->end() && code->is_number_integer())
                m_errorStatus = static_cast<int>(std::clamp<std::int64_t>(code->get<std::int64_t>(), 0, 999));
        return;
    }
    if (const std::string model = textAt(object, "model"); !model.empty())
        m_model = oneLine(model);
    if (const auto usage = object.find("usage"); usage != object.end() && usage->is_object())
        if (const auto counted = usageFromJson(*usage)) {
            m_usage = *counted; // the last one that is there counts
            m_hasUsage = true;
        }
    const auto choices = object.find("choices");
    if (choices == object.end() || !choices->is_array() || choices->empty())
        return;
    const Json& choice = (*choices)[0];
    if (!choice.is_object())
        return;
    for (const char* key : {"delta", "message"})
        if (const auto part = choice.find(key); part != choice.end() && part->is_object())
            message(*part);
    if (const std::string finish = textAt(choice, "finish_reason"); !finish.empty())
        m_finish = oneLine(finish);
}

void ReplyAssembler::message(const Json& delta) {
    // vLLM calls it "reasoning" in newer versions.
    std::string reasoning = textAt(delta, "reasoning_content");
    if (reasoning.empty())
        reasoning = textAt(delta, "reasoning");
    m_message.reasoning += reasoning;
    tell(Event::Type::Reasoning, reasoning);
    const std::string text = textAt(delta, "content");
    m_message.text += text;
    tell(Event::Type::Text, text);
    if (const auto calls = delta.find("tool_calls"); calls != delta.end() && calls->is_array()) {
        std::size_t position = 0;
        for (const Json& fragment : *calls)
            call(fragment, position++);
    }
}

void ReplyAssembler::call(const Json& fragment, std::size_t position) {
    if (!fragment.is_object())
        return;
    auto key = static_cast<std::int64_t>(position);
    if (const auto index = fragment.find("index"); index != fragment.end() && index->is_number_integer())
        key = index->get<std::int64_t>();
    auto found = m_callAt.find(key);
    if (found == m_callAt.end()) {
        if (m_message.calls.size() >= 128)
            throw BackendError(Cause::BrokeOff, "The server sent more than 128 tool calls in one answer: it was dropped.");
        found = m_callAt.emplace(key, m_message.calls.size()).first;
        m_message.calls.emplace_back();
    }
    ToolCall& target = m_message.calls[found->second];
    if (const std::string id = textAt(fragment, "id"); !id.empty() && target.id.empty())
        target.id = id.substr(0, 200);
    const auto function = fragment.find("function");
    if (function == fragment.end() || !function->is_object())
        return;
    // The name comes once, with the first fragment; a server that repeats it must not double it.
    if (const std::string name = textAt(*function, "name"); !name.empty() && target.name.empty()) {
        target.name = name.substr(0, 200);
        tell(Event::Type::ToolCall, target.name);
    }
    const auto arguments = function->find("arguments");
    if (arguments == function->end())
        return;
    // Some servers send an object where text belongs.
    target.arguments += arguments->is_string() ? arguments->get<std::string>()
                        : arguments->is_null() ? std::string()
                                               : arguments->dump(-1, ' ', false, Json::error_handler_t::replace);
    m_sawOutput = true;
}

Reply ReplyAssembler::reply(const Request& request) const {
    Reply reply;
    reply.message.role = Role::Assistant;
    reply.message.text = rearm(m_message.text);
    reply.message.reasoning = rearm(m_message.reasoning);
    std::set<std::string> ids;
    for (std::size_t i = 0; i < m_message.calls.size(); ++i) {
        ToolCall call = m_message.calls[i];
        call.arguments = rearm(call.arguments);
        // Results are matched by id: it must be there and be unique.
        for (int n = static_cast<int>(i); call.id.empty() || ids.count(call.id); ++n)
            call.id = "call_" + std::to_string(n);
        ids.insert(call.id);
        reply.message.calls.push_back(std::move(call));
    }
    reply.reportedModel = m_model;
    reply.finish = !reply.message.calls.empty() && m_finish != "length" ? "tool_calls"
                   : m_finish == "function_call"                       ? "tool_calls"
                   : m_finish.empty()                                  ? "stop"
                                                                       : m_finish;
    reply.usage = m_hasUsage ? m_usage : estimateUsage(request, reply.message);
    return reply;
}

} // namespace app
