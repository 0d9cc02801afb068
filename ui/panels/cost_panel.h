// CostPanel: what was spent and what it was spent on: the curve against forecast and budget, the tokens by
// stage and by call, the bytes that left this computer, the hours at which the model costs more, and what the
// same tokens would have cost elsewhere. T goes from the chart to its table. Main thread.
#pragma once

#include "app/report/cost_stages.h"
#include "ui/desk.h"
#include "ui/widgets/cost_curve.h"

#include <QWidget>

class QLabel;
class QTabWidget;
class QTreeWidget;

namespace ui {

class CostPanel : public QWidget {
    Q_OBJECT
public:
    explicit CostPanel(Desk& desk, QWidget* parent = nullptr);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void started();
    void event(const QString& type, const QString& json);
    void show(const ReportPtr& report);
    void elsewhere(const app::CostReport& cost);
    void fillStages();
    void words();
    void peakWords();
    using QWidget::event;

    Desk& m_desk;
    QLabel *m_head, *m_sent, *m_peak;
    CostCurve* m_curve;
    QTabWidget* m_tabs;
    QTreeWidget *m_stageList, *m_calls, *m_elsewhere;
    std::vector<CostCall> m_made;
    std::vector<app::StageCost> m_stages;    // of the run in view
    std::optional<app::PriceTable> m_prices; // read when the settings change, not with every call
    std::string m_stage = "ask";             // of the branch that is asking
    CostCall m_sum;                          // of the run so far
    std::uint64_t m_bytes = 0;
    QString m_host;
};

} // namespace ui
