// The report as QTextDocument prints it: no style sheet beyond what Qt's rich text knows, headings for the
// outline, tables for layout, everything escaped.
#include "app/report/export_common.h"

#include "app/report/ledger.h"

#include <algorithm>

namespace app {

namespace {

std::string sentence(const Sentence& sentence) {
    const std::string text = escapeHtml(sentence.text);
    if (sentence.origin != Origin::Generated) return text;
    return "<i>\u25CC " + text + "</i> <span style=\"color:#6b6b6b\">(" + originWords(sentence) +
           (sentence.supports == Supports::Yes ? ")" : ", support not proven)") + "</span>";
}

const char* colourOf(Severity severity) {
    switch (severity) {
    case Severity::Critical:
        return "#8e1451";
    case Severity::High:
        return "#b3261e";
    case Severity::Medium:
        return "#8a5a00";
    case Severity::Low:
        return "#1f5fa8";
    case Severity::Note:
        return "#565d66";
    }
    return "#000000";
}

std::string proof(const Evidence& evidence) {
    std::string word = toString(evidence.state);
    std::replace(word.begin(), word.end(), '_', ' ');
    return (evidence.state == ProofState::Proven ? "\u2713 " : "") + word +
           (evidence.step == "redacted" ? ", redacted" : "");
}

std::string preformatted(std::string text) {
    std::string out;
    bool begin = true;
    for (const char c : text) {
        // Rich text swallows leading and double spaces.
        if (c == ' ' && begin)
            out += "&nbsp;";
        else if (c == '\t')
            out += "&nbsp;&nbsp;&nbsp;&nbsp;";
        else
            out.push_back(c);
        begin = c == ' ';
    }
    return out;
}

std::string excerpt(const Evidence& evidence, int around) {
    std::string out = "<p style=\"margin-top:6px;margin-bottom:2px;color:#565d66;font-size:8pt\">" +
                      std::string(toString(evidence.role)) + " &nbsp;<b>" + escapeHtml(evidence.at) +
                      "</b> &nbsp;" + proof(evidence) +
                      "</p>\n<table width=\"100%\" cellpadding=\"6\" cellspacing=\"0\" "
                      "bgcolor=\"#f4f2ec\"><tr><td style=\"font-family:monospace;font-size:8pt\">";
    bool first = true;
    for (const ExcerptLine& line : excerptOf(evidence, around)) {
        if (!first) out += "<br>";
        first = false;
        if (line.number > 0)
            out += "<span style=\"color:#8a8f96\">" + std::to_string(line.number) + "&nbsp;&nbsp;</span>";
        out += preformatted(escapeHtml(line.before));
        if (!line.marked.empty())
            out += "<span style=\"background-color:#ffe9a3\">" + preformatted(escapeHtml(line.marked)) +
                   "</span>";
        out += preformatted(escapeHtml(line.after));
    }
    return out + "</td></tr></table>\n";
}

std::string finding(const Finding& finding, const ExportOptions& options) {
    std::string out = "<h3><span style=\"color:" + std::string(colourOf(finding.severity)) + "\">" +
                      toString(finding.severity) + "</span> " + escapeHtml(finding.id) + " " +
                      sentence(finding.title) + "</h3>\n<p style=\"color:#565d66;font-size:8pt\">" +
                      escapeHtml(finding.kind) + ", rule " + escapeHtml(finding.rule) + ", " +
                      escapeHtml(finding.state) + ", confidence " + escapeHtml(finding.confidence) + ", " +
                      escapeHtml(finding.since) + "</p>\n";
    for (const Sentence* one : {&finding.claim, &finding.consequence})
        if (!one->text.empty()) out += "<p>" + sentence(*one) + "</p>\n";
    for (const Sentence& condition : finding.conditions) out += "<p>When: " + sentence(condition) + "</p>\n";
    for (const Evidence& evidence : finding.evidence) out += excerpt(evidence, options.excerptLines);
    for (const Verdict& verdict : finding.verdicts) {
        Sentence reason(verdict.reason, Origin::Generated);
        reason.demo = verdict.demo;
        out += "<p>Verdict (" + escapeHtml(verdict.lens) + "): " + escapeHtml(verdict.outcome) +
               (verdict.reason.empty() ? "" : ". " + sentence(reason)) +
               "</p>\n";
    }
    for (const Witness& witness : finding.witnesses)
        out +=
            "<p>Witness: " + escapeHtml(witness.tool + " " + witness.rule + " at " + witness.at) + "</p>\n";
    if (finding.dismissal) out += "<p>Dismissed: " + escapeHtml(finding.dismissal->reason) + "</p>\n";
    return out;
}

std::string list(const char* title, const std::vector<Sentence>& sentences) {
    if (sentences.empty()) return {};
    std::string out = std::string("<h2>") + title + "</h2>\n", group;
    for (const Sentence& one : sentences) {
        if (!one.group.empty() && one.group != group)
            out += "<p style=\"margin-top:8px;margin-bottom:0px\"><b>" + escapeHtml(one.group) + "</b></p>\n";
        group = one.group;
        std::string places;
        for (std::size_t i = 0; i < one.evidence.size() && i < 6; ++i)
            places +=
                (places.empty() ? "" : ", ") + escapeHtml(one.evidence[i].at) + " " + proof(one.evidence[i]);
        out +=
            "<p style=\"margin-top:2px;margin-bottom:2px\">" + sentence(one) +
            (places.empty() ? "" : " <span style=\"color:#565d66;font-size:7.5pt\">" + places + "</span>") +
            "</p>\n";
    }
    return out;
}

std::string table(const std::vector<std::string>& columns,
                  const std::vector<std::vector<std::string>>& rows) {
    std::string out = "<table width=\"100%\" cellpadding=\"3\" cellspacing=\"0\" border=\"0\" "
                      "style=\"font-size:7.5pt\"><tr>";
    for (const std::string& column : columns) out += "<td bgcolor=\"#e9e6de\"><b>" + column + "</b></td>";
    out += "</tr>\n";
    for (const auto& row : rows) {
        out += "<tr>";
        for (const std::string& cell : row) out += "<td>" + escapeHtml(cell) + "</td>";
        out += "</tr>\n";
    }
    return out + "</table>\n";
}

} // namespace

std::string renderPrintHtml(const Report& original, const ExportOptions& options) {
    const Report report = prepareForExport(original, options);
    std::string out = "<html><head><meta charset=\"utf-8\"><title>" + escapeHtml(reportTitle(report)) +
                      "</title></head><body style=\"font-family:sans-serif;font-size:9.5pt\">\n<h1>" +
                      escapeHtml(reportTitle(report)) + "</h1>\n";
    if (!report.run.started.empty())
        out += "<p style=\"color:#565d66\">" + escapeHtml(report.run.started) +
               (report.run.id.empty() ? "" : ", run " + escapeHtml(report.run.id)) + "</p>\n";
    if (!report.run.question.empty()) out += "<p><b>" + escapeHtml(report.run.question) + "</b></p>\n";
    for (const std::string& line : openingLines(report))
        out += "<p style=\"margin-top:1px;margin-bottom:1px\">" + escapeHtml(line) + "</p>\n";
    if (wants(options, "answer")) out += list("Answer", report.answer);
    const SummaryParts parts = summaryParts(report);
    if (wants(options, "summary")) out += list("Summary", parts.summary);
    if (wants(options, "findings") && !report.findings.empty()) {
        out += "<h2>Findings</h2>\n";
        for (const Finding& one : report.findings) out += finding(one, options);
    }
    if (options.rejected && !report.rejected.empty()) {
        out += "<h2>Rejected, dismissed and fixed</h2>\n";
        for (const Finding& one : report.rejected) out += finding(one, options);
    }
    if (wants(options, "summary")) out += list(samplesHeading, parts.samples);
    if (!report.searches.empty()) {
        std::vector<std::vector<std::string>> rows;
        for (const SearchMade& one : report.searches)
            rows.push_back({one.pattern, one.mode, one.scope, formatNumber(one.hits)});
        out += "<h2>Searches</h2>\n" + table({"Pattern", "Mode", "Scope", "Hits"}, rows);
    }
    if (wants(options, "coverage") && !report.coverage.open.empty()) {
        std::vector<std::vector<std::string>> rows;
        for (const CoverageGap& gap : report.coverage.open)
            rows.push_back({gap.path, gap.pages, gap.state, gap.reason});
        out += "<h2>Not read</h2>\n" + table({"Where", "Pages", "State", "Reason"}, rows);
    }
    if (!report.notes.empty()) {
        out += "<h2>Notes</h2>\n";
        for (const std::string& note : report.notes) out += "<p>" + escapeHtml(note) + "</p>\n";
    }
    if (wants(options, "manifest") && !report.manifest.empty()) {
        std::vector<std::vector<std::string>> rows;
        for (const ManifestRow& row : report.manifest)
            rows.push_back({row.path, row.state, formatNumber(static_cast<std::int64_t>(row.bytes)),
                            row.sha256.substr(0, 16), row.reason});
        out += "<h2>Files</h2>\n" + table({"Path", "State", "Bytes", "SHA-256 (beginning)", "Reason"}, rows);
    }
    return out + "<p style=\"color:#565d66\">Written by lectern " + escapeHtml(report.toolVersion) +
           ". Corpus " + escapeHtml(report.corpusSha256.substr(0, 16)) + ".</p>\n</body></html>\n";
}

} // namespace app
