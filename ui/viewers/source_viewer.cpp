#include "ui/viewers/source_viewer.h"

#include "ui/viewers/source_ruler.h"
#include "ui/widgets/mark_style.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>
#include <utility>

namespace ui {

namespace {

constexpr std::size_t rowBytes = 2000, lazyLimit = 8u << 20;
constexpr int markWidth = 16;

QColor tokenColour(Token token, bool dark) {
    static constexpr const char* light[] = {"#4f6b4f", "#8a3b12", "#7a2f8f", "#1f4fa8", "#6b5a00"};
    static constexpr const char* night[] = {"#8fb08f", "#f0a67a", "#d7a3ec", "#8ab4ff", "#d9c36a"};
    return QColor(QLatin1String((dark ? night : light)[int(token)]));
}

} // namespace

SourceViewer::SourceViewer(QWidget* parent) : QAbstractScrollArea(parent), m_ruler(new SourceRuler(this)) {
    installSpokenText();
    setObjectName(QStringLiteral("evidence.source"));
    setAccessibleName(tr("Source text"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setBackgroundRole(QPalette::Base);
    viewport()->setCursor(Qt::IBeamCursor);
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    m_pointSize = QApplication::font().pointSizeF(); // the window's scale, not the desktop's size for fixed fonts
    fixed.setPointSizeF(m_pointSize);
    setFont(fixed);
    setViewportMargins(0, 0, m_ruler->sizeHint().width(), 0);
    connect(m_ruler, &SourceRuler::markClicked, this, &SourceViewer::markActivated);
    connect(m_ruler, &SourceRuler::placeClicked, this, [this](double share) { verticalScrollBar()->setValue(int(share * double(m_rows.size())) - verticalScrollBar()->pageStep() / 2); });
}

SourceViewer::~SourceViewer() = default;

void SourceViewer::setDocument(std::shared_ptr<const ingest::Document> document) {
    if (document == m_document)
        return;
    m_document = std::move(document);
    m_marks.clear();
    m_rows.clear();
    m_states.clear();
    m_spoken.clear();
    m_anchor = m_cursor = 0;
    m_highlighter = SourceHighlighter(m_document ? m_document->path() : std::string());
    if (m_document) {
        const std::string& text = m_document->text();
        for (int line = 1; line <= m_document->lineCount(); ++line) {
            const std::size_t end = m_document->lineEnd(line);
            std::size_t begin = m_document->lineBegin(line);
            m_rows.push_back(std::uint32_t(begin));
            while (end - begin > rowBytes) {
                begin += rowBytes;
                while (begin < end && (static_cast<unsigned char>(text[begin]) & 0xc0) == 0x80)
                    ++begin;
                m_rows.push_back(std::uint32_t(begin));
            }
        }
        setAccessibleDescription(tr("%1, %n line(s)", nullptr, m_document->lineCount()).arg(visibleText(m_document->path(), Breaks::Escape)));
    }
    verticalScrollBar()->setValue(0);
    horizontalScrollBar()->setValue(0);
    updateBars();
    viewport()->update();
    m_ruler->update();
}

void SourceViewer::setMarks(std::vector<ViewMark> marks) {
    m_marks = std::move(marks);
    std::vector<RulerMark> places;
    for (int i = 0; i < int(m_marks.size()); ++i)
        if (m_document && m_marks[std::size_t(i)].begin < m_document->text().size())
            places.push_back({double(rowAt(m_marks[std::size_t(i)].begin)) / double(std::max<std::size_t>(1, m_rows.size())),
                              styleOf(m_marks[std::size_t(i)].role, palette()).colour, m_marks[std::size_t(i)].current, i});
    m_ruler->setMarks(std::move(places));
    viewport()->update();
}

void SourceViewer::show(std::size_t begin, std::size_t end) {
    if (!m_document)
        return;
    m_anchor = m_cursor = begin;
    m_spoken.clear();
    const int first = int(rowAt(begin)), last = int(rowAt(std::max(begin, end > begin ? end - 1 : begin)));
    const int page = std::max(1, verticalScrollBar()->pageStep());
    verticalScrollBar()->setValue(last - first >= page - 2 ? first - 1 : (first + last) / 2 - page / 2);
    const Row row = makeRow(std::size_t(first));
    const double left = row.layout->lineAt(0).cursorToX(row.shown.columnOf[begin - row.begin]);
    const double right = row.layout->lineAt(0).cursorToX(row.shown.columnOf[std::min(end, row.end) - row.begin]);
    const double width = viewport()->width() - gutter() - 20;
    QScrollBar* bar = horizontalScrollBar();
    if (left < bar->value() || right > bar->value() + width) {
        bar->setMaximum(std::max(bar->maximum(), int(right)));
        bar->setValue(right <= width ? 0 : int(std::max(0.0, std::min(left - 20, left))));
    }
    viewport()->update();
    emit cursorMoved(m_document->lineAt(begin));
}

// --- geometry -----------------------------------------------------------------------------------------------------

int SourceViewer::rowHeight() const {
    return int(std::ceil(fontMetrics().height() * 1.15));
}

int SourceViewer::gutter() const {
    const int digits = m_document ? int(QString::number(m_document->lineCount()).size()) : 1;
    return markWidth + fontMetrics().horizontalAdvance(QLatin1Char('9')) * std::max(3, digits) + 18;
}

std::size_t SourceViewer::rowAt(std::size_t byte) const {
    const auto next = std::upper_bound(m_rows.begin(), m_rows.end(), byte);
    return next == m_rows.begin() ? 0 : std::size_t(next - m_rows.begin()) - 1;
}

int SourceViewer::firstVisibleLine() const {
    return m_document && !m_rows.empty() ? m_document->lineAt(m_rows[std::size_t(verticalScrollBar()->value())]) : 0;
}

SourceViewer::Row SourceViewer::makeRow(std::size_t index) const {
    Row row;
    row.begin = m_rows[index];
    row.line = m_document->lineAt(row.begin);
    const std::size_t lineBegin = m_document->lineBegin(row.line), lineEnd = m_document->lineEnd(row.line);
    row.first = row.begin == lineBegin;
    row.end = index + 1 < m_rows.size() ? std::min<std::size_t>(m_rows[index + 1], lineEnd) : lineEnd;
    row.shown = visibleLine(std::string_view(m_document->text()).substr(row.begin, row.end - row.begin));
    row.layout = std::make_unique<QTextLayout>(row.shown.text, font());
    QList<QTextLayout::FormatRange> formats;
    const auto colour = [&](int from, int to, const QColor& ink) {
        QTextCharFormat format;
        format.setForeground(ink);
        formats.append({from, to - from, format});
    };
    if (!m_highlighter.plain() && lineEnd - lineBegin <= 4 * rowBytes) {
        std::uint8_t state = stateBefore(row.line);
        for (const TokenRange& token : m_highlighter.line(m_document->line(row.line), state)) {
            const std::size_t from = std::max(lineBegin + std::size_t(token.begin), row.begin), to = std::min(lineBegin + std::size_t(token.end), row.end);
            if (from < to)
                colour(row.shown.columnOf[from - row.begin], row.shown.columnOf[to - row.begin], tokenColour(token.token, isDark(palette())));
        }
    }
    for (const auto& [from, to] : row.shown.escapes)
        colour(from, to, styleOf(app::Severity::High, palette()).colour);
    row.layout->setFormats(formats);
    row.layout->beginLayout();
    QTextLine line = row.layout->createLine();
    if (line.isValid())
        line.setNumColumns(int(row.shown.text.size()) + 1);
    row.layout->endLayout();
    return row;
}

std::uint8_t SourceViewer::stateBefore(int line) const {
    if (m_document->text().size() > lazyLimit)
        return 0; // too long to scan from the top; comments over several lines then start plain
    if (m_states.empty())
        m_states.push_back(0);
    while (int(m_states.size()) < line) {
        std::uint8_t state = m_states.back();
        m_highlighter.line(m_document->line(int(m_states.size())), state);
        m_states.push_back(state);
    }
    return m_states[std::size_t(line) - 1];
}

QRectF SourceViewer::rangeRect(const Row& row, std::size_t begin, std::size_t end, double top) const {
    if (end <= row.begin || begin >= std::max(row.end, row.begin + 1) || begin >= end)
        return {};
    const QTextLine line = row.layout->lineAt(0);
    const std::size_t from = std::max(begin, row.begin), to = std::min(end, row.end);
    const double left = line.cursorToX(row.shown.columnOf[from - row.begin]);
    double right = line.cursorToX(row.shown.columnOf[to - row.begin]);
    if (right <= left)
        right = left + 4; // an empty line inside a quote is lit too
    return {gutter() + left - horizontalScrollBar()->value(), top, right - left, double(rowHeight())};
}

std::vector<QRect> SourceViewer::litRects() const {
    std::vector<QRect> rects;
    const int first = verticalScrollBar()->value(), shown = viewport()->height() / rowHeight() + 1;
    for (int i = first; i < std::min(first + shown, int(m_rows.size())); ++i) {
        const Row row = makeRow(std::size_t(i));
        for (const ViewMark& mark : m_marks)
            if (mark.current)
                if (const QRectF rect = rangeRect(row, mark.begin, mark.end, (i - first) * rowHeight()); !rect.isEmpty())
                    rects.push_back(rect.toAlignedRect().intersected(viewport()->rect().adjusted(gutter(), 0, 0, 0)));
    }
    return rects;
}

void SourceViewer::updateBars() {
    const int page = std::max(1, viewport()->height() / rowHeight());
    verticalScrollBar()->setPageStep(page);
    verticalScrollBar()->setRange(0, std::max(0, int(m_rows.size()) - page));
    std::size_t longest = 0;
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        longest = std::max<std::size_t>(longest, (i + 1 < m_rows.size() ? m_rows[i + 1] : m_document->text().size()) - m_rows[i]);
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(fontMetrics().averageCharWidth() * 4);
    horizontalScrollBar()->setRange(0, std::max(0, int(double(longest) * fontMetrics().horizontalAdvance(QLatin1Char('m'))) + gutter() + 20 - viewport()->width()));
}

// --- painting -----------------------------------------------------------------------------------------------------

void SourceViewer::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), palette().base());
    if (!m_document)
        return;
    const int height = rowHeight(), first = verticalScrollBar()->value();
    painter.fillRect(QRect(0, 0, gutter() - 6, viewport()->height()), palette().alternateBase());
    const double baseline = (height - fontMetrics().height()) / 2.0;
    const std::size_t from = std::min(m_anchor, m_cursor), to = std::max(m_anchor, m_cursor);
    const std::size_t cursorRow = rowAt(m_cursor);
    for (int i = first; i < int(m_rows.size()) && (i - first) * height < viewport()->height(); ++i) {
        const Row row = makeRow(std::size_t(i));
        const double top = (i - first) * height;
        painter.setClipRect(QRect(gutter() - 4, 0, viewport()->width(), viewport()->height()));
        if (hasFocus() && std::size_t(i) == cursorRow)
            painter.fillRect(QRectF(gutter(), top, viewport()->width(), height), palette().alternateBase());
        for (const bool current : {false, true})
            for (const ViewMark& mark : m_marks)
                if (mark.current == current)
                    painter.fillRect(rangeRect(row, mark.begin, mark.end, top).toAlignedRect(), current ? litColour(palette()) : markedColour(palette()));
        if (to > from) {
            QColor chosen = palette().highlight().color();
            chosen.setAlpha(110);
            painter.fillRect(rangeRect(row, from, to, top), chosen);
        }
        painter.setPen(palette().text().color());
        row.layout->draw(&painter, QPointF(gutter() - horizontalScrollBar()->value(), top + baseline));
        if (hasFocus() && std::size_t(i) == cursorRow && m_cursor >= row.begin && m_cursor <= row.end) {
            const double x = gutter() - horizontalScrollBar()->value() + row.layout->lineAt(0).cursorToX(row.shown.columnOf[m_cursor - row.begin]);
            painter.fillRect(QRectF(x, top + 1, 2, height - 2), palette().text());
        }
        painter.setClipping(false);
        paintMargin(painter, row, top);
    }
}

void SourceViewer::paintMargin(QPainter& painter, const Row& row, double top) const {
    const int height = rowHeight();
    painter.setPen(quietColour(palette()));
    if (row.first)
        painter.drawText(QRectF(markWidth, top, gutter() - markWidth - 12, height), Qt::AlignRight | Qt::AlignVCenter, QString::number(row.line));
    const ViewMark* here = nullptr;
    for (const ViewMark& mark : m_marks)
        if (mark.begin >= row.begin && mark.begin < std::max(row.end, row.begin + 1) && (!here || mark.current))
            here = &mark;
    if (!here)
        return;
    const MarkStyle style = styleOf(here->role, palette());
    painter.setPen(style.colour);
    painter.drawText(QRectF(0, top, markWidth, height), Qt::AlignCenter, QString(style.shape));
}

void SourceViewer::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    m_ruler->setGeometry(viewport()->geometry().right() + 1, viewport()->y(), m_ruler->sizeHint().width(), viewport()->height());
    updateBars();
}

void SourceViewer::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::StyleChange) // the style sets fonts itself while it changes: follow the window's scale after it
        QMetaObject::invokeMethod(
            this,
            [this] {
                const double size = QApplication::font().pointSizeF();
                if (size <= 0 || size == m_pointSize)
                    return;
                QFont scaled = font();
                scaled.setPointSizeF(scaled.pointSizeF() * size / std::exchange(m_pointSize, size));
                setFont(scaled);
            },
            Qt::QueuedConnection);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange) {
        updateBars();
        setMarks(m_marks);
    }
}

} // namespace ui
