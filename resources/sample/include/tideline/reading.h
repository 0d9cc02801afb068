// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace tideline {

/// One measurement of one gauge.
struct Reading {
    std::int64_t time = 0;  ///< seconds since 1970, UTC
    double level = 0;       ///< metres above chart datum
    double battery = 0;     ///< volts
    bool believed = true;   ///< false once the filter has rejected it
};

} // namespace tideline
