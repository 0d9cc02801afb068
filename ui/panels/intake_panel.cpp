#include "ui/panels/intake_panel.h"

#include "app/report/ledger.h"
#include "ui/models/corpus_model.h"
#include "ui/text.h"
#include "ui/widgets/forecast_table.h"
#include "ui/widgets/token_meter.h"
#include "ui/widgets/treemap.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace ui {

namespace {
constexpr int pathRole = Qt::UserRole, patternRole = Qt::UserRole + 1;
constexpr int mostRows = 500; // of one group; more are counted in a line
constexpr std::size_t fewFiles = 3000; // are shown at once; more take a job

bool left(const std::string& state) {
    return state != "in_context" && state != "structure_only";
}
} // namespace

IntakePanel::IntakePanel(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_summary(new QLabel(this)), m_place(new QLabel(this)), m_where(new QLabel(this)), m_advice(new QLabel(this)), m_meter(new TokenMeter(this)),
      m_map(new Treemap(this)), m_colour(new QComboBox(this)), m_up(new QPushButton(tr("Zoom &out"), this)), m_out(new QPushButton(tr("&Leave out"), this)),
      m_apply(new QPushButton(tr("&Apply"), this)), m_act(new QPushButton(this)), m_tabs(new QTabWidget(this)) {
    setObjectName("intake");
    m_summary->setObjectName("intake.summary");
    m_summary->setWordWrap(true);
    m_summary->setTextFormat(Qt::PlainText);
    m_meter->setObjectName("intake.meter");
    m_map->setObjectName("intake.treemap");
    m_where->setObjectName("intake.where");
    m_where->setTextFormat(Qt::PlainText);
    m_place->setObjectName("intake.place");
    m_place->setTextFormat(Qt::PlainText);
    m_place->setProperty("role", "quiet");
    m_place->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_colour->setObjectName("intake.colour");
    m_colour->setAccessibleName(tr("Colour of the treemap"));
    m_colour->addItems({tr("Colour by type"), tr("Colour by volatility"), tr("Colour by coverage"), tr("Colour by findings")});
    m_up->setObjectName("intake.zoomOut");
    m_up->setAccessibleName(tr("Zoom out"));
    m_out->setObjectName("intake.leaveOut");
    m_out->setAccessibleName(tr("Leave out what is chosen"));
    m_out->setEnabled(false);
    m_up->setEnabled(false);
    m_advice->setObjectName("intake.advice");
    m_advice->setTextFormat(Qt::PlainText);
    m_advice->setWordWrap(true);
    m_apply->setObjectName("intake.apply");
    m_apply->setAccessibleName(tr("Apply the proposal"));
    m_act->setObjectName("intake.act");
    m_tabs->setObjectName("intake.tabs");
    m_tabs->setAccessibleName(tr("Lists of the intake"));

    m_excluded = list("intake.excluded", tr("Left out"), {tr("Path"), tr("Rule"), tr("Size")});
    m_proposals = list("intake.proposals", tr("Proposals"), {tr("What could be left out"), tr("Tokens"), tr("Files")});
    m_warnings = list("intake.warnings", tr("Warnings"), {tr("What"), tr("Where")});
    m_rules = list("intake.rules", tr("Your rules"), {tr("Pattern"), tr("Effect")});
    m_table = list("intake.table", tr("As a table"), {tr("Path"), tr("Kind"), tr("Tokens"), tr("State")});

    m_forecast = makeForecastTable(this, "intake.forecast");
    m_tabs->addTab(m_forecast, tr("Forecast"));
    m_map->installEventFilter(this);
    m_table->installEventFilter(this);

    auto* const advice = new QHBoxLayout;
    advice->addWidget(m_advice, 1);
    advice->addWidget(m_apply);
    auto* const bar = new QHBoxLayout;
    bar->addWidget(m_where, 1);
    bar->addWidget(m_colour);
    bar->addWidget(m_up);
    bar->addWidget(m_out);
    auto* const upper = new QWidget(this);
    upper->setObjectName("intake.upper");
    auto* const column = new QVBoxLayout(upper);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_summary);
    column->addWidget(m_meter);
    column->addLayout(advice);
    column->addLayout(bar);
    column->addWidget(m_map, 1);
    column->addWidget(m_place);
    auto* const splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName("intake.splitter");
    splitter->addWidget(upper);
    auto* const lower = new QWidget(this);
    lower->setObjectName("intake.lower");
    auto* const lowerColumn = new QVBoxLayout(lower);
    lowerColumn->setContentsMargins(0, 0, 0, 0);
    lowerColumn->addWidget(m_tabs, 1);
    lowerColumn->addWidget(m_act, 0, Qt::AlignLeft);
    splitter->addWidget(lower);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    auto* const outer = new QVBoxLayout(this);
    outer->addWidget(splitter);

    connect(&m_desk, &Desk::intakeChanged, this, &IntakePanel::show);
    connect(&m_desk, &Desk::reportChanged, this, &IntakePanel::fillMap);
    connect(m_map, &Treemap::currentChanged, this, &IntakePanel::describe);
    connect(m_map, &Treemap::opened, &m_desk, &Desk::showPlace);
    connect(m_map, &Treemap::rootChanged, this, [this](const QString& root) {
        m_where->setText(root.isEmpty() ? tr("All files") : root + "/");
        m_up->setEnabled(!root.isEmpty());
    });
    connect(m_map, &Treemap::leaveOutWanted, this, [this](const QString& path, bool folder) { m_desk.addRule(folder ? path + "/**" : path, false); });
    connect(m_colour, &QComboBox::currentIndexChanged, this, [this](int index) { m_map->setColour(TreemapColour(index)); });
    connect(m_up, &QPushButton::clicked, this, [this] { m_map->zoomTo(m_map->root().contains('/') ? m_map->root().section('/', 0, -2) : QString()); });
    connect(m_out, &QPushButton::clicked, this, [this] {
        if (const QString path = m_map->currentPath(); !path.isEmpty())
            emit m_map->leaveOutWanted(path, !m_desk.corpus()->find(path.toStdString()));
    });
    for (QTreeWidget* const each : {m_excluded, m_proposals, m_warnings, m_table, m_rules}) {
        connect(each, &QTreeWidget::itemActivated, this, &IntakePanel::act);
        connect(each, &QTreeWidget::currentItemChanged, this, &IntakePanel::tabChanged);
    }
    connect(m_act, &QPushButton::clicked, this, [this] {
        if (auto* const tree = qobject_cast<QTreeWidget*>(m_tabs->currentWidget()); tree && tree->currentItem())
            act(tree->currentItem());
    });
    connect(m_tabs, &QTabWidget::currentChanged, this, &IntakePanel::tabChanged);
    connect(m_apply, &QPushButton::clicked, this, [this] {
        if (!m_proposed.isEmpty())
            m_desk.addRule(m_proposed, false);
    });
    connect(&m_desk, &Desk::settingsChanged, this, [this] {
        if (m_intake)
            fillForecast(*m_intake);
    });
    connect(&m_desk, &Desk::busyChanged, this, &IntakePanel::tabChanged);
    m_advice->hide();
    m_apply->hide();
    tabChanged();
    m_where->setText(tr("All files"));
}

bool IntakePanel::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_T && static_cast<QKeyEvent*>(event)->modifiers() == Qt::NoModifier) {
        if (watched == m_map) {
            const QString path = m_map->currentPath();
            m_tabs->setCurrentWidget(m_table);
            for (int i = 0; i < m_table->topLevelItemCount(); ++i)
                if (m_table->topLevelItem(i)->data(0, pathRole).toString() == path)
                    m_table->setCurrentItem(m_table->topLevelItem(i));
            m_table->setFocus(Qt::ShortcutFocusReason);
        } else {
            if (const QTreeWidgetItem* const item = m_table->currentItem())
                m_map->setCurrentPath(item->data(0, pathRole).toString());
            m_map->setFocus(Qt::ShortcutFocusReason);
        }
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void IntakePanel::act(QTreeWidgetItem* item) {
    const QString pattern = item->data(0, patternRole).toString(), place = item->data(0, pathRole).toString();
    const QTreeWidget* const list = item->treeWidget();
    if (list == m_excluded && !pattern.isEmpty())
        m_desk.addRule(pattern, true);
    else if (list == m_proposals && !pattern.isEmpty())
        m_desk.addRule(pattern, false);
    else if (list == m_rules && !pattern.isEmpty())
        m_desk.removeRule(pattern);
    else if (!place.isEmpty())
        m_desk.showPlace(place);
}

// One button under the lists: what it does is what Enter does in the list in front.
void IntakePanel::tabChanged() {
    auto* const tree = qobject_cast<QTreeWidget*>(m_tabs->currentWidget());
    const QTreeWidgetItem* const item = tree ? tree->currentItem() : nullptr;
    m_act->setText(tree == m_excluded    ? tr("&Read it all the same")
                   : tree == m_proposals ? tr("Leave &these out")
                   : tree == m_rules     ? tr("Take the rule &back")
                                         : tr("&Show it"));
    m_act->setAccessibleName(m_act->text().remove('&'));
    m_act->setVisible(tree != m_forecast);
    m_act->setEnabled(item && !m_desk.busy() && !(item->data(0, patternRole).toString().isEmpty() && item->data(0, pathRole).toString().isEmpty()));
}

void IntakePanel::fillForecast(const app::Intake& intake) {
    try {
        const app::PriceTable prices = app::loadPrices(m_desk.settings());
        fillForecastTable(*m_forecast, app::forecastAll(app::makePlan("review", *intake.context, 2), *intake.context, m_desk.settings(), prices));
    } catch (const std::exception& problem) {
        m_forecast->clear();
        m_desk.say(QString::fromUtf8(problem.what()));
    }
}

// Under the budget bar: what to do when the text does not fit, else nothing.
void IntakePanel::advise(const app::Intake& intake) {
    const app::Context& context = *intake.context;
    const auto& proposals = context.proposals();
    const bool over = !context.fits();
    m_proposed = over && !proposals.empty() ? q(proposals.front().glob) : QString();
    if (!m_proposed.isEmpty())
        m_advice->setText(tr("Too much by %1 tokens. Leave out %2: %3 tokens less.").arg(tokensText(context.overBy()), oneLine(proposals.front().what, 80), tokensText(proposals.front().tokens)));
    else if (over)
        m_advice->setText(tr("Too much by %1 tokens, and nothing stands out: leave folders out in the treemap, or the largest files stay unread.").arg(tokensText(context.overBy())));
    m_advice->setVisible(over);
    m_apply->setVisible(!m_proposed.isEmpty());
}

QTreeWidget* IntakePanel::list(const QString& name, const QString& title, const QStringList& columns) {
    auto* const tree = new QTreeWidget(this);
    tree->setObjectName(name);
    tree->setAccessibleName(title);
    tree->setHeaderLabels(columns);
    tree->setUniformRowHeights(true);
    tree->setAlternatingRowColors(true);
    tree->setRootIsDecorated(name == "intake.excluded");
    tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    tree->header()->setStretchLastSection(false);
    tree->header()->setObjectName(name + ".header");
    tree->header()->setAccessibleName(title);
    for (int i = 1; i < columns.size(); ++i)
        tree->header()->setSectionResizeMode(i, QHeaderView::Interactive);
    tree->header()->setDefaultSectionSize(fontMetrics().averageCharWidth() * 24);
    m_tabs->addTab(tree, title);
    return tree;
}

void IntakePanel::describe(const QString& path, const QString& words) {
    m_place->setText(words);
    m_out->setEnabled(!m_map->currentPath().isEmpty());
    Q_UNUSED(path)
}

void IntakePanel::show(const IntakePtr& intake) {
    m_intake = intake;
    const app::Context& context = *intake->context;
    m_summary->setText(q(app::coverageLine(intake->coverage)) + (intake->stopped ? " " + tr("Reading was stopped.") : QString()));
    m_meter->setFill(context.fixedTokens(), context.tokens(), context.wantedTokens(), context.budget(), context.window(), context.exact());
    fillMap();
    fillExcluded(*intake);
    fillProposals(*intake);
    fillWarnings(*intake);
    fillRules(*intake);
    fillTable(*intake);
    fillForecast(*intake);
    advise(*intake);
    tabChanged();
    if (!context.fits())
        m_tabs->setCurrentWidget(m_proposals);
}

static std::vector<TreemapItem> itemsOf(const app::Intake& intake, const app::Report* report) {
    std::map<std::string, std::pair<int, int>> found;
    if (report)
        for (const app::Finding& finding : report->findings)
            if (!finding.evidence.empty()) {
                auto& [count, worst] = found[finding.evidence.front().file];
                ++count, worst = std::max(worst, int(finding.severity));
            }
    double liveliest = 0;
    const ingest::Corpus& corpus = *intake.corpus;
    for (std::uint32_t i = 0; i < corpus.documents().size(); ++i)
        liveliest = std::max(liveliest, corpus.volatility(i));
    std::vector<TreemapItem> items;
    for (const app::ManifestRow& row : intake.manifest) {
        const auto document = corpus.find(row.path);
        if (!document || row.tokens <= 0)
            continue;
        TreemapItem item{q(row.path), q(row.kind), q(row.state), q(row.rule), q(row.reason), row.tokens};
        item.volatility = liveliest > 0 ? corpus.volatility(*document) / liveliest : 0;
        if (const auto hit = found.find(row.path); hit != found.end())
            item.findings = hit->second.first, item.worst = hit->second.second;
        items.push_back(std::move(item));
    }
    return items;
}

void IntakePanel::fillMap() {
    if (!m_intake)
        return;
    const auto grow = [intake = m_intake, report = m_desk.report()] { return Treemap::grow(itemsOf(*intake, report.get())); };
    if (m_intake->manifest.size() < fewFiles)
        m_map->setTree(grow());
    else
        m_desk.jobs().start<Treemap::Tree>(
            QStringLiteral("treemap"), this, [grow](const app::JobContext&) { return grow(); }, [this](const Treemap::Tree& tree) { m_map->setTree(tree); }, [](const QString&) {});
}

void IntakePanel::fillExcluded(const app::Intake& intake) {
    m_excluded->clear();
    std::map<QString, std::vector<const app::ManifestRow*>> groups;
    int count = 0;
    for (const app::ManifestRow& row : intake.manifest)
        if (left(row.state)) {
            groups[q(row.reason.substr(0, row.reason.find(" of ")))].push_back(&row);
            ++count;
        }
    QList<QTreeWidgetItem*> tops;
    for (const auto& [reason, rows] : groups) {
        std::uint64_t bytes = 0;
        auto* const top = new QTreeWidgetItem;
        for (const app::ManifestRow* const row : rows)
            bytes += row->bytes;
        top->setText(0, tr("%1 (%2)").arg(reason.isEmpty() ? tr("no reason given") : reason, countText(std::int64_t(rows.size()))));
        top->setText(2, bytesText(bytes));
        for (std::size_t i = 0; i < rows.size() && i < mostRows; ++i) {
            auto* const item = new QTreeWidgetItem(top, {oneLine(rows[i]->path), oneLine(rows[i]->rule.empty() ? rows[i]->reason : rows[i]->rule), bytesText(rows[i]->bytes)});
            item->setData(0, patternRole, q(rows[i]->path));
            item->setToolTip(0, tr("Enter reads this file although the rule leaves it out"));
        }
        if (rows.size() > mostRows)
            new QTreeWidgetItem(top, {tr("and %1 more").arg(countText(std::int64_t(rows.size() - mostRows)))});
        tops << top;
    }
    m_excluded->addTopLevelItems(tops);
    if (tops.size() <= 3 && count <= 30)
        m_excluded->expandAll();
    m_tabs->setTabText(m_tabs->indexOf(m_excluded), tr("Left out (%1)").arg(countText(count)));
}

void IntakePanel::fillProposals(const app::Intake& intake) {
    m_proposals->clear();
    for (const app::Proposal& proposal : intake.context->proposals()) {
        auto* const item = new QTreeWidgetItem(m_proposals, {oneLine(proposal.what), countText(proposal.tokens), countText(proposal.files)});
        item->setData(0, patternRole, q(proposal.glob));
        item->setToolTip(0, tr("Enter leaves these files out"));
        item->setTextAlignment(1, Qt::AlignRight);
        item->setTextAlignment(2, Qt::AlignRight);
    }
    m_tabs->setTabText(m_tabs->indexOf(m_proposals), tr("Proposals (%1)").arg(countText(std::int64_t(intake.context->proposals().size()))));
}

void IntakePanel::fillWarnings(const app::Intake& intake) {
    m_warnings->clear();
    for (const app::IntakeWarning& warning : intake.warnings) {
        auto* const item = new QTreeWidgetItem(m_warnings, {oneLine(warning.what), oneLine(warning.at)});
        if (warning.kind != "note")
            item->setData(0, pathRole, q(warning.at));
    }
    m_tabs->setTabText(m_tabs->indexOf(m_warnings), tr("Warnings (%1)").arg(countText(std::int64_t(intake.warnings.size()))));
}

void IntakePanel::fillRules(const app::Intake& intake) {
    m_rules->clear();
    for (const auto& glob : intake.request.filter.globs) {
        if (glob.pattern == "/.lectern-none")
            continue;
        auto* const item = new QTreeWidgetItem(m_rules, {oneLine(glob.pattern), glob.include ? tr("read") : tr("left out")});
        item->setData(0, patternRole, q(glob.pattern));
        item->setToolTip(0, tr("Enter takes this rule back"));
    }
    m_tabs->setTabText(m_tabs->indexOf(m_rules), tr("Your rules (%1)").arg(m_rules->topLevelItemCount()));
}

void IntakePanel::fillTable(const app::Intake& intake) {
    m_table->clear();
    std::vector<const app::ManifestRow*> rows;
    for (const app::ManifestRow& row : intake.manifest)
        if (row.tokens > 0)
            rows.push_back(&row);
    std::stable_sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) { return a->tokens > b->tokens; });
    QList<QTreeWidgetItem*> items;
    for (std::size_t i = 0; i < rows.size() && i < mostRows; ++i) {
        auto* const item = new QTreeWidgetItem({oneLine(rows[i]->path), q(rows[i]->kind), countText(rows[i]->tokens), coverageWord(rows[i]->state)});
        item->setData(0, pathRole, q(rows[i]->path));
        item->setTextAlignment(2, Qt::AlignRight);
        items << item;
    }
    m_table->addTopLevelItems(items);
}

} // namespace ui
