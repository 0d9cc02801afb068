#include "app/agent/tool_arguments.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace app {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t mostBytes = 64 * 1024;
constexpr std::size_t mostText = 16 * 1024;

// Depth of brackets outside strings; the largest met.
int depthOf(std::string_view text) {
    int depth = 0, most = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (inString) {
            if (text[i] == '\\')
                ++i;
            else if (text[i] == '"')
                inString = false;
        } else if (text[i] == '"') {
            inString = true;
        } else if (text[i] == '{' || text[i] == '[') {
            most = std::max(most, ++depth);
        } else if (text[i] == '}' || text[i] == ']') {
            --depth;
        }
    }
    return most;
}

std::string shortened(const std::string& name) {
    std::string out;
    for (const char c : name.substr(0, 40))
        out += c >= 0x20 && c < 0x7f ? c : '?';
    return out;
}

bool toInteger(const Json& value, std::int64_t& number) {
    if (value.is_boolean()) {
        number = value.get<bool>();
        return true;
    }
    if (value.is_number_integer() || value.is_number_unsigned()) {
        if (value.is_number_unsigned() && value.get<std::uint64_t>() > (std::uint64_t{1} << 53))
            return false;
        number = value.get<std::int64_t>();
        return true;
    }
    if (value.is_number_float()) {
        const double d = value.get<double>();
        if (!(d >= -1e15 && d <= 1e15) || d != static_cast<double>(static_cast<std::int64_t>(d)))
            return false;
        number = static_cast<std::int64_t>(d);
        return true;
    }
    if (!value.is_string())
        return false;
    const std::string text = value.get<std::string>(); // "12": models write it, and it can mean nothing else
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

} // namespace

ToolArguments ToolArguments::parse(const std::string& json, const std::string& schema) {
    ToolArguments out;
    const auto fail = [&](const std::string& problem) {
        out.m_text.clear();
        out.m_number.clear();
        out.m_problem = problem;
        return out;
    };
    if (json.size() > mostBytes)
        return fail("they are longer than 65536 bytes");
    if (depthOf(json) > 3)
        return fail("they are nested, and every argument is a plain value");
    const Json object = json.find_first_not_of(" \t\r\n") == std::string::npos ? Json::object()
                                                                             : Json::parse(json, nullptr, false);
    if (!object.is_object())
        return fail("they are no JSON object");
    const Json shape = Json::parse(schema, nullptr, false);
    const Json& properties = shape["properties"];
    for (const auto& [name, value] : object.items()) {
        const auto property = properties.find(name);
        if (property == properties.end())
            return fail("\"" + shortened(name) + "\" is not an argument of this tool");
        if (value.is_null())
            continue;
        const std::string type = (*property)["type"];
        if (type == "string") {
            if (!value.is_string())
                return fail("\"" + name + "\" must be text");
            const std::string text = value.get<std::string>();
            if (text.size() > mostText)
                return fail("\"" + name + "\" is longer than 16384 bytes");
            if (text.find('\0') != std::string::npos)
                return fail("\"" + name + "\" holds a NUL");
            if (const auto choices = property->find("enum"); choices != property->end() &&
                std::find(choices->begin(), choices->end(), text) == choices->end())
                return fail("\"" + name + "\" must be one of " + choices->dump());
            out.m_text[name] = text;
        } else {
            std::int64_t number = 0;
            if (!toInteger(value, number))
                return fail("\"" + name + "\" must be " + (type == "boolean" ? "true or false" : "a whole number"));
            out.m_number[name] = number;
        }
    }
    for (const Json& name : shape["required"])
        if (!out.has(name.get<std::string>()))
            return fail("\"" + name.get<std::string>() + "\" is missing");
    for (const auto& [name, text] : out.m_text)
        out.m_canonical += name + "=" + std::to_string(text.size()) + ":" + text + ";";
    for (const auto& [name, number] : out.m_number)
        out.m_canonical += name + "=" + std::to_string(number) + ";";
    return out;
}

std::string ToolArguments::text(const std::string& name) const {
    const auto found = m_text.find(name);
    return found == m_text.end() ? std::string() : found->second;
}

std::int64_t ToolArguments::number(const std::string& name, std::int64_t otherwise) const {
    const auto found = m_number.find(name);
    return found == m_number.end() ? otherwise : found->second;
}

std::string describeArguments(const std::string& schema) {
    const Json shape = Json::parse(schema, nullptr, false);
    std::string out;
    for (const auto& [name, property] : shape["properties"].items()) {
        const std::string type = property["type"];
        const Json& required = shape["required"];
        const bool needed = std::find(required.begin(), required.end(), name) != required.end();
        out += (out.empty() ? "" : ", ") + name + " (" +
               (type == "string" ? "text" : type == "boolean" ? "true or false" : "number") + (needed ? ")" : ", optional)");
    }
    return out;
}

std::string repairJson(const std::string& json) {
    if (json.size() > mostBytes || Json::accept(json))
        return json;
    std::string closing;
    bool inString = false, escaped = false;
    for (const char c : json) {
        if (inString) {
            if (escaped)
                escaped = false;
            else if (c == '\\')
                escaped = true;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            closing.insert(closing.begin(), c == '{' ? '}' : ']');
        } else if ((c == '}' || c == ']') && !closing.empty()) {
            closing.erase(closing.begin());
        }
    }
    std::string repaired = json;
    if (escaped)
        repaired.pop_back();
    if (inString)
        repaired += '"';
    repaired += closing;
    return Json::accept(repaired) ? repaired : json;
}

std::vector<ToolCall> takeLeakedCalls(std::string& text) {
    static const std::string mark = "\xEF\xBD\x9C" "DSML\xEF\xBD\x9C";
    const std::string open = "<" + mark + "tool_calls>", close = "</" + mark + "tool_calls>";
    std::string trimmed = text;
    while (!trimmed.empty() && (trimmed.back() == '\n' || trimmed.back() == ' '))
        trimmed.pop_back();
    const auto begin = trimmed.rfind(open);
    // Only at the very end: a block in the middle is a quotation, not a call.
    if (begin == std::string::npos || !trimmed.ends_with(close))
        return {};
    std::vector<ToolCall> calls;
    std::size_t at = begin + open.size();
    const auto take = [&](const std::string& expected) {
        while (at < trimmed.size() && trimmed[at] == '\n')
            ++at;
        if (trimmed.compare(at, expected.size(), expected) != 0)
            return false;
        at += expected.size();
        return true;
    };
    const auto until = [&](const std::string& end, std::string& into) {
        const auto found = trimmed.find(end, at);
        if (found == std::string::npos)
            return false;
        into = trimmed.substr(at, found - at);
        at = found + end.size();
        return true;
    };
    while (!take(close)) {
        ToolCall call;
        if (calls.size() >= 128 || !take("<" + mark + "invoke name=\"") || !until("\">", call.name))
            return {};
        Json arguments = Json::object();
        while (!take("</" + mark + "invoke>")) {
            std::string name, value, type;
            if (!take("<" + mark + "parameter name=\"") || !until("\" string=\"", name) || !until("\">", type) ||
                !until("</" + mark + "parameter>", value) || arguments.contains(name))
                return {};
            Json parsed = type == "true" ? Json(value) : Json::parse(value, nullptr, false);
            arguments[name] = parsed.is_discarded() ? Json(value) : std::move(parsed);
        }
        call.arguments = arguments.dump(-1, ' ', false, Json::error_handler_t::replace);
        call.id = "leaked_" + std::to_string(calls.size());
        calls.push_back(std::move(call));
    }
    if (calls.empty())
        return calls; // a block without a call is no call: it stays text
    text = trimmed.substr(0, begin);
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return calls;
}

} // namespace app
