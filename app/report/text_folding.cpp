#include "app/report/text_folding.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <stdexcept>

namespace app {

CodePoint decodeAt(std::string_view text, std::size_t at) {
    if (at >= text.size()) {
        return {};
    }
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 0x80) {
        return {first, 1};
    }
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data()) + at;
    const int32_t left = static_cast<int32_t>(std::min<std::size_t>(text.size() - at, 4));
    int32_t i = 0;
    UChar32 c = 0;
    U8_NEXT(bytes, i, left, c);
    return c < 0 ? CodePoint{0xFFFD, 1} : CodePoint{static_cast<char32_t>(c), i};
}

CodePoint decodeBefore(std::string_view text, std::size_t end) {
    if (end == 0 || end > text.size()) {
        return {};
    }
    std::size_t begin = end - 1;
    while (begin > 0 && end - begin < 4 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) {
        --begin;
    }
    const CodePoint c = decodeAt(text, begin);
    return begin + static_cast<std::size_t>(c.length) == end ? c : CodePoint{0xFFFD, 1};
}

void appendUtf8(std::string& to, char32_t c) {
    std::uint8_t buffer[4];
    int32_t length = 0;
    UBool bad = false;
    U8_APPEND(buffer, length, 4, static_cast<UChar32>(c), bad);
    if (!bad) {
        to.append(reinterpret_cast<const char*>(buffer), static_cast<std::size_t>(length));
    }
}

bool isWordCharacter(char32_t c) {
    if (c < 0x80) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }
    return u_isalnum(static_cast<UChar32>(c)) || u_charType(static_cast<UChar32>(c)) == U_OTHER_NUMBER;
}

bool isDigit(char32_t c) {
    if (c < 0x80) {
        return c >= '0' && c <= '9';
    }
    const auto type = u_charType(static_cast<UChar32>(c));
    return type == U_DECIMAL_DIGIT_NUMBER || type == U_OTHER_NUMBER;
}

bool isCjk(char32_t c) {
    return (c >= 0x3000 && c <= 0x30FF) || (c >= 0x31F0 && c <= 0x31FF) || (c >= 0x3400 && c <= 0x4DBF) ||
           (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF00 && c <= 0xFFEF) ||
           (c >= 0x20000 && c <= 0x3FFFF);
}

bool isSpace(char32_t c) {
    if (c < 0x80) {
        return c == ' ' || (c >= 0x09 && c <= 0x0D);
    }
    return c == 0x85 || u_isUWhiteSpace(static_cast<UChar32>(c));
}

bool isDash(char32_t c) {
    return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE58 || c == 0xFE63 ||
           c == 0xFF0D;
}

namespace {

const UNormalizer2* casefold() {
    static const UNormalizer2* const instance = [] {
        UErrorCode error = U_ZERO_ERROR;
        const UNormalizer2* found = unorm2_getNFKCCasefoldInstance(&error);
        if (U_FAILURE(error)) {
            throw std::runtime_error("The Unicode tables of ICU could not be loaded: reinstall libicu.");
        }
        return found;
    }();
    return instance;
}

char32_t foldPunctuation(char32_t c) {
    if (isDash(c)) {
        return '-';
    }
    switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x2032:
    case 0x2035:
    case '`':
    case 0xB4:
        return '\'';
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x201F:
    case 0x2033:
    case 0x2036:
    case 0xAB:
    case 0xBB:
        return '"';
    default:
        return c;
    }
}

// NFKC with case folding of one run of characters that belong together; digits that are not plain digits
// stay.
void foldSegment(std::string_view segment, std::u32string& out) {
    const CodePoint first = decodeAt(segment, 0);
    if (u_charType(static_cast<UChar32>(first.value)) == U_OTHER_NUMBER) {
        out.push_back(first.value);
        return;
    }
    const char32_t simple = foldPunctuation(first.value);
    if (simple != first.value && static_cast<std::size_t>(first.length) == segment.size()) {
        out.push_back(simple);
        return;
    }
    UChar source[64];
    int32_t length = 0;
    for (std::size_t at = 0; at < segment.size() && length < 62;) {
        const CodePoint c = decodeAt(segment, at);
        at += static_cast<std::size_t>(c.length);
        UBool bad = false;
        U16_APPEND(source, length, 64, static_cast<UChar32>(c.value), bad);
        (void)bad;
    }
    UChar target[1200];
    UErrorCode error = U_ZERO_ERROR;
    const int32_t folded = unorm2_normalize(casefold(), source, length, target, 1200, &error);
    if (U_FAILURE(error)) {
        out.push_back(first.value);
        return;
    }
    for (int32_t i = 0; i < folded;) {
        UChar32 c = 0;
        U16_NEXT(target, i, folded, c);
        out.push_back(foldPunctuation(static_cast<char32_t>(c)));
    }
}

// Receives folded characters in order and applies the rules about white space and hyphens.
class Folder {
public:
    Folder(std::string_view original, bool letters) : m_letters(letters) {
        m_result.text.reserve(original.size());
        m_result.origin.reserve(original.size());
    }

    void space(bool newline) {
        if (m_hyphen != none) {
            m_hyphenSpace = true;
            m_hyphenNewline |= newline;
        } else {
            m_space = true;
        }
    }

    void character(char32_t c, std::uint32_t origin) {
        if (c == '-') {
            settle(0, origin);
            m_hyphen = origin;
            return;
        }
        settle(c, origin);
        if (m_space && !m_letters && m_last != 0 && !isCjk(m_last) && !isCjk(c)) {
            emit(' ', origin > 0 ? origin - 1 : 0);
        }
        m_space = false;
        emit(c, origin);
    }

    Folded take() {
        settle(0, 0);
        return std::move(m_result);
    }

private:
    static constexpr std::uint32_t none = 0xFFFFFFFF;

    // Decides about a hyphen once the character after it is known.
    void settle(char32_t next, std::uint32_t) {
        if (m_hyphen == none) {
            return;
        }
        const std::uint32_t at = m_hyphen;
        m_hyphen = none;
        bool keep = true;
        if (m_letters) {
            keep = isDigit(next);
        } else if (!m_space && u_isalpha(static_cast<UChar32>(m_last)) && next != 0 &&
                   u_isalpha(static_cast<UChar32>(next)) && (!m_hyphenSpace || m_hyphenNewline)) {
            keep = false; // inside a word, or at the end of a line
        }
        if (keep) {
            if (m_space && !m_letters && m_last != 0 && !isCjk(m_last)) {
                emit(' ', at > 0 ? at - 1 : 0);
            }
            emit('-', at);
            m_space = m_hyphenSpace;
        } else if (m_letters) {
            m_space = m_space || m_hyphenSpace;
        }
        m_hyphenSpace = m_hyphenNewline = false;
    }

    void emit(char32_t c, std::uint32_t origin) {
        const std::size_t before = m_result.text.size();
        appendUtf8(m_result.text, c);
        m_result.origin.resize(before + (m_result.text.size() - before), origin);
        m_last = c;
    }

    Folded m_result;
    bool m_letters;
    bool m_space = false, m_hyphenSpace = false, m_hyphenNewline = false;
    std::uint32_t m_hyphen = none;
    char32_t m_last = 0;
};

Folded collapseWhiteSpace(std::string_view text) {
    Folded result;
    result.text.reserve(text.size());
    result.origin.reserve(text.size());
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool white = c == ' ' || (c >= 0x09 && c <= 0x0D);
        if (white && inside) {
            continue;
        }
        inside = white;
        result.text.push_back(white ? ' ' : c);
        result.origin.push_back(static_cast<std::uint32_t>(i));
    }
    return result;
}

std::size_t segmentEnd(std::string_view text, std::size_t begin) {
    std::size_t end = begin + static_cast<std::size_t>(decodeAt(text, begin).length);
    // A run of combining marks longer than this is an attack, not a letter.
    for (int marks = 0; end < text.size() && marks < 20; ++marks) {
        const CodePoint next = decodeAt(text, end);
        if (next.value < 0x300 || unorm2_hasBoundaryBefore(casefold(), static_cast<UChar32>(next.value))) {
            break;
        }
        end += static_cast<std::size_t>(next.length);
    }
    return end;
}

} // namespace

std::size_t characterEnd(std::string_view text, std::size_t begin) {
    return begin >= text.size() ? text.size() : segmentEnd(text, begin);
}

Folded fold(std::string_view text, Fold depth, const Ranges& leaveOut) {
    if (depth == Fold::WhiteSpace) {
        return collapseWhiteSpace(text);
    }
    Folder folder(text, depth == Fold::Letters);
    auto skip = leaveOut.begin();
    std::u32string out;
    for (std::size_t at = 0; at < text.size();) {
        if (skip != leaveOut.end() && at >= skip->first) {
            at = std::max<std::size_t>(at, skip->second);
            ++skip;
            folder.space(true);
            continue;
        }
        const auto byte = static_cast<unsigned char>(text[at]);
        const bool plain =
            byte < 0x80 && (at + 1 >= text.size() || static_cast<unsigned char>(text[at + 1]) < 0x80);
        if (plain) {
            const auto origin = static_cast<std::uint32_t>(at);
            if (isSpace(byte)) {
                folder.space(byte == '\n' || byte == '\f' || byte == '\r');
            } else if (byte >= 'A' && byte <= 'Z') {
                folder.character(static_cast<char32_t>(byte + 32), origin);
            } else {
                folder.character(byte == '`' ? U'\'' : static_cast<char32_t>(byte), origin);
            }
            ++at;
            continue;
        }
        const std::size_t end = segmentEnd(text, at);
        out.clear();
        foldSegment(text.substr(at, end - at), out);
        for (const char32_t c : out) {
            if (isSpace(c)) {
                folder.space(c == '\n' || c == 0x2028 || c == 0x2029);
            } else {
                folder.character(c, static_cast<std::uint32_t>(at));
            }
        }
        at = end;
    }
    return folder.take();
}

std::string toLower(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decodeAt(text, at);
        at += static_cast<std::size_t>(c.length);
        appendUtf8(result, c.value < 0x80 ? static_cast<char32_t>(
                                                c.value >= 'A' && c.value <= 'Z' ? c.value + 32 : c.value)
                                          : static_cast<char32_t>(u_tolower(static_cast<UChar32>(c.value))));
    }
    return result;
}

} // namespace app
