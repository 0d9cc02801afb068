// Language: the window's words in the user's language, ours and Qt's own. Call before the first widget is made.
#pragma once

#include <QString>

class QCoreApplication;

namespace ui {

// "de", "en", or empty for the system's; a language that is not there leaves English. Numbers follow it too.
void installLanguage(QCoreApplication& application, const QString& language);

} // namespace ui
