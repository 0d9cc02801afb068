#include "app/cli/progress.h"

#include "app/cli/terminal_text.h"

#include <cstdio>
#include <ostream>

namespace app::cli {

std::string formatDuration(double seconds) {
    char text[64];
    if (seconds < 10)
        std::snprintf(text, sizeof text, "%.1f s", seconds);
    else if (seconds < 60)
        std::snprintf(text, sizeof text, "%.0f s", seconds);
    else if (seconds < 3600)
        std::snprintf(text, sizeof text, "%d min %d s", int(seconds) / 60, int(seconds) % 60);
    else
        std::snprintf(text, sizeof text, "%d h %d min", int(seconds / 3600), int(seconds) % 3600 / 60);
    return text;
}

std::string formatCount(std::int64_t number) {
    std::string text = std::to_string(number);
    const int first = number < 0 ? 1 : 0;
    for (int at = int(text.size()) - 3; at > first; at -= 3)
        text.insert(std::size_t(at), ",");
    return text;
}

std::string formatBytes(std::uint64_t bytes) {
    const char* units[] = {"B", "kB", "MB", "GB", "TB"};
    double value = double(bytes);
    int unit = 0;
    while (value >= 1000 && unit < 4)
        value /= 1000, ++unit;
    char text[32];
    std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    return text;
}

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
