// Matrix products: y = x · Wᵀ (v4-architecture.md 10.1, 10.4). The stored weights are widened exactly; in
// Mode::Model the input of a quantised matrix goes through fp8 blocks of 128 columns first.
#include "kernels/formats.h"
#include "kernels/reference/arithmetic.h"
#include "kernels/reference/products.h"
#include "kernels/reference/reference_matrix.h"

#include <cassert>

namespace kernels::reference {

ReferenceMatrix matrixOf(const Weight& weight, Product product, int groups) {
    ReferenceMatrix matrix;
    matrix.rows = weight.values.shape[0];
    matrix.columns = weight.values.shape[1];
    matrix.groups = groups;
    matrix.product = product;
    matrix.weight = weight;
    return matrix;
}

std::unique_ptr<Matrix> ReferenceDevice::prepare(const Weight& weight, Product product, int groups) {
    assert(weight.values.shape.rank == 2 && weight.values.shape[0] % groups == 0);
    return std::make_unique<ReferenceMatrix>(matrixOf(weight, product, groups));
}

void multiply(const ReferenceMatrix& matrix, Mode mode, const float* input, std::int64_t count,
              float* output) {
    const std::int64_t rows = matrix.rows, columns = matrix.columns, inputWidth = columns * matrix.groups;
    std::vector<double> x(static_cast<std::size_t>(count * inputWidth));
    if (matrix.product == Product::Quantised && roundsActivations(mode)) {
        std::vector<float> quantised(static_cast<std::size_t>(inputWidth));
        for (std::int64_t t = 0; t < count; ++t) {
            std::copy(input + t * inputWidth, input + (t + 1) * inputWidth, quantised.begin());
            roundTripE4m3(quantised.data(), inputWidth, 128);
            widen(quantised.data(), x.data() + t * inputWidth, inputWidth);
        }
    } else {
        widen(input, x.data(), count * inputWidth);
    }

    const bool round = matrix.product != Product::Full && roundsActivations(mode);
    auto store = [round](double value) {
        return round ? roundBf16(static_cast<float>(value)) : static_cast<float>(value);
    };
    std::vector<float> stored(static_cast<std::size_t>(columns));
    std::vector<double> w(static_cast<std::size_t>(columns)), sums(static_cast<std::size_t>(count));
    std::vector<const double*> inputs;
    for (int group = 0; group < matrix.groups; ++group)
        for (std::int64_t t = 0; t < count; ++t)
            inputs.push_back(x.data() + t * inputWidth + group * columns);
    for (std::int64_t row = 0; row < rows; ++row) {
        decodeRow(matrix.weight, row, stored.data());
        widen(stored.data(), w.data(), columns);
        const std::size_t group =
            static_cast<std::size_t>(row / (rows / matrix.groups)); // the row's group of inputs
        dots(w.data(),
             std::span(inputs).subspan(group * static_cast<std::size_t>(count),
                                       static_cast<std::size_t>(count)),
             columns, sums.data());
        for (std::int64_t t = 0; t < count; ++t)
            output[t * rows + row] = store(sums[static_cast<std::size_t>(t)]);
    }
}

void ReferenceDevice::linear(const Matrix& matrix, const Tensor& input, const Tensor& output) {
    assert(input.shape.elements() / input.shape[0] == matrix.columns * matrix.groups);
    assert(output.shape.elements() / output.shape[0] == matrix.rows && output.shape[0] == input.shape[0]);
    multiply(static_cast<const ReferenceMatrix&>(matrix), mode(), input.f32(), input.shape[0], output.f32());
}

} // namespace kernels::reference
