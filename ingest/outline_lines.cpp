// Languages whose structure is in their lines: indentation (Python, Ruby), and keywords or braces of shell and Lua.
#include "ingest/outline.h"

#include <algorithm>
#include <cctype>

namespace ingest::scan {

namespace {

bool isWordByte(unsigned char c) {
    return std::isalnum(c) || c == '_' || c >= 0x80;
}

struct Line {
    std::size_t begin, end; // newline excluded
    std::size_t indent;     // of its first character, a tab to the next multiple of 8
    std::size_t first;      // byte of it; == end in a blank line
};

std::vector<Line> linesOf(std::string_view text) {
    std::vector<Line> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        Line line{begin, std::min(text.find('\n', begin), text.size()), 0, begin};
        while (line.first < line.end && (text[line.first] == ' ' || text[line.first] == '\t' || text[line.first] == '\r')) {
            line.indent = text[line.first] == '\t' ? (line.indent / 8 + 1) * 8 : line.indent + 1;
            ++line.first;
        }
        lines.push_back(line);
        begin = line.end + 1;
    }
    return lines;
}

// "word name" at the start of a line gives where the name is; names may hold the given signs as well.
std::string_view nameAfter(std::string_view line, std::string_view word, std::string_view signs) {
    if (!line.starts_with(word) || line.size() <= word.size() || (line[word.size()] != ' ' && line[word.size()] != '\t'))
        return {};
    std::size_t begin = line.find_first_not_of(" \t", word.size());
    if (begin == std::string_view::npos)
        return {};
    std::size_t end = begin;
    while (end < line.size() && (isWordByte(line[end]) || signs.find(line[end]) != std::string_view::npos))
        ++end;
    return line.substr(begin, end - begin);
}

struct Definition {
    std::string_view name, kind;
};

Definition definitionIn(std::string_view line, std::string_view language) {
    if (language == "python") {
        if (line.starts_with("async ") || line.starts_with("cdef ") || line.starts_with("cpdef "))
            line.remove_prefix(std::min(line.find_first_not_of(" \t", line.find(' ')), line.size()));
        if (const auto name = nameAfter(line, "def", ""); !name.empty())
            return {name, "function"};
        return {nameAfter(line, "class", ""), "class"};
    }
    if (const auto name = nameAfter(line, "def", ".?!=<>[]+-*/%"); !name.empty())
        return {name, "function"};
    if (const auto name = nameAfter(line, "class", ":"); !name.empty())
        return {name, "class"};
    return {nameAfter(line, "module", ":"), "module"};
}

} // namespace

std::vector<Symbol> indentation(std::string_view, std::string_view code, std::string_view language) {
    std::vector<Symbol> symbols;
    struct Open {
        std::size_t symbol, indent;
        std::string name;
        bool isClass;
    };
    std::vector<Open> open;
    const std::vector<Line> lines = linesOf(code);
    std::size_t lastEnd = 0; // of the last line that is not blank
    int brackets = 0;        // inside them a line is no statement
    for (const Line& line : lines) {
        const std::string_view content = code.substr(line.first, line.end - line.first);
        if (!content.empty() && brackets == 0) {
            // Ruby's "end" stands where its beginning stands and belongs to it.
            const bool closes = language == "ruby" && (content == "end" || content.starts_with("end ") || content.starts_with("end\r"));
            while (!open.empty() && line.indent <= open.back().indent) {
                const bool own = closes && line.indent == open.back().indent;
                symbols[open.back().symbol].span.end = own ? line.end : lastEnd;
                open.pop_back();
            }
            const Definition definition = definitionIn(content, language);
            if (!definition.name.empty()) {
                std::string scope;
                for (const Open& outer : open)
                    scope += (scope.empty() ? "" : language == "ruby" ? "::" : ".") + outer.name;
                const bool method = definition.kind == "function" && !open.empty() && open.back().isClass;
                symbols.push_back({std::string(definition.name), std::string(method ? "method" : definition.kind), scope, {0, line.first, line.end}});
                open.push_back({symbols.size() - 1, line.indent, symbols.back().name, definition.kind != "function"});
            }
        }
        for (const char c : content)
            brackets += c == '(' || c == '[' || c == '{' ? 1 : c == ')' || c == ']' || c == '}' ? -1 : 0;
        brackets = std::max(brackets, 0);
        if (!content.empty())
            lastEnd = line.end;
    }
    for (const Open& rest : open)
        symbols[rest.symbol].span.end = std::max(lastEnd, symbols[rest.symbol].span.end);
    return symbols;
}

std::vector<Symbol> lines(std::string_view, std::string_view code, std::string_view language) {
    std::vector<Symbol> symbols;
    const std::vector<Line> all = linesOf(code);
    const std::string_view closing = language == "shell" ? "}" : "end";
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Line& line = all[i];
        const std::string_view content = code.substr(line.first, line.end - line.first);
        std::string_view name = nameAfter(content, "function", language == "shell" ? "-:." : ".:");
        if (name.empty() && language == "lua")
            name = nameAfter(content, "local function", ".:");
        if (name.empty() && language == "shell") {
            // name() {
            std::size_t end = 0;
            while (end < content.size() && (isWordByte(content[end]) || content[end] == '-' || content[end] == ':' || content[end] == '.'))
                ++end;
            const auto sign = content.find_first_not_of(" \t", end);
            if (end > 0 && sign != std::string_view::npos && content[sign] == '('
                && content.find_first_not_of(" \t", sign + 1) == content.find(')', sign) && content.find(')', sign) != std::string_view::npos)
                name = content.substr(0, end);
        }
        if (name.empty())
            continue;
        std::size_t end = line.end;
        // One line, or as far as the closing word at the same depth.
        const bool whole = language == "shell" ? content.ends_with("}") : content.ends_with(" end");
        for (std::size_t k = i + 1; !whole && k < all.size(); ++k) {
            const std::string_view later = code.substr(all[k].first, all[k].end - all[k].first);
            if (all[k].indent <= line.indent && later.starts_with(closing)) {
                end = all[k].end;
                break;
            }
        }
        symbols.push_back({std::string(name), "function", {}, {0, line.first, end}});
    }
    return symbols;
}

} // namespace ingest::scan
