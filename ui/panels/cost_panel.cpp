#include "ui/panels/cost_panel.h"

#include "app/cost.h"
#include "ui/text.h"

#include <QHeaderView>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
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
    tree->header()->setStretchLastSection(false);
    tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    return tree;
}

double units(const app::Money& money) {
    return double(money.picoUnits) / 1e12;
}

} // namespace

CostPanel::CostPanel(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_head(new QLabel(this)), m_sent(new QLabel(this)), m_curve(new CostCurve(this)) {
    setObjectName("cost");
    m_head->setObjectName("cost.head");
    m_head->setWordWrap(true);
    m_head->setProperty("role", "heading");
    m_sent->setObjectName("cost.sent");
    m_curve->setObjectName("cost.curve");
    m_calls = table(this, "cost.calls", tr("Calls"), {tr("Call"), tr("Not cached"), tr("Cached"), tr("Output"), tr("Spent")});
    m_elsewhere = table(this, "cost.elsewhere", tr("What it would have cost elsewhere"), {tr("The same tokens on"), tr("Money"), tr("Prices of"), tr("Confidence")});
    auto* const splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName("cost.splitter");
    splitter->addWidget(m_curve);
    splitter->addWidget(m_calls);
    splitter->addWidget(m_elsewhere);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setStretchFactor(2, 2);
    auto* const layout = new QVBoxLayout(this);
    layout->addWidget(m_head);
    layout->addWidget(m_sent);
    layout->addWidget(splitter, 1);
    connect(&m_desk, &Desk::runStarted, this, &CostPanel::started);
    connect(&m_desk, &Desk::runEvent, this, qOverload<const QString&, const QString&>(&CostPanel::event));
    connect(&m_desk, &Desk::reportChanged, this, &CostPanel::show);
    words();
}

void CostPanel::started() {
    m_made.clear();
    m_sum = {};
    m_bytes = 0;
    m_host.clear();
    m_calls->clear();
    m_curve->setCalls({});
    const auto budget = app::parseMoney(m_desk.settings().budget);
    m_curve->setBudget(budget ? std::optional(units(*budget)) : std::nullopt);
    words();
}

void CostPanel::event(const QString& type, const QString& json) {
    const QJsonObject fields = QJsonDocument::fromJson(json.toUtf8()).object();
    if (type == "sent") {
        m_host = fields["host"].toString();
        m_bytes = std::uint64_t(fields["bytes"].toDouble());
        words();
    }
    if (type != "cost.update")
        return;
    // The event tells the sums so far; the call is the difference.
    CostCall sum;
    sum.uncached = std::int64_t(fields["input_uncached"].toDouble());
    sum.cached = std::int64_t(fields["input_cached"].toDouble());
    sum.output = std::int64_t(fields["output"].toDouble());
    sum.spent = fields["actual"].toString().toDouble();
    const CostCall call{sum.uncached - m_sum.uncached, sum.cached - m_sum.cached, sum.output - m_sum.output, sum.spent};
    m_sum = sum;
    m_made.push_back(call);
    m_curve->setCalls(m_made);
    auto* const item = new QTreeWidgetItem(m_calls, {countText(std::int64_t(m_made.size())), countText(call.uncached), countText(call.cached), countText(call.output),
                                                     fields["actual"].isNull() ? tr("unknown") : QLocale().toString(sum.spent, 'f', 5)});
    for (int i = 1; i < 5; ++i)
        item->setTextAlignment(i, Qt::AlignRight);
    words();
}

void CostPanel::words() {
    m_sent->setText(m_host.isEmpty() ? tr("0 B left this computer.") : tr("%1 were sent to %2.").arg(bytesText(m_bytes), m_host));
    if (m_made.empty())
        m_head->setText(tr("No call of a model was made."));
    else
        m_head->setText(tr("%n calls", nullptr, int(m_made.size())) + ", " +
                        tr("%1 tokens not cached, %2 cached, %3 output").arg(countText(m_sum.uncached), countText(m_sum.cached), countText(m_sum.output)));
}

void CostPanel::show(const ReportPtr& report) {
    m_elsewhere->clear();
    if (!report)
        return;
    const app::CostReport& cost = report->cost;
    m_curve->setForecast(cost.low && cost.high && units(*cost.high) > 0 ? std::optional(units(*cost.low)) : std::nullopt,
                         cost.low && cost.high && units(*cost.high) > 0 ? std::optional(units(*cost.high)) : std::nullopt, cost.calls);
    if (cost.calls > 0) {
        m_head->setText(tr("%n calls", nullptr, int(cost.calls)) + ", " + tr("%1 spent; the forecast said %2").arg(moneyText(cost.actual), moneyRange(cost.low, cost.high)));
        if (m_made.empty()) { // a report of an earlier time: its sums are one bar
            m_made = {{cost.inputUncached, cost.inputCached, cost.output, cost.actual ? units(*cost.actual) : 0}};
            m_curve->setCalls(m_made);
            m_made.clear();
        }
    }
    if (report->engine.bytesSent > 0)
        m_sent->setText(tr("%1 were sent to %2.").arg(bytesText(report->engine.bytesSent), q(report->engine.name)));
    elsewhere(cost);
}

void CostPanel::elsewhere(const app::CostReport& cost) {
    if (cost.calls == 0)
        return;
    try {
        const app::PriceTable prices = app::loadPrices(m_desk.settings());
        app::Usage usage;
        usage.inputUncached = cost.inputUncached, usage.inputCached = cost.inputCached, usage.output = cost.output, usage.reasoning = cost.reasoning;
        for (const std::string& id : prices.ids())
            if (const app::PriceRow* const row = prices.find(id, app::utcNow(), (cost.inputUncached + cost.inputCached) / std::max<std::int64_t>(1, cost.calls))) {
                auto* const item = new QTreeWidgetItem(m_elsewhere, {q(row->name.empty() ? id : row->name), moneyText(app::priceOf(*row, usage)), q(row->retrieved), q(row->confidence)});
                item->setToolTip(0, q(row->source).toHtmlEscaped());
                item->setTextAlignment(1, Qt::AlignRight);
            }
    } catch (const std::exception& problem) {
        m_desk.say(QString::fromUtf8(problem.what()));
    }
}

} // namespace ui
