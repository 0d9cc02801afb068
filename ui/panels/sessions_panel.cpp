#include "ui/panels/sessions_panel.h"

#include "app/report/report_json.h"
#include "app/resources.h"
#include "ui/text.h"

#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QSplitter>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace ui {

namespace {

QTreeWidget* table(QWidget* parent, const QString& name, const QString& title, const QStringList& columns) {
    auto* const tree = new QTreeWidget(parent);
    tree->setObjectName(name);
    tree->setAccessibleName(title);
    tree->setHeaderLabels(columns);
    tree->setRootIsDecorated(false);
    tree->setUniformRowHeights(true);
    tree->header()->setObjectName(name + ".header");
    tree->header()->setAccessibleName(title);
    // Narrow beside the other panels: what is long is cut, nothing has to be scrolled sideways.
    tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    tree->header()->setStretchLastSection(false);
    tree->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    return tree;
}

QString goalText(const std::string& goal) {
    return goal == "review" ? SessionsPanel::tr("review") : goal == "summary" ? SessionsPanel::tr("summary") : goal == "ask" ? SessionsPanel::tr("question") : q(goal);
}

QString statusText(const std::string& status) {
    return status.empty()           ? SessionsPanel::tr("unfinished")
           : status == "complete"   ? SessionsPanel::tr("complete")
           : status == "incomplete" ? SessionsPanel::tr("incomplete")
           : status == "stopped"    ? SessionsPanel::tr("stopped")
           : status == "failed"     ? SessionsPanel::tr("failed")
                                    : q(status);
}

} // namespace

SessionsPanel::SessionsPanel(Desk& desk, QWidget* parent) : QWidget(parent), m_desk(desk), m_search(new QLineEdit(this)) {
    setObjectName("sessions");
    m_search->setObjectName("sessions.search");
    m_search->setAccessibleName(tr("Search sessions"));
    m_search->setPlaceholderText(tr("Search sessions"));
    m_search->setClearButtonEnabled(true);
    m_sessions = table(this, "sessions.list", tr("Sessions"), {tr("Session"), tr("Latest run"), tr("Age")});
    m_sessions->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    m_sessions->header()->setSectionResizeMode(1, QHeaderView::Stretch);
    m_sessions->header()->setMaximumSectionSize(fontMetrics().averageCharWidth() * 30);
    m_runs = table(this, "sessions.runs", tr("Runs of this session"), {tr("Run"), tr("Status"), tr("Engine")});
    auto* const splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName("sessions.splitter");
    splitter->addWidget(m_runs);
    splitter->addWidget(m_sessions);
    auto* const layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_search);
    layout->addWidget(splitter, 1);
    connect(m_search, &QLineEdit::textChanged, this, &SessionsPanel::fillSessions);
    connect(m_sessions, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item) { m_desk.openSession(item->data(0, Qt::UserRole).toString()); });
    connect(m_runs, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item) { openRun(item->data(0, Qt::UserRole).toString()); });
    connect(&m_desk, &Desk::sessionChanged, this, [this] {
        fillRuns();
        refresh();
    });
}

void SessionsPanel::refresh() {
    m_desk.jobs().start<std::vector<app::SessionEntry>>(
        "sessions", this, [](const app::JobContext& job) { return app::listSessions(app::dataFolder(), job.stop()); },
        [this](std::vector<app::SessionEntry> list) {
            m_list = std::move(list);
            fillSessions();
        },
        [](const QString&) {});
}

void SessionsPanel::fillSessions() {
    const QString wanted = m_search->text().trimmed();
    m_sessions->clear();
    QList<QTreeWidgetItem*> items;
    for (const app::SessionEntry& entry : m_list) {
        const QString name = oneLine(entry.name), subject = oneLine(entry.subject);
        if (!wanted.isEmpty() && !name.contains(wanted, Qt::CaseInsensitive) && !subject.contains(wanted, Qt::CaseInsensitive))
            continue;
        const std::size_t comma = entry.latest.find(", "); // "review, complete"
        QString latest = entry.latest.empty() ? tr("no run yet") : goalText(entry.latest.substr(0, comma));
        if (comma != std::string::npos)
            latest += ", " + statusText(entry.latest.substr(comma + 2));
        if (!entry.problem.empty())
            latest = oneLine(entry.problem);
        auto* const item = new QTreeWidgetItem({subject.isEmpty() ? name : subject, latest, durationText(double(entry.secondsOld))});
        item->setData(0, Qt::UserRole, q(entry.file.string()));
        item->setToolTip(0, q(entry.file.string()).toHtmlEscaped());
        items << item;
    }
    m_sessions->addTopLevelItems(items);
}

void SessionsPanel::fillRuns() {
    m_runs->clear();
    app::SessionStore* const store = m_desk.store();
    if (!store)
        return;
    const auto runs = store->runs();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        const QString what = run->question.empty() ? goalText(run->goal) : oneLine(run->question, 60);
        auto* const item = new QTreeWidgetItem(m_runs, {what, run->finished.empty() ? tr("unfinished") : statusText(run->status), q(run->engine)});
        item->setData(0, Qt::UserRole, q(run->id));
        item->setToolTip(0, (q(run->started) + " " + q(run->id)).toHtmlEscaped());
    }
}

void SessionsPanel::openRun(const QString& id) {
    if (!m_desk.store() || m_desk.busy())
        return;
    const auto json = m_desk.store()->report(id.toStdString());
    if (!json) {
        m_desk.say(tr("This run has no report: it was not finished."));
        return;
    }
    m_desk.jobs().start<ReportPtr>(
        QStringLiteral("report"), this, [json](const app::JobContext&) { return std::make_shared<const app::Report>(app::reportFromJson(*json)); },
        [this](const ReportPtr& report) { m_desk.setReport(report); }, [this](const QString& problem) { emit m_desk.failed(tr("Opening the report"), problem); });
}

} // namespace ui
