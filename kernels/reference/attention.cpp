// Attention over one latent that is key and value (v4-architecture.md section 4): the raw latents of the
// window, then compressed rows, then a sink that only joins the denominator. Also the chunk's latents and
// their way into the ring.
#include "kernels/formats.h"
#include "kernels/reference/arithmetic.h"
#include "kernels/reference/codecs.h"
#include "kernels/reference/products.h"
#include "kernels/reference/reference_device.h"
#include "kernels/reference/rope.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace kernels::reference {

void ReferenceDevice::latents(const Tensor& input, const Tensor& normWeight, float epsilon, const Rope& rope,
                              std::int64_t position, const Tensor& output) {
    const std::int64_t count = input.shape[0], dims = input.shape[1];
    norm(input, normWeight, epsilon, output);
    const Rotation rotation(rope, position, count);
    for (std::int64_t t = 0; t < count; ++t) {
        float* row = output.f32() + t * dims;
        rotation.apply(row, dims, t, Rotation::Direction::Forward, roundsActivations(mode()));
        if (roundsCaches(mode())) roundTripE4m3(row, dims - rotation.width(), 64);
    }
}

void ReferenceDevice::storeLatents(const Tensor& latents, std::int64_t position, const Ring& ring) {
    const std::int64_t count = latents.shape[0], dims = latents.shape[1];
    for (std::int64_t t = std::max<std::int64_t>(0, count - ring.capacity); t < count; ++t)
        encodeRow(ring.layout, latents.f32() + t * dims, ring.at(position + t), ring.scaleAt(position + t));
}

namespace {

// Cache rows widened for the inner loops.
class WideRows {
public:
    explicit WideRows(std::int64_t dims) : m_dims(dims), m_stored(static_cast<std::size_t>(dims)) {}
    void reserve(std::int64_t count) { m_values.reserve(static_cast<std::size_t>(count * m_dims)); }
    void clear() { m_values.clear(); }
    void add(const float* values) { m_values.insert(m_values.end(), values, values + m_dims); }
    void add(const RowLayout& layout, const std::byte* data, const std::byte* scales) {
        decodeRow(layout, data, scales, m_stored.data());
        add(m_stored.data());
    }
    const double* row(std::int64_t i) const { return m_values.data() + i * m_dims; }

private:
    std::int64_t m_dims;
    std::vector<float> m_stored;
    std::vector<double> m_values;
};

// One head of one query: softmax over the keys and the sink, then the weighted sum of the same rows.
void attendHead(const double* query, std::span<const double* const> keys, double sink, std::int64_t dims,
                bool roundWeights, std::vector<double>& scores, double* output) {
    const double scale = 1.0 / std::sqrt(double(dims));
    dots(query, keys, dims, scores.data());
    double largest = -std::numeric_limits<double>::infinity();
    for (double& score : scores) largest = std::max(largest, score *= scale);
    double sum = std::exp(sink - largest);
    for (double& score : scores) {
        score = std::exp(score - largest); // from here on its weight
        sum += score;                      // of the unrounded weights
        if (roundWeights) score = roundBf16(static_cast<float>(score));
    }
    weightedSum(keys, scores.data(), dims, output);
    for (std::int64_t i = 0; i < dims; ++i) output[i] /= sum;
}

} // namespace

void ReferenceDevice::attention(const AttentionJob& job) {
    const std::int64_t count = job.queries.shape[0], heads = job.queries.shape[1],
                       dims = job.queries.shape[2];
    const bool round = roundsActivations(mode());
    const Rotation rotation(*job.rope, job.position, count);

    // Raw latents from the oldest that any query of the chunk sees to the last: earlier chunks' from the
    // ring.
    const std::int64_t oldest = std::max<std::int64_t>(0, job.position - job.window + 1);
    WideRows raw(dims), compressed(dims);
    raw.reserve(job.position - oldest + count);
    for (std::int64_t p = oldest; p < job.position; ++p)
        raw.add(job.ring.layout, job.ring.at(p), job.ring.scaleAt(p));
    for (std::int64_t t = 0; t < count; ++t) raw.add(job.latents.f32() + t * dims);
    // Without picks a query uses every visible row, so they are widened once for all queries.
    const bool dense = job.rows.data && !job.picks;
    if (dense)
        for (std::int64_t j = 0; j < (job.position + count) / job.ratio; ++j)
            compressed.add(job.rows.layout, job.rows.row(j), job.rows.scale(j));

    std::vector<const double*> keys;
    std::vector<double> scores, query(static_cast<std::size_t>(dims)), output(query.size());
    for (std::int64_t t = 0; t < count; ++t) {
        const std::int64_t position = job.position + t;
        keys.clear();
        for (std::int64_t p = std::max<std::int64_t>(0, position - job.window + 1); p <= position; ++p)
            keys.push_back(raw.row(p - oldest));
        if (dense)
            for (std::int64_t j = 0; j < (position + 1) / job.ratio; ++j) keys.push_back(compressed.row(j));
        if (job.picks) {
            const std::int64_t limit = job.picks.shape[1];
            const std::int32_t* picks = job.picks.as<std::int32_t>() + t * limit;
            const std::int64_t chosen = std::find(picks, picks + limit, -1) - picks;
            compressed.clear();
            compressed.reserve(chosen); // rows keep their place while keys point at them
            for (std::int64_t i = 0; i < chosen; ++i) {
                compressed.add(job.rows.layout, job.rows.row(picks[i]), job.rows.scale(picks[i]));
                keys.push_back(compressed.row(i));
            }
        }
        scores.resize(keys.size());

        for (std::int64_t head = 0; head < heads; ++head) {
            float* q = job.queries.f32() + (t * heads + head) * dims;
            const double factor =
                1.0 / std::sqrt(sumOfSquares(q, dims) / double(dims) + double(job.normEpsilon));
            for (std::int64_t i = 0; i < dims; ++i) q[i] = rounded(q[i] * factor);
            rotation.apply(q, dims, t, Rotation::Direction::Forward, round);
            widen(q, query.data(), dims);
            attendHead(query.data(), keys, job.sinks.f32()[head], dims, round, scores, output.data());
            float* o = job.output.f32() + (t * heads + head) * dims;
            for (std::int64_t i = 0; i < dims; ++i) o[i] = rounded(output[static_cast<std::size_t>(i)]);
            rotation.apply(o, dims, t, Rotation::Direction::Inverse, round);
        }
    }
}

} // namespace kernels::reference
