#include "kernels/gguf_formats.h"

#include "kernels/formats.h"

#include <array>
#include <bit>
#include <cassert>
#include <cstring>

namespace kernels {

namespace {

using Bytes = const std::uint8_t*;

std::uint16_t half(Bytes at) {
    return static_cast<std::uint16_t>(at[0] | at[1] << 8);
}
std::uint32_t word(Bytes at) {
    return std::uint32_t{half(at)} | std::uint32_t{half(at + 2)} << 16;
}

// f16 d; i8 q[32]: w = d q.
void decodeQ8(Bytes block, float* out) {
    const float d = decodeF16(half(block));
    for (int i = 0; i < 32; ++i) out[i] = d * static_cast<float>(static_cast<std::int8_t>(block[2 + i]));
}

// u8 scales[16]; u8 q[64]; f16 d; f16 dmin. Each half of 128 weights uses 32 bytes of q in four two-bit
// planes of 32 weights; every 16 weights have a scale (low nibble) and a minimum (high nibble): w = d (s&15)
// q - dmin (s>>4).
void decodeQ2K(Bytes block, float* out) {
    const float d = decodeF16(half(block + 80)), dmin = decodeF16(half(block + 82));
    for (int i = 0; i < 256; ++i) {
        const int plane = i % 128 / 32;
        const int q = block[16 + i / 128 * 32 + i % 32] >> (2 * plane) & 3;
        const std::uint8_t s = block[i / 16];
        out[i] = d * static_cast<float>(s & 15) * static_cast<float>(q) - dmin * static_cast<float>(s >> 4);
    }
}

// f16 d; f16 dmin; eight 6-bit scales and minima in 12 bytes; u8 q[128]. Per 64 weights 32 bytes: the low
// nibbles are the first 32, the high nibbles the next. w = d S q - dmin M, one (S, M) per 32 weights.
void decodeQ4K(Bytes block, float* out) {
    const float d = decodeF16(half(block)), dmin = decodeF16(half(block + 2));
    const Bytes sc = block + 4, qs = block + 16;
    for (int j = 0; j < 8; ++j) {
        const int scale = j < 4 ? sc[j] & 63 : (sc[j + 4] & 15) | (sc[j - 4] >> 6) << 4;
        const int minimum = j < 4 ? sc[j + 4] & 63 : sc[j + 4] >> 4 | (sc[j] >> 6) << 4;
        const float s = d * static_cast<float>(scale), m = dmin * static_cast<float>(minimum);
        for (int i = 0; i < 32; ++i) {
            const int q = qs[j / 2 * 32 + i] >> (j % 2 * 4) & 15;
            out[32 * j + i] = s * static_cast<float>(q) - m;
        }
    }
}

// u8 E8M0; u8 q[16]: byte j holds weight j in its low and weight j + 16 in its high nibble. (A V4 checkpoint
// packs neighbours instead.)
void decodeMxfp4(Bytes block, float* out) {
    const float scale = decodeE8m0(block[0]);
    for (int j = 0; j < 16; ++j) {
        out[j] = scale * decodeE2m1(block[1 + j] & 15);
        out[j + 16] = scale * decodeE2m1(block[1 + j] >> 4);
    }
}

// The 256 points of the IQ2_XXS codebook (data of ggml, MIT), eight coordinates of two bits each, the first
// lowest: 0, 1, 2 stand for 8, 25, 43.
constexpr std::array<std::uint16_t, 256> iq2Points{
    0x0000, 0x0002, 0x0005, 0x0008, 0x000a, 0x0011, 0x0014, 0x0020, 0x0022, 0x0028, 0x002a, 0x0041, 0x0044,
    0x0050, 0x0058, 0x0061, 0x0064, 0x0080, 0x0082, 0x008a, 0x00a2, 0x0101, 0x0104, 0x0110, 0x0115, 0x0140,
    0x0184, 0x0198, 0x0200, 0x0202, 0x0222, 0x0282, 0x0401, 0x0404, 0x0410, 0x0421, 0x0424, 0x0440, 0x0442,
    0x0448, 0x0460, 0x0481, 0x0484, 0x0490, 0x04a4, 0x0500, 0x0502, 0x0508, 0x0520, 0x0546, 0x0569, 0x0580,
    0x0591, 0x0609, 0x0610, 0x0640, 0x0684, 0x06a4, 0x0800, 0x0805, 0x0808, 0x0814, 0x0828, 0x0841, 0x0844,
    0x0850, 0x0852, 0x0888, 0x0904, 0x0940, 0x0a02, 0x0a14, 0x1001, 0x1004, 0x1010, 0x1021, 0x1040, 0x1060,
    0x1084, 0x1090, 0x1095, 0x1100, 0x1108, 0x1120, 0x1150, 0x115a, 0x1180, 0x1224, 0x1245, 0x1400, 0x1408,
    0x1420, 0x1425, 0x1449, 0x1480, 0x1518, 0x1562, 0x1600, 0x1616, 0x1801, 0x1804, 0x1810, 0x1840, 0x1881,
    0x1900, 0x1905, 0x19a0, 0x1a51, 0x2000, 0x2002, 0x200a, 0x2044, 0x2061, 0x2080, 0x2082, 0x2129, 0x2148,
    0x2200, 0x2202, 0x2401, 0x2404, 0x2410, 0x2440, 0x2456, 0x2500, 0x2541, 0x2564, 0x2690, 0x2808, 0x2820,
    0x2894, 0x2a44, 0x4001, 0x4004, 0x4010, 0x4018, 0x4021, 0x4024, 0x4040, 0x4048, 0x4056, 0x4060, 0x4081,
    0x4084, 0x4090, 0x4100, 0x4120, 0x4161, 0x4180, 0x4185, 0x4201, 0x4210, 0x4248, 0x4256, 0x4268, 0x4400,
    0x4408, 0x4420, 0x4480, 0x4499, 0x4512, 0x4524, 0x4600, 0x4801, 0x4804, 0x4810, 0x4840, 0x4845, 0x4900,
    0x4958, 0x4961, 0x4982, 0x4a45, 0x4a90, 0x5000, 0x5008, 0x5011, 0x5019, 0x5020, 0x5080, 0x5088, 0x5104,
    0x5142, 0x51a4, 0x5291, 0x5490, 0x5492, 0x550a, 0x5601, 0x5654, 0x5800, 0x5811, 0x5819, 0x5864, 0x5940,
    0x5a08, 0x6004, 0x6010, 0x6040, 0x6068, 0x6100, 0x6155, 0x6218, 0x6260, 0x6400, 0x6405, 0x6510, 0x6512,
    0x6584, 0x6842, 0x8000, 0x8002, 0x800a, 0x8041, 0x8082, 0x8104, 0x8118, 0x8140, 0x8211, 0x8401, 0x8404,
    0x8410, 0x8415, 0x8440, 0x8460, 0x8500, 0x8546, 0x8594, 0x8609, 0x8640, 0x8660, 0x8802, 0x8904, 0x8a11,
    0x9004, 0x9010, 0x9024, 0x9040, 0x90a1, 0x9116, 0x9180, 0x9245, 0x9400, 0x9422, 0x9444, 0x9551, 0x9881,
    0x9920, 0xa002, 0xa050, 0xa085, 0xa109, 0xa200, 0xa418, 0xa850, 0xa904};

// f16 d; then per 32 weights four codebook indices (u8) and a word: four 7-bit sign sets, and on top a 4-bit
// scale s. The eighth sign makes the number of minus signs even. w = d (s + 1/2) / 4 point sign.
void decodeIq2Xxs(Bytes block, float* out) {
    static constexpr std::array<float, 4> levels{8.0f, 25.0f, 43.0f, 0.0f};
    const float d = decodeF16(half(block));
    for (int group = 0; group < 8; ++group) {
        const Bytes indices = block + 2 + 8 * group;
        const std::uint32_t signsAndScale = word(indices + 4);
        const float scale = d * (0.5f + static_cast<float>(signsAndScale >> 28)) * 0.25f;
        for (int k = 0; k < 4; ++k) {
            unsigned signs = signsAndScale >> (7 * k) & 127;
            signs |= static_cast<unsigned>(std::popcount(signs) & 1) << 7;
            const unsigned point = iq2Points[indices[k]];
            for (int i = 0; i < 8; ++i) {
                const float value = scale * levels[point >> (2 * i) & 3];
                out[32 * group + 8 * k + i] = signs >> i & 1 ? -value : value;
            }
        }
    }
}

void decodeBlock(Type type, Bytes block, float* out) {
    switch (type) {
    case Type::Q8_0:
        return decodeQ8(block, out);
    case Type::Q2_K:
        return decodeQ2K(block, out);
    case Type::Q4_K:
        return decodeQ4K(block, out);
    case Type::IQ2_XXS:
        return decodeIq2Xxs(block, out);
    case Type::MXFP4:
        return decodeMxfp4(block, out);
    case Type::F32:
        *out = floatOf(word(block));
        return;
    case Type::F16:
        *out = decodeF16(half(block));
        return;
    case Type::BF16:
        *out = decodeBf16(half(block));
        return;
    default:
        assert(!"not a type of GGUF weights");
    }
}

} // namespace

bool isGgufBlockType(Type type) {
    return type == Type::Q8_0 || type == Type::Q2_K || type == Type::Q4_K || type == Type::IQ2_XXS ||
           type == Type::MXFP4;
}

void decodeGguf(Type type, const std::byte* blocks, std::int64_t count, float* out) {
    const auto elements = static_cast<std::int64_t>(blockElements(type));
    const std::size_t bytes = blockBytes(type);
    const auto* block = reinterpret_cast<Bytes>(blocks);
    for (std::int64_t i = 0; i < count; i += elements, block += bytes) decodeBlock(type, block, out + i);
}

} // namespace kernels
