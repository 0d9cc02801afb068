// A finding in full: claim, consequence, when it happens, citations as cards with both marks, votes, verdicts, other
// witnesses, the patch. A widget made anew for each finding and given to a scroll area. Main thread.
#pragma once

#include "app/report/report.h"

#include <QWidget>

namespace ui {

class FindingDetail : public QWidget {
    Q_OBJECT
public:
    FindingDetail(const app::Finding& finding, const std::string& state, const std::string& stateReason, QWidget* parent = nullptr);

signals:
    void stepWanted(int step);                             // one of the finding's own citations
    void evidenceWanted(const app::Evidence& evidence);    // one of a sentence or verdict
    void placeWanted(const QString& place);                // named in what a model wrote

private:
    void addSentences(const QString& heading, std::vector<app::Sentence> sentences, const char* name);
    void addText(const QString& heading, const QString& text, const char* name);
    void addVerdicts(const app::Finding& finding);
};

} // namespace ui
