// The evidence in view: source or page, the passage lit, the steps of the finding it belongs to with both marks, back
// and forward. A quote that is not located gets a sentence, never a rectangle (app::placeOf decides). Listens to the
// Desk; holds copies of the evidence it can go back to. Main thread. Source: product.md 5 (Evidence).
#pragma once

#include "app/report/place.h"
#include "ui/desk.h"

#include <QWidget>

#include <vector>

class QAction;
class QLabel;
class QLineEdit;
class QScrollArea;
class QStackedWidget;
class QToolButton;

namespace ui {

class CitationCard;
class PdfViewer;
class SourceViewer;

class EvidencePanel : public QWidget {
    Q_OBJECT
public:
    explicit EvidencePanel(Desk& desk, QWidget* parent = nullptr);

    void showSpan(const ingest::Span& span);
    void showEvidence(const app::Evidence& evidence);
    void showFinding(const app::Finding& finding, int step);
    void step(int by);
    void goBack();
    void goForward();
    void find();

    SourceViewer& source() { return *m_source; }
    PdfViewer& pdf() { return *m_pdf; }
    QString message() const; // shown instead of a document; empty otherwise

private:
    struct Visit {
        std::vector<app::Evidence> steps;
        std::vector<app::Supports> supports;
        QString title;
        int step = 0;
    };
    void visit(Visit visit);
    void present();
    void presentDocument(const ingest::Span& span);
    void presentMessage(const QString& sentence, const app::Evidence* evidence);
    void fillStrip();
    void buildBar();
    QToolButton* button(const char* name, const QString& shape, const QString& words, QAction* action);
    QAction* action(const char* name, const QString& words, const QList<QKeySequence>& keys, void (EvidencePanel::*slot)());
    void nextStep() { step(1); }
    void previousStep() { step(-1); }
    void findNext(bool forward);

    Desk& m_desk;
    std::vector<Visit> m_visits;
    int m_at = -1;
    QLabel *m_title, *m_counter, *m_state, *m_caveat, *m_message, *m_quote;
    QStackedWidget* m_stack;
    SourceViewer* m_source;
    PdfViewer* m_pdf;
    QScrollArea* m_strip;
    QWidget* m_findBar;
    QLineEdit* m_findText;
    QLabel* m_findResult;
    std::vector<CitationCard*> m_cards;
    QAction *m_back, *m_forward, *m_next, *m_previous, *m_find;
};

} // namespace ui
