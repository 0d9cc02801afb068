// The corpus tree: 50,000 files at once, folders sum up, filters keep folders of what matches, a file opens
// as evidence, Space leaves one out and takes it in again. The keyboard map: keys of another action are
// refused by name.
#include "ui/models/corpus_model.h"
#include "ui/panels/shortcut_editor.h"
#include "ui/shortcuts.h"
#include "window_fixture.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QComboBox>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTreeView>
#include <QTreeWidget>

class CorpusPanelTest : public QObject {
    Q_OBJECT
private slots:
    void foldersSumUp();
    void manyFilesAtOnce();
    void opensAndLeavesOut();
    void keysAreKept();
};

static const OwnFolders folders;

static std::shared_ptr<app::Intake> intakeOf(int files) {
    auto intake = std::make_shared<app::Intake>();
    for (int i = 0; i < files; ++i) {
        app::ManifestRow row;
        row.path = "part" + std::to_string(i % 50) + "/of/deep" + std::to_string(i % 500) + "/file" +
                   std::to_string(i) + ".c";
        row.state = i % 10 == 0 ? "excluded" : "in_context";
        row.tokens = i % 10 == 0 ? 0 : 7;
        intake->manifest.push_back(std::move(row));
    }
    intake->warnings.push_back({"secret", "looks like a secret", "part1/of/deep1/file1.c:3"});
    return intake;
}

void CorpusPanelTest::foldersSumUp() {
    ui::CorpusModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setIntake(intakeOf(1000));
    QCOMPARE(model.fileCount(), 1000);
    QCOMPARE(model.rowCount(), 50);
    const QModelIndex folder = model.indexOf("part1");
    QVERIFY(folder.isValid());
    QCOMPARE(folder.data(ui::CorpusModel::PathRole).toString(), QString("part1"));
    QCOMPARE(folder.siblingAtColumn(ui::CorpusModel::Tokens).data().toString(),
             QString("140")); // 20 files of 7
    QCOMPARE(model.indexOf("part1/of/deep1").data(ui::CorpusModel::PathRole).toString(),
             QString("part1/of/deep1"));
    const QModelIndex file = model.indexOf("part1/of/deep1/file1.c");
    QVERIFY(file.data(ui::CorpusModel::ReadRole).toBool());
    QVERIFY(file.siblingAtColumn(ui::CorpusModel::Marks).data().toString().contains('!'));

    app::Report report;
    app::Finding finding;
    finding.severity = app::Severity::High;
    finding.evidence.push_back({.at = "part2/of/deep2/file2.c:1", .file = "part2/of/deep2/file2.c"});
    report.findings.push_back(finding);
    model.setReport(&report);
    QVERIFY(model.indexOf("part2", ui::CorpusModel::Marks).data().toString().contains('1'));
    ui::CorpusFilter filter;
    filter.marked = true;
    model.setFilter(filter);
    QCOMPARE(model.fileCount(), 2); // the finding and the warning
    filter = {};
    filter.state = "excluded";
    filter.words = "DEEP10/";
    model.setFilter(filter);
    QCOMPARE(model.fileCount(), 2); // file10 and file510
    filter.words = "nothing is called so";
    model.setFilter(filter);
    QCOMPARE(model.rowCount(), 0);
}

void CorpusPanelTest::manyFilesAtOnce() {
    ui::CorpusModel model;
    QElapsedTimer clock;
    clock.start();
    model.setIntake(intakeOf(50'000));
    const qint64 shown = clock.restart();
    ui::CorpusFilter filter;
    filter.words = "file4999";
    model.setFilter(filter);
    const qint64 filtered = clock.elapsed();
    QCOMPARE(model.fileCount(), 11);
    qInfo("50,000 files: shown after %lld ms, filtered in %lld ms", shown, filtered);
    QVERIFY(shown < 1000 && filtered < 500); // twice a slow machine's; the budgets are the bench's
}

void CorpusPanelTest::opensAndLeavesOut() {
    RealWindow real;
    QVERIFY(real.openSample());
    real.window.applyLayout("review");
    real.trigger("action.subject.corpus");
    auto* const words = real.get<QLineEdit>("corpus.filter");
    auto* const tree = real.get<QTreeView>("corpus.tree");
    QTRY_COMPARE(QApplication::focusWidget(), words);
    const auto* const model = qobject_cast<const ui::CorpusModel*>(tree->model());
    const int all = model->fileCount();
    QVERIFY(all > 5);
    QString path;
    for (const app::ManifestRow& row : real.desk.intake()->manifest)
        if (row.state == "in_context" && row.kind == "code") path = QString::fromStdString(row.path);
    QVERIFY(!path.isEmpty());
    QTest::keyClicks(words, path.section('/', -1));
    QTRY_VERIFY(model->fileCount() < all);
    QSignalSpy shown(&real.desk, &ui::Desk::spanShown);
    QTest::keyClick(words, Qt::Key_Return); // one is left: it opens
    tree->setCurrentIndex(model->indexOf(path));
    QTest::keyClick(tree, Qt::Key_Return);
    QTRY_VERIFY(!shown.isEmpty());
    QTest::keyClick(tree, Qt::Key_Space);
    QVERIFY(real.finished());
    QTRY_COMPARE(tree->model()->data(model->indexOf(path), ui::CorpusModel::ReadRole).toBool(), false);
    tree->setCurrentIndex(model->indexOf(path));
    QTest::keyClick(tree, Qt::Key_Space);
    QVERIFY(real.finished());
    QTRY_COMPARE(tree->model()->data(model->indexOf(path), ui::CorpusModel::ReadRole).toBool(), true);
}

void CorpusPanelTest::keysAreKept() {
    ui::ShortcutEditor editor;
    QVERIFY(editor.assign("action.run.summary", QKeySequence("Ctrl+K"))
                .contains("Ctrl+K"));                                           // all actions have it
    QVERIFY(!editor.assign("action.run.summary", QKeySequence("S")).isEmpty()); // lost to writing
    QCOMPARE(editor.assign("action.run.summary", QKeySequence("Ctrl+Alt+S")), QString());
    QCOMPARE(editor.assign("action.view.dark", {}), QString());
    editor.store();
    RealWindow real;
    QCOMPARE(real.window.action("action.run.summary")->shortcut(), QKeySequence("Ctrl+Alt+S"));
    QVERIFY(real.window.action("action.view.dark")->shortcuts().isEmpty());
    ui::ShortcutEditor again;
    again.reset("action.run.summary");
    again.reset("action.view.dark");
    again.store();
    QVERIFY(ui::ownKeys().isEmpty());
}

QTEST_MAIN(CorpusPanelTest)
#include "tst_corpus_panel.moc"
