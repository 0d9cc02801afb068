// The bar above the evidence and the find bar, with their keys.
#include "ui/panels/evidence_panel.h"
#include "ui/viewers/pdf_viewer.h"
#include "ui/viewers/source_viewer.h"
#include "ui/widgets/mark_style.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QShortcut>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace ui {

QAction* EvidencePanel::action(const char* name, const QString& words, const QList<QKeySequence>& keys, void (EvidencePanel::*slot)()) {
    auto* action = new QAction(words, this);
    action->setObjectName(QLatin1String(name));
    action->setShortcuts(keys);
    action->setShortcutContext(slot == &EvidencePanel::find ? Qt::WidgetWithChildrenShortcut : Qt::WindowShortcut);
    connect(action, &QAction::triggered, this, slot);
    addAction(action);
    return action;
}

QToolButton* EvidencePanel::button(const char* name, const QString& shape, const QString& words, QAction* action) {
    auto* button = new QToolButton(this);
    button->setObjectName(QLatin1String(name));
    button->setText(shape);
    button->setAccessibleName(words);
    button->setToolTip(words + QStringLiteral(" (%1)").arg(action->shortcut().toString(QKeySequence::NativeText)));
    button->setAutoRaise(true);
    button->setMinimumSize(26, 26);
    connect(button, &QToolButton::clicked, action, &QAction::trigger);
    connect(action, &QAction::changed, button, [button, action] { button->setEnabled(action->isEnabled()); });
    return button;
}

void EvidencePanel::buildBar() {
    m_back = action("action.evidence.back", tr("Back"), {QKeySequence(Qt::ALT | Qt::Key_Left)}, &EvidencePanel::goBack);
    m_forward = action("action.evidence.forward", tr("Forward"), {QKeySequence(Qt::ALT | Qt::Key_Right)}, &EvidencePanel::goForward);
    m_next = action("action.evidence.next", tr("Next evidence step"), {QKeySequence(Qt::Key_F10)}, &EvidencePanel::nextStep);
    m_previous = action("action.evidence.previous", tr("Previous evidence step"), {QKeySequence(Qt::SHIFT | Qt::Key_F10)}, &EvidencePanel::previousStep);
    m_find = action("action.evidence.find", tr("Find in this document"), {QKeySequence(Qt::CTRL | Qt::Key_F)}, &EvidencePanel::find);

    const auto label = [this](const char* name, const QString& words) {
        auto* label = new QLabel(this);
        label->setObjectName(QLatin1String(name));
        label->setAccessibleName(words);
        label->setTextFormat(Qt::PlainText);
        return label;
    };
    m_title = label("evidence.place", tr("Place"));
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_counter = label("evidence.counter", tr("Step"));
    m_state = label("evidence.state", tr("State of the citation"));
    m_caveat = label("evidence.caveat", tr("Note about this citation"));
    m_caveat->setWordWrap(true);
    m_caveat->setMargin(6);
    m_caveat->hide();

    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(6, 4, 6, 4);
    bar->addWidget(button("evidence.back", QStringLiteral("←"), tr("Back"), m_back));
    bar->addWidget(button("evidence.forward", QStringLiteral("→"), tr("Forward"), m_forward));
    bar->addWidget(m_title, 1);
    bar->addWidget(m_state);
    bar->addWidget(button("evidence.previous", QStringLiteral("◀"), tr("Previous evidence step"), m_previous));
    bar->addWidget(m_counter);
    bar->addWidget(button("evidence.next", QStringLiteral("▶"), tr("Next evidence step"), m_next));
    for (QAction* action : {m_back, m_forward, m_next, m_previous})
        action->setEnabled(false);

    m_findBar = new QWidget(this);
    m_findBar->setObjectName(QStringLiteral("evidence.findBar"));
    auto* find = new QHBoxLayout(m_findBar);
    find->setContentsMargins(6, 2, 6, 2);
    m_findText = new QLineEdit(m_findBar);
    m_findText->setObjectName(QStringLiteral("evidence.find"));
    m_findText->setAccessibleName(tr("Find in this document"));
    m_findText->setPlaceholderText(tr("Find in this document"));
    m_findText->setClearButtonEnabled(true);
    m_findResult = label("evidence.find.result", tr("Result of the search"));
    find->addWidget(m_findText, 1);
    find->addWidget(m_findResult);
    connect(m_findText, &QLineEdit::returnPressed, this, [this] { findNext(true); });
    auto* again = new QShortcut(QKeySequence(Qt::Key_F3), this, this, [this] { findNext(true); }, Qt::WidgetWithChildrenShortcut);
    again->setObjectName(QStringLiteral("shortcut.findNext"));
    auto* back = new QShortcut(QKeySequence(Qt::SHIFT | Qt::Key_F3), this, this, [this] { findNext(false); }, Qt::WidgetWithChildrenShortcut);
    back->setObjectName(QStringLiteral("shortcut.findPrevious"));
    auto* close = new QShortcut(QKeySequence(Qt::Key_Escape), m_findBar, m_findBar, [this] {
        m_findBar->hide();
        m_stack->currentWidget()->setFocus();
    }, Qt::WidgetWithChildrenShortcut);
    close->setObjectName(QStringLiteral("shortcut.closeFind"));
    m_findBar->hide();

    auto* layout = static_cast<QVBoxLayout*>(this->layout());
    layout->addLayout(bar);
    layout->addWidget(m_caveat);
    layout->addWidget(m_findBar);
}

void EvidencePanel::find() {
    m_findBar->show();
    m_findText->setFocus();
    m_findText->selectAll();
}

void EvidencePanel::findNext(bool forward) {
    const bool found = m_stack->currentWidget() == m_source ? m_source->find(m_findText->text(), forward)
                       : m_stack->currentWidget() == m_pdf  ? m_pdf->find(m_findText->text(), forward)
                                                            : false;
    m_findResult->setText(found || m_findText->text().isEmpty() ? QString() : tr("Not in this document"));
}

} // namespace ui
