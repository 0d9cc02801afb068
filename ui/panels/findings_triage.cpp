// Triage in the findings panel: states, dismissals, undo, and the report that carries them on.
#include "ui/panels/findings_panel.h"

#include "ui/widgets/mark_style.h"
#include "ui/widgets/visible_text.h"

#include <QButtonGroup>
#include <QDialog>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QRadioButton>
#include <QTimer>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr std::size_t smallReport = 2000;

std::shared_ptr<const app::Report> withStates(const app::Report& report, const std::vector<std::pair<std::string, std::string>>& states) {
    auto copy = std::make_shared<app::Report>(report);
    std::size_t row = 0;
    for (auto* list : {&copy->findings, &copy->rejected})
        for (app::Finding& finding : *list) {
            finding.state = states[row].first;
            finding.stateReason = states[row].second;
            ++row;
        }
    return copy;
}

} // namespace

app::TriageStep FindingsPanel::change(int row, const QString& state, const QString& reason, const QString& scope) {
    const app::Finding& finding = m_model.finding(row);
    const auto report = m_model.report();
    const std::string run = report ? report->run.id : std::string();
    if (m_desk.store() && report && !run.empty())
        return app::applyTriage(*m_desk.store(), {run, finding.id, state.toStdString(), reason.toStdString(), scope.toStdString()});
    app::TriageStep step; // nothing is saved: the view alone changes
    step.changes.push_back({finding.id, m_model.state(row), m_model.stateReason(row), state.toStdString(), reason.toStdString()});
    return step;
}

void FindingsPanel::triage(const QString& state, const QString& reason, const QString& scope) {
    const std::vector<int> rows = selectedSources();
    if (rows.empty())
        return;
    const int next = m_filter.rowOf(rows.front());
    std::vector<app::TriageStep> steps;
    try {
        for (const int row : rows)
            if (scope == QLatin1String("this") || steps.empty() || m_model.state(row) != state.toStdString()) {
                steps.push_back(change(row, state, reason, scope));
                m_model.apply(steps.back().changes, false);
            }
        m_notice->setVisible(!m_desk.store());
        if (!m_desk.store())
            m_notice->setText(tr("No session is open: this decision is not kept."));
    } catch (const std::exception& problem) {
        m_notice->setText(visibleText(std::string_view(problem.what())));
        m_notice->show();
    }
    if (!steps.empty())
        m_undo.push_back(std::move(steps));
    m_filter.refresh();
    changed(std::max(0, next));
    m_publishTimer->start(m_model.rowCount() <= int(smallReport) ? 0 : 400);
}

void FindingsPanel::undo() {
    if (m_undo.empty())
        return;
    std::vector<app::TriageStep> steps = std::move(m_undo.back());
    m_undo.pop_back();
    std::string id;
    try {
        for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
            if (m_desk.store() && !step->run.empty())
                app::undoTriage(*m_desk.store(), *step);
            m_model.apply(step->changes, true);
            if (!step->changes.empty())
                id = step->changes.front().id;
        }
    } catch (const std::exception& problem) {
        m_notice->setText(visibleText(std::string_view(problem.what())));
        m_notice->show();
    }
    m_filter.refresh();
    const int row = m_filter.rowOf(m_model.rowOf(id));
    changed(std::max(0, row));
    m_publishTimer->start(m_model.rowCount() <= int(smallReport) ? 0 : 400);
}

// After the rows have changed: the cursor goes to the finding that now stands there.
void FindingsPanel::changed(int nextRow) {
    int row = std::min(nextRow, m_filter.rowCount() - 1);
    while (row >= 0 && row < m_filter.rowCount() && m_filter.sourceRow(row) < 0)
        ++row;
    if (row >= 0 && row < m_filter.rowCount()) {
        m_list->setCurrentIndex(m_filter.index(row));
        m_list->scrollTo(m_filter.index(row));
    }
    showCurrent();
}

void FindingsPanel::publish() {
    const auto report = m_desk.report();
    if (!report || report != m_model.report())
        return;
    std::vector<std::pair<std::string, std::string>> states;
    for (int row = 0; row < m_model.rowCount(); ++row)
        states.emplace_back(m_model.state(row), m_model.stateReason(row));
    const auto deliver = [this, report](const ReportPtr& changed) {
        if (m_desk.report() != report)
            return;
        m_publishing = true; // the model keeps its rows, selection and undo
        m_desk.setReport(changed);
        m_publishing = false;
        m_model.follow(changed);
    };
    if (states.size() != report->findings.size() + report->rejected.size())
        return;
    if (states.size() <= smallReport)
        return deliver(withStates(*report, states));
    m_desk.jobs().start<ReportPtr>(
        QStringLiteral("triage.report"), this, [report, states](const app::JobContext&) { return withStates(*report, states); }, deliver,
        [this](const QString& problem) { m_desk.say(problem); });
}

void FindingsPanel::dismiss() {
    const int count = int(selectedSources().size());
    if (count == 0)
        return;
    const auto answer = [this](const QString& scope, const QString& reason) {
        if (!reason.trimmed().isEmpty())
            triage(QStringLiteral("dismissed"), reason.trimmed(), scope);
    };
    if (askDismissal)
        askDismissal(count, answer);
    else
        askInDialog(count, answer);
}

void FindingsPanel::askInDialog(int count, const std::function<void(QString, QString)>& answer) {
    auto* dialog = new QDialog(this);
    dialog->setObjectName(QStringLiteral("dialog.dismiss"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Dismiss"));
    auto* layout = new QVBoxLayout(dialog);
    auto* question = new QLabel(tr("Dismiss %n finding(s)? Dismissed findings stay dismissed in later reviews.", nullptr, count), dialog);
    question->setObjectName(QStringLiteral("dismiss.question"));
    question->setWordWrap(true);
    layout->addWidget(question);
    const int row = selectedSources().front();
    const app::Evidence* site = FindingsModel::site(m_model.finding(row));
    const QString rule = visibleText(m_model.finding(row).rule, Breaks::Escape);
    auto* group = new QButtonGroup(dialog);
    const auto choice = [&](const char* scope, const QString& words) {
        auto* button = new QRadioButton(words, dialog);
        button->setObjectName(QStringLiteral("dismiss.") + QLatin1String(scope));
        button->setProperty("scope", QLatin1String(scope));
        group->addButton(button);
        layout->addWidget(button);
        return button;
    };
    choice("this", count == 1 ? tr("&This finding") : tr("&These findings"))->setChecked(true);
    choice("rule-here", tr("Rule %1 &here (%2)").arg(rule, site ? visibleText(app::globAround(site->file), Breaks::Escape) : tr("no place")));
    choice("everywhere", tr("Rule %1 &everywhere").arg(rule));
    auto* reason = new QLineEdit(dialog);
    reason->setObjectName(QStringLiteral("dismiss.reason"));
    reason->setAccessibleName(tr("Reason"));
    reason->setPlaceholderText(tr("Reason, for the next reader"));
    layout->addWidget(reason);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, dialog);
    buttons->setObjectName(QStringLiteral("dismiss.buttons"));
    QPushButton* ok = buttons->button(QDialogButtonBox::Ok);
    ok->setObjectName(QStringLiteral("dismiss.ok"));
    ok->setText(tr("Dismiss"));
    ok->setEnabled(false);
    buttons->button(QDialogButtonBox::Cancel)->setObjectName(QStringLiteral("dismiss.cancel"));
    layout->addWidget(buttons);
    connect(reason, &QLineEdit::textChanged, ok, [ok](const QString& text) { ok->setEnabled(!text.trimmed().isEmpty()); });
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    connect(dialog, &QDialog::accepted, this, [group, reason, answer] { answer(group->checkedButton()->property("scope").toString(), reason->text()); });
    dialog->open();
    reason->setFocus();
}

} // namespace ui
