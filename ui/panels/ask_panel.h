// AskPanel: a question, its scope, and the answer in sentences with their marks as they arrive, with the searches that
// were made. Enter or Ctrl+Enter sends. Main thread.
#pragma once

#include "ui/desk.h"

#include <QWidget>

class QCheckBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace ui {

class SentenceView;

class AskPanel : public QWidget {
    Q_OBJECT
public:
    explicit AskPanel(Desk& desk, QWidget* parent = nullptr);
    void send();

private:
    void update();
    void show(const ReportPtr& report);

    Desk& m_desk;
    QLineEdit *m_question, *m_scope;
    QCheckBox* m_extractive;
    QPushButton* m_send;
    SentenceView* m_answer;
    QListWidget* m_searches;
    QLabel* m_state;
    bool m_asking = false;
};

} // namespace ui
