#include "app/report/triage.h"

#include "app/cost.h"
#include "ingest/filter.h"

#include <algorithm>
#include <stdexcept>

namespace app {

std::string globAround(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? path : path.substr(0, slash) + "/**";
}

namespace {

bool covers(const TriageRequest& request, const StoredFinding& finding, const StoredFinding& other) {
    if (other.id == finding.id)
        return true;
    if (other.rule != finding.rule || (other.state != "open" && other.state != "uncertain"))
        return false;
    return request.scope == "everywhere" ||
           (request.scope == "rule-here" && ingest::globMatch(globAround(finding.path), other.path));
}

std::int64_t addDismissal(SessionStore& store, const TriageRequest& request, const StoredFinding& finding) {
    StoredDismissal dismissal;
    dismissal.scope = request.scope;
    dismissal.reason = request.reason;
    dismissal.when = formatTime(utcNow());
    dismissal.by = "user";
    if (request.scope == "this")
        dismissal.fingerprint = finding.fingerprint;
    else
        dismissal.rule = finding.rule;
    if (request.scope == "rule-here")
        dismissal.glob = globAround(finding.path);
    return store.dismiss(dismissal);
}

} // namespace

TriageStep applyTriage(SessionStore& store, const TriageRequest& request) {
    if (request.state == "dismissed" && request.reason.empty())
        throw std::runtime_error("A dismissal needs a reason: say why, so that the next reader can judge it.");
    const std::vector<StoredFinding> all = store.findings(request.run);
    const auto finding = std::find_if(all.begin(), all.end(), [&](const StoredFinding& f) { return f.id == request.id; });
    if (finding == all.end())
        throw std::runtime_error("Run " + request.run + " has no finding " + request.id + " in this session: open the session it was saved in.");
    TriageStep step;
    step.run = request.run;
    for (const StoredFinding& other : all)
        if (covers(request, *finding, other)) {
            store.setFindingState(request.run, other.id, request.state, request.reason);
            step.changes.push_back({other.id, other.state, other.stateReason, request.state, request.reason});
        }
    if (request.state == "dismissed") {
        step.dismissal = addDismissal(store, request, *finding);
        return step;
    }
    for (const StoredDismissal& one : store.dismissals())
        if (!one.fingerprint.empty() && one.fingerprint == finding->fingerprint) {
            store.removeDismissal(one.id);
            step.withdrawn.push_back(one);
        }
    return step;
}

void undoTriage(SessionStore& store, const TriageStep& step) {
    for (const TriageChange& change : step.changes)
        store.setFindingState(step.run, change.id, change.wasState, change.wasReason);
    if (step.dismissal)
        store.removeDismissal(*step.dismissal);
    for (const StoredDismissal& one : step.withdrawn)
        store.dismiss(one);
}

} // namespace app
