// The flows of the window, on the real one, by object name: sample, review, findings, evidence, export; a
// rule that leaves a folder out; a question; the budget; consent; stopping; closing at any moment. What a
// person would be asked is answered through the desk's seams.
#include "app/run.h"
#include "tests/support/folder.h"
#include "ui/panels/export_dialog.h"
#include "ui/panels/findings_panel.h"
#include "ui/viewers/pdf_viewer.h"
#include "ui/widgets/citation_card.h"
#include "ui/widgets/finding_detail.h"
#include "ui/widgets/sentence_list.h"
#include "ui/widgets/treemap.h"
#include "window_fixture.h"

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QRandomGenerator>
#include <QTreeWidget>

namespace {

QString scriptFile(const OwnFolders& folders, const QString& name, const QString& host,
                   const QString& usage) {
    QFile file(folders.path(name));
    if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write %s", qPrintable(name));
    file.write(
        QString(
            R"({"schema": "lectern.script/1", "name": "script", "model": "scripted", "level": 1, "window": 1048576,
                          "host": "%1", "price_row": "deepseek-flash", "note": "",
                          "turns": [{"when": {"choices": true}, "times": 0, "reply": {"choice": 0, "usage": %2}},
                                    {"when": {}, "times": 0, "reply": {"text": "One line about it.", "delay_ms": 1, "usage": %2}}]})")
            .arg(host, usage)
            .toUtf8());
    return "script:" + file.fileName();
}

// The language of a scope; the old one comes back.
class Spoken {
public:
    explicit Spoken(const QString& language) { ui::installLanguage(*qApp, language); }
    ~Spoken() {
        for (QTranslator* const translator : qApp->findChildren<QTranslator*>())
            QCoreApplication::removeTranslator(translator);
        QLocale::setDefault(m_before);
    }

private:
    QLocale m_before;
};

// Clicks the row of the first finding whose evidence lies in a PDF, or in a source.
const app::Finding* chooseFinding(RealWindow& real, bool pdf) {
    auto* const list = real.get<QListView>("findings.list");
    auto* const panel = real.get<ui::FindingsPanel>("panel.findings");
    for (int row = 0; row < list->model()->rowCount(); ++row) {
        const int source = panel->filter().sourceRow(row);
        if (source < 0 || panel->model().finding(source).evidence.empty() ||
            (panel->model().finding(source).evidence.front().page > 0) != pdf)
            continue;
        list->scrollTo(list->model()->index(row, 0));
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {},
                          list->visualRect(list->model()->index(row, 0)).center());
        return &panel->model().finding(source);
    }
    return nullptr;
}

// The first citation of the finding in full, once it is the one that is shown.
ui::CitationCard* citationOf(RealWindow& real, const std::string& finding) {
    for (auto* const detail : real.window.findChildren<ui::FindingDetail*>())
        if (detail->isVisible() && detail->accessibleName().endsWith(QString::fromStdString(finding)))
            return detail->findChild<ui::CitationCard*>("finding.evidence.1");
    return nullptr;
}

} // namespace

class FlowsTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { RealWindow::stallsFail = true; }
    void firstMinute_data();
    void firstMinute();
    void leaveOutAndTakeBack();
    void askWithoutModel();
    void keyboardOnly();
    void sessionOpensAgain();
    void consentIsAskedBeforeAnythingIsSent();
    void budgetPausesAndResumes();
    void stopIsHeardAtOnce();
    void closedAtAnyMoment();
};

static const OwnFolders folders;

// The same flow as it is met: in the dark, in German, at 200 %.
void FlowsTest::firstMinute_data() {
    QTest::addColumn<QString>("theme");
    QTest::addColumn<int>("scale");
    QTest::addColumn<QString>("language");
    QTest::newRow("light") << "light" << 100 << "en";
    QTest::newRow("dark") << "dark" << 100 << "en";
    QTest::newRow("german") << "light" << 100 << "de";
    QTest::newRow("large") << "light" << 200 << "en";
}

void FlowsTest::firstMinute() {
    QFETCH(QString, theme);
    QFETCH(int, scale);
    QFETCH(QString, language);
    const Spoken spoken(language);
    app::Settings settings;
    settings.theme = theme.toStdString();
    settings.scalePercent = scale;
    RealWindow real(settings);
    QCOMPARE(real.get<QLabel>("busy.what")->text(), language == "de" ? QString("Bereit") : QString("Ready"));
    QCOMPARE(real.window.palette().color(QPalette::Window).lightness() < 128, theme == "dark");
    QTest::mouseClick(real.get<QPushButton>("start.sample"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(real.desk.intake() && !real.desk.busy(), 60'000);
    QVERIFY(!real.get("start")->isVisible());
    QVERIFY(real.get<ui::Treemap>("intake.treemap")->tokensOf("src") > 0);
    QVERIFY(real.desk.store());

    real.trigger("action.run.start");
    QTRY_VERIFY_WITH_TIMEOUT(real.desk.report() && !real.desk.busy(), 60'000);
    const ui::ReportPtr report = real.desk.report();
    QVERIFY(report->findings.size() > 3);
    QCOMPARE(report->engine.level, 0);
    // What was found is in the session, as the command line would find it.
    QCOMPARE(real.desk.store()->findings(report->run.id).size(),
             report->findings.size() + report->rejected.size());
    QVERIFY(real.get<QTreeWidget>("run.log")->topLevelItemCount() > 2);

    // A citation opens its place: in a source the lines, in a PDF the page, the passage lit and in sight.
    QVERIFY(real.window.dock("dock.findings")->isVisible());
    for (const bool pdf : {false, true}) {
        const app::Finding* const finding = chooseFinding(real, pdf);
        QVERIFY2(finding,
                 pdf ? "no finding of the sample cites a PDF" : "no finding of the sample cites a source");
        const app::Evidence& evidence = finding->evidence.front();
        QTRY_VERIFY(citationOf(real, finding->id));
        QTest::mouseClick(citationOf(real, finding->id), Qt::LeftButton);
        QTRY_VERIFY(real.get(pdf ? "evidence.pdf" : "evidence.source")->isVisible());
        const auto corpus = real.desk.corpus();
        std::vector<QRect> lit;
        QWidget* viewport = nullptr;
        if (pdf) {
            auto* const pages = real.get<ui::PdfPages>("evidence.pages");
            QTRY_COMPARE(pages->currentPage(), evidence.page);
            QTRY_VERIFY_WITH_TIMEOUT(real.get<ui::PdfViewer>("evidence.pdf")
                                         ->tiles()
                                         .isSharp(evidence.page, pages->pageRect(evidence.page).width()),
                                     30'000);
            lit = pages->litRects(), viewport = pages->viewport();
        } else {
            auto* const source = real.get<ui::SourceViewer>("evidence.source");
            QCOMPARE(source->document()->path(), evidence.file);
            lit = source->litRects(), viewport = source->viewport();
        }
        QVERIFY(!lit.empty());
        QVERIFY2(viewport->rect().intersects(lit.front()), qPrintable(QString::fromStdString(evidence.at)));
        // Lit for the eye, not only in numbers: the passage is not painted as its surroundings are.
        const QImage image = viewport->grab().toImage();
        const QPoint inside = lit.front().intersected(viewport->rect()).topLeft() + QPoint(1, 1),
                     outside(inside.x(), std::max(0, lit.front().top() - 3));
        QVERIFY(image.pixel(inside) != image.pixel(outside));
        real.watch->skip();
    }

    QString file;
    real.desk.askPath = [&](const QString& what) {
        return what.startsWith("export:") ? QStringList{file = folders.path(what.section(':', 1))}
                                          : QStringList();
    };
    real.trigger("action.report.export");
    auto* const dialog = real.dialog<ui::ExportDialog>("dialog.export");
    QVERIFY(dialog);
    QSignalSpy written(dialog, &ui::ExportDialog::written);
    QTest::mouseClick(dialog->findChild<QPushButton*>("export.save"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(written.size(), 1, 30'000);
    QFile html(file);
    QVERIFY(html.open(QIODevice::ReadOnly));
    const QByteArray bytes = html.readAll();
    QVERIFY(bytes.contains("<html") && !bytes.contains("<script"));
    QVERIFY(bytes.contains(report->findings.front().rule.c_str()));
    dialog->close();
}

void FlowsTest::leaveOutAndTakeBack() {
    RealWindow real;
    QVERIFY(real.openSample());
    const auto before = real.desk.corpus()->documents().size();
    auto* const map = real.get<ui::Treemap>("intake.treemap");
    map->setCurrentPath("docs");
    QVERIFY(!map->currentPath().isEmpty());
    QTest::keyClick(map, Qt::Key_Space);
    QTRY_VERIFY_WITH_TIMEOUT(!real.desk.busy() && real.desk.corpus()->documents().size() < before, 60'000);
    QVERIFY(!real.desk.corpus()->find("docs/design.md"));
    auto* const rules = real.get<QTreeWidget>("intake.rules");
    QCOMPARE(rules->topLevelItemCount(), 1);
    QCOMPARE(rules->topLevelItem(0)->text(0), QString("docs/**"));
    // The list of what is out names the rule.
    auto* const excluded = real.get<QTreeWidget>("intake.excluded");
    QVERIFY(!excluded->findItems("docs/design.md", Qt::MatchExactly | Qt::MatchRecursive).isEmpty());
    emit rules->itemActivated(rules->topLevelItem(0), 0);
    QTRY_VERIFY_WITH_TIMEOUT(!real.desk.busy() && real.desk.corpus()->documents().size() == before, 60'000);
}

void FlowsTest::askWithoutModel() {
    RealWindow real;
    QVERIFY(real.openSample());
    real.window.showPanel("dock.ask");
    auto* const question = real.get<QLineEdit>("ask.question");
    QTest::keyClicks(question, "how often does \"spool\" occur?");
    QTest::keyClick(question, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(real.desk.report() && real.desk.report()->run.goal == "ask" && !real.desk.busy(),
                             60'000);
    auto* const answer = real.get<ui::SentenceList>("ask.answer");
    QVERIFY(answer->count() > 1);
    QVERIFY(answer->plainText().contains("occurs"));
    QSignalSpy shown(&real.desk, &ui::Desk::evidenceShown);
    answer->activate(0, 0);
    QCOMPARE(shown.size(), 1);
}

// Not one click: the sample, the run, from finding to finding, the evidence and back, a dismissal taken back,
// the export.
void FlowsTest::keyboardOnly() {
    RealWindow real;
    QVERIFY(QTest::qWaitForWindowActive(&real.window));
    const auto press = [&](int key, Qt::KeyboardModifiers modifiers = {}) {
        QWidget* const focus = QApplication::focusWidget();
        QTest::keyClick(focus ? focus : &real.window, Qt::Key(key), modifiers);
    };
    for (int i = 0; i < 40 && QApplication::focusWidget() != real.get("start.sample"); ++i)
        press(Qt::Key_Tab);
    QCOMPARE(QApplication::focusWidget(), real.get("start.sample"));
    press(Qt::Key_Space);
    QTRY_VERIFY_WITH_TIMEOUT(real.desk.intake() && !real.desk.busy(), 60'000);
    press(Qt::Key_2, Qt::ControlModifier);
    QVERIFY(real.window.dock("dock.plan")->isAncestorOf(QApplication::focusWidget()));
    press(Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY_WITH_TIMEOUT(real.desk.report() && !real.desk.busy(), 60'000);

    press(Qt::Key_3, Qt::ControlModifier);
    auto* const list = real.get<QListView>("findings.list");
    for (int i = 0; i < 40 && QApplication::focusWidget() != list; ++i) press(Qt::Key_Tab);
    QCOMPARE(QApplication::focusWidget(), list);
    QSignalSpy shown(&real.desk, &ui::Desk::findingShown);
    press(Qt::Key_J);
    const int first = list->currentIndex().row();
    press(Qt::Key_J);
    QVERIFY(list->currentIndex().row() > first);
    press(Qt::Key_Return);
    QVERIFY(!shown.isEmpty());
    const auto place = [&] { return real.get<QLabel>("evidence.place")->text(); };
    const QString here = place();
    QVERIFY(!here.isEmpty());
    press(Qt::Key_K);
    press(Qt::Key_Space);
    QVERIFY(place() != here);
    press(Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(place(), here);
    press(Qt::Key_Right, Qt::AltModifier);
    QVERIFY(place() != here);
    const int rows = list->model()->rowCount();
    press(Qt::Key_F);
    QTRY_VERIFY(list->model()->rowCount() < rows);
    press(Qt::Key_U);
    QTRY_COMPARE(list->model()->rowCount(), rows);

    const QWidget* const before = QApplication::focusWidget();
    press(Qt::Key_F6);
    QVERIFY(QApplication::focusWidget() != before);
    press(Qt::Key_E, Qt::ControlModifier);
    QTRY_VERIFY(real.dialog<ui::ExportDialog>("dialog.export"));
    QTest::keyClick(real.dialog<ui::ExportDialog>("dialog.export"), Qt::Key_Escape);
    QTRY_VERIFY(!real.dialog<ui::ExportDialog>("dialog.export"));
}

void FlowsTest::sessionOpensAgain() {
    QString file;
    std::size_t findings = 0;
    {
        RealWindow real;
        QVERIFY(real.openSample());
        real.trigger("action.run.review");
        QTRY_VERIFY_WITH_TIMEOUT(
            real.desk.report() && real.desk.report()->run.goal == "review" && !real.desk.busy(), 60'000);
        file = QString::fromStdString(real.desk.store()->file().string());
        findings = real.desk.report()->findings.size();
    }
    RealWindow again;
    again.desk.openSession(file);
    QTRY_VERIFY_WITH_TIMEOUT(again.desk.report() && !again.desk.busy(), 60'000);
    QCOMPARE(again.desk.report()->findings.size(), findings);
    QVERIFY(again.get<QTreeWidget>("sessions.runs")->topLevelItemCount() >= 1);
    QVERIFY(!again.desk.unfinishedRun());
}

void FlowsTest::consentIsAskedBeforeAnythingIsSent() {
    app::Settings settings;
    settings.engine = scriptFile(folders, "host.json", "api.example.org",
                                 R"({"input_uncached": 1000, "input_cached": 0, "output": 10})")
                          .toStdString();
    settings.secrets = "mask";
    RealWindow real(settings);
    QVERIFY(real.openSample());
    const ui::ReportPtr before = real.desk.report();
    int asked = 0;
    real.desk.askConsent = [&](const app::ConsentQuestion& question,
                               const std::function<void(bool)>& answer) {
        ++asked;
        QCOMPARE(question.host, std::string("api.example.org"));
        QVERIFY(question.bytes > 1000);
        QVERIFY(question.estimate.high.has_value());
        answer(false);
    };
    QSignalSpy ended(&real.desk, &ui::Desk::runEnded);
    real.trigger("action.run.summary");
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 60'000);
    QCOMPARE(asked, 1);
    QCOMPARE(ended[0][0].toString(), QString("failed"));
    QVERIFY(ended[0][1].toString().contains("api.example.org"));
    QCOMPARE(real.desk.report(), before);
    QVERIFY(real.get<QLabel>("notice.text")->text().contains("Nothing was sent"));
}

void FlowsTest::budgetPausesAndResumes() {
    const testing::Folder folder; // of its own: the sample's session has runs of the other flows
    folder.write("README.md", "# Buoy\n\nThe buoy measures waves. It sends a reading every hour. The battery "
                              "lasts a year.\n\n## Use\n\nCall start() once.\n");
    folder.write("src/a.cpp",
                 "// Starts the buoy and waits for the first reading.\nint start() { return 1; }\n");
    app::Settings settings;
    settings.engine = scriptFile(folders, "budget.json", "api.example.org",
                                 R"({"input_uncached": 400000, "input_cached": 0, "output": 4000})")
                          .toStdString();
    settings.budget = "0.10";
    RealWindow real(settings);
    real.desk.askConsent = [](const app::ConsentQuestion&, const std::function<void(bool)>& answer) {
        answer(true);
    };
    real.desk.openPaths({QString::fromStdString(folder.path())});
    QTRY_VERIFY_WITH_TIMEOUT(real.desk.intake() && !real.desk.busy(), 60'000);
    QSignalSpy ended(&real.desk, &ui::Desk::runEnded);
    real.trigger("action.run.summary");
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 60'000);
    QCOMPARE(ended[0][0].toString(), QString("budget"));
    QVERIFY(real.get<QPushButton>("run.resume")->isVisibleTo(real.get("run")));
    QVERIFY(real.get<QTreeWidget>("cost.calls")->topLevelItemCount() >= 1);
    const auto unfinished = real.desk.unfinishedRun();
    QVERIFY(unfinished);

    app::Settings richer = real.desk.settings();
    richer.budget = "50";
    real.desk.setSettings(richer);
    QVERIFY(real.finished());
    real.trigger("action.run.resume");
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 2, 60'000);
    QCOMPARE(ended[1][0].toString(), QString("complete"));
    QCOMPARE(QString::fromStdString(real.desk.report()->run.resumedFrom),
             QString::fromStdString(unfinished->id));
}

void FlowsTest::stopIsHeardAtOnce() {
    const testing::Folder folder;
    for (int i = 0; i < 400; ++i) {
        std::string text;
        for (int line = 0; line < 800; ++line)
            text += "int value" + std::to_string(line) + " = compute(" + std::to_string(i * line) + ");\n";
        folder.write("f" + std::to_string(i) + ".c", text);
    }
    RealWindow real;
    real.desk.openPaths({QString::fromStdString(folder.path())});
    QTRY_VERIFY(real.desk.busy());
    auto* const stop = real.get<QPushButton>("busy.stop");
    QTRY_VERIFY(stop->isVisible());
    QElapsedTimer clock;
    clock.start();
    stop->click();
    QVERIFY(real.get<QLabel>("busy.what")->text().contains("Stopping"));
    QVERIFY2(clock.elapsed() < 100, qPrintable(QString("%1 ms").arg(clock.elapsed())));
    QVERIFY(real.finished(10'000));
    QTRY_VERIFY(real.get<QLabel>("busy.what")->text().contains("Ready"));
}

void FlowsTest::closedAtAnyMoment() {
    QRandomGenerator random(7);
    for (int i = 0; i < 12; ++i) {
        RealWindow real;
        real.desk.openSample();
        if (i % 3 == 0) {
            QTest::qWait(int(random.bounded(60)));
        } else {
            QVERIFY(QTest::qWaitFor([&] { return real.desk.intake() && !real.desk.busy(); }, 60'000));
            real.trigger(i % 3 == 1 ? "action.run.review" : "action.run.summary");
            QTest::qWait(int(random.bounded(60)));
        }
        real.window.close(); // and the desk goes at the end of the scope, with whatever is going on
    }
    // What was closed in the middle opens again.
    RealWindow after;
    QVERIFY(after.openSample());
}

QTEST_MAIN(FlowsTest)
#include "tst_flows.moc"
