// v4-architecture.md appendix C on the reference device: weights from a formula, expected values computed in fp64 by
// an independent implementation. Without quantisation simulation to 1e-4; with it (cache roundings only) a value near
// the middle between two codes may fall to the other side in fp32, so those logits carry a wider bound.
#include "engine/timeline.h"
#include "kernels/reference/codecs.h"
#include "tests/support/formula_weights.h"

#include <QtTest>

#include <map>

namespace {

using Picks = std::map<int, std::vector<std::int32_t>>;

struct Expected {
    int n;
    int argmax;
    double first[4], largest, sum;
};

const Expected exact[] = {
    {1, 426, {-2.79388, -1.67186, -0.26936, 0.04281}, 3.80048, -24.4815},
    {4, 37, {-0.70049, -0.90326, -0.01562, -1.46093}, 4.00960, 3.6134},
    {5, 138, {-2.39328, -2.06326, -0.11215, -0.20680}, 3.20023, -24.4607},
    {128, 113, {-0.71542, -0.98406, 0.18236, -0.02521}, 2.60298, 8.3224},
    {129, 143, {-0.47294, -1.91575, -1.17570, -2.51309}, 2.84444, -9.9433},
    {256, 152, {0.59684, -0.38267, 0.42242, 0.45257}, 2.45296, 7.4438},
    {300, 347, {-0.00256, 0.39315, -0.48847, -0.63946}, 2.71520, 19.8491},
};
const Expected quantised[] = {
    {1, 426, {-2.80446, -1.65166, -0.31569, 0.07295}, 3.82066, -25.1772},
    {4, 37, {-0.69027, -0.88066, -0.02271, -1.50539}, 4.00642, 3.3555},
    {5, 138, {-2.37556, -2.02896, -0.13850, -0.18212}, 3.23206, -24.8204},
    {128, 113, {-0.78474, -0.97872, 0.17371, 0.01647}, 2.58808, 8.3915},
    {129, 143, {-0.47597, -1.88970, -1.20229, -2.49721}, 2.80642, -10.1644},
    {256, 152, {0.56307, -0.37666, 0.43241, 0.46530}, 2.49053, 7.2829},
    {300, 347, {-0.03842, 0.36589, -0.49408, -0.67805}, 2.71251, 18.8776},
};

std::shared_ptr<const engine::Model> open(kernels::Mode mode) {
    static const auto weights = std::make_shared<support::FormulaWeights>(support::v4TinyConfig());
    return engine::Model::open(weights, "reference", mode);
}

// The first `count` values of a cache row.
std::vector<float> rowValues(const kernels::Rows& rows, std::int64_t row) {
    std::vector<float> values(static_cast<std::size_t>(rows.layout.dims));
    kernels::reference::decodeRow(rows.layout, rows.row(row), rows.scale(row), values.data());
    return values;
}

} // namespace

class AppendixC : public QObject {
    Q_OBJECT

private slots:
    void formula();
    void ropeTable();
    void logits_data();
    void logits();
    void picks();
    void intermediates();

private:
    void compare(const std::vector<float>& values, std::size_t first, std::initializer_list<double> expected, double bound = 2e-5);
};

void AppendixC::formula() {
    const std::uint64_t embed = support::fnv1a("embed.weight");
    const double expected[] = {0.0350399, -0.95507538, -0.86465394, -0.71160996};
    for (std::uint64_t i = 0; i < 4; ++i) QVERIFY(std::fabs(support::formulaValue(embed, i) - expected[i]) < 1e-7);
    const support::FormulaWeights weights(support::v4TinyConfig());
    QVERIFY(std::fabs(weights.tensor("layers.1.attn.wq_a.weight").f32()[0] - 0.1064) < 1e-4);
    QVERIFY(std::fabs(weights.tensor("embed.weight").f32()[5 * 256] - 0.71428621) < 1e-6);
    QCOMPARE(support::formulaTokens(6), (std::vector<std::int32_t>{5, 53, 175, 371, 129, 473}));
}

void AppendixC::ropeTable() {
    const auto config = engine::ModelConfig::parse(support::v4TinyConfig());
    const std::vector<float> compress = config.ropeFrequencies(4), plain = config.ropeFrequencies(0);
    QCOMPARE(compress.size(), std::size_t{32});
    auto close = [](float value, double expected) { return std::fabs(value - expected) <= 1.3e-7 * expected; };
    QVERIFY(close(compress[1], 6.876560450e-01) && close(plain[1], 7.498942018e-01));
    QVERIFY(close(compress[15], 3.635538509e-03) && close(compress[16], 2.265624935e-03));
    QVERIFY(close(compress[20], 2.969777852e-04) && close(compress[24], 1.953125320e-05));
    QVERIFY(close(compress[25], 5.372312444e-06) && close(compress[31], 5.680529398e-07));
    QVERIFY(close(plain[17], 7.498942316e-03) && close(plain[31], 1.333521504e-04));
}

void AppendixC::logits_data() {
    QTest::addColumn<int>("row");
    QTest::addColumn<bool>("rounding");
    for (int row = 0; row < 7; ++row) {
        QTest::addRow("exact %d", exact[row].n) << row << false;
        QTest::addRow("quantised %d", quantised[row].n) << row << true;
    }
}

void AppendixC::logits() {
    QFETCH(int, row);
    QFETCH(bool, rounding);
    const Expected& expected = rounding ? quantised[row] : exact[row];
    engine::Timeline timeline(open(rounding ? kernels::Mode::Caches : kernels::Mode::Exact), 512);
    timeline.sync(support::formulaTokens(expected.n));
    const std::span<const float> logits = timeline.logits();
    const auto largest = std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (const float value : logits) sum += value;
    const double bound = rounding ? 0.05 : 1e-4;
    for (std::size_t i = 0; i < 4; ++i)
        QVERIFY2(std::fabs(logits[i] - expected.first[i]) < bound,
                 qPrintable(QString("logit %1 is %2, expected %3").arg(i).arg(logits[i]).arg(expected.first[i])));
    QVERIFY2(std::fabs(*largest - expected.largest) < bound, qPrintable(QString::number(*largest)));
    QVERIFY2(std::fabs(sum - expected.sum) < (rounding ? 2.0 : 5e-3), qPrintable(QString::number(sum)));
    if (std::fabs(*largest - expected.largest) < 1e-3) QCOMPARE(static_cast<int>(largest - logits.begin()), expected.argmax);
}

void AppendixC::picks() {
    for (const bool rounding : {false, true}) {
        Picks at299, at99;
        engine::SyncOptions options;
        options.chunk = 300;
        options.observer.picks = [&](int layer, std::int64_t, std::span<const std::int32_t> all) {
            at299[layer].assign(all.begin() + 299 * 16, all.begin() + 300 * 16);
            at99[layer].assign(all.begin() + 99 * 16, all.begin() + 100 * 16);
        };
        engine::Timeline timeline(open(rounding ? kernels::Mode::Caches : kernels::Mode::Exact), 512);
        timeline.sync(support::formulaTokens(300), options);
        QCOMPARE(at299[1], (std::vector<std::int32_t>{0, 9, 10, 12, 14, 21, 24, 25, 31, 35, 46, 47, 59, 65, 66, 67}));
        if (rounding) {
            QCOMPARE(at299[3], (std::vector<std::int32_t>{1, 7, 12, 20, 23, 25, 27, 30, 39, 45, 51, 53, 56, 70, 73, 74}));
            QCOMPARE(at299[5], (std::vector<std::int32_t>{0, 6, 29, 32, 34, 42, 47, 55, 57, 58, 60, 63, 64, 69, 72, 74}));
            QCOMPARE(at99[1], (std::vector<std::int32_t>{0, 2, 3, 5, 9, 11, 12, 13, 14, 15, 18, 19, 21, 22, 23, 24}));
            QCOMPARE(at99[3], (std::vector<std::int32_t>{0, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19, 24}));
            QCOMPARE(at99[5], (std::vector<std::int32_t>{0, 1, 3, 4, 5, 6, 7, 9, 11, 12, 13, 15, 16, 19, 22, 24}));
        } else {
            QCOMPARE(at299[3], (std::vector<std::int32_t>{1, 7, 12, 15, 20, 23, 25, 27, 30, 39, 45, 51, 53, 56, 70, 74}));
            QCOMPARE(at299[5], (std::vector<std::int32_t>{0, 6, 29, 32, 34, 47, 48, 55, 57, 58, 60, 63, 64, 69, 72, 74}));
        }
    }
}

void AppendixC::compare(const std::vector<float>& values, std::size_t first, std::initializer_list<double> expected, double bound) {
    for (const double value : expected) {
        QVERIFY2(std::fabs(values[first] - value) < bound, qPrintable(QString("value %1 is %2, expected %3").arg(first).arg(values[first]).arg(value)));
        ++first;
    }
}

void AppendixC::intermediates() {
    engine::Timeline timeline(open(kernels::Mode::Caches), 512);
    timeline.sync(support::formulaTokens(300));
    const engine::KvCache& cache = timeline.cache();
    const std::vector<float> row0 = rowValues(cache.layer(1).rows, 0);
    compare(row0, 0, {1.625, 0.75, 1.125, -0.75});
    compare(row0, 444, {-0.375, 1, 0.40625, 0.1015625, -0.70885703, -0.33775723, -0.61868737, -1.00815887});
    compare(rowValues(cache.layer(1).rows, 1), 0, {1.25, 0.125, 1.5, -0.625});
    compare(rowValues(cache.layer(1).indexRows, 1), 0, {0.75, -0.5, 1.5, 0.5, -0.25, 1.5});
    compare(rowValues(cache.layer(2).rows, 0), 0, {0.6875, 1.125, 0.5, 0.28125});
    compare(rowValues(cache.layer(2).rows, 1), 0, {0.171875, -0.625, 0.5625, 0.4375});
}

QTEST_GUILESS_MAIN(AppendixC)
#include "tst_appendix_c.moc"
