// Hyper-connections (v4-architecture.md section 3): h residual streams, mixed into one input before a
// sublayer and back into all of them behind it, by coefficients made from the streams themselves.
#include "kernels/reference/arithmetic.h"
#include "kernels/reference/products.h"
#include "kernels/reference/reference_matrix.h"

#include <cmath>

namespace kernels::reference {

namespace {

double logistic(double x) {
    return 1.0 / (1.0 + std::exp(-x));
}

// fn · flat, scaled by the root mean square of all streams after the product.
std::vector<double> mixRow(std::span<const double* const> fn, const double* flat, std::int64_t width,
                           double normEpsilon) {
    const double factor = 1.0 / std::sqrt(dot(flat, flat, width) / double(width) + normEpsilon);
    std::vector<double> mix(fn.size());
    dots(flat, fn, width, mix.data());
    for (double& value : mix) value *= factor;
    return mix;
}

// A small matrix widened whole: every token needs all of it.
struct WideMatrix {
    explicit WideMatrix(const Matrix& matrix)
        : values(static_cast<std::size_t>(matrix.rows * matrix.columns)) {
        std::vector<float> stored(static_cast<std::size_t>(matrix.columns));
        for (std::int64_t row = 0; row < matrix.rows; ++row) {
            rows.push_back(values.data() + row * matrix.columns);
            decodeRow(weightOf(matrix), row, stored.data());
            widen(stored.data(), values.data() + row * matrix.columns, matrix.columns);
        }
    }
    std::vector<double> values;
    std::vector<const double*> rows;
};

// Rows first, columns second; the first row pass is a softmax, with epsilon added behind its division.
void sinkhorn(std::vector<double>& c, int h, int iterations, double epsilon) {
    auto at = [&](int j, int k) -> double& { return c[static_cast<std::size_t>(j * h + k)]; };
    auto normaliseRows = [&] {
        for (int j = 0; j < h; ++j) {
            double sum = epsilon;
            for (int k = 0; k < h; ++k) sum += at(j, k);
            for (int k = 0; k < h; ++k) at(j, k) /= sum;
        }
    };
    auto normaliseColumns = [&] {
        for (int k = 0; k < h; ++k) {
            double sum = epsilon;
            for (int j = 0; j < h; ++j) sum += at(j, k);
            for (int j = 0; j < h; ++j) at(j, k) /= sum;
        }
    };
    for (int j = 0; j < h; ++j) {
        double largest = at(j, 0), sum = 0;
        for (int k = 1; k < h; ++k) largest = std::max(largest, at(j, k));
        for (int k = 0; k < h; ++k) sum += at(j, k) = std::exp(at(j, k) - largest);
        for (int k = 0; k < h; ++k) at(j, k) = at(j, k) / sum + epsilon;
    }
    normaliseColumns();
    for (int i = 1; i < iterations; ++i) {
        normaliseRows();
        normaliseColumns();
    }
}

// y = Σ pre[j] * X[j]
void collapse(const double* flat, const std::vector<double>& pre, std::int64_t width,
              std::vector<double>& y) {
    std::fill(y.begin(), y.end(), 0.0);
    for (std::size_t j = 0; j < pre.size(); ++j)
        addScaled(y.data(), flat + static_cast<std::int64_t>(j) * width, pre[j], width);
}

} // namespace

void ReferenceDevice::hyperPre(const Tensor& streams, const HyperMix& mix, Branch& branch) {
    const std::int64_t count = streams.shape[0], width = streams.shape[2];
    const int h = static_cast<int>(streams.shape[1]);
    const WideMatrix fn(*mix.fn);
    const float *base = mix.base.f32(), *scale = mix.scale.f32();
    std::vector<double> flat(static_cast<std::size_t>(h * width)), y(static_cast<std::size_t>(width));
    std::vector<double> pre(static_cast<std::size_t>(h)), comb(static_cast<std::size_t>(h * h));
    for (std::int64_t t = 0; t < count; ++t) {
        widen(streams.f32() + t * h * width, flat.data(), h * width);
        const std::vector<double> m = mixRow(fn.rows, flat.data(), h * width, mix.normEpsilon);
        auto affine = [&](int row, int part) {
            return m[static_cast<std::size_t>(row)] * scale[part] + base[row];
        };
        for (int j = 0; j < h; ++j) {
            pre[static_cast<std::size_t>(j)] = logistic(affine(j, 0)) + mix.epsilon;
            branch.post.f32()[t * h + j] = static_cast<float>(2 * logistic(affine(h + j, 1)));
            for (int k = 0; k < h; ++k)
                comb[static_cast<std::size_t>(j * h + k)] = affine(2 * h + j * h + k, 2);
        }
        sinkhorn(comb, h, mix.sinkhornIterations, mix.epsilon);
        std::copy(comb.begin(), comb.end(), branch.comb.f32() + t * h * h);
        collapse(flat.data(), pre, width, y);
        for (std::int64_t i = 0; i < width; ++i)
            branch.x.f32()[t * width + i] = rounded(y[static_cast<std::size_t>(i)]);
    }
    branch.open = true;
}

// X'[k] = post[k] * y + Σ_j comb[j][k] * X[j]: the sum runs over the first index of comb.
void ReferenceDevice::hyperPost(const Tensor& streams, Branch& branch) {
    const std::int64_t count = streams.shape[0], width = streams.shape[2];
    const int h = static_cast<int>(streams.shape[1]);
    std::vector<double> flat(static_cast<std::size_t>(h * width)), y(static_cast<std::size_t>(width)),
        out(y.size());
    for (std::int64_t t = 0; t < count; ++t) {
        float* x = streams.f32() + t * h * width;
        widen(x, flat.data(), h * width);
        widen(branch.x.f32() + t * width, y.data(), width);
        for (int k = 0; k < h; ++k) {
            std::fill(out.begin(), out.end(), 0.0);
            addScaled(out.data(), y.data(), branch.post.f32()[t * h + k], width);
            for (int j = 0; j < h; ++j)
                addScaled(out.data(), flat.data() + j * width, branch.comb.f32()[(t * h + j) * h + k], width);
            for (std::int64_t i = 0; i < width; ++i)
                x[k * width + i] = rounded(out[static_cast<std::size_t>(i)]);
        }
    }
    branch.open = false;
}

void ReferenceDevice::hyperHead(const Tensor& streams, const HyperMix& mix, const Tensor& output) {
    const std::int64_t count = streams.shape[0], h = streams.shape[1], width = streams.shape[2];
    const WideMatrix fn(*mix.fn);
    std::vector<double> flat(static_cast<std::size_t>(h * width)), y(static_cast<std::size_t>(width));
    for (std::int64_t t = 0; t < count; ++t) {
        widen(streams.f32() + t * h * width, flat.data(), h * width);
        std::vector<double> pre = mixRow(fn.rows, flat.data(), h * width, mix.normEpsilon);
        for (std::size_t j = 0; j < pre.size(); ++j)
            pre[j] = logistic(pre[j] * mix.scale.f32()[0] + mix.base.f32()[j]) + mix.epsilon;
        collapse(flat.data(), pre, width, y);
        for (std::int64_t i = 0; i < width; ++i)
            output.f32()[t * width + i] = rounded(y[static_cast<std::size_t>(i)]);
    }
}

} // namespace kernels::reference
