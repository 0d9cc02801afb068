// Handles of the reference device: views of the checkpoint's own bytes, decoded row by row where they are
// used. A device derived from ReferenceDevice derives its handles from these, so that operations it does not
// override find them.
#pragma once

#include "kernels/reference/codecs.h"
#include "kernels/reference/reference_device.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace kernels::reference {

struct ReferenceMatrix : Matrix {
    Weight weight;
};

inline const Weight& weightOf(const Matrix& matrix) {
    return static_cast<const ReferenceMatrix&>(matrix).weight;
}

struct ReferenceExpert {
    ReferenceMatrix w1, w2, w3;
};

struct ReferenceExperts : Experts {
    std::vector<ReferenceExpert> routed;
    ReferenceExpert shared;
};

ReferenceMatrix matrixOf(const Weight& weight, Product product, int groups);

// One matrix product over `count` rows of input, rounded as `product` says in that mode.
void multiply(const ReferenceMatrix& matrix, Mode mode, const float* input, std::int64_t count,
              float* output);

} // namespace kernels::reference
