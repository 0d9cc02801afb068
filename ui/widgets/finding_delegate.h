// A finding as two lines: severity by shape, colour and word, title; then place, rule, votes, since. Headings of groups
// are bold lines. Every row has one height, so that 100,000 scroll smoothly. Main thread.
#pragma once

#include <QStyledItemDelegate>

namespace ui {

class FindingDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace ui
