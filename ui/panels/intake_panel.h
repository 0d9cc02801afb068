// IntakePanel: what is in, what is out and by which rule, whether it fits, and what to look at before anything is sent.
// The treemap, the budget bar with its proposals, the list of what was left out, the warnings. Main thread.
#pragma once

#include "ui/desk.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QTabWidget;
class QTreeWidget;
class QTreeWidgetItem;

namespace ui {

class TokenMeter;
class Treemap;

class IntakePanel : public QWidget {
    Q_OBJECT
public:
    explicit IntakePanel(Desk& desk, QWidget* parent = nullptr);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override; // T: chart as table and back

private:
    void show(const IntakePtr& intake);
    void fillMap();
    void fillExcluded(const app::Intake& intake);
    void fillProposals(const app::Intake& intake);
    void fillWarnings(const app::Intake& intake);
    void fillTable(const app::Intake& intake);
    void fillRules(const app::Intake& intake);
    void fillForecast(const app::Intake& intake);
    void advise(const app::Intake& intake);
    void describe(const QString& path, const QString& words);
    void act(QTreeWidgetItem* item); // what the list in front does with a row
    void tabChanged();
    QTreeWidget* list(const QString& name, const QString& title, const QStringList& columns);

    Desk& m_desk;
    IntakePtr m_intake;
    QLabel *m_summary, *m_place, *m_where, *m_advice;
    TokenMeter* m_meter;
    Treemap* m_map;
    QComboBox* m_colour;
    QPushButton *m_up, *m_out, *m_apply, *m_act;
    QTabWidget* m_tabs;
    QTreeWidget *m_excluded, *m_proposals, *m_warnings, *m_table, *m_rules, *m_forecast;
    QString m_proposed; // the pattern that the advice would leave out
};

} // namespace ui
