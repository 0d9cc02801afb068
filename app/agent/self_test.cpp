#include "app/agent/self_test.h"

#include "app/agent/prompts.h"

#include <nlohmann/json.hpp>

#include <array>
#include <string>
#include <vector>

namespace app {

namespace {

constexpr int passages = 12, canaries = 10, toolCalls = 20;

// Invented names, so that only the text can answer.
struct Fact {
    const char* subject;
    const char* property;
    const char* value;
};
constexpr std::array<Fact, passages> facts{{{"The Oreval bridge", "length", "417 metres"},
                                            {"The Tamsin archive", "opening hour", "half past nine"},
                                            {"Pump house 6", "supervisor", "Ilke Brandauer"},
                                            {"The Corvane contract", "notice period", "eleven weeks"},
                                            {"The function drainQueue", "return value", "the number of dropped jobs"},
                                            {"The Melby lighthouse", "colour", "green over white"},
                                            {"The Varga grant", "amount", "73,250 crowns"},
                                            {"The Halden ferry", "last departure", "22:40"},
                                            {"The constant RETRY_LIMIT", "value", "17"},
                                            {"The Quist laboratory", "address", "Tern Street 58"},
                                            {"The Ondra reservoir", "depth", "31 metres"},
                                            {"The Pell statute", "year", "1874"}}};
constexpr std::array<const char*, passages> absent{"budget",  "architect", "telephone number", "insurer", "test coverage", "height",
                                                   "sponsor", "captain",   "default port",     "director", "water temperature", "translator"};

std::string passageText(int number) {
    const Fact& fact = facts[static_cast<std::size_t>(number)];
    return "P" + std::to_string(number + 1) + "\n" + fact.subject + ": the " + fact.property + " is " + fact.value + ".\n";
}

class SelfTest {
public:
    SelfTest(Backend& backend, const std::function<void(int, int)>& onProgress, std::stop_token stop)
        : m_backend(backend), m_onProgress(onProgress), m_stop(std::move(stop)), m_prompts(Prompts::load()) {}

    SelfTestResult run() {
        for (int i = 0; i < passages && go(); ++i) m_result.places += point(i, facts[static_cast<std::size_t>(i)].property) == i;
        for (int i = 0; i < passages && go(); ++i) m_result.falseClaims += point(i, absent[static_cast<std::size_t>(i)]) >= 0;
        if (!go()) return m_result;
        if (m_result.places < 9 || m_result.falseClaims > 1) return finish(0);
        m_result.reviewerTried = true;
        for (int i = 0; i < canaries && go(); ++i) {
            m_result.trueRefused += !judge(i, true);
            m_result.falseAccepted += judge(i, false);
        }
        for (int i = 0; i < toolCalls && go(); ++i) m_result.validCalls += call(i);
        if (!go()) return m_result;
        return finish(m_result.trueRefused <= 2 && m_result.falseAccepted <= 2 && m_result.validCalls >= 18 ? 2 : 1);
    }

private:
    static constexpr int total = 2 * passages + 2 * canaries + toolCalls;

    bool go() const { return !m_stop.stop_requested(); }
    SelfTestResult finish(int level) {
        m_result.level = level;
        m_result.complete = true;
        return m_result;
    }

    Reply ask(const std::string& question, std::vector<std::string> choices, std::vector<ToolSpec> tools, int maxOutput) {
        Request request;
        Message system, user;
        system.role = Role::System;
        system.text = m_prompts.text("system_bare");
        user.text = question;
        request.messages = {system, user};
        request.tools = std::move(tools);
        request.choices = std::move(choices);
        request.thinking = !request.tools.empty();
        request.effort = Effort::Low;
        request.maxOutput = maxOutput;
        Reply reply = m_backend.generate(request, {}, m_stop);
        m_result.usage += reply.usage;
        if (m_onProgress) m_onProgress(++m_done, total);
        return reply;
    }

    // The passage pointed at; -1 = not in the text, -2 = no answer.
    int point(int subject, const std::string& property) {
        std::string list;
        std::vector<std::string> labels;
        for (int i = 0; i < passages; ++i) {
            list += passageText((i * 5 + subject) % passages); // another order each time
            labels.push_back("P" + std::to_string(i + 1));
        }
        labels.push_back("not in the text");
        const std::string question = std::string("What is the ") + property + " of this: " + facts[static_cast<std::size_t>(subject)].subject + "?";
        const std::string answer = ask(m_prompts.fill("point", {{"passages", list}, {"question", question}}), labels, {}, 24).message.text;
        for (int i = passages - 1; i >= 0; --i)
            if (answer == labels[static_cast<std::size_t>(i)]) return i;
        return answer.find("not in the text") != std::string::npos ? -1 : -2;
    }

    bool judge(int number, bool truth) {
        const Fact& fact = facts[static_cast<std::size_t>(number)];
        const Fact& other = facts[static_cast<std::size_t>((number + 3) % passages)];
        const std::string claim = std::string(fact.subject) + ": the " + fact.property + " is " + (truth ? fact.value : other.value) + ".";
        const std::string question = m_prompts.fill("judge", {{"text", passageText(number)}, {"claim", claim}});
        return ask(question, {"yes", "no"}, {}, 8).message.text.starts_with("yes");
    }

    bool call(int number) {
        ToolSpec tool;
        tool.name = "read_lines";
        tool.description = "Reads lines of a file.";
        tool.parameters = R"({"type": "object", "properties": {"file": {"type": "string"}, "first": {"type": "integer"}, "last": {"type": "integer"}}, "required": ["file", "first", "last"]})";
        const std::string file = "f" + std::to_string(100 + number * 7);
        const int first = 10 + number * 3, last = first + 5;
        const Reply reply = ask(m_prompts.fill("call", {{"file", file}, {"first", std::to_string(first)}, {"last", std::to_string(last)}}), {}, {tool}, 1500);
        if (reply.message.calls.size() != 1 || reply.message.calls[0].name != tool.name) return false;
        const auto arguments = nlohmann::json::parse(reply.message.calls[0].arguments, nullptr, false);
        return arguments.is_object() && arguments.size() == 3 && arguments.value("file", nlohmann::json()) == file &&
               arguments.value("first", nlohmann::json()) == first && arguments.value("last", nlohmann::json()) == last;
    }

    Backend& m_backend;
    const std::function<void(int, int)>& m_onProgress;
    std::stop_token m_stop;
    Prompts m_prompts;
    SelfTestResult m_result;
    int m_done = 0;
};

} // namespace

SelfTestResult runSelfTest(Backend& backend, const std::function<void(int, int)>& onProgress, std::stop_token stop) {
    return SelfTest(backend, onProgress, stop).run();
}

} // namespace app
