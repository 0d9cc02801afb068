// SessionsPanel: the saved sessions with a search, and the runs of the one that is open; a run's report opens with
// Enter. Lists in a job. Main thread.
#pragma once

#include "app/store/session_list.h"
#include "ui/desk.h"

#include <QWidget>

class QLineEdit;
class QTreeWidget;

namespace ui {

class SessionsPanel : public QWidget {
    Q_OBJECT
public:
    explicit SessionsPanel(Desk& desk, QWidget* parent = nullptr);
    void refresh();

private:
    void fillSessions();
    void fillRuns();
    void openRun(const QString& id);

    Desk& m_desk;
    QLineEdit* m_search;
    QTreeWidget *m_sessions, *m_runs;
    std::vector<app::SessionEntry> m_list;
};

} // namespace ui
