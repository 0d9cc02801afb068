#include "app/backend/scripted_backend.h"

#include "app/backend/failed_call.h"
#include "app/backend/usage.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <thread>

namespace app {
namespace {

using Json = nlohmann::ordered_json;
using Cause = BackendError::Cause;

struct When {
    std::optional<std::string> contains;     // anywhere in the request's messages
    std::optional<std::string> lastContains; // in the last message
    std::optional<std::string> lastRole;     // "user", "tool"
    std::optional<std::string> calledTool;   // name of the newest call in the conversation
    std::optional<int> turn;                 // assistant messages after the stable prefix
    std::optional<bool> choices;             // the request offers choices
};

struct Turn {
    When when;
    int times = 1; // 0 = as often as asked
    int used = 0;
    Message message;
    std::string finish, fault, reportedModel;
    int delay = 0;
    std::size_t chunk = 16;
    std::optional<std::size_t> choice;
    std::optional<std::size_t> faultAfter; // bytes of text before the fault
    std::optional<Usage> usage;
};

class Reader {
public:
    Reader(const std::string& file, const std::string& where) : m_file(file), m_where(where) {}
    [[noreturn]] void refuse(const std::string& what) const {
        throw BackendError(Cause::Configuration, "The script " + m_file + " is wrong at " + m_where + ": " + what + ".");
    }
    void only(const Json& object, const std::set<std::string>& keys) const {
        if (!object.is_object())
            refuse("an object is expected");
        for (const auto& [key, value] : object.items())
            if (!keys.count(key) && key != "comment")
                refuse("\"" + key + "\" is not known");
    }
    template <class T> std::optional<T> get(const Json& object, const char* key) const {
        const auto found = object.find(key);
        if (found == object.end())
            return std::nullopt;
        try {
            return found->template get<T>();
        } catch (const nlohmann::json::exception&) {
            refuse(std::string("\"") + key + "\" has the wrong type");
        }
    }

private:
    std::string m_file, m_where;
};

Usage readUsage(const Reader& reader, const Json& object) {
    reader.only(object, {"input_uncached", "input_cached", "output", "reasoning", "seconds"});
    Usage usage;
    usage.inputUncached = reader.get<std::int64_t>(object, "input_uncached").value_or(0);
    usage.inputCached = reader.get<std::int64_t>(object, "input_cached").value_or(0);
    usage.output = reader.get<std::int64_t>(object, "output").value_or(0);
    usage.reasoning = reader.get<std::int64_t>(object, "reasoning").value_or(0);
    usage.seconds = reader.get<double>(object, "seconds").value_or(0);
    return usage;
}

void readReply(const Reader& reader, const Json& object, Turn& turn, int number) {
    reader.only(object, {"text", "reasoning", "calls", "finish", "fault", "fault_after", "delay_ms", "chunk", "choice",
                         "usage", "reported_model"});
    turn.message.role = Role::Assistant;
    turn.message.text = reader.get<std::string>(object, "text").value_or("");
    turn.message.reasoning = reader.get<std::string>(object, "reasoning").value_or("");
    turn.finish = reader.get<std::string>(object, "finish").value_or("");
    turn.fault = reader.get<std::string>(object, "fault").value_or("");
    static const std::set<std::string> faults{"", "unreachable", "refused", "broke_off", "bad_request", "not_finite"};
    if (!faults.count(turn.fault))
        reader.refuse("\"fault\" is none of unreachable, refused, broke_off, bad_request, not_finite");
    turn.faultAfter = reader.get<std::size_t>(object, "fault_after");
    turn.delay = std::clamp(reader.get<int>(object, "delay_ms").value_or(0), 0, 600'000);
    turn.chunk = std::max<std::size_t>(1, reader.get<std::size_t>(object, "chunk").value_or(16));
    turn.choice = reader.get<std::size_t>(object, "choice");
    turn.reportedModel = reader.get<std::string>(object, "reported_model").value_or("");
    if (const auto usage = object.find("usage"); usage != object.end())
        turn.usage = readUsage(reader, *usage);
    if (const auto calls = object.find("calls"); calls != object.end()) {
        if (!calls->is_array())
            reader.refuse("\"calls\" is a list");
        for (const Json& item : *calls) {
            reader.only(item, {"name", "arguments", "id"});
            ToolCall call;
            call.name = reader.get<std::string>(item, "name").value_or("");
            call.id = reader.get<std::string>(item, "id").value_or(
                "call_" + std::to_string(number) + "_" + std::to_string(turn.message.calls.size()));
            const auto arguments = item.find("arguments");
            // Text goes out as it is, so that a script can send arguments that are no JSON.
            call.arguments = arguments == item.end()      ? "{}"
                             : arguments->is_string() ? arguments->get<std::string>()
                                                      : arguments->dump();
            turn.message.calls.push_back(std::move(call));
        }
    }
}

Turn readTurn(const std::string& file, const Json& object, int number) {
    const Reader reader(file, "turn " + std::to_string(number));
    reader.only(object, {"when", "reply", "times"});
    Turn turn;
    turn.times = reader.get<int>(object, "times").value_or(1);
    if (const auto when = object.find("when"); when != object.end()) {
        reader.only(*when, {"contains", "last_contains", "last_role", "called_tool", "turn", "choices"});
        turn.when.contains = reader.get<std::string>(*when, "contains");
        turn.when.lastContains = reader.get<std::string>(*when, "last_contains");
        turn.when.lastRole = reader.get<std::string>(*when, "last_role");
        turn.when.calledTool = reader.get<std::string>(*when, "called_tool");
        turn.when.turn = reader.get<int>(*when, "turn");
        turn.when.choices = reader.get<bool>(*when, "choices");
    }
    const auto reply = object.find("reply");
    if (reply == object.end())
        reader.refuse("\"reply\" is missing");
    readReply(reader, *reply, turn, number);
    return turn;
}

const char* roleName(Role role) {
    switch (role) {
    case Role::System: return "system";
    case Role::User: return "user";
    case Role::Assistant: return "assistant";
    case Role::Tool: return "tool";
    }
    return "";
}

bool matches(const When& when, const Request& request) {
    const auto& messages = request.messages;
    if (when.contains && std::none_of(messages.begin(), messages.end(), [&](const Message& message) {
            return message.text.find(*when.contains) != std::string::npos;
        }))
        return false;
    if (when.lastContains && (messages.empty() || messages.back().text.find(*when.lastContains) == std::string::npos))
        return false;
    if (when.lastRole && (messages.empty() || *when.lastRole != roleName(messages.back().role)))
        return false;
    if (when.choices && *when.choices != !request.choices.empty())
        return false;
    std::string newest;
    int turns = 0;
    for (std::size_t i = std::min(request.stableMessages, messages.size()); i < messages.size(); ++i) {
        if (messages[i].role != Role::Assistant)
            continue;
        ++turns;
        if (!messages[i].calls.empty())
            newest = messages[i].calls.back().name;
    }
    return (!when.calledTool || *when.calledTool == newest) && (!when.turn || *when.turn == turns);
}

// The bytes a server would see, for a cache that behaves like one.
std::string rendered(const Request& request) {
    std::string out;
    for (const ToolSpec& tool : request.tools)
        out += tool.name + tool.parameters;
    for (const Message& message : request.messages) {
        out += std::string("\n<") + roleName(message.role) + ">" + message.reasoning + message.text;
        for (const ToolCall& call : message.calls)
            out += call.name + call.arguments;
    }
    return out;
}

class ScriptedBackend final : public Backend {
public:
    ScriptedBackend(const std::string& text, const std::string& file);
    BackendInfo info() override { return m_info; }
    Reply generate(const Request& request, const std::function<void(const Event&)>& onEvent,
                   std::stop_token stop) override;

private:
    Turn& pick(const Request& request);
    Usage count(const Request& request, const Turn& turn);

    std::string m_file;
    BackendInfo m_info;
    std::vector<Turn> m_turns;
    std::string m_log; // file that gets a line for every call, as a server keeps its bill
    std::vector<std::string> m_seen; // requests so far, for the cache
};

ScriptedBackend::ScriptedBackend(const std::string& text, const std::string& file) : m_file(file) {
    const Json root = Json::parse(text, nullptr, false, true);
    const Reader reader(file, "its top level");
    reader.only(root, {"schema", "name", "model", "level", "window", "max_output", "demo", "host", "note", "price_row",
                       "tools", "turns", "fingerprint", "log"});
    if (reader.get<std::string>(root, "schema").value_or("") != "lectern.script/1")
        reader.refuse("\"schema\" must be \"lectern.script/1\"");
    m_info.name = reader.get<std::string>(root, "name").value_or("script");
    m_info.model = reader.get<std::string>(root, "model").value_or("scripted");
    m_info.fingerprint = reader.get<std::string>(root, "fingerprint").value_or("script:" + m_info.model);
    m_info.level = reader.get<int>(root, "level").value_or(2);
    m_info.window = reader.get<std::int64_t>(root, "window").value_or(1'048'576);
    m_info.maxOutput = reader.get<std::int64_t>(root, "max_output").value_or(0);
    m_info.demo = reader.get<bool>(root, "demo").value_or(false);
    m_info.host = reader.get<std::string>(root, "host").value_or("");
    m_info.note = reader.get<std::string>(root, "note").value_or("");
    m_info.priceRow = reader.get<std::string>(root, "price_row").value_or("");
    m_info.tools = reader.get<bool>(root, "tools").value_or(true);
    m_log = reader.get<std::string>(root, "log").value_or("");
    const auto turns = root.find("turns");
    if (turns == root.end() || !turns->is_array())
        reader.refuse("\"turns\" must be a list");
    int number = 0;
    for (const Json& turn : *turns)
        m_turns.push_back(readTurn(file, turn, ++number));
}

Turn& ScriptedBackend::pick(const Request& request) {
    for (Turn& turn : m_turns)
        if ((turn.times == 0 || turn.used < turn.times) && matches(turn.when, request)) {
            ++turn.used;
            return turn;
        }
    const std::string last = request.messages.empty() ? "" : request.messages.back().text;
    throw BackendError(Cause::BadRequest, "The script " + m_file + " has no turn for a request that ends in \"" +
                       last.substr(last.size() > 80 ? last.size() - 80 : 0) + "\": add one.");
}

Usage ScriptedBackend::count(const Request& request, const Turn& turn) {
    const std::string text = rendered(request);
    std::size_t common = 0;
    for (const std::string& seen : m_seen) {
        const auto [end, other] = std::mismatch(text.begin(), text.end(), seen.begin(), seen.end());
        common = std::max<std::size_t>(common, static_cast<std::size_t>(end - text.begin()));
    }
    m_seen.push_back(text);
    if (turn.usage)
        return *turn.usage;
    Usage usage = estimateUsage(request, turn.message);
    usage.inputCached = std::min(usage.inputUncached, estimateTokens(std::string_view(text).substr(0, common)));
    usage.inputUncached -= usage.inputCached;
    return usage;
}

Reply ScriptedBackend::generate(const Request& request, const std::function<void(const Event&)>& onEvent,
                                std::stop_token stop) {
    Turn& turn = pick(request);
    if (!m_log.empty())
        std::ofstream(m_log, std::ios::app) << "turn " << &turn - m_turns.data() + 1 << std::endl;
    Reply reply;
    reply.usage = count(request, turn);
    reply.reportedModel = turn.reportedModel.empty() ? m_info.model : turn.reportedModel;
    reply.message.role = Role::Assistant;
    const auto stopped = [&] {
        reply.finish = "stopped";
        return reply;
    };
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(turn.delay);
    while (std::chrono::steady_clock::now() < until) {
        if (stop.stop_requested())
            return stopped();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    std::string text = turn.message.text;
    if (turn.choice && !request.choices.empty())
        text = request.choices[std::min(*turn.choice, request.choices.size() - 1)];
    const std::size_t end = turn.fault.empty() ? text.size() : std::min(text.size(), turn.faultAfter.value_or(0));
    const auto emit = [&](Event::Type type, const std::string& piece) {
        Event event;
        event.type = type;
        event.text = piece;
        if (onEvent && !piece.empty())
            onEvent(event);
    };
    emit(Event::Type::Reasoning, turn.message.reasoning);
    reply.message.reasoning = turn.message.reasoning;
    for (std::size_t at = 0; at < end; at += turn.chunk) {
        if (stop.stop_requested())
            return stopped();
        const std::string piece = text.substr(at, std::min(turn.chunk, end - at));
        reply.message.text += piece;
        emit(Event::Type::Text, piece);
    }
    if (!turn.fault.empty()) {
        const Cause cause = turn.fault == "unreachable"   ? Cause::Unreachable
                            : turn.fault == "refused"     ? Cause::Refused
                            : turn.fault == "broke_off"   ? Cause::BrokeOff
                            : turn.fault == "bad_request" ? Cause::BadRequest
                                                          : Cause::NotFinite;
        throw FailedCall(cause, "The script " + m_file + " fails here on purpose (" + turn.fault + ").", reply);
    }
    for (const ToolCall& call : turn.message.calls) {
        reply.message.calls.push_back(call);
        emit(Event::Type::ToolCall, call.name);
    }
    // A turn used again must not repeat its call ids in one conversation.
    if (turn.used > 1)
        for (ToolCall& call : reply.message.calls)
            call.id += "_" + std::to_string(turn.used);
    reply.finish = !turn.finish.empty() ? turn.finish : turn.message.calls.empty() ? "stop" : "tool_calls";
    return reply;
}

} // namespace

std::unique_ptr<Backend> makeScriptedBackendFromText(const std::string& json, const std::string& name) {
    return std::make_unique<ScriptedBackend>(json, name);
}

std::unique_ptr<Backend> makeScriptedBackend(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        throw BackendError(Cause::Configuration, "The script " + file + " cannot be read: check its path.");
    std::ostringstream text;
    text << stream.rdbuf();
    return makeScriptedBackendFromText(text.str(), file);
}

} // namespace app
