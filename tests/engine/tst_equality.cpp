// Every device computes what the reference computes, on the shape of the bundled model with random weights. Without
// roundings: the same greedy continuation for 256 steps, logits within a thousandth. With the roundings of the trained
// model a difference in the seventh digit now and then moves a value by a step of bf16 or fp8, and the steps add up:
// there a device may be no further from the reference than the reference is from itself when its norms are moved by two
// millionths.
#include "engine/timeline.h"
#include "tests/support/random_checkpoint.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using engine::Mode;

namespace {

using Weights = std::shared_ptr<const engine::Weights>;

std::vector<std::int32_t> randomTokens(std::size_t count) {
    std::vector<std::int32_t> tokens(count);
    for (std::size_t i = 0; i < count; ++i) tokens[i] = static_cast<std::int32_t>(support::splitmix64(i) % 4096);
    return tokens;
}

std::ptrdiff_t best(std::span<const float> logits) { return std::max_element(logits.begin(), logits.end()) - logits.begin(); }

std::vector<float> allLogits(const Weights& weights, const std::string& device, Mode mode) {
    const std::vector<std::int32_t> tokens = randomTokens(300);
    engine::Timeline timeline(engine::Model::open(weights, device, mode), 300);
    std::vector<float> logits;
    engine::SyncOptions options;
    options.observer.logits = [&](std::int64_t, std::span<const float> rows) { logits.insert(logits.end(), rows.begin(), rows.end()); };
    timeline.sync(tokens, options);
    return logits;
}

struct Distance {
    double relative = 0;  // root of the squares of all differences, over that of the values
    double sameBest = 0; // share of the positions
};

Distance distance(const std::vector<float>& a, const std::vector<float>& b, std::size_t vocabulary) {
    double difference = 0, size = 0, same = 0;
    for (std::size_t i = 0; i < b.size(); ++i) {
        difference += std::pow(double(a[i]) - double(b[i]), 2);
        size += std::pow(double(b[i]), 2);
    }
    for (std::size_t i = 0; i < b.size(); i += vocabulary)
        same += best(std::span(a).subspan(i, vocabulary)) == best(std::span(b).subspan(i, vocabulary));
    return {std::sqrt(difference / size), same * double(vocabulary) / double(b.size())};
}

void addDevices(Mode mode) {
    QTest::addColumn<QString>("device");
    const std::vector<std::string> devices = engine::devices(mode);
    for (const std::string& device : devices) // the reference alone where there is nothing else
        if (device != "reference" || devices.size() == 1) QTest::newRow(device.c_str()) << QString::fromStdString(device);
}

} // namespace

class Equality : public QObject {
    Q_OBJECT

private slots:
    void sameGreedyTokens_data() { addDevices(Mode::Exact); }
    void sameGreedyTokens();
    void roundingsMoveNoFurther_data() { addDevices(Mode::Model); }
    void roundingsMoveNoFurther();
};

void Equality::sameGreedyTokens() {
    QFETCH(QString, device);
    const auto weights = std::make_shared<support::RandomCheckpoint>(support::picoConfig());
    engine::Timeline mine(engine::Model::open(weights, device.toStdString(), Mode::Exact), 1000);
    engine::Timeline its(engine::Model::open(weights, "reference", Mode::Exact), 1000);
    // Longer than the window, and with more compressed rows than the indexer picks.
    const std::vector<std::int32_t> prompt = randomTokens(600);
    mine.sync(prompt);
    its.sync(prompt);
    double worst = 0;
    for (int step = 0; step < 256; ++step) {
        for (std::size_t i = 0; i < its.logits().size(); ++i) worst = std::max(worst, std::fabs(double(mine.logits()[i]) - double(its.logits()[i])));
        QVERIFY2(best(mine.logits()) == best(its.logits()), qPrintable(QString("step %1, logits differ by %2").arg(step).arg(worst)));
        const auto token = static_cast<std::int32_t>(best(its.logits()));
        mine.next(token);
        its.next(token);
    }
    qInfo("largest difference of a logit %.1e", worst);
    QVERIFY(worst < 1e-3);
}

void Equality::roundingsMoveNoFurther() {
    QFETCH(QString, device);
    const auto weights = std::make_shared<support::RandomCheckpoint>(support::picoConfig()), moved = std::make_shared<support::RandomCheckpoint>(support::picoConfig());
    for (const std::string& name : moved->names())
        if (name.ends_with("norm.weight"))
            for (std::int64_t i = 0; i < moved->tensor(name).shape.elements(); ++i)
                moved->value(name, static_cast<std::size_t>(i)) *= 1 + 2e-6f * static_cast<float>(support::formulaValue(support::fnv1a(name), ~std::uint64_t(i)));
    const auto vocabulary = static_cast<std::size_t>(weights->tensor("embed.weight").shape[0]);
    const std::vector<float> definition = allLogits(weights, "reference", Mode::Model);
    const Distance mine = distance(allLogits(weights, device.toStdString(), Mode::Model), definition, vocabulary);
    const Distance nudge = distance(allLogits(moved, "reference", Mode::Model), definition, vocabulary);
    qInfo("logits differ by %.3f of their size, %.0f %% of the best tokens are the same; a nudge: %.3f, %.0f %%", mine.relative, 100 * mine.sameBest,
          nudge.relative, 100 * nudge.sameBest);
    QVERIFY(nudge.relative > 0.01); // else this would compare with nothing
    QVERIFY(mine.relative < 1.25 * nudge.relative);
    QVERIFY(mine.sameBest > nudge.sameBest - 0.05);
}

QTEST_GUILESS_MAIN(Equality)
#include "tst_equality.moc"
