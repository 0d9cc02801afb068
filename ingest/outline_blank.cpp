// Comments and strings become blanks, so that the scanners behind it see structure only.
#include "ingest/outline.h"

#include <algorithm>
#include <cctype>

namespace ingest::scan {

namespace {

struct Style {
    bool slashComments = false, hashComments = false, dashComments = false; // "//" and "/* */", "#", "--"
    bool singleIsString = false; // '...' is a string and not one character
    bool backtick = false, triple = false, rawC = false, rawRust = false;
    bool nestedBlocks = false; // comments inside comments count
};

Style styleOf(std::string_view language) {
    Style style;
    if (language == "python") {
        style.hashComments = style.singleIsString = style.triple = true;
    } else if (language == "shell" || language == "ruby") {
        style.hashComments = style.singleIsString = true;
    } else if (language == "lua") {
        style.dashComments = style.singleIsString = true;
    } else {
        style.slashComments = true;
        style.singleIsString = language == "javascript" || language == "php";
        style.backtick = language == "javascript" || language == "go";
        style.hashComments = language == "php";
        style.triple = language == "kotlin" || language == "swift" || language == "java";
        style.rawC = language == "c";
        style.rawRust = language == "rust";
        style.nestedBlocks = language == "rust" || language == "kotlin" || language == "swift";
    }
    return style;
}

class Blanker {
public:
    Blanker(std::string_view text, std::string_view language) : m_text(text), m_style(styleOf(language)), m_out(text) {}

    std::string run() {
        while (m_at < m_text.size())
            if (!comment() && !string())
                ++m_at;
        return std::move(m_out);
    }

private:
    bool here(std::string_view word) const { return m_text.compare(m_at, word.size(), word) == 0; }

    void blankTo(std::size_t end) {
        end = std::min(end, m_text.size());
        for (; m_at < end; ++m_at)
            if (m_out[m_at] != '\n')
                m_out[m_at] = ' ';
    }

    std::size_t lineEnd() const { return std::min(m_text.find('\n', m_at), m_text.size()); }

    bool comment() {
        const char c = m_text[m_at];
        const bool line = (m_style.slashComments && here("//")) || (m_style.dashComments && here("--") && !here("--[["))
                          || (m_style.hashComments && c == '#' && (m_at == 0 || std::isspace(static_cast<unsigned char>(m_text[m_at - 1])) || m_text[m_at - 1] == ';'));
        if (line) {
            blankTo(lineEnd());
            return true;
        }
        if (m_style.slashComments && here("/*")) {
            std::size_t depth = 1, at = m_at + 2;
            while (at < m_text.size() && depth > 0) {
                if (m_text.compare(at, 2, "*/") == 0)
                    --depth, at += 2;
                else if (m_style.nestedBlocks && m_text.compare(at, 2, "/*") == 0)
                    ++depth, at += 2;
                else
                    ++at;
            }
            blankTo(at);
            return true;
        }
        if (m_style.dashComments && here("--[[")) {
            const auto end = m_text.find("]]", m_at);
            blankTo(end == std::string_view::npos ? m_text.size() : end + 2);
            return true;
        }
        return false;
    }

    bool string() {
        const char c = m_text[m_at];
        if (c == '"' || (c == '\'' && m_style.singleIsString)) {
            const std::string three(3, c);
            if (m_style.triple && here(three))
                closeAt(three, 3, true);
            else if (m_style.rawC && c == '"' && m_at > 0 && m_text[m_at - 1] == 'R')
                rawC();
            else if (m_style.rawRust && c == '"' && m_at > 0 && (m_text[m_at - 1] == 'r' || m_text[m_at - 1] == '#'))
                rawRust();
            else
                closeAt(std::string_view(&c, 1), 1, false);
            return true;
        }
        if (c == '`' && m_style.backtick) {
            closeAt("`", 1, true);
            return true;
        }
        if (c == '\'')
            return character();
        return false;
    }

    // The quotes stay, their inside goes. A string that may not cross lines ends with its line at the latest.
    void closeAt(std::string_view quote, std::size_t length, bool manyLines) {
        m_at += length;
        std::size_t end = m_at;
        while (end < m_text.size() && m_text.compare(end, quote.size(), quote) != 0 && (manyLines || m_text[end] != '\n'))
            end += m_text[end] == '\\' ? 2 : 1;
        blankTo(end);
        m_at = std::min(m_at + length, m_text.size());
    }

    void rawC() {
        const auto open = m_text.find('(', m_at);
        if (open == std::string_view::npos || open > m_at + 17)
            return closeAt("\"", 1, false);
        const std::string close = ")" + std::string(m_text.substr(m_at + 1, open - m_at - 1)) + "\"";
        const auto end = m_text.find(close, open);
        blankTo(end == std::string_view::npos ? m_text.size() : end + close.size());
    }

    void rawRust() {
        std::size_t hashes = 0;
        while (hashes < m_at && m_text[m_at - 1 - hashes] == '#')
            ++hashes;
        const std::string close = "\"" + std::string(hashes, '#');
        const auto end = m_text.find(close, m_at + 1);
        blankTo(end == std::string_view::npos ? m_text.size() : end + close.size());
    }

    // 'x' and '\n' but neither 1'000 nor Rust's 'lifetime.
    bool character() {
        if (m_at > 0 && std::isalnum(static_cast<unsigned char>(m_text[m_at - 1])))
            return false;
        std::size_t end = m_at + 1;
        if (end < m_text.size() && m_text[end] == '\\')
            end += 2;
        while (end < m_text.size() && end < m_at + 12 && m_text[end] != '\'' && m_text[end] != '\n' && m_text[m_at + 1] == '\\')
            ++end;
        // One character may be several bytes.
        while (end < m_text.size() && end < m_at + 5 && m_text[end] != '\'' && m_text[end] != '\n')
            ++end;
        if (end >= m_text.size() || m_text[end] != '\'')
            return false;
        ++m_at;
        blankTo(end);
        ++m_at;
        return true;
    }

    std::string_view m_text;
    Style m_style;
    std::string m_out;
    std::size_t m_at = 0;
};

} // namespace

std::string withoutCommentsAndStrings(std::string_view text, std::string_view language) {
    return Blanker(text, language).run();
}

std::vector<Symbol> takeDirectives(std::string_view text, std::string& code) {
    std::vector<Symbol> macros;
    for (std::size_t begin = 0; begin < code.size();) {
        std::size_t end = std::min(code.find('\n', begin), code.size());
        const auto first = code.find_first_not_of(" \t", begin);
        if (first < end && code[first] == '#') {
            const auto continued = [&] { return code[end - 1] == '\\' || (code[end - 1] == '\r' && code[end - 2] == '\\'); };
            while (end < code.size() && end >= first + 2 && continued())
                end = std::min(code.find('\n', end + 1), code.size());
            const auto word = code.find_first_not_of(" \t", first + 1);
            const auto name = word != std::string::npos && code.compare(word, 6, "define") == 0 ? code.find_first_not_of(" \t", word + 6) : end;
            std::size_t after = name;
            while (after < end && (std::isalnum(static_cast<unsigned char>(code[after])) || code[after] == '_'))
                ++after;
            if (name < end && after > name)
                macros.push_back({std::string(text.substr(name, after - name)), "macro", {}, {0, first, end}});
            std::replace_if(code.begin() + static_cast<std::ptrdiff_t>(begin), code.begin() + static_cast<std::ptrdiff_t>(end),
                            [](char c) { return c != '\n'; }, ' ');
        }
        begin = end + 1;
    }
    return macros;
}

} // namespace ingest::scan
