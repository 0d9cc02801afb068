// Exit codes and how several become one: the process ends with the first of 2, 5, 4, 3, 1, 0 that holds, and
// the JSON lists all (product.md 4).
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace app {

enum class Exit : int {
    Clean = 0,
    Findings = 1,
    Usage = 2,
    Incomplete = 3,
    Budget = 4,
    Engine = 5,
    Interrupted = 130
};

class Conditions {
public:
    void add(Exit code, std::string sentence) { m_list.emplace_back(code, std::move(sentence)); }
    int exitCode() const;
    std::vector<std::string> texts() const;
    bool has(Exit code) const;

private:
    std::vector<std::pair<Exit, std::string>> m_list;
};

} // namespace app
