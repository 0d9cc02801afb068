// Words to options by the tables of command.h: "--name VALUE", "--name=VALUE", repeated, comma-separated, common and
// corpus options before or after the command, "--" ends options. Unknown words get the nearest known one. Pure; any
// thread.
#pragma once

#include "app/cli/command.h"
#include "app/cli/invocation.h"

#include <string>
#include <vector>

namespace app::cli {

struct ParsedLine {
    const Command* command = nullptr; // null: only --help or --version
    std::vector<GivenOption> options;
    std::vector<std::string> positional;
    bool has(const std::string& name) const;
};

// Throws UsageError with one sentence.
ParsedLine parseCommandLine(const std::vector<std::string>& arguments);
// Whether the words ask for JSON, looked at before they are known to be right.
bool wantsJson(const std::vector<std::string>& arguments);

std::vector<Option> optionsOf(const Command& command); // own, corpus, common
std::string helpText(const Command* command);          // null: the overview
// Whatever is nearest by edits, if it is near at all.
std::string nearest(const std::string& word, const std::vector<std::string>& known);

} // namespace app::cli
