// AskPanel: questions and their answers as a tree of conversations: a question of its own begins one, a
// further question goes on from the answer that is shown, whichever it is, so that a second one from the same
// answer is a branch. The answer stands in sentences with their marks as they arrive, unsupported ones grey,
// with the searches that were made; a sentence can become a finding. Enter or Ctrl+Enter sends. Main thread.
#pragma once

#include "ui/desk.h"

#include <QWidget>

class QCheckBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QTreeWidget;

namespace ui {

class SentenceList;

class AskPanel : public QWidget {
    Q_OBJECT
public:
    explicit AskPanel(Desk& desk, QWidget* parent = nullptr);
    void send();   // a question of its own
    void sendOn(); // goes on from the answer that is shown
    QString shownRun() const { return m_shown ? QString::fromStdString(m_shown->run.id) : QString(); }

private:
    void update();
    void start(const std::string& follows);
    void show(const ReportPtr& report);
    void fillConversations();
    void openAnswer(const QString& run);
    void promote(int sentence);

    Desk& m_desk;
    QLineEdit *m_question, *m_scope;
    QCheckBox* m_extractive;
    QPushButton *m_send, *m_on, *m_promote;
    SentenceList* m_answer;
    QListWidget* m_searches;
    QTreeWidget* m_conversations;
    QLabel* m_state;
    ReportPtr m_shown; // whose answer is in view
    bool m_asking = false;
};

} // namespace ui
