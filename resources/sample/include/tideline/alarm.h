// SPDX-License-Identifier: MIT
#pragma once

#include "tideline/reading.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tideline {

enum class AlarmKind { Low, High };

struct Limits {
    double low = 0.60;   ///< metres above chart datum: the ferry touches ground
    double high = 4.50;  ///< metres above chart datum: the quay is under water
};

struct AlarmEvent {
    AlarmKind kind = AlarmKind::High;
    double level = 0;
    double limit = 0;
    std::int64_t raised = 0;
};

/// Compares believed readings with the limits and queues an event for each crossing.
struct AlarmWatch {
    Limits limits;
    bool active = false;  ///< an alarm was raised and the level is not back to normal
    std::vector<AlarmEvent> queue;

    /// Looks at one reading; rejected readings never raise an alarm.
    void watch(const Reading& reading);

    /// Hands over the events that were raised since the last call.
    std::vector<AlarmEvent> take();

    /// Text for the person on duty.
    static std::string describe(const AlarmEvent& event);
};

} // namespace tideline
