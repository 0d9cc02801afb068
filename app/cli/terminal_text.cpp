#include "app/cli/terminal_text.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace app::cli {

namespace {

struct Decoded {
    std::uint32_t point = 0;
    std::size_t bytes = 1;
    bool valid = false;
};

Decoded decode(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(at);
    if (first < 0x80)
        return {first, 1, true};
    const std::size_t bytes = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
    if (bytes == 1 || first >= 0xf5 || at + bytes > text.size())
        return {first, 1, false};
    std::uint32_t point = first & (0xff >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(at + i) & 0xc0) != 0x80)
            return {first, 1, false};
        point = point << 6 | (byte(at + i) & 0x3f);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < least[bytes] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        return {first, 1, false};
    return {point, bytes, true};
}

// Characters that move, hide or reorder what a terminal shows.
bool steers(std::uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200b || (c >= 0x200e && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
           (c >= 0xe0000 && c <= 0xe007f) || (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

bool isWide(std::uint32_t c) {
    return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
           (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) || (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) ||
           (c >= 0x20000 && c <= 0x3fffd);
}

bool isCombining(std::uint32_t c) {
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x483 && c <= 0x489) || (c >= 0x591 && c <= 0x5bd) || (c >= 0x1ab0 && c <= 0x1aff) ||
           (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xfe20 && c <= 0xfe2f);
}

int widthOf(std::uint32_t c) {
    return isCombining(c) ? 0 : isWide(c) ? 2 : 1;
}

} // namespace

std::string terminalText(std::string_view text, Newlines newlines) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const Decoded c = decode(text, at);
        if (c.valid && !(steers(c.point) && !(newlines == Newlines::Keep && (c.point == '\n' || c.point == '\t')))) {
            out.append(text, at, c.bytes);
        } else {
            char escape[16];
            std::snprintf(escape, sizeof escape, !c.valid || c.point < 0x100 ? "\\x%02x" : "\\u{%x}", unsigned(c.point));
            out += escape;
        }
        at += c.bytes;
    }
    return out;
}

int terminalWidth(std::string_view text) {
    int width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Decoded c = decode(text, at);
        width += widthOf(c.point);
        at += c.bytes;
    }
    return width;
}

std::string fitted(std::string_view text, int columns) {
    const std::string plain = terminalText(text, Newlines::Escape);
    const int width = terminalWidth(plain);
    if (width <= columns)
        return plain + std::string(std::size_t(columns - width), ' ');
    std::string out;
    int used = 0;
    for (std::size_t at = 0; at < plain.size();) {
        const Decoded c = decode(plain, at);
        if (used + widthOf(c.point) > columns - 1)
            break;
        out.append(plain, at, c.bytes);
        used += widthOf(c.point);
        at += c.bytes;
    }
    out += "…";
    return out + std::string(std::size_t(std::max(0, columns - used - 1)), ' ');
}

} // namespace app::cli
