#include "ui/panels/shortcut_editor.h"

#include "ui/shortcuts.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace ui {

ShortcutEditor::ShortcutEditor(QWidget* parent)
    : QWidget(parent), m_own(ownKeys()), m_list(new QTreeWidget(this)), m_edit(new QKeySequenceEdit(this)),
      m_set(new QPushButton(tr("&Set"), this)), m_clear(new QPushButton(tr("&No key"), this)),
      m_reset(new QPushButton(tr("As &before"), this)), m_state(new QLabel(this)) {
    setObjectName("settings.keys");
    const auto named = [](QWidget* widget, const char* name, const QString& title) {
        widget->setObjectName(QString::fromLatin1(name));
        widget->setAccessibleName(title);
    };
    named(m_list, "settings.keys.list", tr("Keyboard"));
    named(m_list->header(), "settings.keys.header", tr("Keyboard"));
    named(m_edit, "settings.keys.edit", tr("New keys of the chosen action"));
    named(m_set, "settings.keys.set", tr("Set the new keys"));
    named(m_clear, "settings.keys.clear", tr("The chosen action has no key"));
    named(m_reset, "settings.keys.reset", tr("The chosen action has the keys it came with"));
    if (auto* const line = m_edit->findChild<QLineEdit*>())
        named(line, "settings.keys.edit.line", tr("New keys of the chosen action"));
    m_state->setObjectName("settings.keys.state");
    m_state->setWordWrap(true);
    m_state->setTextFormat(Qt::PlainText);
    m_state->setText(
        tr("Choose an action and press its new keys. Single letters act in lists and are not changed here."));
    m_list->setHeaderLabels({tr("Action"), tr("Keys")});
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setAlternatingRowColors(true);
    auto* const row = new QHBoxLayout;
    row->addWidget(m_edit, 1);
    row->addWidget(m_set);
    row->addWidget(m_clear);
    row->addWidget(m_reset);
    auto* const layout = new QVBoxLayout(this);
    layout->addWidget(m_list, 1);
    layout->addLayout(row);
    layout->addWidget(m_state);
    connect(m_set, &QPushButton::clicked, this, [this] {
        if (m_edit->keySequence().isEmpty())
            m_state->setText(tr("Press the new keys in the field first."));
        else
            m_state->setText(assign(current(), m_edit->keySequence()));
    });
    connect(m_clear, &QPushButton::clicked, this, [this] { m_state->setText(assign(current(), {})); });
    connect(m_reset, &QPushButton::clicked, this, [this] { reset(current()); });
    connect(m_list, &QTreeWidget::currentItemChanged, this, [this] {
        const bool chosen = !current().isEmpty();
        for (QWidget* const widget : {static_cast<QWidget*>(m_edit), static_cast<QWidget*>(m_set),
                                      static_cast<QWidget*>(m_clear), static_cast<QWidget*>(m_reset)})
            widget->setEnabled(chosen);
        m_edit->clear();
    });
    fill();
    m_list->setCurrentItem(m_list->topLevelItem(0));
    m_list->resizeColumnToContents(0);
}

QString ShortcutEditor::current() const {
    return m_list->currentItem() ? m_list->currentItem()->data(0, Qt::UserRole).toString() : QString();
}

QList<QKeySequence> ShortcutEditor::keys(const QString& action) const {
    for (const ActionRow& row : actionTable())
        if (action == QLatin1String(row.name)) return keysOf(row, m_own);
    return {};
}

void ShortcutEditor::fill() {
    const QString chosen = current();
    const QSignalBlocker quiet(m_list);
    m_list->clear();
    for (const ActionRow& row : actionTable()) {
        QStringList words;
        for (const QKeySequence& one : keysOf(row, m_own)) words << one.toString(QKeySequence::NativeText);
        auto* const item = new QTreeWidgetItem(
            m_list, {menuText(row.menu) + ": " + actionText(row).remove('&'), words.join(", ")});
        item->setData(0, Qt::UserRole, QString::fromLatin1(row.name));
        QFont font = item->font(1);
        font.setBold(m_own.contains(QString::fromLatin1(row.name)));
        item->setFont(1, font);
        if (chosen == QLatin1String(row.name)) m_list->setCurrentItem(item);
    }
}

QString ShortcutEditor::assign(const QString& action, const QKeySequence& wanted) {
    if (action.isEmpty()) return {};
    for (const ActionRow& row : actionTable())
        if (action != QLatin1String(row.name) && !wanted.isEmpty())
            for (const QKeySequence& taken : keys(QString::fromLatin1(row.name)))
                // A beginning of longer keys would never let the longer ones come.
                if (taken.matches(wanted) != QKeySequence::NoMatch ||
                    wanted.matches(taken) != QKeySequence::NoMatch)
                    return tr("%1 belongs to \"%2\": change that first.")
                        .arg(taken.toString(QKeySequence::NativeText), actionText(row).remove('&'));
    if (!wanted.isEmpty()) {
        const QKeyCombination first = wanted[0];
        const bool modified =
            first.keyboardModifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier);
        const bool function = first.key() >= Qt::Key_F1 && first.key() <= Qt::Key_F35;
        if (!modified && !function)
            return tr("%1 alone would be lost to writing: add Ctrl or Alt, or take a function key.")
                .arg(wanted.toString(QKeySequence::NativeText));
    }
    m_own[action] = wanted.isEmpty() ? QStringLiteral("none") : wanted.toString(QKeySequence::PortableText);
    fill();
    m_edit->clear();
    return {};
}

void ShortcutEditor::reset(const QString& action) {
    const QString before = m_own.take(action);
    // What the table gives may belong to another action by now.
    const QList<QKeySequence> own = keys(action);
    for (const ActionRow& row : actionTable())
        if (action != QLatin1String(row.name))
            for (const QKeySequence& taken : keys(QString::fromLatin1(row.name)))
                if (own.contains(taken)) {
                    if (!before.isEmpty()) m_own[action] = before;
                    m_state->setText(
                        tr("%1 belongs to \"%2\": change that first.")
                            .arg(taken.toString(QKeySequence::NativeText), actionText(row).remove('&')));
                    return;
                }
    m_state->clear();
    fill();
}

void ShortcutEditor::store() const {
    storeOwnKeys(m_own);
}

} // namespace ui
