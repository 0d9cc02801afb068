#include "app/report/export.h"

#include "app/report/checks.h"
#include "app/report/export_common.h"
#include "app/report/ledger.h"
#include "app/report/report_json.h"
#include "app/report/text_folding.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <stdexcept>

namespace app {

namespace {

struct FormatName {
    const char* name;
    Format format;
};
constexpr FormatName formatNames[] = {{"markdown", Format::Markdown},
                                      {"md", Format::Markdown},
                                      {"html", Format::Html},
                                      {"json", Format::Json},
                                      {"sarif", Format::Sarif},
                                      {"csv", Format::Csv},
                                      {"junit", Format::JUnit},
                                      {"code-quality", Format::CodeQuality},
                                      {"codequality", Format::CodeQuality},
                                      {"pdf", Format::Pdf}};

// Takes secrets and what the user wants out from every text of a report, and remembers what it took.
class Cleaner {
public:
    explicit Cleaner(const ExportOptions& options) : m_options(options) {}

    void clean(std::string& text) {
        for (const auto& [from, to] : m_options.redactions) {
            if (from.empty()) continue;
            for (std::size_t at = text.find(from); at != std::string::npos;
                 at = text.find(from, at + to.size())) {
                text.replace(at, from.size(), to);
                ++m_redacted;
            }
        }
        std::vector<std::string> removed;
        if (text.size() > 7) text = maskSecrets(text, &removed);
        m_secrets.insert(removed.begin(), removed.end());
    }

    void clean(Evidence& evidence) {
        const std::string quote = evidence.quote;
        // A secret may begin in the lines before and end in the quote.
        std::string whole = evidence.before + evidence.quote + evidence.after;
        const auto found = findSecrets(whole);
        for (const SecretRange& range : found) {
            m_secrets.insert(range.rule);
            std::fill(whole.begin() + static_cast<std::ptrdiff_t>(range.begin),
                      whole.begin() + static_cast<std::ptrdiff_t>(range.end), '*');
        }
        if (!found.empty()) {
            const std::size_t before = evidence.before.size(), quoted = evidence.quote.size();
            evidence.before = whole.substr(0, before);
            evidence.quote = whole.substr(before, quoted);
            evidence.after = whole.substr(before + quoted);
        }
        for (std::string* text :
             {&evidence.quote, &evidence.before, &evidence.after, &evidence.at, &evidence.file})
            clean(*text);
        if (evidence.quote != quote) {
            evidence.step = "redacted";
        }
        if (evidence.quote != quote || !found.empty()) {
            // Lines around a changed quote are no longer the file's.
            evidence.before.clear();
            evidence.after.clear();
            evidence.contextLine = 0;
        }
    }

    void clean(Sentence& sentence) {
        clean(sentence.text);
        clean(sentence.group);
        for (Evidence& evidence : sentence.evidence) clean(evidence);
    }

    void clean(Finding& finding) {
        clean(finding.title);
        clean(finding.claim);
        clean(finding.consequence);
        for (Sentence& condition : finding.conditions) clean(condition);
        for (Evidence& evidence : finding.evidence) clean(evidence);
        for (Verdict& verdict : finding.verdicts) {
            for (std::string* text : {&verdict.lens, &verdict.outcome, &verdict.reason, &verdict.branch})
                clean(*text);
            for (Evidence& evidence : verdict.counter) clean(evidence);
        }
        for (Witness& witness : finding.witnesses)
            for (std::string* text : {&witness.tool, &witness.rule, &witness.at}) clean(*text);
        for (std::string* text : {&finding.kind, &finding.rule, &finding.source, &finding.stateReason})
            clean(*text);
        clean(finding.patch);
        if (finding.dismissal) {
            clean(finding.dismissal->reason);
            clean(finding.dismissal->by);
        }
    }

    void clean(Report& report) {
        for (auto* list : {&report.summary, &report.answer})
            for (Sentence& sentence : *list) clean(sentence);
        for (auto* list : {&report.findings, &report.rejected})
            for (Finding& finding : *list) clean(finding);
        clean(report.run.question);
        for (std::string& condition : report.run.conditions) clean(condition);
        for (std::string& note : report.notes) clean(note);
        for (SubjectReport& subject : report.subject)
            for (std::string* text : {&subject.name, &subject.revision}) clean(*text);
        for (SearchMade& search : report.searches)
            for (std::string* text : {&search.pattern, &search.mode, &search.scope}) clean(*text);
        for (CoverageGap& gap : report.coverage.open) {
            for (std::string* text : {&gap.path, &gap.pages, &gap.reason}) clean(*text);
        }
        for (ManifestRow& row : report.manifest)
            for (std::string* text : {&row.path, &row.reason, &row.rule}) clean(*text);
        for (std::string* text :
             {&report.engine.name, &report.engine.model, &report.engine.reportedModel, &report.engine.note})
            clean(*text);
        if (m_redacted > 0)
            report.notes.push_back("Redacted on request: " + std::to_string(m_redacted) +
                                   (m_redacted == 1 ? " place." : " places."));
        if (!m_secrets.empty()) {
            std::string list;
            for (const std::string& rule : m_secrets) list += (list.empty() ? "" : ", ") + rule;
            report.notes.push_back("Secrets were taken out of this export: " + list + ".");
        }
    }

private:
    const ExportOptions& m_options;
    std::set<std::string> m_secrets;
    int m_redacted = 0;
};

void keepSeverity(std::vector<Finding>& findings, Severity least) {
    std::erase_if(findings, [&](const Finding& finding) { return finding.severity < least; });
}

} // namespace

Format parseFormat(std::string_view name) {
    for (const FormatName& one : formatNames)
        if (name == one.name) return one.format;
    throw std::runtime_error("There is no export format \"" + visible(name) +
                             "\": choose from html, markdown, json, sarif, csv, junit, code-quality, pdf.");
}

const char* extensionOf(Format format) {
    switch (format) {
    case Format::Markdown:
        return "md";
    case Format::Html:
        return "html";
    case Format::Json:
        return "json";
    case Format::Sarif:
        return "sarif";
    case Format::Csv:
        return "csv";
    case Format::JUnit:
        return "junit.xml";
    case Format::CodeQuality:
        return "codequality.json";
    case Format::Pdf:
        return "pdf";
    }
    return "txt";
}

Report prepareForExport(const Report& report, const ExportOptions& options) {
    Report copy = report;
    if (options.extractive) {
        const auto generated = [](const Sentence& sentence) { return sentence.origin == Origin::Generated; };
        std::erase_if(copy.summary, generated);
        std::erase_if(copy.answer, generated);
        for (auto* list : {&copy.findings, &copy.rejected})
            for (Finding& finding : *list) {
                if (generated(finding.title))
                    finding.title = {finding.kind + " (" + finding.rule + ")", Origin::Computed};
                if (generated(finding.claim)) finding.claim = {"See the quoted text.", Origin::Computed};
                if (generated(finding.consequence)) finding.consequence = {"", Origin::Computed};
                std::erase_if(finding.conditions, generated);
                finding.patch.clear();
                for (Verdict& verdict : finding.verdicts) verdict.reason.clear();
            }
    }
    const std::size_t before = copy.findings.size();
    keepSeverity(copy.findings, options.least);
    keepSeverity(copy.rejected, options.least);
    if (copy.findings.size() < before)
        copy.notes.push_back(formatNumber(static_cast<std::int64_t>(before - copy.findings.size())) +
                             " findings below " + toString(options.least) +
                             " are not listed in this export.");
    Cleaner(options).clean(copy);
    return copy;
}

SummaryParts summaryParts(const Report& report) {
    SummaryParts parts;
    for (const Sentence& sentence : report.summary)
        (sentence.demo && report.engine.level == 0 ? parts.samples : parts.summary).push_back(sentence);
    return parts;
}

std::vector<std::string> openingLines(const Report& report) {
    std::vector<std::string> lines{coverageLine(report.coverage)};
    const OriginCounts counts = originCounts(report);
    lines.push_back("Sentences: " + formatNumber(counts.extracted) + " extracted, " +
                    formatNumber(counts.computed) + " computed, " + formatNumber(counts.generated) +
                    " generated.");
    const EngineReport& engine = report.engine;
    lines.push_back(
        "Engine: " + (engine.name.empty() ? std::string("none") : engine.name) +
        (engine.model.empty() || engine.model == engine.name ? std::string() : ", model " + engine.model) +
        (engine.reportedModel.empty() || engine.reportedModel == engine.model
             ? std::string()
             : " (answered as " + engine.reportedModel + ")") +
        ", level " + std::to_string(engine.level) + (engine.note.empty() ? "." : "; " + engine.note + "."));
    lines.push_back("Bytes sent: " + formatNumber(static_cast<std::int64_t>(engine.bytesSent)) + ".");
    lines.push_back(report.cost.priceAsOf.empty() ? "Prices: none needed."
                                                  : "Prices of " + report.cost.priceAsOf + ".");
    return lines;
}

std::string exportReport(const Report& report, Format format, const ExportOptions& options) {
    const Report ready = prepareForExport(report, options);
    switch (format) {
    case Format::Markdown:
        return exportMarkdown(ready, options);
    case Format::Html:
        return exportHtml(ready, options);
    case Format::Json:
        return dumpJson(toJson(ready));
    case Format::Sarif:
        return exportSarif(ready, options);
    case Format::Csv:
        return exportCsv(ready, options);
    case Format::JUnit:
        return exportJUnit(ready, options);
    case Format::CodeQuality:
        return exportCodeQuality(ready, options);
    case Format::Pdf:
        break;
    }
    throw std::logic_error("A PDF is printed by exportPdf from renderPrintHtml.");
}

bool wants(const ExportOptions& options, const char* section) {
    return options.sections.empty() ||
           std::find(options.sections.begin(), options.sections.end(), section) != options.sections.end();
}

std::string reportTitle(const Report& report) {
    std::string subject;
    for (std::size_t i = 0; i < report.subject.size() && i < 3; ++i)
        subject += (subject.empty() ? "" : ", ") + report.subject[i].name;
    if (report.subject.size() > 3) subject += " and " + std::to_string(report.subject.size() - 3) + " more";
    const std::string& goal = report.run.goal;
    const std::string word = goal == "summary" || goal == "summarize" ? "Summary"
                             : goal == "ask"                          ? "Answer"
                                                                      : "Review";
    return word + " of " + (subject.empty() ? "a corpus" : subject);
}

std::pair<int, int> linesOf(const Evidence& evidence) {
    if (evidence.page > 0) return {0, 0};
    const auto colon = evidence.at.rfind(':');
    if (colon == std::string::npos) return {0, 0};
    int from = 0, to = 0;
    const char* const end = evidence.at.data() + evidence.at.size();
    const auto first = std::from_chars(evidence.at.data() + colon + 1, end, from);
    if (first.ec != std::errc() || from < 1) return {0, 0};
    to = from;
    if (first.ptr != end && *first.ptr == '-') std::from_chars(first.ptr + 1, end, to);
    return {from, std::max(from, to)};
}

std::string escapeHtml(std::string_view text) {
    std::string result;
    for (const char c : visible(text)) switch (c) {
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '&':
            result += "&amp;";
            break;
        case '"':
            result += "&quot;";
            break;
        case '\'':
            result += "&#39;";
            break;
        default:
            result.push_back(c);
        }
    return result;
}

std::vector<ExcerptLine> excerptOf(const Evidence& evidence, int around) {
    std::vector<ExcerptLine> lines(1);
    const auto [first, last] = linesOf(evidence);
    const int start = evidence.contextLine > 0 ? evidence.contextLine : first > 0 ? first : 0;
    lines[0].number = start;
    const auto append = [&](const std::string& text, int part) {
        for (const char c : text) {
            if (c == '\n') {
                ExcerptLine next;
                next.number = lines.back().number > 0 ? lines.back().number + 1 : 0;
                lines.push_back(std::move(next));
            } else if (c != '\r' && c != '\f') {
                ExcerptLine& line = lines.back();
                (part == 0 ? line.before : part == 1 ? line.marked : line.after).push_back(c);
            }
        }
    };
    append(evidence.before, 0);
    const std::size_t from = lines.size() - 1;
    append(evidence.quote, 1);
    const std::size_t to = lines.size() - 1;
    append(evidence.after, 2);
    const std::size_t reach = static_cast<std::size_t>(std::max(0, around));
    const std::size_t begin = from > reach ? from - reach : 0;
    const std::size_t end = std::min(lines.size(), to + reach + 1);
    std::vector<ExcerptLine> result(lines.begin() + static_cast<std::ptrdiff_t>(begin),
                                    lines.begin() + static_cast<std::ptrdiff_t>(end));
    constexpr std::size_t most = 60;
    if (result.size() > most) {
        const std::size_t left = result.size() - most;
        result.resize(most);
        result.push_back({0, {}, "\u2026 " + std::to_string(left) + " more lines", {}});
    }
    return result;
}

std::vector<LogRow> verificationLog(const Report& report) {
    std::vector<LogRow> rows;
    const auto add = [&](const std::string& owner, const std::vector<Evidence>& list) {
        for (const Evidence& evidence : list)
            rows.push_back({owner, evidence.at, toString(evidence.state), evidence.step, evidence.sha256});
    };
    const std::pair<const char*, const std::vector<Sentence>*> parts[] = {{"summary ", &report.summary},
                                                                          {"answer ", &report.answer}};
    for (const auto& [name, list] : parts)
        for (std::size_t i = 0; i < list->size(); ++i) add(name + std::to_string(i + 1), (*list)[i].evidence);
    for (const auto* list : {&report.findings, &report.rejected})
        for (const Finding& finding : *list) add(finding.id, finding.evidence);
    return rows;
}

std::string formatNumber(std::int64_t number) {
    std::string digits = std::to_string(number);
    for (int at = static_cast<int>(digits.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

} // namespace app
