// How much memory this process used at most since a mark: for tests that hold a bound. Linux only; header only.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

namespace support {

inline std::int64_t statusKilobytes(const std::string& field) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(field + ":")) return std::stoll(line.substr(field.size() + 1));
    return 0;
}

class MemoryMark {
public:
    MemoryMark() {
        std::ofstream("/proc/self/clear_refs") << 5; // the peak starts again from now
        m_start = statusKilobytes("VmRSS");
    }
    std::int64_t peakGrowthBytes() const { return (statusKilobytes("VmHWM") - m_start) * 1024; }

private:
    std::int64_t m_start = 0;
};

} // namespace support
