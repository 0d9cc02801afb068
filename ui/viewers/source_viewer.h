// A Document's text as lines: numbers, syntax colours, marks by role in the margin, an overview ruler, the quote lit.
// Paints only what is in sight, so 100,000 lines open at once; overlong lines are broken into rows. Text can be
// selected; what is copied are the document's own bytes, escapes are only shown. Main thread; the Document is shared.
// Source: product.md 5 (Evidence), reliability.md P13.
#pragma once

#include "app/report/report.h"
#include "ingest/corpus.h"
#include "ingest/span.h"
#include "ui/viewers/source_highlighter.h"
#include "ui/widgets/accessible_text.h"
#include "ui/widgets/visible_text.h"

#include <QAbstractScrollArea>
#include <QTextLayout>

#include <memory>
#include <vector>

namespace ui {

struct ViewMark {
    std::size_t begin = 0, end = 0; // bytes; beyond the text: lies in another document
    app::EvidenceRole role = app::EvidenceRole::Support;
    bool current = false; // the one that is lit
};

class SourceRuler;

class SourceViewer : public QAbstractScrollArea, public SpokenText {
    Q_OBJECT
public:
    explicit SourceViewer(QWidget* parent = nullptr);
    ~SourceViewer() override;

    void setDocument(std::shared_ptr<const ingest::Document> document);
    const std::shared_ptr<const ingest::Document>& document() const { return m_document; }
    void setMarks(std::vector<ViewMark> marks);
    using QWidget::show;
    void show(std::size_t begin, std::size_t end); // scrolls there; lights what the marks say
    void clear() { setDocument(nullptr); }

    // Where the current mark is lit, in viewport coordinates; for tests and screen readers.
    std::vector<QRect> litRects() const;
    bool find(const QString& text, bool forward); // from the cursor on, around the end
    void zoom(int steps);                         // 0: back to the font's own size
    std::size_t cursorByte() const { return m_cursor; }
    int firstVisibleLine() const;
    QString selectedText() const;
    void copy() const;

    QString spokenText() const override;
    int spokenCursor() const override;
    void setSpokenCursor(int offset) override;
    QRect spokenRect(int offset) const override;
    QString spokenMark(int offset) const override;

signals:
    void markActivated(int mark); // clicked in the margin or the ruler
    void cursorMoved(int line);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    struct Row {
        VisibleLine shown;
        std::unique_ptr<QTextLayout> layout;
        std::size_t begin = 0, end = 0;
        int line = 0;
        bool first = false; // of its line
    };
    std::size_t rowAt(std::size_t byte) const;
    Row makeRow(std::size_t index) const;
    std::uint8_t stateBefore(int line) const;
    QRectF rangeRect(const Row& row, std::size_t begin, std::size_t end, double top) const;
    void updateBars();
    void moveCursor(std::size_t byte, bool select);
    std::size_t byteAt(const QPoint& point) const;
    int gutter() const;
    int rowHeight() const;
    void paintMargin(QPainter& painter, const Row& row, double top) const;

    std::shared_ptr<const ingest::Document> m_document;
    std::vector<std::uint32_t> m_rows; // first byte of every row
    std::vector<ViewMark> m_marks;
    SourceHighlighter m_highlighter;
    mutable std::vector<std::uint8_t> m_states; // before line i + 1
    mutable QString m_spoken;
    mutable std::size_t m_spokenBegin = 0;
    std::size_t m_anchor = 0, m_cursor = 0;
    double m_pointSize = 0;
    SourceRuler* m_ruler;
};

} // namespace ui
