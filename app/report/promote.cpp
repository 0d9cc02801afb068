#include "app/report/promote.h"

#include "app/report/citation.h"
#include "app/report/export.h"
#include "app/report/finding.h"
#include "app/report/job_report.h"
#include "app/report/report_json.h"

#include <algorithm>
#include <stdexcept>

namespace app {

namespace {

bool located(const Evidence& evidence) {
    return evidence.state != ProofState::NotFound && evidence.state != ProofState::Misattributed;
}

std::string nextId(const Report& report) {
    int highest = 0;
    for (const auto* list : {&report.findings, &report.rejected})
        for (const Finding& finding : *list)
            if (finding.id.size() > 1 && finding.id[0] == 'F')
                highest = std::max(highest, std::atoi(finding.id.c_str() + 1));
    return 'F' + std::to_string(highest + 1);
}

std::string firstLine(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

} // namespace

Promotion promoteSentence(SessionStore& store, const ingest::Corpus& corpus, const Report& from,
                          const Sentence& sentence) {
    Finding finding;
    finding.kind = "observation";
    finding.rule = promotedRule;
    finding.source = "user";
    finding.severity = Severity::Medium;
    finding.title = Sentence(firstLine(sentence.text), sentence.origin);
    finding.title.demo = sentence.demo;
    finding.claim = sentence;
    finding.claim.evidence.clear(); // the finding's own
    finding.consequence = computedSentence(
        from.run.question.empty() ? "Promoted from the " + from.run.goal + " of " + from.run.started + "."
                                  : "Promoted from the answer to: " + from.run.question);
    for (const Evidence& evidence : sentence.evidence)
        if (located(evidence)) finding.evidence.push_back(evidence);
    if (finding.evidence.empty())
        throw std::runtime_error("This sentence has no located quote: a finding needs a place in the text.");
    finding.evidence.front().role = EvidenceRole::Site;
    finding.confidence = sentence.origin == Origin::Generated ? "weak" : "moderate";
    finding.fingerprint = fingerprint(finding, corpus);

    std::string target = from.run.id;
    const auto runs = store.runs();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run)
        if (run->goal == "review" && !run->finished.empty() && store.report(run->id)) {
            target = run->id;
            break;
        }
    const auto json = store.report(target);
    if (!json)
        throw std::runtime_error(
            "The report of this sentence is not in the session: nothing can be added to it.");
    auto report = std::make_shared<Report>(reportFromJson(*json));
    for (const Finding& other : report->findings)
        if (other.fingerprint == finding.fingerprint && other.title.text == finding.title.text)
            throw std::runtime_error("This sentence is finding " + other.id + " already.");
    finding.id = nextId(*report);
    finding.firstRun = finding.lastRun = target;
    report->findings.push_back(finding);
    store.storeFinding(
        {target, finding.id, finding.fingerprint, finding.rule, finding.state, finding.stateReason,
         toString(finding.severity), finding.evidence.front().file,
         toJson(finding).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)});
    store.saveReport(target, exportReport(*report, Format::Json));
    // What triage has decided since lives in the rows of the findings.
    for (const StoredFinding& row : store.findings(target))
        for (auto* list : {&report->findings, &report->rejected})
            for (Finding& other : *list)
                if (other.id == row.id) other.state = row.state, other.stateReason = row.stateReason;
    return {std::move(report), finding.id};
}

std::vector<Finding> promotedAgain(const std::vector<Finding>& earlier,
                                   std::shared_ptr<const ingest::Corpus> corpus) {
    std::vector<Finding> kept;
    std::unique_ptr<Resolver> resolver;
    for (const Finding& old : earlier) {
        if (old.source != "user" || (old.state != "open" && old.state != "uncertain")) continue;
        if (!resolver) resolver = std::make_unique<Resolver>(corpus);
        Finding finding = old;
        finding.evidence.clear();
        for (const Evidence& evidence : old.evidence) {
            const Quote quote{evidence.quote, evidence.file, evidence.contextLine, evidence.page};
            const Resolution resolution = resolver->resolve(quote);
            if (resolution.state == ProofState::Proven || resolution.state == ProofState::Ocr)
                for (Evidence& again : evidenceFrom(*corpus, quote, resolution, evidence.role))
                    finding.evidence.push_back(std::move(again));
        }
        if (finding.evidence.empty()) continue; // matching says that it is gone
        finding.fingerprint = fingerprint(finding, *corpus);
        kept.push_back(std::move(finding));
    }
    return kept;
}

} // namespace app
