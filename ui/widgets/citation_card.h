// A citation as a card: role, place, the quote as it stands in the document with the lines around it, and both marks
// (located, supports). Pressing it, Enter or Space opens the evidence. Main thread; holds a copy.
#pragma once

#include "app/report/report.h"

#include <QAbstractButton>

namespace ui {

class CitationCard : public QAbstractButton {
    Q_OBJECT
public:
    explicit CitationCard(QWidget* parent = nullptr);

    void setEvidence(const app::Evidence& evidence, int number = 0, app::Supports supports = app::Supports::NotNeeded);
    const app::Evidence& evidence() const { return m_evidence; }
    void setCurrent(bool current);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

signals:
    void activated(const app::Evidence& evidence);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString heading() const;
    QString excerpt() const;
    QFont excerptFont() const;
    app::Evidence m_evidence;
    app::Supports m_supports = app::Supports::NotNeeded;
    int m_number = 0;
    bool m_current = false;
};

} // namespace ui
