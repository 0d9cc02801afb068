#include "ui/widgets/treemap.h"

#include "ui/text.h"
#include "ui/theme.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QThreadPool>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <map>

namespace ui {

struct Treemap::Node {
    QString name, path;
    std::int64_t tokens = 0;
    int findings = 0, worst = 0;
    bool file = false;
    TreemapItem item;
    Node* parent = nullptr;
    std::vector<std::unique_ptr<Node>> children; // heaviest first
    std::map<QString, Node*> byName;
};

std::vector<QRectF> squarify(const std::vector<double>& weights, const QRectF& whole) {
    // Rows along the shorter side, each closed when one more child would make its worst rectangle longer
    // (Bruls, Huizing, van Wijk 2000).
    std::vector<QRectF> rects(weights.size());
    double left = 0;
    for (const double weight : weights) left += weight;
    QRectF area = whole;
    for (std::size_t at = 0; at < weights.size() && left > 0 && area.width() > 0 && area.height() > 0;) {
        const double side = std::min(area.width(), area.height()),
                     scale = area.width() * area.height() / left;
        double sum = 0, worst = 1e300, taken = 0;
        std::size_t count = 0;
        while (at + count < weights.size()) {
            const double next = sum + weights[at + count] * scale;
            const double big = weights[at] * scale, small = weights[at + count] * scale;
            const double now =
                small > 0 ? std::max(side * side * big / (next * next), next * next / (side * side * small))
                          : worst;
            if (count > 0 && now > worst) break;
            worst = now, sum = next, taken += weights[at + count], ++count;
        }
        const double thick = side > 0 ? sum / side : 0;
        const bool rows = area.width() <= area.height();
        double offset = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const double length = thick > 0 ? weights[at + i] * scale / thick : 0;
            rects[at + i] = rows ? QRectF(area.x() + offset, area.y(), length, thick)
                                 : QRectF(area.x(), area.y() + offset, thick, length);
            offset += length;
        }
        if (rows)
            area.setTop(area.top() + thick);
        else
            area.setLeft(area.left() + thick);
        left -= taken;
        at += count;
    }
    return rects;
}

Treemap::Treemap(QWidget* parent) : QWidget(parent), m_top(std::make_shared<Node>()) {
    m_root = m_top.get();
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Treemap of tokens"));
    installSpokenParts();
}

Treemap::~Treemap() = default;

QSize Treemap::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 30, fontMetrics().height() * 8};
}

Treemap::Tree Treemap::grow(std::vector<TreemapItem> items) {
    auto top = std::make_shared<Node>();
    for (TreemapItem& item : items) {
        if (item.tokens <= 0) continue;
        Node* at = top.get();
        const QStringList parts = item.path.split('/');
        QString path;
        for (int i = 0; i <= parts.size(); ++i) {
            at->tokens += item.tokens;
            at->findings += item.findings;
            at->worst = std::max(at->worst, item.worst);
            if (i == parts.size()) break;
            path += (path.isEmpty() ? "" : "/") + parts[i];
            Node*& child = at->byName[parts[i]];
            if (!child) {
                at->children.push_back(std::make_unique<Node>());
                child = at->children.back().get();
                child->name = parts[i];
                child->path = path;
                child->parent = at;
            }
            at = child;
        }
        at->file = true;
        at->item = std::move(item);
    }
    const auto sortAll = [](Node& node, const auto& self) -> void {
        std::stable_sort(node.children.begin(), node.children.end(),
                         [](const auto& a, const auto& b) { return a->tokens > b->tokens; });
        for (auto& child : node.children) self(*child, self);
    };
    sortAll(*top, sortAll);
    return top;
}

void Treemap::setTree(Tree tree) {
    const QString root = this->root(), current = currentPath();
    m_cells.clear();
    m_current = nullptr;
    std::swap(m_top, tree);
    QThreadPool::globalInstance()->start([old = std::move(tree)] {}); // many nodes take a while to go, too
    m_root = m_top.get();
    if (const Node* node = nodeOf(root); node && !node->file) m_root = node;
    if (const Node* node = nodeOf(current)) m_current = node;
    layOut();
}

const Treemap::Node* Treemap::nodeOf(const QString& path) const {
    const Node* at = m_top.get();
    if (path.isEmpty()) return at;
    for (const QString& part : path.split('/')) {
        const auto child = at->byName.find(part);
        if (child == at->byName.end()) return nullptr;
        at = child->second;
    }
    return at;
}

void Treemap::setColour(TreemapColour colour) {
    m_colour = colour;
    update();
}

QString Treemap::root() const {
    return m_root->path;
}

QString Treemap::currentPath() const {
    return m_current ? m_current->path : QString();
}

std::int64_t Treemap::tokensOf(const QString& path) const {
    const Node* const node = nodeOf(path);
    return node ? node->tokens : 0;
}

void Treemap::zoomTo(const QString& folder) {
    const Node* const node = nodeOf(folder);
    if (!node || node->file || node == m_root) return;
    m_root = node;
    layOut();
    emit rootChanged(folder);
}

void Treemap::setCurrentPath(const QString& path) {
    const Node* const node = path.isEmpty() ? nullptr : nodeOf(path);
    if (node == m_current) return;
    m_current = node;
    const QString words = node ? describe(*node) : QString();
    setAccessibleDescription(words);
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
    currentPartChanged(this);
    emit currentChanged(path, words);
    update();
}

void Treemap::layOut() {
    m_cells.clear();
    place(*m_root, QRectF(rect()).adjusted(1, 1, -1, -1), 0);
    partsChanged(this);
    update();
}

void Treemap::place(const Node& node, const QRectF& area, int depth) {
    if (depth > 0) m_cells.push_back({area, &node, depth});
    if (node.file || area.width() < 3 || area.height() < 3) return;
    QRectF inner = area;
    const int header = fontMetrics().height() + 2;
    if (depth > 0 && area.width() > header * 3 && area.height() > header * 2)
        inner = area.adjusted(2, header, -2, -2);
    else if (depth > 0)
        inner = area.adjusted(1, 1, -1, -1);
    std::vector<double> weights;
    for (const auto& child : node.children) weights.push_back(double(child->tokens));
    const std::vector<QRectF> rects = squarify(weights, inner);
    for (std::size_t i = 0; i < rects.size(); ++i)
        if (rects[i].width() >= 0.7 && rects[i].height() >= 0.7)
            place(*node.children[i], rects[i], depth + 1);
}

const Treemap::Cell* Treemap::cellAt(const QPointF& point) const {
    for (auto cell = m_cells.rbegin(); cell != m_cells.rend(); ++cell)
        if (cell->rect.contains(point)) return &*cell;
    return nullptr;
}

QString Treemap::pathAt(const QPoint& point) const {
    const Cell* const cell = cellAt(point);
    return cell ? cell->node->path : QString();
}

QRectF Treemap::rectOf(const QString& path) const {
    for (const Cell& cell : m_cells)
        if (cell.node->path == path) return cell.rect;
    return {};
}

QString Treemap::describe(const Node& node) const {
    QString words = tr("%1: %2 tokens").arg(oneLine(node.path.toStdString()), countText(node.tokens));
    if (node.file) {
        words += node.item.state == "in_context"       ? tr(", read in full")
                 : node.item.state == "structure_only" ? tr(", signatures only")
                 : node.item.state == "over_budget"    ? tr(", over budget")
                                                       : ", " + node.item.state;
        if (!node.item.reason.isEmpty()) words += " (" + oneLine(node.item.reason.toStdString()) + ")";
        if (!node.item.rule.isEmpty()) words += tr("; rule: %1").arg(oneLine(node.item.rule.toStdString()));
    } else {
        words += ", " + tr("%n entries", nullptr, int(node.children.size()));
    }
    if (node.findings > 0) words += ", " + tr("%n findings", nullptr, node.findings);
    return words;
}

// --- parts for screen readers
// --------------------------------------------------------------------------------------

SpokenPart Treemap::part(int index) const {
    const Cell& cell = m_cells[std::size_t(index)];
    return {oneLine(cell.node->path.toStdString()), tr("%1 tokens").arg(countText(cell.node->tokens)),
            describe(*cell.node), cell.rect.toAlignedRect()};
}

int Treemap::partAt(const QPoint& point) const {
    const Cell* const cell = cellAt(point);
    return cell ? int(cell - m_cells.data()) : -1;
}

int Treemap::currentPart() const {
    for (std::size_t i = 0; i < m_cells.size(); ++i)
        if (m_cells[i].node == m_current) return int(i);
    return -1;
}

void Treemap::setCurrentPart(int index) {
    setCurrentPath(m_cells[std::size_t(index)].node->path);
}

void Treemap::pressPart(int index) {
    open(*m_cells[std::size_t(index)].node);
}

void Treemap::open(const Node& node) {
    if (node.file)
        emit opened(node.path);
    else
        zoomTo(node.path);
}

// --- painting
// ------------------------------------------------------------------------------------------------------

QColor Treemap::fill(const Node& node, const Colours& c) const {
    if (!node.file) return mixed(c.panel, c.line, 0.55);
    const TreemapItem& item = node.item;
    switch (m_colour) {
    case TreemapColour::Kind:
        return item.kind == "pdf"        ? c.pdf
               : item.kind == "markdown" ? c.markdown
               : item.kind == "text"     ? c.prose
                                         : c.code;
    case TreemapColour::Volatility:
        return mixed(c.cached, c.uncached, std::clamp(item.volatility, 0.0, 1.0));
    case TreemapColour::Coverage:
        return item.state == "in_context"       ? c.prose
               : item.state == "structure_only" ? c.markdown
                                                : c.excluded;
    case TreemapColour::Findings:
        return item.findings == 0
                   ? c.excluded
                   : mixed(c.severity[std::size_t(std::clamp(item.worst, 0, 4))],
                           c.dark ? QColor(Qt::black) : QColor(Qt::white), c.dark ? 0.35 : 0.0);
    }
    return c.excluded;
}

void Treemap::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours c = coloursOf(palette());
    painter.fillRect(rect(), c.ground);
    if (m_top->tokens == 0) {
        painter.setPen(c.quiet);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, tr("Nothing was read yet"));
        return;
    }
    const int header = fontMetrics().height() + 2;
    const QFontMetrics metrics = fontMetrics();
    for (const Cell& cell : m_cells) {
        const QRectF r = cell.rect.adjusted(0.5, 0.5, -0.5, -0.5);
        if (r.width() < 0.5 || r.height() < 0.5) continue;
        painter.fillRect(r, fill(*cell.node, c));
        if (cell.node->file && cell.node->item.state == "over_budget")
            painter.fillRect(r, QBrush(c.onFill, Qt::BDiagPattern));
        if (r.width() > metrics.averageCharWidth() * 5 && r.height() > header) {
            painter.setPen(cell.node->file ? c.onFill : c.text);
            const QString words = cell.node->name + (cell.node->file ? QString() : QStringLiteral("/"));
            QString shown = metrics.elidedText(words, Qt::ElideMiddle, int(r.width()) - 6);
            painter.drawText(r.adjusted(4, 1, -2, 0), Qt::AlignLeft | Qt::AlignTop, shown);
            if (cell.node->file && r.height() > header * 2.2 && r.width() > metrics.averageCharWidth() * 8)
                painter.drawText(r.adjusted(4, header, -2, 0), Qt::AlignLeft | Qt::AlignTop,
                                 tokensText(cell.node->tokens));
        }
    }
    for (const Cell& cell : m_cells)
        if (cell.node == m_current) {
            painter.setPen(QPen(c.ground, 5));
            painter.drawRect(cell.rect.adjusted(1.5, 1.5, -1.5, -1.5));
            painter.setPen(QPen(hasFocus() ? c.accent : c.text, 3));
            painter.drawRect(cell.rect.adjusted(1.5, 1.5, -1.5, -1.5));
        }
    if (hasFocus()) {
        painter.setPen(QPen(c.accent, 2));
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

void Treemap::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layOut();
}

void Treemap::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange) layOut();
}

bool Treemap::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* const help = static_cast<QHelpEvent*>(event);
        if (const Cell* const cell = cellAt(help->pos()))
            QToolTip::showText(help->globalPos(), describe(*cell->node).toHtmlEscaped(), this);
        else
            QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

void Treemap::mouseMoveEvent(QMouseEvent* event) {
    if (const Cell* const cell = cellAt(event->position()))
        emit currentChanged(cell->node->path, describe(*cell->node));
}

void Treemap::mousePressEvent(QMouseEvent* event) {
    setFocus(Qt::MouseFocusReason);
    if (event->button() == Qt::RightButton) {
        if (m_root->parent) zoomTo(m_root->parent->path);
        return;
    }
    if (const Cell* const cell = cellAt(event->position())) setCurrentPath(cell->node->path);
}

void Treemap::mouseDoubleClickEvent(QMouseEvent* event) {
    if (const Cell* const cell = cellAt(event->position())) open(*cell->node);
}

// The neighbour whose middle lies nearest in the arrow's direction.
void Treemap::move(int key) {
    const QRectF from = m_current ? rectOf(m_current->path) : QRectF();
    if (from.isNull()) {
        if (!m_root->children.empty()) setCurrentPath(m_root->children.front()->path);
        return;
    }
    const Cell* best = nullptr;
    double nearest = 1e300;
    for (const Cell& cell : m_cells) {
        if (!cell.node->file || cell.node == m_current) continue;
        const QPointF way = cell.rect.center() - from.center();
        const double along = key == Qt::Key_Left    ? -way.x()
                             : key == Qt::Key_Right ? way.x()
                             : key == Qt::Key_Up    ? -way.y()
                                                    : way.y();
        const double across =
            key == Qt::Key_Left || key == Qt::Key_Right ? std::abs(way.y()) : std::abs(way.x());
        if (along > 1 && along + across * 2 < nearest) nearest = along + across * 2, best = &cell;
    }
    if (best) setCurrentPath(best->node->path);
}

void Treemap::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
        move(event->key());
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current) open(*m_current);
        return;
    case Qt::Key_Plus: // into the folder of the current file, one step
        if (m_current) {
            const Node* step = m_current;
            while (step->parent && step->parent != m_root) step = step->parent;
            zoomTo(step->path);
        }
        return;
    case Qt::Key_Backspace:
    case Qt::Key_Minus:
        if (m_root->parent) zoomTo(m_root->parent->path);
        return;
    case Qt::Key_Home:
        zoomTo({});
        return;
    case Qt::Key_Space:
        if (m_current) emit leaveOutWanted(m_current->path, !m_current->file);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace ui
