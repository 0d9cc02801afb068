// The real program closed at 200 random moments (LECTERN_CLOSES for more): no crash, no orphan. See
// closing.h.
#include "closing.h"

class SlowDesktopTest : public QObject {
    Q_OBJECT
private slots:
    void closedAtRandomMoments_data();
    void closedAtRandomMoments();
};

static const OwnFolders folders;
static const bool patient = qputenv("QTEST_FUNCTION_TIMEOUT", "1500000"); // as ctest; all rows are one function

void SlowDesktopTest::closedAtRandomMoments_data() {
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 10; ++seed) QTest::addRow("%u", seed) << seed;
}

void SlowDesktopTest::closedAtRandomMoments() {
    QFETCH(unsigned, seed);
    closing::rounds(folders, 20, seed);
}

QTEST_MAIN(SlowDesktopTest)
#include "tst_slow_desktop.moc"
