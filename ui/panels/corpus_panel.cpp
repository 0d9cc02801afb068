#include "ui/panels/corpus_panel.h"

#include "ui/text.h"

#include <QComboBox>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QTimer>
#include <QTreeView>
#include <QVBoxLayout>

namespace ui {

namespace {
const QString marked = QStringLiteral("marked");
constexpr int mostExpanded = 300; // rows that a filter unfolds by itself
} // namespace

CorpusPanel::CorpusPanel(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_words(new QLineEdit(this)), m_state(new QComboBox(this)),
      m_tree(new QTreeView(this)), m_count(new QLabel(this)), m_typing(new QTimer(this)) {
    setObjectName("corpus");
    m_words->setObjectName("corpus.filter");
    m_words->setAccessibleName(tr("Filter files by name"));
    m_words->setPlaceholderText(tr("Filter files by name"));
    m_words->setClearButtonEnabled(true);
    m_state->setObjectName("corpus.state");
    m_state->setAccessibleName(tr("Which files are shown"));
    m_state->addItem(tr("All files"), QString());
    m_state->addItem(tr("Files with marks"), marked);
    for (const char* const state :
         {"in_context", "structure_only", "excluded", "over_budget", "unreadable", "withheld"})
        m_state->addItem(tr("Only: %1").arg(coverageWord(state)), QString::fromLatin1(state));
    m_state->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_state->setMinimumContentsLength(8);
    m_tree->setObjectName("corpus.tree");
    m_tree->setAccessibleName(tr("Files of the corpus"));
    m_tree->setModel(&m_model);
    m_tree->setUniformRowHeights(true);
    m_tree->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setIndentation(fontMetrics().averageCharWidth() * 3 / 2);
    m_tree->installEventFilter(this);
    QHeaderView* const header = m_tree->header();
    header->setObjectName("corpus.header");
    header->setAccessibleName(tr("Files of the corpus"));
    header->setStretchLastSection(false);
    header->setMinimumSectionSize(fontMetrics().averageCharWidth() * 3);
    header->setSectionResizeMode(CorpusModel::Name, QHeaderView::Stretch);
    m_count->setObjectName("corpus.count");
    m_count->setProperty("role", "quiet");
    m_count->setTextFormat(Qt::PlainText);
    m_count->setWordWrap(true);
    m_typing->setSingleShot(true);
    m_typing->setInterval(60);
    auto* const layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_words);
    layout->addWidget(m_state);
    layout->addWidget(m_tree, 1);
    layout->addWidget(m_count);

    connect(m_words, &QLineEdit::textChanged, m_typing, qOverload<>(&QTimer::start));
    connect(m_words, &QLineEdit::returnPressed, this, [this] {
        m_typing->stop();
        filter();
        m_tree->setFocus();
        QModelIndex first = m_model.index(0, 0);
        while (first.isValid() && first.data(CorpusModel::FolderRole).toBool())
            first = m_model.index(0, 0, first);
        m_tree->setCurrentIndex(first);
        if (m_model.fileCount() == 1) open(first);
    });
    connect(m_typing, &QTimer::timeout, this, &CorpusPanel::filter);
    connect(m_state, &QComboBox::currentIndexChanged, this, &CorpusPanel::filter);
    connect(m_tree, &QTreeView::activated, this, &CorpusPanel::open);
    connect(m_tree, &QTreeView::clicked, this, [this](const QModelIndex& index) {
        if (!index.data(CorpusModel::FolderRole).toBool()) open(index);
    });
    connect(&m_desk, &Desk::intakeChanged, this, [this](const IntakePtr& intake) {
        m_model.setIntake(intake);
        expandSome();
        say();
    });
    connect(&m_desk, &Desk::reportChanged, this, [this](const ReportPtr& report) {
        // A reset folds the tree: what was unfolded and where one was is kept by path.
        QStringList unfolded;
        const auto collect = [&](const QModelIndex& parent, const auto& self) -> void {
            for (int row = 0; row < m_model.rowCount(parent); ++row)
                if (const QModelIndex at = m_model.index(row, 0, parent); m_tree->isExpanded(at)) {
                    unfolded << at.data(CorpusModel::PathRole).toString();
                    self(at, self);
                }
        };
        collect({}, collect);
        const QString current = m_tree->currentIndex().data(CorpusModel::PathRole).toString();
        m_model.setReport(report.get());
        for (const QString& path : std::as_const(unfolded)) m_tree->setExpanded(m_model.indexOf(path), true);
        if (!current.isEmpty()) m_tree->setCurrentIndex(m_model.indexOf(current));
        say();
    });
    if (m_desk.intake()) m_model.setIntake(m_desk.intake());
    for (const int column : {CorpusModel::Tokens, CorpusModel::State, CorpusModel::Marks})
        header->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    say();
}

void CorpusPanel::findFile() {
    m_words->setFocus(Qt::ShortcutFocusReason);
    m_words->selectAll();
}

void CorpusPanel::filter() {
    CorpusFilter wanted;
    wanted.words = m_words->text().trimmed();
    const QString state = m_state->currentData().toString();
    wanted.marked = state == marked;
    wanted.state = wanted.marked ? QString() : state;
    m_model.setFilter(wanted);
    expandSome();
    say();
}

// Under a filter everything that is left is shown, as long as that is not too much; else the first level
// alone.
void CorpusPanel::expandSome() {
    const CorpusFilter& filter = m_model.filter();
    const bool narrowed = !filter.words.isEmpty() || !filter.state.isEmpty() || filter.marked;
    if (m_model.fileCount() <= (narrowed ? mostExpanded : 40))
        m_tree->expandAll();
    else if (m_model.rowCount() == 1)
        m_tree->expand(m_model.index(0, 0));
}

void CorpusPanel::say() {
    m_count->setText(!m_desk.intake() ? tr("Nothing is open.")
                                      : tr("%n files", nullptr, m_model.fileCount()) + "; " +
                                            tr("Enter shows one, Space leaves it out or takes it in"));
}

void CorpusPanel::open(const QModelIndex& index) {
    if (!index.isValid() || index.data(CorpusModel::FolderRole).toBool()) return;
    const QModelIndex name = index.siblingAtColumn(CorpusModel::Name);
    if (name.data(CorpusModel::ReadRole).toBool())
        m_desk.showPlace(name.data(CorpusModel::PathRole).toString());
    else
        m_desk.say(
            tr("%1 was not read (%2): it cannot be shown. Space takes it in.")
                .arg(name.data(CorpusModel::PathRole).toString(),
                     index.siblingAtColumn(CorpusModel::State).data(Qt::AccessibleTextRole).toString()));
}

void CorpusPanel::toggle(const QModelIndex& index) {
    if (!index.isValid() || m_desk.busy()) return;
    const QModelIndex name = index.siblingAtColumn(CorpusModel::Name);
    const QString path = name.data(CorpusModel::PathRole).toString();
    if (name.data(CorpusModel::FolderRole).toBool())
        m_desk.addRule(path + "/**", false);
    else
        m_desk.addRule(path, !name.data(CorpusModel::ReadRole).toBool());
}

bool CorpusPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_tree && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Space) {
        toggle(m_tree->currentIndex());
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace ui
