#include "ui/panels/plan_panel.h"

#include "app/report/checks.h"
#include "app/resources.h"
#include "ui/text.h"
#include "ui/widgets/forecast_table.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
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
    tree->setUniformRowHeights(true);
    tree->setAlternatingRowColors(true);
    tree->setRootIsDecorated(false);
    tree->header()->setObjectName(name + ".header");
    tree->header()->setAccessibleName(title);
    tree->header()->setStretchLastSection(false);
    return tree;
}

QLabel* heading(QWidget* parent, const QString& name, const QString& words, QWidget* buddy) {
    auto* const label = new QLabel(words, parent);
    label->setObjectName(name);
    label->setProperty("role", "heading");
    label->setBuddy(buddy);
    return label;
}

} // namespace

PlanPanel::PlanPanel(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_goal(new QComboBox(this)), m_engine(new QComboBox(this)), m_strict(new QComboBox(this)), m_length(new QComboBox(this)),
      m_extractive(new QCheckBox(tr("No sentence that a model &worded"), this)), m_budget(new QLineEdit(this)), m_own(new QLineEdit(this)),
      m_total(new QLabel(this)), m_state(new QLabel(this)), m_start(new QPushButton(tr("&Start"), this)), m_resume(new QPushButton(tr("&Resume"), this)),
      m_add(new QPushButton(tr("A&dd"), this)) {
    setObjectName("plan");
    const auto named = [](QWidget* widget, const char* name, const QString& title) {
        widget->setObjectName(name);
        widget->setAccessibleName(title);
    };
    named(m_goal, "plan.goal", tr("Goal"));
    named(m_engine, "plan.engine", tr("Engine"));
    named(m_strict, "plan.strictness", tr("Strictness"));
    named(m_length, "plan.length", tr("Length of the summary"));
    named(m_extractive, "plan.extractive", tr("No sentence that a model worded"));
    named(m_budget, "plan.budget", tr("Budget"));
    named(m_own, "plan.own", tr("Your own question"));
    named(m_add, "plan.add", tr("Add the question"));
    named(m_start, "plan.start", tr("Start the run"));
    named(m_resume, "plan.resume", tr("Resume the unfinished run"));
    m_start->setProperty("primary", true);
    const std::pair<const char*, QString> goals[] = {{"review", tr("Review")}, {"security", tr("Review: security")}, {"drift", tr("Review: documents against code")},
                                                     {"contradictions", tr("Review: contradictions")}, {"summary", tr("Summary")}};
    for (const auto& [id, words] : goals)
        m_goal->addItem(words, QString::fromLatin1(id));
    m_strict->addItems({tr("0: uncertain ones too"), tr("1: the likelier ones"), tr("2: open ones"), tr("3: strong ones only")});
    m_strict->setCurrentIndex(2);
    m_length->addItem(tr("Short"), "short");
    m_length->addItem(tr("A page"), "page");
    m_length->addItem(tr("Long"), "long");
    m_length->setCurrentIndex(1);
    m_budget->setPlaceholderText(tr("none; for example 1.50"));
    m_own->setPlaceholderText(tr("A question of your own, asked beside the others"));

    m_items = table(this, "plan.items", tr("Questions"), {tr("Question"), tr("Scope"), tr("Calls"), tr("Money"), tr("Time")});
    m_items->setEditTriggers(QAbstractItemView::EditKeyPressed | QAbstractItemView::DoubleClicked);
    m_items->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_forecast = makeForecastTable(this, "plan.forecast");

    auto* const form = new QFormLayout;
    form->addRow(tr("&Goal"), m_goal);
    form->addRow(tr("&Engine"), m_engine);
    form->addRow(tr("S&trictness"), m_strict);
    form->addRow(tr("&Length"), m_length);
    form->addRow(tr("&Budget"), m_budget);
    form->addRow(QString(), m_extractive);
    auto* const own = new QHBoxLayout;
    own->addWidget(m_own, 1);
    own->addWidget(m_add);
    auto* const upper = new QWidget(this);
    upper->setObjectName("plan.upper");
    auto* const upperColumn = new QVBoxLayout(upper);
    upperColumn->setContentsMargins(0, 0, 0, 0);
    upperColumn->addLayout(form);
    upperColumn->addWidget(heading(this, "plan.items.label", tr("&Questions"), m_items));
    upperColumn->addWidget(m_items, 1);
    upperColumn->addLayout(own);
    m_total->setObjectName("plan.total");
    upperColumn->addWidget(m_total);
    auto* const lower = new QWidget(this);
    lower->setObjectName("plan.lower");
    auto* const lowerColumn = new QVBoxLayout(lower);
    lowerColumn->setContentsMargins(0, 0, 0, 0);
    lowerColumn->addWidget(heading(this, "plan.forecast.label", tr("&Forecast, side by side"), m_forecast));
    lowerColumn->addWidget(m_forecast, 1);
    auto* const splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName("plan.splitter");
    splitter->addWidget(upper);
    splitter->addWidget(lower);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    m_state->setObjectName("plan.state");
    m_state->setWordWrap(true);
    m_state->setProperty("role", "quiet");
    auto* const buttons = new QHBoxLayout;
    buttons->addWidget(m_state, 1);
    buttons->addWidget(m_resume);
    buttons->addWidget(m_start);
    auto* const outer = new QVBoxLayout(this);
    outer->addWidget(splitter, 1);
    outer->addLayout(buttons);

    connect(&m_desk, &Desk::intakeChanged, this, &PlanPanel::replan);
    connect(&m_desk, &Desk::settingsChanged, this, [this] {
        fillEngines();
        replan();
    });
    connect(&m_desk, &Desk::busyChanged, this, &PlanPanel::update);
    connect(&m_desk, &Desk::sessionChanged, this, &PlanPanel::update);
    connect(m_goal, &QComboBox::currentIndexChanged, this, &PlanPanel::replan);
    connect(m_engine, &QComboBox::currentIndexChanged, this, [this] {
        if (m_filling)
            return;
        app::Settings settings = m_desk.settings();
        settings.engine = m_engine->currentData().toString().toStdString();
        m_desk.setSettings(settings);
    });
    connect(m_budget, &QLineEdit::editingFinished, this, [this] {
        app::Settings settings = m_desk.settings();
        const std::string budget = m_budget->text().trimmed().toStdString();
        if (settings.budget == budget)
            return;
        if (!budget.empty() && !app::parseMoney(budget)) {
            m_desk.say(tr("\"%1\" is no amount: write for example 1.50, or leave it empty.").arg(m_budget->text()));
            m_budget->setText(q(settings.budget));
            return;
        }
        settings.budget = budget;
        m_desk.setSettings(settings);
    });
    connect(m_items, &QTreeWidget::itemChanged, this, &PlanPanel::itemChanged);
    connect(m_add, &QPushButton::clicked, this, &PlanPanel::addQuestion);
    connect(m_own, &QLineEdit::returnPressed, this, &PlanPanel::addQuestion);
    connect(m_start, &QPushButton::clicked, this, &PlanPanel::start);
    connect(m_resume, &QPushButton::clicked, this, &PlanPanel::resume);
    fillEngines();
    update();
}

void PlanPanel::fillEngines() {
    m_filling = true;
    m_engine->clear();
    m_engine->addItem(tr("None: checks, search and extractive summaries"), "none");
    if (app::hasBuiltInModel())
        m_engine->addItem(tr("Built in: the small model in this program"), "built-in");
    for (const app::Endpoint& endpoint : m_desk.settings().endpoints)
        m_engine->addItem(tr("%1 (%2)").arg(q(endpoint.name), q(endpoint.model)), q(endpoint.name));
    const QString current = q(m_desk.settings().chosenEngine());
    if (m_engine->findData(current) < 0)
        m_engine->addItem(current, current); // a model folder, or a script
    m_engine->setCurrentIndex(m_engine->findData(current));
    m_budget->setText(q(m_desk.settings().budget));
    m_filling = false;
}

void PlanPanel::replan() {
    m_length->setEnabled(m_goal->currentData() == "summary");
    m_strict->setEnabled(m_goal->currentData() != "summary");
    const IntakePtr intake = m_desk.intake();
    if (!intake) {
        update();
        return;
    }
    try {
        const app::PriceTable prices = app::loadPrices(m_desk.settings());
        const app::EngineOutlook engine = app::outlookOf(m_desk.settings().chosenEngine(), m_desk.settings(), prices);
        m_plan = app::planFor(m_goal->currentData().toString().toStdString(), *intake->context, engine.name);
        app::pricePlan(m_plan, *intake->context, prices, engine.local ? "" : engine.priceId, std::nullopt);
    } catch (const std::exception& problem) {
        m_plan = {};
        m_desk.say(QString::fromUtf8(problem.what()));
    }
    fillItems();
    fillForecast();
    update();
}

void PlanPanel::fillItems() {
    m_filling = true;
    m_items->clear();
    for (const app::PlanItem& item : m_plan.items) {
        const QString money = item.calls == 0 ? tr("no model") : moneyText(item.cost);
        auto* const row = new QTreeWidgetItem(m_items, {oneLine(item.question), item.scope.empty() ? tr("everything") : oneLine(item.scope), countText(item.calls), money,
                                                        item.seconds > 0 ? durationText(item.seconds) : QString()});
        row->setCheckState(0, item.on ? Qt::Checked : Qt::Unchecked);
        if (item.kind != "checks")
            row->setFlags(row->flags() | Qt::ItemIsEditable);
        row->setTextAlignment(2, Qt::AlignRight);
        row->setTextAlignment(3, Qt::AlignRight);
        row->setTextAlignment(4, Qt::AlignRight);
    }
    for (int i = 1; i < 5; ++i)
        m_items->resizeColumnToContents(i);
    m_filling = false;
}

void PlanPanel::fillForecast() {
    m_forecast->clear();
    const IntakePtr intake = m_desk.intake();
    if (!intake)
        return;
    try {
        const app::PriceTable prices = app::loadPrices(m_desk.settings());
        // The shape of the run with a model, also where none is chosen: what would it cost anywhere?
        app::Plan plan = m_plan;
        if (app::shapeOf(plan, *intake->context).calls == 0)
            plan = app::makePlan(m_plan.goal.empty() ? "review" : m_plan.goal, *intake->context, 2);
        fillForecastTable(*m_forecast, app::forecastAll(plan, *intake->context, m_desk.settings(), prices));
    } catch (const std::exception& problem) {
        m_desk.say(QString::fromUtf8(problem.what()));
    }
}

void PlanPanel::itemChanged(QTreeWidgetItem* row, int column) {
    if (m_filling)
        return;
    const int index = m_items->indexOfTopLevelItem(row);
    if (index < 0 || std::size_t(index) >= m_plan.items.size())
        return;
    app::PlanItem& item = m_plan.items[std::size_t(index)];
    item.on = row->checkState(0) == Qt::Checked;
    if (column == 0 && item.kind != "checks")
        item.question = row->text(0).toStdString();
    if (column == 1)
        item.scope = row->text(1) == tr("everything") ? std::string() : row->text(1).toStdString();
    fillForecast();
    update();
}

void PlanPanel::addQuestion() {
    const QString question = m_own->text().trimmed();
    if (question.isEmpty())
        return;
    app::PlanItem item;
    item.id = "U" + std::to_string(m_plan.items.size() + 1);
    item.question = question.toStdString();
    item.kind = "scan";
    item.passes = 1;
    item.calls = 1;
    m_plan.items.push_back(std::move(item));
    m_own->clear();
    fillItems();
    fillForecast();
    update();
}

void PlanPanel::update() {
    const IntakePtr intake = m_desk.intake();
    const auto unfinished = m_desk.unfinishedRun();
    const bool none = m_desk.settings().chosenEngine() == "none";
    int on = 0;
    for (const app::PlanItem& item : m_plan.items)
        on += item.on;
    m_total->setText(tr("%n questions", nullptr, on) + ", " + tr("%n calls of a model", nullptr, int(m_plan.calls())));
    m_start->setEnabled(intake && !m_desk.busy());
    m_resume->setVisible(unfinished.has_value());
    m_resume->setEnabled(!m_desk.busy());
    m_budget->setEnabled(!none);
    m_own->setEnabled(!none);
    m_add->setEnabled(!none);
    m_state->setText(!intake                    ? tr("Nothing is open.")
                     : m_desk.busy()            ? tr("A run is going on.")
                     : unfinished               ? tr("A run of %1 is unfinished: resume it, or start anew.").arg(q(unfinished->started))
                     : !intake->context->fits() ? tr("The text does not fit the window: %1 tokens would stay unread by a model.").arg(countText(intake->context->overBy()))
                     : none                     ? tr("Level 0: checks, search and extractive summaries; no model reads the text.")
                                                : tr("Ready."));
}

app::RunRequest PlanPanel::request() const {
    app::RunRequest request;
    request.goal = m_goal->currentData().toString().toStdString();
    request.strictness = m_strict->currentIndex();
    request.length = m_length->currentData().toString().toStdString();
    request.extractive = m_extractive->isChecked();
    if (m_desk.settings().chosenEngine() != "none")
        request.plan = m_plan;
    return request;
}

void PlanPanel::start() {
    if (m_start->isEnabled())
        m_desk.startRun(request());
}

void PlanPanel::resume() {
    const auto unfinished = m_desk.unfinishedRun();
    if (!unfinished)
        return;
    app::RunRequest again = request();
    again.resumes = unfinished->id;
    if (unfinished->goal == "ask" || unfinished->goal == "summary")
        again.goal = unfinished->goal;
    again.question = unfinished->question;
    if (const auto plan = m_desk.store()->plan(unfinished->id))
        try {
            again.plan = app::parsePlan(*plan, "the session");
        } catch (const std::exception& problem) {
            m_desk.say(QString::fromUtf8(problem.what()));
        }
    m_desk.startRun(again);
}

} // namespace ui
