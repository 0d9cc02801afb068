// Inline Markdown in one pass: a stack of openers, closed from the top, never deeper than 32.
#include "ui/widgets/markdown_blocks.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace ui {

namespace {

constexpr std::size_t maxTarget = 2048;

struct Opener {
    char sign;
    int length;
    std::size_t at; // in the output, where the signs themselves begin
};

bool isWord(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c & 0x80);
}

bool isSpace(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

class Inline {
public:
    explicit Inline(std::string_view text) : m_text(text) {}

    StyledText run() {
        while (m_at < m_text.size())
            step();
        return finish();
    }

private:
    struct Mark {
        std::size_t begin, end;
        std::uint8_t style;
        std::string target;
    };

    void step() {
        const char c = m_text[m_at];
        if (c == '\\' && m_at + 1 < m_text.size() && std::strchr("\\`*_{}[]()#+-.!~|<>", m_text[m_at + 1])) {
            m_out += m_text[m_at + 1];
            m_at += 2;
        } else if (c == '`') {
            code();
        } else if (c == '*' || c == '_' || c == '~') {
            emphasis(c);
        } else if (c == '[') {
            if (m_brackets.size() < 32)
                m_brackets.push_back(m_out.size());
            m_out += c;
            ++m_at;
        } else if (c == ']') {
            link();
        } else {
            m_out += c;
            ++m_at;
        }
    }

    void code() {
        std::size_t end = m_at;
        while (end < m_text.size() && m_text[end] == '`')
            ++end;
        const std::size_t length = end - m_at;
        const std::size_t slot = std::min<std::size_t>(length, m_noCloser.size() - 1);
        std::size_t close = std::string_view::npos;
        if (!m_noCloser[slot])
            close = closer(end, length);
        if (close == std::string_view::npos) {
            m_noCloser[slot] = true; // none ahead: looking again would be quadratic
            m_out.append(m_text, m_at, length);
            m_at = end;
            return;
        }
        const std::size_t begin = m_out.size();
        m_out.append(m_text, end, close - end);
        std::replace(m_out.begin() + std::ptrdiff_t(begin), m_out.end(), '\n', ' ');
        m_marks.push_back({begin, m_out.size(), CodeStyle, {}});
        m_at = close + length;
    }

    std::size_t closer(std::size_t from, std::size_t length) const {
        for (std::size_t at = m_text.find('`', from); at != std::string_view::npos; at = m_text.find('`', at)) {
            std::size_t end = at;
            while (end < m_text.size() && m_text[end] == '`')
                ++end;
            if (end - at == length)
                return at;
            at = end;
        }
        return std::string_view::npos;
    }

    void emphasis(char sign) {
        std::size_t end = m_at;
        while (end < m_text.size() && m_text[end] == sign)
            ++end;
        int length = int(end - m_at);
        const bool spaceBefore = m_at == 0 || isSpace(m_text[m_at - 1]), spaceAfter = end == m_text.size() || isSpace(m_text[end]);
        const bool inWord = !spaceBefore && !spaceAfter && isWord(m_text[m_at - 1]) && isWord(m_text[end]);
        const bool usable = length <= 3 && !(sign == '_' && inWord) && !(sign == '~' && length != 2);
        if (usable && !spaceBefore && close(sign, length)) {
            m_at = end;
            return;
        }
        if (usable && !spaceAfter && m_openers.size() < 32)
            m_openers.push_back({sign, length, m_out.size()});
        m_out.append(m_text, m_at, std::size_t(length));
        m_at = end;
    }

    bool close(char sign, int length) {
        for (std::size_t i = m_openers.size(); i-- > 0;) {
            const Opener opener = m_openers[i];
            if (opener.sign != sign || opener.length != length || opener.at + std::size_t(length) >= m_out.size())
                continue;
            m_openers.resize(i);
            const std::uint8_t style = sign == '~' ? StrikeStyle : length == 1 ? EmphasisStyle : length == 2 ? StrongStyle : StrongStyle | EmphasisStyle;
            m_marks.push_back({opener.at + std::size_t(length), m_out.size(), style, {}});
            m_cuts.push_back({opener.at, std::size_t(length)});
            return true;
        }
        return false;
    }

    void link() {
        if (m_brackets.empty() || m_at + 1 >= m_text.size() || m_text[m_at + 1] != '(' || m_at < m_noEndBefore) {
            if (!m_brackets.empty())
                m_brackets.pop_back();
            m_out += ']';
            ++m_at;
            return;
        }
        const std::size_t open = m_brackets.back();
        m_brackets.pop_back();
        const std::size_t limit = std::min(m_text.size(), m_at + 2 + maxTarget);
        std::size_t end = m_at + 2;
        int depth = 1;
        bool closed = false;
        for (; end < limit && m_text[end] != '\n' && depth <= 32; ++end) {
            closed = closed || m_text[end] == ')';
            depth += m_text[end] == '(' ? 1 : m_text[end] == ')' ? -1 : 0;
            if (depth == 0)
                break;
        }
        if (depth != 0) {
            if (!closed)
                m_noEndBefore = end; // no bracket closes from here to there: not to be looked for again
            m_out += ']';
            ++m_at;
            return;
        }
        std::string target(m_text.substr(m_at + 2, end - m_at - 2));
        if (const auto space = target.find(' '); space != std::string::npos)
            target.resize(space); // a title after the address says nothing we show
        const bool image = open > 0 && m_out[open - 1] == '!';
        if (image || open + 1 == m_out.size()) {
            m_out += "](" + target + ')'; // an image stays the text it is; nothing loads it
        } else {
            m_marks.push_back({open + 1, m_out.size(), LinkStyle, target});
            m_cuts.push_back({open, 1});
        }
        m_at = end + 1;
    }

    // Takes the signs of closed pairs out and lays the marks over each other.
    StyledText finish() {
        std::sort(m_cuts.begin(), m_cuts.end());
        std::vector<std::uint8_t> styles(m_out.size(), 0);
        std::vector<std::int32_t> links(m_out.size(), -1);
        std::vector<const std::string*> targets;
        for (const Mark& mark : m_marks) {
            if (mark.style == LinkStyle)
                targets.push_back(&mark.target);
            for (std::size_t i = mark.begin; i < mark.end; ++i) {
                styles[i] |= mark.style;
                if (mark.style == LinkStyle)
                    links[i] = std::int32_t(targets.size()) - 1;
            }
        }
        StyledText result;
        std::size_t cut = 0;
        std::int32_t link = -1;
        for (std::size_t i = 0; i < m_out.size(); ++i) {
            while (cut < m_cuts.size() && m_cuts[cut].first + m_cuts[cut].second <= i)
                ++cut;
            if (cut < m_cuts.size() && i >= m_cuts[cut].first)
                continue;
            const std::size_t at = result.text.size();
            const bool same = !result.ranges.empty() && result.ranges.back().end == at && result.ranges.back().style == styles[i] && link == links[i];
            if (styles[i] != 0 && same)
                ++result.ranges.back().end;
            else if (styles[i] != 0)
                result.ranges.push_back({at, at + 1, styles[i], links[i] < 0 ? std::string() : *targets[std::size_t(links[i])]});
            link = links[i];
            result.text += m_out[i];
        }
        return result;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::string m_out;
    std::vector<Mark> m_marks;
    std::vector<std::pair<std::size_t, std::size_t>> m_cuts;
    std::vector<Opener> m_openers;
    std::vector<std::size_t> m_brackets;
    std::array<bool, 9> m_noCloser{};
    std::size_t m_noEndBefore = 0;
};

} // namespace

StyledText parseInline(std::string_view text) {
    return Inline(text).run();
}

} // namespace ui
