// Where layers and experts lie: every expert exactly once, no device over its memory, layers in order, and words where it
// cannot be.
#include "engine/placement.h"
#include "tests/support/flash_weights.h"

#include <QtTest>

#include <numeric>

namespace {

using namespace engine;

constexpr std::int64_t GB = 1'000'000'000;

std::vector<int> flashRatios() {
    std::vector<int> ratios{0, 0};
    for (int i = 0; i < 20; ++i) ratios.push_back(4), ratios.push_back(128);
    ratios.push_back(4);
    return ratios;
}

const ModelConfig& flash() {
    static const ModelConfig config = ModelConfig::parse(support::flashConfig(flashRatios(), 3));
    return config;
}

// The published sizes: 156 GB, of which experts 147.2 GB.
WeightSizes flashSizes() {
    WeightSizes sizes;
    sizes.top = 2 * 1'059'061'760;
    sizes.dense.assign(43, 155'000'000);
    sizes.expert.assign(43, 13'369'344);
    return sizes;
}

} // namespace

class PlacementTest : public QObject {
    Q_OBJECT

private:
    void checkWhole(const Placement& plan, const WeightSizes& sizes, int experts) {
        std::int64_t outside = 0;
        int device = 0;
        for (std::size_t i = 0; i < plan.layers.size(); ++i) {
            const LayerPlace& layer = plan.layers[i];
            QVERIFY(layer.resident >= 0 && layer.host >= 0 && layer.disk >= 0);
            QCOMPARE(layer.resident + layer.host + layer.disk, std::int64_t{experts});
            QVERIFY2(layer.device >= device, "layers go back to an earlier device");
            device = layer.device;
            outside += (layer.host + layer.disk) * sizes.expert[i];
        }
        QCOMPARE(plan.hostBytes + plan.diskBytes, outside);
        int covered = 0;
        for (const DevicePlace& place : plan.devices) {
            QCOMPARE(place.firstLayer, covered);
            covered += place.layers;
            QVERIFY2(place.used() <= place.memory, qPrintable(QString::fromStdString(place.name)));
        }
        QCOMPARE(covered, int(plan.layers.size()));
    }

private slots:
    void oneH200KeepsNineTenths() {
        const DeviceBudget device{"cuda:0", 150 * GB};
        const WeightSizes sizes = flashSizes();
        const Placement plan = place(flash(), sizes, std::span(&device, 1), 200 * GB, 1'048'576, 8192);
        QVERIFY2(plan.fits(), plan.problem.c_str());
        checkWhole(plan, sizes, 256);
        const double share = double(plan.hostBytes) / double(256 * 43 * 13'369'344LL);
        QVERIFY2(share > 0.03 && share < 0.15, qPrintable(QString::number(share)));
        const auto [least, most] = std::minmax_element(plan.layers.begin(), plan.layers.end(), [](auto& a, auto& b) { return a.resident < b.resident; });
        QVERIFY2(most->resident - least->resident <= 1, "a layer has to hide more than its share");
        QVERIFY(plan.devices[0].memory - plan.devices[0].used() < 13'369'344);
        // A short context leaves room for more.
        QVERIFY(place(flash(), sizes, std::span(&device, 1), 200 * GB, 4096, 8192).hostBytes < plan.hostBytes);
        const std::vector<std::string> lines = plan.lines(256);
        QCOMPARE(lines.size(), std::size_t{2});
        QVERIFY(lines[0].find("layers 0 to 42") != std::string::npos);
        QVERIFY(lines[1].find("host memory") != std::string::npos);
    }

    void severalDevicesShareByMemory() {
        const std::vector<DeviceBudget> devices{{"cuda:0", 80 * GB}, {"cuda:1", 40 * GB}, {"cuda:2", 80 * GB}};
        const WeightSizes sizes = flashSizes();
        const Placement plan = place(flash(), sizes, devices, 100 * GB, 131'072, 4096);
        QVERIFY2(plan.fits(), plan.problem.c_str());
        checkWhole(plan, sizes, 256);
        QCOMPARE(plan.hostBytes, std::int64_t{0});
        QVERIFY(plan.devices[1].layers < plan.devices[0].layers);
        QVERIFY(std::abs(plan.devices[0].layers - plan.devices[2].layers) <= 2);
    }

    void aSmallCardStreamsAlmostAll() {
        const DeviceBudget device{"cuda:0", 24 * GB};
        const WeightSizes sizes = flashSizes();
        const Placement plan = place(flash(), sizes, std::span(&device, 1), 160 * GB, 131'072, 2048);
        QVERIFY2(plan.fits(), plan.problem.c_str());
        checkWhole(plan, sizes, 256);
        QVERIFY(plan.hostBytes > 130 * GB);
        QVERIFY(plan.devices[0].staging > 0);
    }

    void whatFitsNowhereIsSaid() {
        const WeightSizes sizes = flashSizes();
        const DeviceBudget small{"cuda:0", 24 * GB}, smaller{"cuda:0", 6 * GB};
        const Placement disk = place(flash(), sizes, std::span(&small, 1), 32 * GB, 131'072, 2048);
        QVERIFY(!disk.fits());
        checkWhole(disk, sizes, 256);
        QVERIFY(disk.hostBytes <= 32 * GB && disk.diskBytes > 90 * GB);
        QVERIFY(disk.problem.find("disk") != std::string::npos);
        const Placement none = place(flash(), sizes, std::span(&smaller, 1), 200 * GB, 131'072, 2048);
        QVERIFY(!none.fits());
        QVERIFY(none.problem.find("cuda:0 has 6.0 GB") != std::string::npos);
        QVERIFY(!place(flash(), sizes, {}, 200 * GB, 131'072, 2048).fits());
    }

    // The sizes of a checkpoint are those of its tensors, each counted once.
    void sizesAreThoseOfTheFile() {
        const support::FormulaWeights weights(support::smallConfig());
        const ModelConfig config = ModelConfig::parse(support::smallConfig());
        const WeightSizes sizes = weightSizes(config, weights);
        std::int64_t bytes = 0;
        for (const std::string& name : weights.names()) bytes += std::int64_t(weights.tensor(name).bytes());
        QCOMPARE(sizes.all(config.experts), bytes);
        QCOMPARE(sizes.expert[1], std::int64_t{3} * config.width * config.expertWidth * 4);
        const DeviceBudget device{"cuda:0", 8 * GB};
        const Placement plan = place(config, sizes, std::span(&device, 1), 0, 4096, 256);
        QVERIFY2(plan.fits(), plan.problem.c_str());
        for (const LayerPlace& layer : plan.layers) QCOMPARE(layer.resident, std::int64_t{config.experts});
    }
};

QTEST_GUILESS_MAIN(PlacementTest)
#include "tst_placement.moc"
