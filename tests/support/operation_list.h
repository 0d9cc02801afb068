// The cases of operation_cases.h, operation by operation.
#pragma once

#include "tests/support/operation_cases.h"

#include <algorithm>

namespace support {

namespace cases {

inline std::string label(const char* name, std::initializer_list<std::int64_t> sizes) {
    std::string text = name;
    for (const std::int64_t size : sizes) text += " " + std::to_string(size);
    return text;
}

inline void addLinear(std::vector<OperationCase>& list, Mode mode, Type type, Product product, std::int64_t count, std::int64_t in,
                      std::int64_t out, int groups, float spike = 1) {
    const std::string name = label("linear", {count, in, out, groups}) + " " + typeName(type) +
                             (product == Product::Full ? " full" : product == Product::Rounded ? " rounded" : " quantised") + (spike == 1 ? "" : " spikes");
    list.push_back({name, [=](Bench& b) {
        const Weight w = b.weight(type, out, in);
        std::vector<float> x = b.random(count * in * groups, 2);
        for (std::size_t i = 5; i < x.size(); i += 97) x[i] *= spike;
        const auto matrix = b.device.prepare(w, product, groups);
        const Tensor input = b.activations(x, {count, in * groups});
        const Tensor output = product == Product::Full ? b.hold(Type::F32, {count, out}) : b.emptyActivations({count, out});
        b.device.linear(*matrix, input, output);
        // Both sides round to bf16: a sum near the middle of two may go either way, a whole step.
        Outcome o{b.read(output), 1e-30, product != Product::Full && roundsActivations(mode) ? 0x1p-7 : 0, 0, {}};
        std::vector<float> row(static_cast<std::size_t>(in));
        for (std::int64_t t = 0; t < count; ++t)
            for (std::int64_t n = 0; n < out; ++n) {
                reference::decodeRow(w, n, row.data());
                double sum = 0;
                const float* from = x.data() + t * in * groups + n / (out / groups) * in;
                for (std::int64_t i = 0; i < in; ++i) sum += std::fabs(double(from[i]) * row[static_cast<std::size_t>(i)]);
                o.slack.push_back(sum * 0x1p-18);
            }
        return o;
    }});
}

inline void addNorms(std::vector<OperationCase>& list, Mode mode, const std::vector<std::int64_t>& widths, const std::vector<std::int64_t>& hyperWidths) {
    const double step = roundsActivations(mode) ? 0x1p-8 : 1e-5;
    for (const std::int64_t width : widths)
        list.push_back({label("norm", {width}), [=](Bench& b) {
            const Tensor x = b.activations(b.random(5 * width, 3), {5, width});
            b.device.norm(x, b.floats(b.random(width, 2), {width}), 1e-6f, x); // in place
            return Outcome{b.read(x), 1e-6, step, 0, {}};
        }});
    for (const std::int64_t width : hyperWidths)
        list.push_back({label("hyper", {width}), [=](Bench& b) {
            const std::int64_t T = 3, h = 4;
            const auto fn = b.device.prepare(b.weight(Type::F32, 24, h * width), Product::Full);
            const auto headFn = b.device.prepare(b.weight(Type::F32, h, h * width), Product::Full);
            HyperMix mix{fn.get(), b.floats(b.random(24), {24}), b.floats(b.random(3), {3}), 20, 1e-6f, 1e-6f};
            HyperMix head{headFn.get(), b.floats(b.random(h), {h}), b.floats(b.random(1), {1}), 20, 1e-6f, 1e-6f};
            const Tensor streams = b.activations(b.random(T * h * width, 2), {T, h, width});
            Branch branch{b.emptyActivations({T, width}), b.hold(Type::F32, {T, h}), b.hold(Type::F32, {T, h, h}), false};
            const Tensor weight = b.floats(b.random(width), {width});
            Outcome o{{}, 2e-5, 2 * step, 0, {}};
            auto keep = [&](const Tensor& tensor) {
                const std::vector<float> values = b.read(tensor);
                o.values.insert(o.values.end(), values.begin(), values.end());
            };
            b.device.hyperPre(streams, mix, branch);
            keep(branch.x), keep(branch.post), keep(branch.comb);
            b.device.hyperStep(streams, mix, weight, branch); // posts the open branch first
            keep(streams), keep(branch.x);
            b.device.hyperPost(streams, branch);
            keep(streams);
            b.device.hyperHead(streams, head, branch.x);
            keep(branch.x);
            if (roundsActivations(mode)) o.absolute = 0.02; // a step of bf16 in the streams
            return o;
        }});
    list.push_back({"embed", [](Bench& b) {
        const auto table = b.device.prepare(b.weight(Type::BF16, 19, 40), Product::Rounded);
        const Tensor streams = b.emptyActivations({4, 3, 40});
        b.device.embed(*table, b.integers({0, 18, 7, 7}, {4}), streams);
        return Outcome{b.read(streams), 0, 0, 0, {}};
    }});
}

inline RowLayout latentLayout(Mode mode, int dims, int rotary) { return {mode == Mode::Model ? RowType::Latent : RowType::Plain, dims, rotary}; }
inline RowLayout indexLayout(Mode mode, int dims) { return {mode == Mode::Model ? RowType::Index : RowType::Plain, dims, 8}; }

inline std::vector<float> frequencies(int pairs) {
    std::vector<float> list;
    for (int i = 0; i < pairs; ++i) list.push_back(std::pow(10000.0f, -float(i) / float(pairs)));
    return list;
}

struct LatentSizes {
    int dims = 96, rotary = 32, keyDims = 32, keyRotary = 8;
};
inline void addLatents(std::vector<OperationCase>& list, Mode mode, LatentSizes size = {}) {
    for (const std::int64_t position : {0, 5, 1000000})
        list.push_back({label("latents", {position}), [=](Bench& b) {
            const std::int64_t T = 9, d = size.dims;
            const auto rope = b.device.prepareRope(frequencies(size.rotary / 2));
            const Tensor out = b.hold(Type::F32, {T, d});
            b.device.latents(b.activations(b.random(T * d, 3), {T, d}), b.floats(b.random(d, 2), {d}), 1e-6f, *rope, position, out);
            Ring ring = b.rows<Ring>(latentLayout(mode, size.dims, size.rotary), 6); // shorter than the chunk
            b.device.storeLatents(out, position, ring);
            Outcome o{b.read(out), roundsActivations(mode) ? 0.02 : 2e-5, 0, roundsCaches(mode) ? 0.005 : 0, {}};
            for (std::int64_t p = position + T - 6; p < position + T; ++p) {
                const std::vector<float> row = b.readRow(ring, p % 6);
                o.values.insert(o.values.end(), row.begin(), row.end());
            }
            return o;
        }});
    for (const int ratio : {4, 128})
        for (const auto kind : {CompressJob::Kind::Latents, CompressJob::Kind::IndexKeys})
            for (const std::int64_t position : {0, 3, 126}) {
                if (kind == CompressJob::Kind::IndexKeys && ratio != 4) continue;
                const bool keys = kind == CompressJob::Kind::IndexKeys;
                list.push_back({label(keys ? "compress index keys" : "compress", {ratio, position}), [=](Bench& b) {
                    const std::int64_t T = 131, c = keys ? size.keyDims : size.dims, width = c * (ratio == 4 ? 2 : 1);
                    const auto rope = b.device.prepareRope(frequencies((keys ? size.keyRotary : size.rotary) / 2));
                    CompressJob job;
                    job.kind = kind;
                    job.values = b.floats(b.random(T * width, 2), {T, width});
                    job.scores = b.floats(b.random(T * width, 2), {T, width});
                    job.ape = b.floats(b.random(ratio * width), {ratio, width});
                    job.norm = b.floats(b.random(c, 2), {c});
                    job.rope = rope.get();
                    job.ratio = ratio;
                    job.position = position;
                    const std::int64_t capacity = (ratio == 4 ? 8 : ratio) + ringSlack;
                    job.pool = b.rows<Ring>({RowType::Plain, int(2 * width), 0}, capacity);
                    for (std::int64_t p = std::max<std::int64_t>(0, position - capacity); p < position; ++p)
                        b.writeRow(job.pool, p % capacity, b.random(2 * width, 2));
                    job.rows = b.rows<Rows>(keys ? indexLayout(mode, size.keyDims) : latentLayout(mode, size.dims, size.rotary), 80);
                    b.device.compress(job);
                    Outcome o{{}, roundsActivations(mode) ? 0.02 : 3e-5, 0, roundsCaches(mode) ? 0.01 : 0, {}};
                    for (std::int64_t j = position / ratio; j < (position + T) / ratio; ++j) {
                        const std::vector<float> row = b.readRow(job.rows, j);
                        o.values.insert(o.values.end(), row.begin(), row.end());
                    }
                    for (std::int64_t p = 0; p < capacity; ++p) {
                        const std::vector<float> row = b.readRow(job.pool, p);
                        o.values.insert(o.values.end(), row.begin(), row.end());
                    }
                    return o;
                }});
            }
}

// Whole numbers and an identity rotation: in modes without rounding the scores are exact in fp32, so every device must
// pick the same entries, ties included. Weights of both signs make a score of zero common, and sometimes the best.
inline void addSelect(std::vector<OperationCase>& list, Mode mode) {
    for (const std::int64_t heads : {1, 4})
        for (const std::int64_t position : {0, 30, 509})
            for (const std::int64_t k : {1, 6, 64})
                list.push_back({label("select", {heads, position, k}), [=](Bench& b) {
                    const std::int64_t T = 20, dims = 16, n = (position + T) / 4;
                    const auto rope = b.device.prepareRope({0, 0, 0, 0});
                    auto whole = [&](std::int64_t count, int range) {
                        std::vector<float> values;
                        for (std::int64_t i = 0; i < count; ++i) values.push_back(static_cast<float>(int(b.randomBits() % unsigned(2 * range + 1)) - range));
                        return values;
                    };
                    SelectJob job;
                    job.queries = b.activations(whole(T * heads * dims, 2), {T, heads, dims});
                    job.weights = b.activations(whole(T * heads, 2), {T, heads});
                    job.rope = rope.get();
                    job.position = position;
                    job.keys = b.rows<Rows>(indexLayout(mode, int(dims)), n + 1);
                    for (std::int64_t j = 0; j < n; ++j) b.writeRow(job.keys, j, j % 3 ? whole(dims, 2) : std::vector<float>(dims, 1.0f)); // equal rows
                    job.picks = b.hold(Type::I32, {T, k});
                    b.device.select(job);
                    return Outcome{b.read(job.picks), 0, 0, 0, {}};
                }});
}

// Keys of the model's width, more of them than a list holds: rows that are all equal, sorted both ways, with zero as
// the best score, and such that the newest tie with the oldest.
enum class Keys { Random, Equal, Rising, Falling, ZeroBest };
struct LongSelect { Keys keys; std::int64_t T, heads, n, k; };
inline void addLongSelect(std::vector<OperationCase>& list, Mode mode, const std::vector<LongSelect>& sizes) {
    for (const LongSelect& c : sizes)
        list.push_back({label("select long", {std::int64_t(c.keys), c.T, c.heads, c.n, c.k}), [=](Bench& b) {
            const std::int64_t dims = 128;
            const auto rope = b.device.prepareRope({0, 0, 0, 0});
            auto whole = [&](std::int64_t count, int low, int high) {
                std::vector<float> values;
                for (std::int64_t i = 0; i < count; ++i) values.push_back(static_cast<float>(low + int(b.randomBits() % unsigned(high - low + 1))));
                return values;
            };
            SelectJob job;
            // One value a head is a row of equal magnitudes after the Hadamard rotation: dots stay whole numbers.
            std::vector<float> queries(static_cast<std::size_t>(c.T * c.heads * dims));
            for (std::int64_t row = 0; row < c.T * c.heads; ++row)
                queries[static_cast<std::size_t>(row * dims + (c.keys == Keys::Random ? std::int64_t(b.randomBits() % 128) : 0))] = 1;
            job.queries = b.activations(queries, {c.T, c.heads, dims});
            job.weights = b.activations(c.keys == Keys::Random ? whole(c.T * c.heads, -2, 3) : std::vector<float>(static_cast<std::size_t>(c.T * c.heads), c.keys == Keys::ZeroBest ? -1.0f : 1.0f),
                                        {c.T, c.heads});
            job.rope = rope.get();
            job.position = 4 * c.n - c.T;
            job.keys = b.rows<Rows>(indexLayout(mode, int(dims)), c.n + 1);
            std::vector<float> key(static_cast<std::size_t>(dims));
            for (std::int64_t j = 0; j < c.n; ++j) {
                const std::int64_t level = (c.keys == Keys::Falling ? c.n - 1 - j : j) * dims / c.n;
                for (std::int64_t i = 0; i < dims; ++i)
                    key[static_cast<std::size_t>(i)] = c.keys == Keys::Random ? float(int(b.randomBits() % 5) - 2)
                                                       : c.keys == Keys::Equal ? 1.0f
                                                       : c.keys == Keys::ZeroBest ? float(j % 7 ? 1 : -1)
                                                       : float(i <= level);
                b.writeRow(job.keys, j, key);
            }
            job.picks = b.hold(Type::I32, {c.T, c.k});
            b.device.select(job);
            return Outcome{b.read(job.picks), 0, 0, 0, {}};
        }});
}

inline void addAttention(std::vector<OperationCase>& list, Mode mode) {
    enum class Kind { Window, Dense, Picked };
    for (const Kind kind : {Kind::Window, Kind::Dense, Kind::Picked})
        for (const std::int64_t position : {0, 11, 700})
            list.push_back({label(kind == Kind::Window ? "attention window" : kind == Kind::Dense ? "attention dense" : "attention picked", {position}), [=](Bench& b) {
                const std::int64_t T = 13, heads = 3, d = 96, window = 8, k = 5;
                const auto rope = b.device.prepareRope(frequencies(16));
                AttentionJob job;
                job.queries = job.output = b.activations(b.random(T * heads * d, 2), {T, heads, d});
                job.rope = rope.get();
                job.sinks = b.floats(b.random(heads, 2), {heads});
                job.position = position;
                job.window = int(window);
                job.ring = b.rows<Ring>(latentLayout(mode, 96, 32), window + ringSlack);
                for (std::int64_t p = std::max<std::int64_t>(0, position - window); p < position; ++p)
                    b.writeRow(job.ring, p % job.ring.capacity, b.random(d, 2));
                std::vector<float> own = b.random(T * d, 2);
                if (roundsCaches(mode))
                    for (std::int64_t t = 0; t < T; ++t) reference::roundTripE4m3(own.data() + t * d, 64, 64);
                job.latents = b.floats(own, {T, d});
                if (kind != Kind::Window) {
                    job.ratio = kind == Kind::Dense ? 16 : 4;
                    const std::int64_t n = (position + T) / job.ratio;
                    job.rows = b.rows<Rows>(latentLayout(mode, 96, 32), n + 1);
                    for (std::int64_t j = 0; j < n; ++j) b.writeRow(job.rows, j, b.random(d, 2));
                }
                if (kind == Kind::Picked) {
                    std::vector<std::int32_t> picks;
                    for (std::int64_t t = 0; t < T; ++t) {
                        const std::int64_t n = (position + t + 1) / 4;
                        for (std::int64_t i = 0; i < k; ++i) picks.push_back(i < n ? std::int32_t(n <= k ? i : i * (n / k)) : -1);
                    }
                    job.picks = b.integers(picks, {T, k});
                }
                b.device.attention(job);
                return Outcome{b.read(job.output), roundsActivations(mode) ? 0.03 : 3e-5, 0, 0, {}};
            }});
}

// Head sizes of real models: many tiles of rows, heads that fill no group, a window that begins inside a tile.
struct WideAttention { std::int64_t dims, heads, T, position, window, ratio, k; };
inline void addWideAttention(std::vector<OperationCase>& list, Mode mode, const std::vector<WideAttention>& sizes) {
    for (const WideAttention& c : sizes)
        list.push_back({label("attention wide", {c.dims, c.heads, c.T, c.position, c.window, c.ratio, c.k}), [=](Bench& b) {
            const std::int64_t rotary = 64;
            const auto rope = b.device.prepareRope(frequencies(int(rotary / 2)));
            AttentionJob job;
            job.queries = job.output = b.activations(b.random(c.T * c.heads * c.dims, 2), {c.T, c.heads, c.dims});
            job.rope = rope.get();
            job.sinks = b.floats(b.random(c.heads, 2), {c.heads});
            job.position = c.position;
            job.window = int(c.window);
            job.ring = b.rows<Ring>(latentLayout(mode, int(c.dims), int(rotary)), c.window + ringSlack);
            for (std::int64_t p = std::max<std::int64_t>(0, c.position - c.window); p < c.position; ++p)
                b.writeRow(job.ring, p % job.ring.capacity, b.random(c.dims, 2));
            std::vector<float> own = b.random(c.T * c.dims, 2);
            if (roundsCaches(mode))
                for (std::int64_t t = 0; t < c.T; ++t) reference::roundTripE4m3(own.data() + t * c.dims, c.dims - rotary, 64);
            job.latents = b.floats(own, {c.T, c.dims});
            if (c.ratio) {
                job.ratio = int(c.ratio);
                const std::int64_t n = (c.position + c.T) / c.ratio;
                job.rows = b.rows<Rows>(latentLayout(mode, int(c.dims), int(rotary)), n + 1);
                for (std::int64_t j = 0; j < n; ++j) b.writeRow(job.rows, j, b.random(c.dims, j % 5 ? 2.0f : 0.001f));
            }
            if (c.k) {
                std::vector<std::int32_t> picks;
                for (std::int64_t t = 0; t < c.T; ++t) {
                    const std::int64_t n = (c.position + t + 1) / c.ratio, step = std::max<std::int64_t>(1, n / c.k);
                    for (std::int64_t i = 0; i < c.k; ++i) picks.push_back(i * step < n ? std::int32_t(i * step) : -1);
                }
                job.picks = b.integers(picks, {c.T, c.k});
            }
            b.device.attention(job);
            return Outcome{b.read(job.output), roundsActivations(mode) ? 0.02 : 3e-5, 0, 0, {}};
        }});
}

// From one token to several tiles of rows, one expert for everybody, shapes that fill no tile, weights whose codes or
// scales no shortcut covers.
struct ExpertSizes {
    std::int64_t T, D, I, E, k;
    Type type;
    bool same, odd;
};
inline void addExpertSizes(std::vector<OperationCase>& list, Mode mode, const std::vector<ExpertSizes>& sizes) {
    for (const ExpertSizes& s : sizes)
        list.push_back({label("experts", {s.T, s.D, s.I, s.E, s.k, s.odd}) + " " + typeName(s.type), [=](Bench& b) {
            auto weight = [&](Type type, std::int64_t out, std::int64_t in) {
                const Weight w = b.weight(type, out, in);
                if (s.odd && w.scales) w.scales.as<std::uint8_t>()[0] = type == Type::F4E2M1 ? 130 : 136;
                return w;
            };
            auto expert = [&](Type type) { return ExpertSource{weight(type, s.I, s.D), weight(type, s.D, s.I), weight(type, s.I, s.D)}; };
            std::vector<ExpertSource> routed;
            for (std::int64_t e = 0; e < s.E; ++e) routed.push_back(expert(s.type));
            const auto experts = b.device.prepareExperts(routed, expert(s.type == Type::F4E2M1 ? Type::F8E4M3 : s.type));
            std::vector<std::int32_t> chosen;
            for (std::int64_t t = 0; t < s.T; ++t)
                for (std::int64_t i = 0; i < s.k; ++i) chosen.push_back(s.same ? 1 : std::int32_t((t * t % 3 + s.k - 1 - i) % s.E));
            const Tensor x = b.activations(b.random(s.T * s.D, 2), {s.T, s.D});
            b.device.moe(*experts, x, b.integers(chosen, {s.T, s.k}), b.floats(b.random(s.T * s.k), {s.T, s.k}), 0.5f, x);
            Outcome o{b.read(x), 0, 0, 0, {}};
            double largest = 0;
            for (const float value : o.values) largest = std::max(largest, std::fabs(double(value)));
            o.absolute = largest * (roundsActivations(mode) ? 0x1p-5 : 1e-5);
            return o;
        }});
}

inline void addExperts(std::vector<OperationCase>& list, Mode mode) {
    for (const bool hashed : {false, true})
        list.push_back({hashed ? "route by token" : "route by score", [=](Bench& b) {
            const std::int64_t T = 7, E = 9, k = 3;
            RouteJob job;
            job.logits = b.floats(b.random(T * E, 30), {T, E});
            if (hashed) {
                job.table = b.integers({0, 1, 2, 3, 4, 5, 8, 7, 6}, {3, k});
                job.tokens = b.integers({0, 1, 2, 2, 1, 0, 0}, {T});
            } else {
                job.bias = b.floats({0, 1, 0, 1, 0, 1, 0, 1, 0}, {E});
            }
            job.scale = 2.5f;
            job.experts = b.hold(Type::I32, {T, k});
            job.weights = b.hold(Type::F32, {T, k});
            b.device.route(job);
            Outcome o{b.read(job.experts), 1e-6, 1e-6, 0, {}};
            const std::vector<float> weights = b.read(job.weights);
            o.values.insert(o.values.end(), weights.begin(), weights.end());
            return o;
        }});
    for (const Type type : {Type::F4E2M1, Type::BF16, Type::F8E4M3})
        for (const float limit : {0.0f, 0.5f})
            list.push_back({label("experts", {limit > 0}) + " " + typeName(type), [=](Bench& b) {
                const std::int64_t T = 11, D = 192, I = 64, E = 5, k = 2;
                std::vector<ExpertSource> routed;
                for (std::int64_t e = 0; e < E; ++e) routed.push_back({b.weight(type, I, D), b.weight(type, D, I), b.weight(type, I, D)});
                const Type sharedType = type == Type::F4E2M1 ? Type::F8E4M3 : type;
                const ExpertSource shared{b.weight(sharedType, I, D), b.weight(sharedType, D, I), b.weight(sharedType, I, D)};
                const auto experts = b.device.prepareExperts(routed, shared);
                std::vector<std::int32_t> chosen;
                for (std::int64_t t = 0; t < T; ++t) chosen.push_back(std::int32_t((t * t) % 4)), chosen.push_back(4); // some by nobody
                const Tensor x = b.activations(b.random(T * D, 2), {T, D});
                b.device.moe(*experts, x, b.integers(chosen, {T, k}), b.floats(b.random(T * k), {T, k}), limit, x); // in place
                Outcome o{b.read(x), 0, 0, 0, {}};
                double largest = 0;
                for (const float value : o.values) largest = std::max(largest, std::fabs(double(value)));
                o.absolute = largest * (roundsActivations(mode) ? 0x1p-5 : 1e-5); // a flipped fp8 code of the inner activation
                return o;
            }});
    // Equal scores and one that is no number: the lowest index, and the reference's place for NaN.
    list.push_back({"route ties", [](Bench& b) {
        const std::int64_t T = 5, E = 70, k = 6;
        std::vector<float> logits(static_cast<std::size_t>(T * E), 1.5f), bias(static_cast<std::size_t>(E));
        for (std::int64_t e = 0; e < E; ++e) logits[std::size_t(E + e)] = float(e / 8 % 3), logits[std::size_t(2 * E + e)] = -float(e);
        logits[std::size_t(3 * E)] = NAN;
        logits[std::size_t(4 * E + 40)] = NAN;
        bias[69] = 0.25f;
        RouteJob job;
        job.logits = b.floats(logits, {T, E});
        job.bias = b.floats(bias, {E});
        job.experts = b.hold(Type::I32, {T, k});
        job.weights = b.hold(Type::F32, {T, k});
        b.device.route(job);
        return Outcome{b.read(job.experts), 0, 0, 0, {}};
    }});
    list.push_back({"finite values", [](Bench& b) {
        std::vector<float> values(1000, 1.0f);
        Outcome o{{}, 0, 0, 0, {}};
        b.device.noteNonFinite(b.activations(values, {10, 100}), 3);
        o.values.push_back(float(b.device.firstNonFinite()));
        values[999] = INFINITY;
        b.device.noteNonFinite(b.activations(values, {10, 100}), 5);
        values[999] = NAN;
        b.device.noteNonFinite(b.activations(values, {10, 100}), 4);
        b.device.noteNonFinite(b.activations(values, {10, 100}), 6);
        o.values.push_back(float(b.device.firstNonFinite()));
        o.values.push_back(float(b.device.firstNonFinite()));
        return o;
    }});
}

} // namespace cases

inline std::vector<OperationCase> operationCases(Mode mode) {
    std::vector<OperationCase> list;
    for (const std::int64_t count : {1, 2, 9, 33}) {
        cases::addLinear(list, mode, Type::F8E4M3, Product::Quantised, count, 576, 70, 1);
        cases::addLinear(list, mode, Type::F4E2M1, Product::Quantised, count, 192, 65, 1);
        cases::addLinear(list, mode, Type::BF16, Product::Full, count, 100, 17, 1);
        cases::addLinear(list, mode, Type::F32, Product::Full, count, 257, 24, 1);
        cases::addLinear(list, mode, Type::F32, Product::Quantised, count, 129, 5, 1);
        cases::addLinear(list, mode, Type::F8E4M3, Product::Rounded, count, 128, 96, 3);
        cases::addLinear(list, mode, Type::BF16, Product::Rounded, count, 40, 6, 2);
    }
    cases::addNorms(list, mode, {7, 64, 576}, {33, 64, 576});
    cases::addLatents(list, mode);
    cases::addSelect(list, mode);
    using enum cases::Keys;
    if (mode != Mode::Exact)
        cases::addLongSelect(list, mode, {{Random, 9, 8, 4700, 64}, {Equal, 9, 8, 4700, 64}, {Rising, 9, 3, 4700, 64}, {Falling, 9, 2, 4700, 65}, {ZeroBest, 33, 2, 4700, 64}, {Random, 9, 64, 700, 64}, {Falling, 10, 64, 4700, 64}, {ZeroBest, 9, 64, 900, 64}, {Random, 5, 64, 700, 64}, {Random, 1, 9, 4500, 130}, {Equal, 1, 8, 4500, 512}, {Rising, 2, 8, 4500, 512}});
    cases::addAttention(list, mode);
    if (mode == Mode::Model) // the others have plain kernels only
        cases::addWideAttention(list, mode, {{128, 4, 40, 0, 128, 0, 0}, {128, 4, 40, 333, 128, 4, 70}, {128, 3, 37, 700, 20, 4, 0}, {128, 20, 9, 300, 128, 4, 0}, {128, 70, 9, 500, 24, 4, 96}, {512, 4, 9, 100, 128, 4, 40}, {512, 20, 9, 90, 16, 4, 0}, {128, 9, 1, 900, 128, 4, 0}, {128, 20, 3, 900, 24, 4, 70}, {512, 64, 1, 700, 128, 4, 0}, {512, 17, 8, 3, 128, 4, 64}});
    cases::addExperts(list, mode);
    cases::addExpertSizes(list, mode, {{1, 192, 64, 5, 2, Type::F4E2M1, false, false}, {3, 256, 160, 6, 3, Type::F4E2M1, false, false}, {8, 256, 128, 4, 2, Type::F4E2M1, true, false}, {8, 544, 96, 3, 2, Type::BF16, false, false}, {2, 576, 136, 4, 2, Type::F8E4M3, false, false}, {150, 256, 160, 3, 2, Type::F4E2M1, false, false}, {9, 544, 128, 7, 3, Type::F8E4M3, false, false}, {70, 100, 36, 3, 1, Type::F32, false, false}, {5, 100, 36, 3, 1, Type::F32, false, false}, {70, 64, 32, 2, 1, Type::F4E2M1, true, true}, {4, 64, 32, 2, 1, Type::F8E4M3, true, true}, {50, 256, 128, 3, 1, Type::F4E2M1, true, false}, {90, 256, 128, 3, 1, Type::F4E2M1, true, false}, {130, 256, 256, 2, 2, Type::F8E4M3, false, false}, {200, 256, 128, 2, 1, Type::F4E2M1, true, false}});
    return list;
}

} // namespace support
