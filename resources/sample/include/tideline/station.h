// SPDX-License-Identifier: MIT
#pragma once

#include "tideline/alarm.h"
#include "tideline/reading.h"

#include <string>
#include <vector>

namespace tideline {

/// A gauge and the port it is connected to.
struct Station {
    std::string name;
    std::string device;
    double offset = 0;  ///< metres between sensor zero and chart datum
    Limits limits;
};

/// The stations of the harbour; an empty name gives an empty station.
Station stationNamed(const std::string& name);

/// Turns a line of the sensor ("1712.5;12.61") into a reading; the level is in millimetres.
/// @param line     what the sensor sent
/// @param station  whose offset is added
/// @param out      receives the reading
/// @return false if the line is not one of the sensor's
bool parseLine(const std::string& line, const Station& station, Reading& out);

/// Checks a whole day at once, for the monthly report.
std::vector<AlarmEvent> alarmsOfDay(const std::vector<Reading>& day, const Limits& limits);

} // namespace tideline
