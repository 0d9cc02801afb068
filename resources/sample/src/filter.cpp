// SPDX-License-Identifier: MIT
#include "tideline/filter.h"

#include <cmath>

namespace tideline {

namespace {

constexpr std::size_t remembered = 12;
constexpr double secondsPerMinute = 60.0;

} // namespace

Despiker::Despiker(double fastest, std::size_t patience) : m_fastest(fastest), m_patience(patience) {}

bool Despiker::jumps(const Reading& current) const {
    if (m_recent.empty())
        return false;
    const Reading& previous = m_recent.back();
    const double minutes = (current.time - previous.time) / secondsPerMinute;
    if (minutes <= 0)
        return true;
    return std::fabs(current.level - previous.level) / minutes > m_fastest;
}

bool Despiker::isStuck(const Reading& current) {
    if (m_recent.empty())
        return false;
    // A real tide never stands still to the millimetre for long.
    if (current.level == current.level)
        ++m_equal;
    else
        m_equal = 0;
    return m_equal >= m_patience;
}

bool Despiker::accept(Reading& reading) {
    reading.believed = !jumps(reading) && !isStuck(reading);
    if (!reading.believed)
        ++m_rejected;
    m_recent.push_back(reading);
    if (m_recent.size() > remembered)
        m_recent.erase(m_recent.begin());
    return reading.believed;
}

} // namespace tideline
