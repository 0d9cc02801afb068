// ShortcutEditor: the keyboard map as a list that can be changed: choose an action, press its new keys. Keys
// that another action has are refused by name. Edits a copy; store() writes what differs from the table of
// shortcuts.h. Main thread.
#pragma once

#include <QKeySequence>
#include <QMap>
#include <QWidget>

class QKeySequenceEdit;
class QLabel;
class QPushButton;
class QTreeWidget;

namespace ui {

class ShortcutEditor : public QWidget {
    Q_OBJECT
public:
    explicit ShortcutEditor(QWidget* parent = nullptr);
    // A sentence where the keys are taken, nothing where they were set. Empty keys: the action has none.
    QString assign(const QString& action, const QKeySequence& keys);
    void reset(const QString& action); // as in the table
    void store() const;

private:
    void fill();
    QString current() const;
    QList<QKeySequence> keys(const QString& action) const;

    QMap<QString, QString> m_own; // action -> portable text; "none": no key; absent: as in the table
    QTreeWidget* m_list;
    QKeySequenceEdit* m_edit;
    QPushButton *m_set, *m_clear, *m_reset;
    QLabel* m_state;
};

} // namespace ui
