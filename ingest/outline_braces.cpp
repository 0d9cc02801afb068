// Languages with braces: every "{" is judged by the statement in front of it.
#include "ingest/outline.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <optional>
#include <utility>

namespace ingest::scan {

namespace {

struct Word {
    std::size_t begin, end;
};

bool isWordByte(unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '$' || c >= 0x80;
}

template <typename Range>
bool contains(const Range& range, std::string_view value) {
    return std::find(std::begin(range), std::end(range), value) != std::end(range);
}

constexpr std::string_view controls[] = {"if",    "for",   "while", "switch", "catch", "return", "do",     "else",  "try",   "new",
                                         "sizeof", "throw", "case",  "foreach", "using", "lock",  "synchronized", "await", "select", "match",
                                         "loop",  "when",  "guard", "defer",  "function"};
// Their parentheses are no parameter list.
constexpr std::string_view decorations[] = {"__attribute__", "__declspec", "alignas", "decltype", "noexcept", "requires", "explicit", "throw",
                                            "static_assert", "asm", "__asm__", "pub", "annotation"};

struct Found {
    std::string name, kind, scope; // scope: written in front of the name, as in A::f
    std::size_t begin = 0;         // where the name stands, in the header
};

// The statement in front of a "{", as words and signs.
class Header {
public:
    Header(std::string_view text, std::string_view language) : m_text(text), m_language(language) {
        for (std::size_t i = 0; i < text.size();) {
            if (!isWordByte(text[i])) {
                ++i;
                continue;
            }
            const std::size_t begin = i;
            while (i < text.size() && isWordByte(text[i]))
                ++i;
            m_words.push_back({begin, i});
        }
    }

    std::optional<Found> classify(bool inClass) const {
        if (m_words.empty())
            return std::nullopt;
        if (m_language == "go" || m_language == "rust" || m_language == "kotlin" || m_language == "swift" || m_language == "php")
            return byKeyword();
        if (m_language == "javascript") {
            if (auto found = byKeyword())
                return found;
            if (auto found = assigned())
                return found;
            return inClass ? byParameters() : std::nullopt;
        }
        if (auto found = type())
            return found;
        return byParameters();
    }

    // extern "C" {
    bool isTransparent() const { return m_words.size() <= 2 && !m_words.empty() && word(0) == "extern"; }
    bool isUnnamedType() const {
        return !m_words.empty() && m_text.find('(') == std::string_view::npos
               && std::any_of(m_words.begin(), m_words.end(), [this](const Word& w) { return isTypeWord(textOf(w)); });
    }
    bool has(std::string_view wanted) const {
        return std::any_of(m_words.begin(), m_words.end(), [&](const Word& w) { return textOf(w) == wanted; });
    }
    std::string_view lastWord() const { return m_words.empty() ? std::string_view() : textOf(m_words.back()); }
    std::string_view word(std::size_t index) const { return index < m_words.size() ? textOf(m_words[index]) : std::string_view(); }

    // "= {" and "return {" and the braces of an initialiser list: a value, whose statement goes on behind it.
    bool isValue() const {
        if (word(0) == "return")
            return true;
        int depth = 0;
        std::size_t close = std::string_view::npos;
        for (std::size_t i = 0; i < m_text.size(); ++i) {
            const char c = m_text[i];
            depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
            if (c == ')' && depth == 0 && close == std::string_view::npos)
                close = i;
            const char before = i > 0 ? m_text[i - 1] : ' ', after = i + 1 < m_text.size() ? m_text[i + 1] : ' ';
            if (c == '=' && depth == 0 && after != '=' && after != '>' && std::string_view("=!<>").find(before) == std::string_view::npos
                && !has("operator"))
                return m_text.find("=>") == std::string_view::npos && !has("function") && !has("where");
        }
        if (m_language != "c" || m_text.empty())
            return false;
        const bool touching = isWordByte(m_text.back()) || m_text.back() == '>';
        const auto colon = close == std::string_view::npos ? close : m_text.find(':', close);
        return m_text[m_text.find_first_not_of(" \t\r\n") == std::string_view::npos ? 0 : m_text.find_first_not_of(" \t\r\n")] == ','
               || (touching && colon != std::string_view::npos);
    }

private:
    std::string_view textOf(const Word& w) const { return m_text.substr(w.begin, w.end - w.begin); }

    static bool isTypeWord(std::string_view w) { return w == "class" || w == "struct" || w == "union" || w == "enum" || w == "interface"; }

    Found found(std::size_t index, std::string_view kind) const {
        return {std::string(word(index)), std::string(kind), {}, m_words[index].begin};
    }

    std::optional<Found> byKeyword() const {
        struct Keyword {
            std::string_view word, kind;
        };
        static constexpr Keyword keywords[] = {{"func", "function"},     {"fn", "function"},        {"fun", "function"},   {"function", "function"},
                                               {"class", "class"},       {"struct", "struct"},      {"enum", "enum"},      {"trait", "trait"},
                                               {"interface", "interface"}, {"protocol", "interface"}, {"impl", "impl"},    {"mod", "module"},
                                               {"namespace", "namespace"}, {"object", "class"},     {"extension", "class"}, {"union", "union"},
                                               {"macro_rules", "macro"}, {"type", "type"}};
        for (std::size_t i = 0; i < m_words.size(); ++i) {
            const auto keyword = std::find_if(std::begin(keywords), std::end(keywords), [&](const Keyword& k) { return k.word == word(i); });
            if (keyword == std::end(keywords))
                continue;
            if (m_language == "go" && keyword->word == "func")
                return goFunction(i);
            if (m_language == "rust" && keyword->word == "impl")
                return rustImplementation(i);
            if (i + 1 >= m_words.size())
                return std::nullopt;
            if (m_language == "javascript" && keyword->word != "function" && i > 0 && word(i - 1) != "export" && word(i - 1) != "default"
                && word(i - 1) != "abstract" && word(i - 1) != "declare" && word(i - 1) != "const")
                return std::nullopt;
            // "function (" has no name of its own.
            const std::string_view between = m_text.substr(m_words[i].end, m_words[i + 1].begin - m_words[i].end);
            if (between.find('(') != std::string_view::npos)
                return std::nullopt;
            if (m_language == "go" && keyword->word == "type")
                return found(i + 1, has("struct") ? "struct" : has("interface") ? "interface" : "type");
            return found(i + 1, keyword->kind);
        }
        return std::nullopt;
    }

    // func (r *Type) Name(...)
    std::optional<Found> goFunction(std::size_t at) const {
        const std::size_t after = m_text.find_first_not_of(" \t", m_words[at].end);
        if (after == std::string_view::npos || at + 1 >= m_words.size())
            return std::nullopt;
        if (m_text[after] != '(')
            return found(at + 1, "function");
        const auto close = m_text.find(')', after);
        std::optional<Found> method;
        std::string_view receiver;
        for (std::size_t i = at + 1; i < m_words.size() && !method; ++i) {
            if (m_words[i].begin < close)
                receiver = m_text.substr(m_words[i].begin, m_words[i].end - m_words[i].begin);
            else if (m_text.find_first_not_of(" \t)", close) == m_words[i].begin)
                method = found(i, "method");
            else
                return std::nullopt;
        }
        if (method)
            method->scope = receiver;
        return method;
    }

    // impl<T> Trait for Type
    std::optional<Found> rustImplementation(std::size_t at) const {
        std::size_t type = m_words.size();
        int angles = 0;
        for (std::size_t i = at + 1, last = m_words[at].end; i < m_words.size(); ++i) {
            for (; last < m_words[i].begin; ++last)
                angles += m_text[last] == '<' ? 1 : m_text[last] == '>' && m_text[last - 1] != '-' ? -1 : 0;
            last = m_words[i].end;
            if (angles > 0)
                continue;
            if (word(i) == "where")
                break;
            if (word(i) == "for")
                type = m_words.size();
            else if (type == m_words.size() || m_text.substr(m_words[i - 1].end, 2) == "::")
                type = i;
        }
        return type == m_words.size() ? std::nullopt : std::optional(found(type, "impl"));
    }

    // const name = (a) => {    name: function (a) {    exports.name = function {
    std::optional<Found> assigned() const {
        if (m_text.find("=>") == std::string_view::npos && !has("function"))
            return std::nullopt;
        const auto sign = m_text.find_first_of("=:(");
        if (sign == std::string_view::npos || m_text[sign] == '(' || m_text.substr(sign, 2) == "=>" || m_text.substr(sign, 2) == "==")
            return std::nullopt;
        for (std::size_t i = m_words.size(); i-- > 0;)
            if (m_words[i].end <= sign)
                return found(i, "function");
        return std::nullopt;
    }

    std::optional<Found> type() const {
        for (std::size_t i = 0; i < m_words.size(); ++i) {
            const std::string_view w = word(i);
            if (w == "namespace" && i <= 1) {
                if (i + 1 >= m_words.size())
                    return Found{{}, "namespace", {}, m_words[i].begin};
                Found all = found(i + 1, "namespace");
                all.name = m_text.substr(m_words[i + 1].begin, m_words.back().end - m_words[i + 1].begin);
                return all;
            }
            if (!isTypeWord(w) && !(m_language == "java" && w == "record"))
                continue;
            if (i > 0 && (m_text.substr(m_words[i - 1].end, m_words[i].begin - m_words[i - 1].end).find_first_of("<,") != std::string_view::npos))
                continue; // template <class T>
            const std::string_view before = m_text.substr(0, m_words[i].begin);
            if (std::count(before.begin(), before.end(), '(') > std::count(before.begin(), before.end(), ')'))
                continue; // int f(const struct ring *ring, …)
            return typeName(i);
        }
        return std::nullopt;
    }

    // class EXPORT Name final : Base. Not "struct stat f(...)", which is a function.
    std::optional<Found> typeName(std::size_t keyword) const {
        std::size_t name = m_words.size();
        int angles = 0;
        for (std::size_t i = keyword + 1, last = m_words[keyword].end; i <= m_words.size(); ++i) {
            const std::size_t until = i < m_words.size() ? m_words[i].begin : m_text.size();
            bool ended = false;
            for (; last < until && !ended; ++last) {
                const char c = m_text[last];
                angles += c == '<' ? 1 : c == '>' ? -1 : 0;
                ended = angles == 0 && ((c == ':' && m_text.substr(last, 2) != "::" && (last == 0 || m_text[last - 1] != ':')));
                if (c == '(' && angles == 0) {
                    if (m_language == "java") // a record's components
                        ended = true;
                    else if (name == m_words.size() || !contains(decorations, word(name)))
                        return std::nullopt;
                    else
                        last = std::min(m_text.find(')', last), m_text.size() - 1), name = m_words.size();
                }
            }
            if (ended || i >= m_words.size())
                break;
            last = m_words[i].end;
            const std::string_view w = word(i);
            if (w == "extends" || w == "implements" || w == "where" || w == "permits")
                break;
            if (angles == 0 && w != "final" && w != "class" && w != "struct" && w != "sealed")
                name = i;
        }
        if (name == m_words.size())
            return std::nullopt;
        return found(name, word(keyword) == "record" ? "class" : word(keyword));
    }

    std::optional<Found> byParameters() const {
        if (contains(controls, word(0)) || has("new") || m_text.find("=>") != std::string_view::npos)
            return std::nullopt;
        int depth = 0;
        for (std::size_t i = 0; i < m_text.size(); ++i) {
            const char c = m_text[i];
            if (c == '(' && depth == 0)
                if (auto name = nameBefore(i))
                    return name;
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        }
        return std::nullopt;
    }

    std::optional<Found> nameBefore(std::size_t parenthesis) const {
        std::size_t end = parenthesis;
        while (end > 0 && std::isspace(static_cast<unsigned char>(m_text[end - 1])))
            --end;
        const auto sign = m_text.rfind("operator", end);
        if (m_language == "c" && sign != std::string_view::npos && end - sign <= 24 && m_text.substr(sign, end - sign).find_first_of("(;)") == std::string_view::npos) {
            Found name{std::string(m_text.substr(sign, end - sign)), "function", {}, sign};
            name.scope = qualifier(sign);
            return name;
        }
        std::size_t begin = end;
        while (begin > 0 && isWordByte(m_text[begin - 1]))
            --begin;
        const std::string_view name = m_text.substr(begin, end - begin);
        if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) || contains(controls, name) || contains(decorations, name)
            || (begin > 0 && m_text[begin - 1] == '@') || name == "operator")
            return std::nullopt;
        const bool destructor = begin > 0 && m_text[begin - 1] == '~';
        begin -= destructor;
        Found found{std::string(m_text.substr(begin, end - begin)), "function", {}, begin};
        found.scope = qualifier(begin);
        return found;
    }

    // "A::B" in front of "::name", template arguments left out.
    std::string qualifier(std::size_t name) const {
        std::string scope;
        while (m_language == "c" && name >= 2 && m_text.substr(name - 2, 2) == "::") {
            std::size_t end = name - 2;
            if (end > 0 && m_text[end - 1] == '>') {
                int angles = 0;
                do {
                    --end;
                    angles += m_text[end] == '>' ? 1 : m_text[end] == '<' ? -1 : 0;
                } while (end > 0 && angles > 0);
            }
            std::size_t begin = end;
            while (begin > 0 && isWordByte(m_text[begin - 1]))
                --begin;
            if (begin == end)
                break;
            scope = std::string(m_text.substr(begin, end - begin)) + (scope.empty() ? "" : "::" + scope);
            name = begin;
        }
        return scope;
    }

    std::string_view m_text, m_language;
    std::vector<Word> m_words;
};

class BraceScanner {
public:
    BraceScanner(std::string_view text, std::string_view blanked, std::string_view language)
        : m_text(text), m_code(blanked), m_language(language),
          m_lineEnds(language == "go" || language == "kotlin" || language == "swift" || language == "javascript") {
        if (language == "c")
            m_symbols = takeDirectives(m_text, m_code);
    }

    std::vector<Symbol> run() {
        for (std::size_t i = 0; i < m_code.size(); ++i)
            step(i);
        while (!m_scopes.empty())
            close(m_code.size());
        std::erase_if(m_symbols, [](const Symbol& symbol) { return symbol.name.empty(); });
        std::stable_sort(m_symbols.begin(), m_symbols.end(), [](const Symbol& a, const Symbol& b) { return a.span.begin < b.span.begin; });
        return std::move(m_symbols);
    }

private:
    enum class Inside { Space, Class, Function, Value, Other };
    struct Scope {
        Inside inside;
        std::string name;
        std::size_t symbol; // index, or none
        int depth;          // of parentheses outside
        std::size_t statement;
    };
    static constexpr std::size_t none = std::string_view::npos;

    void step(std::size_t i) {
        switch (m_code[i]) {
        case '(':
        case '[': ++m_depth; break;
        case ')':
        case ']': m_depth = std::max(m_depth - 1, 0); break;
        case '{': open(i); break;
        case '}':
            close(i + 1);
            break;
        case ';':
            if (m_depth == 0) {
                endStatement(i);
                m_statement = i + 1;
            }
            break;
        case '\n':
            if (m_lineEnds && m_depth == 0)
                m_statement = i + 1;
            break;
        default: break;
        }
    }

    bool insideCode() const {
        return std::any_of(m_scopes.begin(), m_scopes.end(),
                           [](const Scope& s) { return s.inside == Inside::Function || s.inside == Inside::Value; });
    }

    void open(std::size_t i) {
        Scope scope{Inside::Other, {}, none, m_depth, m_statement};
        const std::string_view statement = std::string_view(m_code).substr(m_statement, i - m_statement);
        const Header header(statement.size() > 4000 ? statement.substr(statement.size() - 4000) : statement, m_language);
        const bool nested = m_language == "javascript";
        if (header.isTransparent())
            scope.inside = Inside::Space;
        else if (header.isValue())
            scope.inside = Inside::Value;
        else if (m_depth == 0 && (nested || !insideCode())) {
            const bool inClass = !m_scopes.empty() && m_scopes.back().inside == Inside::Class;
            if (const auto found = header.classify(inClass || m_language != "javascript"))
                begin(scope, *found, i);
            else if (m_language == "c" && header.isUnnamedType()) {
                scope.symbol = add({{}, header.has("enum") ? "enum" : header.has("union") ? "union" : "struct", {}, 0}, i);
                scope.inside = Inside::Value; // the name, if any, follows
            }
        }
        m_scopes.push_back(std::move(scope));
        m_depth = 0;
        m_statement = i + 1;
    }

    void begin(Scope& scope, const Found& found, std::size_t i) {
        const bool space = found.kind == "namespace" || found.kind == "module";
        const bool function = found.kind == "function" || found.kind == "method" || found.kind == "macro";
        scope.inside = space ? Inside::Space : function ? Inside::Function : Inside::Class;
        scope.name = found.name;
        if (!found.name.empty())
            scope.symbol = add(found, i);
    }

    std::size_t add(const Found& found, std::size_t i) {
        std::string scope;
        const std::string_view mark = m_language == "c" || m_language == "rust" || m_language == "php" ? "::" : ".";
        const auto append = [&](const std::string& name) {
            if (!name.empty())
                scope += (scope.empty() ? std::string() : std::string(mark)) + name;
        };
        for (const Scope& outer : m_scopes)
            append(outer.name);
        append(found.scope);
        std::size_t begin = m_statement;
        while (begin < i && std::isspace(static_cast<unsigned char>(m_code[begin])))
            ++begin;
        const bool method = found.kind == "function" && !m_scopes.empty() && m_scopes.back().inside == Inside::Class;
        m_symbols.push_back({found.name, method || (found.kind == "function" && !found.scope.empty()) ? "method" : found.kind, scope, {0, begin, i}});
        return m_symbols.size() - 1;
    }

    void close(std::size_t end) {
        if (m_scopes.empty()) {
            m_statement = end;
            m_depth = 0;
            return;
        }
        const Scope scope = std::move(m_scopes.back());
        m_scopes.pop_back();
        if (scope.symbol != none)
            m_symbols[scope.symbol].span.end = end;
        m_depth = scope.depth;
        if (scope.inside == Inside::Value && scope.symbol != none)
            m_unnamed = scope.symbol;
        const bool goesOn = (scope.inside == Inside::Value || m_depth > 0) && scope.symbol == none;
        m_statement = goesOn ? scope.statement : end;
    }

    // "typedef struct {...} Name;", "using Name = ...;", "typedef old Name;"
    void endStatement(std::size_t i) {
        const std::size_t unnamed = std::exchange(m_unnamed, none);
        if (m_language != "c" || insideCode())
            return;
        const std::string_view statement = std::string_view(m_code).substr(m_statement, std::min<std::size_t>(i - m_statement, 1000));
        const Header header(statement, m_language);
        if (unnamed != none && statement.find_first_of("({}") == none) {
            m_symbols[unnamed].name = header.lastWord();
            m_symbols[unnamed].span.end = i + 1;
        } else if (header.word(0) == "using" && statement.find('=') != none) {
            add({std::string(header.word(1)), "type", {}, 0}, i);
            m_symbols.back().span.end = i + 1;
        } else if (header.word(0) == "typedef" && statement.find_first_of("(){}") == none) {
            add({std::string(header.lastWord()), "type", {}, 0}, i);
            m_symbols.back().span.end = i + 1;
        }
    }

    std::string_view m_text;
    std::string m_code;
    std::string_view m_language;
    bool m_lineEnds;
    std::vector<Symbol> m_symbols;
    std::vector<Scope> m_scopes;
    std::size_t m_statement = 0, m_unnamed = none;
    int m_depth = 0;
};

} // namespace

std::vector<Symbol> braces(std::string_view text, std::string_view blanked, std::string_view language) {
    return BraceScanner(text, blanked, language).run();
}

} // namespace ingest::scan
