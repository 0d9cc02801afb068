// The user's saved sessions as a list: name, subject, runs and age of every NAME.lectern in a folder, newest first. Opens
// each for reading; one that cannot be opened says why. Job thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace app {

struct SessionEntry {
    std::filesystem::path file;
    std::string name, subject, latest, problem; // latest: "review, complete"
    std::int64_t files = 0, runs = 0, findings = 0, secondsOld = 0;
    std::uint64_t bytes = 0;
    bool unfinished = false;
};
std::vector<SessionEntry> listSessions(const std::filesystem::path& folder, std::stop_token stop);

} // namespace app
