// SearchPanel: find in the whole corpus: words, a pattern, or a name of the code; the count is exact, the
// first places are listed with their line and open as evidence. Searching runs in a job; typing stops the one
// before. Main thread.
#pragma once

#include "ui/desk.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QTimer;
class QTreeWidget;

namespace ui {

class SearchPanel : public QWidget {
    Q_OBJECT
public:
    explicit SearchPanel(Desk& desk, QWidget* parent = nullptr);
    void begin(); // focus in the field, its words selected

private:
    void search();

    Desk& m_desk;
    QLineEdit *m_words, *m_scope;
    QComboBox* m_mode;
    QCheckBox* m_case;
    QLabel* m_state;
    QTreeWidget* m_hits;
    QTimer* m_typing;
    std::vector<ingest::Span> m_spans;
};

} // namespace ui
