// CommandPalette: all actions by name. Typing narrows, arrows move, Enter does it, Esc leaves. Lists the window's own
// actions, so that nothing can be forgotten. Main thread.
#pragma once

#include <QDialog>
#include <QList>

class QAction;
class QLineEdit;
class QListWidget;

namespace ui {

// How well `words` fits what was typed, -1 = not at all: every typed word must occur, or its letters in order.
int fitOf(const QString& typed, const QString& words);

class CommandPalette : public QDialog {
    Q_OBJECT
public:
    CommandPalette(const QList<QAction*>& actions, QWidget* parent);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void narrow();
    void choose();

    QList<QAction*> m_actions;
    QLineEdit* m_typed;
    QListWidget* m_list;
};

} // namespace ui
