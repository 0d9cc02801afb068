#include "ui/widgets/sentence_list.h"

#include "ui/widgets/mark_style.h"
#include "ui/widgets/visible_text.h"

#include <QContextMenuEvent>
#include <QMenu>

#include <algorithm>

namespace ui {

namespace {
constexpr std::size_t mostMarks = 12, mostBytes = 20'000; // of one sentence

bool isPassage(const app::Sentence& sentence) {
    return sentence.origin == app::Origin::Extracted && sentence.text.find('\n') != std::string::npos;
}
} // namespace

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
    m_group.clear();
    for (int i = 0; i < int(m_sentences.size()); ++i) addRows(i);
    blocksChanged(0);
}

void SentenceList::append(const app::Sentence& sentence) {
    const int first = int(m_rows.size());
    m_sentences.push_back(sentence);
    addRows(int(m_sentences.size()) - 1);
    blocksChanged(first);
}

void SentenceList::heading(const QString& words) {
    m_rows.push_back({Row::Heading, -1, visibleText(words, Breaks::Escape)});
    m_group.clear();
    blocksChanged(int(m_rows.size()) - 1);
}

void SentenceList::paragraph(const QString& words, bool quiet) {
    m_rows.push_back({quiet ? Row::Quiet : Row::Words, -1, visibleText(words, Breaks::Escape)});
    blocksChanged(int(m_rows.size()) - 1);
}

void SentenceList::addRows(int number) {
    const app::Sentence& sentence = m_sentences[std::size_t(number)];
    if (!sentence.group.empty() && sentence.group != m_group)
        m_rows.push_back({Row::Heading, -1, visibleText(sentence.group, Breaks::Escape)});
    m_group = sentence.group;
    if (isPassage(sentence)) { // its lines as they stand, the place under them
        m_rows.push_back({Row::Passage, number, {}});
        m_rows.push_back({Row::Marks, number, {}});
    } else {
        m_rows.push_back({Row::Sentence, number, {}});
    }
}

void SentenceList::addMarks(const app::Sentence& sentence, int number, ShownBlock& block) const {
    const auto add = [&](const QString& text, std::uint8_t style, const QString& target) {
        if (!block.content.text.isEmpty()) block.content.text += QLatin1Char(' ');
        const int begin = int(block.content.text.size());
        block.content.text += text;
        block.content.ranges.push_back({begin, int(block.content.text.size()), style, target});
    };
    if (sentence.demo) {
        add(QStringLiteral("[") + demoBadge() + QStringLiteral("]"), GreyStyle, {});
        block.markMeaning += QLatin1Char('\n') + demoBadge();
    }
    for (std::size_t i = 0; i < sentence.evidence.size() && i < mostMarks; ++i) {
        const app::Evidence& evidence = sentence.evidence[i];
        const QChar shape = styleOf(evidence.state, palette()).shape;
        const QString target = QStringLiteral("%1/%2").arg(number).arg(i);
        if (m_places)
            add(QString(shape) + QChar(0xa0) + visibleText(evidence.at, Breaks::Escape), LinkStyle, target);
        else
            add(QStringLiteral("[%1\u00a0%2]").arg(i + 1).arg(shape), LinkStyle, target);
    }
    if (sentence.evidence.size() > mostMarks)
        add(tr("and %n more places", nullptr, int(sentence.evidence.size() - mostMarks)), GreyStyle, {});
    if (sentence.supports != app::Supports::NotNeeded) {
        const MarkStyle supports = styleOf(sentence.supports, palette());
        const QString words = sentence.supports == app::Supports::Yes
                                  ? QString(supports.shape)
                                  : supports.shape + QStringLiteral("\u00a0") + supports.word;
        add(words, GreyStyle, {});
        block.markMeaning += QLatin1Char('\n') + supports.word;
    }
}

ShownBlock SentenceList::blockAt(int index) const {
    const Row& row = m_rows[std::size_t(index)];
    ShownBlock block;
    if (row.sentence < 0) {
        block.content.text = row.text;
        if (row.kind == Row::Heading) block.kind = BlockKind::Heading, block.level = 4;
        block.grey = row.kind == Row::Quiet;
        if (block.grey) block.content.ranges.push_back({0, int(row.text.size()), GreyStyle, {}});
        return block;
    }
    const app::Sentence& sentence = m_sentences[std::size_t(row.sentence)];
    const MarkStyle origin = styleOf(sentence.origin, palette());
    if (row.kind == Row::Marks) {
        block.markMeaning = origin.word;
        addMarks(sentence, row.sentence, block);
        return block;
    }
    const std::string_view text = std::string_view(sentence.text).substr(0, mostBytes);
    block.mark = origin.shape;
    block.markColour = origin.colour;
    block.markMeaning = origin.word;
    block.italic = sentence.origin == app::Origin::Generated;
    block.grey = sentence.supports == app::Supports::No || sentence.supports == app::Supports::Unknown;
    if (row.kind == Row::Passage) {
        block.kind = BlockKind::Code;
        block.content.text = visibleText(text).replace(QLatin1Char('\n'), QChar::LineSeparator);
        return block;
    }
    block.content.text = visibleText(text, Breaks::Escape);
    if (block.grey) block.content.ranges.push_back({0, int(block.content.text.size()), GreyStyle, {}});
    addMarks(sentence, row.sentence, block);
    return block;
}

int SentenceList::lengthOf(int index) const {
    const Row& row = m_rows[std::size_t(index)];
    if (row.sentence < 0 || row.kind == Row::Marks) return std::max(20, int(row.text.size()));
    return int(std::min(m_sentences[std::size_t(row.sentence)].text.size(), mostBytes)) + 10;
}

int SentenceList::currentSentence() const {
    const int block = cursorBlock();
    return block >= 0 && block < int(m_rows.size()) ? m_rows[std::size_t(block)].sentence : -1;
}

void SentenceList::activate(int sentence, int mark) {
    if (const app::Evidence* evidence = evidenceOf(QStringLiteral("%1/%2").arg(sentence).arg(mark))) {
        const app::Evidence copy = *evidence;
        emit evidenceActivated(copy);
    }
}

const app::Evidence* SentenceList::evidenceOf(const QString& target) const {
    const int sentence = target.section('/', 0, 0).toInt(), index = target.section('/', 1).toInt();
    if (sentence < 0 || sentence >= int(m_sentences.size())) return nullptr;
    const auto& evidence = m_sentences[std::size_t(sentence)].evidence;
    return index >= 0 && index < int(evidence.size()) ? &evidence[std::size_t(index)] : nullptr;
}

QString SentenceList::linkMeaning(const QString& target) const {
    const app::Evidence* evidence = evidenceOf(target);
    return evidence ? visibleText(evidence->at, Breaks::Escape) + QStringLiteral(": ") +
                          styleOf(evidence->state, palette()).word
                    : QString();
}

QString SentenceList::spokenMark(int offset) const {
    for (int i = 0; i < blockCount(); ++i) {
        const ShownBlock block = blockAt(i);
        if (offset <= block.content.text.size()) return block.markMeaning;
        offset -= int(block.content.text.size()) + 1;
    }
    return {};
}

void SentenceList::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("sentences.menu"));
    menu.addAction(tr("Copy"), this, [this] { copy(); })->setEnabled(!selectedText().isEmpty());
    menu.addAction(tr("Select all"), this, [this] { selectAll(); });
    const int block =
        event->reason() == QContextMenuEvent::Keyboard ? cursorBlock() : blockUnder(event->pos());
    if (m_promotable && block >= 0 && block < int(m_rows.size()) && m_rows[std::size_t(block)].sentence >= 0)
        menu.addAction(
            tr("Promote to finding"), this,
            [this, sentence = m_rows[std::size_t(block)].sentence] { emit promoteRequested(sentence); });
    menu.exec(event->globalPos());
}

} // namespace ui
