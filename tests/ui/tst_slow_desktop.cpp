// The real program closed at 200 random moments (LECTERN_CLOSES for more): no crash, no orphan. See
// closing.h.
#include "closing.h"

class SlowDesktopTest : public QObject {
    Q_OBJECT
private slots:
    void closedAtRandomMoments();
};

static const OwnFolders folders;

void SlowDesktopTest::closedAtRandomMoments() {
    const int wanted = qEnvironmentVariableIntValue("LECTERN_CLOSES");
    closing::rounds(folders, wanted > 0 ? wanted : 200);
}

QTEST_MAIN(SlowDesktopTest)
#include "tst_slow_desktop.moc"
