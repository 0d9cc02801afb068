// history, blame, diff: git facts about a file, from the object database.
#include "app/agent/tool_kinds.h"

#include "ingest/git_history.h"

#include <ctime>

namespace app {
namespace {

std::string dayOf(std::int64_t time) {
    const std::time_t seconds = static_cast<std::time_t>(time);
    std::tm parts{};
    char text[16] = "?";
    if (gmtime_r(&seconds, &parts))
        std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
    return text;
}

std::string commitLine(const ingest::Commit& commit) {
    return commit.id.substr(0, 10) + " " + dayOf(commit.time) + " " + oneLine(commit.author, 60) + ": " +
           oneLine(commit.subject, 160) + "\n";
}

// The document and the revision it was read from; a sentence where there is no history.
struct Subject {
    const ingest::Document* document = nullptr;
    std::string revision, problem;
};

Subject subjectOf(const ToolBox& box, const ModelRun& run, const std::string& file) {
    Subject subject;
    if (!run.history) {
        subject.problem = "the files are not in a git repository: there is no history";
        return subject;
    }
    const auto index = box.documentOf(file);
    if (!index) {
        subject.problem = "there is no file \"" + oneLine(file, 100) + "\" among the files";
        return subject;
    }
    subject.document = &run.corpus->document(*index);
    const auto& subjects = run.corpus->subjects();
    subject.revision = subjects.empty() || subjects.front().revision.empty() ? "HEAD" : subjects.front().revision;
    return subject;
}

} // namespace

ToolResult HistoryTools::history(ToolBox& box, const ToolArguments& arguments, std::stop_token stop) {
    const Subject subject = subjectOf(box, box.m_run, arguments.text("file"));
    if (!subject.problem.empty())
        return toolFailed(subject.problem);
    std::string text;
    int count = 0;
    for (const ingest::Commit& commit : box.m_run.history->log(subject.revision, subject.document->path(), 15, stop)) {
        text += commitLine(commit);
        ++count;
    }
    if (stop.stop_requested())
        text += "(there was no time to look further back)\n";
    return toolDone(count == 0 ? "no commit in reach changed this file\n" : text, std::to_string(count) + " commits");
}

ToolResult HistoryTools::blame(ToolBox& box, const ToolArguments& arguments, std::stop_token stop) {
    const Subject subject = subjectOf(box, box.m_run, arguments.text("file"));
    if (!subject.problem.empty())
        return toolFailed(subject.problem);
    const std::int64_t line = arguments.number("line", 0);
    if (line < 1 || line > subject.document->lineCount())
        return toolFailed("the file has lines 1 to " + std::to_string(subject.document->lineCount()));
    const int number = static_cast<int>(line);
    const auto blamed = box.m_run.history->blame(subject.revision, subject.document->path(), number, number, stop);
    if (blamed.empty())
        return toolFailed("the line is not in the committed file, or there was no time to find its commit");
    std::string text = commitLine(box.m_run.history->commit(blamed.front().commit));
    if (blamed.front().boundary)
        text += "(history ends here: written in this commit or before)\n";
    return toolDone(text, blamed.front().commit.substr(0, 10));
}

ToolResult HistoryTools::diff(ToolBox& box, const ToolArguments& arguments, std::stop_token stop) {
    const Subject subject = subjectOf(box, box.m_run, arguments.text("file"));
    if (!subject.problem.empty())
        return toolFailed(subject.problem);
    const std::string& path = subject.document->path();
    const auto& subjects = box.m_run.corpus->subjects();
    if (!subjects.empty() && subjects.front().dirty)
        if (const std::string text = box.m_run.history->diffToText(subject.revision, path, subject.document->text());
            !text.empty())
            return toolDone("not committed yet\n" + text, "uncommitted");
    const auto commits = box.m_run.history->log(subject.revision, path, 1, stop);
    if (commits.empty())
        return toolFailed("no commit in reach changed this file");
    const ingest::Commit& commit = commits.front();
    const std::string parent = commit.parents.empty() ? std::string() : commit.parents.front();
    return toolDone(commitLine(commit) + box.m_run.history->diff(parent, commit.id, path), commit.id.substr(0, 10));
}

} // namespace app
