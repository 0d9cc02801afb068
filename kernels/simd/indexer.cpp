// The indexer (v4-architecture.md section 6) on compact fp4 keys. A tile of keys is unpacked once and shared by a group of
// queries; every query keeps its best entries in a buffer of a little more than twice k, never all scores. Keys are met in
// ascending order, so of equal scores the first one stays, as the definition wants.
#include "kernels/reference/codecs.h"
#include "kernels/simd/scratch.h"
#include "kernels/simd/simd_device.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

namespace kernels::simd {

namespace {

constexpr std::int64_t queriesOfGroup = 64; // at most: they share the unpacking of keys
constexpr std::int64_t keysOfRange = 4096;  // at least, of the walk of few queries that threads share
constexpr std::int64_t blockDims = 32;

struct KeyBytes;
struct KeyFactors;
struct EntryFloats;

// Buffers for the best entries of `count` queries, in one piece of memory.
std::vector<IndexBest> buffersOf(float* memory, std::int64_t count, std::int64_t wanted) {
    const std::int64_t limit = 2 * wanted + 64, size = limit + laneWidth;
    std::vector<IndexBest> best(static_cast<std::size_t>(count));
    for (IndexBest& b : best) {
        b.scores = memory;
        b.indices = reinterpret_cast<std::int32_t*>(memory + size);
        b.wanted = wanted;
        b.limit = limit;
        b.threshold = std::numeric_limits<float>::quiet_NaN();
        memory += 2 * size;
    }
    return best;
}
std::int64_t bufferFloats(std::int64_t wanted) { return 2 * (2 * wanted + 64 + laneWidth); }

} // namespace

void SimdDevice::select(const SelectJob& job) {
    const std::int64_t count = job.queries.shape[0], heads = job.queries.shape[1], dims = job.queries.shape[2];
    const std::int64_t k = job.picks.shape[1], blocks = (dims + blockDims - 1) / blockDims;
    if (job.keys.layout.type != RowType::Index || dims % 2 != 0) return ReferenceDevice::select(job);
    const RotationTable& table = rotation(*job.rope, job.position, count);
    const float scale = static_cast<float>(1.0 / std::sqrt(double(dims) * double(heads)));
    m_indexWeights.resize(static_cast<std::size_t>(count * heads));
    m_loops.scaleBy(m_indexWeights.data(), job.weights.f32(), nullptr, scale, count * heads, true);
    m_indexScales.resize(static_cast<std::size_t>(count * heads * blocks));
    m_indexCorrections.resize(m_indexScales.size());
    m_indexCodes.resize(m_indexScales.size() * blockDims);
    auto visible = [&](std::int64_t t) { return (job.position + t + 1) / job.ratio; };

    auto prepareQueries = [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin * heads; row < end * heads; ++row) {
            float* q = job.queries.f32() + row * dims;
            m_loops.rotate(q + dims - table.width, table.at(row / heads), table.width, false, true);
            reference::hadamard(q, static_cast<int>(dims));
            m_loops.scaleBy(q, q, nullptr, 1.0f, dims, true);
            m_loops.indexQuery(q, static_cast<int>(dims), m_indexCodes.data() + row * blocks * blockDims, m_indexScales.data() + row * blocks,
                               m_indexCorrections.data() + row * blocks);
        }
    };
    // Offers keys [begin, end) to queries [first, last), each as far as it sees.
    auto walk = [&](std::int64_t first, std::int64_t last, std::int64_t begin, std::int64_t end, IndexBest* best) {
        IndexTile tile;
        tile.blocks = static_cast<int>(blocks);
        tile.heads = static_cast<int>(heads);
        auto query = [&](std::int64_t t) {
            const std::int64_t block = t * heads * blocks;
            tile.queries = m_indexCodes.data() + block * blockDims;
            tile.scales = m_indexScales.data() + block;
            tile.corrections = m_indexCorrections.data() + block;
            tile.weights = m_indexWeights.data() + t * heads;
        };
        auto codes = [&] { return reinterpret_cast<const std::uint8_t*>(job.keys.row(tile.first)); };
        auto scales = [&] { return reinterpret_cast<const std::uint8_t*>(job.keys.scale(tile.first)); };
        tile.first = begin;
        if (last - first == 1 && heads <= 2 && blocks <= mostDirectBlocks) {
            query(first);
            tile.rows = std::min(end, visible(first)) - begin;
            if (tile.rows > 0) m_loops.indexDirect(codes(), scales(), static_cast<int>(dims), tile, *best);
            return;
        }
        auto* panels = reinterpret_cast<std::uint8_t*>(scratch<KeyBytes>(indexTileKeys / panelRows * blocks * indexPanelBytes / 4));
        float* factors = scratch<KeyFactors>(indexTileKeys * blocks);
        tile.keys = panels;
        tile.factors = factors;
        for (; tile.first < end; tile.first += indexTileKeys) {
            const std::int64_t there = std::min(indexTileKeys, end - tile.first);
            m_loops.indexPanels(codes(), scales(), there, static_cast<int>(dims), panels, factors);
            for (std::int64_t t = first; t < last; ++t) {
                tile.rows = std::min(there, visible(t) - tile.first);
                if (tile.rows <= 0) continue;
                query(t);
                m_loops.indexScores(tile, best[t - first]);
            }
        }
    };
    std::atomic<bool> bad{false};
    auto finish = [&](IndexBest& best, std::int64_t t) {
        std::int32_t* picks = job.picks.as<std::int32_t>() + t * k;
        m_loops.keepBest(best);
        std::fill(std::copy_n(best.indices, best.count, picks), picks + k, -1);
        if (best.bad) bad = true;
    };

    if (count > 16 || visible(count - 1) <= keysOfRange) {
        const std::int64_t size = std::clamp<std::int64_t>((count + 2 * m_threads.count() - 1) / (2 * m_threads.count()), 1, queriesOfGroup);
        m_threads.run((count + size - 1) / size, [&](std::int64_t group) {
            const std::int64_t first = group * size, last = std::min(count, first + size), most = visible(last - 1);
            if (most > k) {
                prepareQueries(first, last);
                std::vector<IndexBest> best = buffersOf(scratch<EntryFloats>((last - first) * bufferFloats(k)), last - first, k);
                walk(first, last, 0, most, best.data());
                for (std::int64_t t = first; t < last; ++t) finish(best[static_cast<std::size_t>(t - first)], t);
                return;
            }
            for (std::int64_t t = first; t < last; ++t)
                for (std::int64_t i = 0; i < k; ++i) job.picks.as<std::int32_t>()[t * k + i] = i < visible(t) ? static_cast<std::int32_t>(i) : -1;
        });
    } else { // few queries, many keys: ranges of keys, each with its own best, put together at the end
        prepareQueries(0, count);
        // Few ranges, because each fills a buffer of its own; which they are does not change the selection.
        const std::int64_t most = visible(count - 1), parts = std::min<std::int64_t>(2 * m_threads.count(), (most + keysOfRange - 1) / keysOfRange);
        const std::int64_t size = ((most + parts - 1) / parts + indexTileKeys - 1) / indexTileKeys * indexTileKeys, ranges = (most + size - 1) / size;
        m_indexEntries.resize(static_cast<std::size_t>((ranges + 1) * count * bufferFloats(k)));
        std::vector<IndexBest> best = buffersOf(m_indexEntries.data(), ranges * count, k);
        m_threads.run(ranges, [&](std::int64_t range) {
            IndexBest* own = best.data() + range * count;
            walk(0, count, range * size, std::min(most, (range + 1) * size), own);
            for (std::int64_t t = 0; t < count; ++t) m_loops.keepBest(own[t]);
        });
        for (std::int64_t t = 0; t < count; ++t) {
            IndexBest& all = best[static_cast<std::size_t>(t)];
            for (std::int64_t range = 1; range < ranges; ++range) {
                const IndexBest& other = best[static_cast<std::size_t>(range * count + t)];
                std::copy_n(other.scores, other.count, all.scores + all.count);
                std::copy_n(other.indices, other.count, all.indices + all.count);
                all.count += other.count;
                all.bad = all.bad || other.bad;
                m_loops.keepBest(all);
            }
            finish(all, t);
        }
    }
    if (bad) m_badScore = true;
}

} // namespace kernels::simd
