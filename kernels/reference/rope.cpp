#include "kernels/reference/rope.h"

#include "kernels/formats.h"

#include <cmath>

namespace kernels::reference {

Rotation::Rotation(const Rope& rope, std::int64_t first, std::int64_t count, std::int64_t step)
    : m_pairs(static_cast<int>(rope.frequencies.size())) {
    m_table.reserve(static_cast<std::size_t>(count * m_pairs * 2));
    for (std::int64_t i = 0; i < count; ++i)
        for (const float frequency : rope.frequencies) {
            // Trained with the fp32 product: at a million tokens an exact one is another angle.
            const float angle = static_cast<float>(first + i * step) * frequency;
            m_table.push_back(std::cos(double(angle)));
            m_table.push_back(std::sin(double(angle)));
        }
}

void Rotation::apply(float* values, std::int64_t dims, std::int64_t i, Direction direction,
                     bool round) const {
    const double* table = m_table.data() + i * m_pairs * 2;
    float* x = values + dims - width();
    for (int pair = 0; pair < m_pairs; ++pair) {
        const double a = x[2 * pair], b = x[2 * pair + 1];
        const double cosine = table[2 * pair];
        const double sine = direction == Direction::Inverse ? -table[2 * pair + 1] : table[2 * pair + 1];
        const float first = static_cast<float>(a * cosine - b * sine),
                    second = static_cast<float>(a * sine + b * cosine);
        x[2 * pair] = round ? roundBf16(first) : first;
        x[2 * pair + 1] = round ? roundBf16(second) : second;
    }
}

} // namespace kernels::reference
