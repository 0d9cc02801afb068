// What a screen reader is told by widgets that paint many things themselves: each part (a file of the
// treemap, a bar of the timeline) is a child with a name, a value and a place that can be focused and
// pressed. A widget implements SpokenParts, calls installSpokenParts() once, partsChanged() when the parts
// are others, currentPartChanged() when the cursor moves. Main thread. Source: product.md 5, accessibility
// budget.
#pragma once

#include <QRect>
#include <QString>

class QWidget;

namespace ui {

struct SpokenPart {
    QString name;        // which one: "src/a.cpp"
    QString value;       // how much: "700 tokens"
    QString description; // all that is known about it
    QRect rect;          // in the widget's coordinates
};

class SpokenParts {
public:
    virtual ~SpokenParts() = default;
    virtual int partCount() const = 0;
    virtual SpokenPart part(int index) const = 0;
    virtual int partAt(const QPoint& point) const = 0; // the topmost; -1: none
    virtual int currentPart() const = 0;               // -1: none
    virtual void setCurrentPart(int index) = 0;
    virtual void pressPart(int index) = 0; // what Enter does on it
};

void installSpokenParts();
void partsChanged(QWidget* widget);
void currentPartChanged(QWidget* widget);

} // namespace ui
