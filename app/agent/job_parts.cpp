#include "app/agent/job_parts.h"

#include "app/agent/tool_kinds.h"
#include "app/context.h"
#include "app/report/checks.h"
#include "ingest/search.h"

#include <algorithm>
#include <set>

namespace app {

std::string fenceOf(const ModelRun& run) {
    return run.context ? run.context->fence() : run.corpus->sha256().substr(0, 6);
}

std::string fenced(const ModelRun& run, const ingest::Span& span, std::size_t most) {
    const std::string fence = fenceOf(run);
    std::string_view text = ingest::textOf(*run.corpus, span);
    if (text.size() > most) {
        text = text.substr(0, most);
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80)
            text.remove_suffix(1);
        if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0)
            text.remove_suffix(1);
    }
    return "⟦" + fence + " " + ingest::toString(*run.corpus, span) + "⟧\n" + std::string(text) + "\n⟦" + fence + " end⟧\n";
}

std::string surroundings(const ModelRun& run, const std::vector<Evidence>& evidence) {
    const ingest::Corpus& corpus = *run.corpus;
    const std::string fence = fenceOf(run);
    std::set<std::pair<std::uint32_t, int>> seen;
    std::string out;
    for (const Evidence& item : evidence) {
        const auto index = corpus.find(item.file);
        if (!index || item.end > corpus.document(*index).text().size())
            continue;
        const ingest::Document& document = corpus.document(*index);
        const int line = document.lineAt(item.begin);
        int from = std::max(1, line - 20), to = std::min(document.lineCount(), line + 20);
        // The smallest symbol around it, if that can be shown whole.
        for (const ingest::Symbol& symbol : ingest::outline(corpus, *index)) {
            const int first = document.lineAt(symbol.span.begin);
            const int last = document.lineAt(symbol.span.end > symbol.span.begin ? symbol.span.end - 1 : symbol.span.begin);
            if (first <= line && last >= line && last - first >= 2 && last - first <= 120) {
                from = first;
                to = last;
            }
        }
        if (!seen.emplace(*index, from).second || out.size() > 48'000)
            continue;
        out += "⟦" + fence + " " + item.file + ":" + std::to_string(from) + "-" + std::to_string(to) + "⟧\n";
        for (int number = from; number <= to; ++number)
            out += std::to_string(number) + "\t" + std::string(document.line(number).substr(0, 2000)) + "\n";
        out += "⟦" + fence + " end⟧\n";
    }
    return out;
}

std::string evidenceLines(const std::vector<Evidence>& evidence) {
    std::string out;
    for (const Evidence& item : evidence)
        out += std::string(toString(item.role)) + " " + item.at + " \"" + item.quote.substr(0, 800) + "\"\n";
    return out;
}

std::string shownText(std::string_view text, std::size_t most) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
        return {};
    text = text.substr(begin);
    text = text.substr(0, text.find('\n'));
    std::string line = visible(oneLine(text, most));
    while (!line.empty() && line.back() == ' ')
        line.pop_back();
    return line;
}

std::vector<std::string> sentencesOf(std::string_view text) {
    std::vector<std::string> out;
    std::string current;
    for (std::size_t i = 0; i < text.size() && out.size() < 60; ++i) {
        current += text[i];
        const bool ends = (text[i] == '.' || text[i] == '!' || text[i] == '?') &&
                          (i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\n');
        if (!ends && text[i] != '\n')
            continue;
        if (const std::string shown = shownText(current, 1200); !shown.empty())
            out.push_back(shown);
        current.clear();
    }
    if (const std::string shown = shownText(current, 1200); !shown.empty())
        out.push_back(shown);
    return out;
}

void checkSupport(Agent& agent, Sentence& sentence, const std::string& id, std::stop_token stop) {
    if (sentence.evidence.empty() || stop.stop_requested())
        return;
    BranchTask task;
    task.name = "support " + id;
    task.kind = BranchKind::Verify;
    task.question = sentence.text;
    task.text = agent.prompts().fill("support", {{"candidate", id}, {"claim", sentence.text},
                                                 {"evidence", evidenceLines(sentence.evidence)},
                                                 {"focus", surroundings(agent.model(), sentence.evidence)}});
    const BranchResult result = agent.run(task, stop);
    for (const NotedVerdict& noted : result.notes.verdicts)
        if (noted.candidate == id)
            sentence.supports = noted.verdict.outcome == "confirmed" ? Supports::Yes
                                : noted.verdict.outcome == "refuted" ? Supports::No
                                                                     : Supports::Unknown;
}

void note(ModelRun& run, const std::string& sentence) {
    if (std::find(run.notes.begin(), run.notes.end(), sentence) == run.notes.end())
        run.notes.push_back(sentence);
}

} // namespace app
