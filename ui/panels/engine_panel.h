// EnginePanel: which engine reads, what it is and what it has proved able to do, on which device and with
// what memory; its speed by depth, measured when asked; the snapshots on the shelf; the endpoints with a test
// each; where weights are looked for and how to get some. Whatever opens or measures happens in a job, and
// only when asked. Main thread.
#pragma once

#include "app/backend/backend.h"
#include "app/backend/engine_measure.h"
#include "app/store/snapshot_shelf.h"
#include "ui/desk.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTabWidget;
class QTreeWidget;

namespace ui {

class EnginePanel : public QWidget {
    Q_OBJECT
public:
    explicit EnginePanel(Desk& desk, QWidget* parent = nullptr);

signals:
    void settingsWanted();

protected:
    void showEvent(QShowEvent* event) override; // the shelf is listed when somebody looks

private:
    void update();
    void inspect(); // opens the chosen engine and shows its card
    void show(const app::BackendInfo& info);
    void show(const app::EngineFacts& facts);
    void test();    // asks the chosen endpoint for its limits
    void locate();  // a folder with weights becomes the engine
    void measure(); // a short bench in a process of its own; again: stops it
    void listShelf();
    void dropSnapshot();
    void row(const QString& name, const QString& value);
    QWidget* page(const QString& name, QTreeWidget* list, std::initializer_list<QWidget*> below);

    Desk& m_desk;
    QLabel *m_head, *m_help, *m_speedState, *m_shelfState;
    QTabWidget* m_tabs;
    QTreeWidget *m_card, *m_endpoints, *m_speed, *m_snapshots;
    QPushButton *m_inspect, *m_test, *m_locate, *m_settings, *m_measure, *m_drop;
    std::vector<app::SnapshotEntry> m_shelf;
    std::string m_engine; // that the card is of
};

} // namespace ui
