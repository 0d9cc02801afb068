// Treemap: files as nested rectangles, squarified; area is tokens and nothing else. Zoom by click or Enter,
// out by Backspace; arrows move; Space asks to leave out or take in; what is under the pointer or the cursor
// is said with its rule. Every rectangle is a child for screen readers. Knows no Desk. Main thread.
#pragma once

#include "ui/widgets/accessible_parts.h"

#include <QRectF>
#include <QString>
#include <QWidget>

#include <cstdint>
#include <memory>
#include <vector>

namespace ui {

struct Colours;

struct TreemapItem {
    QString path, kind, state, rule, reason; // state as in the ledger: in_context, over_budget, ...
    std::int64_t tokens = 0;
    double volatility = 0; // 0…1 after scaling
    int findings = 0;
    int worst = 0; // severity of the worst finding
};

enum class TreemapColour : std::uint8_t { Kind, Volatility, Coverage, Findings };

// Rectangles for `weights` (descending) inside `area`, as square as can be; the order stays, areas are exact.
std::vector<QRectF> squarify(const std::vector<double>& weights, const QRectF& area);

class Treemap : public QWidget, public SpokenParts {
    Q_OBJECT
public:
    explicit Treemap(QWidget* parent = nullptr);
    ~Treemap() override;

    // The tree of the items, which takes a while for many: any thread. Shown by setTree, from then on the map's own.
    struct Node;
    using Tree = std::shared_ptr<Node>;
    static Tree grow(std::vector<TreemapItem> items);
    void setTree(Tree tree);
    void setItems(std::vector<TreemapItem> items) { setTree(grow(std::move(items))); }
    void setColour(TreemapColour colour);
    QString root() const; // folder zoomed into, "" = all
    void zoomTo(const QString& folder);
    QString currentPath() const;
    void setCurrentPath(const QString& path);
    QString pathAt(const QPoint& point) const;
    QRectF rectOf(const QString& path) const;
    std::int64_t tokensOf(const QString& path) const;

    QSize minimumSizeHint() const override;

    int partCount() const override { return int(m_cells.size()); }
    SpokenPart part(int index) const override;
    int partAt(const QPoint& point) const override;
    int currentPart() const override;
    void setCurrentPart(int index) override;
    void pressPart(int index) override;

signals:
    void currentChanged(const QString& path, const QString& description);
    void rootChanged(const QString& root);
    void leaveOutWanted(const QString& path, bool folder);
    void opened(const QString& path);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Cell {
        QRectF rect;
        const Node* node = nullptr;
        int depth = 0;
    };
    void layOut();
    void place(const Node& node, const QRectF& area, int depth);
    const Cell* cellAt(const QPointF& point) const;
    const Node* nodeOf(const QString& path) const;
    QString describe(const Node& node) const;
    QColor fill(const Node& node, const Colours& colours) const;
    void open(const Node& node);
    void move(int key);

    Tree m_top;
    const Node* m_root = nullptr;
    const Node* m_current = nullptr;
    std::vector<Cell> m_cells; // parents before children
    TreemapColour m_colour = TreemapColour::Kind;
};

} // namespace ui
