// A lexer just good enough to tell code from comments and strings in the languages that checks read.
#include "app/report/checks/check.h"

#include "app/report/text_folding.h"

#include <cstring>

namespace app::checks {

namespace {

struct Rules {
    bool slashes = false, blocks = false, hash = false, dashes = false;
    bool backtick = false, tripleQuotes = false, singleIsString = false, singleIsChar = false, rawC = false,
         jsRegex = false;
    bool nestedBlocks = false;
};

Rules rulesOf(std::string_view language) {
    Rules r;
    if (language == "python") {
        r.hash = r.tripleQuotes = r.singleIsString = true;
    } else if (language == "shell" || language == "ruby") {
        r.hash = r.singleIsString = true;
        r.backtick = language == "ruby";
    } else if (language == "lua") {
        r.dashes = r.singleIsString = true;
    } else {
        r.slashes = r.blocks = true;
        r.singleIsChar = true;
        if (language == "javascript") r.backtick = r.singleIsString = r.jsRegex = true;
        if (language == "go") r.backtick = true;
        if (language == "php") r.hash = r.singleIsString = true;
        if (language == "rust" || language == "swift" || language == "kotlin") r.nestedBlocks = true;
        if (language == "kotlin" || language == "swift" || language == "java") r.tripleQuotes = true;
        if (language == "c") r.rawC = true;
    }
    return r;
}

class Masker {
public:
    Masker(std::string_view text, std::string_view language)
        : m_text(text), m_rules(rulesOf(language)),
          m_rust(language == "rust"), m_result{std::string(text), std::string(text)} {}

    Masked run() {
        while (m_at < m_text.size()) {
            if (comment() || string()) continue;
            if (!isSpace(static_cast<unsigned char>(m_text[m_at]))) m_lastCode = m_text[m_at];
            ++m_at;
        }
        return std::move(m_result);
    }

private:
    char peek(std::size_t ahead = 0) const {
        return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0';
    }

    void blank(std::string& target, std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < to && i < target.size(); ++i)
            if (target[i] != '\n' && target[i] != '\r') target[i] = ' ';
    }

    bool comment() {
        const char c = peek();
        std::size_t end = std::string_view::npos;
        if ((m_rules.slashes && c == '/' && peek(1) == '/') ||
            (m_rules.dashes && c == '-' && peek(1) == '-') ||
            (m_rules.hash && c == '#' &&
             (m_at == 0 || !isWordCharacter(static_cast<unsigned char>(m_text[m_at - 1]))) &&
             (m_at == 0 || std::strchr("$&{\\", m_text[m_at - 1]) == nullptr || m_text[m_at - 1] == '\0'))) {
            end = m_text.find('\n', m_at);
            // A line comment of C goes on after a backslash.
            while (m_rules.rawC && end != std::string_view::npos && end > 0 && m_text[end - 1] == '\\')
                end = m_text.find('\n', end + 1);
        } else if (m_rules.blocks && c == '/' && peek(1) == '*') {
            end = m_text.find("*/", m_at + 2);
            if (m_rules.nestedBlocks) {
                int depth = 1;
                std::size_t at = m_at + 2;
                while (depth > 0 && at + 1 < m_text.size()) {
                    if (m_text[at] == '/' && m_text[at + 1] == '*')
                        ++depth, at += 2;
                    else if (m_text[at] == '*' && m_text[at + 1] == '/')
                        --depth, at += 2;
                    else
                        ++at;
                }
                end = depth == 0 ? at - 2 : std::string_view::npos;
            }
            if (end != std::string_view::npos) end += 2;
        } else {
            return false;
        }
        end = std::min(end, m_text.size());
        blank(m_result.code, m_at, end);
        blank(m_result.uncommented, m_at, end);
        m_at = end;
        return true;
    }

    bool string() {
        const char c = peek();
        if (c != '"' && c != '\'' && c != '`') return false;
        if (c == '`' && !m_rules.backtick) return false;
        if (c == '\'' && !m_rules.singleIsString) {
            if (!m_rules.singleIsChar) return false;
            // 1'000'000, Rust's 'a and the like are no characters.
            if (m_at > 0 && isWordCharacter(static_cast<unsigned char>(m_text[m_at - 1])) &&
                m_text[m_at - 1] != 'L' && m_text[m_at - 1] != 'u' && m_text[m_at - 1] != 'U')
                return false;
            if (m_rust && peek(1) != '\\' && peek(2) != '\'' && static_cast<unsigned char>(peek(1)) < 0x80)
                return false;
        }
        if (c == '"' && m_rules.rawC && m_at > 0 && m_text[m_at - 1] == 'R') return rawString();
        if (m_rules.tripleQuotes && c != '`' && peek(1) == c && peek(2) == c) {
            const std::string three(3, c);
            std::size_t end = m_text.find(three, m_at + 3);
            end = end == std::string_view::npos ? m_text.size() : end + 3;
            blank(m_result.code, m_at + 3, end >= 3 ? end - 3 : end);
            m_at = end;
            m_lastCode = '"';
            return true;
        }
        std::size_t at = m_at + 1;
        while (at < m_text.size() && m_text[at] != c) {
            if (m_text[at] == '\\')
                ++at;
            else if (m_text[at] == '\n' && c != '`' && !(m_rules.hash && !m_rules.tripleQuotes))
                break;
            ++at;
        }
        const std::size_t end = std::min(at, m_text.size());
        blank(m_result.code, m_at + 1, end);
        m_at = std::min(end + (end < m_text.size() && m_text[end] == c ? 1 : 0), m_text.size());
        m_lastCode = '"';
        return true;
    }

    bool rawString() {
        const std::size_t open = m_text.find('(', m_at);
        if (open == std::string_view::npos || open - m_at > 17) return false;
        const std::string close = ")" + std::string(m_text.substr(m_at + 1, open - m_at - 1)) + "\"";
        std::size_t end = m_text.find(close, open);
        end = end == std::string_view::npos ? m_text.size() : end + close.size();
        blank(m_result.code, m_at + 1, end > 0 ? end - 1 : end);
        m_at = end;
        m_lastCode = '"';
        return true;
    }

    std::string_view m_text;
    Rules m_rules;
    bool m_rust;
    Masked m_result;
    std::size_t m_at = 0;
    char m_lastCode = '\0';
};

} // namespace

Masked maskCode(std::string_view text, std::string_view language) {
    return Masker(text, language).run();
}

} // namespace app::checks
