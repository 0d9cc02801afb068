// The compressor (v4-architecture.md section 5): a softmax over the tokens of a window, channel by channel,
// makes one cache row of 4 or 128 tokens. Raw values and scores of unfinished windows wait in the pool ring,
// so that a window may begin in one chunk and end in another.
#include "kernels/reference/codecs.h"
#include "kernels/reference/reference_device.h"
#include "kernels/reference/rope.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kernels::reference {

namespace {

struct Slot { // what one token offers to an entry: c values and c scores
    const float* values;
    const float* scores;
};

// Channel by channel: Σ softmax(scores) * values.
void pool(std::span<const Slot> slots, std::int64_t width, float* out) {
    for (std::int64_t n = 0; n < width; ++n) {
        double largest = -std::numeric_limits<double>::infinity(), sum = 0, total = 0;
        for (const Slot& slot : slots) largest = std::max(largest, double(slot.scores[n]));
        for (const Slot& slot : slots) {
            const double weight = std::exp(double(slot.scores[n]) - largest);
            sum += weight;
            total += weight * double(slot.values[n]);
        }
        out[n] = static_cast<float>(total / sum);
    }
}

} // namespace

void ReferenceDevice::compress(const CompressJob& job) {
    const std::int64_t count = job.values.shape[0], stored = job.values.shape[1],
                       width = job.norm.shape.elements();
    const int m = job.ratio;
    const bool overlap = stored == 2 * width;

    // A learned bias by place in the window, added once, at the token's own place.
    std::vector<float> scores(job.scores.f32(), job.scores.f32() + count * stored);
    for (std::int64_t t = 0; t < count; ++t)
        for (std::int64_t n = 0; n < stored; ++n)
            scores[static_cast<std::size_t>(t * stored + n)] +=
                job.ape.f32()[(job.position + t) % m * stored + n];

    auto slotOf = [&](std::int64_t p, std::int64_t channel) -> Slot {
        if (p >= job.position) {
            const std::int64_t offset = (p - job.position) * stored + channel;
            return {job.values.f32() + offset, scores.data() + offset};
        }
        const float* row = reinterpret_cast<const float*>(job.pool.at(p));
        return {row + channel, row + stored + channel};
    };

    const std::int64_t first = job.position / m,
                       last = (job.position + count) / m; // windows that end in this chunk
    const Rotation rotation(*job.rope, first * m, last - first, m);
    const bool indexKeys = job.kind == CompressJob::Kind::IndexKeys && roundsCaches(mode());
    std::vector<Slot> slots;
    std::vector<float> entry(static_cast<std::size_t>(width));
    for (std::int64_t j = first; j < last; ++j) {
        slots.clear();
        // Overlapping: the first half of the channels speaks for the next window, the second half for the own
        // one.
        if (overlap && j > 0)
            for (int i = 0; i < m; ++i) slots.push_back(slotOf((j - 1) * m + i, 0));
        for (int i = 0; i < m; ++i) slots.push_back(slotOf(j * m + i, overlap ? width : 0));
        pool(slots, width, entry.data());
        for (float& value : entry) value = rounded(value);

        const Tensor row{entry.data(), Type::F32, {1, width}};
        norm(row, job.norm, job.normEpsilon, row);
        rotation.apply(entry.data(), width, j - first, Rotation::Direction::Forward,
                       roundsActivations(mode()));
        if (indexKeys) {
            hadamard(entry.data(), static_cast<int>(width));
            for (float& value : entry) value = rounded(value);
            roundTripE2m1(entry.data(), width);
        } else if (roundsCaches(mode())) {
            roundTripE4m3(entry.data(), width - rotation.width(), 64);
        }
        encodeRow(job.rows.layout, entry.data(), job.rows.row(j), job.rows.scale(j));
    }

    for (std::int64_t t = std::max<std::int64_t>(0, count - job.pool.capacity); t < count; ++t) {
        auto* row = reinterpret_cast<float*>(job.pool.at(job.position + t));
        std::copy_n(job.values.f32() + t * stored, stored, row);
        std::copy_n(scores.data() + t * stored, stored, row + stored);
    }
}

} // namespace kernels::reference
