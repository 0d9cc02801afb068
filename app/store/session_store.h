// SessionStore: what the user asked and got, as rows of NAME.lectern (SQLite). A call that returned is on disk and
// survives kill -9. One SessionStore per file may write; a second one, in this or another process, is refused at once
// with the holder's name. Used on one thread at a time; the agent calls it through its run thread. No key ever enters.
#pragma once

#include "app/backend/backend.h"
#include "app/report/report.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace app {

class Database;

struct StoredCorpus {
    std::int64_t id = 0;
    std::string sha256, request; // ReadRequest as JSON: enough to read it again
    std::string name, saved;
    std::int64_t files = 0, bytes = 0;
};

struct StoredRun {
    std::string id, goal, started, finished; // finished empty: unfinished
    std::string status, resumedFrom, options; // options: JSON of what was asked
    std::string engine, model, promptsSha256, question;
    std::int64_t corpus = 0;
    int exit = 0;
    std::vector<std::string> conditions;
};

struct StoredFinding {
    std::string run, id, fingerprint, rule, state, stateReason, severity, path, record; // record: Finding as JSON
};

struct StoredDismissal {
    std::int64_t id = 0;
    std::string fingerprint, rule, glob, scope, reason, by, when; // scope: this, rule-here, everywhere
};

struct StoredStep {
    std::int64_t sequence = 0;
    std::string run, stage, key, when, record; // JSON
};

class SessionStore {
public:
    enum class Access : std::uint8_t { Write, Read };
    // Creates the file when missing (Write). Migrates an older one, each step in a transaction; refuses a newer or
    // foreign one untouched.
    explicit SessionStore(const std::filesystem::path& file, Access access = Access::Write);
    ~SessionStore();
    const std::filesystem::path& file() const;
    int schemaVersion() const;
    std::string name() const;
    void rename(const std::string& name);

    std::int64_t saveCorpus(const std::string& sha256, const std::string& name, const std::string& request,
                            const std::vector<ManifestRow>& manifest);
    std::optional<StoredCorpus> latestCorpus() const;
    std::vector<StoredCorpus> corpora() const;
    std::vector<ManifestRow> manifest(std::int64_t corpus) const;

    // A new run; `resumes` continues another one: its stored replies count as this one's.
    std::string beginRun(const StoredRun& run, const std::string& resumes = {});
    void finishRun(const std::string& run, const std::string& status, int exit, const std::vector<std::string>& conditions);
    std::optional<StoredRun> run(const std::string& id) const; // id or a unique beginning of one
    std::optional<StoredRun> latestRun() const;
    std::optional<StoredRun> unfinishedRun(const std::string& goal = {}) const; // the newest; "" = any goal
    std::vector<StoredRun> runs() const; // oldest first

    std::int64_t savePlan(const std::string& run, const std::string& goal, const std::string& json);
    std::optional<std::string> plan(const std::string& run) const;

    // A finished, paid reply is stored before the next call starts; looked up through the chain of resumed runs.
    void storeReply(const std::string& run, const std::string& branch, const Reply& reply);
    std::optional<Reply> findReply(const std::string& run, const std::string& branch) const;
    void appendMessage(const std::string& run, const std::string& branch, const Message& message);
    std::vector<Message> messages(const std::string& run, const std::string& branch) const;
    std::vector<std::string> branches(const std::string& run) const;

    std::int64_t addStep(const std::string& run, const std::string& stage, const std::string& key, const std::string& json);
    std::vector<StoredStep> steps(const std::string& run) const;

    void storeFinding(const StoredFinding& finding); // insert or replace by (run, id)
    std::vector<StoredFinding> findings(const std::string& run) const;
    void setFindingState(const std::string& run, const std::string& id, const std::string& state, const std::string& reason);
    std::int64_t dismiss(const StoredDismissal& dismissal);
    void removeDismissal(std::int64_t id);
    std::vector<StoredDismissal> dismissals() const;

    void saveReport(const std::string& run, const std::string& json);
    std::optional<std::string> report(const std::string& run) const;

    Usage usage(const std::string& run) const; // sum over stored replies, resumed ones included
    // The user's consent: what was shown (host, bytes, price) and that it was accepted; or a gap accepted with a reason.
    void acknowledge(const std::string& run, const std::string& what, const std::string& about, const std::string& shown);

    std::optional<std::string> check() const; // nothing = sound, else what is damaged
    Database& database() { return *m_database; }

private:
    mutable std::recursive_mutex m_mutex;
    std::unique_ptr<Database> m_database;
};

} // namespace app
