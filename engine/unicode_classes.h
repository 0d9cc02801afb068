// Character classes as the pre-tokeniser asks for them (v4-formats.md 3.2), and strict UTF-8 decoding. Generated from
// Unicode 16 by resources/tokenizer/make_unicode_classes.py. The table is built once and immutable; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace engine {

// White is white space without CR and LF; Cjk are the ranges with a split step of their own. Stop is no character: it
// is what the pre-tokeniser sees at the end of a text.
enum class CharClass : std::uint8_t { Other, Letter, Mark, Number, Symbol, White, Newline, Cjk, Stop };

// One byte per code point: CharClass in the low three bits, 8 where it is a word character.
const std::uint8_t* characterTable();

constexpr std::uint32_t notUtf8 = 0xFFFFFFFF;

struct Character {
    std::uint32_t code = notUtf8; // notUtf8: a byte that begins no valid sequence; its length is 1
    std::uint32_t length = 1;
};

// The character at the front of bytes [at, end); at < end.
inline Character characterAt(const char* at, const char* end) {
    const auto byte = [at](int i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(at[i])); };
    const std::uint32_t lead = byte(0);
    const auto follows = [&](int i) { return (byte(i) & 0xC0) == 0x80; };
    const std::ptrdiff_t left = end - at;
    if (lead < 0x80) return {lead, 1};
    if (lead >= 0xC2 && lead < 0xE0 && left >= 2 && follows(1)) return {(lead & 31) << 6 | (byte(1) & 63), 2};
    if (lead >= 0xE0 && lead < 0xF0 && left >= 3 && follows(1) && follows(2)) {
        const std::uint32_t code = (lead & 15) << 12 | (byte(1) & 63) << 6 | (byte(2) & 63);
        if (code >= 0x800 && (code < 0xD800 || code > 0xDFFF)) return {code, 3};
    }
    if (lead >= 0xF0 && lead < 0xF5 && left >= 4 && follows(1) && follows(2) && follows(3)) {
        const std::uint32_t code = (lead & 7) << 18 | (byte(1) & 63) << 12 | (byte(2) & 63) << 6 | (byte(3) & 63);
        if (code >= 0x10000 && code <= 0x10FFFF) return {code, 4};
    }
    return {};
}

bool startsWithWord(std::string_view text); // a regular expression's \w at the front
bool endsWithWord(std::string_view text);
std::size_t spaceAtStart(std::string_view text); // bytes of white space
std::size_t spaceAtEnd(std::string_view text);

} // namespace engine
