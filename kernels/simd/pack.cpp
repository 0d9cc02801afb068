// Weights in panels: sixteen rows side by side, so that a lane is an output row and a sum needs no lane crossing. Codes
// keep their size; a matrix whose codes the fast paths cannot hold (a NaN code, extreme scales) is widened to fp32.
#include "kernels/formats.h"
#include "kernels/simd/simd_device.h"

#include <algorithm>
#include <cstring>

namespace kernels::simd {

namespace {

constexpr std::int64_t codesOfPiece = 32 << 20;
constexpr std::int64_t widenLimit = 1 << 20; // elements of other formats that are kept as fp32

constexpr std::int64_t ggufBlock = 32; // columns of a block of Q8_0 and MXFP4: the scale first, then the codes

bool plainScales(const Weight& weight) {
    if (weight.values.type == Type::MXFP4) {
        const auto* bytes = weight.values.as<const std::uint8_t>();
        const auto block = static_cast<std::int64_t>(blockBytes(Type::MXFP4));
        for (std::int64_t at = 0; at < static_cast<std::int64_t>(weight.values.bytes()); at += block)
            if (bytes[at] < 16 || bytes[at] > 240) return false;
    }
    if (!weight.scales) return true;
    const auto* codes = weight.scales.as<const std::uint8_t>();
    return std::all_of(codes, codes + weight.scales.shape.elements(), [](std::uint8_t code) { return code >= 16 && code <= 240; });
}

Format formatOf(const Weight& weight) {
    const Tensor& values = weight.values;
    const std::int64_t count = values.shape.elements();
    if (!plainScales(weight)) return count <= widenLimit ? Format::F32 : Format::Stored;
    switch (values.type) {
    case Type::F4E2M1:
        if (values.shape[1] % 2 == 0) return Format::E2m1;
        break;
    case Type::F8E4M3: {
        const auto* codes = values.as<const std::uint8_t>();
        if (std::none_of(codes, codes + count, [](std::uint8_t code) { return (code & 0x7f) == 0x7f; })) return Format::E4m3;
        break;
    }
    case Type::MXFP4: return Format::E2m1;
    case Type::Q8_0: return Format::Int8;
    case Type::BF16: return Format::Bf16;
    case Type::F32: return Format::F32;
    default: break;
    }
    return count <= widenLimit ? Format::F32 : Format::Stored;
}

// Two neighbouring columns in a byte, as published files have them; MXFP4 puts column j beside j + 16.
std::uint8_t fp4Pair(const Weight& weight, std::int64_t row, std::int64_t pair) {
    const std::int64_t columns = weight.values.shape[1], column = 2 * pair;
    const auto* bytes = weight.values.as<const std::uint8_t>();
    if (weight.values.type == Type::F4E2M1) return bytes[row * (columns / 2) + pair];
    const std::uint8_t* codes = bytes + (row * columns + column) / ggufBlock * 17 + 1 + column % 16;
    const int shift = column % ggufBlock < 16 ? 0 : 4;
    return static_cast<std::uint8_t>((codes[0] >> shift & 15) | (codes[1] >> shift & 15) << 4);
}

float scaleOf(const Weight& weight, std::int64_t row, std::int64_t block, std::int64_t blocks) {
    const auto* bytes = weight.values.as<const std::uint8_t>();
    const auto* scales = weight.scales.as<const std::uint8_t>();
    std::uint16_t half = 0;
    switch (weight.values.type) {
    case Type::F8E4M3: return decodeE8m0(scales[row / 128 * blocks + block]) * 256.0f; // the loops see values times 2^-8
    case Type::MXFP4: return decodeE8m0(bytes[(row * blocks + block) * 17]);
    case Type::Q8_0: std::memcpy(&half, bytes + (row * blocks + block) * 34, 2); return decodeF16(half);
    default: return decodeE8m0(scales[row * blocks + block]);
    }
}

// Sixteen rows from `row`, of which `there` exist, to a panel of codes.
void packPanel(Format format, const Weight& weight, std::int64_t row, std::int64_t there, std::uint8_t* out) {
    const std::int64_t columns = weight.values.shape[1];
    const auto* bytes = weight.values.as<const std::uint8_t>();
    std::vector<float> wide(static_cast<std::size_t>(columns));
    for (std::int64_t i = 0; i < there; ++i) {
        const std::int64_t r = row + i;
        switch (format) {
        case Format::E2m1:
            for (std::int64_t k = 0; k < columns / 2; ++k) out[k / 4 * 64 + i * 4 + k % 4] = fp4Pair(weight, r, k);
            break;
        case Format::E4m3:
            for (std::int64_t k = 0; k < columns; ++k) out[k * 16 + i] = bytes[r * columns + k];
            break;
        case Format::Int8:
            for (std::int64_t k = 0; k < columns; ++k) out[k * 16 + i] = bytes[(r * columns + k) / ggufBlock * 34 + 2 + k % ggufBlock];
            break;
        case Format::Bf16:
            for (std::int64_t k = 0; k < columns; ++k) std::memcpy(out + (k * 16 + i) * 2, bytes + (r * columns + k) * 2, 2);
            break;
        default:
            reference::decodeRow(weight, r, wide.data());
            for (std::int64_t k = 0; k < columns; ++k) std::memcpy(out + (k * 16 + i) * 4, &wide[static_cast<std::size_t>(k)], 4);
        }
    }
}

} // namespace

// Zeroed. Matrices lie side by side in large pieces, so that few large pages hold them.
void SimdDevice::reserveCodes(PackedMatrix& matrix, std::int64_t bytes) {
    const std::int64_t rounded = (bytes + 63) / 64 * 64;
    if (!m_codes || m_codesUsed + rounded > static_cast<std::int64_t>(m_codes->size())) {
        m_codes = std::make_shared<Memory>(allocate(static_cast<std::size_t>(std::max(rounded, codesOfPiece))));
        m_codesUsed = 0;
    }
    matrix.memory = m_codes;
    matrix.codes = reinterpret_cast<std::uint8_t*>(m_codes->data()) + m_codesUsed;
    m_codesUsed += rounded;
}

PackedMatrix SimdDevice::pack(const Weight& weight, int groups) {
    PackedMatrix m;
    m.source = reference::matrixOf(weight, Product::Full, groups);
    m.shape.columns = weight.values.shape[1];
    m.shape.format = formatOf(weight);
    m.rowsOfGroup = weight.values.shape[0] / groups;
    m.panelsOfGroup = (m.rowsOfGroup + panelRows - 1) / panelRows;
    const std::int64_t panels = m.panelsOfGroup * groups;
    if (m.shape.format != Format::Stored && m_packedBytes + panels * m.shape.bytes() > m_packedLimit) m.shape.format = Format::Stored;
    const bool blocked = weight.values.type == Type::MXFP4 || weight.values.type == Type::Q8_0;
    const bool coded = m.shape.format == Format::E2m1 || m.shape.format == Format::E4m3 || m.shape.format == Format::Int8;
    const bool scaled = coded && (blocked || weight.scales);
    if (weight.values.type == Type::F4E2M1 || blocked) m.shape.block = 32; // also where it is widened: the order of the sum stays
    const std::int64_t blocks = m.shape.blocks();
    const float unit = m.shape.format == Format::E4m3 ? 256.0f : 1.0f; // the loops see e4m3 values times 2^-8
    m.sharedScales = !scaled;
    m.scales.assign(static_cast<std::size_t>((scaled ? panels : 1) * blocks * 16), unit);
    if (m.shape.format == Format::Stored) return m;

    reserveCodes(m, panels * m.shape.bytes());
    m_packedBytes += panels * m.shape.bytes();
    m_threads.run(panels, [&](std::int64_t p) {
        const std::int64_t group = p / m.panelsOfGroup, inGroup = p % m.panelsOfGroup * panelRows;
        const std::int64_t row = group * m.rowsOfGroup + inGroup, there = std::min<std::int64_t>(panelRows, m.rowsOfGroup - inGroup);
        packPanel(m.shape.format, weight, row, there, m.codes + p * m.shape.bytes());
        if (!scaled) return;
        for (std::int64_t b = 0; b < blocks; ++b)
            for (std::int64_t i = 0; i < there; ++i) m.scales[static_cast<std::size_t>((p * blocks + b) * 16 + i)] = scaleOf(weight, row + i, b, blocks);
    });
    return m;
}

std::unique_ptr<Matrix> SimdDevice::prepare(const Weight& weight, Product product, int groups) {
    auto matrix = std::make_unique<SimdMatrix>();
    static_cast<reference::ReferenceMatrix&>(*matrix) = reference::matrixOf(weight, product, groups);
    return matrix;
}

const PackedMatrix& SimdDevice::packedOf(const Matrix& matrix) {
    const auto& own = static_cast<const SimdMatrix&>(matrix);
    if (!own.packed) own.packed = std::make_unique<PackedMatrix>(pack(own.weight, own.groups));
    return *own.packed;
}

std::unique_ptr<Experts> SimdDevice::prepareExperts(std::span<const ExpertSource> routed, const ExpertSource& shared) {
    auto experts = std::make_unique<SimdExperts>();
    const auto plain = ReferenceDevice::prepareExperts(routed, shared);
    static_cast<reference::ReferenceExperts&>(*experts) = static_cast<const reference::ReferenceExperts&>(*plain);
    auto packed = [&](const ExpertSource& source) { return SimdExpert{pack(source.w1, 1), pack(source.w2, 1), pack(source.w3, 1)}; };
    for (const ExpertSource& source : routed) experts->packed.push_back(packed(source));
    experts->packedShared = packed(shared);
    return experts;
}

} // namespace kernels::simd
