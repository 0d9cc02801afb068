// RunFrame: what every run shares however it was started: the engine with the shared prefix, secrets kept
// back, the run as rows of the session, branches that an earlier run finished, price, consent before the
// first byte leaves, and the report closed and kept. The command line (cli/job_frame.h) and the window
// (run.h) differ only in what they hand in and in the hooks that show it. Job thread; references borrow for
// the life of the frame.
#pragma once

#include "app/agent/model_run.h"
#include "app/context.h"
#include "app/cost.h"
#include "app/exit.h"
#include "app/plan.h"
#include "app/report/ask.h"
#include "app/report/job_input.h"
#include "app/report/review.h"
#include "app/settings.h"
#include "app/store/session_store.h"

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace app {

struct RunRequest {
    std::string goal = "review"; // review, security, drift, contradictions, summary, ask
    std::string question, scope;
    std::string follows;      // run of an earlier question that this one goes on from
    std::optional<Plan> plan; // as edited; absent: the goal's own
    int strictness = 2, passes = 2;
    std::string length = "page"; // of a summary: short, page, long
    bool extractive = false;
    std::string resumes; // an unfinished run whose finished branches count
};

struct ConsentQuestion {
    std::string host, model;
    std::uint64_t bytes = 0;
    CostEstimate estimate;
    std::string text() const; // "Send 1.2 MB to api.deepseek.com for 0.03 to 0.41 USD (prices of 2026-10-27),
                              // 3 min 0 s to ..."
};

struct RunHooks {
    std::function<void(const std::string& stage, std::int64_t done, std::int64_t total)> onStage;
    std::function<void(const Finding&)> onFinding;
    std::function<void(const Sentence&)> onSentence;
    std::function<void(const std::string& what, const std::string& about)> onWarning;
    RunEventSink onEvent;                                // branch.started, prefill, tool, cost.update, ...
    std::function<bool(const ConsentQuestion&)> consent; // may block; absent = no; may throw instead of "no"
    bool verbose = false;                                // "text" events: answers as they come
};

// What was read, and how it is read again.
struct RunSubject {
    std::shared_ptr<const ingest::Corpus> corpus;
    std::shared_ptr<const TokenCounter> counter;
    std::string request; // ReadRequest as JSON
    std::vector<ManifestRow> manifest;
    std::function<ContextOptions(const BackendInfo&)> options; // asked once, when the engine is open
};

// Secrets must not leave and were found: nothing was sent.
struct SecretsFound : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class RunFrame {
public:
    RunFrame(RunSubject subject, const Settings& settings, RunRequest request, SessionStore* store,
             RunHooks hooks, std::stop_token stop);
    ~RunFrame();

    // Before prepare(): the id under which watchers know the run already.
    void setId(const std::string& id, const std::string& started);
    // Opens the engine (null with "none"; `opened` borrows one that is open), begins the run, asks for
    // consent. Throws BackendError, SecretsFound, std::runtime_error when consent was not given.
    void prepare(const std::function<Backend*()>& open = {});
    // The conditions with their exit codes (added to what is there), the rows of the session; the report as
    // JSON.
    std::string finish(Report& report, Conditions& conditions, bool stopped);

    const JobInput& input() const { return m_input; }
    const RunRequest& request() const { return m_request; }
    const Plan& plan() const { return m_plan; }
    const ModelRun* model() const { return m_model.get(); }
    // What a review is told by plan and session; the caller adds what only it knows.
    ReviewOptions reviewOptions() const;
    AskOptions askOptions() const;

private:
    void openEngine(const std::function<Backend*()>& open);
    Backend* chosenBackend(const std::function<Backend*()>& open);
    void begin();
    void connectModel();
    void keepBranches();
    void price();
    void askConsent(const CostEstimate& forecast);
    std::shared_ptr<const ingest::Corpus> withoutSecrets(const BackendInfo& info) const;

    RunSubject m_subject;
    const Settings& m_settings;
    RunRequest m_request;
    SessionStore* m_store;
    RunHooks m_hooks;
    std::stop_token m_stop;
    std::optional<PriceTable> m_prices;
    std::unique_ptr<Backend> m_backend;
    std::unique_ptr<ModelRun> m_model;
    std::shared_ptr<const Context> m_context;
    Plan m_plan;
    JobInput m_input;
};

// The name of a goal's job in sessions and reports: security, drift and contradictions are reviews.
std::string jobOf(const std::string& goal);
// Sorts by time, short enough to be typed by its beginning.
std::string newRunId(const std::string& started);
// The run that an asked one went on from, as its options say; empty: none.
std::string followedBy(const StoredRun& run);
// Findings of the last complete review, with the states triage has given since.
std::vector<Finding> earlierFindings(SessionStore& store, const std::string& thisRun);

} // namespace app
