// JSON in the dialect of the chat encoding (v4-formats.md 4.3): ", " and ": ", order kept, numbers as written, strings
// with the needed escapes only. A reader of its own, because a JSON library sorts keys or rewrites 1e-07. Foreign text:
// depth is limited, nothing recurses without bound. Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

struct JsonMember {
    std::string key;
    bool isString = false;
    std::string value; // the string itself, or the value in the dialect
};

// The members of a JSON object in order (a repeated key keeps its place and takes the last value); nothing where the
// text is no JSON object.
std::optional<std::vector<JsonMember>> jsonMembers(std::string_view json);
// "text" with quotes and escapes.
std::string jsonQuoted(std::string_view text);

} // namespace engine
