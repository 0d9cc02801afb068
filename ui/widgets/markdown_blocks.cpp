#include "ui/widgets/markdown_blocks.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace ui {

namespace {

constexpr std::size_t blockBytes = 16 * 1024, maxBlocks = 50'000, maxRows = 200, maxCells = 40;
constexpr int maxDepth = 8;

struct Line {
    std::string_view text; // without quote signs and end of line
    std::size_t begin = 0, next = 0;
    int quotes = 0, indent = 0; // indent: columns of white space at the front of `text`
    std::string_view body() const { return text.substr(std::min(text.size(), text.find_first_not_of(" \t"))); }
};

bool onlySigns(std::string_view text, std::string_view allowed) {
    return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

bool isRule(std::string_view body) {
    const char sign = body.empty() ? 0 : body[0];
    if (sign != '-' && sign != '*' && sign != '_')
        return false;
    return std::count(body.begin(), body.end(), sign) >= 3 && body.find_first_not_of(std::string{sign, ' ', '\t'}) == std::string_view::npos;
}

bool isDelimiterRow(std::string_view body) {
    return onlySigns(body, "|:- \t") && body.find('|') != std::string_view::npos && body.find('-') != std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view() : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::vector<StyledText> cellsOf(std::string_view body) {
    body = trimmed(body);
    if (body.starts_with('|'))
        body.remove_prefix(1);
    if (body.ends_with('|') && !body.ends_with("\\|"))
        body.remove_suffix(1);
    std::vector<StyledText> cells;
    std::string cell;
    for (std::size_t i = 0; i <= body.size(); ++i) {
        if (i < body.size() && body[i] == '\\' && i + 1 < body.size() && body[i + 1] == '|')
            cell += body[++i];
        else if (i < body.size() && (body[i] != '|' || cells.size() + 1 >= maxCells))
            cell += body[i];
        else
            cells.push_back(parseInline(trimmed(std::exchange(cell, {}))));
    }
    return cells;
}

class Parser {
public:
    Parser(std::string_view source, MarkdownState state, std::vector<MarkdownBlock>& blocks)
        : m_source(source), m_state(std::move(state)), m_blocks(blocks) {}

    void run(std::size_t at) {
        while (at < m_source.size())
            at = m_state.midLine || m_blocks.size() >= maxBlocks ? rest(at) : step(at);
        flush();
    }

private:
    // Overlong lines, and everything after too many blocks: plain pieces.
    std::size_t rest(std::size_t at) {
        flush();
        open(m_state.inFence ? BlockKind::Code : BlockKind::Paragraph, at, m_state.inFence ? m_state.fenceQuote : 0);
        std::size_t end = m_source.find('\n', at);
        m_state.midLine = false;
        if (m_blocks.size() >= maxBlocks)
            end = m_source.size();
        end = std::min(end, m_source.size());
        if (end - at > blockBytes) {
            end = at + blockBytes;
            while (end > at + 1 && (static_cast<unsigned char>(m_source[end]) & 0xc0) == 0x80)
                --end;
            m_state.midLine = true;
        }
        m_raw.assign(m_source.substr(at, end - at));
        flush();
        return end + (end < m_source.size() && m_source[end] == '\n' ? 1 : 0);
    }

    Line lineAt(std::size_t at, int maxQuotes) const {
        Line line;
        line.begin = at;
        const std::size_t end = std::min(m_source.find('\n', at), m_source.size());
        line.next = std::min(end + 1, m_source.size());
        line.text = m_source.substr(at, end - at);
        if (line.text.ends_with('\r'))
            line.text.remove_suffix(1);
        while (line.quotes < maxQuotes) {
            const std::size_t sign = line.text.find_first_not_of(' ');
            if (sign == std::string_view::npos || sign > 3 || line.text[sign] != '>')
                break;
            line.text.remove_prefix(sign + 1);
            if (line.text.starts_with(' '))
                line.text.remove_prefix(1);
            ++line.quotes;
        }
        for (const char c : line.text) {
            if (c != ' ' && c != '\t')
                break;
            line.indent += c == '\t' ? 4 : 1;
        }
        return line;
    }

    std::size_t step(std::size_t at) {
        const Line line = lineAt(at, m_state.inFence ? m_state.fenceQuote : maxDepth);
        if (line.text.size() > blockBytes) {
            flush();
            m_state.midLine = true;
            return at;
        }
        if (m_state.inFence) {
            if (line.quotes < m_state.fenceQuote) { // the quote around the fence has ended
                flush();
                m_state.inFence = false;
                return at;
            }
            fenced(line);
            return line.next;
        }
        const std::string_view body = line.body();
        if (body.empty()) {
            flush();
            m_state.inTable = false;
            return line.next;
        }
        if (m_current && m_current->quoteDepth != line.quotes)
            flush();
        if (!openFence(line, body) && !heading(line, body) && !underline(body) && !rule(line, body) && !table(line, body) && !item(line, body))
            words(line, body);
        return line.next;
    }

    bool openFence(const Line& line, std::string_view body) {
        const char sign = body[0];
        std::size_t length = 0;
        while (length < body.size() && body[length] == sign)
            ++length;
        if ((sign != '`' && sign != '~') || length < 3 || (sign == '`' && body.find('`', length) != std::string_view::npos))
            return false;
        flush();
        open(BlockKind::Code, line.begin, line.quotes);
        m_state.inTable = false;
        m_state.inFence = true;
        m_state.fence = sign;
        m_state.fenceLength = int(std::min<std::size_t>(length, 1000));
        m_state.fenceQuote = line.quotes;
        m_state.language = std::string(trimmed(body.substr(length)).substr(0, 40));
        m_current->marker = m_state.language;
        return true;
    }

    void fenced(const Line& line) {
        const std::string_view body = trimmed(line.text);
        if (line.indent < 4 && int(body.size()) >= m_state.fenceLength && onlySigns(body, std::string_view(&m_state.fence, 1))) {
            flush();
            m_state.inFence = false;
            return;
        }
        if (m_current && m_raw.size() >= blockBytes)
            flush();
        if (!m_current) {
            open(BlockKind::Code, line.begin, line.quotes);
            m_current->marker = m_state.language;
        } else if (m_started) {
            m_raw += '\n';
        }
        m_started = true;
        m_raw.append(line.text);
    }

    bool heading(const Line& line, std::string_view body) {
        std::size_t level = 0;
        while (level < body.size() && body[level] == '#')
            ++level;
        if (level == 0 || level > 6 || (level < body.size() && body[level] != ' ' && body[level] != '\t'))
            return false;
        flush();
        open(BlockKind::Heading, line.begin, line.quotes);
        m_current->level = int(level);
        std::string_view text = trimmed(body.substr(level));
        const std::size_t last = text.find_last_not_of('#');
        if (last == std::string_view::npos)
            text = {};
        else if (last + 1 < text.size() && text[last] == ' ')
            text = trimmed(text.substr(0, last + 1));
        m_raw = text;
        flush();
        m_state.indents.clear();
        m_state.inTable = false;
        return true;
    }

    bool underline(std::string_view body) { // "=====" under a paragraph makes it a heading
        body = trimmed(body);
        if (!m_current || m_current->kind != BlockKind::Paragraph || (!onlySigns(body, "=") && !onlySigns(body, "-")) || body.size() < 2)
            return false;
        m_current->kind = BlockKind::Heading;
        m_current->level = body[0] == '=' ? 1 : 2;
        flush();
        return true;
    }

    bool rule(const Line& line, std::string_view body) {
        if (!isRule(body))
            return false;
        flush();
        open(BlockKind::Rule, line.begin, line.quotes);
        flush();
        m_state.indents.clear();
        m_state.inTable = false;
        return true;
    }

    bool table(const Line& line, std::string_view body) {
        if (!m_state.inTable) {
            const bool header = m_current && m_current->kind == BlockKind::Paragraph && m_lines == 1 && m_raw.find('|') != std::string::npos;
            if (!header || !isDelimiterRow(body))
                return false;
            m_current->kind = BlockKind::Table;
            m_current->rows.push_back(cellsOf(m_raw));
            m_raw.clear();
            m_state.inTable = true;
            return true;
        }
        if (body.find('|') == std::string_view::npos) {
            flush();
            m_state.inTable = false;
            return false;
        }
        if (m_current && (m_current->rows.size() >= maxRows || m_tableBytes >= blockBytes))
            flush();
        if (!m_current)
            open(BlockKind::Table, line.begin, line.quotes);
        m_tableBytes += body.size();
        m_current->rows.push_back(cellsOf(body));
        return true;
    }

    bool item(const Line& line, std::string_view body) {
        std::size_t length = 0;
        std::string marker;
        if (body[0] == '-' || body[0] == '*' || body[0] == '+') {
            length = 1;
            marker = "•";
        } else {
            while (length < body.size() && length < 9 && body[length] >= '0' && body[length] <= '9')
                ++length;
            if (length == 0 || length >= body.size() || (body[length] != '.' && body[length] != ')'))
                return false;
            marker = std::string(body.substr(0, ++length));
        }
        if (length >= body.size() || (body[length] != ' ' && body[length] != '\t'))
            return false;
        flush();
        open(BlockKind::Item, line.begin, line.quotes);
        m_state.inTable = false;
        auto& indents = m_state.indents;
        while (!indents.empty() && line.indent < indents.back())
            indents.pop_back();
        if ((indents.empty() || line.indent >= indents.back() + 2) && int(indents.size()) < maxDepth)
            indents.push_back(line.indent);
        std::string_view text = trimmed(body.substr(length));
        if (text.starts_with("[ ] ") || text.starts_with("[x] ") || text.starts_with("[X] ")) {
            marker = text[1] == ' ' ? "☐" : "☑";
            text.remove_prefix(4);
        }
        m_current->level = std::max(1, int(indents.size()));
        m_current->marker = std::move(marker);
        m_raw = text;
        m_lines = 1;
        return true;
    }

    void words(const Line& line, std::string_view body) {
        if (m_current && m_raw.size() + body.size() > blockBytes)
            flush();
        if (!m_current) {
            open(BlockKind::Paragraph, line.begin, line.quotes);
            if (line.indent == 0)
                m_state.indents.clear();
            m_current->level = int(m_state.indents.size());
        } else {
            const bool broken = m_hardBreak || m_raw.ends_with('\\');
            if (m_raw.ends_with('\\'))
                m_raw.pop_back();
            m_raw += broken ? '\n' : ' ';
        }
        m_hardBreak = body.ends_with("  ");
        m_raw.append(trimmed(body));
        ++m_lines;
    }

    void open(BlockKind kind, std::size_t source, int quotes = 0) {
        m_current.emplace();
        m_current->kind = kind;
        m_current->source = source;
        m_current->quoteDepth = quotes;
        m_current->before = m_state;
    }

    void flush() {
        if (m_current) {
            MarkdownBlock& block = *m_current;
            if (block.kind == BlockKind::Code)
                block.content.text = m_raw;
            else if (block.kind == BlockKind::Table)
                for (const auto& row : block.rows)
                    for (std::size_t i = 0; i < row.size(); ++i)
                        block.content.text += row[i].text + (i + 1 < row.size() ? '\t' : '\n');
            else
                block.content = parseInline(m_raw);
            m_blocks.push_back(std::move(block));
        }
        m_current.reset();
        m_raw.clear();
        m_lines = 0;
        m_tableBytes = 0;
        m_hardBreak = m_started = false;
    }

    std::string_view m_source;
    MarkdownState m_state;
    std::vector<MarkdownBlock>& m_blocks;
    std::optional<MarkdownBlock> m_current;
    std::string m_raw;
    int m_lines = 0;
    std::size_t m_tableBytes = 0;
    bool m_hardBreak = false, m_started = false;
};

} // namespace

void parseMarkdown(std::string_view source, std::size_t from, const MarkdownState& state, std::vector<MarkdownBlock>& blocks) {
    Parser(source, state, blocks).run(from);
}

std::size_t reparseTail(std::string_view source, std::vector<MarkdownBlock>& blocks) {
    if (blocks.empty()) {
        parseMarkdown(source, 0, {}, blocks);
        return 0;
    }
    // The last line may have been half a line that looked like a block of its own ("***" before "***bold"), so the block
    // before it is open again too.
    if (blocks.size() > 1)
        blocks.pop_back();
    const std::size_t from = blocks.back().source;
    const MarkdownState before = std::move(blocks.back().before);
    blocks.pop_back();
    const std::size_t first = blocks.size();
    parseMarkdown(source, from, before, blocks);
    return first;
}

} // namespace ui
