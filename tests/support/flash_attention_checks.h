// Selection, attention and compression at the sizes of V4-Flash (64 heads of 512, index 64 x 128, the best
// 512 of 262,144 entries) on a device against the reference, and twice on the device for equal bytes.
// Selections may differ where reference scores do not decide (kernels.md section 7). A few minutes of one CPU
// core; for GPUs.
#pragma once

#include "tests/support/operation_list.h"

#include <algorithm>
#include <cstdio>
#include <set>

namespace support {

// Sizes are parameters so that the checks themselves can be tried on a CPU.
struct FlashSizes {
    std::int64_t heads = 64, dims = 512, rotary = 64, window = 128, entries = 262144, longRows = 8192;
    std::int64_t indexHeads = 64, indexDims = 128, k = 512;
};

namespace flash {

// Random compact rows in bulk: codes of every value but NaN, scales of an octave or two around `scale`.
inline Rows randomRows(Bench& b, const RowLayout& layout, std::int64_t count, int scale) {
    const Rows rows = b.rows<Rows>(layout, count);
    std::vector<std::uint8_t> data(static_cast<std::size_t>(count) * layout.dataBytes()),
        scales(static_cast<std::size_t>(count) * layout.scaleBytes());
    for (std::size_t i = 0; i < data.size(); i += 8) {
        const std::uint64_t bits = b.randomBits();
        std::memcpy(data.data() + i, &bits, std::min<std::size_t>(8, data.size() - i));
    }
    const std::size_t plain = static_cast<std::size_t>(layout.dims - layout.rotary);
    for (std::size_t row = 0; layout.type == RowType::Latent && row < static_cast<std::size_t>(count);
         ++row) {
        std::uint8_t* codes = data.data() + row * layout.dataBytes();
        for (std::size_t i = 0; i < plain; ++i)
            if ((codes[i] & 0x7f) > 0x70) codes[i] &= 0xbf; // no NaN, and no few values above all others
        for (int i = 0; i < layout.rotary; ++i) {
            const std::uint16_t code =
                encodeBf16(static_cast<float>(int(codes[plain + 2 * std::size_t(i)]) - 128) / 64);
            std::memcpy(codes + plain + 2 * i, &code, 2);
        }
    }
    for (std::uint8_t& code : scales) code = static_cast<std::uint8_t>(scale + int(b.randomBits() % 3));
    b.device.write(rows.data, data.data(), data.size());
    b.device.write(rows.scales, scales.data(), scales.size());
    return rows;
}

struct Selection {
    std::vector<float> picks, queries, weights; // queries as the device left them
};

inline Selection select(Bench& b, const FlashSizes& s, std::int64_t T, Rows* keys = nullptr) {
    const auto rope = b.device.prepareRope(cases::frequencies(int(s.rotary / 2)));
    SelectJob job;
    job.queries = b.activations(b.random(T * s.indexHeads * s.indexDims, 2), {T, s.indexHeads, s.indexDims});
    const std::vector<float> weights = b.random(T * s.indexHeads);
    job.weights = b.activations(weights, {T, s.indexHeads});
    job.rope = rope.get();
    job.position = 4 * s.entries - T;
    job.keys = randomRows(b, {RowType::Index, int(s.indexDims), int(s.rotary)}, s.entries, 124);
    job.picks = b.hold(Type::I32, {T, s.k});
    b.device.select(job);
    if (keys) *keys = job.keys;
    return {b.read(job.picks), b.read(job.queries), weights};
}

// Whether two selections agree: every entry that only one of them has scores within 2 ε of the k-th.
inline std::string compareSelections(Bench& reference, const FlashSizes& s, std::int64_t T,
                                     const Selection& expected, const Selection& actual, const Rows& keys) {
    const float scale = static_cast<float>(1.0 / std::sqrt(double(s.indexDims) * double(s.indexHeads)));
    for (std::int64_t t = 0; t < T; ++t) {
        double slack = 0;
        auto score = [&](std::int64_t entry) {
            const std::vector<float> key = reference.readRow(keys, entry);
            double sum = 0;
            slack = 0;
            for (std::int64_t h = 0; h < s.indexHeads; ++h) {
                const float* q = expected.queries.data() + (t * s.indexHeads + h) * s.indexDims;
                double dot = 0;
                for (std::int64_t i = 0; i < s.indexDims; ++i)
                    dot += double(q[i]) * double(key[static_cast<std::size_t>(i)]);
                const double w =
                    roundBf16(expected.weights[static_cast<std::size_t>(t * s.indexHeads + h)] * scale);
                sum += w * std::max(0.0, dot);
                slack += std::fabs(w * dot) * (T > 8 ? 0x1p-12 : 0x1p-20); // a chunk may use fp8 products
            }
            return sum;
        };
        const auto begin = static_cast<std::ptrdiff_t>(t * s.k),
                   end = begin + static_cast<std::ptrdiff_t>(s.k);
        const std::set<float> a(expected.picks.begin() + begin, expected.picks.begin() + end),
            b(actual.picks.begin() + begin, actual.picks.begin() + end);
        if (a == b) continue;
        if (a.size() != b.size())
            return "query " + std::to_string(t) + " has " + std::to_string(b.size()) + " picks, expected " +
                   std::to_string(a.size());
        double least = 1e300;
        for (const float entry : a) least = std::min(least, score(std::int64_t(entry)));
        for (const auto& [from, other] : {std::pair{&a, &b}, std::pair{&b, &a}})
            for (const float entry : *from)
                if (!other->contains(entry)) {
                    const double gap = std::fabs(score(std::int64_t(entry)) - least);
                    if (gap > 2 * slack)
                        return "query " + std::to_string(t) + ", entry " +
                               std::to_string(std::int64_t(entry)) +
                               " is only in one selection, at a gap of " + std::to_string(gap) +
                               " from the last score " + std::to_string(least);
                }
    }
    return {};
}

inline std::vector<float> attend(Bench& b, const FlashSizes& s, std::int64_t T, std::int64_t ratio,
                                 std::int64_t rows) {
    const auto rope = b.device.prepareRope(cases::frequencies(int(s.rotary / 2)));
    const RowLayout layout{RowType::Latent, int(s.dims), int(s.rotary)};
    AttentionJob job;
    job.queries = job.output = b.activations(b.random(T * s.heads * s.dims, 2), {T, s.heads, s.dims});
    job.rope = rope.get();
    job.sinks = b.floats(b.random(s.heads, 2), {s.heads});
    job.position = (ratio ? ratio * rows : 1000) - T;
    job.window = int(s.window);
    const Rows ring = randomRows(b, layout, s.window + ringSlack, 118);
    static_cast<Rows&>(job.ring) = ring;
    std::vector<float> own = b.random(T * s.dims, 2);
    for (std::int64_t t = 0; t < T; ++t)
        reference::roundTripE4m3(own.data() + t * s.dims, s.dims - s.rotary, 64);
    job.latents = b.floats(own, {T, s.dims});
    if (ratio) {
        job.ratio = int(ratio);
        job.rows = randomRows(b, layout, rows, 118);
    }
    if (ratio == 4) {
        std::vector<std::int32_t> picks;
        for (std::int64_t t = 0; t < T; ++t) {
            std::set<std::int32_t> chosen;
            while (std::int64_t(chosen.size()) < s.k)
                chosen.insert(std::int32_t(b.randomBits() % std::uint64_t((job.position + t + 1) / 4)));
            picks.insert(picks.end(), chosen.begin(), chosen.end());
        }
        job.picks = b.integers(picks, {T, s.k});
    }
    b.device.attention(job);
    return b.read(job.output);
}

// 2^-7 of the largest value, and the angle to the reference of the worst row of a head.
inline std::string compareRows(const std::vector<float>& expected, const std::vector<float>& actual,
                               std::int64_t dims, std::string& figures) {
    double largest = 0, worst = 0, cosine = 1;
    for (const float value : expected) largest = std::max(largest, std::fabs(double(value)));
    for (std::size_t row = 0; row < expected.size(); row += static_cast<std::size_t>(dims)) {
        double ab = 0, aa = 0, bb = 0;
        for (std::size_t i = row; i < row + static_cast<std::size_t>(dims); ++i) {
            const double a = expected[i], b = actual[i];
            worst = std::max(worst, std::isnan(b) ? INFINITY : std::fabs(a - b));
            ab += a * b, aa += a * a, bb += b * b;
        }
        cosine = std::min(cosine, ab / std::sqrt(aa * bb + 1e-300));
    }
    char text[160];
    std::snprintf(text, sizeof text, " (worst %.1e of %.2f, cosine %.7f)", worst, largest, cosine);
    figures = text;
    return worst <= largest * 0x1p-7 && cosine >= 0.99999 ? std::string() : "is too far off";
}

inline std::vector<float> compressed(Bench& b, const FlashSizes& s, std::int64_t T, int ratio, bool keys) {
    const std::int64_t c = keys ? s.indexDims : s.dims, width = c * (ratio == 4 ? 2 : 1);
    const auto rope = b.device.prepareRope(cases::frequencies(int(s.rotary / 2)));
    CompressJob job;
    job.kind = keys ? CompressJob::Kind::IndexKeys : CompressJob::Kind::Latents;
    job.values = b.floats(b.random(T * width, 2), {T, width});
    job.scores = b.floats(b.random(T * width, 2), {T, width});
    job.ape = b.floats(b.random(ratio * width), {ratio, width});
    job.norm = b.floats(b.random(c, 2), {c});
    job.rope = rope.get();
    job.ratio = ratio;
    job.position = 3;
    job.pool = b.rows<Ring>({RowType::Plain, int(2 * width), 0}, (ratio == 4 ? 8 : ratio) + ringSlack);
    for (std::int64_t p = 0; p < job.position; ++p) b.writeRow(job.pool, p, b.random(2 * width, 2));
    job.rows = b.rows<Rows>(keys ? RowLayout{RowType::Index, int(c), int(s.rotary)}
                                 : RowLayout{RowType::Latent, int(c), int(s.rotary)},
                            (job.position + T) / ratio + 1);
    b.device.compress(job);
    std::vector<float> out;
    for (std::int64_t j = 0; j < (job.position + T) / ratio; ++j) {
        const std::vector<float> row = b.readRow(job.rows, j);
        out.insert(out.end(), row.begin(), row.end());
    }
    return out;
}

} // namespace flash

// report(good, sentence) for each check.
inline void checkFlashAttention(Device& reference, Device& device,
                                const std::function<void(bool, const std::string&)>& report,
                                const FlashSizes& s = {}) {
    auto said = [&](const std::string& what, std::string offence, bool same, bool guards,
                    const std::string& figures = {}) {
        if (offence.empty() && !same) offence = "is not the same bytes a second time";
        if (offence.empty() && !guards) offence = "wrote beside its outputs";
        report(offence.empty(),
               device.name() + ", " + what + figures + (offence.empty() ? "" : ": " + offence));
    };
    for (const std::int64_t T : {1, 3, 9}) {
        Bench first(reference, 11), second(device, 11), again(device, 11);
        Rows keys;
        const flash::Selection expected = flash::select(first, s, T, &keys),
                               actual = flash::select(second, s, T);
        const bool same = flash::select(again, s, T).picks == actual.picks;
        said(cases::label("best of all entries", {T, s.entries}),
             flash::compareSelections(first, s, T, expected, actual, keys), same, second.guardsIntact());
    }
    struct Case {
        const char* name;
        std::int64_t T, ratio, rows;
    };
    for (const Case& c : {Case{"attention to the window", 70, 0, 0},
                          {"attention to every row", 9, 128, s.longRows},
                          {"attention to every row", 1, 128, s.longRows},
                          {"attention to picked rows", 9, 4, s.entries},
                          {"attention to picked rows", 2, 4, s.entries}}) {
        Bench first(reference, 12), second(device, 12), again(device, 12);
        const std::vector<float> actual = flash::attend(second, s, c.T, c.ratio, c.rows);
        const bool same = flash::attend(again, s, c.T, c.ratio, c.rows) == actual;
        std::string figures;
        const std::string offence =
            flash::compareRows(flash::attend(first, s, c.T, c.ratio, c.rows), actual, s.dims, figures);
        said(cases::label(c.name, {c.T, c.rows}), offence, same, second.guardsIntact(), figures);
    }
    for (const int ratio : {4, 128})
        for (const bool keys : {false, true}) {
            if (keys && ratio != 4) continue;
            Bench first(reference, 13), second(device, 13), again(device, 13);
            const std::int64_t T = 4099;
            Outcome expected{flash::compressed(first, s, T, ratio, keys), 0.02, 0, 0.005, {}};
            const Outcome actual{flash::compressed(second, s, T, ratio, keys), 0, 0, 0, {}};
            const bool same = flash::compressed(again, s, T, ratio, keys) == actual.values;
            said(cases::label(keys ? "compress index keys of a chunk" : "compress a chunk", {ratio}),
                 compareOutcomes(expected, actual), same, second.guardsIntact());
        }
}

} // namespace support
