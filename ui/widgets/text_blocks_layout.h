// One block of a TextBlocksView laid out for a width: its lines, or the cells of a table. Owned by the view, thrown
// away when it is far out of sight. Main thread.
#pragma once

#include "ui/widgets/text_blocks.h"

#include <QFont>
#include <QPalette>
#include <QPointF>
#include <QTextLayout>

namespace ui {

constexpr int blockPadding = 8, blockSpacing = 8;

struct TextBlocksView::Laid {
    Laid(ShownBlock shown, double width, const QFont& font, const QPalette& palette);
    void paint(QPainter& painter, double left, double top, const QPalette& palette, int selectFrom, int selectTo, int linkRange) const;
    int offsetAt(const QPointF& point) const; // relative to the block's corner
    QString targetAt(const QPointF& point) const;

    ShownBlock block;
    double height = 0, indent = 0;
    struct Piece {
        std::unique_ptr<QTextLayout> layout;
        QPointF at;
        const ShownText* text = nullptr;
    };
    std::vector<Piece> pieces; // one, or the cells of a table row by row
    std::vector<double> rowTops, columnLefts;

private:
    double lay(const ShownText& text, QPointF at, double width, const QFont& font, const QPalette& palette);
    void layTable(double width, const QFont& font, const QPalette& palette);
};

} // namespace ui
