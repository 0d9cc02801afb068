#include "app/report/report.h"

namespace app {

const char* toString(Origin origin) {
    switch (origin) {
    case Origin::Extracted:
        return "extracted";
    case Origin::Computed:
        return "computed";
    case Origin::Generated:
        return "generated";
    }
    return "generated";
}

const char* toString(Supports supports) {
    switch (supports) {
    case Supports::Yes:
        return "yes";
    case Supports::No:
        return "no";
    case Supports::Unknown:
        return "unknown";
    case Supports::NotNeeded:
        return "not_needed";
    }
    return "unknown";
}

const char* toString(ProofState state) {
    switch (state) {
    case ProofState::Proven:
        return "proven";
    case ProofState::Approximate:
        return "approximate";
    case ProofState::Ocr:
        return "ocr";
    case ProofState::Ambiguous:
        return "ambiguous";
    case ProofState::Misattributed:
        return "misattributed";
    case ProofState::NotFound:
        return "not_found";
    }
    return "not_found";
}

const char* toString(EvidenceRole role) {
    switch (role) {
    case EvidenceRole::Site:
        return "site";
    case EvidenceRole::Cause:
        return "cause";
    case EvidenceRole::Guard:
        return "guard";
    case EvidenceRole::Counter:
        return "counter";
    case EvidenceRole::Support:
        return "support";
    }
    return "support";
}

const char* toString(Severity severity) {
    switch (severity) {
    case Severity::Note:
        return "note";
    case Severity::Low:
        return "low";
    case Severity::Medium:
        return "medium";
    case Severity::High:
        return "high";
    case Severity::Critical:
        return "critical";
    }
    return "note";
}

namespace {

void count(OriginCounts& counts, const Sentence& sentence) {
    if (sentence.text.empty()) {
        return;
    }
    switch (sentence.origin) {
    case Origin::Extracted:
        ++counts.extracted;
        break;
    case Origin::Computed:
        ++counts.computed;
        break;
    case Origin::Generated:
        ++counts.generated;
        break;
    }
}

} // namespace

const char* originWords(const Sentence& sentence) {
    return sentence.origin == Origin::Generated && sentence.demo ? "generated, demo model" : toString(sentence.origin);
}

void markDemo(Report& report) {
    if (!report.engine.demo) return;
    const auto mark = [](Sentence& sentence) { sentence.demo = sentence.origin == Origin::Generated; };
    for (auto* list : {&report.summary, &report.answer})
        for (Sentence& sentence : *list) mark(sentence);
    for (auto* list : {&report.findings, &report.rejected})
        for (Finding& finding : *list) {
            for (Sentence* sentence : {&finding.title, &finding.claim, &finding.consequence}) mark(*sentence);
            for (Sentence& condition : finding.conditions) mark(condition);
            for (Verdict& verdict : finding.verdicts) verdict.demo = true;
        }
}

OriginCounts originCounts(const Report& report) {
    OriginCounts counts;
    for (const auto* list : {&report.summary, &report.answer}) {
        for (const Sentence& sentence : *list) {
            count(counts, sentence);
        }
    }
    for (const auto* list : {&report.findings, &report.rejected}) {
        for (const Finding& finding : *list) {
            count(counts, finding.title);
            count(counts, finding.claim);
            count(counts, finding.consequence);
            for (const Sentence& condition : finding.conditions) {
                count(counts, condition);
            }
        }
    }
    return counts;
}

} // namespace app
