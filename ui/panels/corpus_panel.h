// CorpusPanel: the tree of everything that was listed, with tokens, state and marks, under a filter; a file
// opens as evidence, Space leaves out or takes in, under the rule that is then shown in the intake. Main
// thread.
#pragma once

#include "ui/desk.h"
#include "ui/models/corpus_model.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QTimer;
class QTreeView;

namespace ui {

class CorpusPanel : public QWidget {
    Q_OBJECT
public:
    explicit CorpusPanel(Desk& desk, QWidget* parent = nullptr);
    void findFile(); // focus in the filter, its words selected

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void filter();
    void open(const QModelIndex& index);
    void toggle(const QModelIndex& index);
    void expandSome();
    void say();

    Desk& m_desk;
    CorpusModel m_model;
    QLineEdit* m_words;
    QComboBox* m_state;
    QTreeView* m_tree;
    QLabel* m_count;
    QTimer* m_typing;
};

} // namespace ui
