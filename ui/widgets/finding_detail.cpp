#include "ui/widgets/finding_detail.h"

#include "ui/widgets/citation_card.h"
#include "ui/widgets/mark_style.h"
#include "ui/widgets/markdown_view.h"
#include "ui/widgets/sentence_list.h"
#include "ui/widgets/visible_text.h"

#include <QApplication>
#include <QClipboard>
#include <QFontDatabase>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr int mostCards = 40;

QLabel* heading(const QString& words, QWidget* parent) {
    auto* label = new QLabel(words, parent);
    label->setObjectName(QStringLiteral("finding.heading"));
    label->setTextFormat(Qt::PlainText);
    QFont bold = label->font();
    bold.setBold(true);
    label->setFont(bold);
    QPalette quiet = label->palette();
    quiet.setColor(QPalette::WindowText, quietColour(quiet));
    label->setPalette(quiet);
    return label;
}

} // namespace

FindingDetail::FindingDetail(const app::Finding& finding, const std::string& state, const std::string& stateReason, QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("finding.detail"));
    setAccessibleName(tr("Finding %1").arg(QString::fromStdString(finding.id)));
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 8, 10, 8);
    layout->setSpacing(4);

    auto* title = new QLabel(visibleText(finding.title.text, Breaks::Escape), this);
    title->setObjectName(QStringLiteral("finding.title"));
    title->setTextFormat(Qt::PlainText);
    title->setWordWrap(true);
    title->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.2);
    large.setBold(true);
    large.setItalic(finding.title.origin == app::Origin::Generated);
    title->setFont(large);
    layout->addWidget(title);

    const MarkStyle severity = styleOf(finding.severity, palette());
    QStringList facts{severity.shape + QStringLiteral(" ") + severity.word, stateWord(state), QString::fromStdString(finding.id), visibleText(finding.rule, Breaks::Escape)};
    if (finding.title.demo)
        facts << demoBadge();
    if (finding.votesOf > 0)
        facts << tr("%1 of %2 votes").arg(finding.votesFor).arg(finding.votesOf);
    facts << sinceWord(finding.since);
    if (!stateReason.empty())
        facts << QStringLiteral("“%1”").arg(visibleText(stateReason, Breaks::Escape));
    addText({}, facts.join(QStringLiteral("  ·  ")), "finding.facts");

    addSentences(tr("Claim"), {finding.claim}, "finding.claim");
    addSentences(tr("Consequence"), {finding.consequence}, "finding.consequence");
    addSentences(tr("When it happens"), finding.conditions, "finding.conditions");
    if (!finding.evidence.empty())
        layout->addWidget(heading(tr("Evidence"), this));
    for (int i = 0; i < std::min(mostCards, int(finding.evidence.size())); ++i) {
        auto* card = new CitationCard(this);
        card->setObjectName(QStringLiteral("finding.evidence.%1").arg(i + 1));
        card->setEvidence(finding.evidence[std::size_t(i)], i + 1, finding.claim.supports);
        connect(card, &CitationCard::activated, this, [this, i] { emit stepWanted(i); });
        layout->addWidget(card);
    }
    if (int(finding.evidence.size()) > mostCards)
        addText({}, tr("%n more citation(s) in the evidence panel.", nullptr, int(finding.evidence.size()) - mostCards), "finding.more");
    addVerdicts(finding);
    if (!finding.patch.empty()) {
        layout->addWidget(heading(tr("Patch, proposed and not applied"), this));
        auto* patch = new QPlainTextEdit(visibleText(finding.patch), this);
        patch->setObjectName(QStringLiteral("finding.patch"));
        patch->setAccessibleName(tr("Patch"));
        patch->setReadOnly(true);
        QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
        fixed.setPointSizeF(font().pointSizeF());
        patch->setFont(fixed);
        patch->setLineWrapMode(QPlainTextEdit::NoWrap);
        patch->setMaximumHeight(200);
        layout->addWidget(patch);
        auto* copy = new QPushButton(tr("Copy the patch"), this);
        copy->setObjectName(QStringLiteral("finding.copyPatch"));
        connect(copy, &QPushButton::clicked, this, [text = QString::fromStdString(finding.patch)] { QApplication::clipboard()->setText(text); });
        layout->addWidget(copy, 0, Qt::AlignLeft);
    }
    layout->addStretch(1);
}

void FindingDetail::addSentences(const QString& words, std::vector<app::Sentence> sentences, const char* name) {
    std::erase_if(sentences, [](const app::Sentence& sentence) { return sentence.text.empty(); });
    if (sentences.empty())
        return;
    layout()->addWidget(heading(words, this));
    auto* list = new SentenceList(this);
    list->setObjectName(QLatin1String(name));
    list->setAccessibleName(words);
    list->setFitted(true);
    list->setSentences(std::move(sentences));
    connect(list, &SentenceList::evidenceActivated, this, &FindingDetail::evidenceWanted);
    layout()->addWidget(list);
}

void FindingDetail::addText(const QString& words, const QString& text, const char* name) {
    if (!words.isEmpty())
        layout()->addWidget(heading(words, this));
    auto* label = new QLabel(text, this);
    label->setObjectName(QLatin1String(name));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    layout()->addWidget(label);
}

void FindingDetail::addVerdicts(const app::Finding& finding) {
    QString words; // reasons are a model's own prose, Markdown as it likes
    for (const app::Verdict& verdict : finding.verdicts)
        words += QStringLiteral("**%1**: %2\n\n%3\n\n").arg(QString::fromStdString(verdict.lens), QString::fromStdString(verdict.outcome), QString::fromStdString(verdict.reason) + (verdict.demo ? QStringLiteral(" [") + demoBadge() + QLatin1Char(']') : QString()));
    if (!words.isEmpty()) {
        layout()->addWidget(heading(tr("Verdicts"), this));
        auto* view = new MarkdownView(this);
        view->setObjectName(QStringLiteral("finding.verdicts"));
        view->setAccessibleName(tr("Verdicts"));
        view->setFitted(true);
        view->setMarkdown(words.left(200'000));
        connect(view, &MarkdownView::placeActivated, this, &FindingDetail::placeWanted);
        layout()->addWidget(view);
    }
    int number = 0;
    for (const app::Verdict& verdict : finding.verdicts)
        for (const app::Evidence& evidence : verdict.counter) {
            if (++number > mostCards)
                return;
            auto* card = new CitationCard(this);
            card->setObjectName(QStringLiteral("finding.counter.%1").arg(number));
            card->setEvidence(evidence, number);
            connect(card, &CitationCard::activated, this, &FindingDetail::evidenceWanted);
            layout()->addWidget(card);
        }
    QStringList lines;
    for (const app::Witness& witness : finding.witnesses)
        lines << QStringLiteral("%1 %2 %3").arg(visibleText(witness.tool, Breaks::Escape), visibleText(witness.rule, Breaks::Escape), visibleText(witness.at, Breaks::Escape));
    if (!lines.isEmpty())
        addText(tr("Also found by"), lines.join(QLatin1Char('\n')), "finding.witnesses");
}

} // namespace ui
