#include "engine/pretokenizer.h"

#include <algorithm>

namespace engine {

namespace {

bool isAsciiLetter(char c) { return static_cast<unsigned char>((c | 0x20) - 'a') < 26; }

} // namespace

const char* PreTokenizer::runOf(CharClass kind, const char* at) const {
    const char* next = at;
    while (look(at, next) == kind) at = next;
    return at;
}

// [\p{L}\p{M}]*
const char* PreTokenizer::wordEnd(const char* at) const {
    for (;;) {
        while (at != m_end && isAsciiLetter(*at)) ++at;
        const char* next = at;
        const CharClass kind = look(at, next);
        if (kind != CharClass::Letter && kind != CharClass::Mark) return at;
        at = next;
    }
}

// [\p{P}\p{S}]*[\r\n]*
const char* PreTokenizer::symbolsEnd(const char* at) const {
    return runOf(CharClass::Newline, runOf(CharClass::Symbol, at));
}

// \s*[\r\n]+ | \s+(?!\S) | \s+, at a white space that begins no word and no run of symbols.
const char* PreTokenizer::spaceEnd(const char* at) const {
    const char* lastBreak = nullptr; // end of the last CR or LF in the run
    const char* last = at;           // the run's last character
    const char* next = at;
    int characters = 0;
    CharClass kind = look(at, next);
    while (kind == CharClass::White || kind == CharClass::Newline) {
        last = at;
        at = next;
        ++characters;
        if (kind == CharClass::Newline) lastBreak = at;
        kind = look(at, next);
    }
    if (lastBreak != nullptr) return lastBreak;
    const bool pieceEnds = kind == CharClass::Stop || kind == CharClass::Number || kind == CharClass::Cjk;
    return pieceEnds || characters == 1 ? at : last;
}

// Nothing matches at a character of no class: the run up to the next match is a piece of its own.
const char* PreTokenizer::otherEnd(const char* at) const {
    const char* next = at;
    CharClass kind = look(at, next);
    while (kind == CharClass::Other) {
        const char* after = next;
        kind = look(next, after);
        // Such a character in front of a word belongs to the word: there the next match begins.
        if (kind == CharClass::Letter || kind == CharClass::Mark) return at;
        at = next;
        next = after;
    }
    return at;
}

const char* PreTokenizer::pieceEnd(const char* at) const {
    const char* next = at;
    const CharClass kind = look(at, next);
    const char* second = next;
    switch (kind) {
    case CharClass::Letter:
    case CharClass::Mark:
        return wordEnd(next);
    case CharClass::Number:
        for (int digits = 1; digits < 3 && look(next, second) == CharClass::Number; ++digits) next = second;
        return next;
    case CharClass::Cjk:
        return runOf(CharClass::Cjk, next);
    case CharClass::Symbol:
        if (static_cast<unsigned char>(*at) < 0x80 && next != m_end && isAsciiLetter(*next))
            return std::find_if_not(next, m_end, isAsciiLetter);
        return symbolsEnd(next);
    case CharClass::Newline:
        return spaceEnd(at);
    case CharClass::White:
    case CharClass::Other: {
        const CharClass following = look(next, second);
        if (following == CharClass::Letter || following == CharClass::Mark) return wordEnd(second);
        if (kind == CharClass::Other) return otherEnd(at);
        if (*at == ' ' && following == CharClass::Symbol) return symbolsEnd(second);
        return spaceEnd(at);
    }
    case CharClass::Stop:
        break;
    }
    return m_end;
}

std::size_t safeCut(std::string_view text, std::size_t from, std::size_t reach) {
    const std::size_t end = std::min(text.size(), from + reach);
    for (std::size_t at = std::max<std::size_t>(from, 1); at + 1 < end; ++at) {
        if (text[at - 1] == '\n') {
            std::size_t visible = at;
            while (visible < end && (text[visible] == ' ' || text[visible] == '\t')) ++visible;
            if (visible < end && text[visible] > ' ' && text[visible] < 0x7F) return at;
        } else if (text[at] == ' ' && isAsciiLetter(text[at - 1]) && isAsciiLetter(text[at + 1])) {
            return at;
        }
    }
    return text.size();
}

} // namespace engine
