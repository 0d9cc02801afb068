// find, read, outline, refs, witness, more: looking at the corpus.
#include "app/agent/tool_kinds.h"

#include "ingest/search.h"

#include <algorithm>

namespace app {
namespace {

using ingest::Document;
using ingest::Span;

// "f003 src/a.c:12: text of the line", "f031 paper.pdf#p3: text".
std::string hitLine(const ToolBox& box, const ingest::Corpus& corpus, const Span& span) {
    const Document& document = corpus.document(span.document);
    const int line = document.lineAt(span.begin);
    const int page = document.pageAt(span.begin);
    const std::string place = page > 0 ? "#p" + std::to_string(page) : ":" + std::to_string(line);
    std::string_view text = document.line(line);
    // The hit itself must be in what is shown, also in a line of a megabyte.
    const std::size_t offset = span.begin - document.lineBegin(line);
    if (offset > 120)
        text = text.substr(offset - 100);
    while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xC0) == 0x80)
        text.remove_prefix(1);
    return box.nameOf(span.document) + place + ": " + oneLine(text, 220) + "\n";
}

std::string numberedLines(const Document& document, int from, int to) {
    std::string out;
    for (int line = from; line <= to; ++line) {
        out += std::to_string(line) + "\t";
        out += document.line(line);
        out += '\n';
        if (out.size() > 1024 * 1024)
            break;
    }
    return out;
}

ToolResult noFile(const std::string& file) {
    return toolFailed("there is no file \"" + oneLine(file, 100) + "\" among the files; find lists paths");
}

} // namespace

ToolResult ReadingTools::find(ToolBox& box, const ToolArguments& arguments, std::stop_token stop) {
    ingest::SearchQuery query;
    query.text = arguments.text("pattern");
    const std::string mode = arguments.has("mode") ? arguments.text("mode") : "literal";
    query.mode = mode == "pattern" ? ingest::SearchMode::Pattern
                 : mode == "name"  ? ingest::SearchMode::Name
                                   : ingest::SearchMode::Literal;
    query.scope = arguments.text("scope");
    query.limit = static_cast<std::size_t>(std::clamp<std::int64_t>(arguments.number("limit", 20), 1, 100));
    if (query.text.empty())
        return toolFailed("the pattern is empty");
    if (query.text.size() > 1000 || query.scope.size() > 1000)
        return toolFailed("the pattern or the scope is longer than 1000 bytes");
    const ingest::SearchResult result = ingest::search(*box.m_run.corpus, query, stop);
    if (!result.problem.empty() && result.hits.empty())
        return toolFailed(oneLine(result.problem, 300));
    std::string text = (result.complete ? "" : "at least ") + std::to_string(result.total) + " hits";
    if (!result.complete)
        text += " (the search ran out of time; narrow it by scope)";
    if (result.hits.size() < result.total)
        text += ", the first " + std::to_string(result.hits.size());
    text += "\n";
    for (const Span& span : result.hits)
        text += hitLine(box, *box.m_run.corpus, span);
    box.m_notes.searches.push_back({query.text, mode, query.scope, static_cast<std::int64_t>(result.total)});
    return toolDone(text, std::to_string(result.total) + " hits");
}

ToolResult ReadingTools::read(ToolBox& box, const ToolArguments& arguments, std::stop_token) {
    const auto index = box.documentOf(arguments.text("file"));
    if (!index)
        return noFile(arguments.text("file"));
    const Document& document = box.m_run.corpus->document(*index);
    const int last = document.pages().empty() ? document.lineCount() : static_cast<int>(document.pages().size());
    if (last == 0)
        return toolFailed("the file is empty");
    const auto bounded = [&](const char* name, std::int64_t otherwise) {
        return static_cast<int>(std::clamp<std::int64_t>(arguments.number(name, otherwise), 1, last));
    };
    const int from = bounded("from", 1);
    const int to = std::max(from, bounded("to", document.pages().empty() ? from + 199 : from));
    const std::string range = std::to_string(from) + "-" + std::to_string(to) + " of " + std::to_string(last);
    std::string text = box.nameOf(*index);
    if (document.pages().empty()) {
        text += ", lines " + range + "\n" + numberedLines(document, from, to);
    } else {
        text += ", pages " + range + "\n";
        for (int page = from; page <= to && text.size() < 1024 * 1024; ++page) {
            const ingest::Page& content = document.pages()[static_cast<std::size_t>(page - 1)];
            text += "page " + std::to_string(page) + "\n" + document.text().substr(content.begin, content.end - content.begin) + "\n";
        }
    }
    return toolDone(text, range);
}

ToolResult ReadingTools::outline(ToolBox& box, const ToolArguments& arguments, std::stop_token) {
    const auto index = box.documentOf(arguments.text("file"));
    if (!index)
        return noFile(arguments.text("file"));
    const ingest::Corpus& corpus = *box.m_run.corpus;
    const Document& document = corpus.document(*index);
    std::string text = box.nameOf(*index) + "\n";
    int count = 0;
    for (const ingest::Symbol& symbol : ingest::outline(corpus, *index)) {
        if (++count > 2000)
            break;
        const int first = document.lineAt(symbol.span.begin);
        const int final = document.lineAt(symbol.span.end > symbol.span.begin ? symbol.span.end - 1 : symbol.span.begin);
        const int page = document.pageAt(symbol.span.begin);
        text += (page > 0 ? "page " + std::to_string(page) : std::to_string(first) + "-" + std::to_string(final)) + " " +
                symbol.kind + " " + oneLine((symbol.scope.empty() ? "" : symbol.scope + "::") + symbol.name, 160) + "\n";
    }
    if (count == 0)
        text += "no symbols or headings\n";
    return toolDone(text, std::to_string(count) + " entries");
}

ToolResult ReadingTools::refs(ToolBox& box, const ToolArguments& arguments, std::stop_token stop) {
    const ingest::Corpus& corpus = *box.m_run.corpus;
    ingest::SearchQuery query;
    query.text = arguments.text("name");
    query.limit = 20;
    if (query.text.empty() || query.text.size() > 300)
        return toolFailed("the name is empty or longer than 300 bytes");
    const std::string name = query.text;
    query.mode = ingest::SearchMode::Name;
    const ingest::SearchResult defined = ingest::search(corpus, query, stop);
    query.limit = 60;
    query.mode = ingest::SearchMode::Literal;
    // Whole words only, unless the name itself would end the quotation.
    if (name.find("\\E") == std::string::npos) {
        query.mode = ingest::SearchMode::Pattern;
        query.text = "(?<![A-Za-z0-9_])\\Q" + name + "\\E(?![A-Za-z0-9_])";
    }
    const ingest::SearchResult used = ingest::search(corpus, query, stop);
    if (!used.problem.empty() && used.hits.empty())
        return toolFailed(oneLine(used.problem, 300));
    box.m_notes.searches.push_back({name, "name", "", static_cast<std::int64_t>(used.total)});
    std::string text = (used.complete ? "" : "at least ") + std::to_string(used.total) + " occurrences\ndefinitions\n";
    for (const Span& span : defined.hits)
        text += hitLine(box, corpus, span);
    if (defined.hits.empty())
        text += "none seen\n";
    text += "occurrences\n";
    for (const Span& span : used.hits)
        text += hitLine(box, corpus, span);
    if (used.hits.empty())
        text += "none\n";
    return toolDone(text, std::to_string(used.total) + " occurrences");
}

ToolResult ReadingTools::witness(ToolBox& box, const ToolArguments& arguments, std::stop_token) {
    const auto index = box.documentOf(arguments.text("file"));
    if (!index)
        return noFile(arguments.text("file"));
    const std::string& path = box.m_run.corpus->document(*index).path();
    std::string text;
    int count = 0;
    for (const Witness& witness : box.m_run.witnesses) {
        if (!witness.at.starts_with(path) || (witness.at.size() > path.size() && witness.at[path.size()] != ':' &&
                                              witness.at[path.size()] != '#'))
            continue;
        if (++count <= 200)
            text += witness.at + " " + witness.tool + " " + oneLine(witness.rule, 200) + "\n";
    }
    return toolDone(count == 0 ? "nothing is known about this file\n" : text, std::to_string(count) + " results");
}

ToolResult ReadingTools::more(ToolBox& box, const ToolArguments& arguments, std::stop_token) {
    const auto found = box.m_rest.find(arguments.text("handle"));
    if (found == box.m_rest.end())
        return toolFailed("there is no such handle, or it is too old");
    std::string rest = std::move(found->second);
    box.m_rest.erase(found);
    return toolDone(std::move(rest), "continued");
}

} // namespace app
