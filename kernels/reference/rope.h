// Rotation of adjacent pairs (v4-architecture.md 4.4): sines and cosines of a stretch of positions, made once
// for an operation and used by all its heads.
#pragma once

#include "kernels/operations.h"

#include <cstdint>
#include <vector>

namespace kernels::reference {

class Rotation {
public:
    // Positions first, first + step, ... (`count` of them).
    Rotation(const Rope& rope, std::int64_t first, std::int64_t count, std::int64_t step = 1);
    int width() const { return 2 * m_pairs; }
    enum class Direction { Forward, Inverse };
    // Rotates the last width() of the `dims` values by the i-th position, then rounds those to bf16 if asked.
    void apply(float* values, std::int64_t dims, std::int64_t i, Direction direction, bool round) const;

private:
    int m_pairs;
    std::vector<double> m_table; // cosine, sine of each pair
};

} // namespace kernels::reference
