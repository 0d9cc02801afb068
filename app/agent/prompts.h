// Prompts: every word said to a model, read from resources/prompts once per run and then immutable. Placeholders are
// filled in one pass, so that filled-in text is never looked at again. Any thread. Source: agent.md 4, 5.
#pragma once

#include "app/backend/backend.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace app {

class Prompts {
public:
    // Throws std::runtime_error naming the file that is missing or misshapen.
    static Prompts load();

    // The text of prompts/NAME.md without its first line.
    const std::string& text(const std::string& name) const;
    using Values = std::map<std::string, std::string>;
    // Throws when a placeholder has no value: a mistake of ours that a test meets first.
    std::string fill(const std::string& name, const Values& values) const;
    std::string notice(const std::string& section, const Values& values = {}) const;

    const std::vector<ToolSpec>& tools() const { return m_tools; } // sorted by name
    std::string toolsText() const;                                 // for counting what the list costs
    const std::string& sha256() const { return m_sha256; }

private:
    std::map<std::string, std::string> m_texts, m_notices;
    std::vector<ToolSpec> m_tools;
    std::string m_sha256;
};

std::string fillPlaceholders(std::string_view text, const Prompts::Values& values);

} // namespace app
