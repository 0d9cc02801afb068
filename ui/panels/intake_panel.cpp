#include "ui/panels/intake_panel.h"

#include "app/report/ledger.h"
#include "ui/text.h"
#include "ui/widgets/token_meter.h"
#include "ui/widgets/treemap.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
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
    : QWidget(parent), m_desk(desk), m_summary(new QLabel(this)), m_place(new QLabel(this)), m_where(new QLabel(this)), m_meter(new TokenMeter(this)),
      m_map(new Treemap(this)), m_colour(new QComboBox(this)), m_up(new QPushButton(tr("Zoom &out"), this)), m_out(new QPushButton(tr("&Leave out"), this)),
      m_tabs(new QTabWidget(this)) {
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
    m_tabs->setObjectName("intake.tabs");
    m_tabs->setAccessibleName(tr("Lists of the intake"));

    m_excluded = list("intake.excluded", tr("Left out"), {tr("Path"), tr("Rule"), tr("Size")});
    m_proposals = list("intake.proposals", tr("Proposals"), {tr("What could be left out"), tr("Tokens"), tr("Files")});
    m_warnings = list("intake.warnings", tr("Warnings"), {tr("What"), tr("Where")});
    m_rules = list("intake.rules", tr("Your rules"), {tr("Pattern"), tr("Effect")});
    m_table = list("intake.table", tr("As a table"), {tr("Path"), tr("Kind"), tr("Tokens"), tr("State")});

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
    column->addLayout(bar);
    column->addWidget(m_map, 1);
    column->addWidget(m_place);
    auto* const splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName("intake.splitter");
    splitter->addWidget(upper);
    splitter->addWidget(m_tabs);
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
    const auto take = [this](QTreeWidgetItem* item) {
        if (const QString pattern = item->data(0, patternRole).toString(); !pattern.isEmpty())
            m_desk.addRule(pattern, true);
    };
    connect(m_excluded, &QTreeWidget::itemActivated, this, take);
    connect(m_proposals, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item) { m_desk.addRule(item->data(0, patternRole).toString(), false); });
    connect(m_rules, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item) {
        if (const QString pattern = item->data(0, patternRole).toString(); !pattern.isEmpty())
            m_desk.removeRule(pattern);
    });
    connect(m_warnings, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item) {
        if (const QString at = item->data(0, pathRole).toString(); !at.isEmpty())
            m_desk.showPlace(at);
    });
    connect(m_table, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item) { m_desk.showPlace(item->data(0, pathRole).toString()); });
    m_where->setText(tr("All files"));
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
        auto* const item = new QTreeWidgetItem({oneLine(rows[i]->path), q(rows[i]->kind), countText(rows[i]->tokens), q(rows[i]->state)});
        item->setData(0, pathRole, q(rows[i]->path));
        item->setTextAlignment(2, Qt::AlignRight);
        items << item;
    }
    m_table->addTopLevelItems(items);
}

} // namespace ui
