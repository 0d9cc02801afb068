#include "app/job.h"

#include <QCoreApplication>
#include <QHash>
#include <QPointer>
#include <QThreadPool>
#include <QTimer>

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace app {

// Shared by the running function, which outlives nobody's patience, and the runner on the main thread.
class JobState {
public:
    std::uint64_t number = 0;
    QString kind;
    std::stop_source stop;
    QPointer<QObject> receiver;     // looked at on its own thread only
    JobRunner* runner = nullptr;    // cleared under the mutex when the runner goes
    bool muted = false;             // replaced or stopped: delivers nothing any more
    std::mutex mutex;
    JobProgress latest;
    bool scheduled = false;
    std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
};

namespace {
constexpr int mergeMilliseconds = 33;
}

struct JobRunner::Private {
    QThreadPool pool;
    QHash<QString, std::shared_ptr<JobState>> newest;
    std::vector<std::shared_ptr<JobState>> alive;
    std::uint64_t lastNumber = 0;
};

std::uint64_t JobContext::number() const {
    return m_state->number;
}

std::stop_token JobContext::stop() const {
    return m_state->stop.get_token();
}

void JobContext::progress(std::int64_t done, std::int64_t total, const QString& text) const {
    const std::lock_guard lock(m_state->mutex);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_state->begin).count();
    m_state->latest = {done, total, text, done > 0 && total >= done && seconds > 0.5 ? seconds / double(done) * double(total - done) : -1};
    if (m_state->scheduled || !m_state->runner)
        return;
    m_state->scheduled = true;
    const auto state = m_state;
    JobRunner* const runner = m_state->runner;
    QMetaObject::invokeMethod(
        runner,
        [state, runner] {
            QTimer::singleShot(mergeMilliseconds, runner, [state, runner] {
                JobProgress latest;
                {
                    const std::lock_guard lock(state->mutex);
                    state->scheduled = false;
                    latest = state->latest;
                }
                if (!state->muted)
                    emit runner->progressed(state->number, state->kind, latest);
            });
        },
        Qt::QueuedConnection);
}

void JobContext::post(std::function<void()> call) const {
    const std::lock_guard lock(m_state->mutex);
    if (!m_state->runner)
        return;
    const auto state = m_state;
    // By way of the runner: the receiver may be gone, and a QPointer is only safe on its own thread.
    QMetaObject::invokeMethod(
        m_state->runner,
        [state, call = std::move(call)] {
            if (!state->muted && state->receiver)
                call();
        },
        Qt::QueuedConnection);
}

JobRunner::JobRunner(QObject* parent) : QObject(parent), m_private(std::make_unique<Private>()) {
    qRegisterMetaType<app::JobProgress>();
    m_private->pool.setMaxThreadCount(8); // most jobs wait for a disk or a server
}

JobRunner::~JobRunner() {
    for (const auto& state : m_private->alive) {
        state->stop.request_stop();
        const std::lock_guard lock(state->mutex);
        state->muted = true;
        state->runner = nullptr;
    }
    m_private->pool.waitForDone();
}

std::uint64_t JobRunner::startErased(const QString& kind, QObject* receiver, std::function<Deliver(const JobContext&)> work,
                                     std::function<void(const QString&)> failed) {
    if (const auto older = m_private->newest.value(kind)) {
        older->muted = true;
        older->stop.request_stop();
    }
    auto state = std::make_shared<JobState>();
    state->number = ++m_private->lastNumber;
    state->kind = kind;
    state->receiver = receiver;
    state->runner = this;
    m_private->newest.insert(kind, state);
    m_private->alive.push_back(state);
    emit started(state->number, kind);

    const auto finish = [this](const std::shared_ptr<JobState>& done) {
        std::erase(m_private->alive, done);
        if (m_private->newest.value(done->kind) == done)
            m_private->newest.remove(done->kind);
        emit ended(done->number, done->kind);
    };
    m_private->pool.start([state, work = std::move(work), failed = std::move(failed), finish] {
        std::function<void()> deliver;
        QString problem;
        bool broke = false;
        try {
            deliver = work(JobContext(state));
        } catch (const std::exception& error) {
            broke = true;
            problem = QString::fromUtf8(error.what());
        } catch (...) {
            broke = true;
            problem = QStringLiteral("The work ended for an unknown reason.");
        }
        const std::lock_guard lock(state->mutex);
        if (!state->runner)
            return;
        QMetaObject::invokeMethod(
            state->runner,
            [state, deliver = std::move(deliver), failed, problem, broke, finish] {
                const bool wanted = !state->muted && state->receiver;
                finish(state);
                if (wanted && broke && failed)
                    failed(problem);
                else if (wanted && !broke && deliver && !state->stop.stop_requested())
                    deliver();
            },
            Qt::QueuedConnection);
    });
    return state->number;
}

void JobRunner::stop(const QString& kind) {
    if (const auto state = m_private->newest.value(kind); state && !state->stop.stop_requested()) {
        state->stop.request_stop();
        emit stopping(state->number, kind);
    }
}

void JobRunner::stopAll() {
    const auto kinds = m_private->newest.keys();
    for (const QString& kind : kinds)
        stop(kind);
}

bool JobRunner::running(const QString& kind) const {
    return m_private->newest.contains(kind);
}

int JobRunner::count() const {
    return int(m_private->alive.size());
}

} // namespace app
