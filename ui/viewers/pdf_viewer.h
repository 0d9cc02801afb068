// Pages of a PDF one below the other: the picture of each page, the passages lit over it, words that can be selected,
// thumbnails with marks, and beside the page what the model saw of it. Boxes are fractions of their page; a page is
// shown with its marks before its picture has arrived. Main thread; the Document is shared.
// Source: product.md 5 (Evidence), reliability.md P12.
#pragma once

#include "ui/viewers/page_tiles.h"
#include "ui/viewers/source_viewer.h"

#include <QAbstractScrollArea>
#include <QWidget>

class QLabel;
class QListView;
class QPlainTextEdit;
class QSplitter;
class QToolButton;

namespace ui {

class ThumbnailModel;

// The pages themselves.
class PdfPages : public QAbstractScrollArea, public SpokenText {
    Q_OBJECT
public:
    explicit PdfPages(PageTiles& tiles, QWidget* parent = nullptr);

    void setDocument(std::shared_ptr<const ingest::Document> document);
    void setMarks(std::vector<ViewMark> marks);
    void show(std::size_t begin, std::size_t end);
    void showPage(int page);
    using QWidget::show;
    void zoom(int steps); // 0: the page fits the width
    int currentPage() const;
    int cachedPage() const { return m_shownPage; }
    QRect pageRect(int page) const;      // in viewport coordinates
    std::vector<QRect> litRects() const; // of the current mark, in viewport coordinates
    QString selectedText() const;
    void copy() const;
    bool find(const QString& text, bool forward);

    QString spokenText() const override;
    int spokenCursor() const override { return 0; }
    void setSpokenCursor(int) override {}
    QRect spokenRect(int) const override { return viewport()->rect(); }

signals:
    void pageChanged(int page);
    void markActivated(int mark);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    void layOut();
    int pageAt(int y) const; // content coordinates, 1-based
    std::vector<QRectF> rectsOf(std::size_t begin, std::size_t end, int page) const;
    void paintPage(QPainter& painter, int page, const QRect& rect);
    std::size_t wordAt(const QPoint& point) const; // byte; npos: no word there
    int pixelWidth(int page) const;

    PageTiles& m_tiles;
    std::shared_ptr<const ingest::Document> m_document;
    std::vector<ViewMark> m_marks;
    std::vector<int> m_tops; // one more than pages
    double m_zoom = 1;       // 1: the widest page fits
    std::size_t m_from = 0, m_to = 0, m_anchor = 0; // selection
    int m_shownPage = 0;
};

class PdfViewer : public QWidget {
    Q_OBJECT
public:
    explicit PdfViewer(QWidget* parent = nullptr);

    void setDocument(std::shared_ptr<const ingest::Document> document, PageTiles::ReadBytes read, const QString& helper);
    const std::shared_ptr<const ingest::Document>& document() const { return m_document; }
    void setMarks(std::vector<ViewMark> marks);
    void show(std::size_t begin, std::size_t end);
    using QWidget::show;
    void clear() { setDocument(nullptr, nullptr, {}); }
    bool find(const QString& text, bool forward) { return m_pages->find(text, forward); }
    void zoom(int steps) { m_pages->zoom(steps); }
    PdfPages& pages() { return *m_pages; }
    PageTiles& tiles() { return *m_tiles; }

signals:
    void markActivated(int mark);

private:
    void pageTurned(int page);
    void showModelText(int page);
    PageTiles* m_tiles;
    PdfPages* m_pages;
    ThumbnailModel* m_thumbnails;
    QListView* m_list;
    QPlainTextEdit* m_text;
    QLabel *m_badge, *m_notice;
    QToolButton* m_sawText;
    QSplitter* m_splitter;
    std::shared_ptr<const ingest::Document> m_document;
    std::vector<ViewMark> m_marks;
};

} // namespace ui
