#include "app/report/witnesses.h"

#include "app/report/citation.h"
#include "app/report/finding.h"
#include "app/report/job_report.h"
#include "ingest/kind.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <algorithm>

namespace app {

namespace {

using Json = nlohmann::ordered_json;

std::string textAt(const Json& json, const char* key) {
    return json.is_object() && json.contains(key) && json.at(key).is_string()
               ? json.at(key).get<std::string>()
               : std::string();
}

Severity severityOf(const std::string& level) {
    if (level == "error") return Severity::Medium;
    if (level == "note" || level == "none" || level == "info" || level == "style" || level == "information")
        return Severity::Note;
    return Severity::Low;
}

std::string decodedUri(std::string uri) {
    if (uri.starts_with("file://")) uri.erase(0, 7);
    return QByteArray::fromPercentEncoding(QByteArray::fromStdString(uri)).toStdString();
}

// The corpus's files of these languages under plain names in a folder of ours; index -> path.
std::vector<std::string> copyTo(const QTemporaryDir& folder, const ingest::Corpus& corpus,
                                std::string_view language) {
    std::vector<std::string> files;
    for (const auto& document : corpus.documents()) {
        if (document->kind() != ingest::Kind::Code ||
            ingest::languageOf(document->path(), std::string_view(document->text()).substr(0, 200)) !=
                language)
            continue;
        const QString path = folder.filePath(QString::fromStdString(document->path()));
        if (!QFileInfo(path).absoluteFilePath().startsWith(folder.path() + '/')) continue;
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly)) continue;
        file.write(document->text().data(), static_cast<qint64>(document->text().size()));
        files.push_back(document->path());
    }
    return files;
}

// Runs one program in the copy with an empty environment but for PATH; nullopt with a note when it fails.
std::optional<QByteArray> output(const QString& program, const QStringList& arguments, const QString& folder,
                                 bool fromErrors, std::vector<std::string>& notes, std::stop_token stop) {
    QProcess process;
    QProcessEnvironment environment;
    environment.insert("PATH", qEnvironmentVariable("PATH"));
    environment.insert("HOME", folder);
    environment.insert("LC_ALL", "C.UTF-8");
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(folder);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(program, arguments);
    for (int waited = 0; !process.waitForFinished(200) && process.state() != QProcess::NotRunning;
         waited += 200)
        if (stop.stop_requested() || waited > 600'000) {
            process.kill();
            process.waitForFinished(1000);
            notes.push_back(program.toStdString() + " was ended before it was done.");
            return std::nullopt;
        }
    if (process.error() == QProcess::FailedToStart) {
        notes.push_back(program.toStdString() + " could not be started.");
        return std::nullopt;
    }
    return fromErrors ? process.readAllStandardError() : process.readAllStandardOutput();
}

void cppcheck(const ingest::Corpus& corpus, std::vector<ForeignResult>& results,
              std::vector<std::string>& notes, std::stop_token stop) {
    const QTemporaryDir folder;
    if (copyTo(folder, corpus, "c").empty()) return;
    const auto text =
        output("cppcheck",
               {"--quiet", "--enable=warning,portability,performance",
                "--template={file}\t{line}\t{severity}\t{id}\t{message}", "--max-configs=4", "."},
               folder.path(), true, notes, stop);
    if (!text) return;
    for (const QByteArray& line : text->split('\n')) {
        const auto parts = line.split('\t');
        if (parts.size() < 5) continue;
        results.push_back({"cppcheck", parts[3].toStdString(), parts[4].toStdString(),
                           QDir::cleanPath(QString::fromUtf8(parts[0])).toStdString(), parts[1].toInt(),
                           severityOf(parts[2].toStdString())});
    }
}

void shellcheck(const ingest::Corpus& corpus, std::vector<ForeignResult>& results,
                std::vector<std::string>& notes, std::stop_token stop) {
    const QTemporaryDir folder;
    const auto files = copyTo(folder, corpus, "shell");
    for (std::size_t from = 0; from < files.size(); from += 50) {
        QStringList arguments{"--norc", "--format=json", "--"};
        for (std::size_t i = from; i < std::min(files.size(), from + 50); ++i)
            arguments << "./" + QString::fromStdString(files[i]);
        const auto text = output("shellcheck", arguments, folder.path(), false, notes, stop);
        if (!text) return;
        const Json json = Json::parse(text->toStdString(), nullptr, false);
        if (!json.is_array()) continue;
        for (const Json& one : json)
            results.push_back({"shellcheck", "SC" + std::to_string(one.value("code", 0)),
                               textAt(one, "message"),
                               QDir::cleanPath(QString::fromStdString(textAt(one, "file"))).toStdString(),
                               one.value("line", 0), severityOf(textAt(one, "level"))});
    }
}

void flawfinder(const ingest::Corpus& corpus, std::vector<ForeignResult>& results,
                std::vector<std::string>& notes, std::stop_token stop) {
    const QTemporaryDir folder;
    if (copyTo(folder, corpus, "c").empty()) return;
    const auto text = output("flawfinder", {"--sarif", "--quiet", "."}, folder.path(), false, notes, stop);
    if (!text) return;
    try {
        for (ForeignResult& result : readSarif(text->toStdString())) results.push_back(std::move(result));
    } catch (const std::exception&) {
        notes.push_back("flawfinder gave no results that could be read.");
    }
}

} // namespace

std::vector<ForeignResult> readSarif(const std::string& text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("runs") || !json.at("runs").is_array())
        throw std::runtime_error("The witness file is no SARIF: it has no list of runs.");
    std::vector<ForeignResult> results;
    for (const Json& run : json.at("runs")) {
        std::string tool = "sarif";
        if (run.is_object() && run.contains("tool") && run.at("tool").is_object() &&
            run.at("tool").contains("driver"))
            tool = textAt(run.at("tool").at("driver"), "name");
        if (!run.is_object() || !run.contains("results") || !run.at("results").is_array()) continue;
        for (const Json& one : run.at("results")) {
            if (!one.is_object()) continue;
            ForeignResult result;
            result.tool = tool;
            result.rule = textAt(one, "ruleId");
            if (one.contains("message")) result.message = textAt(one.at("message"), "text");
            result.severity = severityOf(textAt(one, "level"));
            const auto pointer = nlohmann::ordered_json::json_pointer("/locations/0/physicalLocation");
            if (one.contains(pointer)) {
                const Json& place = one.at(pointer);
                if (place.contains("artifactLocation"))
                    result.path = decodedUri(textAt(place.at("artifactLocation"), "uri"));
                if (place.contains("region") && place.at("region").is_object() &&
                    place.at("region").contains("startLine") &&
                    place.at("region").at("startLine").is_number_integer())
                    result.line = place.at("region").at("startLine").get<int>();
            }
            while (result.path.starts_with("./")) result.path.erase(0, 2);
            results.push_back(std::move(result));
        }
    }
    return results;
}

std::vector<ForeignResult> runTools(const ingest::Corpus& corpus, const std::vector<std::string>& tools,
                                    std::vector<std::string>& notes, std::stop_token stop) {
    std::vector<ForeignResult> results;
    for (const std::string& tool : tools) {
        const auto known = tool == "cppcheck"     ? cppcheck
                           : tool == "shellcheck" ? shellcheck
                           : tool == "flawfinder" ? flawfinder
                                                  : nullptr;
        if (!known)
            throw std::runtime_error("There is no tool \"" + tool +
                                     "\" to run: choose from cppcheck, shellcheck, flawfinder.");
        if (QStandardPaths::findExecutable(QString::fromStdString(tool)).isEmpty())
            notes.push_back(tool + " is not installed and was not run.");
        else
            known(corpus, results, notes, stop);
    }
    return results;
}

void addWitnesses(std::vector<Finding>& findings, Report& report, const ingest::Corpus& corpus,
                  const ReviewOptions& options, std::stop_token stop) {
    std::vector<ForeignResult> results;
    if (!options.witnessSarif.empty()) results = readSarif(options.witnessSarif);
    for (ForeignResult& one : runTools(corpus, options.runTools, report.notes, stop))
        results.push_back(std::move(one));
    int unplaced = 0;
    for (const ForeignResult& result : results) {
        const auto document = corpus.find(result.path);
        if (!document || result.line < 1 || result.line > corpus.document(*document).lineCount()) {
            ++unplaced;
            continue;
        }
        const ingest::Document& source = corpus.document(*document);
        const std::string at = result.path + ":" + std::to_string(result.line);
        const std::size_t begin = source.lineBegin(result.line), end = source.lineEnd(result.line);
        bool beside = false;
        for (Finding& finding : findings)
            for (const Evidence& evidence : finding.evidence)
                if (evidence.file == result.path && evidence.begin < end && evidence.end > begin &&
                    finding.source != result.tool) {
                    finding.witnesses.push_back({result.tool, result.rule, at});
                    beside = true;
                    break;
                }
        if (beside || end <= begin) continue;
        Finding suspect;
        suspect.rule = result.tool + ":" + result.rule;
        suspect.kind = "defect";
        suspect.source = result.tool;
        suspect.title = computedSentence(result.tool + " reports " + result.rule);
        suspect.claim = computedSentence(result.message);
        suspect.severity = result.severity;
        suspect.confidence = "weak";
        suspect.state = "uncertain";
        suspect.stateReason = "reported by " + result.tool + ", not verified";
        suspect.evidence.push_back(evidenceAt(corpus, {*document, begin, end}, EvidenceRole::Site));
        suspect.witnesses.push_back({result.tool, result.rule, at});
        suspect.fingerprint = fingerprint(suspect, corpus);
        findings.push_back(std::move(suspect));
    }
    if (unplaced > 0)
        report.notes.push_back(countOf(unplaced, "witness result names", "witness results name") +
                               " no line that was read.");
}

} // namespace app
