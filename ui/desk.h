// Desk: what lies on the table: the Workspace, the values in view and the jobs that change them. Every panel is given
// the Desk and connects to its signals; panels never know each other. Owns the Workspace and the JobRunner. Main
// thread; the values it hands out are immutable and complete.
#pragma once

#include "app/backend/key_source.h"
#include "app/intake.h"
#include "app/job.h"
#include "app/plan.h"
#include "app/run.h"
#include "app/workspace.h"
#include "ingest/span.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

namespace ui {

using CorpusPtr = std::shared_ptr<const ingest::Corpus>;
using IntakePtr = std::shared_ptr<const app::Intake>;
using ReportPtr = std::shared_ptr<const app::Report>;

class Desk : public QObject {
    Q_OBJECT
public:
    explicit Desk(app::Settings settings, QObject* parent = nullptr);
    ~Desk() override;

    app::Workspace& workspace() { return m_workspace; }
    app::JobRunner& jobs() { return *m_jobs; }
    const app::Settings& settings() const { return m_workspace.settings(); }
    void setSettings(const app::Settings& settings); // saves, re-plans, tells

    CorpusPtr corpus() const { return m_workspace.corpus(); }
    IntakePtr intake() const { return m_intake; }
    ReportPtr report() const { return m_report; }
    app::SessionStore* store() { return m_workspace.store(); }
    bool busy() const; // a run or a reading is going on

    // Reading. A new subject opens its session; includes and excludes read again under the new rule.
    void openPaths(const QStringList& paths);
    void openSession(const QString& file);
    void openSample();
    void addRule(const QString& pattern, bool include);
    void removeRule(const QString& pattern);
    void readAgain(const app::ReadRequest& request);

    // Running.
    void startRun(const app::RunRequest& request);
    void stop();                               // whatever is going on; acknowledged at once
    std::optional<app::StoredRun> unfinishedRun();
    const app::RunRequest& lastRequest() const { return m_lastRequest; }

    // Pointing: the evidence panel listens.
    void showSpan(const ingest::Span& span);
    void showEvidence(const app::Evidence& evidence);
    void showFinding(const app::Finding& finding, int step = 0); // its evidence, one step of it lit
    void showPlace(const QString& at); // "src/a.cpp:12", "paper.pdf#p3"

    // A sentence of `from` becomes a finding of the session (report/promote.h), which is then shown.
    void promote(const ReportPtr& from, const app::Sentence& sentence);

    // Asks in a job; `said` gets a sentence on the main thread while `receiver` lives.
    void testEndpoint(const app::Endpoint& endpoint, QObject* receiver, std::function<void(const QString&)> said);
    // To the system's key ring; `problem` is empty where it was stored.
    void storeKey(const app::Endpoint& endpoint, std::shared_ptr<app::Secret> key, QObject* receiver, std::function<void(const QString& problem)> said);

    void setReport(ReportPtr report);  // a stored one, or one whose findings were triaged
    void say(const QString& sentence); // a notice in the window's message bar

    // Seams: what asks a person. Tests replace them; unset ones open dialogs (main_window).
    std::function<void(const app::ConsentQuestion&, std::function<void(bool)>)> askConsent;
    std::function<QStringList(const QString& what)> askPath; // "folder", "documents", "session", "export"

signals:
    void intakeChanged(ui::IntakePtr intake);
    void corpusChanged(ui::CorpusPtr corpus);
    void reportChanged(ui::ReportPtr report);
    void sessionChanged();                    // another store, or its runs changed
    void settingsChanged();
    void spanShown(const ingest::Span& span);
    void evidenceShown(const app::Evidence& evidence);
    void findingShown(const app::Finding& finding, int step);
    void noticed(const QString& sentence);
    void failed(const QString& what, const QString& sentence);

    void readingProgress(const QString& stage, qint64 done, qint64 total, const QString& current);
    void runStarted(const app::RunRequest& request);
    void runStage(const QString& stage, qint64 done, qint64 total);
    void runEvent(const QString& type, const QString& json); // as in `--events`
    void promoted(const QString& finding); // its id in the report that is shown now
    void findingFound(const app::Finding& finding);
    void sentenceArrived(const app::Sentence& sentence);
    void runEnded(const QString& status, const QString& sentence); // complete, stopped, budget, failed
    void busyChanged(bool busy);

private:
    void read(app::ReadRequest request, const std::filesystem::path& session);
    void whenIdle(std::function<void()> next);
    bool ask(const app::ConsentQuestion& question, const app::JobContext& job);

    app::Workspace m_workspace;
    IntakePtr m_intake;
    ReportPtr m_report;
    app::RunRequest m_lastRequest;
    std::function<void()> m_next;
    std::shared_ptr<std::atomic<int>> m_settingsNumber = std::make_shared<std::atomic<int>>(0); // of the ones last saved
    std::unique_ptr<app::JobRunner> m_jobs; // last: goes first, waits for every job
};

} // namespace ui

Q_DECLARE_METATYPE(ui::IntakePtr)
Q_DECLARE_METATYPE(ui::CorpusPtr)
Q_DECLARE_METATYPE(ui::ReportPtr)
