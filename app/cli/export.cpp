// lectern export: the report of a run as files.
#include "app/report/export.h"

#include "app/cli/invocation.h"
#include "app/report/export_pdf.h"
#include "app/report/report_json.h"
#include "app/resources.h"
#include "app/store/session_store.h"

#include <algorithm>
#include <filesystem>

namespace app::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* sections[] = {"summary", "answer", "findings", "coverage", "manifest", "log", "cost"};

Severity parseSeverity(const std::string& name) {
    for (int i = 0; i <= int(Severity::Critical); ++i)
        if (name == toString(static_cast<Severity>(i))) return static_cast<Severity>(i);
    return Severity::Note;
}

// One line a redaction: TEXT, or TEXT <tab> REPLACEMENT; lines that begin with # are comments.
std::vector<std::pair<std::string, std::string>> readRedactions(const std::string& text) {
    std::vector<std::pair<std::string, std::string>> list;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string line = text.substr(at, end - at);
        at = end + 1;
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (line.empty() || line[0] == '#') continue;
        const std::size_t tab = line.find('\t');
        list.emplace_back(line.substr(0, tab),
                          tab == std::string::npos ? "[redacted]" : line.substr(tab + 1));
    }
    return list;
}

ExportOptions optionsOf(Invocation& call) {
    ExportOptions options;
    options.sections = call.values("sections");
    for (const std::string& section : options.sections)
        if (std::find(std::begin(sections), std::end(sections), section) == std::end(sections))
            throw UsageError("There is no section \"" + section + "\".", "--sections",
                             "choose from summary, answer, findings, coverage, manifest, log, cost");
    options.least = parseSeverity(call.value("severity", "note"));
    options.rejected = call.has("rejected");
    options.extractive = call.has("extractive");
    options.excerptLines = int(call.number("excerpts", 2, 0, 20));
    if (call.has("redact")) options.redactions = readRedactions(readFile(call.value("redact")));
    return options;
}

// The report of the asked run, or of the latest that has one.
std::string storedReport(Invocation& call) {
    if (!call.has("session"))
        throw UsageError("lectern export needs the session whose report it writes.", "--session",
                         "add --session FILE");
    std::error_code error;
    if (!fs::exists(call.value("session"), error))
        throw UsageError("The session " + call.value("session") + " does not exist.", call.value("session"));
    const SessionStore store(call.value("session"), SessionStore::Access::Read);
    if (call.has("run")) {
        const auto run = store.run(call.value("run"));
        const auto report = run ? store.report(run->id) : std::nullopt;
        if (!report)
            throw UsageError("The session has no report of a run " + call.value("run") + ".", "--run",
                             "lectern sessions show names the runs");
        return *report;
    }
    const auto runs = store.runs();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run)
        if (auto report = store.report(run->id)) return *report;
    throw UsageError("The session holds no report yet.", call.value("session"),
                     "run lectern review, summarize or ask first");
}

// "--out report" with html gives report.html; "--out report.html" with html alone is that file; a folder gets
// files named after the report.
fs::path fileFor(const fs::path& out, Format format, std::size_t formats) {
    const std::string ending = std::string(".") + extensionOf(format);
    std::error_code error;
    if (fs::is_directory(out, error)) return out / ("report" + ending);
    const std::string name = out.string();
    if (formats == 1 && (name.ends_with(ending) || !out.extension().empty())) return out;
    return name + ending;
}

int run(Invocation& call) {
    const Report report = reportFromJson(storedReport(call));
    const ExportOptions options = optionsOf(call);
    std::vector<Format> formats;
    for (const std::string& name : call.values("format")) {
        try {
            formats.push_back(parseFormat(name));
        } catch (const std::runtime_error& error) {
            throw UsageError(error.what(), "--format");
        }
    }
    if (formats.empty()) formats.push_back(Format::Html);
    call.events().started("export", call.value("session"));
    const std::string out = call.value("out", "-");
    auto written = nlohmann::ordered_json::array();
    if (out == "-") {
        if (formats.size() != 1 || formats[0] == Format::Pdf)
            throw UsageError("Only one text format at a time can go to the terminal.", "--out",
                             "add --out PATH");
        call.printRaw(exportReport(report, formats[0], options));
    }
    for (const Format format : out == "-" ? std::vector<Format>{} : formats) {
        const fs::path file = fileFor(out, format, formats.size());
        if (format == Format::Pdf)
            exportPdf(renderPrintHtml(report, options), file,
                      report.subject.empty() ? "Report" : report.subject.front().name);
        else
            writeFileAtomically(file, exportReport(report, format, options));
        call.print(file.string());
        written.push_back(file.string());
    }
    call.printJson({{"schema", "lectern.export/1"}, {"run", report.run.id}, {"files", written}});
    return call.exitCode();
}

} // namespace

const Command& exportCommand() {
    static const Command command{
        .name = "export",
        .summary = "Write the report of a run as files",
        .options = {{"run", "ID", "the run (the latest with a report)"},
                    {"format",
                     "F,F",
                     "html, markdown, json, sarif, csv, pdf, junit, code-quality (html)",
                     {"html", "markdown", "md", "json", "sarif", "csv", "pdf", "junit", "code-quality"},
                     Takes::Value,
                     true,
                     true},
                    {"out", "PATH", "file, or beginning of the files' names; - writes to the terminal (-)"},
                    {"sections",
                     "LIST",
                     "summary, answer, findings, coverage, manifest, log, cost (all)",
                     {"summary", "answer", "findings", "coverage", "manifest", "log", "cost"},
                     Takes::Value,
                     true,
                     true},
                    {"severity",
                     "LEVEL",
                     "lowest severity that is listed (note)",
                     {"note", "low", "medium", "high", "critical"}},
                    {"rejected", "", "list rejected, dismissed and fixed findings too", {}, Takes::Nothing},
                    {"excerpts", "N", "lines shown around a quote, 0 to 20 (2)"},
                    {"redact", "FILE", "words to take out, one a line, with a replacement after a tab"},
                    {"extractive", "", "no sentence that a model worded", {}, Takes::Nothing}},
        .codeOne = "never",
        .run = run,
    };
    return command;
}

} // namespace app::cli
