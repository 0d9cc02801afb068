#include "app/agent/tools.h"

#include "app/agent/tool_kinds.h"
#include "app/backend/usage.h"
#include "app/context.h"

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

namespace app {
namespace {

constexpr std::int64_t mostTokens = 3000;
constexpr std::size_t mostBytes = 128 * 1024;
constexpr std::size_t mostRest = 1024 * 1024; // kept behind one handle
constexpr std::size_t mostHandles = 16;
constexpr auto mostTime = std::chrono::milliseconds(1500);

using Function = ToolResult (*)(ToolBox&, const ToolArguments&, std::stop_token);

const std::map<std::string, Function>& functions() {
    static const std::map<std::string, Function> table{
        {"ask_user", NoteTools::askUser},   {"blame", HistoryTools::blame},     {"diff", HistoryTools::diff},
        {"find", ReadingTools::find},       {"history", HistoryTools::history}, {"more", ReadingTools::more},
        {"note_answer", NoteTools::answer}, {"note_cell", NoteTools::cell},     {"note_finding", NoteTools::finding},
        {"outline", ReadingTools::outline}, {"read", ReadingTools::read},       {"refs", ReadingTools::refs},
        {"resolve", NoteTools::resolve},    {"verdict", NoteTools::verdict},    {"witness", ReadingTools::witness}};
    return table;
}

// A stop token that also fires when a call's time is over.
class Deadline {
public:
    explicit Deadline(std::stop_token outer)
        : m_forward(std::move(outer), [this] { m_source.request_stop(); }), m_timer([this](std::stop_token ended) {
              std::unique_lock lock(m_mutex);
              m_wake.wait_for(lock, ended, mostTime, [] { return false; });
              if (!ended.stop_requested())
                  m_source.request_stop();
          }) {}
    std::stop_token token() const { return m_source.get_token(); }

private:
    std::stop_source m_source;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::stop_callback<std::function<void()>> m_forward;
    std::jthread m_timer;
};

// The longest beginning of about `tokens` tokens, cut at a line where there is one near.
std::size_t cutAt(const std::string& text, std::int64_t tokens) {
    std::size_t end = std::min(text.size(), mostBytes);
    if (estimateTokens(text) <= tokens && end == text.size())
        return end;
    std::size_t low = 0;
    while (low < end) { // estimateTokens grows with length
        const std::size_t middle = (low + end + 1) / 2;
        if (estimateTokens(std::string_view(text).substr(0, middle)) <= tokens)
            low = middle;
        else
            end = middle - 1;
    }
    if (const auto line = text.rfind('\n', low); line != std::string::npos && line > low / 2 && low < text.size())
        return line + 1;
    while (low > 0 && low < text.size() && (static_cast<unsigned char>(text[low]) & 0xC0) == 0x80)
        --low;
    return low;
}

} // namespace

std::string oneLine(std::string_view text, std::size_t most) {
    std::string out;
    for (const char c : text) {
        if (out.size() >= most)
            break;
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
    if (out.size() >= most) {
        while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80)
            out.pop_back();
        if (!out.empty() && static_cast<unsigned char>(out.back()) >= 0xC0)
            out.pop_back();
    }
    return out;
}

ToolResult toolDone(std::string text, std::string summary) { return {std::move(text), std::move(summary), ToolResult::Kind::Done}; }

ToolResult toolFailed(const std::string& sentence) {
    return {"error: " + sentence, oneLine(sentence, 120), ToolResult::Kind::Failed};
}

ToolBox::ToolBox(const ModelRun& run, const Prompts& prompts, std::shared_ptr<const Resolver> resolver, BranchKind kind,
                 std::string branch)
    : m_run(run), m_prompts(prompts), m_resolver(std::move(resolver)), m_kind(kind), m_branch(std::move(branch)) {}

ToolBox::~ToolBox() = default;

std::optional<std::uint32_t> ToolBox::documentOf(std::string_view file) const {
    while (!file.empty() && file.front() == ' ')
        file.remove_prefix(1);
    while (!file.empty() && file.back() == ' ')
        file.remove_suffix(1);
    if (file.empty() || file.size() > 4096)
        return std::nullopt;
    if (m_run.context)
        if (const auto found = m_run.context->documentById(file))
            return found;
    if (const auto found = m_run.corpus->find(file))
        return found;
    // "f017 src/a.c", as results name files.
    if (const auto space = file.find(' '); space != std::string_view::npos)
        return m_run.corpus->find(file.substr(space + 1));
    if (!m_run.context && file.size() > 1 && file[0] == 'f' &&
        file.find_first_not_of("0123456789", 1) == std::string_view::npos && file.size() < 8) {
        const unsigned long number = std::stoul(std::string(file.substr(1)));
        if (number >= 1 && number <= m_run.corpus->documents().size())
            return static_cast<std::uint32_t>(number - 1);
    }
    return std::nullopt;
}

std::string ToolBox::nameOf(std::uint32_t document) const {
    std::string id = m_run.context ? m_run.context->idOf(document) : std::string();
    if (!m_run.context) {
        char text[16];
        std::snprintf(text, sizeof text, "f%03u", document + 1);
        id = text;
    }
    const std::string& path = m_run.corpus->document(document).path();
    return id.empty() ? path : id + " " + path;
}

std::string ToolBox::capped(std::string text) {
    const std::size_t end = cutAt(text, mostTokens);
    if (end >= text.size())
        return text;
    std::string rest = text.substr(end);
    const std::size_t left = rest.size();
    if (rest.size() > mostRest)
        rest.resize(mostRest);
    if (m_rest.size() >= mostHandles)
        m_rest.erase(m_rest.begin());
    char handle[16];
    std::snprintf(handle, sizeof handle, "h%06d", ++m_handles);
    m_rest[handle] = std::move(rest);
    text.resize(end);
    if (!text.ends_with('\n'))
        text += '\n';
    return text + "… " + std::to_string(left) + " more bytes: more(handle=\"" + handle + "\")";
}

ToolResult ToolBox::call(const std::string& name, const std::string& text, std::stop_token stop) {
    const auto spec = std::find_if(m_prompts.tools().begin(), m_prompts.tools().end(),
                                   [&](const ToolSpec& tool) { return tool.name == name; });
    if (spec == m_prompts.tools().end()) {
        std::string known;
        for (const ToolSpec& tool : m_prompts.tools())
            known += (known.empty() ? "" : ", ") + tool.name;
        return {m_prompts.notice("unknown_tool", {{"tools", known}}), "no such tool", ToolResult::Kind::BadArguments};
    }
    const ToolArguments arguments = ToolArguments::parse(text, spec->parameters);
    if (!arguments.problem().empty())
        return {m_prompts.notice("bad_arguments", {{"problem", arguments.problem()},
                                                   {"takes", describeArguments(spec->parameters)}}),
                arguments.problem(), ToolResult::Kind::BadArguments};
    auto& [times, earlier] = m_made[name + "(" + arguments.canonical() + ")"];
    if (++times > 1) {
        const auto kind = times > 2 ? ToolResult::Kind::RepeatedTooOften : ToolResult::Kind::Repeated;
        return {m_prompts.notice("repeated") + "\n" + earlier, "repeated", kind};
    }
    ToolResult result;
    try {
        const Deadline deadline(stop);
        result = dispatch(name, arguments, deadline.token());
    } catch (const std::exception& error) {
        result = toolFailed(oneLine(error.what(), 400));
    }
    result.text = capped(std::move(result.text));
    earlier = result.text.size() > 4096 ? "(the result is above)" : result.text;
    return result;
}

ToolResult ToolBox::dispatch(const std::string& name, const ToolArguments& arguments, std::stop_token stop) {
    const auto found = functions().find(name);
    if (found == functions().end())
        return toolFailed("the tool " + name + " is listed but not there");
    return found->second(*this, arguments, std::move(stop));
}

} // namespace app
