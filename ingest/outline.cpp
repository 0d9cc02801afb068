#include "ingest/outline.h"

#include "ingest/corpus.h"
#include "ingest/kind.h"

#include <algorithm>
#include <set>

namespace ingest {

namespace {

// A heading reaches to the next one of its level or above.
std::vector<Symbol> headings(const Document& document, std::uint32_t index) {
    std::vector<Symbol> symbols;
    const auto& items = document.outline();
    std::vector<std::string> above;
    for (std::size_t i = 0; i < items.size(); ++i) {
        std::size_t end = document.text().size();
        for (std::size_t k = i + 1; k < items.size(); ++k)
            if (items[k].level <= items[i].level && items[k].begin >= items[i].begin) {
                end = items[k].begin;
                break;
            }
        const std::size_t level = static_cast<std::size_t>(std::max(items[i].level, 1));
        above.resize(std::min(above.size(), level - 1));
        std::string scope;
        for (const std::string& title : above)
            scope += (scope.empty() ? "" : " / ") + title;
        above.push_back(items[i].title);
        symbols.push_back({items[i].title, "heading", scope, {index, std::min(items[i].begin, end), end}});
    }
    return symbols;
}

} // namespace

std::vector<Symbol> scanSymbols(const Document& document, std::uint32_t index) {
    if (document.kind() == Kind::Markdown || document.kind() == Kind::Pdf)
        return headings(document, index);
    const std::string& text = document.text();
    const std::string_view language = languageOf(document.path(), std::string_view(text).substr(0, 200));
    if (language.empty() || language == "markdown")
        return {};
    const std::string blanked = scan::withoutCommentsAndStrings(text, language);
    std::vector<Symbol> symbols;
    if (language == "python" || language == "ruby")
        symbols = scan::indentation(text, blanked, language);
    else if (language == "lua" || language == "shell")
        symbols = scan::lines(text, blanked, language);
    else
        symbols = scan::braces(text, blanked, language);
    for (Symbol& symbol : symbols)
        symbol.span.document = index;
    return symbols;
}

std::vector<Symbol> outline(const Corpus& corpus, std::uint32_t index) {
    if (index >= corpus.documents().size())
        return {};
    const Document& document = corpus.document(index);
    std::vector<Symbol> symbols = scanSymbols(document, index);
    if (document.kind() != Kind::Code)
        return symbols;
    // ctags adds what our scanners do not know; where both see a name in one line, ours stays, because it has an end.
    std::set<std::pair<int, std::string>> known;
    for (const Symbol& symbol : symbols)
        for (int line = document.lineAt(symbol.span.begin); line <= document.lineAt(symbol.span.begin) + 2; ++line)
            known.emplace(line, symbol.name);
    for (Symbol& symbol : ctagsSymbols(document, index))
        if (!known.contains({document.lineAt(symbol.span.begin), symbol.name}))
            symbols.push_back(std::move(symbol));
    std::stable_sort(symbols.begin(), symbols.end(), [](const Symbol& a, const Symbol& b) { return a.span.begin < b.span.begin; });
    return symbols;
}

} // namespace ingest
