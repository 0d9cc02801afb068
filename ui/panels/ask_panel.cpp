#include "ui/panels/ask_panel.h"

#include "ui/text.h"
#include "ui/widgets/sentence_view.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

namespace ui {

AskPanel::AskPanel(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_question(new QLineEdit(this)), m_scope(new QLineEdit(this)), m_extractive(new QCheckBox(tr("No sentence that a model &worded"), this)),
      m_send(new QPushButton(tr("&Ask"), this)), m_answer(new SentenceView(this)), m_searches(new QListWidget(this)), m_state(new QLabel(this)) {
    setObjectName("ask");
    const auto named = [](QWidget* widget, const char* name, const QString& title) {
        widget->setObjectName(name);
        widget->setAccessibleName(title);
    };
    named(m_question, "ask.question", tr("Question"));
    named(m_scope, "ask.scope", tr("Only in these paths"));
    named(m_extractive, "ask.extractive", tr("No sentence that a model worded"));
    named(m_send, "ask.send", tr("Ask the question"));
    named(m_answer, "ask.answer", tr("Answer"));
    named(m_searches, "ask.searches", tr("Searches made"));
    m_send->setProperty("primary", true);
    m_state->setObjectName("ask.state");
    m_state->setWordWrap(true);
    m_state->setProperty("role", "quiet");
    m_question->setPlaceholderText(tr("What do you want to know? \"Quoted words\" are counted exactly."));
    m_question->setMaxLength(4000);
    m_scope->setPlaceholderText(tr("everything; for example src/**"));
    auto* const line = new QHBoxLayout;
    line->addWidget(m_question, 1);
    line->addWidget(m_send);
    auto* const second = new QHBoxLayout;
    auto* const scope = new QLabel(tr("&Only in"), this);
    scope->setObjectName("ask.scope.label");
    scope->setBuddy(m_scope);
    second->addWidget(scope);
    second->addWidget(m_scope, 1);
    second->addWidget(m_extractive);
    auto* const searches = new QWidget(this);
    searches->setObjectName("ask.searches.box");
    auto* const searchColumn = new QVBoxLayout(searches);
    searchColumn->setContentsMargins(0, 0, 0, 0);
    auto* const made = new QLabel(tr("Searches made"), searches);
    made->setObjectName("ask.searches.label");
    made->setProperty("role", "heading");
    searchColumn->addWidget(made);
    searchColumn->addWidget(m_searches, 1);
    auto* const splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName("ask.splitter");
    splitter->addWidget(m_answer);
    splitter->addWidget(searches);
    splitter->setStretchFactor(0, 5);
    splitter->setStretchFactor(1, 1);
    auto* const outer = new QVBoxLayout(this);
    outer->addLayout(line);
    outer->addLayout(second);
    outer->addWidget(m_state);
    outer->addWidget(splitter, 1);

    connect(m_question, &QLineEdit::returnPressed, this, &AskPanel::send);
    connect(m_question, &QLineEdit::textChanged, this, &AskPanel::update);
    connect(m_send, &QPushButton::clicked, this, &AskPanel::send);
    connect(m_answer, &SentenceView::evidenceWanted, &m_desk, &Desk::showEvidence);
    connect(&m_desk, &Desk::busyChanged, this, &AskPanel::update);
    connect(&m_desk, &Desk::intakeChanged, this, &AskPanel::update);
    connect(&m_desk, &Desk::settingsChanged, this, &AskPanel::update);
    connect(&m_desk, &Desk::runStarted, this, [this](const app::RunRequest& request) {
        m_asking = request.goal == "ask";
        if (!m_asking)
            return;
        m_question->setText(q(request.question));
        m_answer->reset();
        m_searches->clear();
        m_answer->heading(q(request.question));
    });
    connect(&m_desk, &Desk::sentenceArrived, this, [this](const app::Sentence& sentence) {
        if (m_asking)
            m_answer->append(sentence);
    });
    connect(&m_desk, &Desk::reportChanged, this, &AskPanel::show);
    connect(&m_desk, &Desk::runEnded, this, [this] { m_asking = false; });
    update();
}

void AskPanel::update() {
    const bool none = m_desk.settings().chosenEngine() == "none";
    m_send->setEnabled(m_desk.intake() && !m_desk.busy() && !m_question->text().trimmed().isEmpty());
    m_extractive->setEnabled(!none);
    m_state->setText(!m_desk.intake() ? tr("Nothing is open.")
                     : none           ? tr("Without an engine the answer is passages and exact counts.")
                                      : tr("Every sentence of the answer shows where it stands; one that no passage supports is grey."));
}

void AskPanel::send() {
    if (!m_send->isEnabled())
        return;
    app::RunRequest request;
    request.goal = "ask";
    request.question = m_question->text().trimmed().toStdString();
    request.scope = m_scope->text().trimmed().toStdString();
    request.extractive = m_extractive->isChecked();
    m_desk.startRun(request);
}

// The report's answer is the whole of it, in its order: it takes the place of what arrived piece by piece.
void AskPanel::show(const ReportPtr& report) {
    if (!report || report->run.goal != "ask")
        return;
    m_answer->reset();
    m_answer->heading(q(report->run.question));
    for (const app::Sentence& sentence : report->answer)
        m_answer->append(sentence);
    for (const std::string& note : report->notes)
        m_answer->paragraph(q(note), true);
    m_searches->clear();
    for (const app::SearchMade& search : report->searches)
        m_searches->addItem(tr("%1 (%2): %3 hits").arg(oneLine(search.pattern, 120), q(search.mode), countText(search.hits)));
}

} // namespace ui
