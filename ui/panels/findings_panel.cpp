#include "ui/panels/findings_panel.h"

#include "ui/widgets/finding_delegate.h"
#include "ui/widgets/finding_detail.h"
#include "ui/widgets/mark_style.h"
#include "ui/widgets/visible_text.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QScrollArea>
#include <QSplitter>
#include <QTabBar>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr const char* states[] = {"open", "uncertain", "rejected", "dismissed", "fixed"};

QTimer* timer(QObject* owner, int milliseconds) {
    auto* timer = new QTimer(owner);
    timer->setSingleShot(true);
    timer->setInterval(milliseconds);
    return timer;
}

} // namespace

FindingsPanel::FindingsPanel(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_filter(m_model), m_peek(timer(this, 120)), m_typing(timer(this, 60)), m_publishTimer(timer(this, 400)) {
    setObjectName(QStringLiteral("panel.findings"));
    setAccessibleName(tr("Findings"));
    buildTabs();
    auto* filters = new QWidget(this);
    buildFilters(filters);
    m_list = new QListView(this);
    m_list->setObjectName(QStringLiteral("findings.list"));
    m_list->setAccessibleName(tr("Findings"));
    m_list->setModel(&m_filter);
    m_list->setItemDelegate(new FindingDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->installEventFilter(this);
    m_empty = new QLabel(this);
    m_empty->setObjectName(QStringLiteral("findings.empty"));
    m_empty->setWordWrap(true);
    m_empty->setTextFormat(Qt::PlainText);
    m_empty->setMargin(12);
    m_notice = new QLabel(this);
    m_notice->setObjectName(QStringLiteral("findings.notice"));
    m_notice->setWordWrap(true);
    m_notice->setTextFormat(Qt::PlainText);
    m_notice->setMargin(4);
    m_notice->hide();
    m_detail = new QScrollArea(this);
    m_detail->setObjectName(QStringLiteral("findings.detail"));
    m_detail->setAccessibleName(tr("The chosen finding"));
    m_detail->setWidgetResizable(true);
    m_detail->setFrameShape(QFrame::NoFrame);
    m_detail->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_detail->viewport()->setBackgroundRole(QPalette::Base);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName(QStringLiteral("findings.splitter"));
    splitter->addWidget(m_list);
    splitter->addWidget(m_detail);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_tabs);
    layout->addWidget(filters);
    layout->addWidget(m_notice);
    layout->addWidget(m_empty);
    layout->addWidget(splitter, 1);

    connect(&m_filter, &FindingsFilter::countsChanged, this, &FindingsPanel::countsChanged);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] { m_peek->start(); });
    connect(m_peek, &QTimer::timeout, this, [this] {
        showCurrent();
        if (m_list->hasFocus() && currentSource() >= 0)
            openEvidence();
    });
    connect(m_list, &QListView::clicked, this, [this] { openEvidence(); });
    connect(m_list, &QListView::doubleClicked, this, [this] { openEvidence(); });
    connect(m_typing, &QTimer::timeout, this, &FindingsPanel::applyFilters);
    connect(m_publishTimer, &QTimer::timeout, this, &FindingsPanel::publish);
    connect(&desk, &Desk::reportChanged, this, &FindingsPanel::reportChanged);
    connect(&desk, &Desk::findingFound, this, [this](const app::Finding& finding) { m_model.append(finding); });
    connect(&desk, &Desk::runStarted, this, [this](const app::RunRequest& request) {
        if (request.goal != "summary" && request.goal != "ask")
            m_model.setReport(nullptr);
    });
    connect(&desk, &Desk::promoted, this, [this](const QString& id) {
        showTab(QStringLiteral("open"));
        if (const int row = m_filter.rowOf(m_model.rowOf(id.toStdString())); row >= 0)
            m_list->setCurrentIndex(m_filter.index(row));
    });
    reportChanged(desk.report());
}

FindingsPanel::~FindingsPanel() = default;

void FindingsPanel::buildTabs() {
    m_tabs = new QTabBar(this);
    m_tabs->setObjectName(QStringLiteral("findings.tabs"));
    m_tabs->setAccessibleName(tr("Findings by state"));
    m_tabs->setExpanding(false);
    m_tabs->setDrawBase(false);
    m_tabs->setUsesScrollButtons(true);
    for (const char* state : states)
        m_tabs->setTabData(m_tabs->addTab(stateWord(state)), QString::fromLatin1(state));
    connect(m_tabs, &QTabBar::currentChanged, this, &FindingsPanel::applyFilters);
}

void FindingsPanel::buildFilters(QWidget* bar) {
    bar->setObjectName(QStringLiteral("findings.filters"));
    auto* layout = new QVBoxLayout(bar);
    layout->setContentsMargins(6, 4, 6, 4);
    layout->setSpacing(4);
    auto* first = new QHBoxLayout;
    m_text = new QLineEdit(bar);
    m_text->setObjectName(QStringLiteral("findings.filter"));
    m_text->setAccessibleName(tr("Filter findings"));
    m_text->setPlaceholderText(tr("Filter by words, rule or file"));
    m_text->setClearButtonEnabled(true);
    connect(m_text, &QLineEdit::textChanged, m_typing, qOverload<>(&QTimer::start));
    connect(m_text, &QLineEdit::returnPressed, this, [this] { m_list->setFocus(); });
    first->addWidget(m_text, 1);
    for (int i = 4; i >= 0; --i) {
        const MarkStyle style = styleOf(app::Severity(i), palette());
        auto* button = new QToolButton(bar);
        button->setObjectName(QStringLiteral("findings.severity.") + QLatin1String(app::toString(app::Severity(i))));
        button->setText(style.shape);
        button->setToolTip(style.word);
        button->setAccessibleName(tr("Show severity %1").arg(style.word));
        button->setCheckable(true);
        button->setChecked(true);
        button->setMinimumSize(26, 26);
        connect(button, &QToolButton::toggled, this, &FindingsPanel::applyFilters);
        first->addWidget(button);
        m_severities.insert(m_severities.begin(), button);
    }
    auto* second = new QHBoxLayout;
    const auto box = [&](const char* name, const QString& words) {
        auto* box = new QComboBox(bar);
        box->setObjectName(QLatin1String(name));
        box->setAccessibleName(words);
        box->setToolTip(words);
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(8);
        second->addWidget(box, 1);
        return box;
    };
    m_kind = box("findings.kind", tr("Kind of finding"));
    m_folder = box("findings.folder", tr("Folder"));
    m_grouping = box("findings.grouping", tr("Group by"));
    m_grouping->addItems({tr("Not grouped"), tr("By severity"), tr("By file"), tr("By folder"), tr("By rule")});
    for (QComboBox* one : {m_kind, m_folder, m_grouping})
        connect(one, qOverload<int>(&QComboBox::activated), this, &FindingsPanel::applyFilters);
    layout->addLayout(first);
    layout->addLayout(second);
}

void FindingsPanel::reportChanged(const ReportPtr& report) {
    if (m_publishing)
        return;
    m_undo.clear();
    m_publishTimer->stop();
    m_notice->hide();
    m_model.setReport(report);
    const auto fill = [](QComboBox* box, const QString& all, const std::vector<std::string>& names) {
        const QVariant before = box->currentData();
        box->clear();
        box->addItem(all, QString());
        for (const std::string& name : names)
            box->addItem(visibleText(name, Breaks::Escape), QString::fromStdString(name));
        box->setCurrentIndex(std::max(0, box->findData(before)));
    };
    fill(m_kind, tr("All kinds"), m_filter.kinds());
    fill(m_folder, tr("All folders"), m_filter.folders());
    applyFilters();
}

void FindingsPanel::applyFilters() {
    FindingsQuery query;
    query.state = m_tabs->tabData(m_tabs->currentIndex()).toString().toStdString();
    query.text = m_text->text().trimmed();
    for (std::size_t i = 0; i < 5; ++i)
        query.severities[i] = m_severities[i]->isChecked();
    query.kind = m_kind->currentData().toString().toStdString();
    query.folder = m_folder->currentData().toString().toStdString();
    query.grouping = Grouping(std::max(0, m_grouping->currentIndex()));
    const int source = currentSource();
    m_filter.setQuery(query);
    changed(std::max(0, m_filter.rowOf(source)));
}

void FindingsPanel::countsChanged() {
    for (int i = 0; i < m_tabs->count(); ++i) {
        const std::string state = m_tabs->tabData(i).toString().toStdString();
        m_tabs->setTabText(i, m_model.rowCount() == 0 ? stateWord(state) : QStringLiteral("%1 %2").arg(stateWord(state), QLocale().toString(m_filter.count(state))));
    }
    const bool empty = m_filter.rowCount() == 0;
    m_empty->setVisible(empty);
    if (!empty)
        return;
    const auto report = m_model.report();
    if (m_model.rowCount() > 0)
        m_empty->setText(tr("No finding here under these filters."));
    else if (!report)
        m_empty->setText(tr("No review has been run yet. Findings appear here while one runs."));
    else if (report->run.goal == "summary" || report->run.goal == "ask")
        m_empty->setText(tr("This report is no review: it holds no findings."));
    else if (!report->coverage.complete) // green means read
        m_empty->setText(tr("Nothing was found in what was read, but not everything was read: %n gap(s), listed in the report.", nullptr, int(report->coverage.open.size())));
    else
        m_empty->setText(report->engine.level >= 2 ? tr("No findings. Everything was read.") : tr("No check fired; no model has reviewed this."));
}

int FindingsPanel::currentSource() const {
    return m_list ? m_filter.sourceRow(m_list->currentIndex().row()) : -1;
}

std::vector<int> FindingsPanel::selectedSources() const {
    std::vector<int> rows;
    for (const QModelIndex& index : m_list->selectionModel()->selectedIndexes())
        if (const int row = m_filter.sourceRow(index.row()); row >= 0)
            rows.push_back(row);
    std::sort(rows.begin(), rows.end());
    if (rows.empty() && currentSource() >= 0)
        rows.push_back(currentSource());
    return rows;
}

void FindingsPanel::showCurrent() {
    const int row = currentSource();
    if (row < 0) {
        delete m_detail->takeWidget();
        return;
    }
    auto* detail = new FindingDetail(m_model.finding(row), m_model.state(row), m_model.stateReason(row));
    connect(detail, &FindingDetail::stepWanted, this, [this](int step) { openEvidence(step); });
    connect(detail, &FindingDetail::evidenceWanted, &m_desk, &Desk::showEvidence);
    connect(detail, &FindingDetail::placeWanted, &m_desk, &Desk::showPlace);
    m_detail->setWidget(detail);
}

void FindingsPanel::openEvidence(int step) {
    if (m_peek->isActive()) { // what it would show is shown now
        m_peek->stop();
        showCurrent();
    }
    if (const int row = currentSource(); row >= 0) {
        const app::Finding finding = m_model.finding(row); // a report may arrive while it is shown
        m_desk.showFinding(finding, step);
    }
}

void FindingsPanel::showTab(const QString& state) {
    for (int i = 0; i < m_tabs->count(); ++i)
        if (m_tabs->tabData(i).toString() == state)
            m_tabs->setCurrentIndex(i);
}

bool FindingsPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_list && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (!(key->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) && listKey(key->key()))
            return true;
    }
    if (watched == m_list && event->type() == QEvent::ShortcutOverride) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->modifiers() == Qt::NoModifier && key->key() >= Qt::Key_A && key->key() <= Qt::Key_Z)
            event->accept(); // single letters act in the list first
    }
    return QWidget::eventFilter(watched, event);
}

bool FindingsPanel::listKey(int key) {
    const auto move = [this](int by) {
        int row = m_list->currentIndex().row() + by;
        while (row >= 0 && row < m_filter.rowCount() && m_filter.sourceRow(row) < 0)
            row += by;
        if (row >= 0 && row < m_filter.rowCount())
            m_list->setCurrentIndex(m_filter.index(row));
    };
    switch (key) {
    case Qt::Key_J:
        move(1);
        return true;
    case Qt::Key_K:
        move(-1);
        return true;
    case Qt::Key_A:
        triage(QStringLiteral("open"), QStringLiteral("accepted"));
        return true;
    case Qt::Key_D:
        dismiss();
        return true;
    case Qt::Key_F:
        triage(QStringLiteral("fixed"));
        return true;
    case Qt::Key_U:
        undo();
        return true;
    case Qt::Key_Space:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        openEvidence();
        return true;
    default:
        return false;
    }
}

} // namespace ui
