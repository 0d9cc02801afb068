#include "app/report/job_report.h"

#include "app/agent/model_run.h"
#include "app/context.h"
#include "app/report/review.h"
#include "app/resources.h"

#include <algorithm>

namespace app {

Sentence computedSentence(std::string text) {
    return {std::move(text), Origin::Computed};
}

std::string countOf(std::int64_t number, const std::string& one, const std::string& many) {
    std::string digits = std::to_string(number);
    for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits + ' ' + (number == 1 ? one : many);
}

void stage(const JobInput& input, const char* name, std::int64_t done, std::int64_t total) {
    if (input.hooks.onStage) input.hooks.onStage(name, done, total);
}

Report beginReport(const JobInput& input) {
    Report report;
    report.toolVersion = version();
    report.run = input.run;
    report.engine = input.engine;
    report.cost = input.cost;
    report.corpusSha256 = input.corpus->sha256();
    for (const ingest::Subject& subject : input.corpus->subjects())
        report.subject.push_back({subject.kind, subject.name, subject.root, subject.revision, subject.dirty});
    for (const ingest::Warning& warning : input.corpus->warnings())
        report.notes.push_back(warning.what + (warning.about.empty() ? "" : ": " + warning.about));
    return report;
}

void applyContext(Ledger& ledger, const JobInput& input) {
    const auto& documents = input.corpus->documents();
    if (!input.context) {
        for (std::uint32_t i = 0; i < documents.size() && input.counter; ++i)
            ledger.setTokens(i, input.counter->count(documents[i]->text()));
        ledger.setTokensExact(input.counter && input.counter->exact());
        return;
    }
    const Context& context = *input.context;
    ledger.setTokensExact(context.exact());
    // Of a run that was stopped while its secrets were masked, the context holds the first documents only.
    const std::size_t planned = std::min(documents.size(), context.corpus().documents().size());
    for (std::uint32_t i = 0; i < planned; ++i) ledger.setTokens(i, context.documentTokens(i));
    for (const Piece& piece : context.pieces())
        if (piece.structureOnly)
            ledger.mark(piece.document, CoverageState::StructureOnly, "signatures and headings only",
                        "--structure");
    // Without a model nothing has to fit: code read it all.
    if (input.model)
        for (const LeftOut& left : context.leftOut())
            ledger.mark(left.document, CoverageState::OverBudget, left.reason);
}

void applyModel(Report& report, Ledger& ledger, const JobInput& input) {
    const ModelRun* const model = input.model;
    if (!model) return;
    report.engine.reportedModel = model->reportedModel;
    report.engine.bytesSent = model->usage.bytesSent;
    report.cost.calls = model->calls;
    report.cost.inputUncached = model->usage.inputUncached;
    report.cost.inputCached = model->usage.inputCached;
    report.cost.output = model->usage.output;
    report.cost.reasoning = model->usage.reasoning;
    report.cost.estimated = model->usage.estimated;
    report.cost.seconds = model->usage.seconds;
    report.cost.actual = model->spent;
    report.notes.insert(report.notes.end(), model->notes.begin(), model->notes.end());
    if (!model->engineFailure.empty())
        ledger.gap("engine", model->engineFailure);
    else if (model->budgetReached)
        ledger.gap("budget", "the budget was reached before every question was asked");
    else if (model->unfinished)
        ledger.gap("model", "a branch failed or was not started");
}

void dropGenerated(Report& report) {
    const auto generated = [](const Sentence& sentence) { return sentence.origin == Origin::Generated; };
    std::erase_if(report.summary, generated);
    std::erase_if(report.answer, generated);
    for (auto* list : {&report.findings, &report.rejected})
        for (Finding& finding : *list) {
            const std::string place =
                finding.evidence.empty() ? std::string() : " at " + finding.evidence.front().at;
            if (generated(finding.title))
                finding.title = computedSentence(finding.kind + " (" + finding.rule + ")" + place);
            if (generated(finding.claim)) finding.claim = computedSentence("See the quoted text.");
            if (generated(finding.consequence)) finding.consequence = computedSentence("");
            std::erase_if(finding.conditions, generated);
            finding.patch.clear();
        }
}

bool onlySamples(const JobInput& input) {
    return input.model && input.model->info.samplesOnly();
}

void closeReport(Report& report, const Ledger& ledger, const JobInput& input, const std::string& failOn,
                 std::chrono::steady_clock::time_point began, std::stop_token stop) {
    markDemo(report);
    report.coverage = ledger.coverage();
    report.manifest = ledger.manifest();
    report.run.seconds = static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                                 std::chrono::steady_clock::now() - began)
                                                 .count()) /
                         1000.0;
    report.run.status = stop.stop_requested()      ? "stopped"
                        : report.coverage.complete ? "complete"
                                                   : "incomplete";
    auto& conditions = report.run.conditions;
    if (!report.coverage.complete) {
        const std::size_t gaps = report.coverage.open.size();
        conditions.push_back("incomplete: " + countOf(static_cast<std::int64_t>(gaps), "gap", "gaps") +
                             " in the coverage, the first is " +
                             (gaps == 0 ? std::string("unknown")
                                        : report.coverage.open.front().path + " (" +
                                              report.coverage.open.front().reason + ")"));
    }
    report.run.exit = exitCode(report, failOn);
    if (input.model && !input.model->engineFailure.empty()) {
        report.run.exit = 5;
        report.run.status = "failed";
        conditions.push_back("engine: " + input.model->engineFailure);
    } else if (input.model && input.model->budgetReached) {
        report.run.exit = 4;
        conditions.push_back("budget reached");
    }
}

} // namespace app
