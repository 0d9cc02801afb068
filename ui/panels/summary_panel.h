// SummaryPanel: what a report says about itself and its subject: coverage, origin counts, engine, price; the summary's
// sentences; what was not read; notes. Incomplete coverage gets an amber head, never the words "no findings". Main thread.
#pragma once

#include "ui/desk.h"

#include <QWidget>

class QLabel;

namespace ui {

class SentenceList;

class SummaryPanel : public QWidget {
    Q_OBJECT
public:
    explicit SummaryPanel(Desk& desk, QWidget* parent = nullptr);

private:
    void show(const ReportPtr& report);
    Desk& m_desk;
    QLabel* m_head;
    SentenceList* m_text;
};

} // namespace ui
