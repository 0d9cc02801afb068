// A picture of every page: light, dark, at 200 %, and in German. They go to the folder LECTERN_SCREENSHOTS names, else to
// "screenshots" beside the program. A page that shows nothing, or one that does not change with the theme, fails.
#include "window_fixture.h"

#include <QAction>
#include <QDir>
#include <QLineEdit>
#include <QSet>

class ScreenshotsTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void pages_data();
    void pages();

private:
    void keep(QWidget& widget, const QString& name);
    QDir m_folder;
    QHash<QString, QImage> m_light;
};

static const OwnFolders folders;

void ScreenshotsTest::initTestCase() {
    const QString wanted = qEnvironmentVariable("LECTERN_SCREENSHOTS", QCoreApplication::applicationDirPath() + "/screenshots");
    QVERIFY(QDir().mkpath(wanted));
    m_folder = QDir(wanted);
}

void ScreenshotsTest::keep(QWidget& widget, const QString& name) {
    QTest::qWait(30);
    const QImage image = widget.grab().toImage();
    QSet<QRgb> colours;
    for (int y = 0; y < image.height(); y += 7)
        for (int x = 0; x < image.width(); x += 7)
            colours.insert(image.pixel(x, y));
    QVERIFY2(colours.size() > 12, qPrintable(name + " shows next to nothing"));
    const QString page = name.section('-', 1);
    if (name.startsWith("light-"))
        m_light[page] = image;
    else if (name.startsWith("dark-"))
        QVERIFY2(m_light[page] != image, qPrintable(name));
    QVERIFY(image.save(m_folder.filePath(name + ".png")));
}

void ScreenshotsTest::pages_data() {
    QTest::addColumn<QString>("theme");
    QTest::addColumn<int>("scale");
    QTest::addColumn<QString>("language");
    QTest::newRow("light") << "light" << 100 << "en";
    QTest::newRow("dark") << "dark" << 100 << "en";
    QTest::newRow("large") << "light" << 200 << "en";
    QTest::newRow("german") << "light" << 100 << "de";
}

void ScreenshotsTest::pages() {
    QFETCH(QString, theme);
    QFETCH(int, scale);
    QFETCH(QString, language);
    const QString tag = QString::fromLatin1(QTest::currentDataTag());
    const QLocale before;
    ui::installLanguage(*qApp, language);
    {
        app::Settings settings;
        settings.theme = theme.toStdString();
        settings.scalePercent = scale;
        app::Endpoint endpoint;
        endpoint.name = "deepseek", endpoint.url = "https://api.deepseek.com", endpoint.model = "deepseek-flash", endpoint.keyVariable = "DEEPSEEK_API_KEY", endpoint.level = 2;
        settings.endpoints = {endpoint};
        RealWindow real(settings);
        real.window.resize(scale == 200 ? QSize(2200, 1400) : QSize(1440, 900));
        QTest::qWait(100);
        keep(real.window, tag + "-start");
        QVERIFY(real.openSample());
        real.window.applyLayout("review");
        QTest::qWait(300); // the docks find their places
        real.window.showPanel("dock.intake", Qt::OtherFocusReason);
        keep(real.window, tag + "-intake");
        real.window.showPanel("dock.plan", Qt::OtherFocusReason);
        keep(real.window, tag + "-plan");
        real.trigger("action.run.review");
        QTRY_VERIFY_WITH_TIMEOUT(real.desk.report() && !real.desk.busy(), 60'000);
        real.desk.showEvidence(real.desk.report()->findings.front().evidence.front());
        for (const char* page : {"run", "cost", "engine", "summary", "findings"})
            if (real.window.dock(QString("dock.") + page)) {
                real.window.showPanel(QString("dock.") + page, Qt::OtherFocusReason);
                keep(real.window, tag + "-" + page);
            }
        real.get<QLineEdit>("ask.question")->setText("how often does \"spool\" occur?");
        real.window.showPanel("dock.ask");
        real.trigger("action.run.start");
        QTRY_VERIFY_WITH_TIMEOUT(real.desk.report()->run.goal == "ask" && !real.desk.busy(), 60'000);
        keep(real.window, tag + "-ask");
        const std::pair<const char*, const char*> dialogs[] = {{"action.file.settings", "dialog.settings"}, {"action.report.export", "dialog.export"}, {"action.help.palette", "dialog.palette"}, {"action.help.keys", "dialog.keys"}};
        for (const auto& [action, name] : dialogs) {
            real.trigger(action);
            QTest::qWait(150);
            auto* const dialog = real.dialog<QWidget>(name);
            QVERIFY2(dialog, name);
            keep(*dialog, tag + "-" + QString(name).section('.', 1));
            dialog->close();
        }
    }
    for (QTranslator* const translator : qApp->findChildren<QTranslator*>())
        QCoreApplication::removeTranslator(translator);
    QLocale::setDefault(before);
}

QTEST_MAIN(ScreenshotsTest)
#include "tst_screenshots.moc"
