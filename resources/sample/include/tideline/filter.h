// SPDX-License-Identifier: MIT
#pragma once

#include "tideline/reading.h"

#include <cstddef>
#include <vector>

namespace tideline {

/// Rejects readings that water cannot have caused: jumps faster than any tide, and sensors that are stuck.
class Despiker {
public:
    /// @param fastest  metres a minute that the level may change by
    /// @param window   number of equal readings after which a sensor counts as stuck
    Despiker(double fastest, std::size_t patience);

    /// Marks the reading as believed or not and remembers it.
    /// @return false if the reading was rejected
    bool accept(Reading& reading);

    /// How many readings were rejected so far.
    std::size_t rejected() const { return m_rejected; }

private:
    bool jumps(const Reading& current) const;
    bool isStuck(const Reading& current);

    double m_fastest;
    std::size_t m_patience;
    std::size_t m_equal = 0;
    std::size_t m_rejected = 0;
    std::vector<Reading> m_recent;
};

} // namespace tideline
