#include "ui/widgets/text_blocks_layout.h"

#include "ui/widgets/mark_style.h"
#include "ui/widgets/visible_text.h"

#include <QFontDatabase>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr std::size_t mostStyled = 400; // ranges of one block; more is no text but an attempt to freeze the window

constexpr double cellPadding = 6, quoteStep = 14, itemStep = 20;

QColor codeGround(const QPalette& palette) {
    return isDark(palette) ? QColor(0x2a, 0x2f, 0x37) : QColor(0xf1, 0xf3, 0xf6);
}

QFont fontOf(const ShownBlock& block, const QFont& base) {
    QFont font = base;
    if (block.kind == BlockKind::Code) {
        font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
        font.setPointSizeF(base.pointSizeF() * 0.95);
    } else if (block.kind == BlockKind::Heading) {
        static constexpr double scale[] = {1.5, 1.3, 1.15, 1.05, 1.0, 1.0};
        font.setPointSizeF(base.pointSizeF() * scale[std::clamp(block.level, 1, 6) - 1]);
        font.setBold(true);
    }
    font.setItalic(block.italic);
    return font;
}

QList<QTextLayout::FormatRange> formatsOf(const ShownText& text, const QPalette& palette) {
    QList<QTextLayout::FormatRange> formats;
    for (const ShownRange& range : text.ranges) {
        QTextCharFormat format;
        if (range.style & StrongStyle)
            format.setFontWeight(QFont::Bold);
        if (range.style & EmphasisStyle)
            format.setFontItalic(true);
        if (range.style & StrikeStyle)
            format.setFontStrikeOut(true);
        if (range.style & CodeStyle) {
            format.setFontFamilies({QFontDatabase::systemFont(QFontDatabase::FixedFont).family()});
            format.setBackground(codeGround(palette));
        }
        if (range.style & LinkStyle) {
            format.setForeground(palette.link());
            format.setFontUnderline(true);
        }
        if (range.style & GreyStyle)
            format.setForeground(quietColour(palette));
        formats.append({range.begin, range.end - range.begin, format});
    }
    return formats;
}

} // namespace

ShownText shownText(const StyledText& text) {
    ShownText shown;
    std::size_t at = 0;
    const std::string_view all = text.text;
    const auto add = [&](std::size_t end) {
        shown.text += visibleText(all.substr(at, end - at));
        at = end;
    };
    for (const TextRange& range : text.ranges) {
        if (shown.ranges.size() >= mostStyled)
            break;
        add(range.begin);
        const int begin = int(shown.text.size());
        add(range.end);
        shown.ranges.push_back({begin, int(shown.text.size()), range.style, visibleText(range.target, Breaks::Escape)});
    }
    add(all.size());
    shown.text.replace(QLatin1Char('\n'), QChar::LineSeparator);
    return shown;
}

TextBlocksView::Laid::Laid(ShownBlock shown, double width, const QFont& font, const QPalette& palette) : block(std::move(shown)) {
    indent = block.quoteDepth * quoteStep + (block.kind == BlockKind::Code ? cellPadding : block.level * (block.kind == BlockKind::Heading ? 0 : itemStep));
    width = std::max(60.0, width - indent);
    const double above = block.kind == BlockKind::Heading ? 6 : block.kind == BlockKind::Code ? 4 : 0;
    if (block.kind == BlockKind::Rule)
        height = 14;
    else if (block.kind == BlockKind::Table)
        layTable(width, font, palette);
    else
        height = above + lay(block.content, {indent, above}, width - (block.kind == BlockKind::Code ? cellPadding : 0), fontOf(block, font), palette) + above;
    height += block.kind == BlockKind::Item ? blockSpacing / 2 : blockSpacing;
}

double TextBlocksView::Laid::lay(const ShownText& text, QPointF at, double width, const QFont& font, const QPalette& palette) {
    auto layout = std::make_unique<QTextLayout>(text.text, font);
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout->setTextOption(option);
    layout->setFormats(formatsOf(text, palette));
    double y = 0;
    layout->beginLayout();
    for (QTextLine line = layout->createLine(); line.isValid(); line = layout->createLine()) {
        line.setLineWidth(width);
        line.setPosition({0, y});
        y += std::ceil(line.height() * (block.kind == BlockKind::Code ? 1.0 : 1.12));
    }
    layout->endLayout();
    pieces.push_back({std::move(layout), at, &text});
    return y;
}

// Columns share the width as their longest cells ask for it, none below a few letters.
void TextBlocksView::Laid::layTable(double width, const QFont& font, const QPalette& palette) {
    std::size_t columns = 0;
    for (const auto& row : block.rows)
        columns = std::max(columns, row.size());
    if (columns == 0)
        return;
    std::vector<double> wish(columns, 4);
    for (const auto& row : block.rows)
        for (std::size_t c = 0; c < row.size(); ++c)
            wish[c] = std::clamp(double(row[c].text.size()) + 2, wish[c], 60.0);
    double sum = 0;
    for (const double w : wish)
        sum += w;
    const double letter = QFontMetricsF(font).averageCharWidth() * 1.15;
    const double total = std::min(width, sum * letter + double(columns) * 2 * cellPadding);
    columnLefts.assign(1, indent);
    for (const double w : wish)
        columnLefts.push_back(columnLefts.back() + std::max(24.0, total * w / sum));
    QFont bold = font;
    bold.setBold(true);
    rowTops.assign(1, 0);
    for (std::size_t r = 0; r < block.rows.size(); ++r) {
        double high = QFontMetricsF(font).height();
        for (std::size_t c = 0; c < block.rows[r].size(); ++c)
            high = std::max(high, lay(block.rows[r][c], {columnLefts[c] + cellPadding, rowTops.back() + 4},
                                      std::max(12.0, columnLefts[c + 1] - columnLefts[c] - 2 * cellPadding), r == 0 && !block.before ? bold : font, palette));
        rowTops.push_back(rowTops.back() + high + 8);
    }
    height = rowTops.back();
}

void TextBlocksView::Laid::paint(QPainter& painter, double left, double top, const QPalette& palette, int selectFrom, int selectTo,
                                 int linkRange) const {
    const double body = height - (block.kind == BlockKind::Item ? blockSpacing / 2 : blockSpacing);
    for (int i = 0; i < block.quoteDepth; ++i)
        painter.fillRect(QRectF(left + i * quoteStep, top, 3, height), quietColour(palette));
    if (block.kind == BlockKind::Code)
        painter.fillRect(QRectF(left + indent - cellPadding, top, painter.device()->width() - left - indent + cellPadding - blockPadding, body), codeGround(palette));
    if (block.kind == BlockKind::Rule) {
        painter.setPen(quietColour(palette));
        painter.drawLine(QPointF(left + indent, top + 6), QPointF(painter.device()->width() - blockPadding, top + 6));
    }
    if (!columnLefts.empty()) {
        painter.fillRect(QRectF(left + columnLefts.front(), top, columnLefts.back() - columnLefts.front(), block.before ? 0 : rowTops[1]), codeGround(palette));
        painter.setPen(QPen(isDark(palette) ? QColor(0x55, 0x5c, 0x66) : QColor(0xc4, 0xc9, 0xd0), 1));
        for (const double x : columnLefts)
            painter.drawLine(QPointF(left + x, top), QPointF(left + x, top + rowTops.back()));
        for (const double y : rowTops)
            painter.drawLine(QPointF(left + columnLefts.front(), top + y), QPointF(left + columnLefts.back(), top + y));
    }
    painter.setPen(block.grey ? quietColour(palette) : palette.text().color());
    if (!block.marker.isEmpty() && block.kind == BlockKind::Item && !pieces.empty()) {
        painter.setFont(pieces[0].layout->font());
        painter.drawText(QRectF(left + indent - itemStep - 10, top, itemStep + 6, QFontMetricsF(painter.font()).height()), Qt::AlignRight | Qt::AlignTop, block.marker);
    }
    for (const Piece& piece : pieces) {
        QList<QTextLayout::FormatRange> selections;
        QTextCharFormat chosen;
        chosen.setBackground(palette.highlight());
        chosen.setForeground(palette.highlightedText());
        if (selectTo > selectFrom)
            selections.append(columnLefts.empty() ? QTextLayout::FormatRange{selectFrom, selectTo - selectFrom, chosen}
                                                  : QTextLayout::FormatRange{0, int(piece.text->text.size()), chosen});
        if (linkRange >= 0 && columnLefts.empty()) {
            const ShownRange& link = block.content.ranges[std::size_t(linkRange)];
            selections.append({link.begin, link.end - link.begin, chosen});
        }
        piece.layout->draw(&painter, QPointF(left, top) + piece.at, selections);
    }
}

int TextBlocksView::Laid::offsetAt(const QPointF& point) const {
    if (pieces.size() != 1 || !columnLefts.empty())
        return point.y() > height / 2 ? int(block.content.text.size()) : 0;
    const QTextLayout& layout = *pieces[0].layout;
    const QPointF inside = point - pieces[0].at;
    for (int i = 0; i < layout.lineCount(); ++i) {
        const QTextLine line = layout.lineAt(i);
        if (inside.y() < line.y() + line.height() || i + 1 == layout.lineCount())
            return line.xToCursor(inside.x());
    }
    return 0;
}

QString TextBlocksView::Laid::targetAt(const QPointF& point) const {
    for (const Piece& piece : pieces) {
        const QPointF inside = point - piece.at;
        for (int i = 0; i < piece.layout->lineCount(); ++i) {
            const QTextLine line = piece.layout->lineAt(i);
            if (!line.naturalTextRect().contains(inside))
                continue;
            const int offset = line.xToCursor(inside.x(), QTextLine::CursorOnCharacter);
            for (const ShownRange& range : piece.text->ranges)
                if ((range.style & LinkStyle) && offset >= range.begin && offset < range.end)
                    return range.target;
        }
    }
    return {};
}

} // namespace ui
