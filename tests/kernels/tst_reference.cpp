// The reference device against the unit vectors of v4-architecture.md and values worked out by hand.
#include "tests/support/operation_vectors.h"

#include <QtTest>

class Reference : public QObject {
    Q_OBJECT

private slots:
    void vectors();
};

void Reference::vectors() {
    const auto device = kernels::openDevice("reference", kernels::Mode::Exact);
    const auto config = engine::ModelConfig::parse(support::v4TinyConfig()); // published rotation parameters
    int checks = 0;
    support::checkVectors(*device, config.ropeFrequencies(4), config.ropeFrequencies(0),
                          [&](bool good, const std::string& what) {
                              QVERIFY2(good, what.c_str());
                              ++checks;
                          });
    QCOMPARE(checks, 13);
}

QTEST_GUILESS_MAIN(Reference)
#include "tst_reference.moc"
