#include "app/cli/job_frame.h"

#include "app/report/checks.h"
#include "app/report/export.h"
#include "app/report/job_report.h"
#include "app/report/ledger.h"
#include "app/report/report_json.h"
#include "app/resources.h"
#include "app/workspace.h"

#include <algorithm>
#include <map>

namespace app::cli {

using Json = nlohmann::ordered_json;

namespace {

RunRequest requestOf(const Invocation& call, const std::string& job, const std::string& question) {
    RunRequest request;
    const auto goals = call.values("goal");
    request.goal = goals.empty() ? job : goals.front();
    request.question = question;
    request.scope = call.value("scope");
    request.follows = call.value("follow");
    request.strictness = int(call.number("strict", 2, 0, 3));
    request.passes = int(call.number("passes", 2, 1, 5));
    request.length = call.value("length", "page");
    request.extractive = call.has("extractive");
    if (call.has("plan")) request.plan = parsePlan(readFile(call.value("plan")), call.value("plan"));
    if (call.has("resume")) {
        const auto unfinished = const_cast<Invocation&>(call).session().unfinishedRun(job);
        if (!unfinished)
            throw UsageError("The session has no unfinished " + job + " to resume.", "--resume",
                             "run it without --resume");
        request.resumes = unfinished->id;
    }
    return request;
}

} // namespace

JobFrame::JobFrame(Invocation& call, const std::string& job, const std::string& question, std::size_t first)
    : m_call(call) {
    RunRequest request = requestOf(call, job, question);
    call.budget(); // refuses what is no money before anything is read
    // Whoever watches learns first what runs, and into which session.
    const std::string started = formatTime(utcNow());
    const std::string id = newRunId(started);
    call.events().setRun(id);
    call.request(first); // the session may be named after what is read
    call.events().started(job, call.sessionFile().string(), request.resumes);
    RunSubject subject;
    subject.corpus = call.corpus(first);
    subject.counter = call.counter();
    subject.request = call.request().toJson();
    subject.manifest = Ledger(subject.corpus).manifest();
    subject.options = [this, first](const BackendInfo&) { return m_call.contextOptions(first); };
    m_frame = std::make_unique<RunFrame>(std::move(subject), call.settings(), std::move(request),
                                         &call.session(), hooks(), call.stop());
    m_frame->setId(id, started);
    try {
        m_frame->prepare([&call] { return call.backend(); });
    } catch (const SecretsFound& found) {
        throw UsageError(found.what(), "--secrets",
                         "leave the file out with --exclude, or add --secrets mask");
    }
    if (!m_frame->model()) call.withoutBackend(); // also where nobody's engine could not be opened
}

RunHooks JobFrame::hooks() {
    RunHooks hooks;
    hooks.onStage = [this](const std::string& name, std::int64_t done, std::int64_t total) {
        static const std::map<std::string, std::string> words{{"plan", "Counting"},
                                                              {"scan", "Examining"},
                                                              {"verify", "Verifying"},
                                                              {"decide", "Deciding"},
                                                              {"report", "Reporting"}};
        const auto word = words.find(name);
        m_call.progress().update(word == words.end() ? name : word->second, done, total,
                                 name == "plan" ? "files" : "steps");
        m_call.events().send("stage",
                             {{"name", name}, {"done", done}, {"total", total}, {"estimated", false}});
    };
    hooks.onFinding = [this](const Finding& finding) { m_call.events().send("finding", toJson(finding)); };
    hooks.onSentence = [this](const Sentence& sentence) {
        m_call.events().send("sentence", toJson(sentence));
    };
    hooks.onWarning = [this](const std::string& what, const std::string& about) {
        m_call.events().warning(what, about);
    };
    hooks.onEvent = [this](const std::string& type, const Json& fields) {
        m_call.events().send(type, fields);
        if (type == "branch.started" && fields.contains("question") && fields["question"].is_string())
            m_call.progress().update("Asking", m_frame->model()->calls, m_frame->plan().calls(), "calls",
                                     fields["question"].get<std::string>());
    };
    hooks.consent = [this](const ConsentQuestion& question) {
        m_call.consent(question);
        return true;
    };
    hooks.verbose = m_call.verbose();
    return hooks;
}

int JobFrame::finish(Report& report) {
    m_call.progress().clear();
    const std::string json = m_frame->finish(report, m_call.conditions(), m_call.interrupted());
    m_call.printJson(Json::parse(json));
    return m_call.exitCode();
}

namespace {

std::string oneLine(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return visible(text);
}

// An answer's passages keep their lines; a summary's sentences are one line each.
void printSentences(Invocation& call, const std::vector<Sentence>& list, bool passages) {
    std::string group;
    for (const Sentence& sentence : list) {
        if (!sentence.group.empty() && sentence.group != group) call.print("\n" + sentence.group);
        group = sentence.group;
        const bool passage = passages && sentence.origin == Origin::Extracted &&
                             sentence.text.find('\n') != std::string::npos && sentence.text.size() > 200;
        std::string line = sentence.origin == Origin::Generated
                               ? "  \u25CC " + oneLine(sentence.text) + " (" + originWords(sentence) + ")"
                           : passage ? sentence.text
                                     : "  " + oneLine(sentence.text);
        if (!sentence.evidence.empty())
            line += (passage ? "\n  [" : "  [") + sentence.evidence.front().at +
                    (sentence.evidence.size() > 1
                         ? " and " + std::to_string(sentence.evidence.size() - 1) + " more"
                         : "") +
                    "]";
        call.print(line);
    }
}

} // namespace

void printReport(Invocation& call, const Report& original) {
    const Report report = prepareForExport(original, {});
    for (const std::string& line : openingLines(report)) call.print(line);
    if (!report.answer.empty()) {
        call.print("");
        printSentences(call, report.answer, true);
    }
    const SummaryParts parts = summaryParts(report);
    if (!parts.summary.empty()) {
        call.print("");
        printSentences(call, parts.summary, false);
    }
    if (!report.findings.empty()) call.print("");
    for (const Finding& finding : report.findings) {
        const std::string word = std::string(toString(finding.severity));
        const std::string at = finding.evidence.empty() ? std::string() : finding.evidence.front().at;
        call.print(word + std::string(word.size() < 9 ? 9 - word.size() : 1, ' ') + finding.id + "  " +
                   finding.rule + "  " + at);
        call.print("         " + std::string(finding.title.origin == Origin::Generated ? "\u25CC " : "") +
                   oneLine(finding.title.text) + (finding.title.demo ? " (demo model)" : ""));
    }
    if (!parts.samples.empty()) {
        call.print("\n" + std::string(samplesHeading) + ":");
        printSentences(call, parts.samples, false);
        call.print("");
    }
    if (!report.coverage.open.empty()) call.print("\nNot read:");
    for (std::size_t i = 0; i < report.coverage.open.size() && i < 20; ++i) {
        const CoverageGap& gap = report.coverage.open[i];
        call.print("  " + gap.path + (gap.pages.empty() ? "" : " pages " + gap.pages) + ": " + gap.state +
                   ", " + gap.reason);
    }
    for (const std::string& note : report.notes) call.print("Note: " + oneLine(note));
}

} // namespace app::cli
