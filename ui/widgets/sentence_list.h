// Sentences of a summary, an answer or a finding, each with what proves it: origin in the margin, a mark per
// citation, unsupported ones grey and named, generated ones in italics with ◌; between them headings and
// plain lines of the program itself. A mark opens its evidence. Main thread; holds copies of the sentences.
// Source: product.md 5 (Ask).
#pragma once

#include "app/report/report.h"
#include "ui/widgets/text_blocks.h"

#include <vector>

namespace ui {

class SentenceList : public TextBlocksView {
    Q_OBJECT
public:
    explicit SentenceList(QWidget* parent = nullptr);

    void setSentences(std::vector<app::Sentence> sentences);
    void append(const app::Sentence& sentence);
    void heading(const QString& words);
    void paragraph(const QString& words, bool quiet = false);
    void clear() { setSentences({}); }
    const std::vector<app::Sentence>& sentences() const { return m_sentences; }
    int count() const { return int(m_sentences.size()); }

    void setPlacesShown(bool shown) { m_places = shown; } // marks say the place, "✓ src/a.c:12"; else numbers
    void setPromotable(bool promotable) { m_promotable = promotable; }
    int currentSentence() const;           // where the text cursor is; -1: at none
    void activate(int sentence, int mark); // as a click on the mark does

signals:
    void evidenceActivated(const app::Evidence& evidence);
    void currentChanged(int sentence);
    void promoteRequested(int sentence); // "promote to finding", from the context menu

protected:
    int blockCount() const override { return int(m_rows.size()); }
    ShownBlock blockAt(int index) const override;
    int lengthOf(int index) const override;
    int marginWidth() const override { return 22; }
    QString linkMeaning(const QString& target) const override;
    QString spokenMark(int offset) const override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void cursorMoved() override { emit currentChanged(currentSentence()); }

private:
    struct Row {
        enum Kind : std::uint8_t { Sentence, Passage, Marks, Heading, Words, Quiet } kind = Sentence;
        int sentence = -1;
        QString text; // of what is no sentence
    };
    void addRows(int sentence);
    void addMarks(const app::Sentence& sentence, int number, ShownBlock& block) const;
    const app::Evidence* evidenceOf(const QString& target) const;
    std::vector<app::Sentence> m_sentences;
    std::vector<Row> m_rows;
    std::string m_group;
    bool m_places = false, m_promotable = false;
};

} // namespace ui
