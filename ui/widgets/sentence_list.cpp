#include "ui/widgets/sentence_list.h"

#include "ui/widgets/mark_style.h"
#include "ui/widgets/visible_text.h"

#include <QContextMenuEvent>
#include <QMenu>

namespace ui {

SentenceList::SentenceList(QWidget* parent) : TextBlocksView(parent) {
    setObjectName(QStringLiteral("sentences"));
    setAccessibleName(tr("Sentences with their marks"));
    connect(this, &TextBlocksView::linkActivated, this, [this](const QString& target) {
        if (const app::Evidence* evidence = evidenceOf(target)) {
            const app::Evidence copy = *evidence; // a slot may replace the sentences
            emit evidenceActivated(copy);
        }
    });
}

void SentenceList::setSentences(std::vector<app::Sentence> sentences) {
    m_sentences = std::move(sentences);
    m_rows.clear();
    for (int i = 0; i < int(m_sentences.size()); ++i)
        addRow(i);
    blocksChanged(0);
}

void SentenceList::append(const app::Sentence& sentence) {
    const int first = int(m_rows.size());
    m_sentences.push_back(sentence);
    addRow(int(m_sentences.size()) - 1);
    blocksChanged(first);
}

void SentenceList::addRow(int sentence) {
    const std::string& group = m_sentences[std::size_t(sentence)].group;
    const std::string before = sentence > 0 ? m_sentences[std::size_t(sentence) - 1].group : std::string();
    if (group != before && !group.empty())
        m_rows.push_back({-1, group});
    m_rows.push_back({sentence, group});
}

ShownBlock SentenceList::blockAt(int index) const {
    const Row& row = m_rows[std::size_t(index)];
    ShownBlock block;
    if (row.sentence < 0) {
        block.kind = BlockKind::Heading;
        block.level = 4;
        block.content.text = visibleText(row.group, Breaks::Escape);
        return block;
    }
    const app::Sentence& sentence = m_sentences[std::size_t(row.sentence)];
    const MarkStyle origin = styleOf(sentence.origin, palette());
    block.mark = origin.shape;
    block.markColour = origin.colour;
    block.markMeaning = origin.word;
    block.italic = sentence.origin == app::Origin::Generated;
    block.grey = sentence.supports == app::Supports::No || sentence.supports == app::Supports::Unknown;
    block.content.text = visibleText(sentence.text, Breaks::Escape);
    if (block.grey)
        block.content.ranges.push_back({0, int(block.content.text.size()), GreyStyle, {}});
    const auto add = [&](const QString& text, std::uint8_t style, const QString& target) {
        block.content.text += QLatin1Char(' ');
        const int begin = int(block.content.text.size());
        block.content.text += text;
        block.content.ranges.push_back({begin, int(block.content.text.size()), style, target});
    };
    if (sentence.demo) {
        add(QStringLiteral("[") + demoBadge() + QStringLiteral("]"), GreyStyle, {});
        block.markMeaning += QLatin1Char('\n') + demoBadge();
    }
    for (std::size_t i = 0; i < sentence.evidence.size(); ++i)
        add(QStringLiteral("[%1\u00a0%2]").arg(i + 1).arg(styleOf(sentence.evidence[i].state, palette()).shape), LinkStyle,
            QStringLiteral("%1/%2").arg(row.sentence).arg(i));
    if (sentence.supports != app::Supports::NotNeeded) {
        const MarkStyle supports = styleOf(sentence.supports, palette());
        const QString words = sentence.supports == app::Supports::Yes ? QString(supports.shape) : supports.shape + QStringLiteral("\u00a0") + supports.word;
        add(words, GreyStyle, {});
        block.markMeaning += QLatin1Char('\n') + supports.word;
    }
    return block;
}

int SentenceList::lengthOf(int index) const {
    const Row& row = m_rows[std::size_t(index)];
    return row.sentence < 0 ? 20 : int(m_sentences[std::size_t(row.sentence)].text.size()) + 10;
}

const app::Evidence* SentenceList::evidenceOf(const QString& target) const {
    const int sentence = target.section('/', 0, 0).toInt(), index = target.section('/', 1).toInt();
    if (sentence < 0 || sentence >= int(m_sentences.size()))
        return nullptr;
    const auto& evidence = m_sentences[std::size_t(sentence)].evidence;
    return index >= 0 && index < int(evidence.size()) ? &evidence[std::size_t(index)] : nullptr;
}

QString SentenceList::linkMeaning(const QString& target) const {
    const app::Evidence* evidence = evidenceOf(target);
    return evidence ? visibleText(evidence->at, Breaks::Escape) + QStringLiteral(": ") + styleOf(evidence->state, palette()).word : QString();
}

QString SentenceList::spokenMark(int offset) const {
    for (int i = 0; i < blockCount(); ++i) {
        const ShownBlock block = blockAt(i);
        if (offset <= block.content.text.size())
            return block.markMeaning;
        offset -= int(block.content.text.size()) + 1;
    }
    return {};
}

void SentenceList::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("sentences.menu"));
    menu.addAction(tr("Copy"), this, [this] { copy(); })->setEnabled(!selectedText().isEmpty());
    menu.addAction(tr("Select all"), this, [this] { selectAll(); });
    const int block = blockUnder(event->pos());
    if (block < int(m_rows.size()) && m_rows[std::size_t(block)].sentence >= 0)
        menu.addAction(tr("Promote to finding"), this, [this, sentence = m_rows[std::size_t(block)].sentence] { emit promoteRequested(sentence); });
    menu.exec(event->globalPos());
}

} // namespace ui
