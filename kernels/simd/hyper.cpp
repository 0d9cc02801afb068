// Hyper-connections (v4-architecture.md section 3), up to sixteen tokens at a time: one in each lane where coefficients
// are made, one after the other where streams are mixed.
#include "kernels/simd/scratch.h"
#include "kernels/simd/simd_device.h"

#include <algorithm>
#include <cmath>

namespace kernels::simd {

namespace {

constexpr std::int64_t tokensOfPiece = 16;
constexpr int mostStreams = 8; // of the loops' coefficient matrix

struct Mixes;
struct Mixed;

} // namespace

// Part of fn · streams for up to sixteen tokens: panels [panel, panel + 2) of mix [count][rows of fn].
void SimdDevice::mixPanels(const PackedMatrix& fn, const float* streams, std::int64_t count, std::int64_t width, std::int64_t panel, int panels, float* mix) const {
    const float* inputs[tokensOfPiece];
    float* outputs[tokensOfPiece];
    for (std::int64_t t = 0; t < count; ++t) {
        inputs[t] = streams + t * width;
        outputs[t] = mix + t * fn.rowsOfGroup + panel * panelRows;
    }
    multiply(fn, 0, panel, panels, inputs, count, outputs, false, false);
}

// Scaled by the root mean square of all streams.
void SimdDevice::scaleMixes(const float* squares, std::int64_t count, std::int64_t rows, std::int64_t width, float epsilon, float* mix) const {
    for (std::int64_t t = 0; t < count; ++t)
        m_loops.scaleBy(mix + t * rows, mix + t * rows, nullptr, static_cast<float>(1.0 / std::sqrt(double(squares[t]) / double(width) + double(epsilon))), rows, false);
}

void SimdDevice::mixes(const PackedMatrix& fn, const float* streams, std::int64_t count, std::int64_t width, float epsilon, float* mix) const {
    for (std::int64_t panel = 0; panel < fn.panelsOfGroup; panel += 2)
        mixPanels(fn, streams, count, width, panel, static_cast<int>(std::min<std::int64_t>(2, fn.panelsOfGroup - panel)), mix);
    float squares[tokensOfPiece];
    for (std::int64_t t = 0; t < count; ++t) squares[t] = m_loops.squares(streams + t * width, width);
    scaleMixes(squares, count, fn.rowsOfGroup, width, epsilon, mix);
}

void SimdDevice::hyperPre(const Tensor& streams, const HyperMix& mix, Branch& branch) {
    const std::int64_t count = streams.shape[0], h = streams.shape[1], width = streams.shape[2], rows = mix.fn->rows;
    if (h > mostStreams) return ReferenceDevice::hyperPre(streams, mix, branch);
    const PackedMatrix& fn = packedOf(*mix.fn);
    // Coefficients and the sublayer's input of `size` tokens, from their mixes.
    auto collapse = [&](std::int64_t begin, std::int64_t size, const float* x, const float* coefficients, float* pre) {
        m_loops.hyper({size, width, static_cast<int>(h), mix.sinkhornIterations, mix.epsilon, coefficients, mix.base.f32(), mix.scale.f32(), pre,
                       branch.post.f32() + begin * h, branch.comb.f32() + begin * h * h});
        for (std::int64_t t = 0; t < size; ++t) {
            const float* from[mostStreams];
            for (std::int64_t j = 0; j < h; ++j) from[j] = x + (t * h + j) * width;
            m_loops.combine(branch.x.f32() + (begin + t) * width, from, pre + t * h, static_cast<int>(h), width, roundsActivations(mode()));
        }
    };
    branch.open = true;
    if (count <= tokensOfPiece) { // the threads share the rows of fn
        float* coefficients = scratch<Mixes>(tokensOfPiece * (rows + h));
        float squares[tokensOfPiece];
        m_threads.run(fn.panelsOfGroup + 1, [&](std::int64_t i) {
            if (i < fn.panelsOfGroup) return mixPanels(fn, streams.f32(), count, h * width, i, 1, coefficients);
            for (std::int64_t t = 0; t < count; ++t) squares[t] = m_loops.squares(streams.f32() + t * h * width, h * width);
        });
        scaleMixes(squares, count, rows, h * width, mix.normEpsilon, coefficients);
        return collapse(0, count, streams.f32(), coefficients, coefficients + tokensOfPiece * rows);
    }
    pieces((count + tokensOfPiece - 1) / tokensOfPiece, 1, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t piece = first; piece < last; ++piece) {
            const std::int64_t begin = piece * tokensOfPiece, size = std::min(tokensOfPiece, count - begin);
            const float* x = streams.f32() + begin * h * width;
            float* coefficients = scratch<Mixes>(tokensOfPiece * (rows + h));
            mixes(fn, x, size, h * width, mix.normEpsilon, coefficients);
            collapse(begin, size, x, coefficients, coefficients + tokensOfPiece * rows);
        }
    });
}

// X'[k] = post[k] * y + Σ_j comb[j][k] * X[j]
void SimdDevice::hyperPost(const Tensor& streams, Branch& branch) {
    const std::int64_t count = streams.shape[0], h = streams.shape[1], width = streams.shape[2];
    if (h > mostStreams) return ReferenceDevice::hyperPost(streams, branch);
    pieces(count, 8, [&](std::int64_t begin, std::int64_t end) {
        float* old = scratch<Mixed>(h * width);
        for (std::int64_t t = begin; t < end; ++t) {
            float* x = streams.f32() + t * h * width;
            std::copy(x, x + h * width, old);
            const float* from[mostStreams + 1] = {branch.x.f32() + t * width};
            for (std::int64_t j = 0; j < h; ++j) from[1 + j] = old + j * width;
            for (std::int64_t k = 0; k < h; ++k) {
                float factors[mostStreams + 1] = {branch.post.f32()[t * h + k]};
                for (std::int64_t j = 0; j < h; ++j) factors[1 + j] = branch.comb.f32()[(t * h + j) * h + k];
                m_loops.combine(x + k * width, from, factors, static_cast<int>(h) + 1, width, roundsActivations(mode()));
            }
        }
    });
    branch.open = false;
}

void SimdDevice::hyperHead(const Tensor& streams, const HyperMix& mix, const Tensor& output) {
    const std::int64_t count = streams.shape[0], h = streams.shape[1], width = streams.shape[2];
    if (h > mostStreams) return ReferenceDevice::hyperHead(streams, mix, output);
    const PackedMatrix& fn = packedOf(*mix.fn);
    for (std::int64_t begin = 0; begin < count; begin += tokensOfPiece) {
        const std::int64_t size = std::min(tokensOfPiece, count - begin);
        float* pre = scratch<Mixes>(tokensOfPiece * h);
        mixes(fn, streams.f32() + begin * h * width, size, h * width, mix.normEpsilon, pre);
        for (std::int64_t t = 0; t < size; ++t) {
            const float* from[mostStreams];
            for (std::int64_t j = 0; j < h; ++j) {
                const double x = double(pre[t * h + j]) * double(mix.scale.f32()[0]) + double(mix.base.f32()[j]);
                pre[t * h + j] = static_cast<float>(1.0 / (1.0 + std::exp(-x)) + double(mix.epsilon));
                from[j] = streams.f32() + ((begin + t) * h + j) * width;
            }
            m_loops.combine(output.f32() + (begin + t) * width, from, pre + t * h, static_cast<int>(h), width, roundsActivations(mode()));
        }
    }
}

} // namespace kernels::simd
