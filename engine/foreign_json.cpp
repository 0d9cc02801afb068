#include "engine/foreign_json.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace engine {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

// True when none of the eight bytes ends a plain ASCII run: no quote, backslash, control or non-ASCII byte.
bool allPlain(const char* eight) {
    std::uint64_t word;
    std::memcpy(&word, eight, sizeof word);
    constexpr std::uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    const auto hasZero = [](std::uint64_t x) { return (x - ones) & ~x & highs; };
    const std::uint64_t control = (word - ones * 0x20) & ~word & highs;
    return !((word & highs) | control | hasZero(word ^ ones * '"') | hasZero(word ^ ones * '\\'));
}

} // namespace

JsonReader::JsonReader(std::string_view text, std::string what, JsonLimits limits)
    : m_text(text), m_what(std::move(what)), m_limits(limits) {}

void JsonReader::fail(const std::string& rule) const {
    throw std::runtime_error(m_what + " is refused at byte " + std::to_string(m_at) + ": " + rule + ".");
}

void JsonReader::skipSpace() {
    while (m_at < m_text.size()) {
        const char c = m_text[m_at];
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r') return;
        ++m_at;
    }
}

void JsonReader::expect(char c) {
    skipSpace();
    if (m_at >= m_text.size()) fail("the JSON ends too early");
    if (m_text[m_at] != c) fail(std::string("expected '") + c + "' in the JSON");
    ++m_at;
}

JsonReader::Kind JsonReader::peek() {
    skipSpace();
    if (m_at >= m_text.size()) fail("the JSON ends too early");
    switch (m_text[m_at]) {
    case '{':
        return Kind::Object;
    case '[':
        return Kind::Array;
    case '"':
        return Kind::String;
    case 't':
    case 'f':
        return Kind::Boolean;
    case 'n':
        return Kind::Null;
    default:
        if (m_text[m_at] == '-' || isDigit(m_text[m_at])) return Kind::Number;
        fail("no JSON value begins with this byte");
    }
}

void JsonReader::enter(char open) {
    expect(open);
    if (static_cast<int>(m_levels.size()) >= m_limits.depth)
        fail("the JSON is nested deeper than " + std::to_string(m_limits.depth) + " levels");
    m_levels.push_back({});
}

void JsonReader::enterObject() {
    enter('{');
}
void JsonReader::enterArray() {
    enter('[');
}

bool JsonReader::next(char close) {
    skipSpace();
    Level& level = m_levels.back();
    if (current() == close && m_at < m_text.size()) {
        ++m_at;
        m_levels.pop_back();
        return false;
    }
    if (level.members > 0) expect(',');
    if (++level.members > m_limits.members)
        fail("more than " + std::to_string(m_limits.members) + " members in one JSON object or array");
    return true;
}

bool JsonReader::nextKey() {
    m_plainKey = {};
    if (!next('}')) return false;
    skipSpace();
    bool escaped = false;
    const std::string_view raw = rawString(m_key, escaped);
    if (!escaped) {
        m_plainKey = raw;
        m_key.assign(raw);
    }
    expect(':');
    return true;
}

bool JsonReader::nextElement() {
    return next(']');
}

std::string_view JsonReader::string() {
    if (peek() != Kind::String) fail("expected a JSON string");
    bool escaped = false;
    const std::string_view raw = rawString(m_decoded, escaped);
    return escaped ? std::string_view(m_decoded) : raw;
}

std::string_view JsonReader::rawString(std::string& decoded, bool& escaped) {
    expect('"');
    std::size_t begin = m_at;
    const std::size_t start = m_at;
    escaped = false;
    decoded.clear();
    for (;;) {
        while (m_at + 8 <= m_text.size() && allPlain(m_text.data() + m_at)) m_at += 8;
        if (m_at >= m_text.size()) fail("the JSON ends inside a string");
        const auto c = static_cast<unsigned char>(m_text[m_at]);
        if (c == '"') break;
        if (c < 0x20) fail("a control character inside a JSON string");
        if (c == '\\') {
            escaped = true;
            decoded.append(m_text.substr(begin, m_at - begin));
            ++m_at;
            decodeEscape(decoded);
            begin = m_at;
        } else if (c >= 0x80) {
            utf8Sequence();
        } else {
            ++m_at;
        }
    }
    if (escaped) decoded.append(m_text.substr(begin, m_at - begin));
    return m_text.substr(start, m_at++ - start);
}

unsigned JsonReader::hex4() {
    if (m_at + 4 > m_text.size()) fail("the JSON ends inside an escape");
    unsigned value = 0;
    for (int i = 0; i < 4; ++i, ++m_at) {
        const char c = m_text[m_at];
        if (isDigit(c))
            value = value * 16 + static_cast<unsigned>(c - '0');
        else if (c >= 'a' && c <= 'f')
            value = value * 16 + static_cast<unsigned>(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F')
            value = value * 16 + static_cast<unsigned>(c - 'A') + 10;
        else
            fail("an escape with a digit that is not hexadecimal");
    }
    return value;
}

void JsonReader::decodeEscape(std::string& decoded) {
    if (m_at >= m_text.size()) fail("the JSON ends inside an escape");
    const char c = m_text[m_at++];
    static constexpr std::string_view names = "\"\\/bfnrt", values = "\"\\/\b\f\n\r\t";
    if (const auto place = names.find(c); place != std::string_view::npos) {
        decoded += values[place];
        return;
    }
    if (c != 'u') fail("an escape JSON does not know");
    unsigned code = hex4();
    if (code >= 0xDC00 && code < 0xE000) fail("half a surrogate pair in an escape");
    if (code >= 0xD800 && code < 0xDC00) {
        if (m_text.substr(m_at, 2) != "\\u") fail("half a surrogate pair in an escape");
        m_at += 2;
        const unsigned low = hex4();
        if (low < 0xDC00 || low >= 0xE000) fail("half a surrogate pair in an escape");
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    const auto byte = [&](unsigned bits) { decoded += static_cast<char>(bits); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xC0 | code >> 6), byte(0x80 | (code & 63));
    } else if (code < 0x10000) {
        byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 63)), byte(0x80 | (code & 63));
    } else {
        byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 63)), byte(0x80 | (code >> 6 & 63));
        byte(0x80 | (code & 63));
    }
}

void JsonReader::utf8Sequence() {
    const auto at = [&](std::size_t i) {
        return m_at + i < m_text.size() ? static_cast<unsigned char>(m_text[m_at + i]) : 0u;
    };
    const auto tail = [&](std::size_t i) { return (at(i) & 0xC0) == 0x80; };
    const unsigned lead = at(0);
    std::size_t length = 0;
    if (lead >= 0xC2 && lead < 0xE0 && tail(1))
        length = 2;
    else if (lead >= 0xE0 && lead < 0xF0 && tail(1) && tail(2))
        length = 3;
    else if (lead >= 0xF0 && lead < 0xF5 && tail(1) && tail(2) && tail(3))
        length = 4;
    const bool overlong = (lead == 0xE0 && at(1) < 0xA0) || (lead == 0xF0 && at(1) < 0x90);
    const bool surrogate = lead == 0xED && at(1) >= 0xA0, beyond = lead == 0xF4 && at(1) >= 0x90;
    if (length == 0 || overlong || surrogate || beyond) fail("bytes that are not UTF-8");
    m_at += length;
}

void JsonReader::number() {
    const auto digits = [&] {
        if (!isDigit(current())) fail("a malformed JSON number");
        while (isDigit(current())) ++m_at;
    };
    if (current() == '-') ++m_at;
    if (current() == '0')
        ++m_at;
    else
        digits();
    if (current() == '.') ++m_at, digits();
    if (current() == 'e' || current() == 'E') {
        ++m_at;
        if (current() == '+' || current() == '-') ++m_at;
        digits();
    }
}

std::uint64_t JsonReader::unsignedInteger() {
    if (peek() != Kind::Number) fail("expected a number");
    const std::size_t begin = m_at;
    number();
    std::uint64_t value = 0;
    for (const char c : m_text.substr(begin, m_at - begin)) {
        if (!isDigit(c)) fail("expected a whole number without sign, fraction or exponent");
        if (__builtin_mul_overflow(value, std::uint64_t{10}, &value) ||
            __builtin_add_overflow(value, static_cast<std::uint64_t>(c - '0'), &value))
            fail("a number does not fit 64 bits");
    }
    return value;
}

void JsonReader::literal(std::string_view word) {
    if (m_text.substr(m_at, word.size()) != word) fail("a word JSON does not know");
    m_at += word.size();
}

void JsonReader::skipObject() {
    std::vector<std::string> keys;
    enterObject();
    while (nextKey()) {
        keys.push_back(m_key);
        skip();
    }
    std::sort(keys.begin(), keys.end());
    const auto twin = std::adjacent_find(keys.begin(), keys.end());
    if (twin != keys.end()) fail("the key " + quoteForeign(*twin) + " occurs twice");
}

void JsonReader::skip() {
    switch (peek()) {
    case Kind::Object:
        skipObject();
        break;
    case Kind::Array:
        enterArray();
        while (nextElement()) skip();
        break;
    case Kind::String:
        string();
        break;
    case Kind::Number:
        number();
        break;
    case Kind::Boolean:
        literal(current() == 't' ? "true" : "false");
        break;
    case Kind::Null:
        literal("null");
        break;
    }
}

void JsonReader::finish() {
    skipSpace();
    if (m_at != m_text.size()) fail("more bytes follow after the JSON value");
}

void checkForeignJson(std::string_view text, const std::string& what, JsonLimits limits) {
    JsonReader reader(text, what, limits);
    reader.skip();
    reader.finish();
}

std::string quoteForeign(std::string_view foreignName) {
    constexpr std::size_t longest = 80;
    std::string out = "\"";
    for (const char c : foreignName.substr(0, longest)) out += c >= 0x20 && c < 0x7F && c != '"' ? c : '?';
    return out + (foreignName.size() > longest ? "...\"" : "\"");
}

} // namespace engine
