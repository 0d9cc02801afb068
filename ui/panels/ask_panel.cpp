#include "ui/panels/ask_panel.h"

#include "app/report/report_json.h"
#include "ui/text.h"
#include "ui/widgets/sentence_list.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QHash>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSplitter>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace ui {

namespace {

QWidget* headed(QWidget* parent, const char* name, const QString& words, QWidget* list) {
    auto* const box = new QWidget(parent);
    box->setObjectName(QString::fromLatin1(name) + ".box");
    auto* const column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    auto* const label = new QLabel(words, box);
    label->setObjectName(QString::fromLatin1(name) + ".label");
    label->setProperty("role", "heading");
    column->addWidget(label);
    column->addWidget(list, 1);
    return box;
}

} // namespace

AskPanel::AskPanel(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_question(new QLineEdit(this)), m_scope(new QLineEdit(this)),
      m_extractive(new QCheckBox(tr("No sentence that a model &worded"), this)),
      m_send(new QPushButton(tr("&Ask"), this)), m_on(new QPushButton(tr("Ask &on"), this)),
      m_promote(new QPushButton(tr("&Promote to finding"), this)), m_answer(new SentenceList(this)),
      m_searches(new QListWidget(this)), m_conversations(new QTreeWidget(this)), m_state(new QLabel(this)) {
    setObjectName("ask");
    const auto named = [](QWidget* widget, const char* name, const QString& title) {
        widget->setObjectName(QString::fromLatin1(name));
        widget->setAccessibleName(title);
    };
    named(m_question, "ask.question", tr("Question"));
    named(m_scope, "ask.scope", tr("Only in these paths"));
    named(m_extractive, "ask.extractive", tr("No sentence that a model worded"));
    named(m_send, "ask.send", tr("Ask the question"));
    named(m_on, "ask.on", tr("Go on from the answer that is shown"));
    named(m_promote, "ask.promote", tr("Make the chosen sentence a finding"));
    named(m_answer, "ask.answer", tr("Answer"));
    named(m_searches, "ask.searches", tr("Searches made"));
    named(m_conversations, "ask.conversations", tr("Questions so far"));
    named(m_conversations->header(), "ask.conversations.header", tr("Questions so far"));
    m_send->setProperty("primary", true);
    m_on->setToolTip(
        tr("A further question that knows the answer below; from an earlier answer it begins a branch"));
    m_promote->setToolTip(tr("The sentence on which you clicked last, or whose mark you reached with Tab"));
    m_answer->setPlacesShown(true);
    m_answer->setPromotable(true);
    m_conversations->setHeaderHidden(true);
    m_conversations->setUniformRowHeights(true);
    m_state->setObjectName("ask.state");
    m_state->setWordWrap(true);
    m_state->setTextFormat(Qt::PlainText);
    m_state->setProperty("role", "quiet");
    m_question->setPlaceholderText(tr("What do you want to know? \"Quoted words\" are counted exactly."));
    m_question->setMaxLength(4000);
    m_scope->setPlaceholderText(tr("everything; for example src/**"));
    auto* const line = new QHBoxLayout;
    line->addWidget(m_question, 1);
    line->addWidget(m_send);
    line->addWidget(m_on);
    auto* const second = new QHBoxLayout;
    auto* const scope = new QLabel(tr("Onl&y in"), this);
    scope->setObjectName("ask.scope.label");
    scope->setBuddy(m_scope);
    second->addWidget(scope);
    second->addWidget(m_scope, 1);
    second->addWidget(m_extractive);
    auto* const answer = new QWidget(this);
    answer->setObjectName("ask.answer.box");
    auto* const answerColumn = new QVBoxLayout(answer);
    answerColumn->setContentsMargins(0, 0, 0, 0);
    answerColumn->addWidget(m_answer, 1);
    answerColumn->addWidget(m_promote, 0, Qt::AlignLeft);
    auto* const below = new QSplitter(Qt::Horizontal, this);
    below->setObjectName("ask.below");
    below->addWidget(headed(below, "ask.conversations", tr("Questions so far"), m_conversations));
    below->addWidget(headed(below, "ask.searches", tr("Searches made"), m_searches));
    auto* const splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName("ask.splitter");
    splitter->addWidget(answer);
    splitter->addWidget(below);
    splitter->setStretchFactor(0, 4);
    splitter->setStretchFactor(1, 1);
    auto* const outer = new QVBoxLayout(this);
    outer->addLayout(line);
    outer->addLayout(second);
    outer->addWidget(m_state);
    outer->addWidget(splitter, 1);

    connect(m_question, &QLineEdit::returnPressed, this, &AskPanel::send);
    connect(m_question, &QLineEdit::textChanged, this, &AskPanel::update);
    connect(m_send, &QPushButton::clicked, this, &AskPanel::send);
    connect(m_on, &QPushButton::clicked, this, &AskPanel::sendOn);
    connect(m_promote, &QPushButton::clicked, this, [this] { promote(m_answer->currentSentence()); });
    connect(m_answer, &SentenceList::evidenceActivated, &m_desk, &Desk::showEvidence);
    connect(m_answer, &SentenceList::promoteRequested, this, &AskPanel::promote);
    connect(m_answer, &SentenceList::currentChanged, this, &AskPanel::update);
    connect(m_conversations, &QTreeWidget::itemClicked, this,
            [this](QTreeWidgetItem* item) { openAnswer(item->data(0, Qt::UserRole).toString()); });
    connect(m_conversations, &QTreeWidget::itemActivated, this,
            [this](QTreeWidgetItem* item) { openAnswer(item->data(0, Qt::UserRole).toString()); });
    connect(&m_desk, &Desk::busyChanged, this, &AskPanel::update);
    connect(&m_desk, &Desk::intakeChanged, this, &AskPanel::update);
    connect(&m_desk, &Desk::settingsChanged, this, &AskPanel::update);
    connect(&m_desk, &Desk::sessionChanged, this, &AskPanel::fillConversations);
    connect(&m_desk, &Desk::runStarted, this, [this](const app::RunRequest& request) {
        m_asking = request.goal == "ask";
        if (!m_asking) return;
        m_shown.reset();
        m_question->setText(q(request.question));
        m_answer->clear();
        m_searches->clear();
        m_answer->heading(q(request.question));
    });
    connect(&m_desk, &Desk::sentenceArrived, this, [this](const app::Sentence& sentence) {
        if (m_asking) m_answer->append(sentence);
    });
    connect(&m_desk, &Desk::reportChanged, this, [this](const ReportPtr& report) {
        if (report && report->run.goal == "ask") show(report);
    });
    connect(&m_desk, &Desk::runEnded, this, [this] { m_asking = false; });
    fillConversations();
    update();
}

void AskPanel::update() {
    const bool none = m_desk.settings().chosenEngine() == "none";
    const bool ready = m_desk.intake() && !m_desk.busy() && !m_question->text().trimmed().isEmpty();
    m_send->setEnabled(ready);
    m_on->setEnabled(ready && m_shown && m_desk.store());
    const int chosen = m_answer->currentSentence();
    m_promote->setEnabled(m_shown && !m_desk.busy() && chosen >= 0 && chosen < m_answer->count() &&
                          !m_answer->sentences()[std::size_t(chosen)].evidence.empty());
    m_extractive->setEnabled(!none);
    m_state->setText(!m_desk.intake() ? tr("Nothing is open.")
                     : none           ? tr("Without an engine the answer is passages and exact counts.")
                            : tr("Every sentence of the answer shows where it stands; one that no passage "
                                 "supports is grey."));
}

void AskPanel::start(const std::string& follows) {
    app::RunRequest request;
    request.goal = "ask";
    request.question = m_question->text().trimmed().toStdString();
    request.scope = m_scope->text().trimmed().toStdString();
    request.extractive = m_extractive->isChecked();
    request.follows = follows;
    m_desk.startRun(request);
}

void AskPanel::send() {
    if (m_send->isEnabled()) start({});
}

void AskPanel::sendOn() {
    if (m_on->isEnabled()) start(m_shown->run.id);
}

void AskPanel::promote(int sentence) {
    if (m_shown && sentence >= 0 && sentence < m_answer->count())
        m_desk.promote(m_shown, m_answer->sentences()[std::size_t(sentence)]);
}

// The report's answer is the whole of it, in its order: it takes the place of what arrived piece by piece.
void AskPanel::show(const ReportPtr& report) {
    m_shown = report;
    m_answer->clear();
    m_answer->heading(q(report->run.question));
    for (const app::Sentence& sentence : report->answer) m_answer->append(sentence);
    for (const std::string& note : report->notes) m_answer->paragraph(q(note), true);
    m_searches->clear();
    for (const app::SearchMade& search : report->searches)
        m_searches->addItem(
            tr("%1 (%2): %3 hits").arg(oneLine(search.pattern, 120), q(search.mode), countText(search.hits)));
    fillConversations();
    update();
}

// Every finished question of the session under the one it went on from.
void AskPanel::fillConversations() {
    m_conversations->clear();
    app::SessionStore* const store = m_desk.store();
    if (!store) return;
    QHash<QString, QTreeWidgetItem*> byRun;
    QTreeWidgetItem* current = nullptr;
    for (const app::StoredRun& run : store->runs()) { // oldest first: what is gone on from comes before
        if (run.goal != "ask") continue;
        const QString id = q(run.id);
        QTreeWidgetItem* const before = byRun.value(q(app::followedBy(run)));
        auto* const item = before ? new QTreeWidgetItem(before, {oneLine(run.question, 200)})
                                  : new QTreeWidgetItem(m_conversations, {oneLine(run.question, 200)});
        item->setData(0, Qt::UserRole, id);
        item->setToolTip(0, tr("%1, %2")
                                .arg(q(run.started), run.finished.empty() ? tr("unfinished") : q(run.status))
                                .toHtmlEscaped());
        byRun.insert(id, item);
        if (id == shownRun()) current = item;
    }
    m_conversations->expandAll();
    if (current) m_conversations->setCurrentItem(current);
}

void AskPanel::openAnswer(const QString& run) {
    if (run.isEmpty() || run == shownRun() || m_desk.busy() || !m_desk.store()) return;
    try {
        if (const auto json = m_desk.store()->report(run.toStdString()))
            m_desk.setReport(std::make_shared<const app::Report>(app::reportFromJson(*json)));
        else
            m_desk.say(tr("This question has no answer yet: its run was not finished."));
    } catch (const std::exception& problem) {
        emit m_desk.failed(tr("Opening the answer"), QString::fromUtf8(problem.what()));
    }
}

} // namespace ui
