// Sentences of a summary, an answer or a finding, each with what proves it: origin in the margin, a chip per citation
// with its own mark, unsupported ones grey, generated ones in italics with ◌. A chip opens its evidence. Main thread;
// holds copies of the sentences. Source: product.md 5 (Ask).
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
    void clear() { setSentences({}); }
    const std::vector<app::Sentence>& sentences() const { return m_sentences; }

signals:
    void evidenceActivated(const app::Evidence& evidence);
    void promoteRequested(int sentence); // "promote to finding", from the context menu

protected:
    int blockCount() const override { return int(m_rows.size()); }
    ShownBlock blockAt(int index) const override;
    int lengthOf(int index) const override;
    int marginWidth() const override { return 22; }
    QString linkMeaning(const QString& target) const override;
    QString spokenMark(int offset) const override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    struct Row {
        int sentence = -1; // -1: the heading of a group
        std::string group;
    };
    void addRow(int sentence);
    const app::Evidence* evidenceOf(const QString& target) const;
    std::vector<app::Sentence> m_sentences;
    std::vector<Row> m_rows;
};

} // namespace ui
