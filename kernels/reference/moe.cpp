// Routing and experts (v4-architecture.md section 7). An expert is evaluated once for all tokens that chose
// it, in ascending order, so that every token's sum has the same order whatever its neighbours chose.
#include "kernels/formats.h"
#include "kernels/reference/arithmetic.h"
#include "kernels/reference/reference_matrix.h"

#include <cmath>

namespace kernels::reference {

namespace {

double affinity(double logit) {
    return std::sqrt(std::max(logit, 0.0) + std::log1p(std::exp(-std::fabs(logit))));
}

ReferenceExpert expertOf(const ExpertSource& source) {
    return {matrixOf(source.w1, Product::Quantised, 1), matrixOf(source.w2, Product::Quantised, 1),
            matrixOf(source.w3, Product::Quantised, 1)};
}

} // namespace

void ReferenceDevice::route(const RouteJob& job) {
    const std::int64_t count = job.logits.shape[0], experts = job.logits.shape[1], k = job.experts.shape[1];
    std::vector<double> scores(static_cast<std::size_t>(experts));
    std::vector<bool> taken(static_cast<std::size_t>(experts));
    for (std::int64_t t = 0; t < count; ++t) {
        for (std::int64_t e = 0; e < experts; ++e)
            scores[static_cast<std::size_t>(e)] = affinity(job.logits.f32()[t * experts + e]);
        std::int32_t* chosen = job.experts.as<std::int32_t>() + t * k;
        if (job.table) {
            std::copy_n(job.table.as<std::int32_t>() + job.tokens.as<std::int32_t>()[t] * k, k, chosen);
        } else {
            // The bias steers the choice and nothing else; the lowest index wins a tie.
            std::fill(taken.begin(), taken.end(), false);
            for (std::int64_t i = 0; i < k; ++i) {
                std::int64_t best = -1;
                for (std::int64_t e = 0; e < experts; ++e) {
                    if (taken[static_cast<std::size_t>(e)]) continue;
                    auto biased = [&](std::int64_t which) {
                        return scores[static_cast<std::size_t>(which)] + job.bias.f32()[which];
                    };
                    if (best < 0 || biased(e) > biased(best)) best = e;
                }
                taken[static_cast<std::size_t>(best)] = true;
                chosen[i] = static_cast<std::int32_t>(best);
            }
        }
        double sum = 0;
        for (std::int64_t i = 0; i < k; ++i) sum += scores[static_cast<std::size_t>(chosen[i])];
        for (std::int64_t i = 0; i < k; ++i)
            job.weights.f32()[t * k + i] =
                static_cast<float>(scores[static_cast<std::size_t>(chosen[i])] / sum * job.scale);
    }
}

std::unique_ptr<Experts> ReferenceDevice::prepareExperts(std::span<const ExpertSource> routed,
                                                         const ExpertSource& shared) {
    auto experts = std::make_unique<ReferenceExperts>();
    experts->count = static_cast<std::int64_t>(routed.size());
    experts->width = shared.w1.values.shape[1];
    experts->inner = shared.w1.values.shape[0];
    for (const ExpertSource& source : routed) experts->routed.push_back(expertOf(source));
    experts->shared = expertOf(shared);
    return experts;
}

namespace {

struct Task { // one token at one expert
    std::int64_t token;
    float weight;
};

// sum[token] += expert(x[token]); the routing weight goes in before w2, where the trained model has it.
void evaluate(const ReferenceExpert& expert, Mode mode, std::span<const Task> tasks, const float* x,
              float limit, double* sum) {
    const std::int64_t count = static_cast<std::int64_t>(tasks.size()), width = expert.w1.columns,
                       inner = expert.w1.rows;
    std::vector<float> input(static_cast<std::size_t>(count * width)), output(input.size());
    std::vector<float> gate(static_cast<std::size_t>(count * inner)), up(gate.size());
    for (std::int64_t i = 0; i < count; ++i)
        std::copy_n(x + tasks[static_cast<std::size_t>(i)].token * width, width, input.data() + i * width);
    multiply(expert.w1, mode, input.data(), count, gate.data());
    multiply(expert.w3, mode, input.data(), count, up.data());
    for (std::size_t i = 0; i < gate.size(); ++i) {
        double g = gate[i], u = up[i];
        if (limit > 0) { // NaN passes both, to be found at the end of the layer
            if (g > limit) g = limit;
            if (u > limit) u = limit;
            if (u < -limit) u = -limit;
        }
        const double z =
            g / (1.0 + std::exp(-g)) * u * double(tasks[i / static_cast<std::size_t>(inner)].weight);
        gate[i] = roundsActivations(mode) ? roundBf16(static_cast<float>(z)) : static_cast<float>(z);
    }
    multiply(expert.w2, mode, gate.data(), count, output.data());
    for (std::int64_t i = 0; i < count; ++i) {
        double* target = sum + tasks[static_cast<std::size_t>(i)].token * width;
        for (std::int64_t n = 0; n < width; ++n)
            target[n] += double(output[static_cast<std::size_t>(i * width + n)]);
    }
}

} // namespace

void ReferenceDevice::moe(const Experts& experts, const Tensor& x, const Tensor& chosen,
                          const Tensor& weights, float limit, const Tensor& output) {
    const auto& own = static_cast<const ReferenceExperts&>(experts);
    const std::int64_t count = x.shape[0], width = x.shape[1], k = chosen.shape[1];
    std::vector<std::vector<Task>> tasks(own.routed.size());
    std::vector<Task> everyone;
    for (std::int64_t t = 0; t < count; ++t) {
        everyone.push_back({t, 1.0f});
        for (std::int64_t i = 0; i < k; ++i)
            tasks[static_cast<std::size_t>(chosen.as<std::int32_t>()[t * k + i])].push_back(
                {t, weights.f32()[t * k + i]});
    }
    std::vector<double> sum(static_cast<std::size_t>(count * width));
    for (std::size_t e = 0; e < tasks.size(); ++e)
        if (!tasks[e].empty()) evaluate(own.routed[e], mode(), tasks[e], x.f32(), limit, sum.data());
    evaluate(own.shared, mode(), everyone, x.f32(), limit, sum.data());
    for (std::size_t i = 0; i < sum.size(); ++i) output.f32()[i] = rounded(sum[i]);
}

} // namespace kernels::reference
