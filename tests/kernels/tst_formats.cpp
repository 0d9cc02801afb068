// Number formats against brute force, and the unit values of v4-architecture.md 6.4, 6.5 and 10.3.
#include "kernels/formats.h"
#include "kernels/reference/codecs.h"

#include <QtTest>

#include <cmath>

using namespace kernels;

namespace {

bool same(float a, float b) {
    return bitsOf(a) == bitsOf(b);
}

// Nearest neighbour by trying the codes around: value between codes c and c + 1 of a positive, ascending
// format.
template<class Decode, class Encode>
void checkRounding(Decode decode, Encode encode, int last) {
    for (int c = 0; c < last; ++c) {
        const float low = decode(c), high = decode(c + 1), middle = (low + high) / 2;
        QVERIFY(low < high);
        QCOMPARE(int(encode(low)), c);
        QCOMPARE(int(encode(middle)), c % 2 ? c + 1 : c); // ties to even
        QCOMPARE(int(encode(std::nextafter(middle, low))), c);
        QCOMPARE(int(encode(std::nextafter(middle, high))), c + 1);
    }
}

} // namespace

class Formats : public QObject {
    Q_OBJECT

private slots:
    void codes();
    void rounding();
    void saturation();
    void scales();
    void roundTrips();
    void hadamardVectors();
    void rows_data();
    void rows();
};

void Formats::codes() {
    for (int c = 0; c < 65536; ++c) {
        const auto code = static_cast<std::uint16_t>(c);
        if (!std::isnan(decodeBf16(code)))
            QCOMPARE(encodeBf16(decodeBf16(code)), code);
        else
            QVERIFY(std::isnan(decodeBf16(encodeBf16(decodeBf16(code)))));
        if (!std::isnan(decodeF16(code)))
            QCOMPARE(encodeF16(decodeF16(code)), code);
        else
            QVERIFY(std::isnan(decodeF16(encodeF16(decodeF16(code)))));
    }
    for (int c = 0; c < 256; ++c) {
        const auto code = static_cast<std::uint8_t>(c);
        if ((c & 0x7f) == 0x7f)
            QVERIFY(std::isnan(decodeE4m3(code)));
        else
            QCOMPARE(encodeE4m3(decodeE4m3(code)), code);
        if (c < 16) QCOMPARE(encodeE2m1(decodeE2m1(code)), code);
        if (c < 255) QCOMPARE(double(decodeE8m0(code)), std::ldexp(1.0, c - 127));
    }
    QVERIFY(std::isnan(decodeE8m0(255)));
    const float magnitudes[] = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6};
    for (int c = 0; c < 8; ++c)
        QVERIFY(same(decodeE2m1(std::uint8_t(c)), magnitudes[c]) &&
                same(decodeE2m1(std::uint8_t(c + 8)), -magnitudes[c]));
    QCOMPARE(decodeE4m3(0x7e), 448.0f);
    QCOMPARE(decodeE4m3(0x01), 0.001953125f);
}

void Formats::rounding() {
    checkRounding([](int c) { return decodeE4m3(std::uint8_t(c)); }, encodeE4m3, 126);
    checkRounding([](int c) { return decodeE2m1(std::uint8_t(c)); }, encodeE2m1, 7);
    checkRounding([](int c) { return decodeF16(std::uint16_t(c)); }, encodeF16, 0x7bff);
    for (std::uint32_t bits = 0; bits < 0x7f000000u; bits += 12345) { // bf16 is a cut of fp32
        const float value = floatOf(bits), low = floatOf(bits & 0xffff0000u),
                    high = floatOf((bits & 0xffff0000u) + 0x10000u);
        const float nearest = value - low < high - value ? low : high;
        if (value - low != high - value) QVERIFY(same(roundBf16(value), nearest));
    }
}

void Formats::saturation() {
    QCOMPARE(decodeE4m3(encodeE4m3(1e30f)), 448.0f);
    QCOMPARE(decodeE4m3(encodeE4m3(-INFINITY)), -448.0f);
    QVERIFY(std::isnan(decodeE4m3(encodeE4m3(NAN))));
    QCOMPARE(decodeE2m1(encodeE2m1(100.0f)), 6.0f);
    QCOMPARE(decodeE2m1(encodeE2m1(-100.0f)), -6.0f);
    QVERIFY(std::isinf(decodeF16(encodeF16(65520.0f))));
    QCOMPARE(decodeF16(encodeF16(65519.0f)), 65504.0f);
    QVERIFY(std::isinf(decodeBf16(encodeBf16(3.4e38f))));
}

void Formats::scales() {
    QCOMPARE(decodeE8m0(scaleOfE4m3Block(448.0f)), 1.0f);
    QCOMPARE(decodeE8m0(scaleOfE4m3Block(std::nextafter(448.0f, 500.0f))), 2.0f);
    for (int k = -12; k < 20; ++k)
        QCOMPARE(decodeE8m0(scaleOfE4m3Block(std::ldexp(448.0f, k))), std::ldexp(1.0f, k));
    QCOMPARE(decodeE8m0(scaleOfE4m3Block(0)), std::ldexp(1.0f, -22)); // the floor of 1e-4
    for (int k = -100; k < 100; ++k)
        QCOMPARE(decodeE8m0(scaleOfE2m1Block(std::ldexp(6.0f, k))), std::ldexp(1.0f, k));
    QCOMPARE(decodeE8m0(scaleOfE2m1Block(0)), std::ldexp(1.0f, -126));
    const float broken[] = {1, NAN, 2}, infinite[] = {1, 2, -INFINITY};
    QVERIFY(std::isnan(decodeE8m0(scaleOfE4m3Block(blockMagnitude(broken, 3)))));
    QVERIFY(std::isnan(decodeE8m0(scaleOfE2m1Block(blockMagnitude(infinite, 3)))));
}

void Formats::roundTrips() {
    float x[64];
    for (int i = 0; i < 64; ++i) x[i] = (float(i) - 31.5f) / 7;
    reference::roundTripE4m3(x, 64, 64);
    const std::pair<int, float> expected[] = {{0, -4.5f},        {1, -4.5f},    {5, -3.75f},
                                              {10, -3.0f},       {20, -1.625f}, {30, -0.21875f},
                                              {31, -0.0703125f}, {40, 1.25f},   {63, 4.5f}};
    for (const auto& [i, value] : expected) QCOMPARE(x[i], value);
    float y[32];
    for (int i = 0; i < 32; ++i) y[i] = (float(i) - 15.5f) / 3;
    reference::roundTripE2m1(y, 32);
    const std::pair<int, float> four[] = {{0, -6},     {3, -4},    {8, -2}, {12, -1},
                                          {15, -0.0f}, {20, 1.5f}, {24, 3}, {31, 6}};
    for (const auto& [i, value] : four) QVERIFY(same(y[i], value));
}

void Formats::hadamardVectors() {
    float x[128];
    for (int i = 0; i < 128; ++i) x[i] = float(i) / 64;
    reference::hadamard(x, 128);
    const double expected[] = {11.22532015, -0.08838835, -0.1767767, 0, -0.35355339, 0, 0, 0, -0.70710678};
    for (int i = 0; i < 9; ++i) QVERIFY(std::fabs(x[i] - expected[i]) < 1e-6);
    QVERIFY(std::fabs(x[64] + 5.65685425) < 1e-6);
    float basis[128] = {};
    basis[3] = 1;
    reference::hadamard(basis, 128);
    const int signs[] = {1, -1, -1, 1, 1, -1, -1, 1};
    for (int i = 0; i < 8; ++i) QVERIFY(std::fabs(basis[i] - signs[i] / std::sqrt(128.0)) < 1e-7);
}

void Formats::rows_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("dims");
    QTest::addColumn<int>("rotary");
    QTest::addColumn<int>("bytes");
    QTest::newRow("latent of Flash") << int(RowType::Latent) << 512 << 64 << 584;
    QTest::newRow("latent of the bundled model") << int(RowType::Latent) << 128 << 64 << 200;
    QTest::newRow("latent with a short block") << int(RowType::Latent) << 32 << 8 << 48 + 8;
    QTest::newRow("index key") << int(RowType::Index) << 128 << 64 << 68;
    QTest::newRow("short index key") << int(RowType::Index) << 16 << 8 << 12;
    QTest::newRow("plain") << int(RowType::Plain) << 48 << 16 << 192;
}

// What a row holds after rounding comes back bit by bit, and nothing beside the row is touched.
void Formats::rows() {
    QFETCH(int, type);
    QFETCH(int, dims);
    QFETCH(int, rotary);
    QFETCH(int, bytes);
    const RowLayout layout{RowType(type), dims, rotary};
    QCOMPARE(int(layout.rowBytes()), bytes);
    std::vector<float> values(static_cast<std::size_t>(dims)), back(values.size());
    for (int i = 0; i < dims; ++i)
        values[static_cast<std::size_t>(i)] =
            roundBf16(std::sin(float(i * i + 1)) * std::exp2(float(i % 9 - 4)));
    if (layout.type == RowType::Latent) reference::roundTripE4m3(values.data(), dims - rotary, 64);
    if (layout.type == RowType::Index) reference::roundTripE2m1(values.data(), dims);
    std::vector<std::byte> data(layout.dataBytes() + 32, std::byte{0xa5}),
        scales(layout.scaleBytes() + 32, std::byte{0xa5});
    reference::encodeRow(layout, values.data(), data.data() + 16, scales.data() + 16);
    reference::decodeRow(layout, data.data() + 16, scales.data() + 16, back.data());
    for (std::size_t i = 0; i < values.size(); ++i) QVERIFY(same(values[i], back[i]));
    for (std::size_t i = 0; i < 16; ++i) {
        QVERIFY(data[i] == std::byte{0xa5} && data[data.size() - 1 - i] == std::byte{0xa5});
        QVERIFY(scales[i] == std::byte{0xa5} && scales[scales.size() - 1 - i] == std::byte{0xa5});
    }
}

QTEST_GUILESS_MAIN(Formats)
#include "tst_formats.moc"
