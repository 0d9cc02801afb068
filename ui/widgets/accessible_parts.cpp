#include "ui/widgets/accessible_parts.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QCoreApplication>
#include <QPointer>
#include <QWidget>
#include <QWindow>

#include <map>

namespace ui {

namespace {

class PartInterface : public QAccessibleInterface, public QAccessibleActionInterface {
public:
    PartInterface(QWidget* widget, int index) : m_widget(widget), m_index(index) {}

    bool isValid() const override { return parts() && m_index < parts()->partCount(); }
    QObject* object() const override { return nullptr; }
    QWindow* window() const override { return m_widget ? m_widget->window()->windowHandle() : nullptr; }
    QAccessibleInterface* parent() const override {
        return m_widget ? QAccessible::queryAccessibleInterface(m_widget) : nullptr;
    }
    QAccessibleInterface* child(int) const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QAccessible::Role role() const override { return QAccessible::ListItem; }
    void* interface_cast(QAccessible::InterfaceType type) override {
        return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface*>(this)
                                                    : nullptr;
    }
    QRect rect() const override {
        if (!isValid()) return {};
        const QRect inside = parts()->part(m_index).rect;
        return {m_widget->mapToGlobal(inside.topLeft()), inside.size()};
    }
    QString text(QAccessible::Text what) const override {
        if (!isValid()) return {};
        const SpokenPart part = parts()->part(m_index);
        return what == QAccessible::Name          ? part.name
               : what == QAccessible::Value       ? part.value
               : what == QAccessible::Description ? part.description
                                                  : QString();
    }
    void setText(QAccessible::Text, const QString&) override {}
    QAccessible::State state() const override {
        QAccessible::State state;
        if (!isValid()) {
            state.invalid = true;
            return state;
        }
        const bool current = parts()->currentPart() == m_index;
        state.focusable = state.selectable = true;
        state.selected = current;
        state.focused = current && m_widget->hasFocus();
        state.disabled = !m_widget->isEnabled();
        state.invisible = !m_widget->isVisible();
        return state;
    }

    QStringList actionNames() const override { return {setFocusAction(), pressAction()}; }
    void doAction(const QString& name) override {
        if (!isValid()) return;
        if (name == setFocusAction()) {
            m_widget->setFocus(Qt::OtherFocusReason);
            parts()->setCurrentPart(m_index);
        } else if (name == pressAction()) {
            parts()->pressPart(m_index);
        }
    }
    QStringList keyBindingsForAction(const QString&) const override { return {}; }

private:
    SpokenParts* parts() const { return dynamic_cast<SpokenParts*>(m_widget.data()); }
    QPointer<QWidget> m_widget;
    int m_index;
};

class PartsInterface : public QAccessibleWidget {
public:
    explicit PartsInterface(QWidget* widget) : QAccessibleWidget(widget, QAccessible::List) {}
    ~PartsInterface() override { forget(); }

    int childCount() const override { return parts() ? parts()->partCount() : 0; }
    QAccessibleInterface* child(int index) const override {
        if (index < 0 || index >= childCount()) return nullptr;
        auto known = m_known.find(index);
        if (known == m_known.end())
            known = m_known
                        .emplace(index,
                                 QAccessible::registerAccessibleInterface(new PartInterface(widget(), index)))
                        .first;
        return QAccessible::accessibleInterface(known->second);
    }
    int indexOfChild(const QAccessibleInterface* child) const override {
        for (const auto& [index, id] : m_known)
            if (QAccessible::accessibleInterface(id) == child) return index;
        return -1;
    }
    QAccessibleInterface* childAt(int x, int y) const override {
        return parts() ? child(parts()->partAt(widget()->mapFromGlobal(QPoint(x, y)))) : nullptr;
    }
    QAccessibleInterface* focusChild() const override {
        return parts() && widget()->hasFocus() && parts()->currentPart() >= 0
                   ? child(parts()->currentPart())
                   : QAccessibleWidget::focusChild();
    }
    void forget() {
        for (const auto& [index, id] : std::exchange(m_known, {})) QAccessible::deleteAccessibleInterface(id);
    }

private:
    SpokenParts* parts() const { return dynamic_cast<SpokenParts*>(widget()); }
    mutable std::map<int, QAccessible::Id> m_known; // made when somebody asks: there may be 100,000
};

QAccessibleInterface* make(const QString&, QObject* object) {
    auto* const widget = qobject_cast<QWidget*>(object);
    return widget && dynamic_cast<SpokenParts*>(widget) ? new PartsInterface(widget) : nullptr;
}

} // namespace

void installSpokenParts() {
    static const bool installed = [] {
        QAccessible::installFactory(make);
        return true;
    }();
    (void)installed;
}

void partsChanged(QWidget* widget) {
    if (!QAccessible::isActive()) return;
    if (auto* const known = dynamic_cast<PartsInterface*>(QAccessible::queryAccessibleInterface(widget)))
        known->forget();
    QAccessibleEvent event(widget, QAccessible::ObjectReorder);
    QAccessible::updateAccessibility(&event);
}

void currentPartChanged(QWidget* widget) {
    const auto* const parts = dynamic_cast<const SpokenParts*>(widget);
    if (!QAccessible::isActive() || !parts || parts->currentPart() < 0) return;
    for (const QAccessible::Event what : {QAccessible::Focus, QAccessible::Selection}) {
        QAccessibleEvent event(widget, what);
        event.setChild(parts->currentPart());
        QAccessible::updateAccessibility(&event);
    }
}

} // namespace ui
