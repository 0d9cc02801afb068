// Properties of a timeline that hold bit by bit on the CPU: the chunks a text arrives in do not matter, nor does what
// was there before, nor what was taken back; what goes wrong leaves it valid.
#include "engine/timeline.h"
#include "tests/support/formula_weights.h"
#include "tests/support/golden_run.h"

#include <QtTest>

#include <cstdio>

#include <limits>

namespace {

using Tokens = std::vector<std::int32_t>;

Tokens text(std::int64_t count) { return support::formulaTokens(count, 64); }

std::vector<float> bits(const engine::Timeline& timeline) { return {timeline.logits().begin(), timeline.logits().end()}; }

// All of the state as bytes.
std::vector<std::byte> stateOf(const engine::KvCache& cache) {
    std::vector<std::byte> all;
    for (const engine::StateBlock& block : cache.blocks()) {
        std::vector<std::byte> bytes(block.bytes());
        cache.readBlock(block, bytes);
        all.insert(all.end(), bytes.begin(), bytes.end());
    }
    return all;
}

engine::SyncOptions inChunks(std::int64_t chunk) {
    engine::SyncOptions options;
    options.chunk = chunk;
    return options;
}

} // namespace

Q_DECLARE_METATYPE(kernels::Mode)

class TimelineTest : public QObject {
    Q_OBJECT

public:
    explicit TimelineTest(std::string device) : m_device(std::move(device)) {}

private slots:
    void initTestCase();
    void everyLengthAndChunk_data();
    void everyLengthAndChunk();
    void decodeEqualsPrefill();
    void syncKeepsTheCommonPrefix();
    void rewindThenContinue();
    void checkpointsServeDeepRewinds();
    void automaticCheckpoints();
    void draftsTakenBack();
    void reusedEqualsNew();
    void nothingDependsOnLaterTokens();
    void stateGoesOutAndIn();
    void stopLeavesItValid();
    void notFiniteEndsWithASentence();
    void refusals();

private:
    std::string m_device;
    std::shared_ptr<const engine::Model> m_model, m_exact;
    std::shared_ptr<support::FormulaWeights> m_weights;
};

void TimelineTest::initTestCase() {
    m_weights = std::make_shared<support::FormulaWeights>(support::smallConfig());
    m_model = engine::Model::open(m_weights, m_device, kernels::Mode::Model);
    m_exact = engine::Model::open(m_weights, m_device, kernels::Mode::Exact);
}

void TimelineTest::everyLengthAndChunk_data() {
    QTest::addColumn<bool>("compact");
    QTest::newRow("compact rows") << true;
    QTest::newRow("fp32 rows") << false;
}

// Every prompt length 1 .. 4 * window + 8; logits and the whole state.
void TimelineTest::everyLengthAndChunk() {
    QFETCH(bool, compact);
    const auto& model = compact ? m_model : m_exact;
    const std::int64_t longest = 4 * model->config().window + 8;
    engine::Timeline growing(model, longest), chunked(model, longest);
    const Tokens all = text(longest);
    for (std::int64_t n = 1; n <= longest; ++n) {
        const auto tokens = std::span(all).first(static_cast<std::size_t>(n));
        growing.sync(tokens, inChunks(1)); // token by token
        engine::Timeline whole(model, longest);
        whole.sync(tokens, inChunks(n));
        QVERIFY2(bits(growing) == bits(whole), qPrintable(QString("length %1, single tokens").arg(n)));
        const std::vector<std::byte> state = stateOf(whole.cache());
        QVERIFY2(stateOf(growing.cache()) == state, qPrintable(QString("state at length %1, single tokens").arg(n)));
        for (const std::int64_t chunk : {7, 64}) {
            chunked.sync({}); // from nothing
            chunked.sync(tokens, inChunks(chunk));
            QVERIFY2(bits(chunked) == bits(whole), qPrintable(QString("length %1, chunk %2").arg(n).arg(chunk)));
            QVERIFY2(stateOf(chunked.cache()) == state, qPrintable(QString("state at length %1, chunk %2").arg(n).arg(chunk)));
        }
    }
}

void TimelineTest::decodeEqualsPrefill() {
    const Tokens tokens = text(300);
    engine::Timeline whole(m_model, 300), split(m_model, 300);
    const std::vector<float> expected = support::allLogits(whole, tokens, 300);
    for (const std::int64_t n : {1, 2, 3, 4, 5, 127, 128, 129, 255, 256}) {
        split.sync({});
        split.sync(std::span(tokens).first(static_cast<std::size_t>(n)));
        for (std::int64_t t = n; t < std::min<std::int64_t>(n + 10, 300); ++t) {
            const auto row = std::span(expected).subspan(static_cast<std::size_t>((t - 1) * 64), 64);
            QVERIFY(std::equal(row.begin(), row.end(), split.logits().begin(), split.logits().end()));
            split.next(tokens[static_cast<std::size_t>(t)]);
        }
    }
}

void TimelineTest::syncKeepsTheCommonPrefix() {
    Tokens tokens = text(100);
    engine::Timeline timeline(m_model, 400);
    std::vector<std::int64_t> seen;
    engine::SyncOptions options = inChunks(32);
    options.onProgress = [&](std::int64_t done, std::int64_t total) {
        seen.push_back(done);
        QCOMPARE(total, std::int64_t{100});
    };
    engine::SyncResult result = timeline.sync(tokens, options);
    QCOMPARE(result.reused, std::int64_t{0});
    QCOMPARE(result.evaluated, std::int64_t{100});
    QCOMPARE(seen, (std::vector<std::int64_t>{0, 32, 64, 96, 100}));

    const std::vector<float> before = bits(timeline);
    result = timeline.sync(tokens); // nothing to do
    QCOMPARE(result.reused, std::int64_t{100});
    QCOMPARE(result.evaluated, std::int64_t{0});
    QVERIFY(bits(timeline) == before);

    tokens.push_back(7);
    result = timeline.sync(tokens);
    QCOMPARE(result.reused, std::int64_t{100});
    tokens[98] = 9; // differs near the end: within the rings
    result = timeline.sync(tokens);
    QCOMPARE(result.reused, std::int64_t{98});
    engine::Timeline fresh(m_model, 400);
    fresh.sync(tokens);
    QVERIFY(bits(timeline) == bits(fresh));

    // A prefix of what is there: its last token is evaluated again for its logits.
    result = timeline.sync(std::span(tokens).first(97));
    QCOMPARE(timeline.size(), std::int64_t{97});
    QCOMPARE(result.evaluated, std::int64_t{1});
    fresh.sync({});
    fresh.sync(std::span(tokens).first(97));
    QVERIFY(bits(timeline) == bits(fresh));
}

void TimelineTest::rewindThenContinue() {
    const Tokens tokens = text(260), other = [] {
        Tokens list = text(300);
        std::reverse(list.begin(), list.end());
        return list;
    }();
    for (const std::int64_t target : {259, 255, 252, 200, 129, 128, 127, 17, 4, 1, 0}) {
        engine::Timeline timeline(m_model, 400), fresh(m_model, 400);
        timeline.sync(tokens);
        timeline.rewind(target);
        QCOMPARE(timeline.size(), target);
        Tokens continued(tokens.begin(), tokens.begin() + target);
        continued.insert(continued.end(), other.begin(), other.begin() + 20);
        for (std::size_t i = static_cast<std::size_t>(target); i < continued.size(); ++i) timeline.next(continued[i]);
        fresh.sync(continued);
        QVERIFY2(bits(timeline) == bits(fresh), qPrintable(QString("rewound to %1").arg(target)));
        QVERIFY2(stateOf(timeline.cache()) == stateOf(fresh.cache()), qPrintable(QString("state, rewound to %1").arg(target)));
    }
}

void TimelineTest::checkpointsServeDeepRewinds() {
    const Tokens tokens = text(300);
    const std::vector<std::int64_t> borders{90, 201};
    engine::Timeline timeline(m_model, 400), fresh(m_model, 400);
    engine::SyncOptions options = inChunks(64);
    options.borders = borders;
    timeline.sync(tokens, options);
    QCOMPARE(timeline.checkpoints(), borders);
    Tokens changed = tokens;
    changed[205] ^= 1;
    QCOMPARE(timeline.sync(changed, options).reused, std::int64_t{201});
    fresh.sync(changed);
    QVERIFY(bits(timeline) == bits(fresh));
    QVERIFY(stateOf(timeline.cache()) == stateOf(fresh.cache()));
    changed[100] ^= 1;
    QCOMPARE(timeline.sync(changed).reused, std::int64_t{90});
    QCOMPARE(timeline.checkpoints(), (std::vector<std::int64_t>{90}));
    fresh.sync({});
    fresh.sync(changed);
    QVERIFY(bits(timeline) == bits(fresh));
    timeline.keep();
    QCOMPARE(timeline.checkpoints(), (std::vector<std::int64_t>{90, 300}));
}

void TimelineTest::automaticCheckpoints() {
    const Tokens tokens = text(8500);
    engine::Timeline timeline(m_model, 9000);
    timeline.sync(tokens, inChunks(500));
    QCOMPARE(timeline.checkpoints(), (std::vector<std::int64_t>{4096, 8192}));
    timeline.rewind(5000);
    QCOMPARE(timeline.size(), std::int64_t{5000});
    engine::Timeline fresh(m_model, 9000);
    fresh.sync(std::span(tokens).first(5000));
    QVERIFY(stateOf(timeline.cache()) == stateOf(fresh.cache()));
    timeline.next(1);
    fresh.next(1);
    QVERIFY(bits(timeline) == bits(fresh));
    for (int i = 0; i < 80; ++i) { // the caller's own are bounded too, the newest stay
        timeline.next(1);
        timeline.keep();
    }
    QVERIFY(timeline.checkpoints().size() <= 65);
    QCOMPARE(timeline.checkpoints().front(), std::int64_t{4096});
    QCOMPARE(timeline.checkpoints().back(), timeline.size());
}

// Verification of drafts: up to eight tokens evaluated and rejected leave no trace.
void TimelineTest::draftsTakenBack() {
    const Tokens tokens = text(290);
    for (const std::int64_t start : {3, 62, 120, 125, 250}) {
        engine::Timeline timeline(m_model, 400), fresh(m_model, 400);
        const auto prefix = std::span(tokens).first(static_cast<std::size_t>(start));
        timeline.sync(prefix);
        for (const std::int64_t drafts : {1, 4, 8}) {
            Tokens drafted(prefix.begin(), prefix.end());
            for (std::int64_t i = 0; i < drafts; ++i) drafted.push_back(static_cast<std::int32_t>(63 - i));
            timeline.sync(drafted);
            QVERIFY(timeline.cache().canTruncate(start));
            timeline.rewind(start);
        }
        fresh.sync(prefix);
        timeline.next(5);
        fresh.next(5);
        QVERIFY2(bits(timeline) == bits(fresh), qPrintable(QString("drafts behind %1").arg(start)));
    }
}

void TimelineTest::reusedEqualsNew() {
    engine::Timeline used(m_model, 400), fresh(m_model, 400);
    used.sync(text(250));
    Tokens other = text(200);
    std::reverse(other.begin(), other.end());
    used.sync(other);
    fresh.sync(other);
    QVERIFY(bits(used) == bits(fresh));
    QVERIFY(stateOf(used.cache()) == stateOf(fresh.cache()));
    QVERIFY(used.tokens() == other);
}

void TimelineTest::nothingDependsOnLaterTokens() {
    Tokens tokens = text(200);
    engine::Timeline first(m_model, 200), second(m_model, 200);
    const std::vector<float> before = support::allLogits(first, tokens, 200);
    tokens[150] ^= 1;
    const std::vector<float> after = support::allLogits(second, tokens, 200);
    QVERIFY(std::equal(before.begin(), before.begin() + 150 * 64, after.begin()));
    QVERIFY(!std::equal(before.begin() + 150 * 64, before.begin() + 151 * 64, after.begin() + 150 * 64));
}

void TimelineTest::stateGoesOutAndIn() {
    const Tokens tokens = text(270);
    for (const std::int64_t at : {1, 5, 128, 131, 255}) {
        engine::Timeline source(m_model, 400), target(m_model, 400);
        const auto prefix = std::span(tokens).first(static_cast<std::size_t>(at));
        source.sync(prefix);
        target.sync(text(33)); // something else before
        engine::KvCache& cache = target.beginRestore(at);
        const std::vector<engine::StateBlock> from = source.cache().blocks(), to = cache.blocks();
        QCOMPARE(from.size(), to.size());
        for (std::size_t i = 0; i < from.size(); ++i) {
            QCOMPARE(from[i].name, to[i].name);
            std::vector<std::byte> bytes(from[i].bytes());
            source.cache().readBlock(from[i], bytes);
            cache.writeBlock(to[i], bytes);
        }
        target.finishRestore(Tokens(prefix.begin(), prefix.end()), bits(source));
        QVERIFY(bits(source) == bits(target));
        source.sync(tokens);
        QCOMPARE(target.sync(tokens).reused, at);
        QVERIFY(bits(source) == bits(target));
        QVERIFY(stateOf(source.cache()) == stateOf(target.cache()));
        // Back to where the snapshot was, and another way from there.
        target.rewind(at);
        QCOMPARE(target.size(), at);
        source.sync({});
        source.sync(prefix);
        source.next(3);
        target.next(3);
        QVERIFY(bits(source) == bits(target));
    }
}

void TimelineTest::stopLeavesItValid() {
    const Tokens tokens = text(300);
    engine::Timeline timeline(m_model, 400), fresh(m_model, 400);
    fresh.sync(tokens);
    int layers = 0;
    for (int stopAt = 1; stopAt < 40; ++stopAt) { // in the middle of a chunk, at every layer of every chunk
        std::stop_source stop;
        engine::SyncOptions options = inChunks(50);
        layers = 0;
        options.observer.hidden = [&](int, std::int64_t, std::span<const float>) {
            if (++layers == stopAt) stop.request_stop();
        };
        timeline.sync({});
        const engine::SyncResult result = timeline.sync(tokens, options, stop.get_token());
        QCOMPARE(result.stopped, timeline.size() < 300);
        QVERIFY(timeline.size() % 50 == 0);
        if (stopAt % 5) continue;
        timeline.sync(tokens, inChunks(64));
        QVERIFY(bits(timeline) == bits(fresh));
        QVERIFY(stateOf(timeline.cache()) == stateOf(fresh.cache()));
    }
}

void TimelineTest::notFiniteEndsWithASentence() {
    const Tokens tokens = text(60);
    const char* places[] = {"layers.0.attn.wkv.weight", "layers.1.attn.indexer.compressor.wkv.weight", "layers.1.attn.indexer.weights_proj.weight",
                            "layers.2.attn.wo_b.weight", "layers.3.ffn.shared_experts.w2.weight", "layers.3.ffn.gate.weight", "head.weight"};
    for (const char* place : places)
        for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
            const auto weights = std::make_shared<support::FormulaWeights>(support::smallConfig());
            weights->value(place, 5) = value;
            for (const kernels::Mode mode : {kernels::Mode::Model, kernels::Mode::Exact}) {
                engine::Timeline timeline(engine::Model::open(weights, m_device, mode), 400);
                QString message;
                try {
                    timeline.sync(tokens, inChunks(30));
                } catch (const std::runtime_error& e) {
                    message = e.what();
                }
                QVERIFY2(message.contains("not finite"), place);
                QVERIFY(message.endsWith('.'));
                QVERIFY(timeline.size() % 30 == 0 && timeline.size() < 60);
                QVERIFY(timeline.logits().empty());
            }
        }
}

void TimelineTest::refusals() {
    engine::Timeline timeline(m_model, 20);
    QVERIFY_EXCEPTION_THROWN(timeline.sync(text(21)), std::runtime_error);
    QCOMPARE(timeline.size(), std::int64_t{0});
    timeline.sync(text(20));
    QVERIFY_EXCEPTION_THROWN(timeline.next(1), std::runtime_error);
    QCOMPARE(timeline.size(), std::int64_t{20});
    timeline.rewind(10);
    QVERIFY_EXCEPTION_THROWN(timeline.next(64), std::runtime_error);
    QVERIFY_EXCEPTION_THROWN(timeline.next(-1), std::runtime_error);
    timeline.next(63);
    engine::Timeline fresh(m_model, 20);
    Tokens tokens = text(10);
    tokens.push_back(63);
    fresh.sync(tokens);
    QVERIFY(bits(timeline) == bits(fresh));
}

// Every device of this machine keeps every property.
int main(int argc, char** argv) {
    QCoreApplication application(argc, argv);
    int failures = 0;
    for (const std::string& device : engine::devices(kernels::Mode::Exact)) {
        TimelineTest test(device);
        std::printf("Device %s\n", device.c_str());
        failures += QTest::qExec(&test, argc, argv);
    }
    return failures;
}

#include "tst_timeline.moc"
