#include "kernels/reference/codecs.h"

#include "kernels/formats.h"
#include "kernels/gguf_formats.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace kernels::reference {

namespace {

// Every code once: the loops below look up instead of branching.
template<int count, float (*decode)(std::uint8_t)>
struct ValueTable {
    float of[count];
    ValueTable() {
        for (int code = 0; code < count; ++code) of[code] = decode(static_cast<std::uint8_t>(code));
    }
};
const ValueTable<256, decodeE4m3> e4m3;
const ValueTable<16, decodeE2m1> e2m1;

// Checkpoints may place a tensor at any byte.
std::uint16_t loadCode(const std::uint8_t* bytes, std::int64_t i) {
    std::uint16_t code;
    std::memcpy(&code, bytes + 2 * i, 2);
    return code;
}

void decodeE4m3Row(const Weight& weight, std::int64_t row, std::int64_t columns, float* out) {
    const std::uint8_t* codes = weight.values.as<std::uint8_t>() + row * columns;
    const std::int64_t scaleColumns = (columns + 127) / 128;
    const std::uint8_t* scales =
        weight.scales ? weight.scales.as<std::uint8_t>() + row / 128 * scaleColumns : nullptr;
    for (std::int64_t begin = 0; begin < columns; begin += 128) {
        const float scale = scales ? decodeE8m0(scales[begin / 128]) : 1.0f;
        const std::int64_t end = std::min(columns, begin + 128);
        for (std::int64_t i = begin; i < end; ++i) out[i] = e4m3.of[codes[i]] * scale;
    }
}

void decodeE2m1Row(const Weight& weight, std::int64_t row, std::int64_t columns, float* out) {
    const std::uint8_t* codes = weight.values.as<std::uint8_t>() + row * (columns / 2);
    const std::int64_t scaleColumns = (columns + 31) / 32;
    const std::uint8_t* scales =
        weight.scales ? weight.scales.as<std::uint8_t>() + row * scaleColumns : nullptr;
    for (std::int64_t i = 0; i < columns; i += 2) {
        const float scale = scales ? decodeE8m0(scales[i / 32]) : 1.0f;
        out[i] = e2m1.of[codes[i / 2] & 15u] * scale; // low nibble first
        out[i + 1] = e2m1.of[codes[i / 2] >> 4] * scale;
    }
}

} // namespace

void decodeRow(const Weight& weight, std::int64_t row, float* out) {
    const Tensor& values = weight.values;
    const std::int64_t columns = values.shape[values.shape.rank - 1];
    const auto* bytes = values.as<const std::uint8_t>();
    switch (values.type) {
    case Type::F32:
        std::memcpy(out, bytes + row * columns * 4, static_cast<std::size_t>(columns) * 4);
        return;
    case Type::BF16:
        for (std::int64_t i = 0; i < columns; ++i) out[i] = decodeBf16(loadCode(bytes, row * columns + i));
        return;
    case Type::F16:
        for (std::int64_t i = 0; i < columns; ++i) out[i] = decodeF16(loadCode(bytes, row * columns + i));
        return;
    case Type::F8E4M3:
        return decodeE4m3Row(weight, row, columns, out);
    case Type::F4E2M1:
        return decodeE2m1Row(weight, row, columns, out);
    default: {
        const std::size_t rowBytes =
            static_cast<std::size_t>(columns) / blockElements(values.type) * blockBytes(values.type);
        decodeGguf(values.type, values.as<std::byte>() + static_cast<std::size_t>(row) * rowBytes, columns,
                   out);
    }
    }
}

void roundTripE4m3(float* values, std::int64_t count, std::int64_t block) {
    for (std::int64_t begin = 0; begin < count; begin += block) {
        const std::int64_t size = std::min(block, count - begin);
        float* x = values + begin;
        const float scale = decodeE8m0(scaleOfE4m3Block(blockMagnitude(x, static_cast<int>(size))));
        for (std::int64_t i = 0; i < size; ++i) x[i] = decodeE4m3(encodeE4m3(x[i] / scale)) * scale;
    }
}

void roundTripE2m1(float* values, std::int64_t count) {
    for (std::int64_t begin = 0; begin < count; begin += 32) {
        const std::int64_t size = std::min<std::int64_t>(32, count - begin);
        float* x = values + begin;
        const float scale = decodeE8m0(scaleOfE2m1Block(blockMagnitude(x, static_cast<int>(size))));
        for (std::int64_t i = 0; i < size; ++i) x[i] = decodeE2m1(encodeE2m1(x[i] / scale)) * scale;
    }
}

void encodeRow(const RowLayout& layout, const float* values, std::byte* data, std::byte* scales) {
    auto* codes = reinterpret_cast<std::uint8_t*>(data);
    auto* scaleCodes = reinterpret_cast<std::uint8_t*>(scales);
    switch (layout.type) {
    case RowType::Plain:
        std::memcpy(data, values, layout.dataBytes());
        return;
    case RowType::Latent: {
        const int plain = layout.dims - layout.rotary;
        for (int begin = 0; begin < plain; begin += 64) {
            const int size = std::min(64, plain - begin);
            const std::uint8_t code = scaleOfE4m3Block(blockMagnitude(values + begin, size));
            scaleCodes[begin / 64] = code;
            for (int i = begin; i < begin + size; ++i) codes[i] = encodeE4m3(values[i] / decodeE8m0(code));
        }
        for (int i = 0; i < layout.rotary; ++i) {
            const std::uint16_t code = encodeBf16(values[plain + i]);
            std::memcpy(codes + plain + 2 * i, &code, 2);
        }
        return;
    }
    case RowType::Index:
        std::memset(codes, 0, layout.dataBytes());
        for (int begin = 0; begin < layout.dims; begin += 32) {
            const int size = std::min(32, layout.dims - begin);
            const std::uint8_t code = scaleOfE2m1Block(blockMagnitude(values + begin, size));
            scaleCodes[begin / 32] = code;
            for (int i = begin; i < begin + size; ++i)
                codes[i / 2] =
                    std::uint8_t(codes[i / 2] | encodeE2m1(values[i] / decodeE8m0(code)) << (i % 2 * 4));
        }
        return;
    }
}

void decodeRow(const RowLayout& layout, const std::byte* data, const std::byte* scales, float* values) {
    const auto* codes = reinterpret_cast<const std::uint8_t*>(data);
    const auto* scaleCodes = reinterpret_cast<const std::uint8_t*>(scales);
    switch (layout.type) {
    case RowType::Plain:
        std::memcpy(values, data, layout.dataBytes());
        return;
    case RowType::Latent: {
        const int plain = layout.dims - layout.rotary;
        for (int i = 0; i < plain; ++i) values[i] = e4m3.of[codes[i]] * decodeE8m0(scaleCodes[i / 64]);
        for (int i = 0; i < layout.rotary; ++i) values[plain + i] = decodeBf16(loadCode(codes + plain, i));
        return;
    }
    case RowType::Index:
        for (int i = 0; i < layout.dims; ++i)
            values[i] = e2m1.of[codes[i / 2] >> (i % 2 * 4) & 15u] * decodeE8m0(scaleCodes[i / 32]);
        return;
    }
}

void hadamard(float* values, int count) {
    std::vector<double> x(values, values + count);
    for (int half = 1; half < count; half *= 2)
        for (int begin = 0; begin < count; begin += 2 * half)
            for (int i = begin; i < begin + half; ++i) {
                const double a = x[static_cast<std::size_t>(i)], b = x[static_cast<std::size_t>(i + half)];
                x[static_cast<std::size_t>(i)] = a + b;
                x[static_cast<std::size_t>(i + half)] = a - b;
            }
    const double scale = 1.0 / std::sqrt(double(count));
    for (int i = 0; i < count; ++i) values[i] = static_cast<float>(x[static_cast<std::size_t>(i)] * scale);
}

} // namespace kernels::reference
