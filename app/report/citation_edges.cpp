#include "app/report/citation_edges.h"

#include "app/report/text_folding.h"

namespace app {

const char* toString(Edge edge) {
    switch (edge) {
    case Edge::Clean:
        return "clean";
    case Edge::InsideWord:
        return "cut inside a word";
    case Edge::InsideNumber:
        return "cut inside a number";
    case Edge::AtNegation:
        return "cut beside a negation";
    }
    return "";
}

namespace {

bool joinsNumber(char32_t c) {
    return c == '.' || c == ',' || c == ':' || c == '/' || c == '\'' || isDash(c);
}

// Negations of the verb they stand beside; "without" and its like open a phrase of their own.
bool turnsRound(const std::string& word, Language language) {
    static const std::string apart[] = {"without",
                                        "except",
                                        "unless",
                                        "none",
                                        "nothing",
                                        "nobody",
                                        "nowhere",
                                        "nor",
                                        "neither",
                                        "hardly",
                                        "barely",
                                        "ohne",
                                        "weder",
                                        "noch",
                                        "nichts",
                                        "niemand",
                                        "au\xC3\x9F"
                                        "er",
                                        "ausgenommen",
                                        "nirgends",
                                        "kaum",
                                        "sans",
                                        "sauf",
                                        "rien",
                                        "ni",
                                        "nul",
                                        "nulle",
                                        "personne",
                                        "hormis",
                                        "sin",
                                        "salvo",
                                        "excepto",
                                        "nada",
                                        "nadie",
                                        "senza",
                                        "eccetto",
                                        "tranne",
                                        "niente",
                                        "nulla"};
    for (const std::string& other : apart)
        if (word == other) return false;
    return isNegation(word, language);
}

bool isUnit(char32_t c) {
    return c == '%' || c == '$' || c == 0xA3 || c == 0xA5 || c == 0x2030 || (c >= 0x20A0 && c <= 0x20BF);
}

// The word before `end` on the same sentence, lower case; empty at punctuation.
std::string wordBefore(std::string_view text, std::size_t end) {
    while (end > 0 && isSpace(decodeBefore(text, end).value)) {
        end -= static_cast<std::size_t>(decodeBefore(text, end).length);
    }
    std::size_t begin = end;
    while (begin > 0) {
        const CodePoint c = decodeBefore(text, begin);
        if (!isWordCharacter(c.value) && c.value != '\'' && c.value != 0x2019) {
            break;
        }
        begin -= static_cast<std::size_t>(c.length);
    }
    return toLower(text.substr(begin, end - begin));
}

std::string wordAfter(std::string_view text, std::size_t begin) {
    while (begin < text.size() && isSpace(decodeAt(text, begin).value)) {
        begin += static_cast<std::size_t>(decodeAt(text, begin).length);
    }
    std::size_t end = begin;
    while (end < text.size()) {
        const CodePoint c = decodeAt(text, end);
        if (!isWordCharacter(c.value) && c.value != '\'' && c.value != 0x2019) {
            break;
        }
        end += static_cast<std::size_t>(c.length);
    }
    return toLower(text.substr(begin, end - begin));
}

Edge front(std::string_view text, std::size_t begin, Language language) {
    const char32_t first = decodeAt(text, begin).value;
    const CodePoint before = decodeBefore(text, begin);
    const CodePoint second = decodeBefore(text, begin - static_cast<std::size_t>(before.length));
    if (isDigit(first)) {
        if (isDigit(before.value) || (joinsNumber(before.value) && isDigit(second.value)) ||
            isUnit(before.value) || (isDash(before.value) && !isWordCharacter(second.value))) {
            return Edge::InsideNumber;
        }
    }
    if (joinsNumber(first) && isDigit(before.value) && isDigit(decodeAt(text, begin + 1).value)) {
        return Edge::InsideNumber;
    }
    if (isWordCharacter(first) && isWordCharacter(before.value) && !isCjk(first) && !isCjk(before.value)) {
        return Edge::InsideWord;
    }
    if ((before.value == '!' && first != '=') || before.value == '~' || before.value == 0xAC) {
        return Edge::AtNegation;
    }
    if (before.length > 0 && isWordCharacter(first) && turnsRound(wordBefore(text, begin), language)) {
        return Edge::AtNegation;
    }
    return Edge::Clean;
}

Edge back(std::string_view text, std::size_t end, Language language) {
    const char32_t last = decodeBefore(text, end).value;
    const CodePoint after = decodeAt(text, end);
    const CodePoint second = decodeAt(text, end + static_cast<std::size_t>(after.length));
    if (isDigit(last)) {
        if (isDigit(after.value) || (joinsNumber(after.value) && isDigit(second.value)) ||
            isUnit(after.value)) {
            return Edge::InsideNumber;
        }
    }
    if (joinsNumber(last) && isDigit(after.value) && end >= 2 && isDigit(decodeBefore(text, end - 1).value)) {
        return Edge::InsideNumber;
    }
    if (isWordCharacter(last) && isWordCharacter(after.value) && !isCjk(last) && !isCjk(after.value)) {
        return Edge::InsideWord;
    }
    if (isWordCharacter(last) && after.length > 0 && turnsRound(wordAfter(text, end), language)) {
        return Edge::AtNegation;
    }
    return Edge::Clean;
}

} // namespace

Edge edgesOf(std::string_view text, std::size_t begin, std::size_t end, Language language) {
    const Edge first = front(text, begin, language);
    return first != Edge::Clean ? first : back(text, end, language);
}

} // namespace app
