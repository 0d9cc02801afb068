// Every device this machine has against the reference, operation by operation, and the reference against
// itself as a check of the cases (same input, same bits, guards intact).
#include "tests/support/operation_list.h"

#include <QtTest>

class Devices : public QObject {
    Q_OBJECT

private slots:
    void agree_data();
    void agree();
    void casesCanFail();
    void unknownDeviceIsRefused();
};

void Devices::agree_data() {
    QTest::addColumn<QString>("device");
    QTest::addColumn<int>("mode");
    for (const auto mode : {kernels::Mode::Model, kernels::Mode::Caches, kernels::Mode::Exact})
        for (const std::string& name : kernels::availableDevices(mode))
            QTest::addRow("%s %d", name.c_str(), int(mode)) << QString::fromStdString(name) << int(mode);
}

void Devices::agree() {
    QFETCH(QString, device);
    QFETCH(int, mode);
    const auto reference = kernels::openDevice("reference", kernels::Mode(mode));
    const auto other = kernels::openDevice(device.toStdString(), kernels::Mode(mode));
    int bad = 0;
    support::compareDevices(*reference, *other, support::operationCases(kernels::Mode(mode)),
                            [&](bool good, const std::string& what) {
                                if (!good) qWarning("%s", what.c_str());
                                bad += !good;
                            });
    QCOMPARE(bad, 0);
}

// The reference without rounding is not the reference with it: the comparison must say so.
void Devices::casesCanFail() {
    const auto model = kernels::openDevice("reference", kernels::Mode::Model),
               exact = kernels::openDevice("reference", kernels::Mode::Exact);
    int bad = 0;
    support::compareDevices(*model, *exact, support::operationCases(kernels::Mode::Model),
                            [&](bool good, const std::string&) { bad += !good; });
    QVERIFY2(bad > 15, qPrintable(QString::number(bad)));
}

void Devices::unknownDeviceIsRefused() {
    try {
        kernels::openDevice("cuda:99", kernels::Mode::Model);
        QFAIL("opened a device that is not there");
    } catch (const std::runtime_error& e) {
        QVERIFY(QString(e.what()).contains("cuda:99"));
        QVERIFY(QString(e.what()).contains("reference"));
    }
}

QTEST_GUILESS_MAIN(Devices)
#include "tst_devices.moc"
