// lectern-desktop [PATH…|SESSION.lectern]: the window.
#include "app/resources.h"
#include "ui/desk.h"
#include "ui/language.h"
#include "ui/main_window.h"
#include "ui/theme.h"

#include <QApplication>

#include <cstdio>

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    QApplication::setApplicationName("lectern");
    QApplication::setApplicationDisplayName("Lectern");
    QApplication::setApplicationVersion(app::version());
    QApplication::setDesktopFileName("lectern");

    app::Settings settings;
    QString problem;
    try {
        settings = app::loadSettings();
    } catch (const std::exception& error) {
        problem = QString::fromUtf8(error.what()); // shown in the window; the file is left as it is
    }
    try {
        ui::installLanguage(application, QString::fromStdString(settings.language));
        ui::applyTheme(application, QString::fromStdString(settings.theme), settings.scalePercent);
        ui::Desk desk(settings);
        ui::MainWindow window(desk);
        window.show();
        if (!problem.isEmpty())
            desk.say(problem);
        const QStringList paths = QApplication::arguments().mid(1);
        if (paths.size() == 1 && paths[0].endsWith(".lectern"))
            desk.openSession(paths[0]);
        else if (!paths.isEmpty())
            desk.openPaths(paths);
        return QApplication::exec();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "lectern-desktop: %s\n", error.what());
        return 2;
    }
}
