// The indexer (v4-architecture.md section 6): scores every finished entry for a query and keeps the best.
// Ties go to the lowest index; that is part of the definition, because a score of exactly zero is common.
#include "kernels/reference/arithmetic.h"
#include "kernels/reference/codecs.h"
#include "kernels/reference/products.h"
#include "kernels/reference/reference_device.h"
#include "kernels/reference/rope.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace kernels::reference {

namespace {

constexpr std::int64_t queriesAtOnce = 16; // bounds the score matrix: 16 rows of n/4 floats
constexpr std::int64_t keysAtOnce = 64;

// The k best of `count` scores, ascending by index, the rest -1.
void pickBest(const float* scores, std::int64_t count, std::int64_t k, std::int32_t* picks) {
    std::fill(picks, picks + k, -1);
    std::vector<std::int32_t> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), 0);
    if (count > k) {
        std::nth_element(order.begin(), order.begin() + k - 1, order.end(),
                         [scores](std::int32_t a, std::int32_t b) {
                             return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
                         });
        order.resize(static_cast<std::size_t>(k));
        std::sort(order.begin(), order.end());
    }
    std::copy(order.begin(), order.end(), picks);
}

} // namespace

void ReferenceDevice::select(const SelectJob& job) {
    const std::int64_t count = job.queries.shape[0], heads = job.queries.shape[1],
                       dims = job.queries.shape[2];
    const std::int64_t k = job.picks.shape[1];
    const bool round = roundsActivations(mode());
    const Rotation rotation(*job.rope, job.position, count);
    const float scale = static_cast<float>(1.0 / std::sqrt(double(dims) * double(heads)));

    std::vector<double> queries(static_cast<std::size_t>(count * heads * dims)),
        weights(static_cast<std::size_t>(count * heads));
    for (std::int64_t row = 0; row < count * heads; ++row) {
        float* q = job.queries.f32() + row * dims;
        rotation.apply(q, dims, row / heads, Rotation::Direction::Forward, round);
        if (roundsCaches(mode())) { // without rounding the rotation cancels in the product
            hadamard(q, static_cast<int>(dims));
            for (std::int64_t i = 0; i < dims; ++i) q[i] = rounded(q[i]);
            roundTripE2m1(q, dims);
        }
        widen(q, queries.data() + row * dims, dims);
        weights[static_cast<std::size_t>(row)] = rounded(double(job.weights.f32()[row]) * scale);
    }

    auto visible = [&](std::int64_t t) { return (job.position + t + 1) / job.ratio; };
    std::vector<float> stored(static_cast<std::size_t>(dims)), scores;
    std::vector<double> keys(static_cast<std::size_t>(keysAtOnce * dims)), products(keysAtOnce),
        sums(keysAtOnce);
    std::vector<const double*> keyRows;
    for (std::int64_t j = 0; j < keysAtOnce; ++j) keyRows.push_back(keys.data() + j * dims);
    for (std::int64_t begin = 0; begin < count; begin += queriesAtOnce) {
        const std::int64_t end = std::min(count, begin + queriesAtOnce), most = visible(end - 1);
        scores.assign(static_cast<std::size_t>((end - begin) * most), 0.0f);
        for (std::int64_t keyBegin = 0; most > k && keyBegin < most; keyBegin += keysAtOnce) {
            const std::int64_t keyEnd = std::min(most, keyBegin + keysAtOnce);
            for (std::int64_t j = keyBegin; j < keyEnd; ++j) {
                decodeRow(job.keys.layout, job.keys.row(j), job.keys.scale(j), stored.data());
                widen(stored.data(), keys.data() + (j - keyBegin) * dims, dims);
            }
            for (std::int64_t t = begin; t < end; ++t) {
                const std::int64_t seen = std::min(keyEnd, visible(t)) - keyBegin;
                if (seen <= 0) continue;
                std::fill(sums.begin(), sums.end(), 0.0);
                for (std::int64_t row = t * heads; row < (t + 1) * heads; ++row) {
                    dots(queries.data() + row * dims,
                         std::span(keyRows).first(static_cast<std::size_t>(seen)), dims, products.data());
                    for (std::size_t j = 0; j < static_cast<std::size_t>(seen); ++j)
                        sums[j] +=
                            weights[static_cast<std::size_t>(row)] * (products[j] < 0 ? 0.0 : products[j]);
                }
                float* place = scores.data() + (t - begin) * most + keyBegin;
                for (std::int64_t j = 0; j < seen; ++j) {
                    place[j] = static_cast<float>(sums[static_cast<std::size_t>(j)]) +
                               0.0f; // -0 and +0 are one score
                    if (!std::isnan(place[j])) continue;
                    m_badScore = true;
                    place[j] = 0;
                }
            }
        }
        for (std::int64_t t = begin; t < end; ++t)
            pickBest(scores.data() + (t - begin) * most, visible(t), k, job.picks.as<std::int32_t>() + t * k);
    }
}

} // namespace kernels::reference
