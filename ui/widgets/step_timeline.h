// StepTimeline: what a run did and when: one lane per stage or branch, bars for prefill, answer and tools;
// the hatched part of a prefill came out of the cache. Arrows move between bars, Enter opens one; every bar
// is a child for screen readers. Knows no Desk. Main thread.
#pragma once

#include "ui/widgets/accessible_parts.h"

#include <QString>
#include <QWidget>

#include <cstdint>
#include <vector>

namespace ui {

struct TimelineBar {
    enum class Kind : std::uint8_t { Stage, Prefill, Answer, Tool } kind = Kind::Stage;
    QString lane, text;
    double begin = 0, end = -1; // seconds since the run began; below begin = still going
    std::int64_t done = 0, cached = 0, total = 0;
    bool failed = false;
};

class StepTimeline : public QWidget, public SpokenParts {
    Q_OBJECT
public:
    explicit StepTimeline(QWidget* parent = nullptr);
    void clear();
    void setNow(double seconds);
    std::size_t begin(TimelineBar bar);     // index of the new bar
    TimelineBar* open(const QString& lane); // the lane's last bar if it still goes on
    void close(const QString& lane, double at);
    const std::vector<TimelineBar>& bars() const { return m_bars; }
    QString describe(const TimelineBar& bar) const;
    void touch(); // after changing a bar in place

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

    int partCount() const override { return int(m_bars.size()); }
    SpokenPart part(int index) const override;
    int partAt(const QPoint& point) const override { return barAt(point); }
    int currentPart() const override { return m_current; }
    void setCurrentPart(int index) override { setCurrent(index); }
    void pressPart(int index) override { emit opened(index); }

signals:
    void currentChanged(int index, const QString& description);
    void opened(int index);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    int laneWidth() const;
    int laneHeight() const;
    QRectF rectOf(const TimelineBar& bar) const;
    int barAt(const QPointF& point) const;
    void setCurrent(int index);

    std::vector<TimelineBar> m_bars;
    QStringList m_lanes;
    double m_now = 0;
    int m_current = -1;
};

} // namespace ui
