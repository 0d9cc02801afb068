// Findings: tabs by state, filters, the list, and below it the finding in full with its citations and votes. Single keys
// triage what is selected and store it in the session as `lectern triage` does; u takes the last step back. Listens to
// the Desk. Main thread. Source: product.md 5 (Findings).
#pragma once

#include "app/report/triage.h"
#include "ui/desk.h"
#include "ui/models/findings_filter.h"
#include "ui/models/findings_model.h"

#include <QWidget>

#include <functional>
#include <vector>

class QComboBox;
class QLabel;
class QLineEdit;
class QListView;
class QScrollArea;
class QTabBar;
class QTimer;
class QToolButton;

namespace ui {

class FindingsPanel : public QWidget {
    Q_OBJECT
public:
    explicit FindingsPanel(Desk& desk, QWidget* parent = nullptr);
    ~FindingsPanel() override;

    FindingsModel& model() { return m_model; }
    FindingsFilter& filter() { return m_filter; }
    void showTab(const QString& state);
    void triage(const QString& state, const QString& reason = {}, const QString& scope = QStringLiteral("this"));
    void dismiss(); // asks for scope and reason
    void undo();
    void openEvidence(int step = 0);

    // Seam: asks how to dismiss `count` findings; unset, the dialog "dialog.dismiss".
    std::function<void(int count, std::function<void(QString scope, QString reason)>)> askDismissal;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildFilters(QWidget* bar);
    void buildTabs();
    void reportChanged(const ReportPtr& report);
    void applyFilters();
    void countsChanged();
    void showCurrent();
    int currentSource() const; // -1: none
    std::vector<int> selectedSources() const;
    bool listKey(int key);
    app::TriageStep change(int row, const QString& state, const QString& reason, const QString& scope);
    void changed(int nextRow);
    void publish(); // the report with its new states, for whoever exports it
    void askInDialog(int count, const std::function<void(QString, QString)>& answer);

    Desk& m_desk;
    FindingsModel m_model;
    FindingsFilter m_filter;
    std::vector<std::vector<app::TriageStep>> m_undo;
    bool m_publishing = false;
    QTabBar* m_tabs;
    QLineEdit* m_text;
    std::vector<QToolButton*> m_severities;
    QComboBox *m_kind, *m_folder, *m_grouping;
    QListView* m_list;
    QLabel *m_empty, *m_notice;
    QScrollArea* m_detail;
    QTimer *m_peek, *m_typing, *m_publishTimer;
};

} // namespace ui
