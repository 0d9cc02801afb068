// Keys, mouse, search and what a screen reader is told of the source viewer.
#include "ui/viewers/source_ruler.h"
#include "ui/viewers/source_viewer.h"
#include "ui/widgets/mark_style.h"

#include <QApplication>
#include <QClipboard>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>

namespace ui {

namespace {

constexpr std::size_t spokenBytes = 256 * 1024; // read out around the cursor

std::size_t before(const std::string& text, std::size_t at) {
    if (at > 0)
        --at;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80)
        --at;
    return at;
}

std::size_t after(const std::string& text, std::size_t at) {
    if (at < text.size())
        ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80)
        ++at;
    return at;
}

} // namespace

std::size_t SourceViewer::byteAt(const QPoint& point) const {
    if (!m_document || m_rows.empty())
        return 0;
    const int index = std::clamp(verticalScrollBar()->value() + point.y() / rowHeight(), 0, int(m_rows.size()) - 1);
    const Row row = makeRow(std::size_t(index));
    const int column = row.layout->lineAt(0).xToCursor(point.x() - gutter() + horizontalScrollBar()->value());
    return row.begin + std::size_t(row.shown.byteAt(column));
}

void SourceViewer::moveCursor(std::size_t byte, bool select) {
    m_cursor = std::min(byte, m_document->text().size());
    if (!select)
        m_anchor = m_cursor;
    const int row = int(rowAt(m_cursor)), first = verticalScrollBar()->value(), page = verticalScrollBar()->pageStep();
    if (row < first)
        verticalScrollBar()->setValue(row);
    else if (row >= first + page)
        verticalScrollBar()->setValue(row - page + 1);
    viewport()->update();
    emit cursorMoved(m_document->lineAt(m_cursor));
}

void SourceViewer::mousePressEvent(QMouseEvent* event) {
    if (!m_document || event->button() != Qt::LeftButton)
        return;
    const std::size_t byte = byteAt(event->pos());
    if (event->pos().x() < gutter() - 8) {
        const std::size_t row = rowAt(byte);
        for (int i = 0; i < int(m_marks.size()); ++i)
            if (rowAt(m_marks[std::size_t(i)].begin) == row) {
                emit markActivated(i);
                return;
            }
    }
    moveCursor(byte, event->modifiers() & Qt::ShiftModifier);
}

void SourceViewer::mouseMoveEvent(QMouseEvent* event) {
    if (m_document && (event->buttons() & Qt::LeftButton))
        moveCursor(byteAt(event->pos()), true);
}

void SourceViewer::keyPressEvent(QKeyEvent* event) {
    if (!m_document)
        return QAbstractScrollArea::keyPressEvent(event);
    if (event->matches(QKeySequence::Copy))
        return copy();
    const std::string& text = m_document->text();
    if (event->matches(QKeySequence::SelectAll)) {
        m_anchor = 0;
        m_cursor = text.size();
        return viewport()->update();
    }
    const bool select = event->modifiers() & Qt::ShiftModifier, far = event->modifiers() & Qt::ControlModifier;
    const int row = int(rowAt(m_cursor)), last = int(m_rows.size()) - 1, page = verticalScrollBar()->pageStep();
    const auto toRow = [&](int target) {
        const Row from = makeRow(std::size_t(row)), to = makeRow(std::size_t(std::clamp(target, 0, last)));
        const int column = from.shown.columnOf[std::min(m_cursor, from.end) - from.begin];
        moveCursor(to.begin + std::size_t(to.shown.byteAt(std::min(column, int(to.shown.text.size())))), select);
    };
    switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_K:
        return toRow(row - 1);
    case Qt::Key_Down:
    case Qt::Key_J:
        return toRow(row + 1);
    case Qt::Key_PageUp:
        return toRow(row - page);
    case Qt::Key_PageDown:
        return toRow(row + page);
    case Qt::Key_Left:
        if (event->modifiers() & Qt::AltModifier)
            break;
        return moveCursor(before(text, m_cursor), select);
    case Qt::Key_Right:
        if (event->modifiers() & Qt::AltModifier)
            break;
        return moveCursor(after(text, m_cursor), select);
    case Qt::Key_Home:
        return moveCursor(far ? 0 : m_rows[std::size_t(row)], select);
    case Qt::Key_End:
        return moveCursor(far ? text.size() : makeRow(std::size_t(row)).end, select);
    case Qt::Key_Plus:
        if (far)
            return zoom(1);
        break;
    case Qt::Key_Minus:
        if (far)
            return zoom(-1);
        break;
    case Qt::Key_0:
        if (far)
            return zoom(0);
        break;
    default:
        break;
    }
    QAbstractScrollArea::keyPressEvent(event);
}

void SourceViewer::wheelEvent(QWheelEvent* event) {
    if (event->modifiers() & Qt::ControlModifier)
        return zoom(event->angleDelta().y() > 0 ? 1 : -1);
    QAbstractScrollArea::wheelEvent(event);
}

bool SourceViewer::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip && m_document) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const std::size_t row = rowAt(byteAt(help->pos()));
        QString words;
        for (const ViewMark& mark : m_marks)
            if (rowAt(mark.begin) == row)
                words = styleOf(mark.role, palette()).word;
        QToolTip::showText(help->globalPos(), words, viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void SourceViewer::zoom(int steps) {
    QFont larger = font();
    larger.setPointSizeF(steps == 0 ? m_pointSize : std::clamp(font().pointSizeF() + steps, 5.0, 40.0));
    setFont(larger);
}

bool SourceViewer::find(const QString& wanted, bool forward) {
    if (!m_document || wanted.isEmpty())
        return false;
    const std::string needle = wanted.toStdString(), &text = m_document->text();
    std::size_t at = forward ? text.find(needle, std::max(m_anchor, m_cursor)) : std::string::npos;
    if (!forward && std::min(m_anchor, m_cursor) > 0)
        at = text.rfind(needle, std::min(m_anchor, m_cursor) - 1);
    if (at == std::string::npos)
        at = forward ? text.find(needle) : text.rfind(needle);
    if (at == std::string::npos)
        return false;
    show(at, at + needle.size());
    m_anchor = at;
    m_cursor = at + needle.size();
    viewport()->update();
    return true;
}

QString SourceViewer::selectedText() const {
    if (!m_document)
        return {};
    const std::size_t from = std::min(m_anchor, m_cursor), to = std::max(m_anchor, m_cursor);
    return QString::fromStdString(m_document->text().substr(from, to - from));
}

void SourceViewer::copy() const {
    if (const QString text = selectedText(); !text.isEmpty())
        QApplication::clipboard()->setText(text);
}

// --- for screen readers: the text around the cursor, whole for ordinary files --------------------------------------

QString SourceViewer::spokenText() const {
    if (m_document && m_spoken.isEmpty() && !m_rows.empty()) {
        const std::string& text = m_document->text();
        const std::size_t begin = text.size() <= spokenBytes ? 0 : m_cursor > spokenBytes / 2 ? m_cursor - spokenBytes / 2 : 0;
        m_spokenBegin = m_rows[rowAt(begin)];
        m_spoken = visibleText(std::string_view(text).substr(m_spokenBegin, spokenBytes));
    }
    return m_spoken;
}

int SourceViewer::spokenCursor() const {
    spokenText();
    if (!m_document || m_cursor < m_spokenBegin)
        return 0;
    return int(visibleText(std::string_view(m_document->text()).substr(m_spokenBegin, m_cursor - m_spokenBegin)).size());
}

void SourceViewer::setSpokenCursor(int offset) {
    const QString text = spokenText();
    if (!m_document)
        return;
    // Escapes are longer than what they stand for: walk line by line, then by columns.
    const int line = int(text.left(offset).count(QLatin1Char('\n'))) + m_document->lineAt(m_spokenBegin);
    moveCursor(m_document->lineBegin(std::clamp(line, 1, m_document->lineCount())), false);
}

QRect SourceViewer::spokenRect(int) const {
    if (!m_document)
        return {};
    const int row = int(rowAt(m_cursor)) - verticalScrollBar()->value();
    return QRect(gutter(), row * rowHeight(), viewport()->width() - gutter(), rowHeight()).intersected(viewport()->rect());
}

QString SourceViewer::spokenMark(int) const {
    for (const ViewMark& mark : m_marks)
        if (rowAt(mark.begin) <= rowAt(m_cursor) && rowAt(m_cursor) <= rowAt(std::max(mark.begin, mark.end - 1)))
            return styleOf(mark.role, palette()).word;
    return {};
}

} // namespace ui
