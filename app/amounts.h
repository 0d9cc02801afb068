// Amounts as plain English text, for terminals, files and consent lines; the window words its own
// (ui/text.h). Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>

namespace app {

// "1 min 20 s", "3.4 s", "2 h 5 min".
std::string formatDuration(double seconds);
// "1,234,567"
std::string formatCount(std::int64_t number);
// "4.0 MB"
std::string formatBytes(std::uint64_t bytes);

} // namespace app
