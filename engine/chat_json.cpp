#include "engine/chat_json.h"

#include "engine/chat.h"

#include <algorithm>
#include <stdexcept>

namespace engine {

namespace {

constexpr int maxDepth = 100;

class Reader {
public:
    explicit Reader(std::string_view text) : m_text(text) {}

    // Appends the next value in the dialect.
    void value(std::string& out, int depth = 0) {
        space();
        if (depth > maxDepth) fail();
        const char first = peek();
        if (first == '{') {
            container(out, '}', depth);
        } else if (first == '[') {
            container(out, ']', depth);
        } else if (first == '"') {
            out += jsonQuoted(string());
        } else if (first == '-' || (first >= '0' && first <= '9')) {
            number(out);
        } else {
            for (const std::string_view word : {"true", "false", "null", "NaN", "Infinity"})
                if (m_text.substr(m_at, word.size()) == word) {
                    out += word;
                    m_at += word.size();
                    return;
                }
            fail();
        }
    }

    std::vector<JsonMember> members() {
        std::vector<JsonMember> list;
        space();
        take('{');
        space();
        for (bool first = true; peek() != '}'; first = false) {
            if (!first) take(',');
            space();
            JsonMember member;
            member.key = string();
            space();
            take(':');
            space();
            member.isString = peek() == '"';
            if (member.isString) member.value = string();
            else value(member.value, 1);
            space();
            const auto same = std::find_if(list.begin(), list.end(), [&](const auto& m) { return m.key == member.key; });
            if (same == list.end()) list.push_back(std::move(member));
            else *same = std::move(member);
            if (list.size() > 1000) fail();
        }
        take('}');
        return list;
    }

    void end() {
        space();
        if (m_at != m_text.size()) fail();
    }

private:
    [[noreturn]] void fail() const {
        throw std::runtime_error("The text is no JSON at byte " + std::to_string(m_at) + ".");
    }
    char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    void take(char c) {
        if (peek() != c || m_at >= m_text.size()) fail();
        ++m_at;
    }
    void space() {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\t' || m_text[m_at] == '\n' || m_text[m_at] == '\r'))
            ++m_at;
    }

    void container(std::string& out, char close, int depth) {
        out += m_text[m_at++];
        space();
        for (bool first = true; peek() != close; first = false) {
            if (!first) {
                take(',');
                out += ", ";
                space();
            }
            if (close == '}') {
                out += jsonQuoted(string());
                space();
                take(':');
                out += ": ";
            }
            value(out, depth + 1);
            space();
        }
        out += close;
        ++m_at;
    }

    void digits(std::string& out) {
        if (peek() < '0' || peek() > '9') fail();
        while (peek() >= '0' && peek() <= '9') out += m_text[m_at++];
    }

    void number(std::string& out) {
        if (peek() == '-') out += m_text[m_at++];
        if (m_text.substr(m_at, 8) == "Infinity") {
            out += "Infinity";
            m_at += 8;
            return;
        }
        if (peek() == '0') out += m_text[m_at++];
        else digits(out);
        if (peek() == '.') {
            out += m_text[m_at++];
            digits(out);
        }
        if (peek() == 'e' || peek() == 'E') {
            out += m_text[m_at++];
            if (peek() == '+' || peek() == '-') out += m_text[m_at++];
            digits(out);
        }
    }

    std::string string() {
        take('"');
        std::string out;
        while (peek() != '"' || m_at >= m_text.size()) {
            if (m_at >= m_text.size() || static_cast<unsigned char>(m_text[m_at]) < 0x20) fail();
            if (m_text[m_at] != '\\') {
                out += m_text[m_at++];
                continue;
            }
            ++m_at;
            const char escaped = peek();
            ++m_at;
            constexpr std::string_view names = "\"\\/bfnrt", values = "\"\\/\b\f\n\r\t";
            if (const std::size_t i = names.find(escaped); escaped != '\0' && i != std::string_view::npos) out += values[i];
            else if (escaped == 'u') unicode(out);
            else fail();
        }
        ++m_at;
        return out;
    }

    std::uint32_t hex4() {
        std::uint32_t value = 0;
        for (int i = 0; i < 4; ++i, ++m_at) {
            const char c = peek();
            const int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
            if (digit < 0) fail();
            value = value << 4 | static_cast<std::uint32_t>(digit);
        }
        return value;
    }

    void unicode(std::string& out) {
        std::uint32_t code = hex4();
        if (code >= 0xD800 && code < 0xDC00 && m_text.substr(m_at, 2) == "\\u") {
            const std::size_t back = m_at;
            m_at += 2;
            const std::uint32_t low = hex4();
            if (low >= 0xDC00 && low < 0xE000) code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            else m_at = back;
        }
        if (code >= 0xD800 && code < 0xE000) code = 0xFFFD; // half of a pair names no character
        const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (code >> shift & 63)); };
        if (code < 0x80) {
            out += static_cast<char>(code);
        } else if (code < 0x800) {
            out += static_cast<char>(0xC0 | code >> 6);
            tail(0);
        } else if (code < 0x10000) {
            out += static_cast<char>(0xE0 | code >> 12);
            tail(6);
            tail(0);
        } else {
            out += static_cast<char>(0xF0 | code >> 18);
            tail(12);
            tail(6);
            tail(0);
        }
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

} // namespace

std::string jsonQuoted(std::string_view text) {
    std::string out = "\"";
    constexpr std::string_view hex = "0123456789abcdef", plain = "\"\\\b\f\n\r\t", letters = "\"\\bfnrt";
    for (const char c : text) {
        const std::size_t named = plain.find(c);
        if (named != std::string_view::npos) {
            out += '\\';
            out += letters[named];
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += "\\u00";
            out += hex[static_cast<unsigned char>(c) >> 4];
            out += hex[static_cast<unsigned char>(c) & 15];
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string chatJson(std::string_view json) {
    std::string out;
    Reader reader(json);
    reader.value(out);
    reader.end();
    return out;
}

std::optional<std::vector<JsonMember>> jsonMembers(std::string_view json) {
    try {
        Reader reader(json);
        std::vector<JsonMember> members = reader.members();
        reader.end();
        return members;
    } catch (const std::runtime_error&) {
        return std::nullopt; // a model wrote it: then it is text
    }
}

} // namespace engine
