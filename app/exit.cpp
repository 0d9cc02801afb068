#include "app/exit.h"

#include <algorithm>

namespace app {

int Conditions::exitCode() const {
    for (const Exit code : {Exit::Usage, Exit::Engine, Exit::Budget, Exit::Incomplete, Exit::Findings})
        if (has(code)) return int(code);
    return 0;
}

std::vector<std::string> Conditions::texts() const {
    std::vector<std::string> all;
    for (const auto& [code, text] : m_list)
        if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
    return all;
}

bool Conditions::has(Exit code) const {
    return std::any_of(m_list.begin(), m_list.end(), [&](const auto& c) { return c.first == code; });
}

} // namespace app
