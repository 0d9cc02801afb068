#include "engine/unicode_classes.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace engine {

namespace {

constexpr std::uint32_t codePoints = 0x110000;
constexpr std::uint32_t rangeStarts[] = {
#include "engine/unicode_ranges.inc"
};

std::vector<std::uint8_t> expand() {
    std::vector<std::uint8_t> table(codePoints);
    for (std::size_t i = 0; i < std::size(rangeStarts); ++i) {
        const std::uint32_t begin = rangeStarts[i] >> 4;
        const std::uint32_t end = i + 1 < std::size(rangeStarts) ? rangeStarts[i + 1] >> 4 : codePoints;
        std::fill(table.begin() + begin, table.begin() + end, static_cast<std::uint8_t>(rangeStarts[i] & 15));
    }
    return table;
}

std::uint8_t bitsAt(const char* at, const char* end, std::uint32_t& length) {
    const Character character = characterAt(at, end);
    length = character.length;
    return character.code == notUtf8 ? 0 : characterTable()[character.code];
}

bool isSpace(std::uint8_t bits) {
    const auto kind = static_cast<CharClass>(bits & 7);
    return kind == CharClass::White || kind == CharClass::Newline;
}

// Where the last character begins.
std::size_t lastCharacter(std::string_view text) {
    std::size_t at = text.size() - 1;
    while (at > 0 && text.size() - at < 4 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
    const Character character = characterAt(text.data() + at, text.data() + text.size());
    return at + character.length == text.size() ? at : text.size() - 1;
}

} // namespace

const std::uint8_t* characterTable() {
    static const std::vector<std::uint8_t> table = expand();
    return table.data();
}

bool startsWithWord(std::string_view text) {
    std::uint32_t length = 0;
    return !text.empty() && (bitsAt(text.data(), text.data() + text.size(), length) & 8) != 0;
}

bool endsWithWord(std::string_view text) { return !text.empty() && startsWithWord(text.substr(lastCharacter(text))); }

std::size_t spaceAtStart(std::string_view text) {
    std::size_t at = 0;
    std::uint32_t length = 0;
    while (at < text.size() && isSpace(bitsAt(text.data() + at, text.data() + text.size(), length))) at += length;
    return at;
}

std::size_t spaceAtEnd(std::string_view text) {
    const std::size_t whole = text.size();
    while (!text.empty()) {
        const std::size_t at = lastCharacter(text);
        if (spaceAtStart(text.substr(at)) == 0) break;
        text = text.substr(0, at);
    }
    return whole - text.size();
}

} // namespace engine
