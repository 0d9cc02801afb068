// Token rows (v4-architecture.md 2.2), the check for finite values, and the device's small change.
#include "kernels/reference/reference_matrix.h"

#include "kernels/formats.h"

namespace kernels::reference {

std::shared_ptr<Device> openReferenceDevice(Mode mode) {
    return std::make_shared<ReferenceDevice>(mode);
}

float ReferenceDevice::rounded(double value) const {
    return roundsActivations(mode()) ? roundBf16(static_cast<float>(value)) : static_cast<float>(value);
}

// The same row in every stream.
void ReferenceDevice::embed(const Matrix& table, const Tensor& tokens, const Tensor& streams) {
    const Weight& weight = weightOf(table);
    const std::int64_t count = streams.shape[0], copies = streams.shape[1], width = streams.shape[2];
    for (std::int64_t t = 0; t < count; ++t) {
        float* first = streams.f32() + t * copies * width;
        decodeRow(weight, tokens.as<std::int32_t>()[t], first);
        for (std::int64_t i = 0; i < width; ++i) first[i] = rounded(first[i]);
        for (std::int64_t copy = 1; copy < copies; ++copy)
            std::copy(first, first + width, first + copy * width);
    }
}

void ReferenceDevice::noteNonFinite(const Tensor& values, int tag) {
    const std::int64_t count = values.shape.elements();
    const float* x = values.f32();
    bool bad = m_badScore;
    m_badScore = false;
    for (std::int64_t i = 0; i < count; ++i) bad |= (bitsOf(x[i]) & 0x7f800000u) == 0x7f800000u;
    if (bad && (m_firstBad < 0 || tag < m_firstBad)) m_firstBad = tag;
}

int ReferenceDevice::firstNonFinite() {
    return std::exchange(m_firstBad, -1);
}

} // namespace kernels::reference
