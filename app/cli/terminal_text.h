// The one place where text that came from data becomes text for a terminal (P25): every C0 and C1 control byte but
// newline and tab, DEL, invalid UTF-8, bidirectional overrides and line separators become visible escapes ("\x1b").
#pragma once

#include <string>
#include <string_view>

namespace app::cli {

enum class Newlines : bool { Keep, Escape };
std::string terminalText(std::string_view text, Newlines newlines = Newlines::Keep);
// Columns a string takes: combining marks 0, CJK and emoji 2.
int terminalWidth(std::string_view text);
// Cut or padded to exactly `columns`.
std::string fitted(std::string_view text, int columns);

} // namespace app::cli
