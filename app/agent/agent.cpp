#include "app/agent/agent.h"

#include "app/backend/failed_call.h"
#include "app/backend/usage.h"
#include "app/context.h"
#include "app/prefix_guard.h"
#include "app/report/finding.h"

#include <algorithm>
#include <chrono>

namespace app {
namespace {

using Json = nlohmann::ordered_json;

Message textMessage(Role role, std::string text) {
    Message message;
    message.role = role;
    message.text = std::move(text);
    return message;
}

std::string effortName(Effort effort) {
    return effort == Effort::Low ? "low" : effort == Effort::High ? "high" : "max";
}

Json usageJson(const Usage& usage) {
    return {{"input_uncached", usage.inputUncached}, {"input_cached", usage.inputCached}, {"output", usage.output},
            {"reasoning", usage.reasoning}, {"estimated", usage.estimated}};
}

double cachedShare(const Usage& usage) {
    const std::int64_t input = usage.inputCached + usage.inputUncached;
    return input > 0 ? static_cast<double>(usage.inputCached) / static_cast<double>(input) : 0;
}

} // namespace

const char* toString(BranchEnd end) {
    switch (end) {
    case BranchEnd::Answered: return "answered";
    case BranchEnd::Turns: return "turns used up";
    case BranchEnd::Tail: return "tail used up";
    case BranchEnd::Budget: return "budget reached";
    case BranchEnd::Stopped: return "stopped";
    case BranchEnd::Failed: return "failed";
    case BranchEnd::Repeated: return "repeated itself";
    case BranchEnd::BadArguments: return "bad arguments";
    case BranchEnd::NotStarted: return "not started";
    }
    return "";
}

// Everything that belongs to one branch while it runs.
struct Agent::Branch {
    Branch(const ModelRun& run, const Prompts& prompts, std::shared_ptr<const Resolver> resolver, const BranchTask& task)
        : tools(run, prompts, std::move(resolver), task.kind, task.name) {}
    Request request;
    Transcript transcript;
    ToolBox tools;
    BranchEnd end = BranchEnd::Answered;
    std::string problem;
    std::int64_t tail = 0;
    std::map<std::string, int> bad; // tool to bad calls
    bool reminded = false, broke = false, bare = false;
    int turns = 0;

    void append(Message message) {
        tail += message.role == Role::Assistant ? 0 : estimateTokens(message.text);
        request.messages.push_back(message);
        transcript.add(std::move(message));
    }
};

Agent::Agent(ModelRun& run)
    : m_run(run), m_prompts(Prompts::load()), m_resolver(std::make_shared<const Resolver>(run.corpus)) {
    if (m_run.context) {
        m_prefix = m_run.context->messages();
        m_prefixTokens = m_run.context->tokens();
    }
    if (m_prefix.empty() || m_prefix.front().role != Role::System)
        m_prefix.insert(m_prefix.begin(), textMessage(Role::System, m_prompts.text("system")));
    else if (m_prefix.front().text.empty())
        m_prefix.front().text = m_prompts.text("system");
    std::string all;
    for (const Message& message : m_prefix)
        all += std::to_string(message.text.size()) + ":" + message.text;
    m_prefixSha256 = sha256Hex(all + m_prompts.toolsText());
    if (!m_run.guard)
        m_run.guard = std::make_shared<PrefixGuard>(m_run.context.get());
}

void Agent::say(const std::string& type, Json fields) const {
    if (m_run.onEvent)
        m_run.onEvent(type, fields);
}

void Agent::warn(const std::string& what, const std::string& about, const std::string& cure) {
    say("warning", {{"what", what}, {"about", about}, {"cure", cure}});
    m_run.notes.push_back(what + (about.empty() ? "" : " (" + about + ")") + ".");
}

void Agent::account(const Usage& usage) {
    m_run.usage += usage;
    ++m_run.calls;
    if (const auto cost = m_run.price ? m_run.price(usage) : std::nullopt) {
        Money spent = m_run.spent.value_or(Money{0, cost->currency});
        spent.picoUnits += cost->picoUnits;
        m_run.spent = spent;
    } else if (m_run.limits.budget) {
        const std::string sentence = "The price of this model is unknown, so that the money cap could not be kept.";
        if (std::find(m_run.notes.begin(), m_run.notes.end(), sentence) == m_run.notes.end())
            m_run.notes.push_back(sentence);
    }
    Json fields = usageJson(m_run.usage);
    fields["calls"] = m_run.calls;
    fields["actual"] = m_run.spent ? Json(m_run.spent->text()) : Json();
    say("cost.update", fields);
    if (usage.bytesSent > 0 && !m_run.info.host.empty())
        say("sent", {{"host", m_run.info.host}, {"bytes", m_run.usage.bytesSent}});
}

bool Agent::overBudget(double share) const {
    if (m_run.limits.budget && m_run.spent && static_cast<double>(m_run.spent->picoUnits) >=
        share * static_cast<double>(m_run.limits.budget->picoUnits))
        return true;
    const double minutes = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_run.began).count() / 60;
    return m_run.limits.minutes > 0 && minutes >= share * m_run.limits.minutes;
}

void Agent::reachBudget() {
    if (!m_run.budgetReached) {
        const auto text = [](const std::optional<Money>& money) { return money ? Json(money->text()) : Json(); };
        say("budget.reached", {{"spent", text(m_run.spent)}, {"cap", text(m_run.limits.budget)},
                               {"minutes_cap", m_run.limits.minutes}});
        m_run.notes.push_back("The budget was reached: what was done is kept, the rest was not started.");
    }
    m_run.budgetReached = m_run.unfinished = true;
}

bool Agent::mayStart() {
    if (!m_run.engineFailure.empty())
        return false;
    if (overBudget(0.9))
        reachBudget();
    return !m_run.budgetReached;
}

std::string Agent::keyOf(const BranchTask& task) const {
    std::string text;
    for (const std::string& part : {m_run.info.fingerprint, m_run.info.model, m_prompts.sha256(), m_run.corpus->sha256(),
                                    task.wordless ? std::string("wordless") : task.bare ? std::string("bare") : m_prefixSha256, effortName(m_run.effort),
                                    std::string(m_run.thinking && task.thinking ? "thinking" : "plain"), task.name,
                                    task.text})
        text += std::to_string(part.size()) + ":" + part;
    for (const std::string& choice : task.choices)
        text += std::to_string(choice.size()) + ":" + choice;
    return sha256Hex(text);
}

Request Agent::requestFor(const BranchTask& task) const {
    Request request;
    if (task.wordless) {
        // nothing before the task
    } else if (task.bare) {
        request.messages.push_back(textMessage(Role::System, m_prompts.text("system_bare")));
    } else {
        request.messages = m_prefix;
        if (m_run.info.tools)
            request.tools = m_prompts.tools();
    }
    request.stableMessages = request.messages.size();
    request.effort = m_run.effort;
    request.thinking = m_run.thinking && task.thinking;
    request.maxOutput = task.maxOutput > 0 ? task.maxOutput : m_run.limits.answerTokens;
    request.choices = task.choices;
    return request;
}

void Agent::forward(const std::string& branch, const Event& event) const {
    switch (event.type) {
    case Event::Type::Text:
    case Event::Type::Reasoning:
        if (m_run.verbose)
            say("text", {{"branch", branch}, {"channel", event.type == Event::Type::Text ? "answer" : "thinking"},
                         {"delta", event.text}});
        break;
    case Event::Type::Prefill:
        say("engine.state", {{"state", "reading"}, {"done", event.done}, {"cached", event.cached}, {"total", event.total},
                             {"tokens_per_second", event.tokensPerSecond}, {"seconds_left", event.secondsLeft}});
        break;
    case Event::Type::State:
        say("engine.state", {{"state", event.text}});
        break;
    case Event::Type::ToolCall:
        break; // told with its arguments once it is whole
    }
}

void Agent::checkPrefix(const Request& request) {
    if (const auto difference = m_run.guard->check(request)) {
        say("prefix.break", {{"first_byte", difference->firstByte}, {"written_by", difference->writtenBy},
                             {"expected", difference->expectedSha256}, {"got", difference->gotSha256}});
        m_run.notes.push_back("The shared prefix changed between two calls (" + difference->writtenBy +
                              "): cached tokens were paid again.");
    }
}

// The first branch after the warm-up must find nearly the whole prefix in the server's cache.
void Agent::probe(const Usage& usage) {
    if (m_probed || !m_warm || usage.estimated)
        return;
    m_probed = true;
    const std::int64_t input = usage.inputCached + usage.inputUncached;
    const std::int64_t expected = std::min(m_prefixTokens, input) * 98 / 100;
    if (usage.inputCached * 100 < expected * 90)
        warn("The server cached " + std::to_string(usage.inputCached) + " of about " + std::to_string(m_prefixTokens) +
                 " shared tokens: every branch pays for the rest again",
             m_run.info.host, "stop here, or choose a server that caches prefixes");
}

// One call with one announced repetition when the answer breaks off; false ends the branch.
bool Agent::turn(Branch& branch, Reply& reply, std::stop_token stop) {
    const std::string name = branch.transcript.branch;
    const auto listen = [&](const Event& event) { forward(name, event); };
    for (;;) {
        if (!branch.bare)
            checkPrefix(branch.request);
        try {
            reply = m_run.backend->generate(branch.request, listen, stop);
            branch.transcript.usage += reply.usage;
            account(reply.usage);
            if (!branch.bare)
                probe(reply.usage);
            if (!reply.reportedModel.empty()) {
                if (!m_run.reportedModel.empty() && m_run.reportedModel != reply.reportedModel)
                    warn("The server changed the model during the run", reply.reportedModel, "run again to compare");
                m_run.reportedModel = branch.transcript.reportedModel = reply.reportedModel;
            }
            if (reply.finish != "stopped")
                return true;
            branch.end = BranchEnd::Stopped;
            return false;
        } catch (const FailedCall& failed) {
            branch.transcript.usage += failed.partial().usage;
            account(failed.partial().usage);
            if (failed.cause() == BackendError::Cause::BrokeOff && !branch.broke && !overBudget(1) &&
                !stop.stop_requested()) {
                branch.broke = true;
                say("warning", {{"what", std::string(failed.what()) + " Asking once more, which is paid again."},
                                {"about", name}, {"cure", ""}});
                continue;
            }
            branch.problem = failed.what();
            if (failed.cause() != BackendError::Cause::BadRequest)
                m_run.engineFailure = failed.what();
        } catch (const BackendError& error) {
            branch.problem = error.what();
            if (error.cause() != BackendError::Cause::BadRequest)
                m_run.engineFailure = error.what();
        }
        branch.end = BranchEnd::Failed;
        return false;
    }
}

// Answers every call of a turn; false ends the branch.
bool Agent::obey(Branch& branch, const std::vector<ToolCall>& calls, std::stop_token stop) {
    bool goOn = true;
    int answered = 0;
    for (const ToolCall& call : calls) {
        ToolResult result;
        if (++answered > 32)
            result = {"error: more than 32 calls in one turn; this one was not made", "not made", ToolResult::Kind::Failed};
        else
            result = branch.tools.call(call.name, call.arguments, stop);
        std::string shown = call.arguments.substr(0, 400);
        while (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0xC0) == 0x80)
            shown.pop_back();
        say("tool", {{"branch", branch.transcript.branch}, {"name", call.name.substr(0, 64)}, {"arguments", shown},
                     {"summary", result.summary}, {"repeated", result.kind == ToolResult::Kind::Repeated ||
                                                                   result.kind == ToolResult::Kind::RepeatedTooOften}});
        Message message = textMessage(Role::Tool, std::move(result.text));
        message.toolCallId = call.id;
        branch.append(std::move(message));
        if (result.kind == ToolResult::Kind::RepeatedTooOften) {
            branch.end = BranchEnd::Repeated;
            goOn = false;
        } else if (result.kind == ToolResult::Kind::BadArguments && ++branch.bad[call.name] > 2) {
            branch.end = BranchEnd::BadArguments;
            goOn = false;
        }
        if (stop.stop_requested()) {
            branch.end = BranchEnd::Stopped;
            return false;
        }
    }
    return goOn;
}

void Agent::loop(const BranchTask& task, Branch& branch, std::stop_token stop) {
    const int most = task.bare ? 1 : std::max(1, m_run.limits.turnsPerBranch);
    bool last = false;
    for (branch.turns = 1;; ++branch.turns) {
        if (stop.stop_requested()) {
            branch.end = BranchEnd::Stopped;
            return;
        }
        if (overBudget(1)) {
            reachBudget();
            branch.end = BranchEnd::Budget;
            return;
        }
        Reply reply;
        if (!turn(branch, reply, stop))
            return;
        // A server's parser may have left the calls in the text, or cut the last one at the token limit.
        std::vector<ToolCall>& calls = reply.message.calls;
        if (calls.empty() && !task.bare) {
            calls = takeLeakedCalls(reply.message.text);
            if (calls.empty())
                calls = takeLeakedCalls(reply.message.reasoning);
        }
        if (reply.finish == "length" && !calls.empty())
            calls.back().arguments = repairJson(calls.back().arguments);
        for (std::size_t i = 0; i < calls.size(); ++i)
            if (calls[i].id.empty() || calls[i].id.starts_with("leaked_"))
                calls[i].id = "call_" + std::to_string(branch.turns) + "_" + std::to_string(i);
        const std::vector<ToolCall> made = calls;
        branch.append(std::move(reply.message));
        if (task.bare || made.empty()) {
            if (task.bare || branch.tools.notes().any() || branch.reminded || !task.mustHandIn || last)
                return;
            branch.reminded = true;
            branch.append(textMessage(Role::User, m_prompts.notice("reminder")));
            continue;
        }
        if (!obey(branch, made, stop))
            return;
        if (last) {
            branch.end = branch.turns >= most ? BranchEnd::Turns : BranchEnd::Tail;
            return;
        }
        if (branch.turns + 1 >= most || branch.tail > m_run.limits.tailTokens) {
            last = true;
            branch.append(textMessage(Role::User, m_prompts.notice("last_turn")));
        }
    }
}

BranchResult Agent::replay(const BranchTask& task, const Transcript& transcript, std::stop_token stop) {
    Branch branch(m_run, m_prompts, m_resolver, task);
    BranchResult result;
    result.end = BranchEnd::Answered;
    result.replayed = true;
    result.usage = transcript.usage;
    for (const Message& message : transcript.messages()) {
        if (message.role != Role::Assistant)
            continue;
        if (!message.text.empty())
            result.text = message.text;
        for (const ToolCall& call : message.calls)
            branch.tools.call(call.name, call.arguments, stop);
    }
    result.notes = branch.tools.notes();
    if (!transcript.reportedModel.empty())
        m_run.reportedModel = transcript.reportedModel;
    return result;
}

BranchResult Agent::run(const BranchTask& task, std::stop_token stop) {
    BranchResult result;
    const std::string key = keyOf(task);
    if (m_run.finishedBranch)
        if (const auto stored = m_run.finishedBranch(key))
            if (const auto transcript = Transcript::fromJson(*stored)) {
                say("branch.started", {{"branch", task.name}, {"question", task.question}, {"replayed", true}});
                result = replay(task, *transcript, stop);
                say("branch.done", {{"branch", task.name}, {"replayed", true}, {"tokens", usageJson(result.usage)}});
                return result;
            }
    if (!mayStart() || stop.stop_requested()) {
        m_run.unfinished = true;
        return result;
    }
    say("branch.started", {{"branch", task.name}, {"question", task.question}, {"prefix_sha256", m_prefixSha256}});
    Branch branch(m_run, m_prompts, m_resolver, task);
    branch.bare = task.bare;
    branch.request = requestFor(task);
    branch.transcript.branch = task.name;
    branch.append(textMessage(Role::User, task.text));
    loop(task, branch, stop);

    result.end = branch.end;
    result.notes = branch.tools.notes();
    result.usage = branch.transcript.usage;
    result.problem = branch.problem;
    for (const Message& message : branch.transcript.messages())
        if (message.role == Role::Assistant && !message.text.empty())
            result.text = message.text;
    branch.transcript.end = toString(branch.end);
    if (result.finished()) {
        if (m_run.storeBranch)
            m_run.storeBranch(key, branch.transcript.toJson());
    } else {
        m_run.unfinished = true;
        if (branch.end != BranchEnd::Stopped)
            warn("The branch " + task.name + " did not finish: " + toString(branch.end), branch.problem, "run it again with --resume");
    }
    const std::optional<Money> cost = m_run.price ? m_run.price(result.usage) : std::nullopt;
    say("branch.done", {{"branch", task.name}, {"end", toString(branch.end)}, {"tokens", usageJson(result.usage)},
                        {"cost", cost ? Json(cost->text()) : Json()}, {"cached_share", cachedShare(result.usage)},
                        {"seconds", result.usage.seconds}});
    return result;
}

void Agent::warmUp(std::stop_token stop) {
    if (m_warm || m_run.info.host.empty() || !m_run.context || m_run.context->userText().empty())
        return;
    BranchTask task;
    task.name = "warm-up";
    task.text = m_prompts.text("warm");
    task.mustHandIn = false;
    task.maxOutput = 256;
    const std::string key = keyOf(task);
    std::optional<Transcript> transcript;
    if (m_run.finishedBranch)
        if (const auto stored = m_run.finishedBranch(key))
            transcript = Transcript::fromJson(*stored);
    if (!transcript) {
        if (!mayStart() || stop.stop_requested())
            return;
        Branch branch(m_run, m_prompts, m_resolver, task);
        branch.request = requestFor(task);
        branch.transcript.branch = task.name;
        branch.append(textMessage(Role::User, task.text));
        Reply reply;
        if (!turn(branch, reply, stop)) {
            m_run.unfinished = true;
            return;
        }
        reply.message.calls.clear(); // a call here has nobody to answer it
        branch.append(reply.message);
        branch.transcript.end = toString(BranchEnd::Answered);
        if (m_run.storeBranch)
            m_run.storeBranch(key, branch.transcript.toJson());
        transcript = branch.transcript;
    }
    for (const Message& message : transcript->messages())
        m_prefix.push_back(message);
    // From here on the longer prefix is the one that must not change.
    m_run.guard = std::make_shared<PrefixGuard>(m_run.context.get());
    m_warm = true;
}

} // namespace app
