// Text of strangers made fit to be shown: code points a person cannot see or that reorder what is seen become escapes
// ("\u{202e}"), and the way back to bytes is kept, so that citations stay byte-exact. Pure functions; any thread.
// Source: reliability.md P13.
#pragma once

#include <QString>

#include <string_view>
#include <vector>

namespace ui {

// Categories Cc, Cf, Co, Cn, Zl, Zp, surrogates, variation selectors and fillers that draw nothing.
bool isUnseen(char32_t point);

enum class Breaks : bool { Keep, Escape };
QString visibleText(std::string_view utf8, Breaks breaks = Breaks::Keep);
QString visibleText(const QString& text, Breaks breaks = Breaks::Keep);

// One line for painting: tabs widened, escapes in place; columnOf[byte] is where that byte stands in `text`.
struct VisibleLine {
    QString text;
    std::vector<int> columnOf; // size of the line + 1
    std::vector<std::pair<int, int>> escapes; // columns [from, to) that are escapes
    int byteAt(int column) const; // the byte whose glyph covers the column
};
VisibleLine visibleLine(std::string_view utf8, int tabWidth = 4);

} // namespace ui
