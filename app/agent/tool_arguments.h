// The arguments of a tool call: JSON text a model wrote, read strictly against the tool's own schema (flat, scalar,
// unknown names refused) and within limits of size and depth. Also the two repairs that are allowed: closing JSON that
// was cut at its end, and finding calls that a server left in the text. Pure functions, any thread.
// Source: agent.md 5, 12; reliability.md R22, P15; v4-formats.md 4.3, 4.13.
#pragma once

#include "app/backend/backend.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace app {

class ToolArguments {
public:
    // `problem` is empty when the arguments fit the schema.
    static ToolArguments parse(const std::string& json, const std::string& schema);
    const std::string& problem() const { return m_problem; }

    bool has(const std::string& name) const { return m_text.count(name) || m_number.count(name); }
    std::string text(const std::string& name) const;
    std::int64_t number(const std::string& name, std::int64_t otherwise) const;
    bool flag(const std::string& name) const { return number(name, 0) != 0; }
    // The same for equal calls whatever their spacing and order.
    const std::string& canonical() const { return m_canonical; }

private:
    std::map<std::string, std::string> m_text;
    std::map<std::string, std::int64_t> m_number;
    std::string m_problem, m_canonical;
};

// "pattern (text), limit (number, optional)": for the notice about bad arguments.
std::string describeArguments(const std::string& schema);
// Closes strings, arrays and objects that were cut off. Text that is whole already, or beyond repair, comes back as it is.
std::string repairJson(const std::string& json);
// Calls in DSML markup at the end of a text, as a server's parser would have found them. The text without them is left
// in `text`. None when the markup is not whole: it then stays text.
std::vector<ToolCall> takeLeakedCalls(std::string& text);

} // namespace app
