// RunPanel: what the run is doing: the timeline with a lane a stage and branch, the prefill in numbers (done, cached, to
// do, tokens a second, time left), and the log of events, which is the timeline's twin as a table (T). At the budget it
// says what is spent and what the rest would cost, and takes a larger one to go on with. Main thread.
#pragma once

#include "ui/desk.h"
#include "ui/widgets/step_timeline.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;

namespace ui {

class RunPanel : public QWidget {
    Q_OBJECT
public:
    explicit RunPanel(Desk& desk, QWidget* parent = nullptr);

signals:
    void resumeWanted();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void started(const app::RunRequest& request);
    void stage(const QString& name, qint64 done, qint64 total);
    void event(const QString& type, const QString& json);
    void ended(const QString& status, const QString& sentence);
    void offerMore();  // at the budget
    void goOn();       // resumes, under the larger budget if one is written
    void log(const QString& what, const QString& about);
    double now() const { return double(m_clock.elapsed()) / 1000; }
    using QWidget::event;

    Desk& m_desk;
    QLabel *m_head, *m_prefill, *m_detail;
    QLineEdit* m_raise;
    StepTimeline* m_timeline;
    QTreeWidget* m_log;
    QPushButton *m_stop, *m_resume;
    QElapsedTimer m_clock;
    QTimer m_tick;
    QString m_stage;
};

} // namespace ui
