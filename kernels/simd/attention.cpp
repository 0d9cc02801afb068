// Attention over one latent that is key and value (v4-architecture.md section 4). A group of neighbouring queries walks
// the same rows in tiles of 64 at absolute places: first all scores, then the softmax, then the weighted sum of the rows,
// a chain within a tile and the tiles in order. Rows a query does not see weigh exactly zero, so its bits do not depend
// on the group. Without picks the rows are decoded tile by tile; a query's picks are gathered once.
#include "kernels/simd/scratch.h"
#include "kernels/simd/simd_device.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kernels::simd {

namespace {

constexpr std::int64_t tileRows = 64;
constexpr std::int64_t mostVectors = 96;         // queries times heads that share a walk
constexpr std::int64_t scoresOfGroup = 256 << 10; // so that they stay in the cache
constexpr std::int64_t picksAhead = 8;            // rows fetched before they are read
constexpr std::int64_t tilesToShare = 8;          // from here on the threads share the tiles of few queries

struct TileFloats;
struct ScoreFloats;
struct OutputFloats;
struct PickFloats;
struct Denominators;

std::int64_t down(std::int64_t value) { return value / tileRows * tileRows; }
std::int64_t up(std::int64_t value) { return down(value + tileRows - 1); }

class RowReader {
public:
    RowReader(const Loops& loops, const Rows& rows) : m_loops(loops), m_rows(rows) {}
    void read(std::int64_t i, float* out) const { read(m_rows.row(i), m_rows.scale(i), out); }
    void fetch(std::int64_t i) const { // a row that is read later; any index
        const std::byte* row = m_rows.row(i);
        for (std::size_t line = 0; line < m_rows.layout.dataBytes(); line += 64) __builtin_prefetch(row + line);
        __builtin_prefetch(m_rows.scale(i));
    }
    void read(const std::byte* data, const std::byte* scales, float* out) const {
        const RowLayout& layout = m_rows.layout;
        if (layout.type == RowType::Plain) std::copy_n(reinterpret_cast<const float*>(data), layout.dims, out);
        else m_loops.latentRow(reinterpret_cast<const std::uint8_t*>(data), reinterpret_cast<const std::uint8_t*>(scales), layout.dims - layout.rotary, layout.rotary, out);
    }

private:
    const Loops& m_loops;
    const Rows& m_rows;
};

// The rows one group of queries looks at, as tiles. Places 0 .. windowPlaces-1 of a score row are the window, from
// position `origin` on; behind them come the compressed rows.
struct Walk {
    std::int64_t origin, from, to;   // window positions held: [from, to), origin a multiple of a tile
    std::int64_t windowPlaces;       // a multiple of a tile
    std::int64_t rows;               // compressed rows, from 0
    std::int64_t places() const { return windowPlaces + up(rows); }
};

} // namespace

void SimdDevice::attention(const AttentionJob& job) {
    const std::int64_t count = job.queries.shape[0], heads = job.queries.shape[1], dims = job.queries.shape[2];
    if (dims % laneWidth != 0) return ReferenceDevice::attention(job);
    const bool rounds = roundsActivations(mode());
    const RotationTable& table = rotation(*job.rope, job.position, count);

    // Raw latents from the oldest that any query of the chunk sees to the last: earlier chunks' from the ring.
    const std::int64_t oldest = std::max<std::int64_t>(0, job.position - job.window + 1);
    m_raw.resize(static_cast<std::size_t>((job.position - oldest + count) * dims));
    const RowReader ring(m_loops, job.ring);
    for (std::int64_t p = oldest; p < job.position; ++p) ring.read(job.ring.at(p), job.ring.scaleAt(p), m_raw.data() + (p - oldest) * dims);
    std::copy_n(job.latents.f32(), count * dims, m_raw.data() + (job.position - oldest) * dims);

    const RowReader reader(m_loops, job.rows);
    const bool dense = job.rows.data && !job.picks;
    const std::int64_t mostPlaces = 2 * job.window + (dense ? (job.position + count) / job.ratio : 0);
    const std::int64_t group = job.picks ? 1 : std::max<std::int64_t>(1, std::clamp(scoresOfGroup / mostPlaces, std::int64_t{32}, mostVectors) / heads);
    const std::int64_t groups = (count + group - 1) / group;
    const bool shareTiles = groups < m_threads.count() && dense && mostPlaces >= tilesToShare * tileRows;
    const float scale = static_cast<float>(1.0 / std::sqrt(double(dims)));

    // Heads [firstHead, lastHead) of queries [begin, end); vector v is query v / ownHeads of the group.
    auto attendGroup = [&](std::int64_t begin, std::int64_t end, std::int64_t firstHead, std::int64_t lastHead) {
        const std::int64_t ownHeads = lastHead - firstHead, vectors = (end - begin) * ownHeads;
        auto offsetOf = [&](std::int64_t v) { return ((begin + v / ownHeads) * heads + firstHead + v % ownHeads) * dims; };
        Walk walk;
        walk.from = std::max<std::int64_t>(0, job.position + begin - job.window + 1);
        walk.to = job.position + end;
        walk.origin = down(walk.from);
        walk.windowPlaces = up(walk.to - walk.origin);
        walk.rows = dense ? walk.to / job.ratio : 0;
        const std::int32_t* picks = nullptr;
        if (job.picks) {
            const std::int64_t limit = job.picks.shape[1];
            picks = job.picks.as<std::int32_t>() + begin * limit;
            walk.rows = std::find(picks, picks + limit, -1) - picks;
        }
        float* gathered = nullptr;
        if (picks) {
            gathered = scratch<PickFloats>(walk.rows * dims);
            for (std::int64_t i = 0; i < walk.rows; ++i) {
                if (i + picksAhead < walk.rows) reader.fetch(picks[i + picksAhead]);
                reader.read(picks[i], gathered + i * dims);
            }
        }

        const std::int64_t places = walk.places();
        float* scores = scratch<ScoreFloats>(vectors * places);
        float* outputs = scratch<OutputFloats>(vectors * dims);
        std::fill(scores, scores + vectors * places, -std::numeric_limits<float>::infinity());
        std::fill(outputs, outputs + vectors * dims, 0.0f);
        const std::int64_t windowTiles = walk.windowPlaces / tileRows, tiles = windowTiles + up(walk.rows) / tileRows;
        // body(tile's rows, how many, place of the first in a score row)
        auto withTile = [&](std::int64_t i, const auto& body) {
            if (i < windowTiles) {
                const std::int64_t p = walk.origin + i * tileRows, first = std::max(p, walk.from), last = std::min(p + tileRows, walk.to);
                return body(m_raw.data() + (first - oldest) * dims, last - first, first - walk.origin);
            }
            const std::int64_t r = (i - windowTiles) * tileRows, size = std::min(tileRows, walk.rows - r);
            float* tile = picks ? gathered + r * dims : scratch<TileFloats>(tileRows * dims);
            for (std::int64_t k = 0; !picks && k < size; ++k) {
                reader.fetch(r + k + tileRows);
                reader.read(r + k, tile + k * dims);
            }
            body(tile, size, walk.windowPlaces + r);
        };
        auto eachOf = [&](std::int64_t number, const auto& work) {
            if (shareTiles) return m_threads.run(number, work);
            for (std::int64_t i = 0; i < number; ++i) work(i);
        };

        for (std::int64_t v = 0; v < vectors; ++v) {
            float* q = job.queries.f32() + offsetOf(v);
            normRow(q, nullptr, job.normEpsilon, dims, q);
            m_loops.rotate(q + dims - table.width, table.at(begin + v / ownHeads), table.width, false, rounds);
        }
        eachOf(tiles, [&](std::int64_t i) {
            withTile(i, [&](const float* rows, std::int64_t size, std::int64_t place) {
                for (std::int64_t v = 0; v < vectors; ++v)
                    m_loops.keyScores(rows, size, dims, job.queries.f32() + offsetOf(v), scale, scores + v * places + place);
            });
        });

        float* denominators = scratch<Denominators>(vectors);
        eachOf(vectors, [&](std::int64_t v) {
            float* row = scores + v * places;
            const std::int64_t position = job.position + begin + v / ownHeads;
            // Neighbours in the group saw a little more, at both ends.
            auto hide = [&](std::int64_t first, std::int64_t last) { std::fill(row + first, row + std::max(first, last), -std::numeric_limits<float>::infinity()); };
            hide(0, std::max<std::int64_t>(0, position - job.window + 1) - walk.origin);
            hide(position + 1 - walk.origin, walk.windowPlaces);
            if (dense) hide(walk.windowPlaces + (position + 1) / job.ratio, places);
            denominators[v] = m_loops.softmax(row, places, job.sinks.f32()[firstHead + v % ownHeads], rounds);
        });
        // Threads that share the tiles keep the sum of each; they are added in the same order then.
        if (shareTiles) m_partial.assign(static_cast<std::size_t>(tiles * vectors * dims), 0.0f);
        eachOf(tiles, [&](std::int64_t i) {
            withTile(i, [&](const float* rows, std::int64_t size, std::int64_t place) {
                const float* weights[mostVectors];
                float* sums[mostVectors];
                for (std::int64_t first = 0; first < vectors; first += mostVectors) {
                    const std::int64_t together = std::min(mostVectors, vectors - first);
                    for (std::int64_t v = 0; v < together; ++v) {
                        weights[v] = scores + (first + v) * places + place;
                        sums[v] = (shareTiles ? m_partial.data() + i * vectors * dims : outputs) + (first + v) * dims;
                    }
                    m_loops.valueSum(rows, size, dims, weights, sums, static_cast<int>(together));
                }
            });
        });
        for (std::int64_t i = 0; shareTiles && i < tiles; ++i) m_loops.add(outputs, outputs, m_partial.data() + i * vectors * dims, vectors * dims);
        for (std::int64_t v = 0; v < vectors; ++v) {
            float* o = job.output.f32() + offsetOf(v);
            m_loops.scaleBy(o, outputs + v * dims, nullptr, 1.0f / denominators[v], dims, rounds);
            m_loops.rotate(o + dims - table.width, table.at(begin + v / ownHeads), table.width, true, rounds);
        }
    };
    // Few queries: the threads share the heads.
    if (shareTiles) {
        for (std::int64_t i = 0; i < groups; ++i) attendGroup(i * group, std::min(count, (i + 1) * group), 0, heads);
        return;
    }
    const std::int64_t parts = groups >= m_threads.count() ? 1 : std::min<std::int64_t>(heads, m_threads.count());
    m_threads.run(groups * parts, [&](std::int64_t i) {
        const std::int64_t begin = i / parts * group, part = i % parts;
        attendGroup(begin, std::min(count, begin + group), heads * part / parts, heads * (part + 1) / parts);
    });
}

} // namespace kernels::simd
