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
constexpr std::int64_t tilesToShare = 8;          // from here on the threads share the rows of few queries
constexpr int columnsOfPart = 64;                 // that a thread sums then, those of one scale

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
    // Parts of a row, where they do not cross a scale.
    bool splits() const {
        const RowLayout& layout = m_rows.layout;
        return layout.type == RowType::Latent && layout.dims % columnsOfPart == 0 && layout.rotary % columnsOfPart == 0;
    }
    void readColumns(std::int64_t i, int first, int count, float* out) const {
        const auto* data = reinterpret_cast<const std::uint8_t*>(m_rows.row(i));
        const int plain = m_rows.layout.dims - m_rows.layout.rotary;
        if (first < plain) m_loops.latentRow(data + first, reinterpret_cast<const std::uint8_t*>(m_rows.scale(i)) + first / 64, count, 0, out);
        else m_loops.latentRow(data + plain + 2 * (first - plain), nullptr, 0, count, out);
    }
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

    const RowReader ring(m_loops, job.ring);
    const RowReader reader(m_loops, job.rows);
    const bool dense = job.rows.data && !job.picks;
    const std::int64_t mostPlaces = 2 * job.window + (dense ? (job.position + count) / job.ratio : 0);
    const std::int64_t group = job.picks ? 1 : std::max<std::int64_t>(1, std::clamp(scoresOfGroup / mostPlaces, std::int64_t{32}, mostVectors) / heads);
    const std::int64_t groups = (count + group - 1) / group;
    const bool shareTiles = groups < m_threads.count() && dense && mostPlaces >= tilesToShare * tileRows && reader.splits();
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
        std::fill(outputs, outputs + vectors * dims, 0.0f);
        const std::int64_t windowTiles = walk.windowPlaces / tileRows, tiles = windowTiles + up(walk.rows) / tileRows;
        // body(tile's rows, how many, place of the first in a score row)
        auto withTile = [&](std::int64_t i, const auto& body) {
            if (i < windowTiles) {
                const std::int64_t p = walk.origin + i * tileRows, first = std::max(p, walk.from), last = std::min(p + tileRows, walk.to);
                // The chunk's own latents as they are, earlier ones from the ring.
                if (first >= job.position) return body(job.latents.f32() + (first - job.position) * dims, last - first, first - walk.origin);
                // Each thread decodes for itself: rows that another core has just written would come slower.
                float* tile = scratch<TileFloats>(tileRows * dims);
                for (std::int64_t k = first; k < last; ++k) {
                    float* row = tile + (k - first) * dims;
                    if (k < job.position) ring.read(job.ring.at(k), job.ring.scaleAt(k), row);
                    else std::copy_n(job.latents.f32() + (k - job.position) * dims, dims, row);
                }
                return body(tile, last - first, first - walk.origin);
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
            hide(walk.windowPlaces + (dense ? (position + 1) / job.ratio : walk.rows), places);
            denominators[v] = m_loops.softmax(row, places, job.sinks.f32()[firstHead + v % ownHeads], rounds);
        });
        // Columns [first, first + size) of the rows' weighted sums.
        auto sumColumns = [&](std::int64_t first, std::int64_t size, const float* rows, std::int64_t count, std::int64_t stride, std::int64_t place) {
            const float* weights[mostVectors];
            float* sums[mostVectors];
            for (std::int64_t begin = 0; begin < vectors; begin += mostVectors) {
                const std::int64_t together = std::min(mostVectors, vectors - begin);
                for (std::int64_t v = 0; v < together; ++v) {
                    weights[v] = scores + (begin + v) * places + place;
                    sums[v] = outputs + (begin + v) * dims + first;
                }
                m_loops.valueSum(rows, count, stride, size, weights, sums, static_cast<int>(together));
            }
        };
        if (shareTiles) { // threads take columns, so that a sum stays with one thread
            m_threads.run(dims / columnsOfPart, [&](std::int64_t part) {
                const std::int64_t first = part * columnsOfPart;
                for (std::int64_t i = 0; i < windowTiles; ++i)
                    withTile(i, [&](const float* rows, std::int64_t size, std::int64_t place) { sumColumns(first, columnsOfPart, rows + first, size, dims, place); });
                float* tile = scratch<TileFloats>(tileRows * columnsOfPart);
                for (std::int64_t r = 0; r < walk.rows; r += tileRows) {
                    const std::int64_t size = std::min(tileRows, walk.rows - r);
                    for (std::int64_t k = 0; k < size; ++k) {
                        reader.fetch(r + k + tileRows);
                        reader.readColumns(r + k, static_cast<int>(first), columnsOfPart, tile + k * columnsOfPart);
                    }
                    sumColumns(first, columnsOfPart, tile, size, columnsOfPart, walk.windowPlaces + r);
                }
            });
        } else {
            for (std::int64_t i = 0; i < tiles; ++i)
                withTile(i, [&](const float* rows, std::int64_t size, std::int64_t place) { sumColumns(0, dims, rows, size, dims, place); });
        }
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
