// What a screen reader is told by views that paint their own text: the whole of it, where the cursor is, where each
// character lies. A view implements SpokenText and calls installSpokenText() once. Main thread.
// Source: product.md 5, accessibility budget.
#pragma once

#include <QRect>
#include <QString>

namespace ui {

class SpokenText {
public:
    virtual ~SpokenText() = default;
    virtual QString spokenText() const = 0;
    virtual int spokenCursor() const = 0;              // offset in spokenText()
    virtual void setSpokenCursor(int offset) = 0;
    virtual QRect spokenRect(int offset) const = 0;    // in the view's coordinates; empty where it is not in sight
    virtual std::pair<int, int> spokenSelection() const { return {0, 0}; }
    virtual QString spokenMark(int) const { return {}; } // "site, proven": what a mark at the offset says
};

void installSpokenText();

} // namespace ui
