// CSV for spreadsheets, JUnit and code-quality JSON for dashboards.
#include "app/report/export_common.h"

#include "app/report/checks.h"
#include "app/report/report_json.h"

#include <algorithm>

namespace app {

namespace {

// RFC 4180; a cell that a spreadsheet would take for a formula gets an apostrophe in front.
std::string csvCell(std::string_view text) {
    std::string value = visible(text);
    const auto first = value.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && std::string_view("=+-@").find(value[first]) != std::string_view::npos)
        value.insert(0, 1, '\'');
    if (!value.empty() && (value[0] == '\t' || value[0] == '\r')) value.insert(0, 1, '\'');
    if (value.find_first_of("\",\r\n") == std::string::npos) return value;
    std::string result = "\"";
    for (const char c : value) {
        if (c == '"') result.push_back('"');
        result.push_back(c);
    }
    return result + '"';
}

std::string csvRow(const std::vector<std::string>& cells) {
    std::string row;
    for (const std::string& cell : cells) row += (&cell == &cells.front() ? "" : ",") + csvCell(cell);
    return row + "\r\n";
}

const std::vector<std::string> csvHeader{"record",     "id",    "state",        "severity",   "kind",
                                         "rule",       "title", "title_origin", "text",       "text_origin",
                                         "at",         "file",  "page",         "quote",      "proof",
                                         "confidence", "since", "reason",       "fingerprint"};

std::string csvSentence(const char* record, const Sentence& sentence) {
    const Evidence none;
    const Evidence& first = sentence.evidence.empty() ? none : sentence.evidence.front();
    return csvRow({record, "", "", "", "", "", "", "", sentence.text, originWords(sentence), first.at,
                   first.file, first.page > 0 ? std::to_string(first.page) : "", first.quote,
                   sentence.evidence.empty() ? "" : toString(first.state), "", "", "", ""});
}

std::string csvFinding(const Finding& finding) {
    const Evidence none;
    const Evidence* site = &none;
    for (const Evidence& evidence : finding.evidence)
        if (site == &none || (evidence.role == EvidenceRole::Site && site->role != EvidenceRole::Site))
            site = &evidence;
    return csvRow({"finding", finding.id, finding.state, toString(finding.severity), finding.kind,
                   finding.rule, finding.title.text, originWords(finding.title), finding.claim.text,
                   originWords(finding.claim), site->at, site->file,
                   site->page > 0 ? std::to_string(site->page) : "", site->quote,
                   site == &none ? "" : toString(site->state), finding.confidence, finding.since,
                   finding.dismissal ? finding.dismissal->reason : finding.stateReason, finding.fingerprint});
}

std::string mark(const Sentence& sentence) {
    return sentence.origin == Origin::Generated ? "\u25CC " + std::string(originWords(sentence)) + ": " + sentence.text : sentence.text;
}

// XML 1.0 has characters that cannot be written at all; escapeHtml has made them visible already.
std::string xml(const std::string& text) {
    return escapeHtml(text);
}

} // namespace

std::string exportCsv(const Report& report, const ExportOptions& options) {
    std::string out = csvRow(csvHeader);
    for (const std::string& line : openingLines(report)) {
        std::vector<std::string> cells(csvHeader.size());
        cells[0] = "report";
        cells[8] = line;
        cells[9] = "computed";
        out += csvRow(cells);
    }
    if (wants(options, "answer"))
        for (const Sentence& sentence : report.answer) out += csvSentence("answer", sentence);
    if (wants(options, "summary"))
        for (const Sentence& sentence : report.summary) out += csvSentence("summary", sentence);
    if (wants(options, "findings"))
        for (const Finding& finding : report.findings) out += csvFinding(finding);
    if (options.rejected)
        for (const Finding& finding : report.rejected) out += csvFinding(finding);
    if (wants(options, "coverage"))
        for (const CoverageGap& gap : report.coverage.open) {
            std::vector<std::string> cells(csvHeader.size());
            cells[0] = "unread";
            cells[2] = gap.state;
            cells[10] = gap.path + (gap.pages.empty() ? "" : " pages " + gap.pages);
            cells[11] = gap.path;
            cells[17] = gap.reason;
            out += csvRow(cells);
        }
    return out;
}

std::string exportJUnit(const Report& report, const ExportOptions&) {
    std::string cases;
    for (const Finding& finding : report.findings) {
        const std::string at = finding.evidence.empty() ? std::string() : finding.evidence.front().at;
        std::string body = mark(finding.claim) + "\n";
        for (const Evidence& evidence : finding.evidence)
            body += std::string(toString(evidence.role)) + " " + evidence.at + " (" +
                    toString(evidence.state) + "): " + evidence.quote + "\n";
        cases += "    <testcase classname=\"" + xml(finding.rule) + "\" name=\"" +
                 xml(finding.id + " " + at) + "\">\n      <failure type=\"" +
                 xml(toString(finding.severity)) + "\" message=\"" + xml(mark(finding.title)) + "\">" +
                 xml(body) + "</failure>\n    </testcase>\n";
    }
    for (const CoverageGap& gap : report.coverage.open)
        cases += "    <testcase classname=\"coverage\" name=\"" +
                 xml(gap.path + (gap.pages.empty() ? "" : " pages " + gap.pages)) +
                 "\">\n      <error type=\"" + xml(gap.state) + "\" message=\"" + xml(gap.reason) +
                 "\"/>\n    </testcase>\n";
    std::string opening;
    for (const std::string& line : openingLines(report)) opening += line + "\n";
    const std::size_t failures = report.findings.size(), errors = report.coverage.open.size();
    const bool clean = failures + errors == 0;
    if (clean)
        cases += "    <testcase classname=\"coverage\" name=\"everything read, every check examined\"/>\n";
    const std::string counts = "tests=\"" + std::to_string(failures + errors + (clean ? 1 : 0)) +
                               "\" failures=\"" + std::to_string(failures) + "\" errors=\"" +
                               std::to_string(errors) + "\"";
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " + counts + ">\n  <testsuite name=\"" +
           xml(reportTitle(report)) + "\" " + counts +
           ">\n    <properties>\n      <property name=\"report\" value=\"" + xml(opening) +
           "\"/>\n    </properties>\n" + cases + "  </testsuite>\n</testsuites>\n";
}

std::string exportCodeQuality(const Report& report, const ExportOptions&) {
    using Json = nlohmann::ordered_json;
    const auto levelOf = [](Severity severity) {
        switch (severity) {
        case Severity::Critical:
            return "blocker";
        case Severity::High:
            return "critical";
        case Severity::Medium:
            return "major";
        case Severity::Low:
            return "minor";
        case Severity::Note:
            return "info";
        }
        return "info";
    };
    Json list = Json::array();
    std::string opening;
    for (const std::string& line : openingLines(report)) opening += (opening.empty() ? "" : " ") + line;
    list.push_back({{"description", visible(opening)},
                    {"check_name", "lectern.coverage"},
                    {"fingerprint", visible(report.corpusSha256)},
                    {"severity", report.coverage.complete ? "info" : "blocker"},
                    {"location", {{"path", "."}, {"lines", {{"begin", 1}}}}}});
    for (const Finding& finding : report.findings) {
        if (finding.evidence.empty()) continue;
        const Evidence& site = finding.evidence.front();
        list.push_back(
            {{"description", visible(mark(finding.title) + ". " + mark(finding.claim))},
             {"check_name", visible(finding.rule)},
             {"fingerprint", visible(finding.fingerprint)},
             {"severity", levelOf(finding.severity)},
             {"location",
              {{"path", visible(site.file)}, {"lines", {{"begin", std::max(1, linesOf(site).first)}}}}}});
    }
    return dumpJson(list);
}

} // namespace app
