#include "ui/widgets/step_timeline.h"

#include "ui/text.h"
#include "ui/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace ui {

StepTimeline::StepTimeline(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    setAccessibleName(tr("Timeline of the run"));
    installSpokenParts();
}

void StepTimeline::clear() {
    m_bars.clear();
    m_lanes.clear();
    m_now = 0;
    m_current = -1;
    partsChanged(this);
    touch();
}

void StepTimeline::setNow(double seconds) {
    m_now = seconds;
    update();
}

std::size_t StepTimeline::begin(TimelineBar bar) {
    if (!m_lanes.contains(bar.lane)) m_lanes << bar.lane;
    m_now = std::max(m_now, bar.begin);
    m_bars.push_back(std::move(bar));
    partsChanged(this);
    touch();
    return m_bars.size() - 1;
}

TimelineBar* StepTimeline::open(const QString& lane) {
    for (auto bar = m_bars.rbegin(); bar != m_bars.rend(); ++bar)
        if (bar->lane == lane) return bar->end < bar->begin ? &*bar : nullptr;
    return nullptr;
}

void StepTimeline::close(const QString& lane, double at) {
    if (TimelineBar* const bar = open(lane)) {
        bar->end = std::max(at, bar->begin);
        touch();
    }
}

void StepTimeline::touch() {
    setMinimumHeight(minimumSizeHint().height());
    updateGeometry();
    update();
}

QString StepTimeline::describe(const TimelineBar& bar) const {
    const double end = bar.end < bar.begin ? m_now : bar.end;
    QString words =
        bar.lane + (bar.text.isEmpty() ? "" : ": " + bar.text) + ", " + durationText(end - bar.begin);
    if (bar.total > 0 && bar.kind == TimelineBar::Kind::Prefill)
        words += tr(", %1 of %2 tokens, %3 cached")
                     .arg(countText(bar.done), countText(bar.total), countText(bar.cached));
    else if (bar.total > 0)
        words += tr(", %1 of %2").arg(countText(bar.done), countText(bar.total));
    if (bar.failed) words += tr(", failed");
    return words;
}

SpokenPart StepTimeline::part(int index) const {
    const TimelineBar& bar = m_bars[std::size_t(index)];
    SpokenPart part;
    part.name = bar.text.isEmpty() ? bar.lane : bar.lane + ": " + bar.text;
    part.value = bar.end < bar.begin ? tr("still going") : durationText(bar.end - bar.begin);
    part.description = describe(bar);
    part.rect = rectOf(bar).toAlignedRect();
    return part;
}

int StepTimeline::laneWidth() const {
    return std::min(width() / 3, fontMetrics().averageCharWidth() * 22);
}

int StepTimeline::laneHeight() const {
    return std::max(24, fontMetrics().height() + 8);
}

QSize StepTimeline::sizeHint() const {
    return {fontMetrics().averageCharWidth() * 80, minimumSizeHint().height()};
}

QSize StepTimeline::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 40, laneHeight() * std::max(3, int(m_lanes.size()) + 1)};
}

QRectF StepTimeline::rectOf(const TimelineBar& bar) const {
    const double span = std::max(m_now, 1.0), left = laneWidth() + 8,
                 usable = std::max(20.0, width() - left - 8);
    const double end = bar.end < bar.begin ? m_now : bar.end;
    const int row = int(m_lanes.indexOf(bar.lane));
    return {left + usable * bar.begin / span, double(row * laneHeight() + 3),
            std::max(3.0, usable * (end - bar.begin) / span), double(laneHeight() - 6)};
}

int StepTimeline::barAt(const QPointF& point) const {
    for (int i = int(m_bars.size()) - 1; i >= 0; --i)
        if (rectOf(m_bars[std::size_t(i)]).adjusted(-2, -2, 2, 2).contains(point)) return i;
    return -1;
}

void StepTimeline::setCurrent(int index) {
    if (m_bars.empty()) return;
    m_current = std::clamp(index, 0, int(m_bars.size()) - 1);
    const QString words = describe(m_bars[std::size_t(m_current)]);
    setAccessibleDescription(words);
    currentPartChanged(this);
    emit currentChanged(m_current, words);
    update();
}

void StepTimeline::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours c = coloursOf(palette());
    painter.fillRect(rect(), c.ground);
    if (m_bars.empty()) {
        painter.setPen(c.quiet);
        painter.drawText(rect(), Qt::AlignCenter, tr("No run yet"));
        return;
    }
    const int height = laneHeight(), left = laneWidth();
    for (int i = 0; i < m_lanes.size(); ++i) {
        if (i % 2) painter.fillRect(0, i * height, width(), height, mixed(c.ground, c.panel, 0.7));
        painter.setPen(c.text);
        painter.drawText(QRect(8, i * height, left - 8, height), Qt::AlignVCenter | Qt::AlignLeft,
                         fontMetrics().elidedText(m_lanes[i], Qt::ElideRight, left - 12));
    }
    for (std::size_t i = 0; i < m_bars.size(); ++i) {
        const TimelineBar& bar = m_bars[i];
        const QRectF r = rectOf(bar);
        const QColor colour = bar.failed                               ? c.bad
                              : bar.kind == TimelineBar::Kind::Prefill ? c.cached
                              : bar.kind == TimelineBar::Kind::Answer  ? c.output
                              : bar.kind == TimelineBar::Kind::Tool    ? c.markdown
                                                                       : mixed(c.accent, c.ground, 0.25);
        painter.fillRect(r, colour);
        if (bar.kind == TimelineBar::Kind::Prefill && bar.total > 0 && bar.cached > 0)
            painter.fillRect(
                QRectF(r.left(), r.top(), r.width() * double(bar.cached) / double(bar.total), r.height()),
                QBrush(c.onFill, Qt::BDiagPattern));
        if (bar.end < bar.begin) { // still going: an open right edge
            painter.setPen(QPen(c.text, 2, Qt::DotLine));
            painter.drawLine(r.topRight(), r.bottomRight());
        }
        if (!bar.text.isEmpty() && r.width() > fontMetrics().averageCharWidth() * 6) {
            painter.setPen(c.dark && bar.kind == TimelineBar::Kind::Stage ? c.ground : c.onFill);
            painter.drawText(r.adjusted(4, 0, -4, 0), Qt::AlignVCenter | Qt::AlignLeft,
                             fontMetrics().elidedText(bar.text, Qt::ElideRight, int(r.width()) - 8));
        }
        if (int(i) == m_current) {
            painter.setPen(QPen(c.text, 2));
            painter.drawRect(r.adjusted(-1, -1, 1, 1));
        }
    }
    painter.setPen(c.quiet);
    const int axis = int(m_lanes.size()) * height;
    painter.drawText(QRect(left + 8, axis, 200, height), Qt::AlignVCenter | Qt::AlignLeft,
                     QStringLiteral("0"));
    painter.drawText(QRect(width() - 208, axis, 200, height), Qt::AlignVCenter | Qt::AlignRight,
                     durationText(m_now));
}

bool StepTimeline::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* const help = static_cast<QHelpEvent*>(event);
        const int bar = barAt(help->pos());
        QToolTip::showText(help->globalPos(),
                           bar < 0 ? QString() : describe(m_bars[std::size_t(bar)]).toHtmlEscaped(), this);
        return true;
    }
    return QWidget::event(event);
}

void StepTimeline::mousePressEvent(QMouseEvent* event) {
    setFocus(Qt::MouseFocusReason);
    if (const int bar = barAt(event->position()); bar >= 0) {
        setCurrent(bar);
        emit opened(bar);
    }
}

void StepTimeline::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Up:
        setCurrent(m_current - 1);
        return;
    case Qt::Key_Right:
    case Qt::Key_Down:
        setCurrent(m_current + 1);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current >= 0) emit opened(m_current);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace ui
