// The pages of a PDF: layout, painting, selection, keys.
#include "ui/viewers/pdf_viewer.h"

#include "ui/widgets/mark_style.h"
#include "ui/widgets/visible_text.h"

#include <QApplication>
#include <QClipboard>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int gap = 10;

QRectF onPage(const ingest::Box& box, const QRect& page) {
    return {page.left() + box.x * double(page.width()), page.top() + box.y * double(page.height()), box.w * double(page.width()), box.h * double(page.height())};
}

} // namespace

PdfPages::PdfPages(PageTiles& tiles, QWidget* parent) : QAbstractScrollArea(parent), m_tiles(tiles) {
    installSpokenText();
    setObjectName(QStringLiteral("evidence.pages"));
    setAccessibleName(tr("Pages"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setBackgroundRole(QPalette::Mid);
    verticalScrollBar()->setSingleStep(40);
    connect(&tiles, &PageTiles::pageReady, viewport(), qOverload<>(&QWidget::update));
    connect(&tiles, &PageTiles::failed, viewport(), qOverload<>(&QWidget::update));
}

void PdfPages::setDocument(std::shared_ptr<const ingest::Document> document) {
    m_document = std::move(document);
    m_marks.clear();
    m_from = m_to = m_anchor = 0;
    m_shownPage = 0;
    verticalScrollBar()->setValue(0);
    layOut();
    setAccessibleDescription(m_document ? tr("%1, %n page(s)", nullptr, int(m_document->pages().size())).arg(visibleText(m_document->path(), Breaks::Escape)) : QString());
}

void PdfPages::setMarks(std::vector<ViewMark> marks) {
    m_marks = std::move(marks);
    viewport()->update();
}

// --- geometry -----------------------------------------------------------------------------------------------------

void PdfPages::layOut() {
    const int kept = m_tops.size() > 1 ? currentPage() : 1;
    const double into = m_tops.size() > 1 ? double(verticalScrollBar()->value() - m_tops[std::size_t(kept - 1)]) / std::max(1, m_tops[std::size_t(kept)] - m_tops[std::size_t(kept - 1)]) : 0;
    m_tops.assign(1, gap);
    int widest = 0;
    if (m_document)
        for (int page = 1; page <= int(m_document->pages().size()); ++page) {
            const ingest::Page& one = m_document->pages()[std::size_t(page - 1)];
            const int width = pixelWidth(page);
            widest = std::max(widest, width);
            m_tops.push_back(m_tops.back() + std::max(20, int(std::lround(width * double(std::max(1.0f, one.height)) / std::max(1.0f, one.width)))) + gap);
        }
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setRange(0, std::max(0, m_tops.back() - viewport()->height()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setRange(0, std::max(0, widest + 2 * gap - viewport()->width()));
    if (m_tops.size() > std::size_t(kept))
        verticalScrollBar()->setValue(m_tops[std::size_t(kept - 1)] + int(into * (m_tops[std::size_t(kept)] - m_tops[std::size_t(kept - 1)])));
    viewport()->update();
}

int PdfPages::pixelWidth(int page) const {
    float widest = 1;
    for (const ingest::Page& one : m_document->pages())
        widest = std::max(widest, one.width);
    const double fit = std::max(60, viewport()->width() - 2 * gap);
    return std::max(20, int(fit * m_zoom * std::max(1.0f, m_document->pages()[std::size_t(page - 1)].width) / widest));
}

int PdfPages::pageAt(int y) const {
    const auto next = std::upper_bound(m_tops.begin(), m_tops.end(), y);
    return std::clamp(int(next - m_tops.begin()), 1, std::max(1, int(m_tops.size()) - 1));
}

int PdfPages::currentPage() const {
    return m_tops.size() < 2 ? 0 : pageAt(verticalScrollBar()->value() + viewport()->height() / 3);
}

QRect PdfPages::pageRect(int page) const {
    const int width = (m_tops.size() < 2) ? 0 : pixelWidth(page);
    const int left = horizontalScrollBar()->maximum() > 0 ? gap - horizontalScrollBar()->value() : (viewport()->width() - width) / 2;
    return {left, m_tops[std::size_t(page - 1)] - verticalScrollBar()->value(), width, m_tops[std::size_t(page)] - m_tops[std::size_t(page - 1)] - gap};
}

// One rectangle per line of words, as fractions of the page.
std::vector<QRectF> PdfPages::rectsOf(std::size_t begin, std::size_t end, int page) const {
    const ingest::Page& one = m_document->pages()[std::size_t(page - 1)];
    std::vector<QRectF> rects;
    const std::size_t from = std::max(begin, one.begin), to = std::min(end, one.end);
    if (from < to)
        for (const ingest::Box& box : m_document->boxes(from, to))
            rects.emplace_back(box.x, box.y, box.w, box.h);
    return rects;
}

std::vector<QRect> PdfPages::litRects() const {
    std::vector<QRect> lit;
    if (!m_document || m_tops.size() < 2)
        return lit;
    for (int page = pageAt(verticalScrollBar()->value()); page < int(m_tops.size()) && pageRect(page).top() < viewport()->height(); ++page)
        for (const ViewMark& mark : m_marks)
            if (mark.current)
                for (const QRectF& r : rectsOf(mark.begin, mark.end, page))
                    lit.push_back(onPage({float(r.x()), float(r.y()), float(r.width()), float(r.height())}, pageRect(page)).toAlignedRect().intersected(viewport()->rect()));
    return lit;
}

void PdfPages::show(std::size_t begin, std::size_t end) {
    if (!m_document || m_tops.size() < 2)
        return;
    const int page = std::max(1, m_document->pageAt(begin));
    const auto rects = rectsOf(begin, end, page);
    const QRect paper = pageRect(page);
    const double top = rects.empty() ? 0 : rects.front().top() * paper.height(), bottom = rects.empty() ? 0 : rects.back().bottom() * paper.height();
    verticalScrollBar()->setValue(m_tops[std::size_t(page - 1)] + int(std::min((top + bottom) / 2 - viewport()->height() / 2.0, top - 20)));
    if (!rects.empty() && horizontalScrollBar()->maximum() > 0)
        horizontalScrollBar()->setValue(int(rects.front().center().x() * paper.width()) - viewport()->width() / 2);
    viewport()->update();
}

void PdfPages::showPage(int page) {
    if (page >= 1 && page < int(m_tops.size()))
        verticalScrollBar()->setValue(m_tops[std::size_t(page - 1)] - gap);
}

void PdfPages::resizeEvent(QResizeEvent*) {
    layOut();
}

void PdfPages::scrollContentsBy(int, int) {
    viewport()->update();
    if (const int page = currentPage(); page != m_shownPage) {
        m_shownPage = page;
        emit pageChanged(page);
    }
}

// --- painting -----------------------------------------------------------------------------------------------------

void PdfPages::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), isDark(palette()) ? QColor(0x1c, 0x1f, 0x24) : QColor(0xd9, 0xdc, 0xe1));
    if (!m_document || m_tops.size() < 2)
        return;
    int page = pageAt(verticalScrollBar()->value());
    for (; page < int(m_tops.size()); ++page) {
        const QRect rect = pageRect(page);
        if (rect.top() > viewport()->height())
            break;
        if (rect.bottom() >= 0)
            paintPage(painter, page, rect);
    }
    m_tiles.prefetch(page, int(pixelWidth(std::min(page, int(m_tops.size()) - 1)) * devicePixelRatioF()));
}

void PdfPages::paintPage(QPainter& painter, int page, const QRect& rect) {
    const QImage image = m_tiles.page(page, int(rect.width() * devicePixelRatioF()));
    painter.fillRect(rect, Qt::white);
    if (!image.isNull()) {
        painter.setRenderHint(QPainter::SmoothPixmapTransform, image.width() != int(rect.width() * devicePixelRatioF()));
        painter.drawImage(rect, image);
    } else { // the words' places until the picture arrives
        for (const ingest::Word& word : m_document->pages()[std::size_t(page - 1)].words)
            painter.fillRect(onPage(word.box, rect).adjusted(0, 1, 0, -1), QColor(0xe4, 0xe6, 0xe9));
    }
    // Ink stays black under the light: paper is multiplied, never covered. The page is light in a dark window too.
    const QPalette paper(QColor(Qt::white));
    painter.setCompositionMode(QPainter::CompositionMode_Multiply);
    for (const bool current : {false, true})
        for (const ViewMark& mark : m_marks)
            if (mark.current == current)
                for (const QRectF& r : rectsOf(mark.begin, mark.end, page))
                    painter.fillRect(onPage({float(r.x()), float(r.y()), float(r.width()), float(r.height())}, rect).toAlignedRect(),
                                     current ? QColor(0xff, 0xe2, 0x7a) : QColor(0xdd, 0xe8, 0xfb));
    for (const QRectF& r : rectsOf(m_from, m_to, page))
        painter.fillRect(onPage({float(r.x()), float(r.y()), float(r.width()), float(r.height())}, rect), QColor(0xb5, 0xd0, 0xff));
    painter.setCompositionMode(QPainter::CompositionMode_SourceOver);
    for (const ViewMark& mark : m_marks) {
        const auto rects = rectsOf(mark.begin, mark.end, page);
        if (rects.empty())
            continue;
        const MarkStyle style = styleOf(mark.role, paper);
        const QRectF first = onPage({float(rects[0].x()), float(rects[0].y()), float(rects[0].width()), float(rects[0].height())}, rect);
        painter.setPen(style.colour);
        painter.drawText(QRectF(rect.left() + 2, first.top(), 16, std::max(first.height(), double(fontMetrics().height()))), Qt::AlignCenter, QString(style.shape));
    }
    painter.setPen(QColor(0x90, 0x96, 0x9e));
    painter.drawRect(rect.adjusted(0, 0, -1, -1));
    if (hasFocus() && page == currentPage()) {
        painter.setPen(QPen(palette().highlight().color(), 2));
        painter.drawRect(rect.adjusted(-1, -1, 0, 0));
    }
}

// --- words, keys --------------------------------------------------------------------------------------------------

std::size_t PdfPages::wordAt(const QPoint& point) const {
    if (!m_document || m_tops.size() < 2)
        return std::string::npos;
    const int page = pageAt(point.y() + verticalScrollBar()->value());
    const QRect rect = pageRect(page);
    double nearest = 30;
    std::size_t byte = std::string::npos;
    for (const ingest::Word& word : m_document->pages()[std::size_t(page - 1)].words) {
        const QRectF box = onPage(word.box, rect);
        const double dx = std::max({box.left() - point.x(), point.x() - box.right(), 0.0}), dy = std::max({box.top() - point.y(), point.y() - box.bottom(), 0.0});
        if (dx + 3 * dy < nearest) {
            nearest = dx + 3 * dy;
            byte = word.begin;
        }
    }
    return byte;
}

void PdfPages::mousePressEvent(QMouseEvent* event) {
    const std::size_t byte = wordAt(event->pos());
    m_from = m_to = 0;
    m_anchor = byte;
    if (byte != std::string::npos)
        for (int i = 0; i < int(m_marks.size()); ++i)
            if (!m_marks[std::size_t(i)].current && m_marks[std::size_t(i)].begin <= byte && byte < m_marks[std::size_t(i)].end)
                emit markActivated(i);
    viewport()->update();
}

void PdfPages::mouseMoveEvent(QMouseEvent* event) {
    const std::size_t byte = wordAt(event->pos());
    if (!(event->buttons() & Qt::LeftButton) || byte == std::string::npos)
        return;
    if (m_anchor == std::string::npos)
        m_anchor = byte;
    m_from = std::min(m_anchor, byte);
    m_to = std::max(m_anchor, byte);
    for (const ingest::Word& word : m_document->pages()[std::size_t(m_document->pageAt(m_to) - 1)].words)
        if (word.begin == m_to) {
            m_to = word.end;
            break;
        }
    viewport()->update();
}

void PdfPages::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy))
        return copy();
    if (event->matches(QKeySequence::SelectAll) && m_document && currentPage() > 0) {
        const ingest::Page& page = m_document->pages()[std::size_t(currentPage() - 1)];
        m_from = page.begin;
        m_to = page.end;
        return viewport()->update();
    }
    const bool far = event->modifiers() & Qt::ControlModifier;
    QScrollBar* bar = verticalScrollBar();
    switch (event->key()) {
    case Qt::Key_J:
    case Qt::Key_Down:
        return bar->triggerAction(QAbstractSlider::SliderSingleStepAdd);
    case Qt::Key_K:
    case Qt::Key_Up:
        return bar->triggerAction(QAbstractSlider::SliderSingleStepSub);
    case Qt::Key_PageDown:
        return far ? showPage(currentPage() + 1) : bar->triggerAction(QAbstractSlider::SliderPageStepAdd);
    case Qt::Key_PageUp:
        return far ? showPage(currentPage() - 1) : bar->triggerAction(QAbstractSlider::SliderPageStepSub);
    case Qt::Key_Home:
        return bar->triggerAction(QAbstractSlider::SliderToMinimum);
    case Qt::Key_End:
        return bar->triggerAction(QAbstractSlider::SliderToMaximum);
    case Qt::Key_Plus:
    case Qt::Key_Minus:
    case Qt::Key_0:
        if (far)
            return zoom(event->key() == Qt::Key_Plus ? 1 : event->key() == Qt::Key_Minus ? -1 : 0);
        break;
    default:
        break;
    }
    QAbstractScrollArea::keyPressEvent(event);
}

void PdfPages::wheelEvent(QWheelEvent* event) {
    if (event->modifiers() & Qt::ControlModifier)
        return zoom(event->angleDelta().y() > 0 ? 1 : -1);
    QAbstractScrollArea::wheelEvent(event);
}

void PdfPages::zoom(int steps) {
    m_zoom = steps == 0 ? 1 : std::clamp(m_zoom * std::pow(1.2, steps), 0.2, 6.0);
    layOut();
}

QString PdfPages::selectedText() const {
    return m_document && m_from < m_to ? QString::fromStdString(m_document->text().substr(m_from, m_to - m_from)) : QString();
}

void PdfPages::copy() const {
    if (const QString text = selectedText(); !text.isEmpty())
        QApplication::clipboard()->setText(text);
}

bool PdfPages::find(const QString& wanted, bool forward) {
    if (!m_document || wanted.isEmpty() || currentPage() == 0)
        return false;
    const std::string needle = wanted.toStdString(), &text = m_document->text();
    const std::size_t here = m_from < m_to ? (forward ? m_to : m_from) : m_document->pages()[std::size_t(currentPage() - 1)].begin;
    std::size_t at = forward ? text.find(needle, here) : here > 0 ? text.rfind(needle, here - 1) : std::string::npos;
    if (at == std::string::npos)
        at = forward ? text.find(needle) : text.rfind(needle);
    if (at == std::string::npos)
        return false;
    m_from = at;
    m_to = at + needle.size();
    show(m_from, m_to);
    return true;
}

QString PdfPages::spokenText() const {
    if (!m_document || currentPage() == 0)
        return {};
    const ingest::Page& page = m_document->pages()[std::size_t(currentPage() - 1)];
    return visibleText(std::string_view(m_document->text()).substr(page.begin, page.end - page.begin));
}

} // namespace ui
