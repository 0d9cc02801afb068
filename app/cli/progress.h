// Progress: one line on a terminal's stderr with share, rate and time left, redrawn at most ten times a second and
// wiped at the end; nothing where stderr is no terminal or with --quiet. Safe from several threads.
#pragma once

#include "app/amounts.h"

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <mutex>
#include <string>

namespace app::cli {

class Progress {
public:
    Progress(std::ostream* stream, bool enabled) : m_stream(stream), m_enabled(enabled && stream) {}
    ~Progress() { clear(); }
    // `unit` as in "files", "tokens", "questions". A new stage name starts a new clock.
    void update(const std::string& stage, std::int64_t done, std::int64_t total, const std::string& unit,
                const std::string& about = {});
    void clear();
    bool enabled() const { return m_enabled; }

private:
    std::ostream* m_stream;
    bool m_enabled;
    std::mutex m_mutex;
    std::string m_stage;
    std::chrono::steady_clock::time_point m_begin, m_last;
    std::size_t m_width = 0;
};

} // namespace app::cli
