#include "ui/main_window.h"

#include "app/report/review.h"
#include "ui/command_palette.h"
#include "ui/panels/ask_panel.h"
#include "ui/panels/corpus_panel.h"
#include "ui/panels/cost_panel.h"
#include "ui/panels/engine_panel.h"
#include "ui/panels/evidence_panel.h"
#include "ui/panels/findings_panel.h"
#include "ui/panels/intake_panel.h"
#include "ui/panels/plan_panel.h"
#include "ui/panels/run_panel.h"
#include "ui/panels/search_panel.h"
#include "ui/panels/sessions_panel.h"
#include "ui/panels/start_page.h"
#include "ui/panels/summary_panel.h"
#include "ui/shortcuts.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/widgets/busy_line.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QJsonDocument>
#include <QLabel>
#include <QLayout>
#include <QMenuBar>
#include <QMimeData>
#include <QPushButton>
#include <QStatusBar>
#include <QTabBar>
#include <QTimer>
#include <QToolBar>
#include <QUrl>

namespace ui {

MainWindow::MainWindow(Desk& desk, QWidget* parent) : QMainWindow(parent), m_desk(desk) {
    setObjectName("window");
    setWindowTitle(tr("Lectern"));
    setWindowIcon(QIcon(":/icons/lectern.svg"));
    setAcceptDrops(true);
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    setDocumentMode(true);
    makePanels();
    makeActions();
    bindActions();
    makeBars();
    connectDesk();
    seams();
    showStartPage();
    layout()->activate(); // the docks, hidden by now, ask for no room
    restoreWindow();
    nameEverything();
}

// --- what stands where --------------------------------------------------------------------------------------------

QDockWidget* MainWindow::addPanel(const QString& name, const QString& title, QWidget* panel) {
    auto* const dock = new QDockWidget(title, this);
    dock->setObjectName(name);
    dock->setAccessibleName(title);
    dock->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetClosable | QDockWidget::DockWidgetFloatable);
    if (panel->accessibleName().isEmpty())
        panel->setAccessibleName(title);
    dock->setWidget(panel);
    // A panel in the middle is named by its tab; those at the sides carry a heading, which is also where they are dragged.
    QWidget* bar = new QWidget(dock);
    if (name == "dock.corpus" || name == "dock.evidence") {
        delete bar;
        auto* const heading = new QLabel(title, dock);
        heading->setProperty("role", "heading");
        heading->setContentsMargins(8, 4, 8, 4);
        bar = heading;
    }
    bar->setObjectName(name + ".title");
    dock->setTitleBarWidget(bar);
    m_docks.insert(name, dock);
    m_order << name;
    return dock;
}

void MainWindow::makePanels() {
    m_start = new StartPage(m_desk, this);
    setCentralWidget(m_start);
    m_plan = new PlanPanel(m_desk);
    m_ask = new AskPanel(m_desk);
    auto* const run = new RunPanel(m_desk);
    auto* const engine = new EnginePanel(m_desk);
    m_corpus = new CorpusPanel(m_desk);
    QDockWidget* const corpus = addPanel("dock.corpus", tr("Corpus"), m_corpus);
    QDockWidget* const sessions = addPanel("dock.sessions", tr("Sessions"), new SessionsPanel(m_desk));
    QDockWidget* const intake = addPanel("dock.intake", tr("Intake"), new IntakePanel(m_desk));
    addDockWidget(Qt::LeftDockWidgetArea, corpus);
    splitDockWidget(corpus, intake, Qt::Horizontal);
    splitDockWidget(intake, addPanel("dock.evidence", tr("Evidence"), new EvidencePanel(m_desk)), Qt::Horizontal);
    splitDockWidget(corpus, sessions, Qt::Vertical);
    m_search = new SearchPanel(m_desk);
    tabifyDockWidget(sessions, addPanel("dock.search", tr("Search"), m_search));
    const std::tuple<QString, QString, QWidget*> tabs[] = {
        {"dock.plan", tr("Plan"), m_plan},
        {"dock.findings", tr("Findings"), new FindingsPanel(m_desk)},
        {"dock.summary", tr("Summary"), new SummaryPanel(m_desk)},
        {"dock.ask", tr("Ask"), m_ask},
        {"dock.run", tr("Run"), run},
        {"dock.cost", tr("Costs"), new CostPanel(m_desk)},
        {"dock.engine", tr("Engine"), engine},
    };
    for (const auto& [name, title, panel] : tabs)
        tabifyDockWidget(intake, addPanel(name, title, panel));
    connect(run, &RunPanel::resumeWanted, this, [this] { m_plan->resume(); });
    connect(engine, &EnginePanel::settingsWanted, this, [this] { action("action.file.settings")->trigger(); });
}

void MainWindow::makeBars() {
    m_noticeBar = new QToolBar(tr("Notice"), this);
    m_noticeBar->setObjectName("bar.notice");
    m_noticeBar->setMovable(false);
    m_notice = new QLabel(m_noticeBar);
    m_notice->setObjectName("notice.text");
    m_notice->setTextFormat(Qt::PlainText);
    m_notice->setWordWrap(true);
    m_notice->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    auto* const close = new QPushButton(tr("Close"), m_noticeBar);
    close->setObjectName("notice.close");
    close->setAccessibleName(tr("Close the notice"));
    connect(close, &QPushButton::clicked, m_noticeBar, &QWidget::hide);
    m_noticeBar->addWidget(m_notice);
    m_noticeBar->addWidget(close);
    addToolBar(Qt::TopToolBarArea, m_noticeBar);
    m_noticeBar->hide();

    auto* const steps = new QToolBar(tr("Steps"), this);
    steps->setObjectName("bar.steps");
    steps->setMovable(false);
    m_busy = new BusyLine(steps);
    m_busy->setObjectName("steps");
    m_busy->setAccessibleName(tr("Steps"));
    steps->addWidget(m_busy);
    addToolBar(Qt::BottomToolBarArea, steps);
    connect(m_busy, &BusyLine::stopWanted, &m_desk, &Desk::stop);

    const std::pair<QLabel**, const char*> labels[] = {{&m_context, "status.context"}, {&m_money, "status.money"}, {&m_sent, "status.sent"}, {&m_level, "status.level"}};
    for (const auto& [label, name] : labels) {
        *label = new QLabel(this);
        (*label)->setObjectName(name);
        (*label)->setContentsMargins(8, 0, 8, 0);
        statusBar()->addPermanentWidget(*label);
    }
    statusBar()->setObjectName("status");
    statusBar()->setSizeGripEnabled(false);
    status();
}

// --- opening and closing ------------------------------------------------------------------------------------------

void MainWindow::showStartPage() {
    for (QDockWidget* const dock : std::as_const(m_docks))
        dock->hide();
    centralWidget()->show();
    m_start->refresh();
}

void MainWindow::showWork() {
    if (centralWidget()->isHidden())
        return;
    centralWidget()->hide();
    applyLayout("review");
}

void MainWindow::applyLayout(const QString& name) {
    if (!m_desk.intake())
        return;
    centralWidget()->hide();
    setAnimated(false); // a layout is there at once; only docks that a person drags move
    static const QHash<QString, QStringList> hidden{
        {"read", {"dock.sessions", "dock.search", "dock.plan", "dock.cost", "dock.run", "dock.engine"}},
        {"ask", {"dock.sessions", "dock.search"}},
        {"monitor", {"dock.sessions", "dock.search", "dock.corpus", "dock.evidence"}},
    };
    for (const QString& each : std::as_const(m_order))
        m_docks[each]->setVisible(!hidden.value(name).contains(each));
    // Once the docks that were just shown have been laid out: before, their sizes are those of hidden ones.
    QTimer::singleShot(0, this, [this] {
        if (dock("dock.corpus")->isVisibleTo(this) && dock("dock.sessions")->isVisibleTo(this))
            resizeDocks({dock("dock.corpus"), dock("dock.sessions")}, {height() * 60 / 100, height() * 30 / 100}, Qt::Vertical);
        QList<QDockWidget*> docks;
        QList<int> widths;
        const std::pair<const char*, int> shares[] = {{"dock.corpus", 20}, {"dock.intake", 46}, {"dock.evidence", 34}};
        for (const auto& [each, share] : shares)
            if (QDockWidget* const one = dock(each); one && one->isVisibleTo(this))
                docks << one, widths << width() * share / 100;
        resizeDocks(docks, widths, Qt::Horizontal);
        setAnimated(!m_desk.settings().reducedMotion);
    });
    const QString front = name == "ask" ? "dock.ask" : name == "monitor" ? "dock.run" : name == "read" ? "dock.summary" : m_desk.report() ? "dock.findings" : "dock.intake";
    showPanel(front, Qt::OtherFocusReason);
    nameEverything();
}

void MainWindow::showPanel(const QString& name, Qt::FocusReason reason) {
    QDockWidget* const wanted = dock(name);
    if (!wanted || !centralWidget()->isHidden())
        return;
    wanted->show();
    wanted->raise();
    if (reason == Qt::OtherFocusReason)
        return;
    for (QWidget* const widget : wanted->widget()->findChildren<QWidget*>())
        if (widget->focusPolicy() & Qt::TabFocus && widget->isEnabled() && widget->isVisibleTo(wanted)) {
            widget->setFocus(reason);
            break;
        }
    nameEverything();
}

void MainWindow::cyclePane(int step) {
    QStringList shown;
    for (const QString& name : std::as_const(m_order))
        if (m_docks[name]->isVisibleTo(this) && !m_docks[name]->visibleRegion().isEmpty())
            shown << name;
    if (shown.isEmpty())
        return;
    qsizetype at = -1;
    for (qsizetype i = 0; i < shown.size(); ++i)
        if (m_docks[shown[i]]->isAncestorOf(QApplication::focusWidget()))
            at = i;
    showPanel(shown[(at + step + shown.size()) % shown.size()], Qt::TabFocusReason);
}

// Tab bars of docks and the like: Qt makes them without a name.
void MainWindow::nameEverything() {
    const auto give = [](QWidget* widget, const char* object, const QString& title) {
        if (widget->objectName().isEmpty())
            widget->setObjectName(QString::fromLatin1(object));
        if (widget->accessibleName().isEmpty())
            widget->setAccessibleName(title);
    };
    for (QTabBar* const bar : findChildren<QTabBar*>())
        give(bar, "tabs", tr("Panels"));
    for (QToolBar* const bar : findChildren<QToolBar*>())
        give(bar, "bar", bar->windowTitle());
    menuBar()->setObjectName("menubar");
    menuBar()->setAccessibleName(tr("Menus"));
    statusBar()->setAccessibleName(tr("Status"));
}

// --- what the desk says -------------------------------------------------------------------------------------------

void MainWindow::connectDesk() {
    connect(&m_desk, &Desk::noticed, this, &MainWindow::notice);
    connect(&m_desk, &Desk::failed, this, [this](const QString& what, const QString& sentence) {
        m_busy->end(tr("%1 failed").arg(what));
        notice(tr("%1: %2").arg(what, sentence));
    });
    connect(&m_desk, &Desk::readingProgress, this, [this](const QString& stage, qint64 done, qint64 total, const QString& current) {
        m_busy->progress(stageText(stage), done, total, current);
    });
    connect(&m_desk, &Desk::runStage, this, [this](const QString& stage, qint64 done, qint64 total) { m_busy->progress(stageText(stage), done, total); });
    connect(&m_desk, &Desk::busyChanged, this, [this](bool busy) {
        if (busy && m_desk.busy())
            m_busy->begin(tr("Working"));
        else if (!m_desk.busy())
            m_busy->end(tr("Ready"));
        action("action.run.stop")->setEnabled(m_desk.busy());
        action("action.run.start")->setEnabled(m_desk.intake() && !m_desk.busy());
        status();
    });
    connect(&m_desk, &Desk::intakeChanged, this, [this](const IntakePtr& intake) {
        const QString subject = q(app::subjectName(*intake->corpus));
        setWindowTitle(tr("%1 – Lectern").arg(oneLine(subject.toStdString(), 80)));
        showWork();
        if (subject != m_subject)
            showPanel("dock.intake", Qt::OtherFocusReason);
        m_subject = subject;
        action("action.run.start")->setEnabled(!m_desk.busy());
        status();
    });
    connect(&m_desk, &Desk::reportChanged, this, [this](const ReportPtr& report) {
        action("action.report.export")->setEnabled(report != nullptr);
        status();
        if (!report)
            return;
        showPanel(report->run.goal == "ask"      ? "dock.ask"
                  : report->run.goal == "review" ? "dock.findings"
                                                 : "dock.summary",
                  Qt::OtherFocusReason);
    });
    connect(&m_desk, &Desk::runStarted, this, [this](const app::RunRequest& request) {
        m_noticeBar->hide();
        if (request.goal != "ask")
            showPanel("dock.run", Qt::OtherFocusReason);
    });
    connect(&m_desk, &Desk::runEnded, this, [this](const QString& state, const QString& sentence) {
        if (state == "budget") { // the run panel says what is spent and takes a larger one
            notice(tr("The budget is reached; everything is kept. Raise it in the run panel and resume, or leave it at this."));
            showPanel("dock.run", Qt::OtherFocusReason);
        } else if (state == "failed")
            notice(sentence);
        else if (state == "stopped")
            notice(tr("Stopped; what was done is kept. Resume goes on with it."));
    });
    connect(&m_desk, &Desk::settingsChanged, this, [this] {
        applyTheme(*qApp, q(m_desk.settings().theme), m_desk.settings().scalePercent);
        status();
    });
    connect(&m_desk, &Desk::evidenceShown, this, [this] { showPanel("dock.evidence", Qt::OtherFocusReason); });
    connect(&m_desk, &Desk::spanShown, this, [this] { showPanel("dock.evidence", Qt::OtherFocusReason); });
    connect(&m_desk, &Desk::runEvent, this, [this](const QString& type, const QString& json) {
        if (type == "branch.started")
            m_busy->begin(tr("Asking the model"));
        else if (type == "sent") // the counter runs while bytes leave
            m_sent->setText(tr("sent %1").arg(bytesText(std::uint64_t(QJsonDocument::fromJson(json.toUtf8())["bytes"].toDouble()))));
    });
}

void MainWindow::status() {
    const IntakePtr intake = m_desk.intake();
    const ReportPtr report = m_desk.report();
    if (intake) {
        const app::Context& context = *intake->context;
        m_context->setText(tr("Context %1 of %2").arg(tokensText(context.wantedTokens()), tokensText(context.budget())) + (context.exact() ? QString() : " " + tr("(estimated)")));
    } else {
        m_context->setText(tr("Nothing is open"));
    }
    m_money->setText(report && report->cost.calls > 0 ? tr("%1 of %2").arg(moneyText(report->cost.actual), moneyRange(report->cost.low, report->cost.high)) : moneyText(app::Money{}));
    m_sent->setText(tr("sent %1").arg(bytesText(report ? report->engine.bytesSent : 0)));
    m_level->setText(tr("level %1").arg(report ? report->engine.level : 0));
}

void MainWindow::notice(const QString& sentence) {
    if (sentence.isEmpty())
        return;
    m_notice->setText(oneLine(sentence.toStdString(), 1000));
    m_noticeBar->show();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    saveWindow();
    m_desk.stop(); // everything paid for is in the session already
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            paths << url.toLocalFile();
    if (paths.size() == 1 && paths[0].endsWith(".lectern"))
        m_desk.openSession(paths[0]);
    else
        m_desk.openPaths(paths);
    event->acceptProposedAction();
}

} // namespace ui
