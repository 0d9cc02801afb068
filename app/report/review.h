// The straight line from a Corpus to a Report of findings: ledger, checks, witnesses, the model's part where
// there is one, matching with earlier runs, decision, report. Runs on the caller's thread; a stop keeps what
// was found and leaves the run incomplete.
#pragma once

#include "app/agent/jobs.h"
#include "app/report/job_input.h"
#include "app/store/session_store.h"

#include <stop_token>
#include <string>
#include <vector>

namespace app {

struct ReviewOptions {
    std::vector<std::string> goals{"review"}; // review, security, drift, contradictions
    int strictness = 2;                       // 0..3, agent.md 9
    int passes = 2;
    std::string scope;
    std::vector<std::string> runTools;       // cppcheck, shellcheck, flawfinder: only on request
    std::string witnessSarif;                // text of a SARIF file
    std::string failOn = "low";              // note … critical, never
    bool extractive = false;                 // drop generated sentences
    std::vector<ScanQuestion> questions;     // of the plan, for a model that may review (level 2)
    std::vector<Finding> earlier;            // findings of the last complete run
    std::vector<StoredDismissal> dismissals; // of the session
};
Report review(const JobInput& input, const ReviewOptions& options, std::stop_token stop);

// Exit code of a finished report by product.md 4: 3 incomplete before 1 findings before 0.
int exitCode(const Report& report, const std::string& failOn);

} // namespace app
