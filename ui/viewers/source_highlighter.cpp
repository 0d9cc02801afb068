#include "ui/viewers/source_highlighter.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>

namespace ui {

namespace {

const std::unordered_set<std::string_view>& keywords() {
    // The common stock of the families; a word that is none in a language is rarely used as a name there.
    static const std::unordered_set<std::string_view> words{
        "abstract", "and", "as", "assert", "async", "auto", "await", "bool", "break", "case", "catch", "char", "class", "const", "constexpr",
        "continue", "def", "default", "defer", "del", "delete", "do", "double", "elif", "else", "enum", "except", "export", "extends", "extern",
        "false", "False", "final", "finally", "float", "fn", "for", "foreach", "from", "func", "function", "global", "go", "goto", "if", "impl",
        "implements", "import", "in", "inline", "instanceof", "int", "interface", "is", "lambda", "let", "long", "loop", "match", "mod", "module",
        "mut", "namespace", "new", "nil", "None", "noexcept", "not", "null", "nullptr", "operator", "or", "override", "package", "pass", "private",
        "protected", "pub", "public", "raise", "range", "return", "self", "short", "signed", "sizeof", "static", "struct", "super", "switch",
        "template", "this", "throw", "throws", "trait", "true", "True", "try", "type", "typedef", "typename", "union", "unsigned", "use", "using",
        "var", "virtual", "void", "volatile", "where", "while", "with", "yield", "then", "fi", "done", "esac", "local", "end", "begin", "SELECT",
        "FROM", "WHERE", "INSERT", "UPDATE", "CREATE", "TABLE", "JOIN", "AND", "OR", "NOT", "NULL", "co_await", "co_return", "co_yield", "concept",
        "requires", "consteval", "constinit", "mutable", "explicit", "friend", "register", "restrict", "select", "chan", "map", "unsafe", "crate"};
    return words;
}

bool isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool any(std::string_view name, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

} // namespace

SourceHighlighter::SourceHighlighter(std::string_view path) {
    std::string name(path.substr(path.rfind('/') + 1));
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    const auto dot = name.rfind('.');
    const std::string_view ending = dot == std::string::npos ? std::string_view() : std::string_view(name).substr(dot + 1);
    if (any(ending, {"c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx", "cu", "cuh", "m", "mm", "java", "js", "jsx", "mjs", "ts", "tsx", "go", "rs",
                     "cs", "kt", "kts", "swift", "scala", "php", "dart", "proto", "glsl", "css", "scss", "json", "zig", "d", "groovy", "gradle"}))
        m_family = Family::C;
    else if (any(ending, {"py", "pyi", "pyx", "bzl", "star"}))
        m_family = Family::Python;
    else if (any(ending, {"sh", "bash", "zsh", "fish", "yml", "yaml", "toml", "ini", "cfg", "conf", "cmake", "rb", "pl", "pm", "r", "tcl", "mk", "jl", "nix", "ex", "exs"}) ||
             any(name, {"makefile", "dockerfile", "cmakelists.txt", "gemfile", ".gitignore"}))
        m_family = Family::Hash;
    else if (any(ending, {"sql", "lua", "hs", "ada", "adb", "ads", "vhd", "elm"}))
        m_family = Family::Dash;
    else if (any(ending, {"html", "htm", "xml", "svg", "ui", "qrc", "xsd", "vue"}))
        m_family = Family::Markup;
}

// Where what `state` began ends, npos when not on this line.
std::size_t SourceHighlighter::closing(std::string_view text, std::size_t from, std::uint8_t state) const {
    const std::string_view sign = state == BlockComment ? (m_family == Family::Markup ? "-->" : "*/")
                                  : state == TripleSingle ? "'''"
                                  : state == TripleDouble ? "\"\"\""
                                                          : "`";
    const std::size_t at = text.find(sign, from);
    return at == std::string_view::npos ? at : at + sign.size();
}

std::vector<TokenRange> SourceHighlighter::line(std::string_view text, std::uint8_t& state) const {
    std::vector<TokenRange> tokens;
    if (m_family == Family::Plain)
        return tokens;
    const auto add = [&](std::size_t begin, std::size_t end, Token token) { tokens.push_back({int(begin), int(end), token}); };
    std::size_t at = 0;
    const auto spanLines = [&](std::size_t begin, std::size_t from, std::uint8_t what) {
        const std::size_t end = closing(text, from, what);
        state = end == std::string_view::npos ? what : std::uint8_t(Nothing);
        at = std::min(end, text.size());
        add(begin, at, what == BlockComment ? Token::Comment : Token::Text);
    };
    if (state != Nothing)
        spanLines(0, 0, state);
    const std::size_t first = text.find_first_not_of(" \t");
    if (m_family == Family::C && at == 0 && first != std::string_view::npos && text[first] == '#') {
        std::size_t end = first + 1;
        while (end < text.size() && (isNameStart(text[end]) || text[end] == ' '))
            ++end;
        add(first, end, Token::Directive);
        at = end;
    }
    while (at < text.size()) {
        const char c = text[at];
        const std::string_view rest = text.substr(at);
        const bool lineComment = (m_family == Family::C && rest.starts_with("//")) || (m_family == Family::Dash && rest.starts_with("--")) ||
                                 ((m_family == Family::Hash || m_family == Family::Python) && c == '#' && (at == 0 || text[at - 1] == ' ' || text[at - 1] == '\t'));
        if (lineComment) {
            add(at, text.size(), Token::Comment);
            break;
        }
        if (m_family == Family::C && rest.starts_with("/*")) {
            spanLines(at, at + 2, BlockComment);
        } else if (m_family == Family::Markup && rest.starts_with("<!--")) {
            spanLines(at, at + 4, BlockComment);
        } else if (m_family == Family::Python && (rest.starts_with("'''") || rest.starts_with("\"\"\""))) {
            spanLines(at, at + 3, c == '"' ? TripleDouble : TripleSingle);
        } else if (m_family == Family::C && c == '`') {
            spanLines(at, at + 1, Backtick);
        } else if (c == '"' || (c == '\'' && !(at > 0 && (isDigit(text[at - 1]) || isNameStart(text[at - 1]))))) {
            std::size_t end = at + 1;
            while (end < text.size() && text[end] != c)
                end += text[end] == '\\' ? 2 : 1;
            end = std::min(end + 1, text.size());
            const bool lifetime = c == '\'' && end == text.size() && text.back() != '\''; // 'a in Rust, don't in prose
            if (!lifetime)
                add(at, end, Token::Text);
            at = lifetime ? at + 1 : end;
        } else if (isDigit(c)) {
            std::size_t end = at + 1;
            while (end < text.size() && (isDigit(text[end]) || isNameStart(text[end]) || text[end] == '.' || text[end] == '\''))
                ++end;
            add(at, end, Token::Number);
            at = end;
        } else if (isNameStart(c)) {
            std::size_t end = at + 1;
            while (end < text.size() && (isNameStart(text[end]) || isDigit(text[end])))
                ++end;
            if (m_family != Family::Markup && keywords().contains(text.substr(at, end - at)))
                add(at, end, Token::Keyword);
            at = end;
        } else {
            ++at;
        }
    }
    return tokens;
}

} // namespace ui
