// A watch over the main thread: how long it kept a waiting event waiting, and which event it was busy with.
// Time in which the thread could run and other programs had the processor is taken off (Linux schedstat), so
// that a machine shared with others measures the same. Lives on the thread it watches. Source: product.md 5
// (main thread never blocked > 50 ms).
#pragma once

#include <QCoreApplication>
#include <QEvent>
#include <QStringList>
#include <QTimer>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

namespace testing {

class StallWatch : public QObject {
public:
    static constexpr double budget = 50; // milliseconds

    // product.md: a budget fails the build at twice its number; LECTERN_SLOW is the factor for a slower
    // machine.
    static double limit() {
        const double factor = qEnvironmentVariable("LECTERN_SLOW").toDouble();
        return budget * (factor > 0 ? factor : 2);
    }

    StallWatch() : m_schedule(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)) {
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.setInterval(5);
        connect(&m_timer, &QTimer::timeout, this, [this] { turn(); });
        m_timer.start();
        QCoreApplication::instance()->installEventFilter(this);
        skip();
    }
    ~StallWatch() override {
        if (m_schedule >= 0) ::close(m_schedule);
    }

    // What the test itself did since the last turn does not count.
    void skip() { m_turn = m_heard = now(), m_slowest = 0, m_what.clear(), m_now.clear(); }
    double longest() const { return m_longest; }
    int turns() const { return m_turns; }
    QStringList stalls() const {
        return m_stalls;
    } // those over the budget: "83 ms in ui::Treemap treemap, event 12"
    bool kept() const { return m_longest <= limit(); }

    bool eventFilter(QObject* object, QEvent* event) override {
        heard();
        m_now = QStringLiteral("%1 %2, event %3")
                    .arg(QString::fromLatin1(object->metaObject()->className()), object->objectName())
                    .arg(int(event->type()));
        return false;
    }

private:
    struct Moment {
        double wall = 0, waited = 0; // milliseconds
    };
    Moment now() const {
        Moment moment;
        moment.wall =
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
                .count();
        char text[96] = {};
        if (m_schedule >= 0 && ::pread(m_schedule, text, sizeof text - 1, 0) > 0) {
            char* rest = nullptr;
            (void)std::strtoull(text, &rest, 10);
            moment.waited = double(std::strtoull(rest, nullptr, 10)) / 1e6;
        }
        return moment;
    }
    static double between(const Moment& from, const Moment& to) {
        return to.wall - from.wall - (to.waited - from.waited);
    }

    void heard() {
        const Moment at = now();
        if (const double took = between(m_heard, at); took > m_slowest) m_slowest = took, m_what = m_now;
        m_heard = at;
    }
    void turn() {
        heard();
        const double took = between(m_turn, m_heard) - m_timer.interval();
        m_longest = std::max(m_longest, took);
        ++m_turns;
        if (took > budget)
            m_stalls << QStringLiteral("%1 ms, %2 of them in %3")
                            .arg(took, 0, 'f', 0)
                            .arg(m_slowest, 0, 'f', 0)
                            .arg(m_what);
        m_turn = m_heard;
        m_slowest = 0;
    }

    int m_schedule;
    QTimer m_timer;
    Moment m_turn, m_heard;
    double m_longest = 0, m_slowest = 0;
    int m_turns = 0;
    QString m_what, m_now;
    QStringList m_stalls;
};

} // namespace testing
