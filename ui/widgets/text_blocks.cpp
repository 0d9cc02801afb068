#include "ui/widgets/text_blocks.h"

#include "ui/widgets/text_blocks_layout.h"
#include "ui/widgets/mark_style.h"

#include <QApplication>
#include <QClipboard>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace ui {

TextBlocksView::TextBlocksView(QWidget* parent) : QAbstractScrollArea(parent) {
    installSpokenText();
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setMouseTracking(true);
    viewport()->setBackgroundRole(QPalette::Base);
    verticalScrollBar()->setSingleStep(fontMetrics().lineSpacing());
}

TextBlocksView::~TextBlocksView() = default;

// --- geometry -----------------------------------------------------------------------------------------------------

double TextBlocksView::estimate(int index) const {
    const double width = std::max(80, viewport()->width() - marginWidth() - 2 * blockPadding);
    const double perLine = std::max(1.0, width / fontMetrics().averageCharWidth());
    return std::ceil((lengthOf(index) + 1) / perLine) * fontMetrics().lineSpacing() + blockSpacing;
}

const TextBlocksView::Laid& TextBlocksView::laid(int index) const {
    auto& slot = m_laid[index];
    if (!slot) {
        slot = layOut(blockAt(index));
        const float height = float(slot->height);
        if (m_heights[std::size_t(index)] != height) {
            m_heights[std::size_t(index)] = height;
            m_validTops = std::min(m_validTops, index);
        }
    }
    return *slot;
}

std::unique_ptr<TextBlocksView::Laid> TextBlocksView::layOut(ShownBlock block) const {
    return std::make_unique<Laid>(std::move(block), viewport()->width() - marginWidth() - 2 * blockPadding, font(), palette());
}

double TextBlocksView::topOf(int index) const {
    const int count = int(m_heights.size());
    m_tops.resize(std::size_t(count) + 1, blockPadding);
    m_tops[0] = blockPadding;
    for (; m_validTops < count; ++m_validTops)
        m_tops[std::size_t(m_validTops) + 1] = m_tops[std::size_t(m_validTops)] + m_heights[std::size_t(m_validTops)];
    return m_tops[std::size_t(index)];
}

int TextBlocksView::indexAt(double y) const {
    topOf(0);
    const auto next = std::upper_bound(m_tops.begin(), m_tops.end(), y);
    return std::clamp(int(next - m_tops.begin()) - 1, 0, std::max(0, int(m_heights.size()) - 1));
}

// Lays out what is in sight and keeps the block at the top where it is while guesses become heights.
void TextBlocksView::settle() {
    const int count = int(m_heights.size());
    if (m_fitted) {
        for (int i = 0; i < count; ++i)
            laid(i);
        const int height = int(std::ceil(topOf(count) + blockPadding));
        if (minimumHeight() != height)
            setFixedHeight(height);
        return;
    }
    QScrollBar* bar = verticalScrollBar();
    const bool atEnd = bar->value() >= bar->maximum() - 2 && bar->maximum() > 0;
    const int first = indexAt(bar->value());
    const double into = bar->value() - topOf(first);
    for (int i = first; i < count && topOf(i) <= topOf(first) + into + viewport()->height() + 40; ++i)
        laid(i);
    const int total = int(std::min(2.0e9, topOf(count) + blockPadding));
    const QSignalBlocker quiet(bar);
    bar->setPageStep(viewport()->height());
    bar->setRange(0, std::max(0, total - viewport()->height()));
    if (count > 0 && !atEnd)
        bar->setValue(int(topOf(first) + into));
    if (m_laid.size() > 600)
        std::erase_if(m_laid, [&](const auto& entry) { return std::abs(entry.first - first) > 200; });
}

void TextBlocksView::blocksChanged(int first) {
    const int count = blockCount();
    m_laid.erase(m_laid.lower_bound(first), m_laid.end());
    m_heights.resize(std::size_t(std::min(first, count)));
    m_validTops = std::min(m_validTops, first);
    for (int i = int(m_heights.size()); i < count; ++i)
        m_heights.push_back(float(estimate(i)));
    if (m_cursor.block >= first || m_anchor.block >= first)
        m_cursor = m_anchor = {std::clamp(first, 0, std::max(0, count - 1)), 0};
    m_linkBlock = -1;
    settle();
    viewport()->update();
}

void TextBlocksView::forgetLayouts() {
    m_laid.clear();
    m_validTops = 0;
    for (int i = 0; i < int(m_heights.size()); ++i)
        m_heights[std::size_t(i)] = float(estimate(i));
    settle();
    viewport()->update();
}

void TextBlocksView::setFitted(bool fitted) {
    m_fitted = fitted;
    setVerticalScrollBarPolicy(fitted ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded);
    settle();
}

QSize TextBlocksView::sizeHint() const {
    return {360, m_fitted ? int(topOf(int(m_heights.size())) + blockPadding) : 240};
}

void TextBlocksView::resizeEvent(QResizeEvent* event) {
    if (event->size().width() != event->oldSize().width())
        forgetLayouts();
    else
        settle();
}

void TextBlocksView::scrollContentsBy(int, int) {
    settle();
    viewport()->update();
}

void TextBlocksView::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        forgetLayouts();
}

// --- painting -----------------------------------------------------------------------------------------------------

void TextBlocksView::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    painter.fillRect(event->rect(), palette().base());
    const double scroll = m_fitted ? 0 : verticalScrollBar()->value();
    for (int i = indexAt(scroll + event->rect().top()); i < int(m_heights.size()); ++i) {
        laid(i);
        const double top = topOf(i) - scroll;
        if (top > event->rect().bottom())
            break;
        paintBlock(painter, i, top);
    }
    if (hasFocus()) {
        painter.setPen(QPen(palette().highlight().color(), 1));
        painter.drawRect(viewport()->rect().adjusted(0, 0, -1, -1));
    }
}

void TextBlocksView::paintBlock(QPainter& painter, int index, double top) const {
    const Laid& laid = this->laid(index);
    const double left = marginWidth() + blockPadding;
    if (!laid.block.mark.isNull()) {
        painter.setPen(laid.block.markColour);
        painter.setFont(font());
        painter.drawText(QRectF(blockPadding, top, marginWidth(), fontMetrics().height()), Qt::AlignLeft | Qt::AlignTop, QString(laid.block.mark));
    }
    const Position from = std::min(m_anchor, m_cursor), to = std::max(m_anchor, m_cursor);
    const int length = int(laid.block.content.text.size());
    const int begin = index < from.block ? length : index == from.block ? from.offset : 0;
    const int end = index > to.block ? 0 : index == to.block ? to.offset : length;
    laid.paint(painter, left, top, palette(), index >= from.block && index <= to.block && end > begin ? begin : 0,
               index >= from.block && index <= to.block && end > begin ? end : 0, index == m_linkBlock ? m_linkRange : -1);
}

// --- pointing and copying -----------------------------------------------------------------------------------------

int TextBlocksView::blockUnder(const QPoint& point) const {
    return indexAt(point.y() + (m_fitted ? 0 : verticalScrollBar()->value()));
}

TextBlocksView::Position TextBlocksView::positionAt(const QPoint& point) const {
    if (m_heights.empty())
        return {};
    const double scroll = m_fitted ? 0 : verticalScrollBar()->value();
    const int index = blockUnder(point);
    return {index, laid(index).offsetAt({point.x() - marginWidth() - double(blockPadding), point.y() + scroll - topOf(index)})};
}

QString TextBlocksView::targetAt(const QPoint& point) const {
    if (m_heights.empty())
        return {};
    const double scroll = m_fitted ? 0 : verticalScrollBar()->value();
    const int index = blockUnder(point);
    return laid(index).targetAt({point.x() - marginWidth() - double(blockPadding), point.y() + scroll - topOf(index)});
}

bool TextBlocksView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QString target = targetAt(help->pos());
        const QString mark = m_heights.empty() || help->pos().x() > marginWidth() + blockPadding ? QString() : laid(blockUnder(help->pos())).block.markMeaning;
        const QString words = target.isEmpty() ? mark : linkMeaning(target);
        if (words.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), QStringLiteral("<qt>%1</qt>").arg(words.toHtmlEscaped()), viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void TextBlocksView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    m_cursor = positionAt(event->pos());
    if (!(event->modifiers() & Qt::ShiftModifier))
        m_anchor = m_cursor;
    m_selecting = true;
    m_linkBlock = -1;
    viewport()->update();
    cursorMoved();
}

void TextBlocksView::mouseMoveEvent(QMouseEvent* event) {
    viewport()->setCursor(targetAt(event->pos()).isEmpty() ? Qt::IBeamCursor : Qt::PointingHandCursor);
    if (!m_selecting)
        return;
    m_cursor = positionAt(event->pos());
    viewport()->update();
}

void TextBlocksView::mouseReleaseEvent(QMouseEvent* event) {
    if (!std::exchange(m_selecting, false) || m_anchor != m_cursor)
        return;
    if (const QString target = targetAt(event->pos()); !target.isEmpty())
        emit linkActivated(target);
}

void TextBlocksView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy))
        return copy();
    if (event->matches(QKeySequence::SelectAll))
        return selectAll();
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && m_linkBlock >= 0) {
        emit linkActivated(laid(m_linkBlock).block.content.ranges[std::size_t(m_linkRange)].target);
        return;
    }
    QScrollBar* bar = verticalScrollBar();
    switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_K:
        return bar->triggerAction(QAbstractSlider::SliderSingleStepSub);
    case Qt::Key_Down:
    case Qt::Key_J:
        return bar->triggerAction(QAbstractSlider::SliderSingleStepAdd);
    case Qt::Key_PageUp:
        return bar->triggerAction(QAbstractSlider::SliderPageStepSub);
    case Qt::Key_PageDown:
        return bar->triggerAction(QAbstractSlider::SliderPageStepAdd);
    case Qt::Key_Home:
        return bar->triggerAction(QAbstractSlider::SliderToMinimum);
    case Qt::Key_End:
        return bar->triggerAction(QAbstractSlider::SliderToMaximum);
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

// Tab goes from link to link, then on to the next control.
bool TextBlocksView::focusNextPrevChild(bool next) {
    const int count = int(m_heights.size()), step = next ? 1 : -1;
    int block = m_linkBlock >= 0 ? m_linkBlock : blockUnder({0, 0}), range = m_linkBlock >= 0 ? m_linkRange + step : next ? 0 : 1 << 20;
    for (int looked = 0; block >= 0 && block < count && looked < 2000; block += step, ++looked, range = next ? 0 : 1 << 20) {
        const auto& ranges = laid(block).block.content.ranges;
        for (int i = std::min(range, int(ranges.size()) - 1); i >= 0 && i < int(ranges.size()); i += step) {
            if (!(ranges[std::size_t(i)].style & LinkStyle))
                continue;
            m_linkBlock = block;
            m_linkRange = i;
            cursorMoved();
            if (!m_fitted && (topOf(block) < verticalScrollBar()->value() || topOf(block + 1) > verticalScrollBar()->value() + viewport()->height()))
                verticalScrollBar()->setValue(int(topOf(block)) - 20);
            viewport()->update();
            return true;
        }
        if (range >= int(ranges.size()) && next)
            continue;
    }
    m_linkBlock = -1;
    viewport()->update();
    return QAbstractScrollArea::focusNextPrevChild(next);
}

QString TextBlocksView::plainText() const {
    QString all;
    for (int i = 0; i < blockCount(); ++i) {
        const ShownBlock block = blockAt(i);
        all += block.content.text + QLatin1Char('\n');
    }
    return all;
}

QString TextBlocksView::selectedText() const {
    const Position from = std::min(m_anchor, m_cursor), to = std::max(m_anchor, m_cursor);
    QString text;
    for (int i = from.block; i <= to.block && i < blockCount(); ++i) {
        const QString block = blockAt(i).content.text;
        const int begin = i == from.block ? from.offset : 0;
        text += block.mid(begin, (i == to.block ? to.offset : int(block.size())) - begin);
        if (i < to.block)
            text += QLatin1Char('\n');
    }
    return text;
}

void TextBlocksView::copy() const {
    const QString text = selectedText();
    if (!text.isEmpty())
        QApplication::clipboard()->setText(text);
}

void TextBlocksView::selectAll() {
    m_anchor = {};
    const int last = blockCount() - 1;
    m_cursor = last < 0 ? Position{} : Position{last, int(blockAt(last).content.text.size())};
    viewport()->update();
}

int TextBlocksView::spokenCursor() const {
    int offset = 0;
    for (int i = 0; i < m_cursor.block && i < blockCount(); ++i)
        offset += int(blockAt(i).content.text.size()) + 1;
    return offset + m_cursor.offset;
}

void TextBlocksView::setSpokenCursor(int offset) {
    for (int i = 0; i < blockCount(); ++i) {
        const int length = int(blockAt(i).content.text.size()) + 1;
        if (offset < length) {
            m_anchor = m_cursor = {i, offset};
            cursorMoved();
            verticalScrollBar()->setValue(int(topOf(i)) - 20);
            return;
        }
        offset -= length;
    }
}

QRect TextBlocksView::spokenRect(int) const {
    if (m_heights.empty())
        return {};
    const double scroll = m_fitted ? 0 : verticalScrollBar()->value();
    return QRect(0, int(topOf(m_cursor.block) - scroll), viewport()->width(), int(m_heights[std::size_t(m_cursor.block)])).intersected(viewport()->rect());
}

} // namespace ui
