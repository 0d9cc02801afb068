// CostPanel: what was spent and what it was spent on: the curve against forecast and budget, the calls as a table, the
// bytes that left this computer, and what the same tokens would have cost elsewhere. Main thread.
#pragma once

#include "ui/desk.h"
#include "ui/widgets/cost_curve.h"

#include <QWidget>

class QLabel;
class QTreeWidget;

namespace ui {

class CostPanel : public QWidget {
    Q_OBJECT
public:
    explicit CostPanel(Desk& desk, QWidget* parent = nullptr);

private:
    void started();
    void event(const QString& type, const QString& json);
    void show(const ReportPtr& report);
    void elsewhere(const app::CostReport& cost);
    void words();
    using QWidget::event;

    Desk& m_desk;
    QLabel *m_head, *m_sent;
    CostCurve* m_curve;
    QTreeWidget *m_calls, *m_elsewhere;
    std::vector<CostCall> m_made;
    CostCall m_sum;              // of the run so far
    std::uint64_t m_bytes = 0;
    QString m_host;
};

} // namespace ui
