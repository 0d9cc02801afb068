// Text reduced to what a quote must agree in, with the way back: every byte of the folded text knows the byte
// of the original it came from. Three depths (design agent.md 7): white space collapsed; skeleton (NFKC,
// case, quotes, dashes, hyphenation); letters (skeleton without white space and hyphens). Digits are never
// folded into others: superscripts and fractions stay what they are. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace app {

enum class Fold : std::uint8_t { WhiteSpace, Skeleton, Letters };

struct Folded {
    std::string text;
    std::vector<std::uint32_t> origin; // per byte of text: begin of the character it came from
};

// Byte ranges to leave out (page furniture), sorted and disjoint.
using Ranges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

Folded fold(std::string_view text, Fold depth, const Ranges& leaveOut = {});
// The end of the original character (with its combining marks) that begins at `begin`.
std::size_t characterEnd(std::string_view text, std::size_t begin);

// One code point of UTF-8 and its length; invalid bytes give U+FFFD and length 1. At the end: 0, length 0.
struct CodePoint {
    char32_t value = 0;
    int length = 0;
};
CodePoint decodeAt(std::string_view text, std::size_t at);
CodePoint decodeBefore(std::string_view text, std::size_t end);
void appendUtf8(std::string& to, char32_t c);
// Letters and digits of any script, and '_'.
bool isWordCharacter(char32_t c);
bool isDigit(char32_t c);
// Scripts written without spaces between words.
bool isCjk(char32_t c);
bool isSpace(char32_t c);
bool isDash(char32_t c);
std::string toLower(std::string_view text);

} // namespace app
