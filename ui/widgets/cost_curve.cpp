#include "ui/widgets/cost_curve.h"

#include "ui/text.h"
#include "ui/theme.h"

#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace ui {

CostCurve::CostCurve(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Costs over calls"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setFocusPolicy(Qt::StrongFocus); // T shows the same as a table
}

void CostCurve::setCalls(std::vector<CostCall> calls) {
    m_calls = std::move(calls);
    setAccessibleDescription(m_calls.empty() ? tr("No call was made")
                                             : tr("%n calls", nullptr, int(m_calls.size())) + ", " + QLocale().toString(m_calls.back().spent, 'f', 4));
    update();
}

void CostCurve::setForecast(std::optional<double> low, std::optional<double> high, std::int64_t calls) {
    m_low = low, m_high = high, m_planned = calls;
    update();
}

void CostCurve::setBudget(std::optional<double> budget) {
    m_budget = budget;
    update();
}

QSize CostCurve::sizeHint() const {
    return {fontMetrics().averageCharWidth() * 70, fontMetrics().height() * 14};
}

QSize CostCurve::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 30, fontMetrics().height() * 9};
}

void CostCurve::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Colours c = coloursOf(palette());
    painter.fillRect(rect(), c.ground);
    const int line = fontMetrics().height(), left = fontMetrics().averageCharWidth() * 11;
    const QRectF area(left, line, width() - left - 12, height() - line * 2.5);
    if (m_calls.empty() && !m_high) {
        painter.setPen(c.quiet);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, tr("No call was made: checks, search and extractive summaries cost nothing"));
        return;
    }
    const QRectF money(area.left(), area.top(), area.width(), area.height() * 0.62), stack(area.left(), money.bottom() + line, area.width(), area.bottom() - money.bottom() - line);
    const double count = double(std::max<std::int64_t>({m_planned, std::int64_t(m_calls.size()), 1}));
    double top = std::max(m_high.value_or(0), m_calls.empty() ? 0 : m_calls.back().spent);
    if (m_budget && *m_budget < top * 3)
        top = std::max(top, *m_budget);
    top = top > 0 ? top * 1.1 : 1;
    const auto x = [&](double call) { return money.left() + money.width() * call / count; };
    const auto y = [&](double amount) { return money.bottom() - money.height() * amount / top; };
    if (m_low && m_high) {
        QPainterPath band(QPointF(x(0), y(0)));
        band.lineTo(x(count), y(*m_high));
        band.lineTo(x(count), y(*m_low));
        band.closeSubpath();
        painter.fillPath(band, c.accentSoft);
    }
    painter.setPen(c.line);
    painter.drawLine(money.bottomLeft(), money.bottomRight());
    painter.drawLine(stack.bottomLeft(), stack.bottomRight());
    if (m_budget && *m_budget <= top) {
        painter.setPen(QPen(c.bad, 2, Qt::DashLine));
        painter.drawLine(QPointF(money.left(), y(*m_budget)), QPointF(money.right(), y(*m_budget)));
        painter.drawText(QPointF(money.left() + 4, y(*m_budget) - 3), tr("budget"));
    }
    QPainterPath curve(QPointF(x(0), y(0)));
    std::int64_t most = 1;
    for (std::size_t i = 0; i < m_calls.size(); ++i) {
        curve.lineTo(x(double(i + 1)), y(m_calls[i].spent));
        most = std::max(most, m_calls[i].uncached + m_calls[i].cached + m_calls[i].output);
    }
    painter.setPen(QPen(c.accent, 2));
    painter.drawPath(curve);
    const double wide = std::max(2.0, stack.width() / count - 2);
    for (std::size_t i = 0; i < m_calls.size(); ++i) {
        double foot = stack.bottom();
        const auto block = [&](std::int64_t tokens, const QColor& colour) {
            const double high = stack.height() * double(tokens) / double(most);
            painter.fillRect(QRectF(stack.left() + stack.width() * double(i) / count + 1, foot - high, wide, high), colour);
            foot -= high;
        };
        block(m_calls[i].cached, c.cached);
        block(m_calls[i].uncached, c.uncached);
        block(m_calls[i].output, c.output);
    }
    painter.setPen(c.quiet);
    painter.drawText(QRectF(0, money.top() - line / 2.0, left - 6, line), Qt::AlignRight, QLocale().toString(top, 'f', top < 0.1 ? 4 : 2));
    painter.drawText(QRectF(0, money.bottom() - line, left - 6, line), Qt::AlignRight, QStringLiteral("0"));
    painter.drawText(QRectF(0, stack.top(), left - 6, line), Qt::AlignRight, tokensText(most));
    double at = area.left();
    const auto legend = [&](const QColor& colour, const QString& words) {
        painter.fillRect(QRectF(at, height() - line * 1.15, line * 0.7, line * 0.7), colour);
        painter.setPen(c.text);
        painter.drawText(QPointF(at + line, height() - line * 0.5), words);
        at += line * 1.6 + fontMetrics().horizontalAdvance(words);
    };
    legend(c.cached, tr("cached"));
    legend(c.uncached, tr("not cached"));
    legend(c.output, tr("output"));
    legend(c.accentSoft, tr("forecast"));
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(c.accent, 2));
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

} // namespace ui
