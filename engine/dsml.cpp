#include "engine/dsml.h"

#include "engine/chat_json.h"
#include "engine/chat_literals.h"

#include <algorithm>
#include <stdexcept>

namespace engine {

namespace {

using literals::dsml;

constexpr std::string_view lists[] = {"tool_calls>", " calls>", " tool_calls>"};
constexpr std::size_t maxCalls = 256;

class Malformed {};

class BlockReader {
public:
    explicit BlockReader(const MarkedText& block) : m_text(block.text), m_marks(block.marks) {}

    std::vector<ChatToolCall> calls() {
        space();
        open();
        if (!name("tool_calls>") && !name("calls>")) throw Malformed();
        std::vector<ChatToolCall> list;
        space();
        while (startsTag("<")) {
            list.push_back(call());
            if (list.size() > maxCalls) throw Malformed();
            space();
        }
        if (list.empty()) throw Malformed();
        if (m_at == m_text.size()) return list; // the reply ended behind a whole call
        close();
        if (!name("tool_calls>") && !name("calls>")) throw Malformed();
        if (m_at != m_text.size()) throw Malformed();
        return list;
    }

private:
    void space() {
        while (m_at < m_text.size() && (m_text[m_at] == '\n' || m_text[m_at] == ' ' || m_text[m_at] == '\r')) ++m_at;
    }
    bool markAt(std::size_t at) {
        while (m_mark < m_marks.size() && m_marks[m_mark] < at) ++m_mark;
        return m_mark < m_marks.size() && m_marks[m_mark] == at;
    }
    // A bracket followed by a mark.
    bool startsTag(std::string_view bracket) {
        return m_text.substr(m_at, bracket.size()) == bracket && markAt(m_at + bracket.size());
    }
    void tag(std::string_view bracket) {
        if (!startsTag(bracket)) throw Malformed();
        m_at += bracket.size() + dsml.size();
        if (m_at < m_text.size() && m_text[m_at] == ' ') ++m_at; // V4.1
    }
    void open() { tag("<"); }
    void close() { tag("</"); }
    bool name(std::string_view word) {
        if (m_text.substr(m_at, word.size()) != word) return false;
        m_at += word.size();
        return true;
    }
    void expect(std::string_view word) {
        if (!name(word)) throw Malformed();
    }
    std::string quoted() {
        const std::size_t end = m_text.find('"', m_at);
        if (end == std::string_view::npos) throw Malformed();
        const std::string value(m_text.substr(m_at, end - m_at));
        if (value.empty() || value.find('\n') != std::string::npos) throw Malformed();
        m_at = end + 1;
        return value;
    }

    ChatToolCall call() {
        open();
        expect("invoke name=\"");
        ChatToolCall call;
        call.name = quoted();
        expect(">");
        space();
        std::vector<std::string> keys;
        call.arguments = "{";
        while (startsTag("<")) {
            open();
            expect("parameter name=\"");
            keys.push_back(quoted());
            if (std::find(keys.begin(), keys.end() - 1, keys.back()) != keys.end() - 1 || keys.size() > maxCalls)
                throw Malformed();
            expect(" string=\"");
            const bool isString = name("true\">");
            if (!isString) expect("false\">");
            call.arguments += (keys.size() > 1 ? ", " : "") + jsonQuoted(keys.back()) + ": " + argument(isString);
            space();
        }
        close();
        expect("invoke>");
        call.arguments += '}';
        return call;
    }

    // A value ends only at its closing tag; whatever else it holds is data.
    std::string argument(bool isString) {
        const std::size_t begin = m_at;
        markAt(begin);
        for (; m_mark < m_marks.size(); ++m_mark) {
            const std::size_t mark = m_marks[m_mark];
            if (mark < begin + 2 || m_text.substr(mark - 2, 2) != "</") continue;
            m_at = mark + dsml.size();
            if (m_at < m_text.size() && m_text[m_at] == ' ') ++m_at;
            if (!name("parameter>")) continue;
            const std::string_view value = m_text.substr(begin, mark - 2 - begin);
            if (isString) return jsonQuoted(value);
            try {
                chatJson(value);
                return std::string(value);
            } catch (const std::runtime_error&) {
                return jsonQuoted(value); // the arguments stay JSON; the tool's own check then names the field
            }
        }
        throw Malformed();
    }

    std::string_view m_text;
    const std::vector<std::size_t>& m_marks;
    std::size_t m_at = 0, m_mark = 0;
};

} // namespace

BlockStart opensToolCalls(const MarkedText& block) {
    const std::string_view tail = std::string_view(block.text).substr(block.marks[0] + dsml.size());
    if (block.marks.size() > 1) return BlockStart::No;
    for (const std::string_view list : lists) {
        if (tail == list) return BlockStart::Yes;
        if (list.substr(0, tail.size()) == tail) return BlockStart::Undecided;
    }
    return BlockStart::No;
}

bool closesToolCalls(const MarkedText& block) {
    const std::size_t mark = block.marks.back();
    const std::string_view text = block.text, tail = text.substr(mark + dsml.size());
    return block.marks.size() > 1 && text.substr(mark - 2, 2) == "</" &&
           std::find(std::begin(lists), std::end(lists), tail) != std::end(lists);
}

std::optional<std::vector<ChatToolCall>> readToolCalls(const MarkedText& block) {
    try {
        return BlockReader(block).calls();
    } catch (const Malformed&) {
        return std::nullopt;
    }
}

} // namespace engine
