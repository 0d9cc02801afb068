#include "ui/viewers/thumbnails.h"

#include "ui/widgets/mark_style.h"
#include "ui/widgets/visible_text.h"

#include <QPainter>

namespace ui {

ThumbnailModel::ThumbnailModel(PageTiles& tiles, QObject* parent) : QAbstractListModel(parent), m_tiles(tiles) {
    connect(&tiles, &PageTiles::pageReady, this, [this](int page) {
        if (page <= rowCount())
            emit dataChanged(index(page - 1), index(page - 1), {Qt::DecorationRole});
    });
}

void ThumbnailModel::setDocument(std::shared_ptr<const ingest::Document> document) {
    beginResetModel();
    m_document = std::move(document);
    m_marks.clear();
    endResetModel();
}

void ThumbnailModel::setMarks(const std::vector<ViewMark>& marks) {
    m_marks.clear();
    if (m_document)
        for (const ViewMark& mark : marks) {
            if (mark.begin >= m_document->text().size())
                continue; // of another document
            for (int page = m_document->pageAt(mark.begin), last = m_document->pageAt(mark.end > mark.begin ? mark.end - 1 : mark.begin); page > 0 && page <= last; ++page)
                m_marks[page].append(int(mark.role));
        }
    if (rowCount() > 0)
        emit dataChanged(index(0), index(rowCount() - 1), {MarksRole, Qt::AccessibleTextRole});
}

int ThumbnailModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_document ? 0 : int(m_document->pages().size());
}

QVariant ThumbnailModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const int page = index.row() + 1;
    const auto marks = m_marks.find(page);
    switch (role) {
    case Qt::DisplayRole: {
        const std::string& label = m_document->pages()[std::size_t(index.row())].label;
        return label.empty() ? QString::number(page) : visibleText(label, Breaks::Escape);
    }
    case Qt::AccessibleTextRole:
        return marks == m_marks.end() ? tr("Page %1").arg(page) : tr("Page %1, %n mark(s)", nullptr, int(marks->second.size())).arg(page);
    case Qt::DecorationRole:
        return m_tiles.page(page, width, false);
    case MarksRole:
        return QVariant::fromValue(marks == m_marks.end() ? QList<int>() : marks->second);
    default:
        return {};
    }
}

QSize ThumbnailDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    return {ThumbnailModel::width + 24, int(ThumbnailModel::width * 1.42) + option.fontMetrics.height() + 12};
}

void ThumbnailDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const int text = option.fontMetrics.height() + 2;
    const QRect cell = option.rect.adjusted(4, 4, -4, -4);
    const bool current = option.state & QStyle::State_Selected;
    painter->fillRect(option.rect, current ? option.palette.highlight() : option.palette.base());
    const QImage image = index.data(Qt::DecorationRole).value<QImage>();
    QSize size(ThumbnailModel::width, cell.height() - text);
    if (!image.isNull())
        size = image.size().scaled(size, Qt::KeepAspectRatio);
    const QRect page(cell.center().x() - size.width() / 2, cell.top(), size.width(), size.height());
    painter->fillRect(page, Qt::white);
    if (!image.isNull())
        painter->drawImage(page, image);
    painter->setPen(QColor(0x90, 0x96, 0x9e));
    painter->drawRect(page.adjusted(0, 0, -1, -1));
    painter->setPen(current ? option.palette.highlightedText().color() : option.palette.text().color());
    painter->drawText(QRect(cell.left(), cell.bottom() - text + 2, cell.width(), text), Qt::AlignCenter, index.data().toString());
    int x = page.right() - 10;
    for (const int role : index.data(ThumbnailModel::MarksRole).value<QList<int>>().mid(0, 5)) {
        const MarkStyle style = styleOf(app::EvidenceRole(role), QPalette(QColor(Qt::white)));
        painter->setPen(Qt::NoPen);
        painter->setBrush(style.colour);
        painter->drawEllipse(QRect(x, page.top() + 4, 8, 8));
        x -= 11;
    }
}

} // namespace ui
