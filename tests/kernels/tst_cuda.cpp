// The CUDA device's kernels on this CPU, through the emulation in tests/support/cuda_emulation, against the
// reference: one row for each operation and mode (tst_cuda "agree:select model"). What needs a real GPU,
// races and speed above all, lectern-check and tests/bench show.
#include "cuda_runtime.h"
#include "kernels/cuda/cuda_device.h"
#include "tests/support/golden_run.h"
#include "tests/support/operation_list.h"

#include <QtTest>

#include <set>

namespace {

const char* modeName(kernels::Mode mode) {
    return mode == kernels::Mode::Model ? "model" : mode == kernels::Mode::Caches ? "caches" : "exact";
}

} // namespace

class Cuda : public QObject {
    Q_OBJECT

private slots:
    void agree_data();
    void agree();
    void goldenModel();
    void chunksDoNotMatter();
    void overridesAgree();
    void warpgroupsAgree_data();
    void warpgroupsAgree();
    void cleanup() {
        emulation::reverseOrder(false);
        emulation::capability(8, 0);
    }
};

void Cuda::agree_data() {
    QTest::addColumn<int>("mode");
    QTest::addColumn<QString>("operation");
    for (const auto mode : {kernels::Mode::Model, kernels::Mode::Caches, kernels::Mode::Exact}) {
        std::set<std::string> operations;
        for (const support::OperationCase& c : support::operationCases(mode))
            operations.insert(c.name.substr(0, c.name.find(' ')));
        for (const std::string& operation : operations)
            QTest::addRow("%s %s", operation.c_str(), modeName(mode))
                << int(mode) << QString::fromStdString(operation);
    }
}

// Once with the threads of a block in order, once backwards: the same bounds and the same bits, or there is a
// race.
void Cuda::agree() {
    QFETCH(int, mode);
    QFETCH(QString, operation);
    const auto reference = kernels::openDevice("reference", kernels::Mode(mode));
    const auto device = kernels::cuda::openCudaDevice("cuda:0", kernels::Mode(mode));
    std::vector<support::OperationCase> cases = support::operationCases(kernels::Mode(mode));
    std::erase_if(
        cases, [&](const auto& c) { return c.name.substr(0, c.name.find(' ')) != operation.toStdString(); });
    int bad = 0;
    auto report = [&](bool good, const std::string& what) {
        if (!good) qWarning("%s", what.c_str());
        bad += !good;
    };
    support::compareDevices(*reference, *device, cases, report);
    for (support::OperationCase& c : cases)
        c.run = [run = c.run](support::Bench& bench) {
            support::Outcome outcome = run(bench);
            return support::Outcome{outcome.values, 0, 0, 0, {}};
        };
    const auto backwards = kernels::cuda::openCudaDevice("cuda:0", kernels::Mode(mode));
    for (const support::OperationCase& c : cases) {
        try {
            support::Bench first(*device, support::fnv1a(c.name)), second(*backwards, support::fnv1a(c.name));
            emulation::reverseOrder(false);
            const support::Outcome forward = c.run(first);
            emulation::reverseOrder(true);
            const std::string offence = support::compareOutcomes(forward, c.run(second));
            report(offence.empty(), c.name + " depends on the order of threads: " + offence);
        } catch (const std::exception& e) {
            report(false, c.name + ": " + e.what());
        }
    }
    QCOMPARE(bad, 0);
}

// A whole model, prompt and single tokens, as an independent implementation computed it without rounding.
void Cuda::goldenModel() {
    const std::shared_ptr<const engine::Weights> weights = engine::Weights::open(TEST_DATA "/tiny");
    const auto model = engine::Model::open(weights, kernels::cuda::openCudaDevice("cuda:0", kernels::Mode::Exact));
    const support::GoldenFile golden(TEST_DATA "/tiny.golden.safetensors");
    const std::vector<std::int32_t> tokens = golden.values<std::int32_t>("input_ids");
    const std::vector<float> expected = golden.values<float>("prefill_logits");
    const std::size_t prompt = 45, steps = 3, vocabulary = static_cast<std::size_t>(model->config().vocabulary);
    engine::Timeline timeline(model, static_cast<std::int64_t>(prompt + steps));
    std::vector<float> logits = support::allLogits(timeline, std::span(tokens).first(prompt), static_cast<std::int64_t>(prompt));
    for (std::size_t i = 0; i < steps; ++i) {
        timeline.next(tokens[prompt + i]);
        logits.insert(logits.end(), timeline.logits().begin(), timeline.logits().end());
    }
    const double worst = support::largestDifference(logits, std::span(expected).first((prompt + steps) * vocabulary));
    QVERIFY2(worst < 1e-4, qPrintable(QString::number(worst)));
}

// As trained: the same bits for every way to cut a prompt into chunks of more than eight tokens, and for decoding
// tokens one by one or four at a time.
void Cuda::chunksDoNotMatter() {
    const auto weights = std::make_shared<support::FormulaWeights>(support::v4TinyConfig());
    const auto model = engine::Model::open(weights, kernels::cuda::openCudaDevice("cuda:0", kernels::Mode::Model));
    std::vector<std::int32_t> tokens;
    for (int i = 0; i < 44; ++i) tokens.push_back(std::int32_t(support::splitmix64(std::uint64_t(i)) % std::uint64_t(model->config().vocabulary)));
    auto run = [&](std::int64_t chunk, std::int64_t step) {
        engine::Timeline timeline(model, 64);
        const auto prompt = std::span<const std::int32_t>(tokens).first(36);
        std::vector<float> logits = support::allLogits(timeline, prompt, chunk);
        const std::vector<float> rest = support::allLogits(timeline, tokens, step);
        logits.insert(logits.end(), rest.begin(), rest.end());
        return logits;
    };
    const std::vector<float> whole = run(36, 1), parts = run(12, 4);
    QVERIFY(whole.size() == 44 * static_cast<std::size_t>(model->config().vocabulary));
    QCOMPARE(std::memcmp(whole.data(), parts.data(), whole.size() * sizeof(float)), 0);
}

// What compute capability 9.0 does otherwise: experts.
void Cuda::overridesAgree() {
    const auto reference = kernels::openDevice("reference", kernels::Mode::Model);
    const auto portable = kernels::cuda::openCudaDevice("cuda:0", kernels::Mode::Model);
    emulation::capability(9, 0);
    const auto device = kernels::cuda::openCudaDevice("cuda:0", kernels::Mode::Model);
    std::vector<support::OperationCase> cases = support::operationCases(kernels::Mode::Model);
    std::erase_if(cases, [](const auto& c) { return !c.name.starts_with("experts"); });
    int bad = 0;
    auto report = [&](bool good, const std::string& what) {
        if (!good) qWarning("%s", what.c_str());
        bad += !good;
    };
    support::compareDevices(*reference, *device, cases, report);
    emulation::reverseOrder(true); // a sum has the same order in both paths, so their bits are equal here
    for (support::OperationCase& c : cases)
        c.run = [run = c.run](support::Bench& bench) { return support::Outcome{run(bench).values, 0, 0, 0, {}}; };
    support::compareDevices(*portable, *device, cases, report);
    QCOMPARE(bad, 0);
}

void Cuda::warpgroupsAgree_data() {
    QTest::addColumn<QString>("operation");
    QTest::newRow("select") << "select long";
    QTest::newRow("attention") << "attention wide";
}

// Selection and attention with products of warpgroups: the reference's bounds, and no race.
void Cuda::warpgroupsAgree() {
    QFETCH(QString, operation);
    emulation::capability(9, 0);
    const auto reference = kernels::openDevice("reference", kernels::Mode::Model);
    const auto forwards = kernels::cuda::openCudaDevice("cuda:0", kernels::Mode::Model);
    const auto backwards = kernels::cuda::openCudaDevice("cuda:0", kernels::Mode::Model);
    std::vector<support::OperationCase> cases = support::operationCases(kernels::Mode::Model);
    std::erase_if(cases, [&](const auto& c) { return !c.name.starts_with(operation.toStdString()); });
    QVERIFY(cases.size() > 8);
    for (const support::OperationCase& c : cases) {
        support::Bench expected(*reference, support::fnv1a(c.name)), first(*forwards, support::fnv1a(c.name)),
            second(*backwards, support::fnv1a(c.name));
        emulation::reverseOrder(false);
        const support::Outcome forward = c.run(first);
        emulation::reverseOrder(true);
        const support::Outcome backward = c.run(second);
        const std::string offence = support::compareOutcomes(c.run(expected), forward);
        QVERIFY2(offence.empty(), (c.name + ": " + offence).c_str());
        QVERIFY2(forward.values == backward.values, c.name.c_str());
        QVERIFY2(first.guardsIntact(), c.name.c_str());
    }
}

QTEST_GUILESS_MAIN(Cuda)
#include "tst_cuda.moc"
