// The strip beside the scroll bar: every mark of the document at its share of the height. Owned by its viewer.
#pragma once

#include <QColor>

#include <QMouseEvent>
#include <QPainter>
#include <QWidget>

#include <cmath>
#include <vector>

namespace ui {

struct RulerMark {
    double share = 0;
    QColor colour;
    bool current = false;
    int index = 0;
};

class SourceRuler : public QWidget {
    Q_OBJECT
public:
    explicit SourceRuler(QWidget* parent) : QWidget(parent) {
        setObjectName(QStringLiteral("evidence.source.ruler"));
        setAccessibleName(tr("Overview of marks"));
        setCursor(Qt::PointingHandCursor);
        setMinimumWidth(12);
    }
    QSize sizeHint() const override { return {12, 40}; }
    void setMarks(std::vector<RulerMark> marks) {
        m_marks = std::move(marks);
        setAccessibleDescription(tr("%n mark(s)", nullptr, int(m_marks.size())));
        update();
    }

signals:
    void markClicked(int index);
    void placeClicked(double share);

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.fillRect(rect(), palette().alternateBase());
        for (const bool current : {false, true})
            for (const RulerMark& mark : m_marks)
                if (mark.current == current)
                    painter.fillRect(QRectF(current ? 0 : 2, mark.share * height() - 1, width() - (current ? 0 : 4), current ? 5 : 3), mark.colour);
    }
    void mousePressEvent(QMouseEvent* event) override {
        for (const RulerMark& mark : m_marks)
            if (std::abs(mark.share * height() - event->position().y()) < 5) {
                emit markClicked(mark.index);
                return;
            }
        emit placeClicked(event->position().y() / std::max(1, height()));
    }

private:
    std::vector<RulerMark> m_marks;
};

} // namespace ui
