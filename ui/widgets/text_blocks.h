// A view of blocks of styled text that paints itself: only what is in sight is laid out, so that a megabyte opens at
// once and a streamed chunk costs its own block. Text can be selected and copied; links and margin marks are told to
// the derived view, which decides what they mean. Nothing here loads anything. Main thread. Source: issue 7 (6).
#pragma once

#include "ui/widgets/accessible_text.h"
#include "ui/widgets/markdown_blocks.h"

#include <QAbstractScrollArea>
#include <QColor>
#include <QTextLayout>

#include <map>
#include <memory>
#include <vector>

namespace ui {

struct ShownRange {
    int begin = 0, end = 0;
    std::uint8_t style = PlainStyle;
    QString target;
};

struct ShownText {
    QString text;
    std::vector<ShownRange> ranges;
};
ShownText shownText(const StyledText& text); // unseen code points become escapes

struct ShownBlock {
    BlockKind kind = BlockKind::Paragraph;
    int level = 0, quoteDepth = 0;
    QString marker;         // left of the text: "•", "3."
    ShownText content;
    std::vector<std::vector<ShownText>> rows;
    QChar mark;             // in the margin; null: none
    QColor markColour;
    QString markMeaning;    // its word, on hover and for screen readers
    bool italic = false, grey = false;
    bool before = false;    // of a table: a part of it stands before this one, so its first row is no header
};

class TextBlocksView : public QAbstractScrollArea, public SpokenText {
    Q_OBJECT
public:
    explicit TextBlocksView(QWidget* parent = nullptr);
    ~TextBlocksView() override;

    QString plainText() const;
    QString selectedText() const;
    void copy() const;
    void selectAll();
    // The view is as high as its contents and does not scroll itself; for short texts inside a scrolling page.
    void setFitted(bool fitted);
    QSize sizeHint() const override;

    QString spokenText() const override { return plainText(); }
    int spokenCursor() const override;
    void setSpokenCursor(int offset) override;
    QRect spokenRect(int offset) const override;

signals:
    void linkActivated(const QString& target);

protected:
    virtual int blockCount() const = 0;
    virtual ShownBlock blockAt(int index) const = 0;
    virtual int lengthOf(int index) const = 0; // about how many characters, for the scroll bar
    virtual int marginWidth() const { return 0; }
    virtual QString linkMeaning(const QString& target) const { return target; }
    void blocksChanged(int first); // blocks from `first` on are others than before
    int blockUnder(const QPoint& point) const;
    int cursorBlock() const { return m_linkBlock >= 0 ? m_linkBlock : m_cursor.block; } // where keyboard or pointer is
    virtual void cursorMoved() {}

    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void changeEvent(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool focusNextPrevChild(bool next) override;

private:
    struct Laid;
    struct Position {
        int block = 0, offset = 0;
        auto operator<=>(const Position&) const = default;
    };
    const Laid& laid(int index) const;
    std::unique_ptr<Laid> layOut(ShownBlock block) const;
    double estimate(int index) const;
    void settle();
    double topOf(int index) const;
    int indexAt(double y) const;
    void paintBlock(QPainter& painter, int index, double top) const;
    Position positionAt(const QPoint& point) const;
    QString targetAt(const QPoint& point) const;
    void forgetLayouts();

    mutable std::map<int, std::unique_ptr<Laid>> m_laid;
    mutable std::vector<float> m_heights; // measured or estimated
    mutable std::vector<double> m_tops;   // one more than blocks
    mutable int m_validTops = 0;
    Position m_anchor, m_cursor;
    bool m_selecting = false, m_fitted = false;
    int m_linkBlock = -1, m_linkRange = -1; // the link the keyboard is on
};

} // namespace ui
