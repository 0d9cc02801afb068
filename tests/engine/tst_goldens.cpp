// The golden models of an independent implementation: whole prompt, odd chunks, single tokens, hidden streams, the
// indexer's choices. Those under tests/data always, the full set beside the checkout where it is.
#include "engine/model.h"
#include "tests/support/golden_run.h"

#include <QtTest>

#include <filesystem>

namespace fs = std::filesystem;

class Goldens : public QObject {
    Q_OBJECT

private slots:
    void agree_data();
    void agree();
};

void Goldens::agree_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("weights");
    QTest::addColumn<QString>("device");
    const auto row = [](const std::string& name, const fs::path& golden, const fs::path& weights) {
        for (const std::string& device : engine::devices(kernels::Mode::Exact))
            QTest::addRow("%s, %s", name.c_str(), device.c_str()) << QString::fromStdString(golden.string()) << QString::fromStdString(weights.string())
                                                                  << QString::fromStdString(device);
    };
    row("tests/data/tiny", fs::path(TEST_DATA) / "tiny.golden.safetensors", fs::path(TEST_DATA) / "tiny");
    if (!fs::is_directory(SHARED_GOLDENS)) return;
    for (const auto& entry : fs::directory_iterator(SHARED_GOLDENS)) {
        const std::string name = entry.path().filename().string();
        const auto end = name.find(".golden.safetensors");
        if (end == std::string::npos) continue;
        row(name, entry.path(), fs::path(SHARED_GOLDENS) / (name.substr(0, end) + ".safetensors"));
    }
}

void Goldens::agree() {
    QFETCH(QString, file);
    QFETCH(QString, weights);
    QFETCH(QString, device);
    const auto model = engine::Model::open(engine::Weights::open(weights.toStdString()), device.toStdString(), kernels::Mode::Exact);
    const support::GoldenResult r = support::runGolden(model, support::GoldenFile(file.toStdString()));
    qInfo("whole %.1e, chunks %.1e, decode %.1e, hidden %.1e", r.whole, r.chunked, r.decoded, r.hidden);
    QVERIFY(r.whole < 1e-4);
    QVERIFY(r.chunked < 1e-4);
    QVERIFY(r.decoded < 1e-4);
    QVERIFY(r.hidden < 2e-4);
    QCOMPARE(r.pickedOtherwise, std::int64_t{0});
}

QTEST_GUILESS_MAIN(Goldens)
#include "tst_goldens.moc"
