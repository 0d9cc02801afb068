// The window itself: that it opens soon, that every control has a name, that the keys do what the table says,
// that it speaks German completely and is readable in the dark, and that it comes back as it was left.
#include "app/plan.h"
#include "ui/command_palette.h"
#include "ui/shortcuts.h"
#include "ui/widgets/step_timeline.h"
#include "ui/widgets/treemap.h"
#include "window_fixture.h"

#include <QAccessible>
#include <QAction>
#include <QComboBox>
#include <QLibraryInfo>
#include <QLineEdit>
#include <QListWidget>
#include <QProcess>
#include <QPushButton>
#include <QStandardPaths>
#include <QXmlStreamReader>

#include <cmath>
#include <set>

namespace {

double luminance(const QColor& colour) {
    const auto part = [](double v) { return v <= 0.03928 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return 0.2126 * part(colour.redF()) + 0.7152 * part(colour.greenF()) + 0.0722 * part(colour.blueF());
}

double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

// Controls that a person could reach and a screen reader could not name.
void unnamed(QAccessibleInterface* at, QStringList& found, int depth = 0) {
    if (!at || !at->isValid() || depth > 40) return;
    static const std::set<QAccessible::Role> controls{
        QAccessible::Button,   QAccessible::PushButton,   QAccessible::CheckBox, QAccessible::RadioButton,
        QAccessible::ComboBox, QAccessible::EditableText, QAccessible::SpinBox,  QAccessible::List,
        QAccessible::Tree,     QAccessible::Table,        QAccessible::PageTab,  QAccessible::MenuItem,
        QAccessible::Slider};
    const QObject* const object = at->object();
    static const std::set<QAccessible::Role> cells{QAccessible::Cell, QAccessible::TreeItem,
                                                   QAccessible::ListItem, QAccessible::Row,
                                                   QAccessible::StaticText};
    if (at->role() == QAccessible::PageTabList && !object->property("count").toInt())
        return; // Qt keeps bars without tabs, and names a bar after its current tab
    const bool inner =
        cells.contains(at->role()) ||
        (object && object->objectName().startsWith("qt_")); // rows, and parts of Qt's own controls
    if (!at->state().invisible && !inner && (controls.contains(at->role()) || at->state().focusable) &&
        at->text(QAccessible::Name).trimmed().isEmpty())
        found << QString("%1 \"%2\" role %3")
                     .arg(object ? object->metaObject()->className() : "part",
                          object ? object->objectName() : QString())
                     .arg(int(at->role()));
    if (object && qobject_cast<const QComboBox*>(object)) return; // its list is shown by name of the box
    for (int i = 0; i < std::min(at->childCount(), 200); ++i) unnamed(at->child(i), found, depth + 1);
}

QStringList withoutObjectName(const QWidget& window) {
    QStringList found;
    for (const QWidget* const widget : window.findChildren<QWidget*>())
        if (widget->focusPolicy() & Qt::TabFocus && widget->objectName().isEmpty() &&
            !widget->inherits("QComboBoxListView")) // Qt's own, named by its box
            found << widget->metaObject()->className();
    return found;
}

} // namespace

static const OwnFolders folders;

class MainWindowTest : public QObject {
    Q_OBJECT
private slots:
    void init() { QFile::remove(QString::fromLocal8Bit(qgetenv("XDG_CONFIG_HOME")) + "/lectern/window.ini"); }
    void opensSoonAndEmpty();
    void everyControlHasAName();
    void everyActionIsInAMenuAndKeysAreUnique();
    void paletteFindsAndDoes();
    void treemapAreasAreExact();
    void treemapByKeyboard();
    void paintedPartsAreSpoken();
    void contrastHolds_data();
    void contrastHolds();
    void germanIsComplete();
    void comesBackAsItWasLeft();
    void allScalesFit_data();
    void allScalesFit();
};

void MainWindowTest::opensSoonAndEmpty() {
    QElapsedTimer clock;
    clock.start();
    RealWindow real;
    QVERIFY2(clock.elapsed() < 3000,
             qPrintable(QString("%1 ms").arg(clock.elapsed()))); // the budget of 500 ms is the bench's
    QVERIFY(real.get("start")->isVisible());
    for (const char* door : {"start.folder", "start.documents", "start.session", "start.sample"})
        QVERIFY(real.get<QPushButton>(door)->isVisible());
    QVERIFY(!real.window.dock("dock.intake")->isVisible());
    QVERIFY(!real.window.action("action.run.start")->isEnabled());
    QVERIFY(!real.window.action("action.report.export")->isEnabled());
}

void MainWindowTest::everyControlHasAName() {
    QAccessible::setActive(true);
    RealWindow real;
    QStringList found;
    unnamed(QAccessible::queryAccessibleInterface(&real.window), found);
    QVERIFY2(found.isEmpty(), qPrintable(found.join("\n")));
    QVERIFY(real.openSample());
    real.trigger("action.run.review");
    QTRY_VERIFY_WITH_TIMEOUT(real.desk.report() && !real.desk.busy(), 60'000);
    for (QDockWidget* const dock : real.window.findChildren<QDockWidget*>()) {
        real.window.showPanel(dock->objectName());
        QCoreApplication::processEvents();
        unnamed(QAccessible::queryAccessibleInterface(&real.window), found);
        QVERIFY2(found.isEmpty(), qPrintable(dock->objectName() + ":\n" + found.join("\n")));
    }
    // The evidence as a source, and as a page with its thumbnails and what the model saw.
    bool source = false, page = false;
    for (const app::Finding& finding : real.desk.report()->findings) {
        if (finding.evidence.empty() || std::exchange(finding.evidence.front().page > 0 ? page : source, true)) continue;
        real.desk.showFinding(finding);
        QTest::qWait(100);
        unnamed(QAccessible::queryAccessibleInterface(&real.window), found);
        QVERIFY2(found.isEmpty(), qPrintable(QString::fromStdString(finding.evidence.front().at) + ":\n" + found.join("\n")));
    }
    QVERIFY(source && page);
    for (const char* action :
         {"action.file.settings", "action.report.export", "action.help.palette", "action.help.keys"}) {
        real.window.action(action)->setEnabled(true);
        real.trigger(action);
        QCoreApplication::processEvents();
        for (QWidget* const top : QApplication::topLevelWidgets())
            if (top != &real.window && top->isVisible()) {
                unnamed(QAccessible::queryAccessibleInterface(top), found);
                QVERIFY2(found.isEmpty(), qPrintable(QString(action) + ":\n" + found.join("\n")));
                top->close();
            }
    }
    const QStringList anonymous = withoutObjectName(real.window);
    QVERIFY2(anonymous.isEmpty(), qPrintable(anonymous.join(", ")));
    // The walk can fail: a control without a name is seen.
    QPushButton bare(&real.window);
    bare.show();
    unnamed(QAccessible::queryAccessibleInterface(&real.window), found);
    QVERIFY(!found.isEmpty());
}

void MainWindowTest::everyActionIsInAMenuAndKeysAreUnique() {
    RealWindow real;
    std::set<QString> taken;
    for (const ui::ActionRow& row : ui::actionTable()) {
        QAction* const action = real.window.action(row.name);
        QVERIFY2(action, row.name);
        QVERIFY(!action->text().isEmpty());
        for (const QKeySequence& keys : action->shortcuts())
            QVERIFY2(taken.insert(keys.toString()).second, qPrintable(keys.toString()));
    }
    for (const char* keys : {"Ctrl+O", "Ctrl+Shift+O", "Ctrl+K", "Ctrl+E", "Ctrl+Q", "Ctrl+.", "F6",
                             "Ctrl+Shift+P", "Alt+1", "F1"})
        QVERIFY2(taken.contains(QKeySequence(keys).toString()), keys);
}

void MainWindowTest::paletteFindsAndDoes() {
    QVERIFY(ui::fitOf("engine", "Engine") > ui::fitOf("egn", "Engine"));
    QCOMPARE(ui::fitOf("zzz", "Engine"), -1);
    RealWindow real;
    QVERIFY(QTest::qWaitForWindowActive(&real.window));
    QTest::keyClick(&real.window, Qt::Key_K, Qt::ControlModifier);
    auto* palette = real.dialog<ui::CommandPalette>("dialog.palette");
    QVERIFY(palette);
    auto* const typed = palette->findChild<QLineEdit*>("palette.typed");
    QTest::keyClicks(typed, "open the sample");
    QCOMPARE(palette->findChild<QListWidget*>("palette.list")->count(), 1);
    QTest::keyClick(typed, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(real.desk.intake() && !real.desk.busy(), 60'000);
}

void MainWindowTest::treemapAreasAreExact() {
    const std::vector<double> weights{600, 300, 50, 25, 20, 5};
    const auto rects = ui::squarify(weights, QRectF(0, 0, 640, 400));
    double sum = 0;
    for (std::size_t i = 0; i < rects.size(); ++i) {
        QVERIFY(std::abs(rects[i].width() * rects[i].height() - weights[i] * 256) < 0.01);
        sum += rects[i].width() * rects[i].height();
        for (std::size_t j = 0; j < i; ++j) {
            const QRectF both = rects[i].intersected(rects[j]);
            QVERIFY(both.width() * both.height() < 0.01);
        }
    }
    QVERIFY(std::abs(sum - 640 * 400) < 0.1);
    QVERIFY(ui::squarify({}, QRectF(0, 0, 1, 1)).empty());
}

void MainWindowTest::treemapByKeyboard() {
    ui::Treemap map;
    map.resize(600, 400);
    map.setItems({{"src/a.cpp", "code", "in_context", {}, {}, 700},
                  {"src/b.cpp", "code", "in_context", {}, {}, 200},
                  {"README.md", "markdown", "in_context", {}, {}, 100}});
    map.show();
    QCOMPARE(map.tokensOf("src"), 900);
    QTest::keyClick(&map, Qt::Key_Right);
    QCOMPARE(map.currentPath(), QString("src"));
    QTest::keyClick(&map, Qt::Key_Return);
    QCOMPARE(map.root(), QString("src"));
    QSignalSpy out(&map, &ui::Treemap::leaveOutWanted);
    map.setCurrentPath("src/b.cpp");
    QTest::keyClick(&map, Qt::Key_Space);
    QCOMPARE(out.size(), 1);
    QCOMPARE(out[0][0].toString(), QString("src/b.cpp"));
    QTest::keyClick(&map, Qt::Key_Backspace);
    QCOMPARE(map.root(), QString());
    QVERIFY(map.accessibleDescription().contains("200"));
}

// Rectangles of the treemap and bars of the timeline are children with name, value and place, focused and
// pressed from outside; they go when the view goes.
void MainWindowTest::paintedPartsAreSpoken() {
    QAccessible::setActive(true);
    auto map = std::make_unique<ui::Treemap>();
    map->resize(600, 400);
    map->setItems({{"src/a.cpp", "code", "in_context", {}, {}, 700},
                   {"src/b.cpp", "code", "over_budget", "budget", "", 200},
                   {"README.md", "markdown", "in_context", {}, {}, 100}});
    map->show();
    QVERIFY(QTest::qWaitForWindowActive(map.get()));
    QAccessibleInterface* const face = QAccessible::queryAccessibleInterface(map.get());
    QCOMPARE(face->role(), QAccessible::List);
    QCOMPARE(face->childCount(), 4); // a folder and three files
    QStringList names;
    for (int i = 0; i < face->childCount(); ++i) {
        QAccessibleInterface* const part = face->child(i);
        QVERIFY(part && part->isValid() && part->parent() == face && face->indexOfChild(part) == i);
        QCOMPARE(part->role(), QAccessible::ListItem);
        QVERIFY(part->state().focusable && part->text(QAccessible::Value).contains("tokens"));
        QVERIFY(map->rect().contains(map->mapFromGlobal(part->rect().center())));
        names << part->text(QAccessible::Name);
        QCOMPARE(face->childAt(part->rect().right() - 1, part->rect().bottom() - 1)
                     ->text(QAccessible::Name)
                     .startsWith(names.last()),
                 true);
    }
    names.sort();
    QCOMPARE(names, QStringList({"README.md", "src", "src/a.cpp", "src/b.cpp"}));
    const auto partOf = [](QAccessibleInterface* in, const QString& name) {
        for (int i = 0; i < in->childCount(); ++i)
            if (in->child(i)->text(QAccessible::Name) == name) return in->child(i);
        return static_cast<QAccessibleInterface*>(nullptr);
    };
    QAccessibleInterface* const b = partOf(face, "src/b.cpp");
    QVERIFY(b->text(QAccessible::Description).contains("over budget"));
    b->actionInterface()->doAction(QAccessibleActionInterface::setFocusAction());
    QCOMPARE(map->currentPath(), QString("src/b.cpp"));
    QVERIFY(b->state().focused);
    QCOMPARE(face->focusChild(), b);
    QSignalSpy opened(map.get(), &ui::Treemap::opened);
    b->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
    QCOMPARE(opened.size(), 1);
    partOf(face, "src")->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
    QCOMPARE(map->root(), QString("src"));
    QCOMPARE(face->childCount(), 2); // and the parts of before are gone
    map.reset();

    ui::StepTimeline timeline;
    timeline.resize(600, 200);
    timeline.begin({ui::TimelineBar::Kind::Stage, "checks", {}, 0, 2});
    timeline.begin({ui::TimelineBar::Kind::Answer, "scan 1", "Is it right?", 2});
    timeline.show();
    QAccessibleInterface* const steps = QAccessible::queryAccessibleInterface(&timeline);
    QCOMPARE(steps->childCount(), 2);
    QCOMPARE(steps->child(0)->text(QAccessible::Name), QString("checks"));
    QCOMPARE(steps->child(1)->text(QAccessible::Name), QString("scan 1: Is it right?"));
    QVERIFY(steps->child(1)->text(QAccessible::Value).contains("going"));
    QSignalSpy bar(&timeline, &ui::StepTimeline::opened);
    steps->child(1)->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
    QCOMPARE(bar.size(), 1);
    timeline.clear();
    QCOMPARE(steps->childCount(), 0);
}

void MainWindowTest::contrastHolds_data() {
    QTest::addColumn<QString>("theme");
    for (const char* theme : {"light", "dark", "high-contrast"}) QTest::newRow(theme) << QString(theme);
}

void MainWindowTest::contrastHolds() {
    QFETCH(QString, theme);
    ui::applyTheme(*qApp, theme, 100);
    const ui::Colours c = ui::coloursOf(QApplication::palette());
    for (const QColor& ground : {c.panel, c.ground, c.raised})
        for (const QColor& ink : {c.text, c.quiet, c.accent, c.good, c.warn, c.bad})
            QVERIFY2(contrast(ink, ground) >= 4.5,
                     qPrintable(
                         QString("%1 on %2: %3").arg(ink.name(), ground.name()).arg(contrast(ink, ground))));
    for (const QColor& mark : c.severity) QVERIFY2(contrast(mark, c.ground) >= 3, qPrintable(mark.name()));
    for (const QColor& fill : {c.code, c.prose, c.markdown, c.pdf})
        QVERIFY2(contrast(c.onFill, fill) >= 3, qPrintable(fill.name()));
    ui::applyTheme(*qApp, "light", 100);
}

// The strings of the source as they are now, by Qt's own reader of them, against the German file.
void MainWindowTest::germanIsComplete() {
    const QString german = SOURCE_ROOT "/resources/translations/lectern_de.ts";
    const QString program = QStandardPaths::findExecutable(
        "lupdate", {QLibraryInfo::path(QLibraryInfo::BinariesPath), "/usr/lib/qt6/bin"});
    QVERIFY2(!program.isEmpty(), "Qt's lupdate is not installed");
    const QString copy = folders.path("complete_de.ts");
    QVERIFY(QFile::copy(german, copy));
    QProcess process;
    process.setWorkingDirectory(SOURCE_ROOT);
    process.start(program, {"-silent", "-locations", "none", "-no-obsolete", "-I", ".", "ui", "-ts", copy});
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitCode(), 0);
    QFile file(copy);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QXmlStreamReader xml(&file);
    QStringList missing;
    QString source;
    int messages = 0;
    while (!xml.atEnd()) {
        xml.readNext();
        if (!xml.isStartElement()) continue;
        if (xml.name() == QLatin1String("source")) {
            source = xml.readElementText();
            ++messages;
        } else if (xml.name() == QLatin1String("translation") &&
                   xml.attributes().value("type") == QLatin1String("unfinished")) {
            missing << source;
        }
    }
    QVERIFY(messages > 200);
    QVERIFY2(missing.isEmpty(), qPrintable("without German:\n" + missing.join("\n")));

    const QLocale before;
    ui::installLanguage(*qApp, "de");
    {
        RealWindow real;
        QCOMPARE(real.window.action("action.file.quit")->text().remove('&'), QString("Beenden"));
        QCOMPARE(real.window.dock("dock.cost")->windowTitle(), QString("Kosten"));
    }
    for (QTranslator* const translator : qApp->findChildren<QTranslator*>())
        QCoreApplication::removeTranslator(translator);
    QLocale::setDefault(before);
}

void MainWindowTest::comesBackAsItWasLeft() {
    {
        RealWindow real;
        real.window.resize(787, 765); // fits the screen of the offscreen platform
        real.window.close();
    }
    ui::Desk desk({});
    const ui::MainWindow again(desk);
    QCOMPARE(again.size(), QSize(787, 765));
}

void MainWindowTest::allScalesFit_data() {
    QTest::addColumn<int>("scale");
    QTest::newRow("80") << 80;
    QTest::newRow("200") << 200;
}

void MainWindowTest::allScalesFit() {
    QFETCH(int, scale);
    app::Settings settings;
    settings.scalePercent = scale;
    RealWindow real(settings);
    real.window.resize(1600, 1000);
    QVERIFY(real.openSample());
    QTest::qWait(100); // the docks find their places
    // Buttons show all of their words, and are large enough to hit.
    for (const QPushButton* const button : real.window.findChildren<QPushButton*>())
        if (button->isVisible() && !button->visibleRegion().isEmpty() && !button->text().isEmpty()) {
            QVERIFY2(button->width() >=
                         button->fontMetrics().horizontalAdvance(QString(button->text()).remove('&')),
                     qPrintable(button->objectName()));
            QVERIFY2(button->height() >= 20, qPrintable(button->objectName()));
        }
    ui::applyTheme(*qApp, "light", 100);
}

QTEST_MAIN(MainWindowTest)
#include "tst_main_window.moc"
