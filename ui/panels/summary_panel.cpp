#include "ui/panels/summary_panel.h"

#include "app/report/export.h"
#include "app/report/ledger.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/widgets/sentence_list.h"

#include <QLabel>
#include <QVBoxLayout>

namespace ui {

SummaryPanel::SummaryPanel(Desk& desk, QWidget* parent) : QWidget(parent), m_desk(desk), m_head(new QLabel(this)), m_text(new SentenceList(this)) {
    setObjectName("summary");
    m_head->setObjectName("summary.head");
    m_head->setWordWrap(true);
    m_head->setTextFormat(Qt::PlainText);
    m_head->setProperty("role", "heading");
    m_text->setObjectName("summary.text");
    m_text->setAccessibleName(tr("Summary of the report"));
    m_text->setPlacesShown(true);
    m_text->setPromotable(true);
    auto* const layout = new QVBoxLayout(this);
    layout->addWidget(m_head);
    layout->addWidget(m_text, 1);
    connect(m_text, &SentenceList::evidenceActivated, &m_desk, &Desk::showEvidence);
    connect(m_text, &SentenceList::promoteRequested, this, [this](int sentence) {
        if (const ReportPtr report = m_desk.report())
            m_desk.promote(report, m_text->sentences()[std::size_t(sentence)]);
    });
    connect(&m_desk, &Desk::reportChanged, this, &SummaryPanel::show);
    show(nullptr);
}

void SummaryPanel::show(const ReportPtr& report) {
    m_text->clear();
    if (!report) {
        m_head->setText(tr("No report yet: start a review, a summary or a question."));
        m_head->setStyleSheet({});
        return;
    }
    const Colours c = coloursOf(palette());
    const std::string nothing = report->findings.empty() && report->run.goal == "review" ? app::nothingFound(report->coverage, report->engine.level) : std::string();
    m_head->setText((report->coverage.complete ? QString() : tr("Incomplete. ")) + q(app::coverageLine(report->coverage)) + (nothing.empty() ? QString() : " " + q(nothing)));
    m_head->setStyleSheet(report->coverage.complete ? QString() : "color: " + c.warn.name());
    for (const std::string& line : app::openingLines(*report))
        m_text->paragraph(q(line), true);
    if (!report->summary.empty())
        m_text->heading(tr("Summary"));
    for (const app::Sentence& sentence : report->summary)
        m_text->append(sentence);
    if (!report->coverage.open.empty())
        m_text->heading(tr("Not read"));
    for (std::size_t i = 0; i < report->coverage.open.size() && i < 200; ++i) {
        const app::CoverageGap& gap = report->coverage.open[i];
        m_text->paragraph(oneLine(gap.path + (gap.pages.empty() ? "" : " pages " + gap.pages) + ": " + gap.state + ", " + gap.reason));
    }
    if (report->coverage.open.size() > 200)
        m_text->paragraph(tr("and %1 more").arg(countText(std::int64_t(report->coverage.open.size() - 200))));
    if (!report->notes.empty())
        m_text->heading(tr("Notes"));
    for (const std::string& note : report->notes)
        m_text->paragraph(oneLine(note, 1000));
}

} // namespace ui
