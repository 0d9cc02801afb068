#include "ui/language.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

static void initResources() {
    Q_INIT_RESOURCE(resources); // a static library's resources are dropped unless something asks for them
}

namespace ui {

void installLanguage(QCoreApplication& application, const QString& language) {
    initResources();
    const QLocale locale = language.isEmpty() ? QLocale::system() : QLocale(language);
    QLocale::setDefault(locale);
    if (locale.language() == QLocale::English || locale.language() == QLocale::C)
        return;
    auto* const own = new QTranslator(&application);
    if (own->load(locale, "lectern", "_", ":/i18n"))
        QCoreApplication::installTranslator(own);
    auto* const qt = new QTranslator(&application);
    if (qt->load(locale, "qtbase", "_", QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(qt);
}

} // namespace ui
