// The tools by family, each a function of a ToolBox and its checked arguments. Only tools.cpp calls them.
#pragma once

#include "app/agent/tools.h"

#include <stop_token>
#include <string>

namespace app {

struct ReadingTools {
    static ToolResult find(ToolBox& box, const ToolArguments& arguments, std::stop_token stop);
    static ToolResult read(ToolBox& box, const ToolArguments& arguments, std::stop_token stop);
    static ToolResult outline(ToolBox& box, const ToolArguments& arguments, std::stop_token stop);
    static ToolResult refs(ToolBox& box, const ToolArguments& arguments, std::stop_token stop);
    static ToolResult witness(ToolBox& box, const ToolArguments& arguments, std::stop_token stop);
    static ToolResult more(ToolBox& box, const ToolArguments& arguments, std::stop_token stop);
};

struct HistoryTools {
    static ToolResult history(ToolBox& box, const ToolArguments& arguments, std::stop_token stop);
    static ToolResult blame(ToolBox& box, const ToolArguments& arguments, std::stop_token stop);
    static ToolResult diff(ToolBox& box, const ToolArguments& arguments, std::stop_token stop);
};

struct NoteTools {
    static ToolResult resolve(ToolBox& box, const ToolArguments& arguments, std::stop_token stop);
    static ToolResult finding(ToolBox& box, const ToolArguments& arguments, std::stop_token stop);
    static ToolResult answer(ToolBox& box, const ToolArguments& arguments, std::stop_token stop);
    static ToolResult cell(ToolBox& box, const ToolArguments& arguments, std::stop_token stop);
    static ToolResult verdict(ToolBox& box, const ToolArguments& arguments, std::stop_token stop);
    static ToolResult askUser(ToolBox& box, const ToolArguments& arguments, std::stop_token stop);
};

ToolResult toolDone(std::string text, std::string summary);
ToolResult toolFailed(const std::string& sentence);
// A foreign text on one line, at most `most` bytes, never half a character.
std::string oneLine(std::string_view text, std::size_t most);

} // namespace app
