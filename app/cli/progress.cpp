#include "app/cli/progress.h"

#include "app/amounts.h"
#include "app/cli/terminal_text.h"

#include <cstdio>
#include <ostream>

namespace app::cli {

void Progress::update(const std::string& stage, std::int64_t done, std::int64_t total, const std::string& unit,
                      const std::string& about) {
    if (!m_enabled)
        return;
    const std::lock_guard lock(m_mutex);
    const auto now = std::chrono::steady_clock::now();
    const bool fresh = stage != m_stage;
    if (fresh) {
        m_stage = stage;
        m_begin = now;
    } else if (now - m_last < std::chrono::milliseconds(100) && done != total) {
        return;
    }
    m_last = now;
    std::string line = stage;
    if (total > 0) {
        char share[16];
        std::snprintf(share, sizeof share, " %3d %%", int(100.0 * double(done) / double(total)));
        line += share;
    }
    line += "  " + formatCount(done) + (total > 0 ? " of " + formatCount(total) : "") + " " + unit;
    const double seconds = std::chrono::duration<double>(now - m_begin).count();
    if (seconds > 0.3 && done > 0) {
        const double rate = double(done) / seconds;
        char text[64];
        std::snprintf(text, sizeof text, rate >= 10 ? "  %.0f %s/s" : "  %.1f %s/s", rate, unit.c_str());
        line += text;
        if (total > done)
            line += "  " + formatDuration(double(total - done) / rate) + " left";
    }
    if (!about.empty())
        line += "  " + about;
    line = fitted(line, 79);
    line.erase(line.find_last_not_of(' ') + 1);
    const std::size_t width = std::size_t(terminalWidth(line));
    *m_stream << '\r' << line << std::string(m_width > width ? m_width - width : 0, ' ') << std::flush;
    m_width = width;
}

void Progress::clear() {
    if (!m_enabled)
        return;
    const std::lock_guard lock(m_mutex);
    if (m_width > 0)
        *m_stream << '\r' << std::string(m_width, ' ') << '\r' << std::flush;
    m_width = 0;
}

} // namespace app::cli
