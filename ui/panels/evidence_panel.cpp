#include "ui/panels/evidence_panel.h"

#include "app/original_file.h"
#include "ui/viewers/pdf_viewer.h"
#include "ui/viewers/source_viewer.h"
#include "ui/widgets/citation_card.h"
#include "ui/widgets/mark_style.h"
#include "ui/widgets/visible_text.h"

#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr int mostVisits = 200, mostCards = 60;

QString wordsFor(app::Miss miss, const app::Evidence& evidence) {
    const QString file = visibleText(evidence.file, Breaks::Escape);
    switch (miss) {
    case app::Miss::SeveralPlaces:
        return EvidencePanel::tr("This quote stands in %n place(s), and nothing says which one is meant, so none is marked.", nullptr, evidence.places);
    case app::Miss::NoSuchFile:
        return EvidencePanel::tr("%1 is not among what was read: open the subject this report was made from.").arg(file);
    case app::Miss::Changed:
        return EvidencePanel::tr("%1 has changed since this was cited; these words no longer stand there, and nothing is marked.").arg(file);
    case app::Miss::Empty:
        return EvidencePanel::tr("This citation is empty, and nothing is marked.");
    default:
        return file.isEmpty() ? EvidencePanel::tr("This quote was not found. It is shown as it was claimed, and nothing is marked.")
                              : EvidencePanel::tr("This quote was not found in %1. It is shown as it was claimed, and nothing is marked.").arg(file);
    }
}

QString caveatOf(app::ProofState state) {
    switch (state) {
    case app::ProofState::Approximate:
        return EvidencePanel::tr("The cited words differ from these in spacing or punctuation; this is what the document says.");
    case app::ProofState::Ocr:
        return EvidencePanel::tr("This text was read from a picture of the page (OCR) and may hold reading errors.");
    case app::ProofState::Misattributed:
        return EvidencePanel::tr("These words were cited from another place; they stand here.");
    default:
        return {};
    }
}

} // namespace

EvidencePanel::EvidencePanel(Desk& desk, QWidget* parent) : QWidget(parent), m_desk(desk) {
    setObjectName(QStringLiteral("panel.evidence"));
    setAccessibleName(tr("Evidence"));
    m_source = new SourceViewer(this);
    m_pdf = new PdfViewer(this);
    m_message = new QLabel(this);
    m_quote = new QLabel(this);
    auto* messagePage = new QWidget(this);
    auto* messageLayout = new QVBoxLayout(messagePage);
    for (QLabel* label : {m_message, m_quote}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        messageLayout->addWidget(label);
    }
    m_message->setObjectName(QStringLiteral("evidence.message"));
    m_message->setAccessibleName(tr("Why nothing is marked"));
    m_quote->setObjectName(QStringLiteral("evidence.claimedQuote"));
    m_quote->setAccessibleName(tr("The quote as claimed"));
    m_quote->setMargin(8);
    messageLayout->addStretch(1);
    messageLayout->setContentsMargins(16, 16, 16, 16);
    m_stack = new QStackedWidget(this);
    m_stack->setObjectName(QStringLiteral("evidence.stack"));
    m_stack->addWidget(messagePage);
    m_stack->addWidget(m_source);
    m_stack->addWidget(m_pdf);
    m_strip = new QScrollArea(this);
    m_strip->setObjectName(QStringLiteral("evidence.steps"));
    m_strip->setAccessibleName(tr("Evidence steps"));
    m_strip->setWidgetResizable(true);
    m_strip->setFrameShape(QFrame::NoFrame);
    m_strip->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_strip->hide();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    buildBar();
    layout->addWidget(m_stack, 3);
    layout->addWidget(m_strip, 1);
    presentMessage(tr("Choose a finding or a citation: the passage it stands on is shown here."), nullptr);

    connect(m_source, &SourceViewer::markActivated, this, [this](int mark) { step(mark - (m_at < 0 ? 0 : m_visits[std::size_t(m_at)].step)); });
    connect(m_pdf, &PdfViewer::markActivated, this, [this](int mark) { step(mark - (m_at < 0 ? 0 : m_visits[std::size_t(m_at)].step)); });
    connect(&desk, &Desk::spanShown, this, &EvidencePanel::showSpan);
    connect(&desk, &Desk::evidenceShown, this, &EvidencePanel::showEvidence);
    connect(&desk, &Desk::findingShown, this, &EvidencePanel::showFinding);
    connect(&desk, &Desk::corpusChanged, this, [this] {
        m_source->clear();
        m_pdf->clear();
        if (m_at >= 0)
            present();
    });
}

void EvidencePanel::showSpan(const ingest::Span& span) {
    const auto corpus = m_desk.corpus();
    if (!corpus || span.document >= corpus->documents().size())
        return;
    const ingest::Document& document = corpus->document(span.document);
    app::Evidence evidence;
    evidence.at = ingest::toString(*corpus, span);
    evidence.file = document.path();
    evidence.sha256 = document.sha256();
    evidence.begin = std::min(span.begin, document.text().size());
    evidence.end = std::min(std::max(span.end, span.begin), document.text().size());
    evidence.quote = document.text().substr(evidence.begin, evidence.end - evidence.begin);
    evidence.state = app::ProofState::Proven;
    evidence.page = document.pageAt(span.begin);
    visit({{std::move(evidence)}, {}, {}, 0});
}

void EvidencePanel::showEvidence(const app::Evidence& evidence) {
    visit({{evidence}, {}, {}, 0});
}

void EvidencePanel::showFinding(const app::Finding& finding, int step) {
    if (finding.evidence.empty()) {
        m_title->setText(visibleText(finding.title.text, Breaks::Escape));
        return presentMessage(tr("This finding cites nothing, so nothing is marked."), nullptr);
    }
    Visit one{finding.evidence, {}, visibleText(finding.id + ": " + finding.title.text, Breaks::Escape), std::clamp(step, 0, int(finding.evidence.size()) - 1)};
    visit(std::move(one));
}

void EvidencePanel::visit(Visit visit) {
    const auto same = [](const Visit& a, const Visit& b) {
        const auto& x = a.steps[std::size_t(a.step)];
        const auto& y = b.steps[std::size_t(b.step)];
        return a.title == b.title && a.step == b.step && a.steps.size() == b.steps.size() && x.at == y.at && x.begin == y.begin && x.end == y.end;
    };
    if (m_at >= 0 && same(m_visits[std::size_t(m_at)], visit)) { // the same place again: history stays
        m_visits[std::size_t(m_at)] = std::move(visit);
    } else {
        m_visits.resize(std::size_t(m_at + 1)); // what lay ahead is gone
        m_visits.push_back(std::move(visit));
        if (m_visits.size() > mostVisits)
            m_visits.erase(m_visits.begin());
        m_at = int(m_visits.size()) - 1;
    }
    fillStrip();
    present();
}

void EvidencePanel::step(int by) {
    if (m_at < 0)
        return;
    Visit& now = m_visits[std::size_t(m_at)];
    const int wanted = now.step + by;
    if (by == 0 || wanted < 0 || wanted >= int(now.steps.size()))
        return;
    Visit next = now;
    next.step = wanted;
    m_visits.resize(std::size_t(m_at + 1));
    m_visits.push_back(std::move(next));
    m_at = int(m_visits.size()) - 1;
    present();
}

void EvidencePanel::goBack() {
    if (m_at <= 0)
        return;
    --m_at;
    fillStrip();
    present();
}

void EvidencePanel::goForward() {
    if (m_at + 1 >= int(m_visits.size()))
        return;
    ++m_at;
    fillStrip();
    present();
}

void EvidencePanel::present() {
    const Visit& now = m_visits[std::size_t(m_at)];
    const app::Evidence& evidence = now.steps[std::size_t(now.step)];
    const MarkStyle state = styleOf(evidence.state, palette()), role = styleOf(evidence.role, palette());
    m_title->setText(visibleText(evidence.at.empty() ? evidence.file : evidence.at, Breaks::Escape));
    m_title->setToolTip(now.title.toHtmlEscaped());
    m_counter->setText(now.steps.size() > 1 ? tr("%1 of %2").arg(now.step + 1).arg(now.steps.size()) : QString());
    m_state->setText(now.steps.size() > 1 || evidence.state != app::ProofState::Proven ? QStringLiteral("%1 %2  %3 %4").arg(role.shape).arg(role.word, state.shape).arg(state.word)
                                                                                     : QStringLiteral("%1 %2").arg(state.shape).arg(state.word));
    m_back->setEnabled(m_at > 0);
    m_forward->setEnabled(m_at + 1 < int(m_visits.size()));
    m_previous->setEnabled(now.step > 0);
    m_next->setEnabled(now.step + 1 < int(now.steps.size()));
    for (int i = 0; i < int(m_cards.size()); ++i) {
        m_cards[std::size_t(i)]->setCurrent(i == now.step);
        if (i == now.step)
            QTimer::singleShot(0, m_cards[std::size_t(i)], [this, card = m_cards[std::size_t(i)]] { m_strip->ensureWidgetVisible(card, 0, 8); });
    }
    m_caveat->hide();
    const auto corpus = m_desk.corpus();
    if (!corpus)
        return presentMessage(tr("Nothing is open: open the subject this report was made from."), &evidence);
    const app::Place place = app::placeOf(evidence, *corpus);
    if (!place.span)
        return presentMessage(wordsFor(place.miss, evidence), &evidence);
    const QString caveat = caveatOf(evidence.state);
    m_caveat->setText(caveat);
    m_caveat->setVisible(!caveat.isEmpty());
    presentDocument(*place.span);
}

void EvidencePanel::presentDocument(const ingest::Span& span) {
    const auto corpus = m_desk.corpus();
    const auto document = corpus->documents()[span.document];
    const Visit& now = m_visits[std::size_t(m_at)];
    const bool whole = span.begin == 0 && span.end == document->text().size() && document->lineCount() > 2; // a file, no passage
    std::vector<ViewMark> marks; // one per step, so that a mark's number is its step's
    for (int i = 0; i < int(now.steps.size()); ++i) {
        const app::Place place = app::placeOf(now.steps[std::size_t(i)], *corpus);
        const bool here = place.span && place.span->document == span.document;
        marks.push_back({here ? place.span->begin : std::size_t(-1), here ? place.span->end : std::size_t(-1), now.steps[std::size_t(i)].role,
                         i == now.step && !whole});
    }
    if (document->pages().empty()) {
        m_source->setDocument(document);
        m_source->setMarks(std::move(marks));
        m_source->show(span.begin, span.end);
        m_stack->setCurrentWidget(m_source);
        return;
    }
    const app::ReadRequest request = m_desk.workspace().request();
    m_stack->setCurrentWidget(m_pdf);
    m_pdf->setDocument(document, [request, document](std::stop_token stop) { return app::readOriginal(request, *document, stop); },
                       QString::fromStdString(request.filter.pdfHelper));
    m_pdf->setMarks(std::move(marks));
    m_pdf->show(span.begin, span.end);
    // The first layout may still be to come: a page has its width only then.
    QTimer::singleShot(0, m_pdf, [this, span] { m_pdf->show(span.begin, span.end); });
}

void EvidencePanel::presentMessage(const QString& sentence, const app::Evidence* evidence) {
    m_message->setText(sentence);
    QFont larger = font();
    larger.setPointSizeF(font().pointSizeF() * 1.1);
    m_message->setFont(larger);
    QString quote = evidence ? visibleText(std::string_view(evidence->quote).substr(0, 4000)) : QString();
    m_quote->setText(quote.isEmpty() ? QString() : QStringLiteral("“%1”").arg(quote));
    m_quote->setVisible(!quote.isEmpty());
    m_stack->setCurrentIndex(0);
}

QString EvidencePanel::message() const {
    return m_stack->currentIndex() == 0 ? m_message->text() : QString();
}

void EvidencePanel::fillStrip() {
    m_cards.clear();
    const Visit& now = m_visits[std::size_t(m_at)];
    auto* page = new QWidget;
    page->setObjectName(QStringLiteral("evidence.steps.page"));
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->setSpacing(6);
    for (int i = 0; i < std::min(mostCards, int(now.steps.size())); ++i) {
        auto* card = new CitationCard(page);
        card->setObjectName(QStringLiteral("evidence.step.%1").arg(i + 1));
        card->setEvidence(now.steps[std::size_t(i)], i + 1, i < int(now.supports.size()) ? now.supports[std::size_t(i)] : app::Supports::NotNeeded);
        connect(card, &CitationCard::activated, this, [this, i] { step(i - m_visits[std::size_t(m_at)].step); });
        layout->addWidget(card);
        m_cards.push_back(card);
    }
    layout->addStretch(1);
    m_strip->setWidget(page);
    m_strip->setVisible(now.steps.size() > 1);
}

} // namespace ui
