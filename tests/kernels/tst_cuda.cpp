// The CUDA device's kernels on this CPU, through the emulation in tests/support/cuda_emulation, against the
// reference: one row for each operation and mode (tst_cuda "agree:select model"). What needs a real GPU,
// races and speed above all, lectern-check and tests/bench show.
#include "cuda_runtime.h"
#include "kernels/cuda/cuda_device.h"
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
    void cleanup() { emulation::reverseOrder(false); }
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
    bool absent = false;
    auto report = [&](bool good, const std::string& what) {
        absent |= what.find("has no CUDA kernel yet") != std::string::npos;
        if (!good) qWarning("%s", what.c_str());
        bad += !good;
    };
    support::compareDevices(*reference, *device, cases, report);
    if (absent) QSKIP("no kernel yet");
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

QTEST_GUILESS_MAIN(Cuda)
#include "tst_cuda.moc"
