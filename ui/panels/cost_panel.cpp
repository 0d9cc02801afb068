#include "ui/panels/cost_panel.h"

#include "app/cost.h"
#include "ui/text.h"
#include "ui/theme.h"

#include <QDateTime>
#include <QHeaderView>
#include <QJsonDocument>
#include <QJsonObject>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QSplitter>
#include <QStyledItemDelegate>
#include <QTabWidget>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr int stackRole = Qt::UserRole; // of the first column: uncached, cached, output, the most of any row

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

// The stack of one stage in its row; the numbers stand beside it.
class StackDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        QStyledItemDelegate::paint(painter, option, index);
        const QVariantList stack = index.siblingAtColumn(0).data(stackRole).toList();
        if (stack.size() != 4 || stack[3].toDouble() <= 0) return;
        const Colours c = coloursOf(option.palette);
        const QRectF box = QRectF(option.rect).adjusted(4, 4, -4, -4);
        double left = box.left();
        const std::pair<int, QColor> parts[] = {{1, c.cached}, {0, c.uncached}, {2, c.output}};
        for (const auto& [part, colour] : parts) {
            const double wide = box.width() * stack[part].toDouble() / stack[3].toDouble();
            painter->fillRect(QRectF(left, box.top(), wide, box.height()), colour);
            left += wide;
        }
    }
};

} // namespace

CostPanel::CostPanel(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_head(new QLabel(this)), m_sent(new QLabel(this)),
      m_peak(new QLabel(this)), m_curve(new CostCurve(this)), m_tabs(new QTabWidget(this)) {
    setObjectName("cost");
    m_head->setObjectName("cost.head");
    m_head->setWordWrap(true);
    m_head->setProperty("role", "heading");
    m_sent->setObjectName("cost.sent");
    m_peak->setObjectName("cost.peak");
    for (QLabel* const label : {m_head, m_sent, m_peak}) label->setTextFormat(Qt::PlainText);
    m_peak->setWordWrap(true);
    m_peak->setProperty("role", "quiet");
    m_curve->setObjectName("cost.curve");
    m_stageList = table(
        this, "cost.stages", tr("Tokens by stage"),
        {tr("Stage"), tr("Stack"), tr("Calls"), tr("Not cached"), tr("Cached"), tr("Output"), tr("Money")});
    m_stageList->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    m_stageList->header()->setSectionResizeMode(1, QHeaderView::Stretch);
    m_stageList->setItemDelegateForColumn(1, new StackDelegate(m_stageList));
    m_calls = table(this, "cost.calls", tr("Calls"),
                    {tr("Call"), tr("Stage"), tr("Not cached"), tr("Cached"), tr("Output"), tr("Spent")});
    m_elsewhere =
        table(this, "cost.elsewhere", tr("What it would have cost elsewhere"),
              {tr("The same tokens on"), tr("Money"), tr("Peak"), tr("Prices of"), tr("Confidence")});
    m_tabs->setObjectName("cost.tabs");
    m_tabs->setAccessibleName(tr("Tables of the costs"));
    m_tabs->addTab(m_stageList, tr("By stage"));
    m_tabs->addTab(m_calls, tr("By call"));
    m_tabs->addTab(m_elsewhere, tr("Elsewhere"));
    auto* const splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName("cost.splitter");
    splitter->addWidget(m_curve);
    splitter->addWidget(m_tabs);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 3);
    auto* const layout = new QVBoxLayout(this);
    layout->addWidget(m_head);
    layout->addWidget(m_sent);
    layout->addWidget(m_peak);
    layout->addWidget(splitter, 1);
    connect(&m_desk, &Desk::runStarted, this, &CostPanel::started);
    connect(&m_desk, &Desk::runEvent, this, qOverload<const QString&, const QString&>(&CostPanel::event));
    connect(&m_desk, &Desk::reportChanged, this, &CostPanel::show);
    connect(&m_desk, &Desk::settingsChanged, this, &CostPanel::peakWords);
    words();
    peakWords();
}

void CostPanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() != Qt::Key_T || event->modifiers() != Qt::NoModifier)
        return QWidget::keyPressEvent(event);
    if (m_curve->hasFocus()) {
        m_tabs->setCurrentWidget(m_calls);
        m_calls->setFocus(Qt::ShortcutFocusReason);
    } else {
        m_curve->setFocus(Qt::ShortcutFocusReason);
    }
}

void CostPanel::started() {
    m_made.clear();
    m_stages.clear();
    m_stage = "ask";
    m_sum = {};
    m_bytes = 0;
    m_host.clear();
    m_calls->clear();
    m_elsewhere->clear();
    m_curve->setCalls({});
    const auto budget = app::parseMoney(m_desk.settings().budget);
    m_curve->setBudget(budget ? std::optional(units(*budget)) : std::nullopt);
    fillStages();
    words();
    peakWords();
}

void CostPanel::event(const QString& type, const QString& json) {
    if (type != "sent" && type != "cost.update" && type != "branch.started") return;
    const QJsonObject fields = QJsonDocument::fromJson(json.toUtf8()).object();
    if (type == "branch.started") {
        m_stage = app::stageOfBranch(fields["branch"].toString().toStdString());
        return;
    }
    if (type == "sent") {
        m_host = fields["host"].toString();
        m_bytes = std::uint64_t(fields["bytes"].toDouble());
        words();
        return;
    }
    // The event tells the sums so far; the call is the difference.
    CostCall sum;
    sum.uncached = std::int64_t(fields["input_uncached"].toDouble());
    sum.cached = std::int64_t(fields["input_cached"].toDouble());
    sum.output = std::int64_t(fields["output"].toDouble());
    sum.spent = fields["actual"].toString().toDouble();
    const CostCall call{sum.uncached - m_sum.uncached, sum.cached - m_sum.cached, sum.output - m_sum.output,
                        sum.spent};
    m_sum = sum;
    m_made.push_back(call);
    m_curve->setCalls(m_made);
    auto stage = std::find_if(m_stages.begin(), m_stages.end(),
                              [&](const app::StageCost& one) { return one.stage == m_stage; });
    if (stage == m_stages.end()) stage = m_stages.insert(m_stages.end(), app::StageCost{m_stage, 0, {}});
    ++stage->calls;
    stage->usage.inputUncached += call.uncached, stage->usage.inputCached += call.cached,
        stage->usage.output += call.output;
    fillStages();
    auto* const item = new QTreeWidgetItem(
        m_calls, {countText(std::int64_t(m_made.size())), stageText(q(m_stage)), countText(call.uncached),
                  countText(call.cached), countText(call.output),
                  fields["actual"].isNull() ? tr("unknown") : QLocale().toString(sum.spent, 'f', 5)});
    for (int i = 2; i < 6; ++i) item->setTextAlignment(i, Qt::AlignRight);
    words();
}

void CostPanel::fillStages() {
    m_stageList->clear();
    std::int64_t most = 0;
    for (const app::StageCost& one : m_stages)
        most = std::max(most, one.usage.inputUncached + one.usage.inputCached + one.usage.output);
    const ReportPtr report = m_desk.report();
    std::string priceRow;
    if (m_prices)
        priceRow = app::outlookOf(m_desk.settings().chosenEngine(), m_desk.settings(), *m_prices).priceId;
    if (report && !report->cost.priceRow.empty()) priceRow = report->cost.priceRow;
    for (const app::StageCost& one : m_stages) {
        const app::Usage& usage = one.usage;
        const app::PriceRow* const row = m_prices && !priceRow.empty()
                                             ? m_prices->find(priceRow, app::utcNow(),
                                                              (usage.inputUncached + usage.inputCached) /
                                                                  std::max<std::int64_t>(1, one.calls))
                                             : nullptr;
        auto* const item =
            new QTreeWidgetItem(m_stageList, {stageText(q(one.stage)), QString(), countText(one.calls),
                                              countText(usage.inputUncached), countText(usage.inputCached),
                                              countText(usage.output),
                                              row ? moneyText(app::priceOf(*row, usage)) : tr("no price")});
        item->setData(0, stackRole,
                      QVariantList{double(usage.inputUncached), double(usage.inputCached),
                                   double(usage.output), double(most)});
        const std::int64_t input = usage.inputUncached + usage.inputCached;
        item->setData(1, Qt::AccessibleTextRole,
                      tr("%1 of 100 input tokens came from the cache")
                          .arg(input > 0 ? usage.inputCached * 100 / input : 0));
        for (int i = 2; i < 7; ++i) item->setTextAlignment(i, Qt::AlignRight);
    }
    for (int i = 2; i < 7; ++i) m_stageList->resizeColumnToContents(i);
}

void CostPanel::words() {
    m_sent->setText(m_host.isEmpty() ? tr("0 B left this computer.")
                                     : tr("%1 were sent to %2.").arg(bytesText(m_bytes), m_host));
    if (m_made.empty())
        m_head->setText(tr("No call of a model was made."));
    else
        m_head->setText(
            tr("%n calls", nullptr, int(m_made.size())) + ", " +
            tr("%1 tokens not cached, %2 cached, %3 output")
                .arg(countText(m_sum.uncached), countText(m_sum.cached), countText(m_sum.output)));
}

// When the chosen model costs more, by the user's clock.
void CostPanel::peakWords() {
    QString words;
    try {
        m_prices = app::loadPrices(m_desk.settings());
        const app::PriceTable& prices = *m_prices;
        const app::EngineOutlook engine =
            app::outlookOf(m_desk.settings().chosenEngine(), m_desk.settings(), prices);
        if (const auto hours =
                engine.local ? std::nullopt : app::peakHours(prices, engine.priceId, app::utcNow())) {
            const QDateTime then = QDateTime::fromSecsSinceEpoch(hours->changes);
            const QString when = then.date() == QDate::currentDate()
                                     ? QLocale().toString(then.time(), QLocale::ShortFormat)
                                     : QLocale().toString(then, QLocale::ShortFormat);
            words = hours->now ? tr("Peak hours: %1 costs more until %2.").arg(q(engine.name), when)
                               : tr("Off-peak: %1 costs less until %2.").arg(q(engine.name), when);
        }
    } catch (const std::exception& problem) {
        m_prices.reset();
        words = QString::fromUtf8(problem.what());
    }
    m_peak->setText(words);
    m_peak->setVisible(!words.isEmpty());
}

void CostPanel::show(const ReportPtr& report) {
    m_elsewhere->clear();
    if (!report) return;
    const app::CostReport& cost = report->cost;
    m_curve->setForecast(
        cost.low && cost.high && units(*cost.high) > 0 ? std::optional(units(*cost.low)) : std::nullopt,
        cost.low && cost.high && units(*cost.high) > 0 ? std::optional(units(*cost.high)) : std::nullopt,
        cost.calls);
    if (cost.calls > 0) {
        m_head->setText(tr("%n calls", nullptr, int(cost.calls)) + ", " +
                        tr("%1 spent; the forecast said %2")
                            .arg(moneyText(cost.actual), moneyRange(cost.low, cost.high)));
        if (m_made.empty()) { // a report of an earlier time: its sums are one bar
            m_made = {
                {cost.inputUncached, cost.inputCached, cost.output, cost.actual ? units(*cost.actual) : 0}};
            m_curve->setCalls(m_made);
            m_made.clear();
        }
    }
    if (report->engine.bytesSent > 0)
        m_sent->setText(
            tr("%1 were sent to %2.").arg(bytesText(report->engine.bytesSent), q(report->engine.name)));
    else if (m_host.isEmpty())
        m_sent->setText(report->engine.name == "none" ? tr("0 B left this computer.")
                                                      : tr("0 B left this computer: local engine."));
    elsewhere(cost);
    if (m_desk.store() && cost.calls > 0)
        m_desk.jobs().start<std::vector<app::StageCost>>(
            "cost.stages", this,
            [kept = m_desk.store(), run = report->run.id](const app::JobContext&) {
                return app::costByStage(*kept, run);
            },
            [this](std::vector<app::StageCost> stages) {
                if (stages.empty()) return;
                m_stages = std::move(stages);
                fillStages();
            },
            [](const QString&) {});
}

void CostPanel::elsewhere(const app::CostReport& cost) {
    if (cost.calls == 0 || !m_prices) return;
    const app::PriceTable& prices = *m_prices;
    app::Usage usage;
    usage.inputUncached = cost.inputUncached, usage.inputCached = cost.inputCached,
    usage.output = cost.output, usage.reasoning = cost.reasoning;
    const std::int64_t prompt =
        (cost.inputUncached + cost.inputCached) / std::max<std::int64_t>(1, cost.calls);
    for (const std::string& id : prices.ids()) {
        const app::UtcSeconds now = app::utcNow();
        const app::PriceRow* const row = prices.hasPeak(id, now)
                                             ? prices.find(id, now, prompt, app::Band::OffPeak)
                                             : prices.find(id, now, prompt);
        if (!row) continue;
        const app::PriceRow* const peak =
            prices.hasPeak(id, now) ? prices.find(id, now, prompt, app::Band::Peak) : nullptr;
        auto* const item = new QTreeWidgetItem(
            m_elsewhere, {q(row->name.empty() ? id : row->name), moneyText(app::priceOf(*row, usage)),
                          peak ? moneyText(app::priceOf(*peak, usage)) : QString(), q(row->retrieved),
                          q(row->confidence)});
        item->setToolTip(0, q(row->source).toHtmlEscaped());
        item->setTextAlignment(1, Qt::AlignRight);
        item->setTextAlignment(2, Qt::AlignRight);
    }
}

} // namespace ui
