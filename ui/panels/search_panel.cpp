#include "ui/panels/search_panel.h"

#include "ingest/corpus.h"
#include "ingest/search.h"
#include "ui/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QTimer>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <set>

namespace ui {

namespace {

struct Found {
    ingest::SearchResult result;
    std::vector<std::pair<QString, QString>> rows; // place, line
    std::size_t files = 0;
};

Found findIn(const ingest::Corpus& corpus, const ingest::SearchQuery& query, std::stop_token stop) {
    Found found{ingest::search(corpus, query, stop), {}, 0};
    std::set<std::uint32_t> files;
    for (const ingest::Span& span : found.result.hits) {
        const ingest::Document& document = corpus.document(span.document);
        files.insert(span.document);
        std::string line(document.line(document.lineAt(span.begin)).substr(0, 400));
        line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
        found.rows.emplace_back(q(ingest::toString(corpus, span)), oneLine(line, 200));
    }
    found.files = files.size();
    return found;
}

} // namespace

SearchPanel::SearchPanel(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_words(new QLineEdit(this)), m_scope(new QLineEdit(this)),
      m_mode(new QComboBox(this)), m_case(new QCheckBox(tr("&Case"), this)), m_state(new QLabel(this)),
      m_hits(new QTreeWidget(this)), m_typing(new QTimer(this)) {
    setObjectName("search");
    const auto named = [](QWidget* widget, const char* name, const QString& title) {
        widget->setObjectName(QString::fromLatin1(name));
        widget->setAccessibleName(title);
    };
    named(m_words, "search.words", tr("Find in the corpus"));
    named(m_scope, "search.scope", tr("Only in these paths"));
    named(m_mode, "search.mode", tr("What is searched for"));
    named(m_case, "search.case", tr("Capital letters matter"));
    named(m_hits, "search.hits", tr("Places found"));
    named(m_hits->header(), "search.header", tr("Places found"));
    m_words->setPlaceholderText(tr("Find in the corpus"));
    m_words->setClearButtonEnabled(true);
    m_scope->setPlaceholderText(tr("everything; for example src/**"));
    m_mode->addItems({tr("Words"), tr("Pattern"), tr("Name")});
    m_state->setObjectName("search.state");
    m_state->setProperty("role", "quiet");
    m_state->setWordWrap(true);
    m_state->setTextFormat(Qt::PlainText);
    m_hits->setHeaderLabels({tr("Place"), tr("Line")});
    m_hits->setRootIsDecorated(false);
    m_hits->setUniformRowHeights(true);
    m_typing->setSingleShot(true);
    m_typing->setInterval(150);
    auto* const row = new QHBoxLayout;
    row->addWidget(m_mode, 1);
    row->addWidget(m_case);
    auto* const layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_words);
    layout->addLayout(row);
    layout->addWidget(m_scope);
    layout->addWidget(m_state);
    layout->addWidget(m_hits, 1);
    for (QLineEdit* const line : {m_words, m_scope}) {
        connect(line, &QLineEdit::textChanged, m_typing, qOverload<>(&QTimer::start));
        connect(line, &QLineEdit::returnPressed, this, [this] {
            if (m_typing->isActive()) search();
            m_hits->setFocus();
        });
    }
    connect(m_typing, &QTimer::timeout, this, &SearchPanel::search);
    connect(m_mode, &QComboBox::currentIndexChanged, this, &SearchPanel::search);
    connect(m_case, &QCheckBox::toggled, this, &SearchPanel::search);
    const auto open = [this](QTreeWidgetItem* item) {
        const int at = m_hits->indexOfTopLevelItem(item);
        if (at >= 0 && std::size_t(at) < m_spans.size()) m_desk.showSpan(m_spans[std::size_t(at)]);
    };
    connect(m_hits, &QTreeWidget::itemActivated, this, open);
    connect(m_hits, &QTreeWidget::itemClicked, this, open);
    connect(&m_desk, &Desk::corpusChanged, this, &SearchPanel::search);
}

void SearchPanel::begin() {
    m_words->setFocus(Qt::ShortcutFocusReason);
    m_words->selectAll();
}

void SearchPanel::search() {
    m_typing->stop();
    m_desk.jobs().stop("search");
    m_spans.clear();
    m_hits->clear();
    const CorpusPtr corpus = m_desk.corpus();
    ingest::SearchQuery query;
    query.text = m_words->text().toStdString();
    query.mode = ingest::SearchMode(std::max(0, m_mode->currentIndex()));
    query.caseSensitive = m_case->isChecked();
    query.scope = m_scope->text().trimmed().toStdString();
    if (!corpus || query.text.empty()) {
        m_state->clear();
        return;
    }
    m_state->setText(tr("Searching"));
    m_desk.jobs().start<Found>(
        "search", this,
        [corpus, query](const app::JobContext& job) { return findIn(*corpus, query, job.stop()); },
        [this](const Found& found) {
            const ingest::SearchResult& result = found.result;
            m_spans = result.hits;
            QList<QTreeWidgetItem*> items;
            for (const auto& [place, line] : found.rows) items << new QTreeWidgetItem({place, line});
            m_hits->addTopLevelItems(items);
            m_hits->resizeColumnToContents(0);
            const QString count =
                tr("%n places", nullptr, int(result.total)) +
                (result.hits.size() < result.total
                     ? ", " + tr("the first %1 are listed").arg(countText(std::int64_t(result.hits.size())))
                     : " " + tr("in %n files", nullptr, int(found.files)));
            m_state->setText(!result.problem.empty() ? q(result.problem)
                             : !result.complete      ? count + "; " + tr("ended early: a lower bound")
                                                     : count);
        },
        [this](const QString& problem) { m_state->setText(problem); });
}

} // namespace ui
