// DSML: the markup of tool calls (v4-formats.md 4.3, 4.10), read from a block whose ｜DSML｜ marks are known: as tokens,
// so that the same characters inside a value are text. Accepts the tags of V4 and, with a space, of V4.1. Linear time.
#pragma once

#include "engine/chat.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

// Text in which the marks at these places are real.
struct MarkedText {
    std::string text;
    std::vector<std::size_t> marks; // where each spelling begins, ascending

    void clear() {
        text.clear();
        marks.clear();
    }
};

enum class BlockStart : std::uint8_t { Yes, No, Undecided };

// Whether `block`, which begins with line breaks, '<' and a mark, opens a list of tool calls.
BlockStart opensToolCalls(const MarkedText& block);
// Whether it ends with the closing tag of that list.
bool closesToolCalls(const MarkedText& block);
// The calls; nothing where anything is malformed. Without the closing tag (the reply ended) it must end behind a
// whole call.
std::optional<std::vector<ChatToolCall>> readToolCalls(const MarkedText& block);

} // namespace engine
