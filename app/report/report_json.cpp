#include "app/report/report_json.h"

#include "app/report/checks.h"
#include "app/report/ledger.h"
#include "app/report/text_folding.h"

#include <cmath>

namespace app {

using Json = nlohmann::ordered_json;

namespace {

template<typename List>
Json listJson(const List& list) {
    Json result = Json::array();
    for (const auto& item : list) {
        result.push_back(toJson(item));
    }
    return result;
}

Json moneyJson(const std::optional<Money>& money) {
    return money ? Json(money->text()) : Json(nullptr);
}

// Four decimals are a hundredth of a millimetre of a page.
double rounded(float value) {
    return std::round(static_cast<double>(value) * 10000) / 10000;
}

Json dismissalJson(const std::optional<Dismissal>& dismissal) {
    if (!dismissal) {
        return nullptr;
    }
    return {{"reason", dismissal->reason},
            {"scope", dismissal->scope},
            {"by", dismissal->by},
            {"when", dismissal->when}};
}

} // namespace

Json toJson(const Evidence& evidence) {
    Json json{{"at", evidence.at},
              {"file", evidence.file},
              {"sha256", evidence.sha256},
              {"bytes", {evidence.begin, evidence.end}},
              {"quote", evidence.quote},
              {"state", toString(evidence.state)},
              {"role", toString(evidence.role)}};
    if (evidence.page > 0) {
        json["page"] = evidence.page;
    }
    if (!evidence.rects.empty()) {
        Json rects = Json::array();
        for (const auto& rect : evidence.rects) {
            rects.push_back({rounded(rect[0]), rounded(rect[1]), rounded(rect[2]), rounded(rect[3])});
        }
        json["rects"] = std::move(rects);
    }
    if (evidence.places > 1) {
        json["places"] = evidence.places;
    }
    json["step"] = evidence.step;
    if (!evidence.before.empty() || !evidence.after.empty() || evidence.contextLine > 0) {
        json["context"] = {
            {"line", evidence.contextLine}, {"before", evidence.before}, {"after", evidence.after}};
    }
    return json;
}

Json toJson(const Sentence& sentence) {
    Json json{{"text", sentence.text},
              {"origin", toString(sentence.origin)},
              {"evidence", listJson(sentence.evidence)},
              {"supports", toString(sentence.supports)}};
    if (!sentence.group.empty()) {
        json["group"] = sentence.group;
    }
    if (sentence.demo) {
        json["demo"] = true;
    }
    return json;
}

Json toJson(const Finding& finding) {
    Json verdicts = Json::array();
    for (const Verdict& verdict : finding.verdicts) {
        verdicts.push_back({{"lens", verdict.lens},
                            {"outcome", verdict.outcome},
                            {"reason", verdict.reason},
                            {"counter", listJson(verdict.counter)},
                            {"branch", verdict.branch}});
        if (verdict.demo) {
            verdicts.back()["demo"] = true;
        }
    }
    Json witnesses = Json::array();
    for (const Witness& witness : finding.witnesses) {
        witnesses.push_back({{"tool", witness.tool}, {"rule", witness.rule}, {"at", witness.at}});
    }
    return {{"id", finding.id},
            {"fingerprint", finding.fingerprint},
            {"kind", finding.kind},
            {"rule", finding.rule},
            {"source", finding.source},
            {"title", toJson(finding.title)},
            {"claim", toJson(finding.claim)},
            {"consequence", toJson(finding.consequence)},
            {"severity", toString(finding.severity)},
            {"worth_fixing", finding.worthFixing},
            {"conditions", listJson(finding.conditions)},
            {"evidence", listJson(finding.evidence)},
            {"votes", {{"for", finding.votesFor}, {"of", finding.votesOf}}},
            {"verdicts", std::move(verdicts)},
            {"witnesses", std::move(witnesses)},
            {"confidence", finding.confidence},
            {"model_confidence", finding.modelConfidence},
            {"state", finding.state},
            {"state_reason", finding.stateReason},
            {"since", finding.since},
            {"first_run", finding.firstRun},
            {"last_run", finding.lastRun},
            {"dismissal", dismissalJson(finding.dismissal)},
            {"patch", finding.patch}};
}

Json toJson(const Coverage& coverage) {
    Json open = Json::array();
    for (const CoverageGap& gap : coverage.open) {
        Json row{{"path", gap.path}};
        if (!gap.pages.empty()) {
            row["pages"] = gap.pages;
        }
        row["state"] = gap.state;
        row["reason"] = gap.reason;
        open.push_back(std::move(row));
    }
    return {{"complete", coverage.complete},
            {"line", coverageLine(coverage)},
            {"files",
             {{"found", coverage.found},
              {"in_context", coverage.inContext},
              {"structure_only", coverage.structureOnly},
              {"excluded", coverage.excluded},
              {"unreadable", coverage.unreadable},
              {"over_budget", coverage.overBudget},
              {"withheld", coverage.withheld}}},
            {"tokens", {{"in_context", coverage.tokensInContext}, {"exact", coverage.tokensExact}}},
            {"pages",
             {{"found", coverage.pagesFound},
              {"text", coverage.pagesText},
              {"ocr", coverage.pagesOcr},
              {"empty", coverage.pagesEmpty}}},
            {"questions", {{"planned", coverage.questionsPlanned}, {"done", coverage.questionsDone}}},
            {"bytes_listed", coverage.bytesListed},
            {"open", std::move(open)}};
}

Json toJson(const CostReport& cost) {
    const std::string currency = cost.actual ? cost.actual->currency : cost.low ? cost.low->currency : "USD";
    return {{"currency", currency},
            {"forecast",
             {{"low", moneyJson(cost.low)},
              {"high", moneyJson(cost.high)},
              {"seconds_low", cost.secondsLow},
              {"seconds_high", cost.secondsHigh}}},
            {"actual", moneyJson(cost.actual)},
            {"seconds", cost.seconds},
            {"calls", cost.calls},
            {"tokens",
             {{"input_uncached", cost.inputUncached},
              {"input_cached", cost.inputCached},
              {"output", cost.output},
              {"reasoning", cost.reasoning}}},
            {"estimated", cost.estimated},
            {"price",
             {{"row", cost.priceRow},
              {"band", cost.priceBand},
              {"as_of", cost.priceAsOf},
              {"source", cost.priceSource}}}};
}

Json toJson(const EngineReport& engine) {
    return {{"name", engine.name},
            {"model", engine.model},
            {"reported_model", engine.reportedModel},
            {"fingerprint", engine.fingerprint},
            {"level", engine.level},
            {"effort", engine.effort},
            {"thinking", engine.thinking},
            {"prompts_sha256", engine.promptsSha256},
            {"bytes_sent", engine.bytesSent},
            {"demo", engine.demo},
            {"note", engine.note}};
}

Json toJson(const RunReport& run) {
    Json json{
        {"id", run.id},         {"goal", run.goal}, {"started", run.started},      {"seconds", run.seconds},
        {"status", run.status}, {"exit", run.exit}, {"conditions", run.conditions}};
    if (!run.resumedFrom.empty()) {
        json["resumed_from"] = run.resumedFrom;
    }
    if (!run.question.empty()) {
        json["question"] = run.question;
    }
    return json;
}

Json toJson(const Report& report) {
    Json subject = Json::array();
    for (const SubjectReport& one : report.subject) {
        subject.push_back(
            {{"kind", one.kind}, {"name", one.name}, {"revision", one.revision}, {"dirty", one.dirty}});
    }
    Json searches = Json::array();
    for (const SearchMade& search : report.searches) {
        searches.push_back({{"pattern", search.pattern},
                            {"mode", search.mode},
                            {"scope", search.scope},
                            {"hits", search.hits}});
    }
    Json manifest = Json::array();
    for (const ManifestRow& row : report.manifest) {
        manifest.push_back({{"path", row.path},
                            {"kind", row.kind},
                            {"sha256", row.sha256},
                            {"state", row.state},
                            {"reason", row.reason},
                            {"rule", row.rule},
                            {"bytes", row.bytes},
                            {"tokens", row.tokens},
                            {"lines", row.lines},
                            {"pages", row.pages}});
    }
    const OriginCounts counts = originCounts(report);
    return {
        {"schema", "lectern.report/1"},
        {"tool", {{"name", "lectern"}, {"version", report.toolVersion}}},
        {"run", toJson(report.run)},
        {"subject", std::move(subject)},
        {"corpus_sha256", report.corpusSha256},
        {"engine", toJson(report.engine)},
        {"coverage", toJson(report.coverage)},
        {"cost", toJson(report.cost)},
        {"origins",
         {{"extracted", counts.extracted}, {"computed", counts.computed}, {"generated", counts.generated}}},
        {"summary", listJson(report.summary)},
        {"answer", listJson(report.answer)},
        {"findings", listJson(report.findings)},
        {"rejected", listJson(report.rejected)},
        {"searches", std::move(searches)},
        {"notes", report.notes},
        {"manifest", std::move(manifest)}};
}

std::string dumpJson(const Json& json, int indent) {
    const std::string plain = json.dump(indent, ' ', false, Json::error_handler_t::replace);
    // Characters that a reader would not see stand as escapes; they can only be inside strings here.
    std::string result;
    result.reserve(plain.size() + 1);
    for (std::size_t at = 0; at < plain.size();) {
        const CodePoint c = decodeAt(plain, at);
        const auto length = static_cast<std::size_t>(c.length);
        if (c.value >= 0x7F && (isInvisible(c.value) || c.value == 0x7F)) {
            static const char* const digits = "0123456789abcdef";
            const auto unit = [&](char32_t u) {
                result += "\\u";
                for (int shift = 12; shift >= 0; shift -= 4) {
                    result.push_back(digits[(u >> shift) & 15]);
                }
            };
            if (c.value >= 0x10000) {
                unit(0xD800 + ((c.value - 0x10000) >> 10));
                unit(0xDC00 + ((c.value - 0x10000) & 0x3FF));
            } else {
                unit(c.value);
            }
        } else {
            result.append(plain, at, length);
        }
        at += length;
    }
    result.push_back('\n');
    return result;
}

} // namespace app
