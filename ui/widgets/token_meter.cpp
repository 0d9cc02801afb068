#include "ui/widgets/token_meter.h"

#include "ui/text.h"
#include "ui/theme.h"

#include <QPainter>

#include <algorithm>

namespace ui {

TokenMeter::TokenMeter(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Context budget"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void TokenMeter::setFill(std::int64_t fixed, std::int64_t in, std::int64_t wanted, std::int64_t budget, std::int64_t window, bool exact) {
    m_fixed = fixed, m_in = in, m_wanted = wanted, m_budget = budget, m_window = window;
    if (window <= 0)
        m_words.clear();
    else if (wanted > budget)
        m_words = tr("%1 of %2 usable tokens: over by %3").arg(tokensText(wanted), tokensText(budget), tokensText(wanted - budget));
    else
        m_words = tr("%1 of %2 usable tokens").arg(tokensText(in), tokensText(budget));
    if (!m_words.isEmpty() && !exact)
        m_words += " " + tr("(estimated)");
    setAccessibleDescription(m_words);
    setToolTip(window > 0 ? tr("Window %1, the rest is kept free for answers").arg(countText(window)) : QString());
    update();
}

QSize TokenMeter::sizeHint() const {
    return {fontMetrics().averageCharWidth() * 50, fontMetrics().height() + 10};
}

QSize TokenMeter::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 20, fontMetrics().height() + 10};
}

void TokenMeter::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours c = coloursOf(palette());
    const QRectF bar = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.fillRect(bar, c.ground);
    const double whole = double(std::max({m_window, m_wanted, std::int64_t(1)}));
    const auto x = [&](std::int64_t tokens) { return bar.left() + bar.width() * double(tokens) / whole; };
    const auto part = [&](std::int64_t from, std::int64_t to, const QColor& colour) {
        if (to > from)
            painter.fillRect(QRectF(x(from), bar.top(), x(to) - x(from), bar.height()), colour);
    };
    const bool over = m_wanted > m_budget;
    part(0, m_fixed, mixed(c.cached, c.text, 0.3));
    part(m_fixed, std::min(m_in, m_budget), mixed(c.cached, c.ground, 0.35));
    if (over) {
        part(m_in, m_wanted, mixed(c.bad, c.ground, 0.55));
        painter.fillRect(QRectF(x(m_in), bar.top(), x(m_wanted) - x(m_in), bar.height()), QBrush(c.bad, Qt::BDiagPattern));
    }
    painter.setPen(c.line);
    painter.drawRect(bar);
    if (m_window > 0) {
        painter.setPen(QPen(over ? c.bad : c.text, 2));
        painter.drawLine(QPointF(x(m_budget), bar.top()), QPointF(x(m_budget), bar.bottom()));
    }
    painter.setPen(c.text);
    painter.drawText(bar.adjusted(8, 0, -8, 0), Qt::AlignVCenter | Qt::AlignLeft,
                     fontMetrics().elidedText(m_words, Qt::ElideRight, int(bar.width()) - 16));
}

} // namespace ui
