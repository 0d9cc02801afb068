// One HTML file that opens with the network off: no script, no request (the content policy forbids both),
// readable in light and dark, by a screen reader and on paper.
#include "app/report/export_common.h"

#include "app/report/html_style.h"
#include "app/report/ledger.h"

#include <algorithm>
#include <array>

namespace app {

namespace {

std::string tag(const char* name, const char* className, const std::string& inner) {
    return std::string("<") + name +
           (*className ? std::string(" class=\"") + className + "\"" : std::string()) + ">" + inner + "</" +
           name + ">";
}

std::string sentence(const Sentence& sentence) {
    const std::string text = escapeHtml(sentence.text);
    if (sentence.origin != Origin::Generated) return text;
    const std::string support =
        sentence.supports == Supports::Yes
            ? ""
            : " <span class=\"support\">support " +
                  std::string(sentence.supports == Supports::No ? "missing" : "not proven") + "</span>";
    return "<em class=\"generated\"><span aria-hidden=\"true\">\u25CC </span><span "
           "class=\"hidden\">generated: </span>" +
           text + "</em>" + (sentence.demo ? " <span class=\"badge\">demo model</span>" : "") + support;
}

struct ProofMark {
    const char* className;
    std::string words;
};

ProofMark proofMark(const Evidence& evidence) {
    switch (evidence.state) {
    case ProofState::Proven:
        return {"proven", evidence.step == "redacted" ? "\u2713 proven, redacted" : "\u2713 proven"};
    case ProofState::Approximate:
        return {"weak", "\u2248 approximate"};
    case ProofState::Ocr:
        return {"weak", "\u2248 by OCR"};
    case ProofState::Ambiguous:
        return {"weak", "? ambiguous, " + std::to_string(evidence.places) + " places"};
    case ProofState::Misattributed:
        return {"failed", "\u2717 found elsewhere"};
    case ProofState::NotFound:
        return {"failed", "\u2717 not found"};
    }
    return {"failed", "\u2717"};
}

std::string excerpt(const Evidence& evidence, int around) {
    std::string code;
    for (const ExcerptLine& line : excerptOf(evidence, around)) {
        code +=
            line.number > 0 ? "<span class=\"n\">" + std::to_string(line.number) + "</span>" : std::string();
        code += escapeHtml(line.before);
        if (!line.marked.empty()) code += "<mark>" + escapeHtml(line.marked) + "</mark>";
        code += escapeHtml(line.after) + "\n";
    }
    const ProofMark mark = proofMark(evidence);
    const char* const role = toString(evidence.role);
    return "<figure><figcaption><span class=\"role\">" + std::string(role) + "</span> <code>" +
           escapeHtml(evidence.at) + "</code> <span class=\"" + mark.className + "\">" + mark.words +
           "</span></figcaption><pre tabindex=\"0\"" + (evidence.page > 0 ? " class=\"page\"" : "") +
           "><code>" + code + "</code></pre></figure>\n";
}

const char* shapeOf(Severity severity) {
    switch (severity) {
    case Severity::Critical:
        return "\u25C6";
    case Severity::High:
        return "\u25B2";
    case Severity::Medium:
        return "\u25CF";
    case Severity::Low:
        return "\u25A0";
    case Severity::Note:
        return "\u25CB";
    }
    return "";
}

std::string severityChip(Severity severity) {
    return std::string("<span class=\"chip ") + toString(severity) + "\"><span aria-hidden=\"true\">" +
           shapeOf(severity) + "</span> " + toString(severity) + "</span>";
}

std::string findingHtml(const Finding& finding, const ExportOptions& options) {
    std::string out = "<article class=\"finding\" id=\"" + escapeHtml(finding.id) + "\">\n<h3>" +
                      severityChip(finding.severity) + " <span class=\"id\">" + escapeHtml(finding.id) +
                      "</span> " + sentence(finding.title) + "</h3>\n";
    out += "<p class=\"facts\">" + escapeHtml(finding.kind) + " \u00B7 rule " + escapeHtml(finding.rule) +
           " \u00B7 " + escapeHtml(finding.state) + " \u00B7 confidence " + escapeHtml(finding.confidence) +
           " \u00B7 " + escapeHtml(finding.since) +
           (finding.votesOf > 0 ? " \u00B7 votes " + std::to_string(finding.votesFor) + " of " +
                                      std::to_string(finding.votesOf)
                                : std::string()) +
           "</p>\n";
    if (!finding.claim.text.empty()) out += tag("p", "", sentence(finding.claim)) + "\n";
    if (!finding.consequence.text.empty())
        out += tag("p", "consequence", sentence(finding.consequence)) + "\n";
    if (!finding.conditions.empty()) {
        out += "<p>When it happens:</p>\n<ul>\n";
        for (const Sentence& condition : finding.conditions) out += tag("li", "", sentence(condition)) + "\n";
        out += "</ul>\n";
    }
    for (const Evidence& evidence : finding.evidence) out += excerpt(evidence, options.excerptLines);
    if (finding.dismissal)
        out += tag("p", "state",
                   "Dismissed (" + escapeHtml(finding.dismissal->scope) +
                       "): " + escapeHtml(finding.dismissal->reason)) +
               "\n";
    else if (finding.state != "open" && !finding.stateReason.empty())
        out += tag("p", "state", "State: " + escapeHtml(finding.stateReason)) + "\n";
    if (!finding.verdicts.empty() || !finding.witnesses.empty()) {
        out += "<ul class=\"verdicts\">\n";
        for (const Verdict& verdict : finding.verdicts) {
            Sentence reason(verdict.reason, Origin::Generated);
            reason.demo = verdict.demo;
            reason.supports = verdict.counter.empty() ? Supports::Unknown : Supports::Yes;
            out += "<li>Verdict (" + escapeHtml(verdict.lens) + "): " + escapeHtml(verdict.outcome) +
                   (verdict.reason.empty() ? "" : ". " + sentence(reason)) + "</li>\n";
        }
        for (const Witness& witness : finding.witnesses)
            out += "<li>Witness: " + escapeHtml(witness.tool) + " " + escapeHtml(witness.rule) +
                   " at <code>" + escapeHtml(witness.at) + "</code></li>\n";
        out += "</ul>\n";
    }
    return out + "</article>\n";
}

std::string places(const Sentence& sentence) {
    std::string out;
    for (std::size_t i = 0; i < sentence.evidence.size() && i < 6; ++i) {
        const ProofMark mark = proofMark(sentence.evidence[i]);
        out += " <span class=\"cite\"><code>" + escapeHtml(sentence.evidence[i].at) +
               "</code> <span class=\"" + mark.className + "\">" + mark.words + "</span></span>";
    }
    if (sentence.evidence.size() > 6)
        out += " <span class=\"cite\">and " + std::to_string(sentence.evidence.size() - 6) + " more</span>";
    return out;
}

std::string sentenceList(const std::vector<Sentence>& list, bool passages) {
    std::string out, group;
    bool open = false;
    for (const Sentence& one : list) {
        if (one.group != group || !open) {
            if (open) out += "</ul>\n";
            if (!one.group.empty() && one.group != group)
                out += tag("h3", "group", "<code>" + escapeHtml(one.group) + "</code>") + "\n";
            out += "<ul class=\"sentences\">\n";
            open = true;
        }
        group = one.group;
        const bool passage = passages && one.origin == Origin::Extracted &&
                             one.text.find('\n') != std::string::npos && one.text.size() > 200;
        if (passage && !one.evidence.empty())
            out += "<li class=\"passage\">" + excerpt(one.evidence.front(), 0) + "</li>\n";
        else
            out += std::string("<li class=\"") + toString(one.origin) + "\">" + sentence(one) + places(one) +
                   "</li>\n";
    }
    return out + (open ? "</ul>\n" : "");
}

std::string section(const char* id, const char* title, const std::string& inner) {
    return std::string("<section id=\"") + id + "\" aria-labelledby=\"h-" + id + "\">\n<h2 id=\"h-" + id +
           "\">" + title + "</h2>\n" + inner + "</section>\n";
}

std::string coverageBar(const Coverage& coverage) {
    const std::array<std::pair<std::int64_t, const char*>, 6> parts{{{coverage.inContext, "read"},
                                                                     {coverage.structureOnly, "structure"},
                                                                     {coverage.excluded, "excluded"},
                                                                     {coverage.unreadable, "unreadable"},
                                                                     {coverage.overBudget, "overbudget"},
                                                                     {coverage.withheld, "withheld"}}};
    if (coverage.found <= 0) return {};
    std::string bar = "<div class=\"bar\" aria-hidden=\"true\">", words;
    for (const auto& [number, name] : parts) {
        if (number <= 0) continue;
        char width[32];
        std::snprintf(width, sizeof width, "%.2f",
                      100.0 * static_cast<double>(number) / static_cast<double>(coverage.found));
        bar += std::string("<span class=\"") + name + "\" style=\"width:" + width + "%\"></span>";
        const std::string word = std::string(name) == "overbudget"  ? "over budget"
                                 : std::string(name) == "structure" ? "structure only"
                                                                    : name;
        words += std::string("<li><span class=\"dot ") + name + "\" aria-hidden=\"true\"></span>" + word +
                 " " + formatNumber(number) + "</li>";
    }
    return bar + "</div>\n<ul class=\"legend\">" + words + "</ul>\n";
}

std::string table(const std::vector<std::pair<const char*, bool>>& columns,
                  const std::vector<std::vector<std::string>>& rows, const char* caption) {
    std::string out = std::string("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"") +
                      caption + "\"><table><caption class=\"hidden\">" + caption + "</caption><thead><tr>";
    for (const auto& [name, number] : columns)
        out += std::string("<th scope=\"col\"") + (number ? " class=\"num\"" : "") + ">" + name + "</th>";
    out += "</tr></thead>\n<tbody>\n";
    for (const auto& row : rows) {
        out += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i)
            out +=
                std::string(columns[i].second ? "<td class=\"num\">" : "<td>") + escapeHtml(row[i]) + "</td>";
        out += "</tr>\n";
    }
    return out + "</tbody></table></div>\n";
}

std::string coverageSection(const Report& report) {
    std::string out =
        tag("p", "", escapeHtml(coverageLine(report.coverage))) + "\n" + coverageBar(report.coverage);
    if (!report.coverage.open.empty()) {
        std::vector<std::vector<std::string>> rows;
        for (const CoverageGap& gap : report.coverage.open)
            rows.push_back({gap.path, gap.pages, gap.state, gap.reason});
        out += tag("h3", "", "Not read") + "\n" +
               table({{"Where", false}, {"Pages", false}, {"State", false}, {"Reason", false}}, rows,
                     "What was not read");
    }
    return out;
}

std::string manifestSection(const Report& report) {
    std::vector<std::vector<std::string>> rows;
    for (const ManifestRow& row : report.manifest)
        rows.push_back({row.path, row.state, formatNumber(static_cast<std::int64_t>(row.bytes)),
                        row.tokens > 0 ? formatNumber(row.tokens) : "", row.sha256,
                        row.reason + (row.rule.empty() || row.rule == row.reason ? "" : ": " + row.rule)});
    return "<details" + std::string(rows.size() <= 40 ? " open" : "") + "><summary>" +
           formatNumber(static_cast<std::int64_t>(rows.size())) + " files with their hashes</summary>\n" +
           table({{"Path", false},
                  {"State", false},
                  {"Bytes", true},
                  {"Tokens", true},
                  {"SHA-256", false},
                  {"Reason", false}},
                 rows, "Files") +
           "</details>\n";
}

std::string logSection(const Report& report) {
    std::vector<std::vector<std::string>> rows;
    for (const LogRow& row : verificationLog(report))
        rows.push_back({row.owner, row.at, row.state, row.step, row.sha256.substr(0, 12)});
    return "<p>Every quote was cut from the file by its bytes. <code>lectern verify report.json --corpus "
           "PATH</code> proves it again.</p>\n<details><summary>" +
           formatNumber(static_cast<std::int64_t>(rows.size())) + " citations</summary>\n" +
           table(
               {{"Claim", false}, {"Place", false}, {"State", false}, {"Step", false}, {"File hash", false}},
               rows, "Verification log") +
           "</details>\n";
}

std::string costSection(const Report& report) {
    const CostReport& cost = report.cost;
    const auto money = [](const std::optional<Money>& m) {
        return m ? m->text() + " " + m->currency : std::string("unknown");
    };
    std::vector<std::vector<std::string>> rows{
        {"Paid", cost.calls == 0 && !cost.actual ? "nothing: no model was called" : money(cost.actual)}};
    if (cost.low || cost.high) rows.push_back({"Forecast", money(cost.low) + " to " + money(cost.high)});
    if (cost.calls > 0) {
        rows.push_back({"Calls", formatNumber(cost.calls)});
        rows.push_back({"Tokens in, new", formatNumber(cost.inputUncached)});
        rows.push_back({"Tokens in, cached", formatNumber(cost.inputCached)});
        rows.push_back({"Tokens out", formatNumber(cost.output)});
        rows.push_back({"Price", cost.priceRow + " " + cost.priceBand +
                                     (cost.priceAsOf.empty() ? "" : ", as of " + cost.priceAsOf)});
    }
    rows.push_back(
        {"Engine", report.engine.name + (report.engine.model.empty() ? "" : " / " + report.engine.model)});
    rows.push_back({"Level", std::to_string(report.engine.level)});
    if (!report.engine.promptsSha256.empty())
        rows.push_back({"Prompts SHA-256", report.engine.promptsSha256});
    rows.push_back({"Corpus SHA-256", report.corpusSha256});
    return table({{"What", false}, {"Value", false}}, rows, "Cost and engine");
}

std::string header(const Report& report) {
    std::string out = "<header>\n<p class=\"brand\">Lectern <span>the auditable reader</span></p>\n<h1>" +
                      escapeHtml(reportTitle(report)) + "</h1>\n";
    std::string subject;
    for (const SubjectReport& one : report.subject)
        subject +=
            (subject.empty() ? "" : ", ") + escapeHtml(one.name) + " (" + escapeHtml(one.kind) +
            (one.revision.empty() ? "" : " at <code>" + escapeHtml(one.revision.substr(0, 12)) + "</code>") +
            (one.dirty ? ", with uncommitted changes" : "") + ")";
    out += tag("p", "subject",
               subject + (report.run.started.empty() ? "" : " \u00B7 " + escapeHtml(report.run.started)) +
                   (report.run.id.empty() ? "" : " \u00B7 run " + escapeHtml(report.run.id))) +
           "\n";
    if (!report.run.question.empty()) out += tag("p", "question", escapeHtml(report.run.question)) + "\n";
    out += std::string("<ul class=\"opening ") + (report.coverage.complete ? "complete" : "incomplete") +
           "\">\n";
    for (const std::string& line : openingLines(report)) out += tag("li", "", escapeHtml(line)) + "\n";
    return out + "</ul>\n</header>\n";
}

std::string severityTable(const Report& report) {
    std::array<int, 5> count{};
    for (const Finding& finding : report.findings) ++count[static_cast<std::size_t>(finding.severity)];
    std::string out = "<ul class=\"counts\">";
    for (int i = 4; i >= 0; --i)
        if (count[static_cast<std::size_t>(i)] > 0)
            out += "<li>" + severityChip(static_cast<Severity>(i)) + " " +
                   std::to_string(count[static_cast<std::size_t>(i)]) + "</li>";
    out += "</ul>\n<nav aria-label=\"Findings\"><ol class=\"toc\">\n";
    for (const Finding& finding : report.findings)
        out += "<li><a href=\"#" + escapeHtml(finding.id) + "\">" + severityChip(finding.severity) + " " +
               sentence(finding.title) + "</a></li>\n";
    return out + "</ol></nav>\n";
}

} // namespace

std::string exportHtml(const Report& report, const ExportOptions& options) {
    std::string out =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" "
        "content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
        escapeHtml(reportTitle(report)) + "</title>\n<style>\n" + htmlStyle() +
        "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n" +
        header(report) + "<main id=\"main\">\n";
    if (wants(options, "answer") && !report.answer.empty())
        out += section("answer", "Answer", sentenceList(report.answer, true));
    const SummaryParts parts = summaryParts(report);
    if (wants(options, "summary") && !parts.summary.empty())
        out += section("summary", "Summary", sentenceList(parts.summary, false));
    if (wants(options, "findings") && !report.findings.empty()) {
        std::string inner = severityTable(report);
        for (const Finding& finding : report.findings) inner += findingHtml(finding, options);
        out += section("findings", "Findings", inner);
    }
    if (options.rejected && !report.rejected.empty()) {
        std::string inner;
        for (const Finding& finding : report.rejected) inner += findingHtml(finding, options);
        out += section("rejected", "Rejected, dismissed and fixed", inner);
    }
    if (wants(options, "summary") && !parts.samples.empty())
        out += section("samples", samplesHeading, sentenceList(parts.samples, false));
    if (!report.searches.empty()) {
        std::vector<std::vector<std::string>> rows;
        for (const SearchMade& one : report.searches)
            rows.push_back({one.pattern, one.mode, one.scope, formatNumber(one.hits)});
        out += section(
            "searches", "Searches",
            table({{"Pattern", false}, {"Mode", false}, {"Scope", false}, {"Hits", true}}, rows, "Searches"));
    }
    if (wants(options, "coverage")) out += section("coverage", "Coverage", coverageSection(report));
    if (!report.notes.empty()) {
        std::string inner = "<ul>\n";
        for (const std::string& note : report.notes) inner += tag("li", "", escapeHtml(note)) + "\n";
        out += section("notes", "Notes", inner + "</ul>\n");
    }
    if (wants(options, "cost")) out += section("cost", "Cost and engine", costSection(report));
    if (wants(options, "log")) out += section("log", "Verification", logSection(report));
    if (wants(options, "manifest") && !report.manifest.empty())
        out += section("manifest", "Files", manifestSection(report));
    out += "</main>\n<footer><p>Written by lectern " + escapeHtml(report.toolVersion) +
           ". \u201CProven\u201D says that the words stand there, not that a claim is right. Sentences "
           "marked <em class=\"generated\"><span aria-hidden=\"true\">\u25CC </span>like this</em> were "
           "worded by a model.</p></footer>\n</body>\n</html>\n";
    return out;
}

} // namespace app
