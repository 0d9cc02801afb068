// Run: one job (review, summary, ask) over a corpus that was read, from the opened engine and the consent to
// the report kept in the session: what the command line does in one call, as a plain function for the
// window's Job. Nothing is sent before `consent` said yes to host, bytes and price. Job thread; references
// borrow for the length of the call.
#pragma once

#include "app/intake.h"
#include "app/run_frame.h"

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace app {

struct RunOutcome {
    std::shared_ptr<const Report> report;
    bool budgetReached = false, stopped = false;
    std::string engineFailure; // a sentence
};

// Throws std::runtime_error: no consent, an engine that cannot be opened, secrets that must not leave.
RunOutcome runJob(const Intake& intake, const Settings& settings, const RunRequest& request,
                  SessionStore* store, const RunHooks& hooks, std::stop_token stop);

// What an engine's name says about price and place without opening it: a forecast needs no connection.
struct EngineOutlook {
    std::string name, priceId;
    bool local = true;
    int level = 0;
};
EngineOutlook outlookOf(const std::string& engine, const Settings& settings, const PriceTable& prices);

// One row per configured engine ("none", "built-in", endpoints), then every priced model.
std::vector<CostEstimate> forecastAll(const Plan& plan, const Context& context, const Settings& settings,
                                      const PriceTable& prices);

// The newest report of the session, nullptr when there is none.
std::shared_ptr<const Report> latestReport(SessionStore& store);

} // namespace app
