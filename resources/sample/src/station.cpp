// SPDX-License-Identifier: MIT
#include "tideline/station.h"

#include <cstdlib>

namespace tideline {

namespace {

constexpr double millimetres = 1000.0;

} // namespace

Station stationNamed(const std::string& name) {
    if (name == "north")
        return {"north", "/dev/ttyS1", 0.214, {0.60, 4.50}};
    if (name == "south")
        return {"south", "/dev/ttyS2", 0.198, {0.60, 4.50}};
    if (name == "lock")
        return {"lock", "/dev/ttyS3", 1.050, {0.90, 4.20}};
    return {};
}

bool parseLine(const std::string& line, const Station& station, Reading& out) {
    const std::size_t separator = line.find(';');
    if (separator == std::string::npos)
        return false;
    char* end = nullptr;
    const double level = std::strtod(line.c_str(), &end);
    if (end != line.c_str() + separator)
        return false;
    out.level = level / millimetres + station.offset;
    out.battery = std::strtod(line.c_str() + separator + 1, nullptr);
    return true;
}

std::vector<AlarmEvent> alarmsOfDay(const std::vector<Reading>& day, const Limits& limits) {
    std::vector<AlarmEvent> queue;
    bool active = false;
    for (const Reading& reading : day) {
        if (!reading.believed)
            continue;
        if (reading.level > limits.high && !active) {
            AlarmEvent event;
            event.kind = AlarmKind::High;
            event.level = reading.level;
            event.limit = limits.low;
            event.raised = reading.time;
            queue.push_back(event);
            active = true;
        }
        if (reading.level >= limits.low && reading.level <= limits.high)
            active = false;
    }
    return queue;
}

} // namespace tideline
