// Deep contexts, on the shapes of the bundled model with random weights: no step takes memory that grows with the square
// of the depth, and a million tokens need the cache and little more. And the larger shape against the reference.
#include "engine/timeline.h"
#include "tests/support/process_memory.h"
#include "tests/support/random_checkpoint.h"
#include "tests/support/seeded_cache.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using engine::Mode;

namespace {

constexpr std::int64_t megabyte = 1 << 20;

std::vector<std::int32_t> randomTokens(std::int64_t count, int vocabulary) {
    std::vector<std::int32_t> tokens;
    for (std::int64_t i = 0; i < count; ++i) tokens.push_back(static_cast<std::int32_t>(support::splitmix64(std::uint64_t(i)) % std::uint64_t(vocabulary)));
    return tokens;
}

} // namespace

class Depth : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
#if defined(__SANITIZE_ADDRESS__)
        QSKIP("AddressSanitizer keeps freed memory, and a million tokens take it too long.");
#endif
    }
    void aMillionTokens();
    void longPromptsGrowOnlyTheCache();
    void sameGreedyTokensOnTheLargerShape();
};

// Peak memory behind opened weights: the cache, the tokens, and less than a gigabyte.
void Depth::aMillionTokens() {
    const std::int64_t depth = 1'048'576 - 2048 - 16;
    const auto model = engine::Model::open(std::make_shared<support::RandomCheckpoint>(support::nanoConfig()), "auto", Mode::Model);
    const std::vector<std::int32_t> tokens = randomTokens(depth + 2048, model->config().vocabulary);
    const support::MemoryMark memory;
    engine::Timeline timeline(model, 1'048'576);
    support::seedCache(timeline.beginRestore(depth), model->config(), depth);
    timeline.finishRestore({tokens.begin(), tokens.begin() + depth}, {});
    const std::int64_t held = memory.peakGrowthBytes();
    timeline.sync(tokens); // the last chunks at full depth
    for (int i = 0; i < 8; ++i) timeline.next(tokens[static_cast<std::size_t>(i)]);
    const auto cache = static_cast<std::int64_t>(timeline.cache().reservedBytes());
    qInfo("cache %lld MB, held %lld MB, peak %lld MB", static_cast<long long>(cache / megabyte), static_cast<long long>(held / megabyte),
          static_cast<long long>(memory.peakGrowthBytes() / megabyte));
    QVERIFY(held > 300 * megabyte); // the seeded rows are really there
    QVERIFY(memory.peakGrowthBytes() < cache + 1024 * megabyte);
    QVERIFY(memory.peakGrowthBytes() - held < 512 * megabyte);
}

// A real prompt of 128K tokens takes over one of 16K what its own cache takes more, not a buffer that grows with both
// the chunk and the depth times some constant worth noticing.
void Depth::longPromptsGrowOnlyTheCache() {
    const auto model = engine::Model::open(std::make_shared<support::RandomCheckpoint>(support::picoConfig()), "auto", Mode::Model);
    const std::vector<std::int32_t> tokens = randomTokens(131'072, model->config().vocabulary);
    std::int64_t peak[2] = {}, cache[2] = {};
    for (const int i : {0, 1}) {
        const std::int64_t count = i == 0 ? 16'384 : 131'072;
        const support::MemoryMark memory;
        engine::Timeline timeline(model, count);
        timeline.sync(std::span(tokens).first(static_cast<std::size_t>(count)));
        peak[i] = memory.peakGrowthBytes();
        cache[i] = static_cast<std::int64_t>(timeline.cache().reservedBytes());
        qInfo("%lld tokens: cache %lld MB, peak %lld MB", static_cast<long long>(count), static_cast<long long>(cache[i] / megabyte),
              static_cast<long long>(peak[i] / megabyte));
        QVERIFY(peak[i] < cache[i] + 1024 * megabyte);
    }
    QVERIFY(peak[1] - peak[0] < cache[1] - cache[0] + 64 * megabyte);
}

void Depth::sameGreedyTokensOnTheLargerShape() {
    const auto weights = std::make_shared<support::RandomCheckpoint>(support::nanoConfig());
    engine::Timeline mine(engine::Model::open(weights, "auto", Mode::Exact), 600), its(engine::Model::open(weights, "reference", Mode::Exact), 600);
    const std::vector<std::int32_t> prompt = randomTokens(300, 4096);
    mine.sync(prompt);
    its.sync(prompt);
    double worst = 0;
    const auto best = [](const engine::Timeline& t) { return std::max_element(t.logits().begin(), t.logits().end()) - t.logits().begin(); };
    for (int step = 0; step < 256; ++step) {
        for (std::size_t i = 0; i < its.logits().size(); ++i) worst = std::max(worst, std::fabs(double(mine.logits()[i]) - double(its.logits()[i])));
        QVERIFY2(best(mine) == best(its), qPrintable(QString("step %1, logits differ by %2").arg(step).arg(worst)));
        const auto token = static_cast<std::int32_t>(best(its));
        mine.next(token);
        its.next(token);
    }
    qInfo("largest difference of a logit %.1e", worst);
    QVERIFY(worst < 1e-3);
}

// On a busy machine the long prompt takes longer than QtTest waits.
int main(int argc, char** argv) {
    qputenv("QTEST_FUNCTION_TIMEOUT", "1400000");
    QCoreApplication application(argc, argv);
    Depth test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_slow_depth.moc"
