#include "app/backend/openai_client.h" // before Qt: a parameter there is named like one of its keywords
#include "ui/panels/engine_panel.h"

#include "app/model_card.h"
#include "app/resources.h"
#include "ui/text.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
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
    tree->setRootIsDecorated(false);
    tree->setUniformRowHeights(true);
    tree->setAlternatingRowColors(true);
    tree->header()->setObjectName(name + ".header");
    tree->header()->setAccessibleName(title);
    return tree;
}

QString levelText(int level) {
    return level >= 2   ? EnginePanel::tr("2: reviewer; writes findings and answers, each checked against the text")
           : level == 1 ? EnginePanel::tr("1: reader; points at places and words single lines")
                        : EnginePanel::tr("0: nothing proved; checks, search and extractive summaries by code");
}

struct Limits {
    app::EndpointLimits limits;
    QString name;
};

} // namespace

EnginePanel::EnginePanel(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_head(new QLabel(this)), m_help(new QLabel(this)), m_inspect(new QPushButton(tr("&Open and look"), this)),
      m_test(new QPushButton(tr("&Test the endpoint"), this)), m_locate(new QPushButton(tr("&Locate weights…"), this)), m_settings(new QPushButton(tr("&Settings…"), this)) {
    setObjectName("engine");
    m_head->setObjectName("engine.head");
    m_head->setProperty("role", "heading");
    m_head->setTextFormat(Qt::PlainText);
    m_head->setWordWrap(true);
    m_help->setObjectName("engine.help");
    m_help->setProperty("role", "quiet");
    m_help->setWordWrap(true);
    m_help->setTextFormat(Qt::PlainText);
    const std::pair<QPushButton*, const char*> buttons[] = {{m_inspect, "engine.inspect"}, {m_test, "engine.test"}, {m_locate, "engine.locate"}, {m_settings, "engine.settings"}};
    auto* const bar = new QHBoxLayout;
    for (const auto& [button, name] : buttons) {
        button->setObjectName(name);
        button->setAccessibleName(button->text().remove('&'));
        bar->addWidget(button);
    }
    bar->addStretch(1);
    m_card = table(this, "engine.card", tr("Model card"), {tr("What"), tr("Value")});
    m_card->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    m_endpoints = table(this, "engine.endpoints", tr("Endpoints"), {tr("Name"), tr("Address"), tr("Model"), tr("Key from"), tr("Level")});
    m_endpoints->header()->setSectionResizeMode(1, QHeaderView::Stretch);
    m_endpoints->header()->setStretchLastSection(false);
    auto* const splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName("engine.splitter");
    splitter->addWidget(m_card);
    splitter->addWidget(m_endpoints);
    auto* const layout = new QVBoxLayout(this);
    layout->addWidget(m_head);
    layout->addWidget(m_help);
    layout->addLayout(bar);
    layout->addWidget(splitter, 1);
    connect(m_inspect, &QPushButton::clicked, this, &EnginePanel::inspect);
    connect(m_test, &QPushButton::clicked, this, &EnginePanel::test);
    connect(m_locate, &QPushButton::clicked, this, &EnginePanel::locate);
    connect(m_settings, &QPushButton::clicked, this, &EnginePanel::settingsWanted);
    connect(m_endpoints, &QTreeWidget::currentItemChanged, this, [this] { m_test->setEnabled(m_endpoints->currentItem()); });
    connect(&m_desk, &Desk::settingsChanged, this, &EnginePanel::update);
    connect(&m_desk, &Desk::reportChanged, this, [this](const ReportPtr& report) {
        if (!report || report->engine.name == "none")
            return;
        app::BackendInfo info;
        info.name = report->engine.name, info.model = report->engine.model, info.fingerprint = report->engine.fingerprint;
        info.level = report->engine.level, info.demo = report->engine.demo, info.note = report->engine.note;
        show(info);
    });
    update();
}

void EnginePanel::row(const QString& name, const QString& value) {
    if (!value.isEmpty())
        new QTreeWidgetItem(m_card, {name, value});
}

void EnginePanel::update() {
    const app::Settings& settings = m_desk.settings();
    const std::string chosen = settings.chosenEngine();
    const bool none = chosen == "none";
    m_head->setText(none ? tr("No engine: level 0, checks, search and extractive summaries") : tr("Engine: %1").arg(q(chosen)));
    m_inspect->setEnabled(!none);
    m_card->clear();
    row(tr("Level"), levelText(0));
    row(tr("Leaves this computer"), tr("0 B"));
    const app::ModelCard card = chosen == "built-in" ? app::modelCard(app::builtInModel()) : app::ModelCard();
    m_help->setText((card.text.empty() ? QString() : q(card.text) + "\n\n") +
                    tr("Without an engine Lectern checks, searches and summarises by itself. The built-in model runs on this computer and sends nothing. "
                       "A folder with DeepSeek-V4 weights (config.json and safetensors, or a GGUF file) is used where it lies. "
                       "A served model is set up in the settings: its address, its name, and where its key is kept."));
    for (const app::CardRow& one : card.rows)
        row(q(one.measure), q(one.value + (one.state.empty() ? "" : ", " + one.state)));
    m_endpoints->clear();
    for (const app::Endpoint& endpoint : settings.endpoints)
        new QTreeWidgetItem(m_endpoints, {q(endpoint.name), q(endpoint.url), q(endpoint.model),
                                          !endpoint.keyVariable.empty() ? tr("variable %1").arg(q(endpoint.keyVariable))
                                          : !endpoint.keyFile.empty()   ? tr("file %1").arg(q(endpoint.keyFile))
                                                                        : tr("no key"),
                                          QString::number(endpoint.level)});
    m_test->setEnabled(m_endpoints->currentItem());
}

void EnginePanel::inspect() {
    m_inspect->setEnabled(false);
    m_head->setText(tr("Opening %1").arg(q(m_desk.settings().chosenEngine())));
    m_desk.jobs().start<app::BackendInfo>(
        "engine.inspect", this,
        [settings = m_desk.settings()](const app::JobContext&) {
            const auto backend = app::openBackend(settings.chosenEngine(), settings, settings.offline);
            return backend ? backend->info() : app::BackendInfo{.name = "none"};
        },
        [this](const app::BackendInfo& info) {
            update();
            show(info);
        },
        [this](const QString& problem) {
            update();
            m_head->setText(problem);
        });
}

void EnginePanel::show(const app::BackendInfo& info) {
    m_card->clear();
    row(tr("Name"), q(info.name));
    row(tr("Model"), q(info.model));
    row(tr("Fingerprint"), q(info.fingerprint));
    row(tr("Level"), levelText(info.level));
    row(tr("Window"), info.window > 0 ? tr("%1 tokens").arg(countText(info.window)) : tr("not said"));
    row(tr("Longest answer"), info.maxOutput > 0 ? tr("%1 tokens").arg(countText(info.maxOutput)) : QString());
    row(tr("Tools"), info.tools ? tr("yes") : tr("no"));
    row(tr("Runs at"), info.host.empty() ? tr("this computer; no byte leaves it") : q(info.host));
    row(tr("Price row"), q(info.priceRow));
    row(tr("Demonstration"), info.demo ? tr("every generated sentence carries a badge") : QString());
    row(tr("Note"), q(info.note));
}

void EnginePanel::test() {
    const QTreeWidgetItem* const item = m_endpoints->currentItem();
    const app::Endpoint* const endpoint = item ? m_desk.settings().endpoint(item->text(0).toStdString()) : nullptr;
    if (!endpoint)
        return;
    m_head->setText(tr("Asking %1 for its models; nothing of the text is sent").arg(q(endpoint->url)));
    m_desk.jobs().start<Limits>(
        "engine.test", this,
        [chosen = *endpoint, offline = m_desk.settings().offline](const app::JobContext& job) {
            return Limits{app::askModelLimits(app::clientOptions(chosen, offline), job.stop()), q(chosen.name)};
        },
        [this](const Limits& answer) {
            const QString window = answer.limits.window > 0 ? tr("window %1 tokens").arg(countText(answer.limits.window)) : tr("its window is not said");
            m_head->setText(answer.limits.found ? tr("%1 answers and serves the model; %2").arg(answer.name, window) : tr("%1 answers, but does not list the model").arg(answer.name));
        },
        [this](const QString& problem) { m_head->setText(problem); });
}

void EnginePanel::locate() {
    const QStringList chosen = m_desk.askPath ? m_desk.askPath("weights") : QStringList();
    if (chosen.isEmpty())
        return;
    app::Settings settings = m_desk.settings();
    settings.engine = chosen.first().toStdString();
    m_desk.setSettings(settings);
    inspect();
}

} // namespace ui
