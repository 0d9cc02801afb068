// What the tests of the window share: folders of their own for settings and sessions, the real window
// offscreen, widgets by object name, and a watch over the main thread from the moment the window stands. A
// test program that sets RealWindow::stallsFail fails where the thread was kept longer than the budget.
#pragma once

#include "app/settings.h"
#include "tests/support/stall_watch.h"
#include "ui/desk.h"
#include "ui/language.h"
#include "ui/main_window.h"
#include "ui/theme.h"

#include <QApplication>
#include <QDirIterator>
#include <QDockWidget>
#include <QTemporaryDir>
#include <QtTest>

#include <optional>

// Before the application starts: nothing of the user's is read or written.
class OwnFolders {
public:
    OwnFolders() {
        for (const char* name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"}) {
            const QString path = m_folder.filePath(QString::fromLatin1(name).toLower());
            QDir().mkpath(path);
            QFile::setPermissions(path,
                                  QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner);
            qputenv(name, path.toUtf8());
        }
        // The sample lies in no repository here, as it does where the program is installed.
        const QDir from(SOURCE_ROOT "/resources"), to(m_folder.filePath("resources"));
        QDir().mkpath(to.path());
        for (const QFileInfo& entry : from.entryInfoList(QDir::AllEntries | QDir::NoDotAndDotDot))
            if (entry.fileName() != "sample" && entry.fileName() != "nano") // nor the embedded model: a test chooses its engine
                QFile::link(entry.absoluteFilePath(), to.filePath(entry.fileName()));
        QDirIterator sample(from.filePath("sample"), QDir::Files, QDirIterator::Subdirectories);
        while (sample.hasNext()) {
            const QString file = sample.next(), copy = to.filePath(from.relativeFilePath(file));
            QDir().mkpath(QFileInfo(copy).path());
            QFile::copy(file, copy);
        }
        qputenv("LECTERN_RESOURCES", to.path().toUtf8());
    }
    QString path(const QString& name) const { return m_folder.filePath(name); }

private:
    QTemporaryDir m_folder;
};

struct RealWindow {
    explicit RealWindow(app::Settings settings = {}) : desk(settings), window(desk) {
        QObject::connect(&desk, &ui::Desk::failed, &desk, [](const QString& what, const QString& sentence) {
            qInfo().noquote() << what << "failed:" << sentence;
        });
        ui::applyTheme(*qApp, QString::fromStdString(settings.theme), settings.scalePercent);
        window.resize(1400, 900);
        window.show();
        window.activateWindow();
        (void)QTest::qWaitForWindowExposed(&window);
        QCoreApplication::processEvents();
        watch.emplace();
    }
    ~RealWindow() {
        if (!watch->stalls().isEmpty())
            qInfo("the main thread was kept, at most %.0f ms:\n  %s", watch->longest(),
                  qPrintable(watch->stalls().join("\n  ")));
        if (stallsFail && !watch->kept())
            QTest::qFail("the main thread was kept longer than the budget", __FILE__, __LINE__);
    }

    template<class Widget = QWidget>
    Widget* get(const char* name) {
        auto* const found = window.findChild<Widget*>(QString::fromLatin1(name));
        if (!found) qFatal("there is no %s", name);
        return found;
    }
    template<class Dialog>
    Dialog* dialog(const char* name) {
        for (QWidget* const widget : QApplication::topLevelWidgets())
            if (widget->objectName() == QLatin1String(name) && widget->isVisible())
                return qobject_cast<Dialog*>(widget);
        return nullptr;
    }
    bool openSample(int timeout = 60'000) {
        desk.openSample();
        return QTest::qWaitFor([&] { return desk.intake() && !desk.busy(); }, timeout);
    }
    bool finished(int timeout = 60'000) {
        return QTest::qWaitFor([&] { return !desk.busy(); }, timeout);
    }
    void trigger(const char* action) { window.action(QString::fromLatin1(action))->trigger(); }

    static inline bool stallsFail = false;
    ui::Desk desk;
    ui::MainWindow window;
    std::optional<testing::StallWatch> watch; // last: goes before what it watches
};
