#include "ui/widgets/finding_delegate.h"

#include "ui/models/findings_model.h"
#include "ui/widgets/mark_style.h"

#include <QPainter>

#include <algorithm>

namespace ui {

QSize FindingDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    return {240, option.fontMetrics.height() * 2 + 14};
}

void FindingDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const bool selected = option.state & QStyle::State_Selected;
    const QPalette& palette = option.palette;
    const QRect box = option.rect.adjusted(8, 5, -8, -5);
    const int line = option.fontMetrics.height();
    painter->save();
    painter->setClipRect(option.rect);
    if (index.data(FindingsModel::HeaderRole).toBool()) {
        QFont bold = option.font;
        bold.setBold(true);
        painter->setFont(bold);
        painter->fillRect(option.rect, palette.alternateBase());
        painter->setPen(palette.text().color());
        painter->drawText(box, Qt::AlignVCenter | Qt::AlignLeft, QFontMetrics(bold).elidedText(index.data().toString(), Qt::ElideMiddle, box.width()));
        painter->restore();
        return;
    }
    painter->fillRect(option.rect, selected ? palette.highlight() : palette.base());
    const auto severity = app::Severity(index.data(FindingsModel::SeverityRole).toInt());
    const QColor ink = selected ? palette.highlightedText().color() : palette.text().color();
    const QColor quiet = selected ? ink : quietColour(palette), colour = selected ? ink : styleOf(severity, palette).colour;
    if (selected) { // the shape keeps its colour on a ground where it can be told
        painter->setPen(Qt::NoPen);
        painter->setBrush(palette.base());
        painter->drawEllipse(QRectF(box.left() - 3, box.top() + (line - 19) / 2.0 + 1, 18, 18));
    }
    paintShape(*painter, QRectF(box.left(), box.top() + (line - 12) / 2.0 + 1, 12, 12), severity, palette);

    QString right = index.data(FindingsModel::VotesRole).toString();
    if (index.data(FindingsModel::AcceptedRole).toBool())
        right = QStringLiteral("✓ ") + right;
    const int rightWidth = right.isEmpty() ? 0 : option.fontMetrics.horizontalAdvance(right) + 10;
    QFont title = option.font;
    title.setWeight(QFont::DemiBold);
    title.setItalic(index.data(FindingsModel::GeneratedRole).toBool());
    painter->setFont(title);
    painter->setPen(ink);
    const QRect first(box.left() + 20, box.top(), box.width() - 20 - rightWidth, line);
    painter->drawText(first, Qt::AlignVCenter | Qt::AlignLeft, QFontMetrics(title).elidedText(index.data().toString(), Qt::ElideRight, first.width()));
    painter->setFont(option.font);
    painter->setPen(quiet);
    painter->drawText(QRect(box.right() - rightWidth, box.top(), rightWidth, line), Qt::AlignVCenter | Qt::AlignRight, right);

    const int second = box.bottom() - line + 1;
    const QString word = index.data(FindingsModel::SeverityWordRole).toString() + QStringLiteral("  ");
    painter->setPen(colour);
    painter->drawText(QRect(box.left() + 20, second, box.width(), line), Qt::AlignVCenter | Qt::AlignLeft, word);
    const int after = box.left() + 20 + option.fontMetrics.horizontalAdvance(word);
    const QString tail = QStringLiteral("  %1  ·  %2  ·  %3").arg(index.data(FindingsModel::IdRole).toString(), index.data(FindingsModel::RuleRole).toString(), index.data(FindingsModel::SinceRole).toString());
    const int tailWidth = std::min(option.fontMetrics.horizontalAdvance(tail), std::max(0, (box.right() - after) / 2));
    painter->setPen(quiet);
    painter->drawText(QRect(box.right() - tailWidth, second, tailWidth, line), Qt::AlignVCenter | Qt::AlignRight, option.fontMetrics.elidedText(tail, Qt::ElideRight, tailWidth));
    const int placeWidth = box.right() - tailWidth - after - 4;
    painter->drawText(QRect(after, second, placeWidth, line), Qt::AlignVCenter | Qt::AlignLeft,
                      option.fontMetrics.elidedText(index.data(FindingsModel::PlaceRole).toString(), Qt::ElideLeft, placeWidth));
    if (option.state & QStyle::State_HasFocus) {
        painter->setPen(QPen(selected ? palette.highlightedText().color() : palette.highlight().color(), 1, Qt::DotLine));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(option.rect.adjusted(1, 1, -2, -2));
    }
    painter->restore();
}

} // namespace ui
