// Operations of a device against numbers worked out elsewhere (the unit vectors of v4-architecture.md) or by hand.
// For devices that run without rounding. Each check reports one sentence.
#pragma once

#include "kernels/reference/rope.h"
#include "tests/support/operation_cases.h"

namespace support {

using Report = std::function<void(bool, const std::string&)>;

namespace vectors {

inline void near(const Report& report, const std::string& what, std::span<const float> values, std::span<const double> expected, double bound) {
    double worst = values.size() < expected.size() ? 1e9 : 0;
    for (std::size_t i = 0; i < std::min(values.size(), expected.size()); ++i) worst = std::max(worst, std::fabs(values[i] - expected[i]));
    report(worst <= bound, what + (worst <= bound ? "" : ": off by " + std::to_string(worst)));
}

// hyperPre with streams of ones, so that the mixes are chosen through fn.
inline std::vector<float> hyperOutputs(Bench& b, const std::vector<double>& mix, std::vector<float> base, std::vector<float> scale) {
    const std::int64_t D = 2, h = 4;
    std::vector<float> fn;
    for (const double value : mix)
        for (int i = 0; i < D * h; ++i) fn.push_back(static_cast<float>(value / double(D * h)));
    const Weight weight{{fn.data(), Type::F32, {24, D * h}}, {}};
    const auto matrix = b.device.prepare(weight, Product::Full);
    std::vector<float> streams(static_cast<std::size_t>(D * h), 1.0f);
    HyperMix parameters{matrix.get(), b.floats(base, {24}), b.floats(scale, {3}), 20, 1e-6f, 0.0f};
    Branch branch{b.emptyActivations({1, D}), b.hold(Type::F32, {1, h}), b.hold(Type::F32, {1, h, h}), false};
    b.device.hyperPre(b.activations(streams, {1, h, D}), parameters, branch);
    std::vector<float> out = b.read(branch.x);
    out.resize(1); // Σ pre
    for (const Tensor& part : {branch.post, branch.comb}) {
        const std::vector<float> values = b.read(part);
        out.insert(out.end(), values.begin(), values.end());
    }
    return out;
}

inline void checkHyper(Device& device, const Report& report) {
    Bench b(device, 1);
    std::vector<double> mix;
    std::vector<float> base;
    for (int k = 0; k < 24; ++k) mix.push_back((k - 11.5) / 8), base.push_back(0.05f * float(k % 5));
    const double first[] = {0.3276693 + 0.3529161 + 0.37901156 + 0.40582645, 0.46073049, 0.456313, 0.54528765, 0.64436933,
                            0.26962029, 0.26962033, 0.22329817, 0.23746021, 0.25354025, 0.25354026, 0.26962034, 0.22329814,
                            0.23841923, 0.2384192, 0.25354024, 0.26962033, 0.23841923, 0.2384192, 0.25354024, 0.26962033};
    near(report, "hyper-connection coefficients (3.6)", hyperOutputs(b, mix, base, {0.5f, 1.5f, 2.0f}), first, 2e-6);

    std::vector<double> c(24, 0.0);
    c[8] = 3, c[8 + 5] = 1, c[8 + 10] = 2, c[8 + 12] = 1;
    const double second[] = {0.67531785, 0.10266586, 0.06880278, 0.15321251, 0.06288022, 0.52191372, 0.1286725, 0.28653256,
                             0.04213995, 0.1286725, 0.63716326, 0.19202329, 0.21966098, 0.24674692, 0.16536046, 0.36823064};
    const std::vector<float> out = hyperOutputs(b, c, std::vector<float>(24, 0.0f), {1, 1, 1});
    near(report, "Sinkhorn of an unsymmetric matrix (3.6)", std::span(out).subspan(5), second, 2e-6);
}

inline void checkRotation(const Report& report, const std::vector<float>& compress, const std::vector<float>& plain) {
    auto rotated = [](const std::vector<float>& frequencies, std::int64_t position) {
        std::vector<float> x;
        for (std::size_t i = 0; i < frequencies.size(); ++i) x.push_back(1), x.push_back(2);
        reference::Rotation(Rope(frequencies), position, 1).apply(x.data(), std::int64_t(x.size()), 0, reference::Rotation::Direction::Forward, false);
        return std::vector<float>{x[0], x[1], x[2], x[3], x[62], x[63]};
    };
    const double one[] = {-1.14263966, 1.9220756, -0.49671938, 2.1801995, 0.99999886, 2.00000057};
    const double thousand[] = {-1.09138, 1.95163769, -1.62941516, -1.53134131, 0.99886373, 2.00056773};
    const double main[] = {-1.09138, 1.95163769, -2.20725245, -0.35782206, 0.72520724, 2.11520081};
    near(report, "rotation at 1, compressed layers (4.4)", rotated(compress, 1), one, 2e-7);
    near(report, "rotation at 1000, compressed layers (4.4)", rotated(compress, 1000), thousand, 1e-4); // exact frequencies there
    near(report, "rotation at 1000, window layers (4.4)", rotated(plain, 1000), main, 1e-4);
    std::vector<float> far(64, 0.0f);
    far[2] = 1; // pair 1 at a million: the cosine of the fp32 product
    reference::Rotation(Rope(compress), 1000000, 1).apply(far.data(), 64, 0, reference::Rotation::Direction::Forward, false);
    const double cosine[] = {0.644629};
    near(report, "rotation at a million (4.4)", std::span(far).subspan(2, 1), cosine, 2e-6);
}

// Two channels, equal scores, no rotation, norm weights 1: the second channel is 1, so the quotient is the pooled value.
inline void checkCompressor(Device& device, const Report& report) {
    Bench b(device, 2);
    const auto rope = device.prepareRope({});
    std::vector<float> values;
    for (int t = 0; t < 8; ++t) // first half (for the next window): A_t, second half (own window): B_t
        for (const float v : {float(t + 1), 1.0f, float(10 * (t + 1)), 1.0f}) values.push_back(v);
    CompressJob job;
    job.values = b.floats(values, {8, 4});
    job.scores = b.floats(std::vector<float>(32, 0.25f), {8, 4});
    job.ape = b.floats(std::vector<float>(16, 0.5f), {4, 4});
    job.norm = b.floats({1, 1}, {2});
    job.rope = rope.get();
    job.ratio = 4;
    job.pool = b.rows<Ring>({RowType::Plain, 8, 0}, 16);
    job.rows = b.rows<Rows>({RowType::Plain, 2, 0}, 4);
    device.compress(job);
    std::vector<float> pooled;
    for (int j = 0; j < 2; ++j) {
        const std::vector<float> row = b.readRow(job.rows, j);
        pooled.push_back(row[0] / row[1]);
    }
    const double expected[] = {(10 + 20 + 30 + 40) / 4.0, (1 + 2 + 3 + 4 + 50 + 60 + 70 + 80) / 8.0};
    near(report, "pooling of overlapping windows (5.6)", pooled, expected, 1e-4);
}

inline void checkRouter(Device& device, const Report& report) {
    Bench b(device, 3);
    const double affinities[][2] = {{-20, 4.53999e-05}, {-1, 0.559698}, {1, 1.145976}, {20, 4.472136}, {30, 5.477226}};
    for (const auto& [logit, affinity] : affinities) {
        RouteJob job;
        job.logits = b.floats({float(logit), 0, -3, 0}, {1, 4});
        job.bias = b.floats({9, 0, 0, 0}, {4}); // steers the choice only; a tie of 1 and 3 goes to 1
        job.experts = b.hold(Type::I32, {1, 2});
        job.weights = b.hold(Type::F32, {1, 2});
        job.scale = 1.5f;
        device.route(job);
        const double expected[] = {0, 1, 1.5 * affinity / (affinity + 0.832555), 1.5 * 0.832555 / (affinity + 0.832555)};
        std::vector<float> values = b.read(job.experts);
        for (const float weight : b.read(job.weights)) values.push_back(weight);
        near(report, "router at logit " + std::to_string(int(logit)) + " (7.2)", values, expected, 2e-6);
    }
}

// One key: weight exp(s) against the sink's exp(sink), s from normed queries.
inline void checkAttention(Device& device, const Report& report) {
    Bench b(device, 4);
    const auto rope = device.prepareRope({});
    AttentionJob job;
    job.queries = job.output = b.activations({3, -4, 0, 0}, {1, 1, 4}); // mean square 6.25, normed 1.2, -1.6
    job.normEpsilon = 0;
    job.rope = rope.get();
    job.sinks = b.floats({0.5f}, {1});
    job.window = 4;
    job.ring = b.rows<Ring>({RowType::Plain, 4, 0}, 8);
    job.latents = b.floats({1, 2, -1, 4}, {1, 4});
    device.attention(job);
    const double score = (1.2 - 3.2) / 2, weight = std::exp(score) / (std::exp(score) + std::exp(0.5));
    const double expected[] = {weight, 2 * weight, -weight, 4 * weight};
    near(report, "attention to one key and a sink (4.6)", b.read(job.output), expected, 1e-6);
}

} // namespace vectors

// `compress` and `plain`: rotation frequencies of the published model (appendix B).
inline void checkVectors(Device& device, const std::vector<float>& compress, const std::vector<float>& plain, const Report& report) {
    vectors::checkHyper(device, report);
    vectors::checkRotation(report, compress, plain);
    vectors::checkCompressor(device, report);
    vectors::checkRouter(device, report);
    vectors::checkAttention(device, report);
}

} // namespace support
