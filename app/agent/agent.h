// Agent: the loop. A branch is one run from the shared prefix to its result: turn, tool calls, turn, until an answer or
// a cap (turns, tail tokens, money, minutes). The transcript only grows. A finished branch is handed to
// ModelRun::storeBranch before the next starts; a stored one is replayed and costs nothing. Knows Backend, tools and
// Corpus, no report and no thread: runs on the caller's job thread. Source: agent.md 3, 5, 12; reliability.md P18.
#pragma once

#include "app/agent/model_run.h"
#include "app/agent/prompts.h"
#include "app/agent/tools.h"
#include "app/agent/transcript.h"

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace app {

struct BranchTask {
    std::string name;                 // "scan Q07/1": in events, records and verdicts
    BranchKind kind = BranchKind::Scan;
    std::string text;                 // the last user message, question last
    std::string question;             // for the events
    bool bare = false;                // a short job: no corpus, no tools, its own small system text
    bool wordless = false;            // bare, and without a system text: what a small model was trained with
    bool mustHandIn = true;           // remind once when nothing was handed in
    std::vector<std::string> choices; // embedded engine: constrained to these
    int maxOutput = 0;                // 0 = the run's
    bool thinking = true;             // and the run's
};

enum class BranchEnd : std::uint8_t { Answered, Turns, Tail, Budget, Stopped, Failed, Repeated, BadArguments, NotStarted };
const char* toString(BranchEnd end);

struct BranchResult {
    BranchEnd end = BranchEnd::NotStarted;
    std::string text;      // the last assistant text
    Notes notes;
    Usage usage;           // of the branch; also when it was replayed
    std::string problem;   // Failed: a sentence
    bool replayed = false;
    bool finished() const { return end == BranchEnd::Answered; }
};

class Agent {
public:
    // Loads the prompts, makes the resolver. Borrows `run` for its life.
    explicit Agent(ModelRun& run);

    // One call that ends at the end of the corpus and whose reply every later branch repeats, so that a server's cache
    // holds the whole of it. Worth its price from the second branch on; does nothing for a local engine or without
    // corpus text. Called once, before the first branch.
    void warmUp(std::stop_token stop);
    BranchResult run(const BranchTask& task, std::stop_token stop);
    // False once 90 % of money or minutes are used up: nothing new starts.
    bool mayStart();

    const Prompts& prompts() const { return m_prompts; }
    const std::shared_ptr<const Resolver>& resolver() const { return m_resolver; }
    ModelRun& model() { return m_run; }

private:
    struct Branch;
    std::string keyOf(const BranchTask& task) const;
    Request requestFor(const BranchTask& task) const;
    void loop(const BranchTask& task, Branch& branch, std::stop_token stop);
    bool turn(Branch& branch, Reply& reply, std::stop_token stop);
    bool obey(Branch& branch, const std::vector<ToolCall>& calls, std::stop_token stop);
    BranchResult replay(const BranchTask& task, const Transcript& transcript, std::stop_token stop);
    void account(const Usage& usage);
    bool overBudget(double share) const;
    void reachBudget();
    void checkPrefix(const Request& request);
    void probe(const Usage& usage);
    void say(const std::string& type, nlohmann::ordered_json fields) const;
    void warn(const std::string& what, const std::string& about, const std::string& cure);
    void forward(const std::string& branch, const Event& event) const;

    ModelRun& m_run;
    Prompts m_prompts;
    std::shared_ptr<const Resolver> m_resolver;
    std::vector<Message> m_prefix;
    std::string m_prefixSha256;
    std::int64_t m_prefixTokens = 0;
    bool m_warm = false, m_probed = false;
};

} // namespace app
