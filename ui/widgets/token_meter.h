// TokenMeter: how full the window of a model is: instructions, text, what does not fit, and the line of the budget.
// Knows no Desk. Main thread.
#pragma once

#include <QWidget>

#include <cstdint>

namespace ui {

class TokenMeter : public QWidget {
    Q_OBJECT
public:
    explicit TokenMeter(QWidget* parent = nullptr);
    // Tokens of instructions, of the text that is in, of what was wanted in all; usable budget; the whole window.
    void setFill(std::int64_t fixed, std::int64_t in, std::int64_t wanted, std::int64_t budget, std::int64_t window, bool exact);
    QString words() const { return m_words; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::int64_t m_fixed = 0, m_in = 0, m_wanted = 0, m_budget = 0, m_window = 0;
    QString m_words;
};

} // namespace ui
