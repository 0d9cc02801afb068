// Shortcuts: the whole keyboard map as data: every action's name, menu, words and keys in one table, the user's own keys
// laid over it. What the main window binds, what the palette lists and what F1 shows are this table. Main thread.
#pragma once

#include <QKeySequence>
#include <QList>
#include <QMap>
#include <QString>

class QWidget;

namespace ui {

struct ActionRow {
    const char* name;   // "action.run.start"
    const char* menu;   // "Run"
    const char* text;   // "&Start"
    const char* keys;   // "Ctrl+Return", or empty
    const char* second; // another key, or nullptr
};
const QList<ActionRow>& actionTable();
QString actionText(const ActionRow& row); // translated
QString menuText(const char* menu);       // translated
// The user's own keys by action, portable text, "none" for no key; stored beside the window's geometry.
QMap<QString, QString> ownKeys();
void storeOwnKeys(const QMap<QString, QString>& own); // the whole of them
// As in the table unless the user chose another.
QList<QKeySequence> keysOf(const ActionRow& row, const QMap<QString, QString>& own);
QList<QKeySequence> keysOf(const ActionRow& row);
// The list of all keys, those of lists and the treemap included; non-modal, owned by the parent.
void showKeyboardHelp(QWidget* parent);

} // namespace ui
