// The compressor (v4-architecture.md section 5): windows that end in the chunk, pooled channel by channel.
#include "kernels/reference/codecs.h"
#include "kernels/simd/scratch.h"
#include "kernels/simd/simd_device.h"

#include <algorithm>

namespace kernels::simd {

namespace {

struct Entry;

} // namespace

void SimdDevice::compress(const CompressJob& job) {
    const std::int64_t count = job.values.shape[0], stored = job.values.shape[1], width = job.norm.shape.elements();
    const int m = job.ratio;
    const bool overlap = stored == 2 * width, rounds = roundsActivations(mode());

    // A learned bias by place in the window, added once, at the token's own place.
    m_poolScores.resize(static_cast<std::size_t>(count * stored));
    for (std::int64_t t = 0; t < count; ++t)
        m_loops.add(m_poolScores.data() + t * stored, job.scores.f32() + t * stored, job.ape.f32() + (job.position + t) % m * stored, stored);

    const std::int64_t first = job.position / m, last = (job.position + count) / m;
    if (last > first) {
        const RotationTable& table = rotation(*job.rope, first * m, last - first, m);
        const bool indexKeys = job.kind == CompressJob::Kind::IndexKeys && roundsCaches(mode());
        pieces(last - first, 2, [&](std::int64_t begin, std::int64_t end) {
            std::vector<const float*> values, scores;
            float* entry = scratch<Entry>(width);
            auto take = [&](std::int64_t p, std::int64_t channel) {
                if (p >= job.position) {
                    const std::int64_t offset = (p - job.position) * stored + channel;
                    values.push_back(job.values.f32() + offset);
                    scores.push_back(m_poolScores.data() + offset);
                } else {
                    const float* row = reinterpret_cast<const float*>(job.pool.at(p)) + channel;
                    values.push_back(row);
                    scores.push_back(row + stored);
                }
            };
            for (std::int64_t j = first + begin; j < first + end; ++j) {
                values.clear();
                scores.clear();
                // Overlapping: the first half of the channels speaks for the next window, the second half for the own one.
                if (overlap && j > 0)
                    for (int i = 0; i < m; ++i) take((j - 1) * m + i, 0);
                for (int i = 0; i < m; ++i) take(j * m + i, overlap ? width : 0);
                m_loops.pool(values.data(), scores.data(), static_cast<int>(values.size()), width, entry);
                if (rounds) m_loops.scaleBy(entry, entry, nullptr, 1.0f, width, true);
                normRow(entry, job.norm.f32(), job.normEpsilon, width, entry);
                m_loops.rotate(entry + width - table.width, table.at(j - first), table.width, false, rounds);
                if (indexKeys) {
                    reference::hadamard(entry, static_cast<int>(width));
                    if (rounds) m_loops.scaleBy(entry, entry, nullptr, 1.0f, width, true);
                    reference::roundTripE2m1(entry, width);
                } else if (roundsCaches(mode())) {
                    m_loops.quantise(entry, entry, width - table.width, 64);
                }
                reference::encodeRow(job.rows.layout, entry, job.rows.row(j), job.rows.scale(j));
            }
        });
    }

    for (std::int64_t t = std::max<std::int64_t>(0, count - job.pool.capacity); t < count; ++t) {
        auto* row = reinterpret_cast<float*>(job.pool.at(job.position + t));
        std::copy_n(job.values.f32() + t * stored, stored, row);
        std::copy_n(m_poolScores.data() + t * stored, stored, row + stored);
    }
}

} // namespace kernels::simd
