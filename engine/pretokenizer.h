// The pre-tokeniser of V4 as a scanner written by hand: where the piece that begins here ends. It gives what the three
// Split steps of v4-formats.md 3.2 give one after the other: digits by threes, CJK and kana runs, then the regular
// expression, whose look-ahead sees the end of its own piece as the end of the text. Linear time; pure; any thread.
#pragma once

#include "engine/unicode_classes.h"

#include <cstddef>
#include <string_view>

namespace engine {

class PreTokenizer {
public:
    explicit PreTokenizer(std::string_view text)
        : m_table(characterTable()), m_begin(text.data()), m_end(text.data() + text.size()) {}
    // The end of the piece beginning at `at` (a piece boundary, before the end of the text).
    const char* pieceEnd(const char* at) const;

private:
    // The class at `at`, and where the next character begins.
    CharClass look(const char* at, const char*& next) const {
        if (at == m_end) {
            next = at;
            return CharClass::Stop;
        }
        const auto byte = static_cast<unsigned char>(*at);
        if (byte < 0x80) {
            next = at + 1;
            return static_cast<CharClass>(m_table[byte] & 7);
        }
        const Character character = characterAt(at, m_end);
        next = at + character.length;
        return character.code == notUtf8 ? CharClass::Other : static_cast<CharClass>(m_table[character.code] & 7);
    }
    const char* runOf(CharClass kind, const char* at) const;
    const char* wordEnd(const char* at) const;
    const char* symbolsEnd(const char* at) const;
    const char* spaceEnd(const char* at) const;
    const char* otherEnd(const char* at) const;

    const std::uint8_t* m_table;
    const char* m_begin;
    const char* m_end;
};

// The first place at or after `from` where a piece ends whatever stands before and after: behind a line break whose
// next line has a visible ASCII character before its next break, or between two ASCII words. text.size() when there
// is none within `reach` bytes.
std::size_t safeCut(std::string_view text, std::size_t from, std::size_t reach);

} // namespace engine
