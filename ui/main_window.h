// MainWindow: menus, docks, the start page, the bar of steps and the status line; the one place where panels meet. Every
// dock and every action has a name, which is the tests' API: "dock.intake", "action.run.start". Main thread.
#pragma once

#include "ui/desk.h"

#include <QHash>
#include <QMainWindow>

class QLabel;
class QToolBar;

namespace ui {

class AskPanel;
class BusyLine;
class CorpusPanel;
class PlanPanel;
class SearchPanel;
class StartPage;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(Desk& desk, QWidget* parent = nullptr);

    QAction* action(const QString& name) const { return m_actions.value(name); }
    QDockWidget* dock(const QString& name) const { return m_docks.value(name); }
    void showPanel(const QString& name, Qt::FocusReason reason = Qt::ShortcutFocusReason);
    void showStartPage();
    void applyLayout(const QString& name); // review, read, ask, monitor
    void nameEverything();                 // what Qt itself puts in gets a name too

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QDockWidget* addPanel(const QString& name, const QString& title, QWidget* panel);
    void makePanels();
    void makeActions();
    void bindActions();
    void bindKeys(); // of the table, the user's own laid over it
    void makeBars();
    void connectDesk();
    void seams();
    void showWork();
    void status();
    void notice(const QString& sentence);
    void cyclePane(int step);
    void zoom(int percent);
    void openWith(const QString& what);
    void about();
    void saveWindow();
    void restoreWindow();

    Desk& m_desk;
    QHash<QString, QAction*> m_actions;
    QHash<QString, QDockWidget*> m_docks;
    QStringList m_order; // docks as made
    StartPage* m_start = nullptr;
    PlanPanel* m_plan = nullptr;
    AskPanel* m_ask = nullptr;
    CorpusPanel* m_corpus = nullptr;
    SearchPanel* m_search = nullptr;
    BusyLine* m_busy = nullptr;
    QToolBar* m_noticeBar = nullptr;
    QLabel *m_notice = nullptr, *m_context = nullptr, *m_money = nullptr, *m_sent = nullptr, *m_level = nullptr;
    QString m_subject;
};

} // namespace ui
