#include "ui/command_palette.h"

#include <QAction>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

int fitOf(const QString& typed, const QString& words) {
    if (typed.isEmpty())
        return 0;
    int fit = 0;
    bool all = true;
    for (const QString& word : typed.split(' ', Qt::SkipEmptyParts)) {
        const qsizetype at = words.indexOf(word, 0, Qt::CaseInsensitive);
        all &= at >= 0;
        if (at >= 0)
            fit += at == 0 || words[at - 1] == ' ' ? 20 : 10;
    }
    if (all)
        return fit;
    qsizetype at = 0;
    for (const QChar letter : typed) {
        at = words.indexOf(letter, at, Qt::CaseInsensitive);
        if (at++ < 0)
            return -1;
    }
    return 1;
}

CommandPalette::CommandPalette(const QList<QAction*>& actions, QWidget* parent)
    : QDialog(parent), m_actions(actions), m_typed(new QLineEdit(this)), m_list(new QListWidget(this)) {
    setObjectName("dialog.palette");
    setWindowTitle(tr("All actions"));
    setAccessibleName(tr("All actions"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_typed->setObjectName("palette.typed");
    m_typed->setAccessibleName(tr("Name of an action"));
    m_typed->setPlaceholderText(tr("Type what you want to do"));
    m_typed->installEventFilter(this);
    m_list->setObjectName("palette.list");
    m_list->setAccessibleName(tr("Actions"));
    m_list->setUniformItemSizes(true);
    auto* const layout = new QVBoxLayout(this);
    layout->addWidget(m_typed);
    layout->addWidget(m_list, 1);
    connect(m_typed, &QLineEdit::textChanged, this, &CommandPalette::narrow);
    connect(m_list, &QListWidget::itemActivated, this, &CommandPalette::choose);
    resize(fontMetrics().averageCharWidth() * 70, fontMetrics().height() * 22);
    narrow();
}

void CommandPalette::narrow() {
    m_list->clear();
    std::vector<std::pair<int, QAction*>> fitting;
    for (QAction* const action : m_actions)
        if (const int fit = fitOf(m_typed->text().trimmed(), action->text().remove('&')); fit >= 0 && action->isEnabled())
            fitting.emplace_back(fit, action);
    std::stable_sort(fitting.begin(), fitting.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [fit, action] : fitting) {
        const QString keys = action->shortcut().toString(QKeySequence::NativeText);
        auto* const item = new QListWidgetItem(action->text().remove('&') + (keys.isEmpty() ? QString() : "    " + keys), m_list);
        item->setData(Qt::UserRole, m_actions.indexOf(action));
    }
    m_list->setCurrentRow(0);
}

void CommandPalette::choose() {
    const QListWidgetItem* const item = m_list->currentItem();
    if (!item)
        return;
    QAction* const action = m_actions[item->data(Qt::UserRole).toInt()];
    accept();
    action->trigger();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_typed && event->type() == QEvent::KeyPress) {
        const auto* const key = static_cast<QKeyEvent*>(event);
        const int rows = m_list->count(), row = m_list->currentRow();
        switch (key->key()) {
        case Qt::Key_Down: m_list->setCurrentRow(std::min(rows - 1, row + 1)); return true;
        case Qt::Key_Up: m_list->setCurrentRow(std::max(0, row - 1)); return true;
        case Qt::Key_Return:
        case Qt::Key_Enter: choose(); return true;
        default: break;
        }
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace ui
