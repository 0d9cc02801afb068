// A Report as a file. Every format opens with the coverage line, the origin counts, engine and level, bytes
// sent and the price date; generated sentences carry their mark; nothing active can be in any of them
// (reliability.md P26); the secret scan runs over every one. Pure functions from a Report (a stored JSON
// report is enough); any thread.
#pragma once

#include "app/report/report.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace app {

enum class Format : std::uint8_t { Markdown, Html, Json, Sarif, Csv, JUnit, CodeQuality, Pdf };
Format parseFormat(std::string_view name); // "md", "markdown", "html", … throws with the list of names
const char* extensionOf(Format format);    // "md", "html", "json", "sarif", "csv", "xml", "json", "pdf"

struct ExportOptions {
    std::vector<std::string>
        sections; // summary, answer, findings, coverage, manifest, log, cost; empty = all
    Severity least = Severity::Note;
    bool rejected = false;                                       // list rejected and dismissed candidates too
    bool extractive = false;                                     // drop generated sentences
    int excerptLines = 2;                                        // lines around a quote, 0 = the quote alone
    std::vector<std::pair<std::string, std::string>> redactions; // text -> replacement, listed in the export
};

// Everything but PDF, which app/report/export_pdf.h prints from renderPrintHtml.
std::string exportReport(const Report& report, Format format, const ExportOptions& options = {});
// The report as the HTML subset that QTextDocument prints.
std::string renderPrintHtml(const Report& report, const ExportOptions& options = {});

// What a reader sees: filtered by the options, redacted, secrets masked; all exporters start from it.
Report prepareForExport(const Report& report, const ExportOptions& options);
// The summary, and the demo model's samples, which stand behind everything that counts under a heading of their own.
struct SummaryParts {
    std::vector<Sentence> summary, samples;
};
SummaryParts summaryParts(const Report& report);
inline constexpr const char* samplesHeading = "Samples by the demo model";
// The five lines no export can do without.
std::vector<std::string> openingLines(const Report& report);

} // namespace app
