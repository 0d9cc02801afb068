// SentenceView: sentences with their marks: plain for what the program counted, quoted for what stands in the text, italic
// with a ring for what a model worded, grey where no passage supports it. Marks are links inside the window; everything is
// escaped text, no reference is ever loaded. Appends without laying out anew. Knows no Desk. Main thread.
#pragma once

#include "app/report/report.h"

#include <QTextBrowser>

#include <vector>

namespace ui {

class SentenceView : public QTextBrowser {
    Q_OBJECT
public:
    explicit SentenceView(QWidget* parent = nullptr);
    void reset();
    void heading(const QString& words);
    void paragraph(const QString& words, bool quiet = false);
    void append(const app::Sentence& sentence);
    int count() const { return int(m_sentences.size()); }
    void activate(int sentence, int mark); // as a click on the mark does

signals:
    void evidenceWanted(const app::Evidence& evidence);

protected:
    QVariant loadResource(int type, const QUrl& name) override; // nothing, ever
    void keyPressEvent(QKeyEvent* event) override;

private:
    void html(const QString& block);
    std::vector<app::Sentence> m_sentences;
    std::string m_group;
};

} // namespace ui
