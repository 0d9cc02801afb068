#include "ui/desk.h"

#include "app/report/promote.h"
#include "app/resources.h"
#include "app/store/database.h"

#include <QTimer>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>

namespace ui {

namespace {

const QString readKind = QStringLiteral("read"), runKind = QStringLiteral("run");

struct ReadResult {
    IntakePtr intake;
    std::unique_ptr<app::SessionStore> store; // null: the one that is open stays
    ReportPtr report;
    QString notice;
};

QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

// Lets the first and the last through, and thirty a second between them.
class Sieve {
public:
    bool passes(const std::string& key, bool last) {
        const auto now = std::chrono::steady_clock::now();
        if (key == m_key && !last && now - m_at < std::chrono::milliseconds(33))
            return false;
        m_key = key;
        m_at = now;
        return true;
    }

private:
    std::string m_key;
    std::chrono::steady_clock::time_point m_at;
};

ReadResult readHere(const app::ReadRequest& wanted, const std::filesystem::path& session, bool reuse, const app::Settings& settings,
                    const app::JobContext& job) {
    ReadResult result;
    app::ReadRequest request = wanted;
    if (!reuse) {
        try {
            result.store = std::make_unique<app::SessionStore>(session);
        } catch (const std::exception& problem) {
            if (wanted.paths.empty())
                throw; // the session itself was asked for
            result.notice = QString::fromUtf8(problem.what());
        }
    }
    if (request.paths.empty()) {
        const auto stored = result.store->latestCorpus();
        if (!stored)
            throw std::runtime_error("The session " + session.string() + " has read nothing yet: open a folder or documents.");
        request = app::ReadRequest::fromJson(stored->request);
    }
    // The latest report is read beside the files: with many files both take their time.
    std::future<ReportPtr> report;
    if (result.store)
        report = std::async(std::launch::async, [&store = *result.store] { return app::latestReport(store); });
    result.intake = std::make_shared<const app::Intake>(app::readIntake(
        request, settings,
        [&](const app::IntakeProgress& p) {
            job.progress(p.done, p.total, QString::fromLatin1(p.stage) + QLatin1Char('\n') + text(p.current));
        },
        job.stop()));
    if (report.valid())
        result.report = report.get();
    return result;
}

} // namespace

Desk::Desk(app::Settings settings, QObject* parent)
    : QObject(parent), m_workspace(std::move(settings)), m_jobs(std::make_unique<app::JobRunner>()) {
    qRegisterMetaType<ui::IntakePtr>();
    qRegisterMetaType<ui::CorpusPtr>();
    qRegisterMetaType<ui::ReportPtr>();
    connect(m_jobs.get(), &app::JobRunner::progressed, this, [this](quint64, const QString& kind, const app::JobProgress& p) {
        if (kind == readKind)
            emit readingProgress(p.text.section('\n', 0, 0), p.done, p.total, p.text.section('\n', 1));
    });
    connect(m_jobs.get(), &app::JobRunner::started, this, [this] { emit busyChanged(busy()); });
    connect(m_jobs.get(), &app::JobRunner::ended, this, [this] {
        if (busy())
            return;
        QTimer::singleShot(0, this, [this] {
            emit busyChanged(busy());
            if (!busy() && m_next)
                std::exchange(m_next, nullptr)();
        });
    });
}

Desk::~Desk() {
    m_jobs.reset(); // stops and waits while everything a job borrows is still here
}

bool Desk::busy() const {
    return m_jobs && (m_jobs->running(readKind) || m_jobs->running(runKind));
}

void Desk::setSettings(const app::Settings& settings) {
    const app::Settings before = m_workspace.settings();
    m_workspace.setSettings(settings);
    // A disk may take its time. The newest ones win, also when they overtake older ones; closing waits for them.
    ++*m_settingsNumber;
    m_jobs->start<bool>(
        QStringLiteral("settings"), this,
        [settings, number = m_settingsNumber->load(), newest = m_settingsNumber](const app::JobContext&) {
            static std::mutex one;
            const std::lock_guard lock(one);
            if (number == *newest)
                app::saveSettings(settings);
            return true;
        },
        [](bool) {}, [this](const QString& problem) { emit failed(tr("Saving the settings"), problem); });
    emit settingsChanged();
    const bool otherPlan = before.engine != settings.engine || before.reservePercent != settings.reservePercent;
    if (otherPlan && m_intake && !busy())
        readAgain(m_intake->request);
}

// --- reading ------------------------------------------------------------------------------------------------------

void Desk::whenIdle(std::function<void()> next) {
    if (!busy()) {
        next();
        return;
    }
    m_next = std::move(next);
    stop();
}

void Desk::openPaths(const QStringList& paths) {
    std::vector<std::string> list;
    for (const QString& path : paths)
        list.push_back(path.toStdString());
    if (list.empty())
        return;
    const app::ReadRequest request = app::makeReadRequest(list, settings());
    read(request, app::defaultSessionFile(request));
}

void Desk::openSession(const QString& file) {
    read({}, file.toStdString());
}

void Desk::openSample() {
    try {
        openPaths({text(app::resourceFile("sample").string())});
    } catch (const std::exception& problem) {
        emit failed(tr("Opening the sample"), QString::fromUtf8(problem.what()));
    }
}

void Desk::readAgain(const app::ReadRequest& request) {
    read(request, store() ? store()->file() : app::defaultSessionFile(request));
}

void Desk::addRule(const QString& pattern, bool include) {
    if (m_intake)
        readAgain(app::withRule(m_intake->request, pattern.toStdString(), include));
}

void Desk::removeRule(const QString& pattern) {
    if (!m_intake)
        return;
    app::ReadRequest request = m_intake->request;
    std::erase_if(request.filter.globs, [&](const auto& glob) { return glob.pattern == pattern.toStdString(); });
    readAgain(request);
}

void Desk::read(app::ReadRequest request, const std::filesystem::path& session) {
    whenIdle([this, request = std::move(request), session] {
        const bool reuse = store() && store()->file() == session && !request.paths.empty();
        if (!reuse)
            m_workspace.closeSession(); // its lock goes first: it may be the same file under another name
        const bool again = reuse && m_intake;
        m_jobs->start<std::shared_ptr<ReadResult>>(
            readKind, this,
            [request, session, reuse, settings = settings()](const app::JobContext& job) {
                return std::make_shared<ReadResult>(readHere(request, session, reuse, settings, job));
            },
            [this, reuse, again](const std::shared_ptr<ReadResult>& result) {
                if (!reuse)
                    m_workspace.setStore(std::move(result->store));
                m_intake = result->intake;
                m_workspace.setCorpus(m_intake->request, m_intake->corpus);
                m_workspace.setContext(m_intake->context);
                emit corpusChanged(m_intake->corpus);
                emit intakeChanged(m_intake);
                if (!again)
                    setReport(result->report);
                emit sessionChanged();
                if (!result->notice.isEmpty())
                    say(tr("Nothing will be kept: %1").arg(result->notice));
            },
            [this](const QString& problem) {
                emit sessionChanged();
                emit failed(tr("Reading"), problem);
            });
    });
}

// --- running ------------------------------------------------------------------------------------------------------

bool Desk::ask(const app::ConsentQuestion& question, const app::JobContext& job) {
    struct Answer {
        std::mutex mutex;
        std::condition_variable_any arrived;
        std::optional<bool> yes;
    };
    const auto answer = std::make_shared<Answer>();
    job.post([this, question, answer] {
        const auto tell = [answer](bool yes) {
            const std::lock_guard lock(answer->mutex);
            answer->yes = yes;
            answer->arrived.notify_all();
        };
        if (askConsent)
            askConsent(question, tell);
        else
            tell(false);
    });
    std::unique_lock lock(answer->mutex);
    answer->arrived.wait(lock, job.stop(), [&] { return answer->yes.has_value(); });
    return answer->yes.value_or(false);
}

void Desk::startRun(const app::RunRequest& request) {
    if (!m_intake) {
        emit failed(tr("Starting"), tr("Nothing was read yet: open a folder, a repository or documents first."));
        return;
    }
    if (busy())
        return;
    m_lastRequest = request;
    emit runStarted(request);
    m_jobs->start<bool>(
        runKind, this,
        [this, request, intake = m_intake, settings = settings(), kept = store()](const app::JobContext& job) {
            app::RunHooks hooks;
            const auto sieve = std::make_shared<Sieve>();
            hooks.onStage = [this, &job, sieve](const std::string& stage, std::int64_t done, std::int64_t total) {
                if (sieve->passes(stage, done >= total))
                    job.post([this, stage, done, total] { emit runStage(text(stage), done, total); });
            };
            hooks.onFinding = [this, &job](const app::Finding& finding) { job.post([this, finding] { emit findingFound(finding); }); };
            hooks.onSentence = [this, &job](const app::Sentence& sentence) { job.post([this, sentence] { emit sentenceArrived(sentence); }); };
            hooks.onEvent = [this, &job](const std::string& type, const nlohmann::ordered_json& fields) {
                const QString json = text(fields.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
                job.post([this, type = text(type), json] { emit runEvent(type, json); });
            };
            hooks.consent = [this, &job](const app::ConsentQuestion& question) { return ask(question, job); };
            hooks.verbose = true; // answers are shown as they come
            const app::RunOutcome outcome = app::runJob(*intake, settings, request, kept, hooks, job.stop());
            // Posted, not returned: a stopped run shows what it had found.
            job.post([this, outcome] {
                setReport(outcome.report);
                emit sessionChanged();
                const QString status = !outcome.engineFailure.empty() ? QStringLiteral("failed")
                                       : outcome.budgetReached        ? QStringLiteral("budget")
                                       : outcome.stopped              ? QStringLiteral("stopped")
                                                                      : QStringLiteral("complete");
                emit runEnded(status, text(outcome.engineFailure));
            });
            return true;
        },
        [](bool) {},
        [this](const QString& problem) {
            emit sessionChanged();
            emit runEnded(QStringLiteral("failed"), problem);
            emit failed(tr("The run"), problem);
        });
}

void Desk::stop() {
    m_jobs->stop(readKind);
    m_jobs->stop(runKind);
}

std::optional<app::StoredRun> Desk::unfinishedRun() {
    return store() && !busy() ? store()->unfinishedRun() : std::nullopt;
}

// --- pointing -----------------------------------------------------------------------------------------------------

void Desk::showSpan(const ingest::Span& span) {
    if (corpus() && span.document < corpus()->documents().size())
        emit spanShown(span);
}

void Desk::showEvidence(const app::Evidence& evidence) {
    emit evidenceShown(evidence);
}

void Desk::showFinding(const app::Finding& finding, int step) {
    emit findingShown(finding, step);
}

void Desk::showPlace(const QString& at) {
    if (!corpus())
        return;
    if (const auto span = ingest::parseSpan(*corpus(), at.toStdString()))
        emit spanShown(*span);
    else
        say(tr("%1 names no place in what was read.").arg(at));
}

void Desk::setReport(ReportPtr report) {
    m_report = std::move(report);
    emit reportChanged(m_report);
}

void Desk::promote(const ReportPtr& from, const app::Sentence& sentence) {
    if (!store() || !corpus() || !from) {
        say(tr("This session cannot be written: nothing can be promoted."));
        return;
    }
    if (busy()) {
        say(tr("Wait until the run has ended: a finding is added to a finished report."));
        return;
    }
    m_jobs->start<app::Promotion>(
        "promote", this,
        [kept = store(), text = corpus(), from, sentence](const app::JobContext&) { return app::promoteSentence(*kept, *text, *from, sentence); },
        [this](const app::Promotion& promotion) {
            setReport(promotion.report);
            say(tr("It is finding %1 now.").arg(text(promotion.id)));
            emit promoted(text(promotion.id));
        },
        [this](const QString& problem) { say(problem); });
}

void Desk::say(const QString& sentence) {
    emit noticed(sentence);
}

} // namespace ui
