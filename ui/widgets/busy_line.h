// BusyLine: what is going on, how far it is, how long it may take, and a button that stops it. Shows that a stop was
// heard at once, long before the work has ended. Knows no Desk. Main thread.
#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace ui {

class BusyLine : public QWidget {
    Q_OBJECT
public:
    explicit BusyLine(QWidget* parent = nullptr);
    void begin(const QString& what);
    void progress(const QString& what, qint64 done, qint64 total, const QString& detail = {}); // total 0 = unknown
    void end(const QString& what);
    bool stopping() const { return m_stopping; }

signals:
    void stopWanted();

private:
    QLabel* m_what;
    QProgressBar* m_bar;
    QPushButton* m_stop;
    bool m_stopping = false;
};

} // namespace ui
