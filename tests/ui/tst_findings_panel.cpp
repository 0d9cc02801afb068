// Findings and evidence together: single keys triage and are kept in the session as the command line keeps them, undo
// takes everything back, a citation opens lit, one that is not located opens as words, all of it by keyboard.
#include "app/report/report_json.h"
#include "app/report/triage.h"
#include "tests/support/folder.h"
#include "tests/ui/evidence_fixture.h"
#include "ui/panels/evidence_panel.h"
#include "ui/panels/findings_panel.h"
#include "ui/viewers/source_viewer.h"
#include "ui/widgets/citation_card.h"
#include "ui/widgets/markdown_view.h"

#include <QComboBox>
#include <QDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QRadioButton>
#include <QTabBar>
#include <QtTest>

using namespace testing;

namespace {

// A desk with a corpus, a session and a report of twelve findings in it.
struct Table {
    Folder folder;
    ui::Desk desk{app::Settings()};
    QWidget window;
    std::shared_ptr<const ingest::Corpus> corpus;
    ui::FindingsPanel* findings = nullptr;
    ui::EvidencePanel* evidence = nullptr;
    QListView* list = nullptr;
    std::string run;

    Table() {
        std::string code;
        for (int i = 1; i <= 60; ++i)
            code += "int call" + std::to_string(i) + "(int length) { return read(length); } // line\n";
        corpus = corpusOf({textDocument("src/net/a.cpp", code), textDocument("src/b.cpp", "void b();\n" + code), textDocument("main.cpp", "int main() {}\n")});
        desk.workspace().setCorpus({}, corpus);
        auto store = std::make_unique<app::SessionStore>(folder.at("s.lectern"));
        auto report = std::make_shared<app::Report>();
        run = store->beginRun({.goal = "review"});
        report->run.id = run;
        report->run.goal = "review";
        for (int i = 1; i <= 12; ++i) {
            const std::string file = i <= 6 ? "src/net/a.cpp" : "src/b.cpp", n = std::to_string(i * 4);
            report->findings.push_back(findingOf(i, app::Severity(4 - (i - 1) / 3), "Length is not checked in call " + n,
                                                 {evidenceOf(*corpus, file, "call" + n + "(int length)", app::EvidenceRole::Site),
                                                  evidenceOf(*corpus, file, "call" + std::to_string(i * 4 + 2), app::EvidenceRole::Cause),
                                                  evidenceOf(*corpus, "main.cpp", "main", app::EvidenceRole::Guard)}));
        }
        report->findings[0].verdicts.push_back({"reachability", "held up", "It is **reached** from [main](main.cpp:1), with `length` unchecked.", "", {}});
        app::Evidence& lost = report->findings[4].evidence[0];
        lost.state = app::ProofState::NotFound;
        lost.quote = "words nobody wrote";
        for (const app::Finding& finding : report->findings)
            store->storeFinding({run, finding.id, finding.fingerprint, finding.rule, finding.state, "", app::toString(finding.severity), finding.evidence[0].file,
                                 app::dumpJson(app::toJson(finding))});
        desk.workspace().setStore(std::move(store));
        auto* layout = new QHBoxLayout(&window);
        findings = new ui::FindingsPanel(desk, &window);
        evidence = new ui::EvidencePanel(desk, &window);
        layout->addWidget(findings, 1);
        layout->addWidget(evidence, 1);
        window.resize(1200, 760);
        window.show();
        desk.setReport(report);
        list = findings->findChild<QListView*>("findings.list");
        window.activateWindow();
        (void)QTest::qWaitForWindowActive(&window); // else no shortcut acts
        list->setFocus();
    }
    std::string stored(const std::string& id) {
        for (const app::StoredFinding& finding : desk.store()->findings(run))
            if (finding.id == id)
                return finding.state;
        return {};
    }
    void key(int key, Qt::KeyboardModifiers modifiers = {}) { QTest::keyClick(list, Qt::Key(key), modifiers); }
};

} // namespace

class FindingsPanelTest : public QObject {
    Q_OBJECT
private slots:
    void singleKeysTriageAndUndo();
    void dismissalAsksScopeAndReason();
    void manyAtOnce();
    void filtersByKeyboard();
    void citationOpensLit();
    void stepsAndHistory();
    void unlocatedQuoteIsWordsOnly();
    void everythingHasAName();
    void pictures();
};

void FindingsPanelTest::singleKeysTriageAndUndo() {
    Table table;
    QCOMPARE(table.findings->filter().rowCount(), 12);
    table.key(Qt::Key_J);
    QCOMPARE(table.list->currentIndex().data(ui::FindingsModel::IdRole).toString(), QString("F2"));
    table.key(Qt::Key_F);
    QCOMPARE(table.stored("F2"), std::string("fixed"));
    QCOMPARE(table.findings->filter().rowCount(), 11);
    QCOMPARE(table.list->currentIndex().data(ui::FindingsModel::IdRole).toString(), QString("F3")); // on to the next one
    table.key(Qt::Key_A);
    QVERIFY(table.list->currentIndex().data(ui::FindingsModel::AcceptedRole).toBool());
    QTRY_COMPARE(table.desk.report()->findings[1].state, std::string("fixed")); // what an export will say
    QCOMPARE(table.findings->filter().rowCount(), 11);
    table.findings->showTab("fixed");
    QCOMPARE(table.findings->filter().rowCount(), 1);
    table.findings->showTab("open");
    table.list->setFocus();
    table.key(Qt::Key_U);
    table.key(Qt::Key_U);
    QCOMPARE(table.stored("F2"), std::string("open"));
    QTRY_COMPARE(table.desk.report()->findings[1].state, std::string("open"));
    QCOMPARE(table.findings->filter().rowCount(), 12);
    table.key(Qt::Key_U); // nothing left: nothing happens
    QCOMPARE(table.findings->filter().rowCount(), 12);
}

void FindingsPanelTest::dismissalAsksScopeAndReason() {
    Table table;
    table.key(Qt::Key_D);
    auto* dialog = table.findings->findChild<QDialog*>("dialog.dismiss");
    QVERIFY(dialog);
    QVERIFY(!dialog->findChild<QPushButton*>("dismiss.ok")->isEnabled()); // no reason yet
    dialog->findChild<QRadioButton*>("dismiss.rule-here")->setChecked(true);
    QTest::keyClicks(dialog->findChild<QLineEdit*>("dismiss.reason"), "checked by the caller");
    QTest::keyClick(dialog->findChild<QLineEdit*>("dismiss.reason"), Qt::Key_Return);
    QCOMPARE(table.stored("F1"), std::string("dismissed"));
    const auto rules = table.desk.store()->dismissals();
    QCOMPARE(rules.size(), std::size_t(1));
    QCOMPARE(rules[0].scope, std::string("rule-here"));
    QCOMPARE(rules[0].glob, std::string("src/net/**"));
    QCOMPARE(rules[0].reason, std::string("checked by the caller"));
    QCOMPARE(table.stored("F8"), std::string("open")); // the same rule, in another folder
    table.findings->triage("dismissed", "noise", "everywhere"); // F2: also F9, which has its rule
    QCOMPARE(table.stored("F9"), std::string("dismissed"));
    table.findings->undo();
    QCOMPARE(table.stored("F9"), std::string("open"));
    table.findings->undo();
    QVERIFY(table.desk.store()->dismissals().empty());
    QCOMPARE(table.stored("F1"), std::string("open"));
}

void FindingsPanelTest::manyAtOnce() {
    Table table;
    table.key(Qt::Key_Down, Qt::ShiftModifier);
    table.key(Qt::Key_Down, Qt::ShiftModifier);
    int asked = 0;
    table.findings->askDismissal = [&](int count, const std::function<void(QString, QString)>& answer) {
        asked = count;
        answer("this", "generated code");
    };
    table.key(Qt::Key_D);
    QCOMPARE(asked, 3);
    QCOMPARE(table.findings->filter().count("dismissed"), 3);
    QCOMPARE(table.desk.store()->dismissals().size(), std::size_t(3));
    table.list->setFocus();
    table.key(Qt::Key_U);
    QCOMPARE(table.findings->filter().count("open"), 12);
    QVERIFY(table.desk.store()->dismissals().empty());
}

void FindingsPanelTest::filtersByKeyboard() {
    Table table;
    auto* text = table.findings->findChild<QLineEdit*>("findings.filter");
    text->setFocus();
    QTest::keyClicks(text, "b.cpp");
    QTRY_COMPARE(table.findings->filter().rowCount(), 6);
    QTest::keyClick(text, Qt::Key_Return);
    QVERIFY(table.list->hasFocus());
    auto* tabs = table.findings->findChild<QTabBar*>("findings.tabs");
    QVERIFY(tabs->tabText(0).contains("6"));
    text->clear();
    auto* folder = table.findings->findChild<QComboBox*>("findings.folder");
    folder->setFocus();
    QTest::keyClick(folder, Qt::Key_End);
    QTRY_COMPARE(table.findings->filter().rowCount(), 6);
}

void FindingsPanelTest::citationOpensLit() {
    Table table;
    table.key(Qt::Key_Space);
    auto& source = table.evidence->source();
    QVERIFY(source.isVisible());
    QCOMPARE(source.document()->path(), std::string("src/net/a.cpp"));
    QVERIFY(!source.litRects().empty());
    QCOMPARE(source.document()->lineAt(source.cursorByte()), 4);
    // A card in the finding's detail does the same.
    QTRY_VERIFY(table.findings->findChild<ui::CitationCard*>("finding.evidence.3"));
    table.findings->findChild<ui::CitationCard*>("finding.evidence.3")->click();
    QCOMPARE(source.document()->path(), std::string("main.cpp"));
    table.desk.showPlace("src/b.cpp:1");
    auto* verdicts = table.findings->findChild<ui::MarkdownView*>("finding.verdicts"); // a model's prose: a place in it opens here too
    QVERIFY(verdicts);
    QCOMPARE(verdicts->plainText().section('\n', 1, 1), QString("It is reached from main, with length unchecked."));
    verdicts->setFocus();
    QTest::keyClick(verdicts, Qt::Key_Tab);
    QTest::keyClick(verdicts, Qt::Key_Return);
    QCOMPARE(source.document()->path(), std::string("main.cpp"));
}

void FindingsPanelTest::stepsAndHistory() {
    Table table;
    table.key(Qt::Key_Space);
    auto& source = table.evidence->source();
    QTest::keyClick(&table.window, Qt::Key_F10);
    QCOMPARE(source.document()->lineAt(source.cursorByte()), 6);
    QTest::keyClick(&table.window, Qt::Key_F10);
    QCOMPARE(source.document()->path(), std::string("main.cpp"));
    QCOMPARE(table.evidence->findChild<QLabel*>("evidence.counter")->text(), QString("3 of 3"));
    QTest::keyClick(&table.window, Qt::Key_F10, Qt::ShiftModifier);
    QCOMPARE(source.document()->lineAt(source.cursorByte()), 6);
    QTest::keyClick(&table.window, Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(source.document()->path(), std::string("main.cpp"));
    QTest::keyClick(&table.window, Qt::Key_Left, Qt::AltModifier);
    QTest::keyClick(&table.window, Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(source.document()->lineAt(source.cursorByte()), 4);
    QTest::keyClick(&table.window, Qt::Key_Right, Qt::AltModifier);
    QCOMPARE(source.document()->lineAt(source.cursorByte()), 6);
    table.desk.showPlace("src/b.cpp:3"); // a citation anywhere opens here
    QCOMPARE(source.document()->path(), std::string("src/b.cpp"));
}

void FindingsPanelTest::unlocatedQuoteIsWordsOnly() {
    Table table;
    table.desk.showFinding(table.desk.report()->findings[4]);
    QVERIFY(table.evidence->message().contains("was not found"));
    QVERIFY(table.evidence->findChild<QLabel*>("evidence.claimedQuote")->text().contains("words nobody wrote"));
    QVERIFY(!table.evidence->source().isVisible());
    app::Evidence moved = table.desk.report()->findings[0].evidence[0];
    moved.begin += 3; // the words no longer stand where they were cited
    moved.end += 3;
    table.desk.showEvidence(moved);
    QVERIFY(table.evidence->message().contains("changed"));
    moved.file = "gone.cpp";
    table.desk.showEvidence(moved);
    QVERIFY(table.evidence->message().contains("gone.cpp is not among"));
    moved.state = app::ProofState::Ambiguous;
    moved.places = 3;
    table.desk.showEvidence(moved);
    QVERIFY(table.evidence->message().contains("3"));
}

void FindingsPanelTest::everythingHasAName() {
    Table table;
    table.key(Qt::Key_Space);
    QTRY_VERIFY(table.findings->findChild<ui::CitationCard*>("finding.evidence.1"));
    QCOMPARE(unnamed(table.window), QStringList());
}

void FindingsPanelTest::pictures() {
    for (const bool dark : {false, true}) {
        const QPalette before = QApplication::palette();
        if (dark)
            QApplication::setPalette(darkPalette());
        Table table;
        table.key(Qt::Key_J);
        table.key(Qt::Key_Space);
        QTest::qWait(250);
        keepPicture(table.window, dark ? "findings-dark" : "findings-light");
        table.desk.showFinding(table.desk.report()->findings[4]);
        QTest::qWait(20);
        keepPicture(*table.evidence, dark ? "unlocated-dark" : "unlocated-light");
        QApplication::setPalette(before);
    }
}

QTEST_MAIN(FindingsPanelTest)
#include "tst_findings_panel.moc"
