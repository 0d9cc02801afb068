#include "ui/widgets/sentence_view.h"

#include "app/report/checks.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/widgets/mark_style.h"

#include <QKeyEvent>
#include <QTextCursor>

namespace ui {

SentenceView::SentenceView(QWidget* parent) : QTextBrowser(parent) {
    setOpenLinks(false);
    setOpenExternalLinks(false);
    setUndoRedoEnabled(false);
    document()->setDocumentMargin(10);
    connect(this, &QTextBrowser::anchorClicked, this, [this](const QUrl& url) {
        const QStringList parts = url.toString().split(':'); // "mark:3:0"
        if (parts.size() == 3 && parts[0] == "mark")
            activate(parts[1].toInt(), parts[2].toInt());
    });
}

QVariant SentenceView::loadResource(int, const QUrl&) {
    return {};
}

void SentenceView::reset() {
    m_sentences.clear();
    m_group.clear();
    clear();
}

void SentenceView::html(const QString& block) {
    QTextCursor cursor(document());
    cursor.movePosition(QTextCursor::End);
    if (!document()->isEmpty())
        cursor.insertBlock(QTextBlockFormat(), QTextCharFormat());
    cursor.insertHtml(block);
}

void SentenceView::heading(const QString& words) {
    html("<p style=\"margin-top:8px\"><b>" + words.toHtmlEscaped() + "</b></p>");
}

void SentenceView::paragraph(const QString& words, bool quiet) {
    const QString colour = (quiet ? coloursOf(palette()).quiet : coloursOf(palette()).text).name();
    html("<p style=\"color:" + colour + "\">" + words.toHtmlEscaped() + "</p>");
}

void SentenceView::append(const app::Sentence& sentence) {
    const Colours c = coloursOf(palette());
    if (!sentence.group.empty() && sentence.group != m_group)
        heading(oneLine(sentence.group));
    m_group = sentence.group;
    const int index = int(m_sentences.size());
    m_sentences.push_back(sentence);
    const bool generated = sentence.origin == app::Origin::Generated;
    const bool supported = sentence.supports == app::Supports::Yes || sentence.supports == app::Supports::NotNeeded;
    const bool passage = sentence.origin == app::Origin::Extracted && sentence.text.find('\n') != std::string::npos;
    QString words = q(app::visible(std::string_view(sentence.text).substr(0, 20'000))).toHtmlEscaped();
    if (passage)
        words = "<span style=\"font-family:monospace\">" + words.replace(' ', "&nbsp;").replace('\n', "<br>") + "</span>";
    else
        words.replace('\n', ' ');
    QString block = "<p style=\"margin-top:4px\"><span style=\"color:" + (generated && !supported ? c.quiet : c.text).name() + "\">";
    if (generated)
        block += QString::fromUtf8("\u25CC ") + "<i>" + words + "</i>";
    else
        block += words;
    block += "</span>";
    if (sentence.demo)
        block += " <span style=\"color:" + c.quiet.name() + "\"><b>[" + demoBadge().toHtmlEscaped() + "]</b></span>";
    if (generated)
        block += " <span style=\"color:" + c.quiet.name() + "\">(" +
                 (sentence.supports == app::Supports::Yes  ? tr("generated, supported")
                  : sentence.supports == app::Supports::No ? tr("generated, no passage supports this")
                                                           : tr("generated, support unknown"))
                     .toHtmlEscaped() +
                 ")</span>";
    for (std::size_t i = 0; i < sentence.evidence.size() && i < 12; ++i) {
        const app::Evidence& evidence = sentence.evidence[i];
        const bool located = evidence.state != app::ProofState::NotFound && evidence.state != app::ProofState::Misattributed;
        block += QStringLiteral(" <a href=\"mark:%1:%2\" style=\"color:%3\">%4&nbsp;%5</a>")
                     .arg(index)
                     .arg(i)
                     .arg((located ? c.accent : c.bad).name(), located ? QString::fromUtf8("\u2713") : QStringLiteral("?"), oneLine(evidence.at, 80).toHtmlEscaped());
    }
    if (sentence.evidence.size() > 12)
        block += " " + tr("and %n more places", nullptr, int(sentence.evidence.size()) - 12).toHtmlEscaped();
    html(block + "</p>");
}

void SentenceView::activate(int sentence, int mark) {
    if (sentence >= 0 && std::size_t(sentence) < m_sentences.size() && mark >= 0 && std::size_t(mark) < m_sentences[std::size_t(sentence)].evidence.size())
        emit evidenceWanted(m_sentences[std::size_t(sentence)].evidence[std::size_t(mark)]);
}

void SentenceView::keyPressEvent(QKeyEvent* event) {
    // Space and Enter on the mark that Tab reached.
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space) && textCursor().charFormat().isAnchor()) {
        emit anchorClicked(QUrl(textCursor().charFormat().anchorHref()));
        return;
    }
    QTextBrowser::keyPressEvent(event);
}

} // namespace ui
