#include "app/agent/prompts.h"

#include "app/agent/jobs.h"
#include "app/report/finding.h"
#include "app/resources.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace app {
namespace {

constexpr std::array<const char*, 14> names{"ask",     "call",      "describe", "interest", "judge", "notices", "point", "scan",
                                            "summarize", "support", "system", "system_bare", "tools", "verify"};

std::string withoutFirstLine(const std::string& name, const std::string& text) {
    const auto end = text.find('\n');
    if (!text.starts_with("<!-- " + name + ", version ") || end == std::string::npos)
        throw std::runtime_error("The prompt file prompts/" + name + ".md does not begin with its name and version: "
                                 "install the program's data again.");
    std::string body = text.substr(end + 1);
    while (!body.empty() && body.back() == '\n')
        body.pop_back();
    return body;
}

// "## name" sections of notices.md and tools.md, in order.
std::vector<std::pair<std::string, std::string>> sections(const std::string& text) {
    std::vector<std::pair<std::string, std::string>> out;
    for (auto at = text.find("## "); at != std::string::npos;) {
        const auto line = text.find('\n', at);
        const auto next = text.find("\n## ", at);
        if (line == std::string::npos)
            break;
        std::string body = text.substr(line + 1, next == std::string::npos ? next : next - line - 1);
        while (!body.empty() && body.back() == '\n')
            body.pop_back();
        out.emplace_back(text.substr(at + 3, line - at - 3), body);
        at = next == std::string::npos ? next : next + 1;
    }
    return out;
}

ToolSpec toolOf(const std::string& name, const std::string& body) {
    const auto last = body.rfind('\n');
    ToolSpec tool;
    tool.name = name;
    if (last != std::string::npos) {
        tool.description = body.substr(0, last);
        tool.parameters = body.substr(last + 1);
    }
    if (!nlohmann::json::accept(tool.parameters))
        throw std::runtime_error("The tool " + name + " in prompts/tools.md has no valid schema on its last line.");
    return tool;
}

} // namespace

std::string fillPlaceholders(std::string_view text, const Prompts::Values& values) {
    std::string out;
    for (std::size_t at = 0;;) {
        const auto open = text.find("{{", at);
        const auto close = open == std::string_view::npos ? open : text.find("}}", open);
        if (close == std::string_view::npos)
            return out += text.substr(at);
        const std::string key(text.substr(open + 2, close - open - 2));
        const auto value = values.find(key);
        if (value == values.end())
            throw std::runtime_error("A prompt names {{" + key + "}}, which nothing fills in.");
        out += text.substr(at, open - at);
        out += value->second;
        at = close + 2;
    }
}

Prompts Prompts::load() {
    Prompts prompts;
    std::string all;
    std::vector<std::string> files(names.begin(), names.end());
    files.push_back("warm");
    std::sort(files.begin(), files.end());
    for (const std::string& name : files) {
        const std::string text = readResource("prompts/" + name + ".md");
        all += name + '\n' + std::to_string(text.size()) + '\n' + text;
        prompts.m_texts[name] = withoutFirstLine(name, text);
    }
    // Those of the embedded model have no first line: its recipe reads the same files (resources/nano/tasks.py).
    for (const char* name : {"nano_describe", "nano_title"}) {
        std::string text = readResource(std::string("prompts/") + name + ".md");
        all += std::string(name) + '\n' + std::to_string(text.size()) + '\n' + text;
        while (!text.empty() && text.back() == '\n')
            text.pop_back();
        prompts.m_texts[name] = std::move(text);
    }
    for (auto& [name, body] : sections(prompts.m_texts["notices"]))
        prompts.m_notices[name] = body;
    for (auto& [name, body] : sections(prompts.m_texts["tools"]))
        prompts.m_tools.push_back(toolOf(name, body));
    std::sort(prompts.m_tools.begin(), prompts.m_tools.end(),
              [](const ToolSpec& a, const ToolSpec& b) { return a.name < b.name; });
    prompts.m_sha256 = sha256Hex(all);
    return prompts;
}

const std::string& Prompts::text(const std::string& name) const {
    const auto found = m_texts.find(name);
    if (found == m_texts.end())
        throw std::runtime_error("There is no prompt named " + name + ".");
    return found->second;
}

std::string Prompts::fill(const std::string& name, const Values& values) const {
    return fillPlaceholders(text(name), values);
}

std::string Prompts::notice(const std::string& section, const Values& values) const {
    const auto found = m_notices.find(section);
    if (found == m_notices.end())
        throw std::runtime_error("There is no notice named " + section + ".");
    return fillPlaceholders(found->second, values);
}

std::string Prompts::toolsText() const {
    std::string out;
    for (const ToolSpec& tool : m_tools)
        out += tool.name + '\n' + tool.description + '\n' + tool.parameters + '\n';
    return out;
}

std::string promptsSha256() { return Prompts::load().sha256(); }

} // namespace app
