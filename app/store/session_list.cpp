#include "app/store/session_list.h"

#include "app/store/session_store.h"

#include <algorithm>
#include <chrono>

namespace app {

namespace fs = std::filesystem;

std::vector<SessionEntry> listSessions(const fs::path& folder, std::stop_token stop) {
    std::vector<SessionEntry> list;
    std::error_code error;
    for (const auto& found : fs::directory_iterator(folder, error)) {
        if (stop.stop_requested())
            break;
        if (found.path().extension() != ".lectern" || !found.is_regular_file(error))
            continue;
        SessionEntry entry;
        entry.file = found.path();
        entry.name = found.path().stem().string();
        entry.bytes = fs::file_size(entry.file, error);
        auto newest = fs::last_write_time(entry.file, error);
        // What was saved last may still lie in the log beside the file.
        if (const auto log = fs::last_write_time(fs::path(entry.file.string() + "-wal"), error); !error)
            newest = std::max(newest, log);
        entry.secondsOld = std::chrono::duration_cast<std::chrono::seconds>(fs::file_time_type::clock::now() - newest).count();
        try {
            const SessionStore store(entry.file, SessionStore::Access::Read);
            if (const auto corpus = store.latestCorpus())
                entry.subject = corpus->name, entry.files = corpus->files;
            const std::vector<StoredRun> runs = store.runs();
            entry.runs = std::int64_t(runs.size());
            if (!runs.empty()) {
                entry.latest = runs.back().goal + ", " + runs.back().status;
                entry.unfinished = runs.back().finished.empty();
                entry.findings = std::int64_t(store.findings(runs.back().id).size());
            }
        } catch (const std::exception& problem) {
            entry.problem = problem.what();
        }
        list.push_back(std::move(entry));
    }
    std::sort(list.begin(), list.end(), [](const SessionEntry& a, const SessionEntry& b) { return a.secondsOld < b.secondsOld; });
    return list;
}

} // namespace app
