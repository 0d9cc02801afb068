#include "ui/panels/engine_panel.h"

#include "app/model_card.h"
#include "app/resources.h"
#include "ui/text.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTabWidget>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

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
    return level >= 2
               ? EnginePanel::tr("2: reviewer; writes findings and answers, each checked against the text")
           : level == 1
               ? EnginePanel::tr("1: reader; points at places and words single lines")
               : EnginePanel::tr("0: nothing proved; checks, search and extractive summaries by code");
}

QString runsText(const std::string& runs) {
    return runs == "in memory"           ? EnginePanel::tr("all in memory")
           : runs == "weights from disk" ? EnginePanel::tr("weights are read from disk again and again: slow")
           : runs == "no"                ? EnginePanel::tr("does not fit this computer")
                          : EnginePanel::tr("this system does not say how much memory is free");
}

QString dayText(std::int64_t seconds) {
    return seconds > 0 ? QLocale().toString(QDateTime::fromSecsSinceEpoch(seconds), QLocale::ShortFormat)
                       : QString();
}

const std::vector<std::int64_t> benchDepths{256, 1024, 4096};

} // namespace

EnginePanel::EnginePanel(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_head(new QLabel(this)), m_help(new QLabel(this)),
      m_speedState(new QLabel(this)), m_shelfState(new QLabel(this)), m_tabs(new QTabWidget(this)),
      m_inspect(new QPushButton(tr("&Open and look"), this)),
      m_test(new QPushButton(tr("&Test the endpoint"), this)),
      m_locate(new QPushButton(tr("&Locate weights…"), this)),
      m_settings(new QPushButton(tr("&Settings…"), this)),
      m_measure(new QPushButton(tr("&Measure the speed"), this)),
      m_drop(new QPushButton(tr("&Delete the snapshot"), this)) {
    setObjectName("engine");
    m_head->setObjectName("engine.head");
    m_head->setProperty("role", "heading");
    m_head->setTextFormat(Qt::PlainText);
    m_head->setWordWrap(true);
    m_help->setObjectName("engine.help");
    m_help->setProperty("role", "quiet");
    m_help->setWordWrap(true);
    m_help->setTextFormat(Qt::PlainText);
    const std::pair<QPushButton*, const char*> buttons[] = {
        {m_inspect, "engine.inspect"},   {m_test, "engine.test"},       {m_locate, "engine.locate"},
        {m_settings, "engine.settings"}, {m_measure, "engine.measure"}, {m_drop, "engine.snapshots.drop"}};
    for (const auto& [button, name] : buttons) {
        button->setObjectName(name);
        button->setAccessibleName(button->text().remove('&'));
    }
    for (QLabel* const label : {m_speedState, m_shelfState}) {
        label->setProperty("role", "quiet");
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
    }
    m_speedState->setObjectName("engine.speed.state");
    m_shelfState->setObjectName("engine.snapshots.state");
    auto* const bar = new QHBoxLayout;
    for (QPushButton* const button : {m_inspect, m_locate, m_settings}) bar->addWidget(button);
    bar->addStretch(1);
    m_card = table(this, "engine.card", tr("Model card"), {tr("What"), tr("Value")});
    m_card->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    m_speed = table(this, "engine.speed", tr("Speed by depth"),
                    {tr("Tokens of context"), tr("Read a second"), tr("Written a second")});
    m_speed->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_speed->header()->setStretchLastSection(false);
    m_snapshots = table(this, "engine.snapshots", tr("Snapshots"),
                        {tr("Name"), tr("Tokens"), tr("Size"), tr("Model"), tr("Last used")});
    m_snapshots->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_snapshots->header()->setStretchLastSection(false);
    m_endpoints = table(this, "engine.endpoints", tr("Endpoints"),
                        {tr("Name"), tr("Address"), tr("Model"), tr("Key from"), tr("Level")});
    m_endpoints->header()->setSectionResizeMode(1, QHeaderView::Stretch);
    m_endpoints->header()->setStretchLastSection(false);
    m_tabs->setObjectName("engine.tabs");
    m_tabs->setAccessibleName(tr("Parts of the engine"));
    m_tabs->addTab(page("engine.card.page", m_card, {}), tr("Model card"));
    m_tabs->addTab(page("engine.speed.page", m_speed, {m_speedState, m_measure}), tr("Speed"));
    m_tabs->addTab(page("engine.snapshots.page", m_snapshots, {m_shelfState, m_drop}), tr("Snapshots"));
    m_tabs->addTab(page("engine.endpoints.page", m_endpoints, {m_test}), tr("Endpoints"));
    auto* const layout = new QVBoxLayout(this);
    layout->addWidget(m_head);
    layout->addWidget(m_help);
    layout->addLayout(bar);
    layout->addWidget(m_tabs, 1);
    connect(m_inspect, &QPushButton::clicked, this, &EnginePanel::inspect);
    connect(m_test, &QPushButton::clicked, this, &EnginePanel::test);
    connect(m_locate, &QPushButton::clicked, this, &EnginePanel::locate);
    connect(m_settings, &QPushButton::clicked, this, &EnginePanel::settingsWanted);
    connect(m_measure, &QPushButton::clicked, this, &EnginePanel::measure);
    connect(m_drop, &QPushButton::clicked, this, &EnginePanel::dropSnapshot);
    connect(m_endpoints, &QTreeWidget::currentItemChanged, this,
            [this] { m_test->setEnabled(m_endpoints->currentItem()); });
    connect(m_snapshots, &QTreeWidget::currentItemChanged, this,
            [this] { m_drop->setEnabled(m_snapshots->currentItem()); });
    connect(&m_desk, &Desk::settingsChanged, this, &EnginePanel::update);
    connect(&m_desk, &Desk::runEnded, this, [this] {
        if (isVisible()) listShelf();
    });
    connect(&m_desk, &Desk::reportChanged, this, [this](const ReportPtr& report) {
        if (!report || report->engine.name == "none") return;
        app::BackendInfo info;
        info.name = report->engine.name, info.model = report->engine.model,
        info.fingerprint = report->engine.fingerprint;
        info.level = report->engine.level, info.demo = report->engine.demo, info.note = report->engine.note;
        show(info);
    });
    m_drop->setEnabled(false);
    update();
}

QWidget* EnginePanel::page(const QString& name, QTreeWidget* list, std::initializer_list<QWidget*> below) {
    auto* const page = new QWidget(this);
    page->setObjectName(name);
    auto* const column = new QVBoxLayout(page);
    column->setContentsMargins(0, 6, 0, 0);
    column->addWidget(list, 1);
    for (QWidget* const widget : below)
        column->addWidget(widget, 0, qobject_cast<QPushButton*>(widget) ? Qt::AlignLeft : Qt::Alignment());
    return page;
}

void EnginePanel::row(const QString& name, const QString& value) {
    if (!value.isEmpty()) new QTreeWidgetItem(m_card, {name, value});
}

void EnginePanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    listShelf();
}

void EnginePanel::update() {
    const app::Settings& settings = m_desk.settings();
    const std::string engine = settings.chosenEngine();
    const bool none = engine == "none";
    m_head->setText(none ? tr("No engine: level 0, checks, search and extractive summaries")
                         : tr("Engine: %1").arg(q(engine)));
    m_inspect->setEnabled(!none);
    if (m_engine != engine || m_card->topLevelItemCount() == 0) {
        m_engine = engine;
        m_card->clear();
        m_speed->clear();
        row(tr("Level"), none ? levelText(0) : tr("\"Open and look\" shows the card"));
        row(tr("Leaves this computer"), settings.endpoint(engine)
                                            ? tr("the text, after you have agreed to host, bytes and price")
                                            : tr("0 B, local engine"));
        const app::ModelCard card =
            engine == "built-in" ? app::modelCard(app::builtInModel()) : app::ModelCard();
        for (const app::CardRow& one : card.rows)
            row(q(one.measure), q(one.value + (one.state.empty() ? "" : ", " + one.state)));
        m_help->setText(
            (card.text.empty() ? QString() : q(card.text) + "\n\n") +
            tr("Without an engine Lectern checks, searches and summarises by itself. The built-in model runs "
               "on "
               "this computer and sends nothing. A folder with DeepSeek-V4 weights (config.json and "
               "safetensors, or a GGUF file) is used where it lies: download it with any tool, then locate "
               "it "
               "here. A served model is set up in the settings: its address, its name, and where its key is "
               "kept."));
    }
    const bool local = app::weightsOf(engine, settings).has_value();
    m_measure->setEnabled(local);
    if (m_speed->topLevelItemCount() == 0)
        m_speedState->setText(local ? tr("Not measured yet. Invented tokens are read and written for some "
                                         "seconds in a process of their own; nothing of the text is used.")
                                    : tr("Only an engine on this computer is measured here."));
    const QString chosen = m_endpoints->currentItem() ? m_endpoints->currentItem()->text(0) : QString();
    m_endpoints->clear();
    for (const app::Endpoint& endpoint : settings.endpoints) {
        auto* const item = new QTreeWidgetItem(
            m_endpoints, {q(endpoint.name), q(endpoint.url), q(endpoint.model),
                          !endpoint.keyFile.empty()       ? tr("file %1").arg(q(endpoint.keyFile))
                          : endpoint.keyInRing            ? tr("key ring")
                          : !endpoint.keyVariable.empty() ? tr("variable %1").arg(q(endpoint.keyVariable))
                                                          : tr("no key"),
                          QString::number(endpoint.level)});
        if (item->text(0) == chosen) m_endpoints->setCurrentItem(item);
    }
    m_test->setEnabled(m_endpoints->currentItem());
}

void EnginePanel::inspect() {
    struct Card {
        app::BackendInfo info;
        std::optional<app::EngineFacts> facts;
        QString problem; // of the facts alone
    };
    m_inspect->setEnabled(false);
    m_head->setText(tr("Opening %1").arg(q(m_desk.settings().chosenEngine())));
    m_desk.jobs().start<Card>(
        "engine.inspect", this,
        [settings = m_desk.settings()](const app::JobContext& job) {
            Card card;
            const auto backend = app::openBackend(settings.chosenEngine(), settings, settings.offline);
            card.info = backend ? backend->info() : app::BackendInfo{.name = "none"};
            try {
                if (const auto weights = app::weightsOf(settings.chosenEngine(), settings))
                    card.facts = app::engineFacts(*weights, job.stop());
            } catch (const std::exception& problem) {
                card.problem = QString::fromUtf8(problem.what());
            }
            return card;
        },
        [this](const Card& card) {
            update();
            show(card.info);
            if (card.facts) show(*card.facts);
            row(tr("Device and memory"), card.problem);
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
    row(tr("Longest answer"),
        info.maxOutput > 0 ? tr("%1 tokens").arg(countText(info.maxOutput)) : QString());
    row(tr("Tools"), info.tools ? tr("yes") : tr("no"));
    row(tr("Runs at"), info.host.empty() ? tr("this computer; no byte leaves it") : q(info.host));
    row(tr("Price row"), q(info.priceRow));
    row(tr("Demonstration"), info.demo ? tr("every generated sentence carries a badge") : QString());
    row(tr("Note"), q(info.note));
}

void EnginePanel::show(const app::EngineFacts& facts) {
    QStringList devices;
    for (const std::string& device : facts.devices) devices << q(device);
    row(tr("Architecture"), tr("%1, %2").arg(q(facts.architecture), q(facts.format)));
    row(tr("Parameters"),
        tr("%1, %2 active for a token").arg(countText(facts.parameters), countText(facts.activeParameters)));
    row(tr("Device"), q(facts.device));
    row(tr("Devices here"), devices.join(", ") + ", " + tr("%n threads", nullptr, facts.threads));
    row(tr("Weights"), bytesText(facts.bytes));
    row(tr("Free memory"), facts.availableMemory > 0 ? bytesText(facts.availableMemory) : tr("not said"));
    row(tr("Context that fits"), tr("%1 tokens").arg(countText(facts.window)));
    for (const app::EngineFacts::Need& need : facts.needs)
        row(tr("Memory at %1 tokens").arg(countText(need.tokens)),
            tr("%1 of context, %2 in all: %3")
                .arg(bytesText(need.cache), bytesText(need.all), runsText(need.runs)));
    row(tr("Tokenizer"), q(facts.tokenizer));
}

void EnginePanel::test() {
    const QTreeWidgetItem* const item = m_endpoints->currentItem();
    const app::Endpoint* const endpoint =
        item ? m_desk.settings().endpoint(item->text(0).toStdString()) : nullptr;
    if (!endpoint) return;
    m_head->setText(tr("Asking %1 for its models; nothing of the text is sent").arg(q(endpoint->url)));
    m_desk.testEndpoint(*endpoint, this, [this](const QString& sentence) { m_head->setText(sentence); });
}

void EnginePanel::locate() {
    const QStringList chosen = m_desk.askPath ? m_desk.askPath("weights") : QStringList();
    if (chosen.isEmpty()) return;
    app::Settings settings = m_desk.settings();
    settings.engine = chosen.first().toStdString();
    m_desk.setSettings(settings);
    inspect();
}

// --- speed
// --------------------------------------------------------------------------------------------------------

void EnginePanel::measure() {
    const auto ready = [this] {
        m_measure->setText(tr("&Measure the speed"));
        m_measure->setAccessibleName(tr("Measure the speed"));
    };
    if (m_desk.jobs().running("engine.bench")) {
        m_desk.jobs().stop("engine.bench");
        m_speedState->setText(tr("Stopped."));
        ready();
        return;
    }
    const app::Settings settings = m_desk.settings();
    m_measure->setText(tr("&Stop measuring"));
    m_measure->setAccessibleName(tr("Stop measuring"));
    m_speedState->setText(
        tr("Measuring; this takes some seconds for a small model and minutes for a large one"));
    m_desk.jobs().start<std::vector<app::DepthSpeed>>(
        "engine.bench", this,
        [settings](const app::JobContext& job) {
            const auto weights = app::weightsOf(settings.chosenEngine(), settings);
            if (!weights)
                throw std::runtime_error(
                    tr("Only an engine on this computer is measured here.").toStdString());
            const app::EngineFacts facts = app::engineFacts(*weights, job.stop());
            std::vector<std::int64_t> depths;
            for (const std::int64_t depth : benchDepths)
                if (facts.window <= 0 || depth + 64 < facts.window) depths.push_back(depth);
            return app::measureSpeed(*weights, depths, job.stop());
        },
        [this, ready](const std::vector<app::DepthSpeed>& rows) {
            ready();
            m_speed->clear();
            for (const app::DepthSpeed& one : rows) {
                auto* const item = new QTreeWidgetItem(m_speed, {countText(one.depth),
                                                                 QLocale().toString(one.prefill, 'f', 1),
                                                                 QLocale().toString(one.decode, 'f', 1)});
                item->setTextAlignment(1, Qt::AlignRight);
                item->setTextAlignment(2, Qt::AlignRight);
            }
            m_speedState->setText(tr("Measured %1, tokens a second.")
                                      .arg(QLocale().toString(QTime::currentTime(), QLocale::ShortFormat)));
        },
        [this, ready](const QString& problem) {
            ready();
            m_speedState->setText(problem);
        });
}

// --- snapshots
// ----------------------------------------------------------------------------------------------------

void EnginePanel::listShelf() {
    m_desk.jobs().start<std::vector<app::SnapshotEntry>>(
        "engine.shelf", this,
        [settings = m_desk.settings()](const app::JobContext&) {
            return app::SnapshotShelf(app::defaultShelf(settings), settings.shelfBytes).list();
        },
        [this](std::vector<app::SnapshotEntry> list) {
            m_shelf = std::move(list);
            m_snapshots->clear();
            std::uint64_t bytes = 0;
            for (const app::SnapshotEntry& entry : m_shelf) {
                bytes += entry.bytes;
                auto* const item =
                    new QTreeWidgetItem(m_snapshots, {entry.name.empty() ? tr("unnamed, %1").arg(q(entry.id))
                                                                         : oneLine(entry.name),
                                                      countText(entry.tokens), bytesText(entry.bytes),
                                                      oneLine(entry.model), dayText(entry.used)});
                item->setData(0, Qt::UserRole, q(entry.id));
                item->setTextAlignment(1, Qt::AlignRight);
                item->setTextAlignment(2, Qt::AlignRight);
                item->setToolTip(0, tr("Made %1; it holds text of what was read").arg(dayText(entry.made)));
            }
            for (int i = 1; i < 5; ++i) m_snapshots->resizeColumnToContents(i);
            m_drop->setEnabled(m_snapshots->currentItem());
            m_shelfState->setText(m_shelf.empty()
                                      ? tr("No snapshot: an engine on this computer keeps one where the "
                                           "shared text of a run ends, and the next run starts there.")
                                      : tr("%1 of at most %2; the longest unused go first")
                                            .arg(bytesText(bytes), bytesText(m_desk.settings().shelfBytes)));
        },
        [this](const QString& problem) { m_shelfState->setText(problem); });
}

void EnginePanel::dropSnapshot() {
    const QTreeWidgetItem* const item = m_snapshots->currentItem();
    const QString id = item ? item->data(0, Qt::UserRole).toString() : QString();
    const auto found = std::find_if(m_shelf.begin(), m_shelf.end(),
                                    [&](const app::SnapshotEntry& entry) { return q(entry.id) == id; });
    if (found == m_shelf.end()) return;
    m_desk.jobs().start<bool>(
        "engine.drop", this,
        [entry = *found, settings = m_desk.settings()](const app::JobContext&) {
            app::SnapshotShelf(app::defaultShelf(settings), settings.shelfBytes).drop(entry);
            return true;
        },
        [this](bool) { listShelf(); }, [this](const QString& problem) { m_shelfState->setText(problem); });
}

} // namespace ui
