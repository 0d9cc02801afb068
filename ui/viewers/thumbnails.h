// Pages as a list for the strip of thumbnails: number, whether it holds marks, its small picture when that is there.
// Main thread; owned by its PdfViewer.
#pragma once

#include "ui/viewers/page_tiles.h"
#include "ui/viewers/source_viewer.h"

#include <QAbstractListModel>
#include <QStyledItemDelegate>

namespace ui {

class ThumbnailModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { MarksRole = Qt::UserRole + 1 }; // QList<int>: EvidenceRole of each mark on the page
    ThumbnailModel(PageTiles& tiles, QObject* parent);
    void setDocument(std::shared_ptr<const ingest::Document> document);
    void setMarks(const std::vector<ViewMark>& marks);
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    static constexpr int width = 96;

private:
    PageTiles& m_tiles;
    std::shared_ptr<const ingest::Document> m_document;
    std::map<int, QList<int>> m_marks; // by page
};

class ThumbnailDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace ui
