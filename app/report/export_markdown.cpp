// Markdown for review in a repository: stable order, small diffs, no HTML, no link that anything would
// follow.
#include "app/report/export_common.h"

#include "app/report/checks.h"

#include <algorithm>

namespace app {

namespace {

// One line of plain text in which nothing is markup.
std::string plain(std::string_view text) {
    std::string line;
    const std::string shown = visible(text);
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const char c = shown[i];
        if (c == '\n' || c == '\t' || c == ' ') {
            if (!line.empty() && line.back() != ' ') line.push_back(' ');
            continue;
        }
        if (c == '<')
            line += "&lt;";
        else if (c == '&')
            line += "&amp;";
        else if (std::string_view("\\`*_{}[]>#|~$!@^=").find(c) != std::string_view::npos) {
            line.push_back('\\');
            line.push_back(c);
        } else if (c == ':' && shown.compare(i, 3, "://") == 0)
            line += "\\:";
        else if (c == '.' && i >= 3 &&
                 (shown.compare(i - 3, 3, "www") == 0 || shown.compare(i - 3, 3, "WWW") == 0))
            line += "\\.";
        else
            line.push_back(c);
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    // No list, number or rule begins a line by accident.
    std::size_t digits = 0;
    while (digits < line.size() && line[digits] >= '0' && line[digits] <= '9') ++digits;
    if (digits > 0 && digits < line.size() && (line[digits] == '.' || line[digits] == ')'))
        line.insert(digits, 1, '\\');
    if (!line.empty() && (line[0] == '-' || line[0] == '+')) line.insert(0, 1, '\\');
    return line;
}

std::string code(std::string_view text) {
    std::string line = visible(text);
    std::replace(line.begin(), line.end(), '\n', ' ');
    std::size_t run = 0, longest = 0;
    for (const char c : line) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const std::string ticks(longest + 1, '`');
    const std::string pad = longest > 0 || line.empty() ? " " : "";
    return ticks + pad + line + pad + ticks;
}

// In a table a bar ends the cell even between backticks.
std::string cell(std::string_view text) {
    return plain(text);
}

std::string sentence(const Sentence& sentence) {
    const std::string text = plain(sentence.text);
    if (sentence.origin == Origin::Generated) {
        const char* const support = sentence.supports == Supports::Yes ? "" : ", support not proven";
        return "*\u25CC " + text + "* (" + originWords(sentence) + support + ")";
    }
    return text;
}

std::string proofMark(const Evidence& evidence) {
    switch (evidence.state) {
    case ProofState::Proven:
        return evidence.step == "redacted" ? "proven, redacted" : "proven";
    case ProofState::Ambiguous:
        return "ambiguous: " + std::to_string(evidence.places) + " places";
    default: {
        std::string word = toString(evidence.state);
        std::replace(word.begin(), word.end(), '_', ' ');
        return word;
    }
    }
}

void excerpt(std::string& out, const Evidence& evidence, int around) {
    const auto lines = excerptOf(evidence, around);
    std::size_t longest = 2, run = 0;
    int last = 0;
    for (const ExcerptLine& line : lines) {
        last = std::max(last, line.number);
        for (const char c : line.before + line.marked + line.after) {
            run = c == '`' ? run + 1 : 0;
            longest = std::max(longest, run);
        }
        run = 0;
    }
    const std::string fence(longest + 1, '`');
    const std::size_t width = std::to_string(last).size();
    out += fence + "text\n";
    for (const ExcerptLine& line : lines) {
        std::string number = line.number > 0 ? std::to_string(line.number) : std::string();
        number.insert(0, width > number.size() ? width - number.size() : 0, ' ');
        out += (line.marked.empty() ? "  " : "> ") + (last > 0 ? number + " | " : std::string()) +
               visible(line.before + line.marked + line.after) + '\n';
    }
    out += fence + "\n\n";
}

void evidence(std::string& out, const std::vector<Evidence>& list, int around) {
    for (const Evidence& one : list) {
        out += std::string(toString(one.role)) + " " + code(one.at) + " (" + proofMark(one) + ")\n\n";
        excerpt(out, one, around);
    }
}

void finding(std::string& out, const Finding& finding, const ExportOptions& options) {
    out += "### " + plain(finding.id) + " " + sentence(finding.title) + "\n\n";
    out += std::string("**") + toString(finding.severity) + "** " + plain(finding.kind) + ", " +
           plain(finding.rule) + ", state " + plain(finding.state) + ", confidence " +
           plain(finding.confidence) + ", " + plain(finding.since) + "\n\n";
    for (const Sentence* one : {&finding.claim, &finding.consequence})
        if (!one->text.empty()) out += sentence(*one) + "\n\n";
    for (const Sentence& condition : finding.conditions) out += "- when " + sentence(condition) + "\n";
    if (!finding.conditions.empty()) out += "\n";
    evidence(out, finding.evidence, options.excerptLines);
    for (const Verdict& verdict : finding.verdicts)
        out += "- verdict (" + plain(verdict.lens) + "): " + plain(verdict.outcome) +
               (verdict.reason.empty() ? "" : ", *\u25CC " + plain(verdict.reason) + (verdict.demo ? "* (generated, demo model)" : "* (generated)")) + "\n";
    for (const Witness& witness : finding.witnesses)
        out += "- witness: " + plain(witness.tool) + " " + plain(witness.rule) + " at " + code(witness.at) +
               "\n";
    if (!finding.verdicts.empty() || !finding.witnesses.empty()) out += "\n";
    if (finding.dismissal)
        out += "Dismissed: " + plain(finding.dismissal->reason) + " (" + plain(finding.dismissal->scope) +
               ")\n\n";
    else if (finding.state != "open" && !finding.stateReason.empty())
        out += "State: " + plain(finding.stateReason) + "\n\n";
}

void sentences(std::string& out, const char* title, const std::vector<Sentence>& list) {
    if (list.empty()) return;
    out += std::string("## ") + title + "\n\n";
    std::string group;
    for (const Sentence& one : list) {
        if (one.group != group && !one.group.empty()) out += "**" + plain(one.group) + "**\n\n";
        group = one.group;
        out += "- " + sentence(one);
        std::string places;
        for (std::size_t i = 0; i < one.evidence.size() && i < 8; ++i)
            places +=
                (places.empty() ? "" : ", ") + code(one.evidence[i].at) +
                (one.evidence[i].state == ProofState::Proven ? "" : " (" + proofMark(one.evidence[i]) + ")");
        if (one.evidence.size() > 8) places += " and " + std::to_string(one.evidence.size() - 8) + " more";
        out += (places.empty() ? "" : " " + places) + "\n";
    }
    out += "\n";
}

} // namespace

std::string exportMarkdown(const Report& report, const ExportOptions& options) {
    std::string out = "# " + plain(reportTitle(report)) + "\n\n";
    for (const std::string& line : openingLines(report)) out += "- " + plain(line) + "\n";
    out += "\n";
    if (!report.coverage.complete)
        out += "> **This run is incomplete.** What is unread is listed under Coverage.\n\n";
    if (!report.run.question.empty()) out += "Question: " + plain(report.run.question) + "\n\n";
    if (wants(options, "answer")) sentences(out, "Answer", report.answer);
    const SummaryParts parts = summaryParts(report);
    if (wants(options, "summary")) sentences(out, "Summary", parts.summary);
    if (wants(options, "findings") && !report.findings.empty()) {
        out += "## Findings\n\n";
        for (const Finding& one : report.findings) finding(out, one, options);
    }
    if (options.rejected && !report.rejected.empty()) {
        out += "## Rejected, dismissed and fixed\n\n";
        for (const Finding& one : report.rejected) finding(out, one, options);
    }
    if (wants(options, "summary")) sentences(out, samplesHeading, parts.samples);
    if (!report.searches.empty()) {
        out += "## Searches\n\n| pattern | mode | scope | hits |\n|---|---|---|---:|\n";
        for (const SearchMade& one : report.searches)
            out += "| " + cell(one.pattern) + " | " + cell(one.mode) + " | " + cell(one.scope) + " | " +
                   formatNumber(one.hits) + " |\n";
        out += "\n";
    }
    if (wants(options, "coverage") && !report.coverage.open.empty()) {
        out += "## Coverage\n\n| unread | pages | state | reason |\n|---|---|---|---|\n";
        for (const CoverageGap& gap : report.coverage.open)
            out += "| " + cell(gap.path) + " | " + cell(gap.pages) + " | " + cell(gap.state) + " | " +
                   cell(gap.reason) + " |\n";
        out += "\n";
    }
    if (!report.notes.empty()) {
        out += "## Notes\n\n";
        for (const std::string& note : report.notes) out += "- " + plain(note) + "\n";
        out += "\n";
    }
    if (wants(options, "manifest") && !report.manifest.empty()) {
        out += "## Files\n\n| path | state | bytes | SHA-256 | reason |\n|---|---|---:|---|---|\n";
        for (const ManifestRow& row : report.manifest)
            out += "| " + cell(row.path) + " | " + cell(row.state) + " | " +
                   formatNumber(static_cast<std::int64_t>(row.bytes)) + " | " + cell(row.sha256) + " | " +
                   cell(row.reason + (row.rule.empty() || row.rule == row.reason ? "" : ": " + row.rule)) +
                   " |\n";
        out += "\n";
    }
    if (wants(options, "log")) {
        const auto log = verificationLog(report);
        if (!log.empty()) {
            out += "## Verification\n\n| claim | place | state | step |\n|---|---|---|---|\n";
            for (const LogRow& row : log)
                out += "| " + cell(row.owner) + " | " + cell(row.at) + " | " + cell(row.state) + " | " +
                       cell(row.step) + " |\n";
            out += "\n";
        }
    }
    out += "Run " + plain(report.run.id) + ", " + plain(report.run.status) + ", corpus " +
           plain(report.corpusSha256) + ", lectern " + plain(report.toolVersion) + ".\n";
    return out;
}

} // namespace app
