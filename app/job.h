// Job: work off the main thread for the window. A job is a plain function with a number and a stop token; what it
// reports is merged to some thirty a second and arrives queued on the receiver's thread, and only while the receiver
// lives and the job is the newest of its kind. Started from the main thread; the function runs on a pool thread.
#pragma once

#include <QObject>
#include <QPointer>
#include <QString>

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>

namespace app {

struct JobProgress {
    std::int64_t done = 0, total = 0; // total 0 = unknown
    QString text;
    double secondsLeft = -1;          // -1 = unknown
};

class JobState;

// What the running function sees.
class JobContext {
public:
    std::uint64_t number() const;
    std::stop_token stop() const;
    void progress(std::int64_t done, std::int64_t total, const QString& text = {}) const; // merged
    void post(std::function<void()> call) const; // runs on the receiver's thread, in order, none lost

private:
    friend class JobRunner;
    explicit JobContext(std::shared_ptr<JobState> state) : m_state(std::move(state)) {}
    std::shared_ptr<JobState> m_state;
};

class JobRunner : public QObject {
    Q_OBJECT
public:
    explicit JobRunner(QObject* parent = nullptr);
    ~JobRunner() override; // asks everything to stop and waits

    // Replaces (stops, mutes) an older job of the same kind. `done` gets the result unless the job was stopped or
    // replaced; `failed` gets the sentence of an exception. Both run on the receiver's thread.
    template <typename Result>
    std::uint64_t start(const QString& kind, QObject* receiver, std::function<Result(const JobContext&)> work,
                        std::function<void(Result)> done, std::function<void(const QString&)> failed) {
        return startErased(
            kind, receiver,
            [work = std::move(work), done = std::move(done)](const JobContext& context) -> std::function<void()> {
                auto result = std::make_shared<Result>(work(context));
                return [result, done] { done(std::move(*result)); };
            },
            std::move(failed));
    }

    void stop(const QString& kind);
    void stopAll();
    bool running(const QString& kind) const;
    int count() const;

signals:
    void started(quint64 number, const QString& kind);
    void progressed(quint64 number, const QString& kind, const app::JobProgress& progress);
    void stopping(quint64 number, const QString& kind);
    void ended(quint64 number, const QString& kind); // once for every started job

private:
    using Deliver = std::function<void()>;
    std::uint64_t startErased(const QString& kind, QObject* receiver,
                              std::function<Deliver(const JobContext&)> work,
                              std::function<void(const QString&)> failed);
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace app

Q_DECLARE_METATYPE(app::JobProgress)
