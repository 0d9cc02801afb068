// EnginePanel: which engine reads, what it is and what it has proved able to do; the endpoints with a test each; where
// weights are looked for and how to get some. Opening an engine happens in a job, and only when asked. Main thread.
#pragma once

#include "app/backend/backend.h"
#include "ui/desk.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTreeWidget;

namespace ui {

class EnginePanel : public QWidget {
    Q_OBJECT
public:
    explicit EnginePanel(Desk& desk, QWidget* parent = nullptr);

signals:
    void settingsWanted();

private:
    void update();
    void inspect();                          // opens the chosen engine and shows its card
    void show(const app::BackendInfo& info);
    void test();                             // asks the chosen endpoint for its limits
    void locate();                           // a folder with weights becomes the engine
    void row(const QString& name, const QString& value);

    Desk& m_desk;
    QLabel *m_head, *m_help;
    QTreeWidget *m_card, *m_endpoints;
    QPushButton *m_inspect, *m_test, *m_locate, *m_settings;
};

} // namespace ui
