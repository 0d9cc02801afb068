// What the SIMD device promises beyond agreeing with the reference (tst_devices): the same bits for every instruction
// set and thread count, exact selections on adversarial scores. What it continues with: tests/engine/tst_equality.
#include "engine/timeline.h"
#include "kernels/simd/simd_device.h"
#include "tests/support/operation_list.h"
#include "tests/support/random_checkpoint.h"

#include <QtTest>

#include <atomic>
#include <random>

using namespace kernels;

class SimdTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void everyNumberIsHandedOutOnce();
    void instructionsAndThreadsGiveTheSameBits();
    void rowsDoNotDependOnTheirNumber();
    void ggufMatricesAsTheReference();
    void adversarialSelections_data();
    void adversarialSelections();
    void notANumberIsReported();
    void sameBitsInEveryChunkAndInDecoding();
};

void SimdTest::initTestCase() {
    if (!simd::chosenLoops()) QSKIP("This machine has no instructions for the SIMD device.");
}

void SimdTest::everyNumberIsHandedOutOnce() {
    simd::Threads threads(3);
    for (int round = 0; round < 3000; ++round) {
        const int count = 1 + round % 41;
        std::vector<std::atomic<int>> seen(static_cast<std::size_t>(count));
        threads.run(count, [&](std::int64_t i) { ++seen[static_cast<std::size_t>(i)]; });
        for (const auto& times : seen) QCOMPARE(times.load(), 1);
        if (round % 1000 == 999) QTest::qSleep(5); // the workers fall asleep
    }
}

// Every operation, bit for bit.
void SimdTest::instructionsAndThreadsGiveTheSameBits() {
    for (const Mode mode : {Mode::Model, Mode::Exact}) {
        const auto first = simd::openSimdDevice(mode, "avx2", 1);
        for (const auto& [instructions, threads] : {std::pair("avx2", 3), std::pair("avx512", 1), std::pair("avx512", 4), std::pair("avx512vnni", 1), std::pair("avx512vnni", 4)}) {
            const auto other = simd::openSimdDevice(mode, instructions, threads);
            if (!other) continue;
            for (const support::OperationCase& c : support::operationCases(mode)) {
                support::Bench a(*first, 5), b(*other, 5);
                const std::vector<float> one = c.run(a).values, two = c.run(b).values;
                QVERIFY2(one.size() == two.size() && std::memcmp(one.data(), two.data(), one.size() * sizeof(float)) == 0,
                         (c.name + " on " + instructions).c_str());
            }
        }
    }
}

void SimdTest::rowsDoNotDependOnTheirNumber() {
    const auto device = openDevice("simd", Mode::Model);
    for (const Type type : {Type::F4E2M1, Type::F8E4M3, Type::BF16, Type::F32}) {
        support::Bench b(*device, 3);
        const std::int64_t in = 448, out = 83;
        const auto matrix = device->prepare(b.weight(type, out, in), Product::Quantised);
        const std::vector<float> x = b.random(37 * in, 2);
        const Tensor whole = b.emptyActivations({37, out});
        device->linear(*matrix, b.activations(x, {37, in}), whole);
        const std::vector<float> expected = b.read(whole);
        for (const std::int64_t size : {1, 2, 3, 5, 8, 12}) {
            const std::int64_t first = 37 - size;
            const Tensor part = b.emptyActivations({size, out});
            device->linear(*matrix, b.activations({x.begin() + first * in, x.end()}, {size, in}), part);
            const std::vector<float> values = b.read(part);
            QVERIFY(std::equal(values.begin(), values.end(), expected.begin() + first * out));
        }
    }
}

// Blocks of GGUF files are packed as they are, with their scales; the same bits on every instruction set.
void SimdTest::ggufMatricesAsTheReference() {
    std::mt19937 random(12);
    const std::int64_t in = 576, out = 83;
    const auto reference = openDevice("reference", Mode::Exact);
    for (const Type type : {Type::Q8_0, Type::MXFP4}) {
        const std::size_t block = blockBytes(type);
        std::vector<std::uint8_t> bytes(static_cast<std::size_t>(out * in / 32) * block);
        for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(random());
        for (std::size_t i = 0; i < bytes.size(); i += block) {
            if (type == Type::MXFP4) bytes[i] = static_cast<std::uint8_t>(117 + random() % 9);
            else bytes[i + 1] = static_cast<std::uint8_t>(0x1c + random() % 8); // the upper half of a small f16
        }
        const Weight weight{{bytes.data(), type, {out, in}}, {}};
        for (const std::int64_t count : {1, 2, 3, 40}) {
            auto product = [&](Device& device) {
                support::Bench b(device, 4);
                const auto matrix = device.prepare(weight, Product::Quantised);
                const Tensor output = b.emptyActivations({count, out});
                device.linear(*matrix, b.activations(b.random(count * in, 2), {count, in}), output);
                return b.read(output);
            };
            const std::vector<float> expected = product(*reference);
            std::vector<float> first;
            for (const char* instructions : {"avx2", "avx512", "avx512vnni"}) {
                const auto device = simd::openSimdDevice(Mode::Exact, instructions, 2);
                if (!device) continue;
                const std::vector<float> values = product(*device);
                double worst = 0, size = 0;
                for (std::size_t i = 0; i < values.size(); ++i) {
                    worst = std::max(worst, std::fabs(double(values[i]) - double(expected[i])));
                    size = std::max(size, std::fabs(double(expected[i])));
                }
                QVERIFY2(worst < 1e-5 * size, qPrintable(QString("%1, %2 tokens, %3: %4 of %5").arg(typeName(type)).arg(count).arg(instructions).arg(worst).arg(size)));
                if (first.empty()) first = values;
                QVERIFY(values == first);
            }
        }
    }
}

void SimdTest::adversarialSelections_data() {
    QTest::addColumn<int>("kind");
    for (const auto& [name, kind] : {std::pair("all equal", 0), std::pair("ascending", 1), std::pair("descending", 2), std::pair("two values", 3),
                                     std::pair("all zero", 4), std::pair("negative weight", 5)})
        QTest::newRow(name) << kind;
}

// One head and one dimension in use, so that the score of key j is its first value.
void SimdTest::adversarialSelections() {
    QFETCH(int, kind);
    const auto device = openDevice("simd", Mode::Model), reference = openDevice("reference", Mode::Model);
    const std::int64_t n = 9000;
    for (const auto& [T, dims] : {std::pair<std::int64_t, std::int64_t>{1, 32}, {1, 128}, {3, 128}, {40, 32}, {40, 128}})
        for (const std::int64_t k : {1, 7, 512}) {
            std::vector<float> picks[2];
            Device* both[2] = {reference.get(), device.get()};
            for (int d = 0; d < 2; ++d) {
                support::Bench b(*both[d], 9);
                const auto rope = both[d]->prepareRope({0, 0, 0, 0});
                std::vector<float> q(static_cast<std::size_t>(T * dims), 0.0f), w(static_cast<std::size_t>(T), kind == 5 ? -1.0f : 1.0f);
                for (std::int64_t t = 0; t < T; ++t) q[static_cast<std::size_t>(t * dims)] = 1.0f; // after Hadamard: all equal
                SelectJob job;
                job.queries = b.activations(q, {T, 1, dims});
                job.weights = b.activations(w, {T, 1});
                job.rope = rope.get();
                job.position = n * 4 - T;
                job.keys = b.rows<Rows>({RowType::Index, int(dims), 8}, n);
                for (std::int64_t j = 0; j < n; ++j) {
                    const float rank = static_cast<float>(j * 24 / n) - 12.0f; // few codes, so ties abound
                    const float value = kind == 0 ? 2.0f : kind == 1 ? rank : kind == 2 ? -rank : kind == 3 ? float(j % 2) : kind == 4 ? -1.0f : rank;
                    std::vector<float> row(static_cast<std::size_t>(dims), 0.0f);
                    row[static_cast<std::size_t>(j % 5)] = value;
                    row[static_cast<std::size_t>(dims - 1 - j % 7)] = value / 2;
                    b.writeRow(job.keys, j, row);
                }
                job.picks = b.hold(Type::I32, {T, k});
                both[d]->select(job);
                picks[d] = b.read(job.picks);
            }
            QVERIFY(picks[0] == picks[1]);
        }
}

void SimdTest::notANumberIsReported() {
    const auto device = openDevice("simd", Mode::Model);
    support::Bench b(*device, 9);
    const auto rope = device->prepareRope({0, 0, 0, 0});
    SelectJob job;
    job.queries = b.activations(b.random(32), {1, 1, 32});
    job.weights = b.activations({1.0f}, {1, 1});
    job.rope = rope.get();
    job.position = 399;
    job.keys = b.rows<Rows>({RowType::Index, 32, 8}, 100);
    for (int j = 0; j < 100; ++j) b.writeRow(job.keys, j, b.random(32));
    *job.keys.scale(93) = std::byte{255};
    job.picks = b.hold(Type::I32, {1, 4});
    device->select(job);
    device->noteNonFinite(b.activations({1.0f}, {1, 1}), 2);
    QCOMPARE(device->firstNonFinite(), 2);
}

void SimdTest::sameBitsInEveryChunkAndInDecoding() {
    const auto weights = std::make_shared<support::RandomCheckpoint>(support::picoConfig());
    const auto model = engine::Model::open(weights, "simd", Mode::Model);
    std::vector<std::int32_t> tokens(700);
    for (std::size_t i = 0; i < tokens.size(); ++i) tokens[i] = static_cast<std::int32_t>(support::splitmix64(i) % 4096);
    std::vector<float> expected;
    for (const std::int64_t chunk : {700, 256, 97, 7, 1}) {
        engine::Timeline timeline(model, 700);
        engine::SyncOptions options;
        options.chunk = chunk;
        timeline.sync(tokens, options);
        const std::vector<float> logits(timeline.logits().begin(), timeline.logits().end());
        if (expected.empty()) expected = logits;
        QVERIFY2(logits == expected, qPrintable(QString("chunks of %1").arg(chunk)));
    }
}

QTEST_GUILESS_MAIN(SimdTest)
#include "tst_simd.moc"
