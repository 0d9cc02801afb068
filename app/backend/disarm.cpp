#include "app/backend/disarm.h"

#include <array>

namespace app {
namespace {

constexpr std::string_view joiner = "\xE2\x81\xA0"; // U+2060

struct Pattern {
    std::string_view first, rest;
};

// Every added token of the vocabulary begins with one of these; the tags of tool results are plain text to the
// tokenizer but structure to the template. '｜' is U+FF5C.
constexpr std::array<Pattern, 9> patterns{{
    {"<", "\xEF\xBD\x9C"},                 // <｜…｜>
    {"\xEF\xBD\x9C", "DSML\xEF\xBD\x9C"},  // ｜DSML｜
    {"<", "think>"},
    {"<", "/think>"},
    {"<", "dsml:"},
    {"<", "/dsml:"},
    {"<", "|"},                            // <|EOT|>, <|place_holder_mm_span_0021|>
    {"<", "tool_result>"},
    {"<", "/tool_result>"},
}};

// At `at`: first character, any number of joiners, rest. Gives the number of joiners, or -1.
int joinersAt(std::string_view text, std::size_t at, const Pattern*& found) {
    for (const Pattern& pattern : patterns) {
        if (!text.substr(at).starts_with(pattern.first))
            continue;
        std::size_t next = at + pattern.first.size();
        int count = 0;
        while (text.substr(next).starts_with(joiner)) {
            next += joiner.size();
            ++count;
        }
        if (text.substr(next).starts_with(pattern.rest)) {
            found = &pattern;
            return count;
        }
    }
    return -1;
}

bool canStart(char c) { return c == '<' || c == '\xEF'; }

// Inserts a joiner at every pattern that has at most `most` of them; -1 = any number.
std::string insertJoiners(std::string_view text, int most) {
    std::string out;
    out.reserve(text.size() + text.size() / 64);
    for (std::size_t i = 0; i < text.size();) {
        const Pattern* pattern = nullptr;
        const int joiners = canStart(text[i]) ? joinersAt(text, i, pattern) : -1;
        if (joiners >= 0 && (most < 0 || joiners <= most)) {
            out += pattern->first;
            out += joiner;
            i += pattern->first.size();
        } else {
            out += text[i++];
        }
    }
    return out;
}

} // namespace

std::string disarm(std::string_view text) { return insertJoiners(text, -1); }

std::string disarmArmed(std::string_view text) { return insertJoiners(text, 0); }

std::string rearm(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const Pattern* pattern = nullptr;
        if (canStart(text[i]) && joinersAt(text, i, pattern) >= 1) {
            out += pattern->first;
            i += pattern->first.size() + joiner.size();
        } else {
            out += text[i++];
        }
    }
    return out;
}

bool isArmed(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const Pattern* pattern = nullptr;
        if (canStart(text[i]) && joinersAt(text, i, pattern) == 0)
            return true;
    }
    return false;
}

} // namespace app
