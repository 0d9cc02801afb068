#include "app/report/review.h"

#include "app/agent/jobs.h"
#include "app/context.h"
#include "app/report/checks.h"
#include "app/report/finding.h"
#include "app/report/job_report.h"
#include "app/report/promote.h"
#include "app/report/report_json.h"
#include "app/report/sample_places.h"
#include "app/report/witnesses.h"
#include "app/store/session_store.h"

#include <algorithm>
#include <array>

namespace app {

namespace {

// Which checks belong to which goal, by the kind of what they find.
std::vector<std::string> checksFor(const std::vector<std::string>& goals) {
    const auto has = [&](const char* goal) {
        return std::find(goals.begin(), goals.end(), goal) != goals.end();
    };
    std::vector<std::string> ids;
    for (const CheckInfo& check : checkList()) {
        const std::string kind = check.kind;
        const bool security = kind == "security" || kind == "secret" || kind == "instruction";
        const bool contradiction = kind == "contradiction" || kind == "deviation" || kind == "gap";
        if (goals.empty() || has("review") || (has("security") && security) ||
            (has("drift") && kind == "drift") || (has("contradictions") && contradiction))
            ids.emplace_back(check.id);
    }
    return ids;
}

// Verdicts, votes and price of a model on top of what the checks found.
std::vector<Finding> askModel(const JobInput& input, const ReviewOptions& options,
                              std::vector<Finding>& suspects, std::stop_token stop) {
    std::vector<Finding> found;
    if (!input.model) return found;
    ModelRun& model = *input.model;
    if (onlySamples(input)) return found;
    if (model.info.level == 1) orderByInterest(model, suspects, stop);
    if (model.info.level < 2) return found;
    stage(input, "scan", 0, static_cast<std::int64_t>(options.questions.size()));
    found = scanForFindings(model, options.questions, stop);
    stage(input, "verify", 0, static_cast<std::int64_t>(found.size()));
    verifyFindings(model, found, stop);
    for (Finding& finding : found) finding.fingerprint = fingerprint(finding, *input.corpus);
    return found;
}

std::string severityCounts(const std::vector<Finding>& findings) {
    std::array<int, 5> count{};
    for (const Finding& finding : findings) ++count[static_cast<std::size_t>(finding.severity)];
    std::string text;
    for (int i = 4; i >= 0; --i)
        if (count[static_cast<std::size_t>(i)] > 0)
            text += (text.empty() ? "" : ", ") + std::to_string(count[static_cast<std::size_t>(i)]) + ' ' +
                    toString(static_cast<Severity>(i));
    return text;
}

void splitByState(Report& report, std::vector<Finding> all, const ReviewOptions& options) {
    int hidden = 0;
    for (Finding& finding : all) {
        if (shownAt(finding, options.strictness)) {
            report.findings.push_back(std::move(finding));
        } else {
            hidden += finding.state == "open" || finding.state == "uncertain" ? 1 : 0;
            report.rejected.push_back(std::move(finding));
        }
    }
    if (hidden > 0)
        report.notes.push_back(countOf(hidden, "finding is", "findings are") + " hidden at strictness " +
                               std::to_string(options.strictness) + ".");
}

void describeRun(Report& report, int level) {
    const Coverage& coverage = report.coverage;
    if (report.findings.empty()) {
        const std::string nothing = nothingFound(coverage, level);
        report.summary.insert(report.summary.begin(), computedSentence(
            nothing.empty() ? "Nothing is listed, but not everything was read: this is no clean result."
                            : nothing));
    } else {
        report.summary.insert(report.summary.begin(), computedSentence(
            countOf(static_cast<std::int64_t>(report.findings.size()), "finding", "findings") + ": " +
            severityCounts(report.findings) + "."));
    }
}

void keep(const JobInput& input, const Report& report) {
    if (!input.store) return;
    for (const auto* list : {&report.findings, &report.rejected})
        for (const Finding& finding : *list)
            input.store->storeFinding(
                {report.run.id, finding.id, finding.fingerprint, finding.rule, finding.state,
                 finding.stateReason, toString(finding.severity),
                 finding.evidence.empty() ? std::string() : finding.evidence.front().file,
                 toJson(finding).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)});
}

} // namespace

int exitCode(const Report& report, const std::string& failOn) {
    if (!report.coverage.complete) return 3;
    if (failOn == "never") return 0;
    for (const Finding& finding : report.findings) {
        const bool open = finding.state == "open" || finding.state == "uncertain";
        for (int level = static_cast<int>(finding.severity); open && level >= 0; --level)
            if (failOn == toString(static_cast<Severity>(level))) return 1;
    }
    return 0;
}

Report review(const JobInput& input, const ReviewOptions& options, std::stop_token stop) {
    const auto began = std::chrono::steady_clock::now();
    Report report = beginReport(input);
    Ledger ledger(input.corpus);
    applyContext(ledger, input);

    CheckOptions checkOptions;
    checkOptions.only = checksFor(options.goals);
    checkOptions.scope = options.scope;
    for (const std::string& id : checkOptions.only) ledger.planQuestion(id, options.scope);
    CheckRun checked = runChecks(
        *input.corpus, checkOptions,
        [&](std::int64_t done, std::int64_t total) { stage(input, "scan", done, total); }, stop);
    for (const std::string& id : checked.completed) ledger.examined(id);
    report.notes.insert(report.notes.end(), checked.notes.begin(), checked.notes.end());

    std::vector<Finding> findings = std::move(checked.findings);
    addWitnesses(findings, report, *input.corpus, options, stop);
    for (const ScanQuestion& question : options.questions)
        if (input.model && input.model->info.level >= 2) ledger.planQuestion(question.id, question.scope);
    for (Finding& finding : promotedAgain(options.earlier, input.corpus)) findings.push_back(std::move(finding));
    for (Finding& finding : askModel(input, options, findings, stop)) findings.push_back(std::move(finding));
    if (input.model && !input.model->unfinished && !stop.stop_requested())
        for (const ScanQuestion& question : options.questions) ledger.examined(question.id);
    if (onlySamples(input) && input.samples && !options.extractive && !stop.stop_requested())
        for (Sentence& sentence : sampleSentences(*input.model, samplePlaces(*input.model->corpus, stop), stop)) {
            if (input.hooks.onSentence) input.hooks.onSentence(sentence);
            report.summary.push_back(std::move(sentence));
        }
    applyModel(report, ledger, input);
    if (stop.stop_requested()) ledger.gap("run", "stopped before it was finished");

    stage(input, "decide", 0, 1);
    std::vector<Finding> gone = matchEarlier(findings, options.earlier, *input.corpus, report.run.id);
    applyDismissals(findings, options.dismissals);
    sortAndNumber(findings);
    const auto total = findings.size();
    splitByState(report, std::move(findings), options);
    for (std::size_t i = 0; i < gone.size(); ++i) {
        // Nothing is called fixed by a run that did not see everything.
        if (stop.stop_requested() || !ledger.complete())
            gone[i].state = "uncertain", gone[i].stateReason = "not seen again; the run was incomplete";
        gone[i].id = 'F' + std::to_string(total + i + 1);
        report.rejected.push_back(std::move(gone[i]));
    }

    stage(input, "report", 0, 1);
    if (options.extractive) dropGenerated(report);
    closeReport(report, ledger, input, options.failOn, began, stop);
    describeRun(report, report.engine.level);
    keep(input, report); // first: what an observer has heard of survives a kill
    for (const Finding& finding : report.findings)
        if (input.hooks.onFinding) input.hooks.onFinding(finding);
    stage(input, "report", 1, 1);
    return report;
}

} // namespace app
