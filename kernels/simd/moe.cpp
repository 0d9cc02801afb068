// Routing and experts (v4-architecture.md section 7) in two parallel steps: gate and up of every chosen expert, then w2,
// where a strip of output rows adds its experts in ascending order, so that a token's sum has one order.
#include "kernels/simd/scratch.h"
#include "kernels/simd/simd_device.h"

#include <algorithm>

namespace kernels::simd {

namespace {

struct GateAndUp;
struct Terms;

Tensor rowsOf(const Tensor& tensor, std::int64_t begin, std::int64_t end) {
    Tensor part = tensor;
    if (!tensor) return part;
    part.shape.size[0] = begin;
    part.data = static_cast<std::byte*>(tensor.data) + part.bytes();
    part.shape.size[0] = end - begin;
    return part;
}

// The tokens of one expert; their inner activations lie in consecutive rows from `row`.
struct Share {
    const SimdExpert* expert;
    std::int64_t row = 0;
    std::vector<std::int64_t> tokens;
    std::vector<float> weights;
};

std::vector<Share> sharesOf(const SimdExperts& experts, const Tensor& chosen, const Tensor& weights) {
    const std::int64_t count = chosen.shape[0], k = chosen.shape[1];
    std::vector<Share> all(experts.packed.size());
    Share everyone{&experts.packedShared, 0, {}, {}};
    for (std::int64_t t = 0; t < count; ++t) {
        everyone.tokens.push_back(t);
        everyone.weights.push_back(1.0f);
        for (std::int64_t i = 0; i < k; ++i) {
            Share& share = all[static_cast<std::size_t>(chosen.as<std::int32_t>()[t * k + i])];
            share.tokens.push_back(t);
            share.weights.push_back(weights.f32()[t * k + i]);
        }
    }
    std::vector<Share> shares;
    std::int64_t row = 0;
    auto take = [&](Share& share, const SimdExpert& expert) {
        if (share.tokens.empty()) return;
        share.expert = &expert;
        share.row = row;
        row += static_cast<std::int64_t>(share.tokens.size());
        shares.push_back(std::move(share));
    };
    for (std::size_t e = 0; e < all.size(); ++e) take(all[e], experts.packed[e]);
    take(everyone, experts.packedShared); // last, as the sum has it
    return shares;
}

} // namespace

void SimdDevice::route(const RouteJob& job) {
    pieces(job.logits.shape[0], 8, [&](std::int64_t begin, std::int64_t end) {
        RouteJob part = job;
        part.logits = rowsOf(job.logits, begin, end);
        part.tokens = rowsOf(job.tokens, begin, end);
        part.experts = rowsOf(job.experts, begin, end);
        part.weights = rowsOf(job.weights, begin, end);
        ReferenceDevice::route(part);
    });
}

void SimdDevice::moe(const Experts& experts, const Tensor& x, const Tensor& chosen, const Tensor& weights, float limit,
                     const Tensor& output) {
    const auto& own = static_cast<const SimdExperts&>(experts);
    const std::int64_t count = x.shape[0], width = x.shape[1], inner = own.inner;
    const bool rounds = roundsActivations(mode());
    const float* input = x.f32();
    if (rounds) {
        m_quantised.resize(static_cast<std::size_t>(count * width));
        quantiseRows(input, count, width, m_quantised.data(), &m_wholeInput);
        input = m_quantised.data();
    }
    const std::vector<Share> shares = sharesOf(own, chosen, weights);
    const std::int64_t rows = shares.back().row + count;
    m_inner.resize(static_cast<std::size_t>(rows * inner));

    // Strips of inner rows, a multiple of an fp8 block where there are several tokens.
    const std::int64_t panels = (inner + panelRows - 1) / panelRows, panelsOfStrip = 2;
    const std::int64_t strips = (panels + panelsOfStrip - 1) / panelsOfStrip;
    m_threads.run(static_cast<std::int64_t>(shares.size()) * strips, [&](std::int64_t item) {
        const Share& share = shares[static_cast<std::size_t>(item / strips)];
        const std::int64_t panel = item % strips * panelsOfStrip, size = std::int64_t(share.tokens.size());
        const int together = static_cast<int>(std::min(panelsOfStrip, panels - panel));
        const std::int64_t stride = together * panelRows, there = std::min(stride, inner - panel * panelRows);
        float* gates = scratch<GateAndUp>(2 * size * stride);
        float* ups = gates + size * stride;
        thread_local std::vector<const float*> inputs;
        thread_local std::vector<float*> outputs;
        thread_local std::vector<WholeInput> whole;
        inputs.clear();
        whole.clear();
        for (const std::int64_t t : share.tokens) {
            inputs.push_back(input + t * width);
            if (rounds) whole.push_back(m_wholeInput.rows[static_cast<std::size_t>(t)]);
        }
        for (const auto& [matrix, place] : {std::pair(&share.expert->w1, gates), std::pair(&share.expert->w3, ups)}) {
            outputs.clear();
            for (std::int64_t i = 0; i < size; ++i) outputs.push_back(place + i * stride);
            multiply(*matrix, 0, panel, together, inputs.data(), size, outputs.data(), rounds, false, rounds ? whole.data() : nullptr);
        }
        for (std::int64_t i = 0; i < size; ++i)
            m_loops.gate(m_inner.data() + (share.row + i) * inner + panel * panelRows, gates + i * stride, ups + i * stride, limit,
                         share.weights[static_cast<std::size_t>(i)], there, rounds);
    });
    if (rounds) quantiseRows(m_inner.data(), rows, inner, m_inner.data(), &m_wholeInner);

    // Each expert's output is rounded before it is added, as the reference does.
    const std::int64_t outPanels = (width + panelRows - 1) / panelRows;
    m_threads.run((outPanels + panelsOfStrip - 1) / panelsOfStrip, [&](std::int64_t item) {
        const std::int64_t panel = item * panelsOfStrip;
        const int together = static_cast<int>(std::min(panelsOfStrip, outPanels - panel));
        const std::int64_t stride = together * panelRows, there = std::min(stride, width - panel * panelRows);
        float* sums = scratch<Terms>(count * stride);
        std::fill(sums, sums + count * stride, 0.0f);
        thread_local std::vector<const float*> inputs;
        thread_local std::vector<float*> outputs;
        for (const Share& share : shares) {
            inputs.clear();
            outputs.clear();
            for (std::size_t i = 0; i < share.tokens.size(); ++i) {
                inputs.push_back(m_inner.data() + (share.row + std::int64_t(i)) * inner);
                outputs.push_back(sums + share.tokens[i] * stride);
            }
            multiply(share.expert->w2, 0, panel, together, inputs.data(), std::int64_t(inputs.size()), outputs.data(), rounds, true,
                     rounds ? m_wholeInner.rows.data() + share.row : nullptr);
        }
        for (std::int64_t t = 0; t < count; ++t)
            m_loops.scaleBy(output.f32() + t * width + panel * panelRows, sums + t * stride, nullptr, 1.0f, there, rounds);
    });
}

} // namespace kernels::simd
