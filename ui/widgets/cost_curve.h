// CostCurve: money over the calls of a run: the cumulative line, the band of the forecast, the line of the budget, and
// under it each call's tokens as a stack of cached, uncached and output. Knows no Desk. Main thread.
#pragma once

#include <QWidget>

#include <cstdint>
#include <optional>
#include <vector>

namespace ui {

struct CostCall {
    std::int64_t uncached = 0, cached = 0, output = 0;
    double spent = 0; // cumulative after this call
};

class CostCurve : public QWidget {
    Q_OBJECT
public:
    explicit CostCurve(QWidget* parent = nullptr);
    void setCalls(std::vector<CostCall> calls);
    void setForecast(std::optional<double> low, std::optional<double> high, std::int64_t calls);
    void setBudget(std::optional<double> budget);
    const std::vector<CostCall>& calls() const { return m_calls; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<CostCall> m_calls;
    std::optional<double> m_low, m_high, m_budget;
    std::int64_t m_planned = 0;
};

} // namespace ui
