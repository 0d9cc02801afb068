// What all exporters share. Internal to the exporters; pure functions.
#pragma once

#include "app/report/export.h"

#include <string>
#include <string_view>
#include <vector>

namespace app {

std::string exportMarkdown(const Report& report, const ExportOptions& options);
std::string exportHtml(const Report& report, const ExportOptions& options);
std::string exportSarif(const Report& report, const ExportOptions& options);
std::string exportCsv(const Report& report, const ExportOptions& options);
std::string exportJUnit(const Report& report, const ExportOptions& options);
std::string exportCodeQuality(const Report& report, const ExportOptions& options);

bool wants(const ExportOptions& options, const char* section);
std::string reportTitle(const Report& report);
// "src/a.cpp:12-20" -> 12 and 20; {0, 0} where `at` names no lines.
std::pair<int, int> linesOf(const Evidence& evidence);
// HTML text and attribute values: <, >, &, quotes as entities, invisible characters as visible escapes.
std::string escapeHtml(std::string_view text);
// The text around and in a quote as lines, at most `around` of them on each side.
struct ExcerptLine {
    int number = 0; // 0: no line numbers here
    std::string before, marked, after;
};
std::vector<ExcerptLine> excerptOf(const Evidence& evidence, int around);
// Rows of the verification log: what was claimed where, and in which state it is.
struct LogRow {
    std::string owner, at, state, step, sha256;
};
std::vector<LogRow> verificationLog(const Report& report);
std::string formatNumber(std::int64_t number); // "1,203"

} // namespace app
