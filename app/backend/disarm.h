// Control-token strings of the V4 vocabulary in outgoing text get a word joiner (U+2060) after their first character,
// so that a remote server's tokenizer sees ordinary text; rearm() takes exactly those out again, from quotes above all.
// rearm(disarm(x)) == x for every x, also for text that holds word joiners already. Pure functions, any thread.
// Source: agent.md 4 (control tokens), v4-formats.md 3.5; reliability.md P14.
#pragma once

#include <string>
#include <string_view>

namespace app {

std::string disarm(std::string_view text);
// The same, but leaves alone what is disarmed already: for text that others may have rendered so.
std::string disarmArmed(std::string_view text);
std::string rearm(std::string_view text);
// Whether the text holds a string that a served tokenizer would take for a control token.
bool isArmed(std::string_view text);

} // namespace app
