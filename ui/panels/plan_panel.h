// PlanPanel: what will be asked, by whom and for how much, before anything starts: goal, engine, strictness, the list of
// questions with calls and money, the budget, and what the same run costs on every engine side by side. Main thread.
#pragma once

#include "app/plan.h"
#include "ui/desk.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace ui {

class PlanPanel : public QWidget {
    Q_OBJECT
public:
    explicit PlanPanel(Desk& desk, QWidget* parent = nullptr);
    app::RunRequest request() const; // what Start would start
    void start();
    void resume();                   // the unfinished run, under the budget as it stands now

private:
    void replan();
    void fillItems();
    void fillForecast();
    void fillEngines();
    void update();
    void addQuestion();
    void itemChanged(QTreeWidgetItem* item, int column);

    Desk& m_desk;
    app::Plan m_plan;
    QComboBox *m_goal, *m_engine, *m_strict, *m_length;
    QCheckBox* m_extractive;
    QLineEdit *m_budget, *m_own;
    QTreeWidget *m_items, *m_forecast;
    QLabel *m_total, *m_state;
    QPushButton *m_start, *m_resume, *m_add;
    bool m_filling = false;
};

} // namespace ui
