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
constexpr std::int64_t vectorsOfGroup = 32; // queries times heads that share a walk

struct TileFloats;
struct ScoreFloats;
struct OutputFloats;
struct PickFloats;

std::int64_t down(std::int64_t value) { return value / tileRows * tileRows; }
std::int64_t up(std::int64_t value) { return down(value + tileRows - 1); }

class RowReader {
public:
    RowReader(const Loops& loops, const Rows& rows) : m_loops(loops), m_rows(rows) {}
    void read(std::int64_t i, float* out) const { read(m_rows.row(i), m_rows.scale(i), out); }
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
    const std::int64_t group = job.picks ? 1 : std::max<std::int64_t>(1, vectorsOfGroup / heads);
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
            for (std::int64_t i = 0; i < walk.rows; ++i) reader.read(picks[i], gathered + i * dims);
        }

        const std::int64_t places = walk.places();
        float* scores = scratch<ScoreFloats>(vectors * places);
        float* outputs = scratch<OutputFloats>(vectors * dims);
        float* tile = scratch<TileFloats>(tileRows * dims);
        std::fill(scores, scores + vectors * places, -std::numeric_limits<float>::infinity());
        std::fill(outputs, outputs + vectors * dims, 0.0f);
        // body(first of the rows, how many, place of the first in a score row)
        auto eachTile = [&](const auto& body) {
            for (std::int64_t p = walk.origin; p < walk.to; p += tileRows) {
                const std::int64_t first = std::max(p, walk.from), last = std::min(p + tileRows, walk.to);
                body(m_raw.data() + (first - oldest) * dims, last - first, first - walk.origin);
            }
            for (std::int64_t r = 0; r < walk.rows; r += tileRows) {
                const std::int64_t size = std::min(tileRows, walk.rows - r);
                const float* rows = picks ? gathered + r * dims : tile;
                for (std::int64_t i = 0; !picks && i < size; ++i) reader.read(r + i, tile + i * dims);
                body(rows, size, walk.windowPlaces + r);
            }
        };

        for (std::int64_t v = 0; v < vectors; ++v) {
            float* q = job.queries.f32() + offsetOf(v);
            normRow(q, nullptr, job.normEpsilon, dims, q);
            m_loops.rotate(q + dims - table.width, table.at(begin + v / ownHeads), table.width, false, rounds);
        }
        eachTile([&](const float* rows, std::int64_t size, std::int64_t place) {
            for (std::int64_t v = 0; v < vectors; ++v)
                m_loops.keyScores(rows, size, dims, job.queries.f32() + offsetOf(v), scale, scores + v * places + place);
        });

        const float* weights[256];
        float* sums[256];
        thread_local std::vector<float> denominators;
        denominators.resize(static_cast<std::size_t>(vectors));
        for (std::int64_t v = 0; v < vectors; ++v) {
            float* row = scores + v * places;
            const std::int64_t position = job.position + begin + v / ownHeads;
            // Neighbours in the group saw a little more, at both ends.
            auto hide = [&](std::int64_t first, std::int64_t last) { std::fill(row + first, row + std::max(first, last), -std::numeric_limits<float>::infinity()); };
            hide(0, std::max<std::int64_t>(0, position - job.window + 1) - walk.origin);
            hide(position + 1 - walk.origin, walk.windowPlaces);
            if (dense) hide(walk.windowPlaces + (position + 1) / job.ratio, places);
            denominators[static_cast<std::size_t>(v)] = m_loops.softmax(row, places, job.sinks.f32()[firstHead + v % ownHeads], rounds);
        }
        eachTile([&](const float* rows, std::int64_t size, std::int64_t place) {
            for (std::int64_t first = 0; first < vectors; first += 256) {
                const std::int64_t together = std::min<std::int64_t>(256, vectors - first);
                for (std::int64_t v = 0; v < together; ++v) {
                    weights[v] = scores + (first + v) * places + place;
                    sums[v] = outputs + (first + v) * dims;
                }
                m_loops.valueSum(rows, size, dims, weights, sums, static_cast<int>(together));
            }
        });
        for (std::int64_t v = 0; v < vectors; ++v) {
            float* o = job.output.f32() + offsetOf(v);
            m_loops.scaleBy(o, outputs + v * dims, nullptr, 1.0f / denominators[static_cast<std::size_t>(v)], dims, rounds);
            m_loops.rotate(o + dims - table.width, table.at(begin + v / ownHeads), table.width, true, rounds);
        }
    };
    // Few queries: the threads share the heads.
    const std::int64_t groups = (count + group - 1) / group;
    const std::int64_t parts = groups >= m_threads.count() ? 1 : std::min<std::int64_t>(heads, m_threads.count());
    m_threads.run(groups * parts, [&](std::int64_t i) {
        const std::int64_t begin = i / parts * group, part = i % parts;
        attendGroup(begin, std::min(count, begin + group), heads * part / parts, heads * (part + 1) / parts);
    });
}

} // namespace kernels::simd
