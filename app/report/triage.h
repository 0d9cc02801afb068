// Triage: a state given to a finding, and to those its scope covers, with what is needed to take it back. The command
// line and the window call the same function on the same session; dismissals outlive the run. Used on the store's
// thread. Source: design product.md 5 (Findings), agent.md 11.
#pragma once

#include "app/store/session_store.h"

#include <optional>
#include <string>
#include <vector>

namespace app {

struct TriageRequest {
    std::string run, id;         // which finding of which run
    std::string state, reason;   // open, uncertain, rejected, dismissed, fixed; a dismissal needs a reason
    std::string scope = "this";  // this, rule-here, everywhere
};

struct TriageChange {
    std::string id, wasState, wasReason, state, reason;
};

// What one step did; undoTriage() restores exactly that.
struct TriageStep {
    std::string run;
    std::vector<TriageChange> changes;
    std::optional<std::int64_t> dismissal;   // the rule that was added
    std::vector<StoredDismissal> withdrawn;  // the rules that were taken back
};

// The paths "rule here" means: the folder of the site; a file at the root stands for itself.
std::string globAround(const std::string& path);
// Throws std::runtime_error: no such finding, a dismissal without reason.
TriageStep applyTriage(SessionStore& store, const TriageRequest& request);
void undoTriage(SessionStore& store, const TriageStep& step);

} // namespace app
