// The indexer (v4-architecture.md section 6) on compact fp4 keys. Sixteen keys at a time become a panel of the matrix
// product, so that several queries share their decoding; every query keeps its best entries in a buffer of a few times
// k, never all scores. Keys are met in ascending order, so of equal scores the first one stays, as the definition wants.
#include "kernels/formats.h"
#include "kernels/reference/codecs.h"
#include "kernels/simd/scratch.h"
#include "kernels/simd/simd_device.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <limits>

namespace kernels::simd {

namespace {

constexpr std::int64_t queriesOfGroup = 16;
constexpr std::int64_t keysOfRange = 4096; // at least, of the walk of few queries that threads share
constexpr int keysOfTile = tilePanels * panelRows;

struct KeyFloats;
struct DotFloats;

// An entry as one number: a better score is larger, and of equal scores the lower index is.
using Candidate = std::uint64_t;

Candidate candidate(float score, std::int64_t index) {
    const std::uint32_t code = bitsOf(score);
    const std::uint32_t ordered = code & 0x80000000u ? ~code : code | 0x80000000u;
    return std::uint64_t{ordered} << 32 | (0xffffffffu - static_cast<std::uint32_t>(index));
}

float scoreOf(Candidate c) {
    const std::uint32_t ordered = static_cast<std::uint32_t>(c >> 32);
    return floatOf(ordered & 0x80000000u ? ordered ^ 0x80000000u : ~ordered);
}

std::int32_t indexOf(Candidate c) { return static_cast<std::int32_t>(0xffffffffu - static_cast<std::uint32_t>(c)); }

// Keeps the k best of more than k entries, in their order.
void keepBest(std::vector<Candidate>& entries, std::size_t k) {
    thread_local std::vector<Candidate> sorted;
    sorted = entries;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(k) - 1, sorted.end(), std::greater<>());
    const Candidate last = sorted[k - 1];
    std::size_t kept = 0;
    for (const Candidate c : entries) { // no branch: which ones stay is chance
        entries[kept] = c;
        kept += c >= last;
    }
    entries.resize(kept);
}

// The k best so far of entries offered in ascending order.
class Best {
public:
    void begin(std::int64_t k) {
        m_k = static_cast<std::size_t>(k);
        m_threshold = -std::numeric_limits<float>::infinity();
        m_full = false;
        m_entries.clear();
        m_entries.reserve(2 * m_k + 64);
    }
    float threshold() const { return m_threshold; }
    bool full() const { return m_full; } // from here on only scores above the threshold matter
    void offer(float score, std::int64_t index) {
        m_entries.push_back(candidate(score, index));
        if (m_entries.size() >= 2 * m_k + 32) cut();
    }
    void cut() {
        keepBest(m_entries, m_k);
        m_threshold = scoreOf(*std::min_element(m_entries.begin(), m_entries.end()));
        m_full = true;
    }
    std::vector<Candidate>& entries() { return m_entries; }

private:
    std::size_t m_k = 0;
    float m_threshold = 0;
    bool m_full = false;
    std::vector<Candidate> m_entries;
};

} // namespace

void SimdDevice::select(const SelectJob& job) {
    const std::int64_t count = job.queries.shape[0], heads = job.queries.shape[1], dims = job.queries.shape[2];
    const std::int64_t k = job.picks.shape[1];
    if (job.keys.layout.type != RowType::Index || dims % 2 != 0 || heads > 256) return ReferenceDevice::select(job);
    const RotationTable& table = rotation(*job.rope, job.position, count);
    const float scale = static_cast<float>(1.0 / std::sqrt(double(dims) * double(heads)));
    m_indexWeights.resize(static_cast<std::size_t>(count * heads));
    m_loops.scaleBy(m_indexWeights.data(), job.weights.f32(), nullptr, scale, count * heads, true);
    auto visible = [&](std::int64_t t) { return (job.position + t + 1) / job.ratio; };

    std::atomic<bool> bad{false};
    // The scores of keys [begin, end) for queries [first, last): take(query, sixteen scores, first key, how many)
    auto walk = [&](std::int64_t first, std::int64_t last, std::int64_t begin, std::int64_t end, const auto& take) {
        const std::int64_t vectors = (last - first) * heads, blocks = (dims + 31) / 32;
        float* panels = scratch<KeyFloats>(tilePanels * (dims + blocks) * 16);
        float* dots = scratch<DotFloats>(vectors * keysOfTile);
        thread_local std::vector<const float*> inputs, dotsOfHeads;
        thread_local std::vector<float*> outputs;
        inputs.clear();
        outputs.clear();
        for (std::int64_t v = 0; v < vectors; ++v) {
            inputs.push_back(job.queries.f32() + (first * heads + v) * dims);
            outputs.push_back(dots + v * keysOfTile);
        }
        PanelProduct product;
        product.shape = {Format::F32, dims, 32};
        product.inputs = inputs.data();
        product.outputs = outputs.data();
        product.count = vectors;
        for (std::int64_t key = begin; key < end; key += keysOfTile) {
            product.panels = static_cast<int>(std::min<std::int64_t>(tilePanels, (end - key + panelRows - 1) / panelRows));
            product.rows = product.panels * panelRows;
            for (int p = 0; p < product.panels; ++p) {
                float* panel = panels + p * (dims + blocks) * 16;
                const std::int64_t at = key + p * panelRows;
                m_loops.indexKeys(reinterpret_cast<const std::uint8_t*>(job.keys.row(at)), reinterpret_cast<const std::uint8_t*>(job.keys.scale(at)),
                                  std::min<std::int64_t>(panelRows, end - at), static_cast<int>(dims), panel, panel + dims * 16);
                product.codes[p] = reinterpret_cast<const std::uint8_t*>(panel);
                product.scales[p] = panel + dims * 16;
            }
            m_loops.product(product);
            for (std::int64_t t = first; t < last; ++t)
                for (int p = 0; p < product.panels; ++p) {
                    const std::int64_t at = key + p * panelRows, there = std::min({std::int64_t{panelRows}, end - at, visible(t) - at});
                    if (there <= 0) continue;
                    dotsOfHeads.clear();
                    for (std::int64_t head = 0; head < heads; ++head) dotsOfHeads.push_back(dots + ((t - first) * heads + head) * keysOfTile + p * panelRows);
                    float scores[panelRows];
                    m_loops.indexScores(dotsOfHeads.data(), m_indexWeights.data() + t * heads, static_cast<int>(heads), scores);
                    take(t, scores, at, there);
                }
        }
    };
    auto offer = [&](Best& best, float* scores, std::int64_t at, std::int64_t there) {
        std::uint32_t mask = best.full() ? m_loops.above(scores, best.threshold()) : 0xffffu;
        mask &= (1u << there) - 1;
        for (; mask; mask &= mask - 1) {
            const int i = __builtin_ctz(mask);
            if (std::isnan(scores[i])) {
                bad = true;
                scores[i] = 0;
            }
            if (!best.full() || scores[i] > best.threshold()) best.offer(scores[i], at + i);
        }
    };
    auto finish = [&](std::vector<Candidate>& entries, std::int64_t t) {
        std::int32_t* picks = job.picks.as<std::int32_t>() + t * k;
        std::fill(picks, picks + k, -1);
        if (std::int64_t(entries.size()) > k) keepBest(entries, static_cast<std::size_t>(k));
        std::transform(entries.begin(), entries.end(), picks, indexOf);
    };
    auto everything = [&](std::int64_t t) {
        std::int32_t* picks = job.picks.as<std::int32_t>() + t * k;
        for (std::int64_t i = 0; i < k; ++i) picks[i] = i < visible(t) ? static_cast<std::int32_t>(i) : -1;
    };

    auto prepareQueries = [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin * heads; row < end * heads; ++row) {
            float* q = job.queries.f32() + row * dims;
            m_loops.rotate(q + dims - table.width, table.at(row / heads), table.width, false, true);
            reference::hadamard(q, static_cast<int>(dims));
            m_loops.scaleBy(q, q, nullptr, 1.0f, dims, true);
            reference::roundTripE2m1(q, dims);
        }
    };

    const std::int64_t groups = (count + queriesOfGroup - 1) / queriesOfGroup;
    if (count > queriesOfGroup || visible(count - 1) <= keysOfRange) {
        m_threads.run(groups, [&](std::int64_t group) {
            const std::int64_t first = group * queriesOfGroup, last = std::min(count, first + queriesOfGroup);
            if (visible(last - 1) > k) {
                prepareQueries(first, last);
                thread_local std::vector<Best> best;
                best.resize(queriesOfGroup);
                for (std::int64_t t = first; t < last; ++t) best[static_cast<std::size_t>(t - first)].begin(k);
                walk(first, last, 0, visible(last - 1), [&](std::int64_t t, float* scores, std::int64_t at, std::int64_t there) {
                    offer(best[static_cast<std::size_t>(t - first)], scores, at, there);
                });
                for (std::int64_t t = first; t < last; ++t) finish(best[static_cast<std::size_t>(t - first)].entries(), t);
            } else {
                for (std::int64_t t = first; t < last; ++t) everything(t);
            }
        });
    } else { // few queries, many keys: ranges of keys, each with its own best, put together at the end
        prepareQueries(0, count);
        // Few ranges, because each fills a buffer of its own; which they are does not change the selection.
        const std::int64_t most = visible(count - 1), pieces = std::min<std::int64_t>(2 * m_threads.count(), (most + keysOfRange - 1) / keysOfRange);
        const std::int64_t size = ((most + pieces - 1) / pieces + keysOfTile - 1) / keysOfTile * keysOfTile, ranges = (most + size - 1) / size;
        std::vector<Best> best(static_cast<std::size_t>(ranges * count));
        m_threads.run(ranges, [&](std::int64_t range) {
            Best* own = best.data() + range * count;
            for (std::int64_t t = 0; t < count; ++t) own[t].begin(k);
            walk(0, count, range * size, std::min(most, (range + 1) * size),
                 [&](std::int64_t t, float* scores, std::int64_t at, std::int64_t there) { offer(own[t], scores, at, there); });
        });
        for (std::int64_t t = 0; t < count; ++t) {
            std::vector<Candidate> all;
            for (std::int64_t range = 0; range < ranges; ++range) {
                std::vector<Candidate>& entries = best[static_cast<std::size_t>(range * count + t)].entries();
                all.insert(all.end(), entries.begin(), entries.end());
            }
            finish(all, t);
        }
    }
    if (bad) m_badScore = true;
}

} // namespace kernels::simd
