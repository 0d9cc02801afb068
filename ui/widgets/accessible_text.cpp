#include "ui/widgets/accessible_text.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QWidget>

#include <algorithm>

namespace ui {

namespace {

class SpokenInterface : public QAccessibleWidget, public QAccessibleTextInterface {
public:
    SpokenInterface(QWidget* widget, SpokenText& view) : QAccessibleWidget(widget, QAccessible::EditableText), m_view(view) {}

    void* interface_cast(QAccessible::InterfaceType type) override {
        return type == QAccessible::TextInterface ? static_cast<QAccessibleTextInterface*>(this) : QAccessibleWidget::interface_cast(type);
    }
    QAccessible::State state() const override {
        QAccessible::State state = QAccessibleWidget::state();
        state.readOnly = state.multiLine = state.selectableText = true;
        return state;
    }

    void selection(int index, int* start, int* end) const override {
        const auto [from, to] = index == 0 ? m_view.spokenSelection() : std::pair<int, int>(0, 0);
        *start = from;
        *end = to;
    }
    int selectionCount() const override {
        const auto [from, to] = m_view.spokenSelection();
        return from == to ? 0 : 1;
    }
    void addSelection(int, int) override {}
    void removeSelection(int) override {}
    void setSelection(int, int, int) override {}
    int cursorPosition() const override { return m_view.spokenCursor(); }
    void setCursorPosition(int position) override { m_view.setSpokenCursor(position); }
    QString text(int start, int end) const override {
        const QString all = m_view.spokenText();
        start = std::clamp(start, 0, int(all.size()));
        return all.mid(start, std::clamp(end, start, int(all.size())) - start);
    }
    int characterCount() const override { return int(m_view.spokenText().size()); }
    QRect characterRect(int offset) const override {
        const QRect rect = m_view.spokenRect(offset);
        return rect.isEmpty() ? rect : QRect(widget()->mapToGlobal(rect.topLeft()), rect.size());
    }
    int offsetAtPoint(const QPoint&) const override { return m_view.spokenCursor(); }
    void scrollToSubstring(int start, int) override { m_view.setSpokenCursor(start); }
    QString attributes(int offset, int* start, int* end) const override {
        *start = offset;
        *end = offset + 1;
        const QString mark = m_view.spokenMark(offset);
        return mark.isEmpty() ? QString() : QStringLiteral("mark:%1;").arg(mark);
    }

private:
    SpokenText& m_view;
};

QAccessibleInterface* make(const QString&, QObject* object) {
    auto* view = dynamic_cast<SpokenText*>(object);
    auto* widget = qobject_cast<QWidget*>(object);
    return view && widget ? new SpokenInterface(widget, *view) : nullptr;
}

} // namespace

void installSpokenText() {
    static const bool installed = [] {
        QAccessible::installFactory(make);
        return true;
    }();
    (void)installed;
}

} // namespace ui
