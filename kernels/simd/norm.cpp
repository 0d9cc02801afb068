// Norms, rotations and the chunk's latents (v4-architecture.md 2.3, 4.3, 4.4).
#include "kernels/simd/simd_device.h"

#include <algorithm>
#include <cmath>

namespace kernels::simd {

void SimdDevice::normRow(const float* x, const float* weight, float epsilon, std::int64_t width, float* y) const {
    const double mean = double(m_loops.squares(x, width)) / double(width);
    const float factor = static_cast<float>(1.0 / std::sqrt(mean + double(epsilon)));
    m_loops.scaleBy(y, x, weight, factor, width, roundsActivations(mode()));
}

void SimdDevice::norm(const Tensor& input, const Tensor& weight, float epsilon, const Tensor& output) {
    const std::int64_t width = weight.shape.elements(), count = input.shape.elements() / width;
    pieces(count, 16, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t t = begin; t < end; ++t) normRow(input.f32() + t * width, weight.f32(), epsilon, width, output.f32() + t * width);
    });
}

std::unique_ptr<Rope> SimdDevice::prepareRope(std::vector<float> frequencies) {
    m_rotations.clear(); // a new rope may lie where an old one lay
    return ReferenceDevice::prepareRope(std::move(frequencies));
}

// The layers of a chunk ask for the same few tables.
const RotationTable& SimdDevice::rotation(const Rope& rope, std::int64_t first, std::int64_t count, std::int64_t step) {
    for (const RotationTable& table : m_rotations)
        if (table.rope == &rope && table.first == first && table.step == step && table.count >= count &&
            table.width == std::int64_t(2 * rope.frequencies.size()))
            return table;
    constexpr std::size_t kept = 6;
    if (m_rotations.size() < kept) m_rotations.emplace_back();
    RotationTable& table = m_rotations[m_nextRotation++ % m_rotations.size()];
    table.rope = &rope;
    table.first = first;
    table.step = step;
    table.count = count;
    table.width = std::int64_t(2 * rope.frequencies.size());
    table.values.resize(static_cast<std::size_t>(2 * count * table.width));
    pieces(count, 32, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            float* cosines = table.values.data() + 2 * i * table.width;
            float* sines = cosines + table.width;
            for (std::size_t pair = 0; pair < rope.frequencies.size(); ++pair) {
                const float angle = static_cast<float>(first + i * step) * rope.frequencies[pair]; // as trained
                cosines[2 * pair] = cosines[2 * pair + 1] = static_cast<float>(std::cos(double(angle)));
                sines[2 * pair + 1] = static_cast<float>(std::sin(double(angle)));
                sines[2 * pair] = -sines[2 * pair + 1];
            }
        }
    });
    return table;
}

void SimdDevice::latents(const Tensor& input, const Tensor& normWeight, float epsilon, const Rope& rope, std::int64_t position,
                         const Tensor& output) {
    const std::int64_t count = input.shape[0], dims = input.shape[1];
    const RotationTable& table = rotation(rope, position, count);
    pieces(count, 16, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t t = begin; t < end; ++t) {
            float* row = output.f32() + t * dims;
            normRow(input.f32() + t * dims, normWeight.f32(), epsilon, dims, row);
            m_loops.rotate(row + dims - table.width, table.at(t), table.width, false, roundsActivations(mode()));
            if (roundsCaches(mode())) m_loops.quantise(row, row, dims - table.width, 64);
        }
    });
}

} // namespace kernels::simd
