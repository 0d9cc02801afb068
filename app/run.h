// Run: one job (review, summary, ask) over a corpus that was read, from the opened engine and the consent to the report
// kept in the session: what the command line does in one call, as a plain function for the window's Job. Nothing is
// sent before `consent` said yes to host, bytes and price. Job thread; references borrow for the length of the call.
#pragma once

#include "app/agent/model_run.h"
#include "app/cost.h"
#include "app/intake.h"
#include "app/plan.h"
#include "app/report/report.h"
#include "app/store/session_store.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace app {

struct RunRequest {
    std::string goal = "review"; // review, security, drift, contradictions, summary, ask
    std::string question, scope;
    std::optional<Plan> plan;    // as edited; absent: the goal's own
    int strictness = 2, passes = 2;
    std::string length = "page"; // of a summary: short, page, long
    bool extractive = false;
    std::string resumes;         // an unfinished run whose finished branches count
};

struct ConsentQuestion {
    std::string host, model;
    std::uint64_t bytes = 0;
    CostEstimate estimate;
    std::string text() const; // "Send 1.2 MB to api.deepseek.com for 0.03 to 0.41 USD (prices of 2026-10-27)"
};

struct RunHooks {
    std::function<void(const std::string& stage, std::int64_t done, std::int64_t total)> onStage;
    std::function<void(const Finding&)> onFinding;
    std::function<void(const Sentence&)> onSentence;
    RunEventSink onEvent;                                // branch.started, prefill, tool, cost.update, ...
    std::function<bool(const ConsentQuestion&)> consent; // may block; absent = no
};

struct RunOutcome {
    std::shared_ptr<const Report> report;
    bool budgetReached = false, stopped = false;
    std::string engineFailure; // a sentence
};

// Throws std::runtime_error: no consent, an engine that cannot be opened, secrets that must not leave.
RunOutcome runJob(const Intake& intake, const Settings& settings, const RunRequest& request, SessionStore* store,
                  const RunHooks& hooks, std::stop_token stop);

// What an engine's name says about price and place without opening it: a forecast needs no connection.
struct EngineOutlook {
    std::string name, priceId;
    bool local = true;
    int level = 0;
};
EngineOutlook outlookOf(const std::string& engine, const Settings& settings, const PriceTable& prices);

// One row per configured engine ("none", "built-in", endpoints), then every priced model.
std::vector<CostEstimate> forecastAll(const Plan& plan, const Context& context, const Settings& settings, const PriceTable& prices);

// Findings of the last complete review, with the states triage has given since.
std::vector<Finding> earlierFindings(SessionStore& store, const std::string& thisRun);
// The newest report of the session, nullptr when there is none.
std::shared_ptr<const Report> latestReport(SessionStore& store);

} // namespace app
