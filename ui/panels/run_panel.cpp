#include "ui/panels/run_panel.h"

#include "app/cost.h"
#include "ui/text.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QJsonDocument>
#include <QJsonObject>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSplitter>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace ui {

namespace {
constexpr int mostLines = 5000; // of the log; the session keeps everything
}

RunPanel::RunPanel(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_head(new QLabel(tr("No run yet"), this)), m_prefill(new QLabel(this)), m_detail(new QLabel(this)), m_raise(new QLineEdit(this)),
      m_timeline(new StepTimeline(this)), m_log(new QTreeWidget(this)), m_stop(new QPushButton(tr("&Stop"), this)), m_resume(new QPushButton(tr("&Resume"), this)) {
    setObjectName("run");
    m_head->setObjectName("run.head");
    m_head->setProperty("role", "heading");
    m_head->setWordWrap(true);
    m_head->setTextFormat(Qt::PlainText);
    m_prefill->setObjectName("run.prefill");
    m_prefill->setTextFormat(Qt::PlainText);
    m_prefill->setWordWrap(true);
    m_detail->setObjectName("run.detail");
    m_detail->setProperty("role", "quiet");
    m_detail->setTextFormat(Qt::PlainText);
    m_detail->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_timeline->setObjectName("run.timeline");
    m_stop->setObjectName("run.stop");
    m_stop->setAccessibleName(tr("Stop the run"));
    m_resume->setObjectName("run.resume");
    m_resume->setAccessibleName(tr("Resume the run"));
    m_raise->setObjectName("run.budget");
    m_raise->setAccessibleName(tr("A larger budget for this run"));
    m_raise->setToolTip(tr("The budget of the whole run; what is spent counts"));
    m_raise->setMaximumWidth(fontMetrics().averageCharWidth() * 14);
    m_raise->setVisible(false);
    m_stop->setEnabled(false);
    m_resume->setVisible(false);
    m_timeline->installEventFilter(this);
    m_log->installEventFilter(this);
    m_log->setObjectName("run.log");
    m_log->setAccessibleName(tr("Log of the run"));
    m_log->setHeaderLabels({tr("Time"), tr("What"), tr("About")});
    m_log->header()->setObjectName("run.log.header");
    m_log->header()->setAccessibleName(tr("Log of the run"));
    m_log->setRootIsDecorated(false);
    m_log->setUniformRowHeights(true);
    m_log->setAlternatingRowColors(true);

    auto* const scroll = new QScrollArea(this);
    scroll->setObjectName("run.scroll");
    scroll->setAccessibleName(tr("Timeline of the run"));
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(m_timeline);
    auto* const splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName("run.splitter");
    splitter->addWidget(scroll);
    splitter->addWidget(m_log);
    auto* const bar = new QHBoxLayout;
    bar->addWidget(m_head, 1);
    bar->addWidget(m_raise);
    bar->addWidget(m_resume);
    bar->addWidget(m_stop);
    auto* const outer = new QVBoxLayout(this);
    outer->addLayout(bar);
    outer->addWidget(m_prefill);
    outer->addWidget(splitter, 1);
    outer->addWidget(m_detail);

    m_tick.setInterval(200);
    connect(&m_tick, &QTimer::timeout, this, [this] { m_timeline->setNow(now()); });
    connect(m_timeline, &StepTimeline::currentChanged, this, [this](int, const QString& words) { m_detail->setText(words); });
    connect(&m_desk, &Desk::runStarted, this, &RunPanel::started);
    connect(&m_desk, &Desk::runStage, this, &RunPanel::stage);
    connect(&m_desk, &Desk::runEvent, this, qOverload<const QString&, const QString&>(&RunPanel::event));
    connect(&m_desk, &Desk::runEnded, this, &RunPanel::ended);
    connect(&m_desk, &Desk::findingFound, this, [this](const app::Finding& finding) { log(tr("finding"), q(finding.id) + "  " + oneLine(finding.title.text)); });
    connect(m_stop, &QPushButton::clicked, this, [this] {
        m_head->setText(tr("Stopping; what was done is kept"));
        m_stop->setEnabled(false);
        m_desk.stop();
    });
    connect(m_resume, &QPushButton::clicked, this, &RunPanel::goOn);
    connect(m_raise, &QLineEdit::returnPressed, this, &RunPanel::goOn);
}

bool RunPanel::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_T && static_cast<QKeyEvent*>(event)->modifiers() == Qt::NoModifier) {
        QWidget* const other = watched == m_log ? static_cast<QWidget*>(m_timeline) : m_log;
        other->setFocus(Qt::ShortcutFocusReason);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

// What is spent, what the rest would cost by the forecast, and a budget that would do.
void RunPanel::offerMore() {
    const ReportPtr report = m_desk.report();
    const auto cap = app::parseMoney(m_desk.settings().budget);
    if (!report || !cap) // the minutes were used up: the plan and the settings hold that limit
        return;
    const app::CostReport& cost = report->cost;
    std::optional<app::Money> rest;
    if (cost.high && cost.actual && cost.high->picoUnits > cost.actual->picoUnits)
        rest = app::Money{cost.high->picoUnits - cost.actual->picoUnits, cost.high->currency};
    m_head->setText(tr("The budget is reached: %1 of %2 are spent, the rest would cost at most %3. Write a larger budget and resume, or leave it at this.")
                        .arg(moneyText(cost.actual), moneyText(cap), moneyText(rest)));
    const double wanted = double(rest ? cap->picoUnits + rest->picoUnits : cap->picoUnits * 2) / 1e12;
    m_raise->setText(QString::number(wanted, 'f', wanted < 0.1 ? 4 : 2));
    m_raise->setVisible(true);
    m_raise->setFocus(Qt::OtherFocusReason);
}

void RunPanel::goOn() {
    if (m_raise->isVisible()) {
        const std::string budget = m_raise->text().trimmed().toStdString();
        if (!budget.empty() && !app::parseMoney(budget)) {
            m_desk.say(tr("\"%1\" is no amount: write for example 1.50, or leave it empty.").arg(m_raise->text()));
            return;
        }
        app::Settings settings = m_desk.settings();
        settings.budget = budget;
        m_desk.setSettings(settings);
    }
    emit resumeWanted();
}

void RunPanel::started(const app::RunRequest& request) {
    m_clock.start();
    m_tick.start();
    m_timeline->clear();
    m_log->clear();
    m_stage.clear();
    m_prefill->clear();
    m_stop->setEnabled(true);
    m_resume->setVisible(false);
    m_raise->setVisible(false);
    m_head->setText(request.goal == "ask"       ? tr("Asking: %1").arg(oneLine(request.question, 120))
                    : request.goal == "summary" ? tr("Summary is being made")
                                                : tr("Review is going on"));
    log(tr("started"), q(request.goal));
}

void RunPanel::stage(const QString& name, qint64 done, qint64 total) {
    const QString lane = stageText(name);
    if (name != m_stage) {
        if (!m_stage.isEmpty())
            m_timeline->close(stageText(m_stage), now());
        m_stage = name;
        m_timeline->begin({TimelineBar::Kind::Stage, lane, {}, now()});
        log(tr("stage"), lane);
    }
    if (TimelineBar* const bar = m_timeline->open(lane)) {
        bar->done = done, bar->total = total;
        m_timeline->touch();
    }
}

void RunPanel::event(const QString& type, const QString& json) {
    const QJsonObject fields = QJsonDocument::fromJson(json.toUtf8()).object();
    const QString branch = fields["branch"].toString();
    if (type == "branch.started") {
        if (!fields["replayed"].toBool())
            m_timeline->begin({TimelineBar::Kind::Answer, branch, oneLine(fields["question"].toString().toStdString(), 80), now()});
        log(tr("asked"), branch + "  " + fields["question"].toString());
    } else if (type == "branch.done") {
        if (TimelineBar* const bar = m_timeline->open(branch); bar && bar->kind == TimelineBar::Kind::Answer)
            bar->failed = fields["end"].toString() == "failed";
        m_timeline->close(branch, now());
        log(tr("answered"), branch);
    } else if (type == "engine.state") {
        const QString reading = tr("Text in the engine");
        const auto done = qint64(fields["done"].toDouble()), cached = qint64(fields["cached"].toDouble()), total = qint64(fields["total"].toDouble());
        if (total > 0) {
            TimelineBar* bar = m_timeline->open(reading);
            if (!bar) {
                m_timeline->begin({TimelineBar::Kind::Prefill, reading, {}, now()});
                bar = m_timeline->open(reading);
            }
            bar->done = done, bar->cached = cached, bar->total = total;
            QString words = tr("%1 tokens evaluated, %2 from the cache, %3 to do").arg(countText(done), countText(cached), countText(std::max<qint64>(0, total - done)));
            if (const double rate = fields["tokens_per_second"].toDouble(); rate > 0)
                words += tr(", %1 tokens a second").arg(countText(std::int64_t(rate)));
            if (const double left = fields["seconds_left"].toDouble(); left > 0)
                words += tr(", about %1 left").arg(durationText(left));
            m_prefill->setText(words);
            if (done >= total)
                m_timeline->close(reading, now());
            m_timeline->touch();
        }
    } else if (type == "tool") {
        const std::size_t index = m_timeline->begin({TimelineBar::Kind::Tool, tr("Tools"), fields["name"].toString(), now(), now() + 0.05});
        Q_UNUSED(index)
        log(tr("tool"), fields["name"].toString() + "  " + fields["arguments"].toString());
    } else if (type == "text" || type == "cost.update") {
        return; // shown elsewhere, and too many for a log
    } else {
        log(type, oneLine(json.toStdString(), 200));
    }
}

void RunPanel::ended(const QString& status, const QString& sentence) {
    m_tick.stop();
    m_timeline->setNow(now());
    for (const TimelineBar& bar : std::vector(m_timeline->bars()))
        if (bar.end < bar.begin)
            m_timeline->close(bar.lane, now());
    m_stop->setEnabled(false);
    m_resume->setVisible(status == "budget" || status == "stopped");
    m_head->setText(status == "complete"  ? tr("Complete after %1").arg(durationText(now()))
                    : status == "stopped" ? tr("Stopped after %1; what was done is kept").arg(durationText(now()))
                    : status == "budget"  ? tr("The budget is reached: raise it in the plan and resume, or leave it at this")
                                          : tr("Failed: %1").arg(sentence));
    if (status == "budget")
        offerMore();
    log(tr("ended"), m_head->text());
}

void RunPanel::log(const QString& what, const QString& about) {
    if (m_log->topLevelItemCount() >= mostLines)
        delete m_log->takeTopLevelItem(0);
    const bool follow = m_log->verticalScrollBar()->value() == m_log->verticalScrollBar()->maximum();
    auto* const item = new QTreeWidgetItem(m_log, {durationText(m_clock.isValid() ? now() : 0), what, oneLine(about.toStdString(), 300)});
    if (follow)
        m_log->scrollToItem(item);
}

} // namespace ui
