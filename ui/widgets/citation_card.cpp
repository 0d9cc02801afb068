#include "ui/widgets/citation_card.h"

#include "ui/widgets/mark_style.h"
#include "ui/widgets/visible_text.h"

#include <QFontDatabase>
#include <QPainter>
#include <QStyleOptionFocusRect>
#include <QTextLayout>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int padding = 8, maxLines = 6;
constexpr std::size_t maxQuote = 600;

// Lays the quote out and, with a painter, draws it; at most maxLines lines.
double layQuote(const QString& text, const QFont& font, double width, QPainter* painter, QPointF at) {
    QTextLayout layout(text, font);
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(option);
    double y = 0;
    layout.beginLayout();
    for (int i = 0; i < maxLines; ++i) {
        QTextLine line = layout.createLine();
        if (!line.isValid())
            break;
        line.setLineWidth(width);
        line.setPosition({0, y});
        y += line.height();
    }
    layout.endLayout();
    if (painter)
        layout.draw(painter, at);
    return y;
}

} // namespace

CitationCard::CitationCard(QWidget* parent) : QAbstractButton(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(this, &QAbstractButton::clicked, this, [this] {
        const app::Evidence copy = m_evidence; // the card may be replaced while it is shown
        emit activated(copy);
    });
}

void CitationCard::setEvidence(const app::Evidence& evidence, int number, app::Supports supports) {
    m_evidence = evidence;
    m_number = number;
    m_supports = supports;
    const MarkStyle state = styleOf(evidence.state, palette()), role = styleOf(evidence.role, palette());
    setAccessibleName(tr("Citation %1, %2, %3, %4: %5")
                          .arg(QString::number(number), role.word, visibleText(evidence.at, Breaks::Escape), state.word,
                               visibleText(std::string_view(evidence.quote).substr(0, 200), Breaks::Escape)));
    setToolTip(state.word + (evidence.step.empty() ? QString() : QStringLiteral(" (%1)").arg(QString::fromStdString(evidence.step))));
    updateGeometry();
    update();
}

void CitationCard::setCurrent(bool current) {
    m_current = current;
    update();
}

QString CitationCard::heading() const {
    const MarkStyle role = styleOf(m_evidence.role, palette());
    QString text = m_number > 0 ? QStringLiteral("%1  ").arg(m_number) : QString();
    return text + role.shape + QLatin1Char(' ') + role.word + QStringLiteral("  ") + visibleText(m_evidence.at, Breaks::Escape);
}

QString CitationCard::excerpt() const {
    std::string_view quote = m_evidence.quote;
    const bool cut = quote.size() > maxQuote;
    if (cut) {
        std::size_t end = maxQuote;
        while (end > 0 && (static_cast<unsigned char>(quote[end]) & 0xc0) == 0x80)
            --end;
        quote = quote.substr(0, end);
    }
    QString text = visibleText(quote) + (cut ? QStringLiteral(" …") : QString());
    text.replace(QLatin1Char('\t'), QStringLiteral("    "));
    text.replace(QLatin1Char('\n'), QChar::LineSeparator);
    return text;
}

QFont CitationCard::excerptFont() const {
    if (m_evidence.page > 0)
        return font();
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPointSizeF(font().pointSizeF() * 0.92);
    return fixed;
}

int CitationCard::heightForWidth(int width) const {
    const double quote = layQuote(excerpt(), excerptFont(), std::max(60, width - 2 * padding - 6), nullptr, {});
    return int(std::ceil(quote)) + fontMetrics().height() + 2 * padding + 6;
}

QSize CitationCard::sizeHint() const {
    return {320, heightForWidth(320)};
}

QSize CitationCard::minimumSizeHint() const {
    return {160, fontMetrics().height() * 2 + 2 * padding};
}

void CitationCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const MarkStyle role = styleOf(m_evidence.role, palette()), state = styleOf(m_evidence.state, palette());
    const QRectF frame = QRectF(rect()).adjusted(1.5, 1.5, -1.5, -1.5);
    const bool near = underMouse() || m_current;
    painter.setPen(QPen(hasFocus() || m_current ? palette().highlight().color() : QColor(quietColour(palette())).lighter(isDark(palette()) ? 70 : 180), hasFocus() ? 2 : 1));
    painter.setBrush(near ? palette().alternateBase() : palette().base());
    painter.drawRoundedRect(frame, 5, 5);
    painter.fillRect(QRectF(frame.left() + 1, frame.top() + 5, 3, frame.height() - 10), role.colour);

    QString marks = QString(state.shape) + QLatin1Char(' ') + state.word;
    if (m_supports != app::Supports::NotNeeded)
        marks += QStringLiteral("  ") + styleOf(m_supports, palette()).shape;
    const double x = padding + 6, width = this->width() - x - padding;
    painter.setPen(state.colour);
    const double marksWidth = fontMetrics().horizontalAdvance(marks);
    painter.drawText(QRectF(x, padding, width, fontMetrics().height()), Qt::AlignRight | Qt::AlignVCenter, marks);
    painter.setPen(role.colour);
    painter.drawText(QRectF(x, padding, width - marksWidth - 8, fontMetrics().height()), Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(heading(), Qt::ElideMiddle, int(width - marksWidth - 8)));
    painter.setPen(m_evidence.state == app::ProofState::NotFound ? quietColour(palette()) : palette().text().color());
    layQuote(excerpt(), excerptFont(), width, &painter, {x, double(padding + fontMetrics().height() + 4)});
}

} // namespace ui
