// SPDX-License-Identifier: MIT
#include "tideline/alarm.h"

#include <cstdio>
#include <utility>

namespace tideline {

void AlarmWatch::watch(const Reading& reading) {
    if (!reading.believed)
        return;
    if (reading.level > limits.high && !active) {
        AlarmEvent event;
        event.kind = AlarmKind::High;
        event.level = reading.level;
        event.limit = limits.high;
        event.raised = reading.time;
        queue.push_back(event);
        active = true;
    }
    if (reading.level < limits.low && !active) {
        AlarmEvent event;
        event.kind = AlarmKind::Low;
        event.level = reading.level;
        event.limit = limits.low;
        event.raised = reading.time;
        queue.push_back(event);
        active = true;
    }
    if (reading.level >= limits.low && reading.level <= limits.high)
        active = false;
}

std::vector<AlarmEvent> AlarmWatch::take() {
    return std::exchange(queue, {});
}

std::string AlarmWatch::describe(const AlarmEvent& event) {
    char text[80];
    // TODO: say which gauge it was; with three of them the number alone wakes the wrong person
    std::snprintf(text, sizeof text, "%s water: %.2f m, limit %.2f m", event.kind == AlarmKind::High ? "High" : "Low",
                  event.level, event.limit);
    return text;
}

} // namespace tideline
