#include "app/store/session_store.h"

#include "app/resources.h"
#include "app/store/database.h"
#include "app/store/message_json.h"
#include "app/store/migrations.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <random>

namespace app {

namespace {

std::string now() {
    const auto at = std::chrono::system_clock::now();
    const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
    const int milli = int(std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count() % 1000);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", utc.tm_year + 1900, utc.tm_mon + 1,
                  utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, milli);
    return text;
}

// Sorts by time and is short enough to be typed by its beginning.
std::string newRunId() {
    std::string id = now().substr(0, 19);
    std::erase_if(id, [](char c) { return c == '-' || c == ':'; });
    std::random_device random;
    char tail[24];
    std::snprintf(tail, sizeof tail, "-%08x", unsigned(random()));
    return id + tail;
}

Database::Kind sessionKind() {
    const std::vector<Migration> migrations = sessionMigrations();
    return {sessionApplicationId, migrations.back().version, "session",
            [migrations](Database& database, int from) { applyMigrations(database, migrations, from); }};
}

std::string conditionsJson(const std::vector<std::string>& conditions) {
    return nlohmann::json(conditions).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

StoredRun readRun(const Statement& row) {
    StoredRun run;
    run.id = row.text(0);
    run.goal = row.text(1);
    run.question = row.text(2);
    run.options = row.text(3);
    run.engine = row.text(4);
    run.model = row.text(5);
    run.promptsSha256 = row.text(6);
    run.corpus = row.integer(7);
    run.resumedFrom = row.text(8);
    run.started = row.text(9);
    run.finished = row.text(10);
    run.status = row.text(11);
    run.exit = int(row.integer(12));
    const auto list = nlohmann::json::parse(row.text(13), nullptr, false);
    if (list.is_array())
        for (const auto& item : list)
            if (item.is_string())
                run.conditions.push_back(item.get<std::string>());
    return run;
}

constexpr const char* runColumns = "SELECT id, goal, question, options, engine, model, prompts_sha256, corpus, "
                                   "resumed_from, started, finished, status, exit, conditions FROM run ";

// The run and every run it continues, newest first.
constexpr const char* chainOf = "WITH RECURSIVE chain(id, depth) AS (SELECT ?1, 0 UNION SELECT run.resumed_from, depth + 1 "
                                "FROM run JOIN chain ON run.id = chain.id WHERE run.resumed_from IS NOT NULL AND depth < 1000) ";

} // namespace

SessionStore::SessionStore(const std::filesystem::path& file, Access access)
    : m_database(std::make_unique<Database>(
          file, access == Access::Write ? Database::Mode::ReadWrite : Database::Mode::ReadOnly, sessionKind())) {}

SessionStore::~SessionStore() = default;

const std::filesystem::path& SessionStore::file() const {
    return m_database->file();
}

int SessionStore::schemaVersion() const {
    return m_database->version();
}

std::string SessionStore::name() const {
    const std::lock_guard lock(m_mutex);
    Statement row = m_database->prepare("SELECT value FROM session WHERE key='name'");
    return row.step() ? row.text(0) : file().stem().string();
}

void SessionStore::rename(const std::string& name) {
    const std::lock_guard lock(m_mutex);
    m_database->transaction([&] {
        m_database->prepare("INSERT OR REPLACE INTO session VALUES('name', ?1)").bindAll(name).run();
    });
}

// --- corpora ------------------------------------------------------------------------------------------------------

std::int64_t SessionStore::saveCorpus(const std::string& sha256, const std::string& name, const std::string& request,
                                      const std::vector<ManifestRow>& manifest) {
    const std::lock_guard lock(m_mutex);
    std::int64_t id = 0;
    m_database->transaction([&] {
        Statement known = m_database->prepare("SELECT id FROM corpus WHERE sha256=?1 AND request=?2 AND files=?3 ORDER BY id DESC");
        if (known.bindAll(sha256, request, std::int64_t(manifest.size())).step()) {
            id = known.integer(0);
            m_database->prepare("UPDATE corpus SET saved=?2 WHERE id=?1").bindAll(id, now()).run();
            return;
        }
        std::int64_t bytes = 0;
        for (const ManifestRow& row : manifest)
            bytes += std::int64_t(row.bytes);
        m_database->prepare("INSERT INTO corpus(sha256, name, request, files, bytes, saved) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
            .bindAll(sha256, name, request, std::int64_t(manifest.size()), bytes, now())
            .run();
        id = m_database->lastRowId();
        Statement insert = m_database->prepare("INSERT INTO manifest VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
        for (const ManifestRow& row : manifest)
            insert
                .bindAll(id, row.path, row.kind, row.sha256, row.state, row.reason, row.rule, std::int64_t(row.bytes),
                         row.tokens, row.lines, row.pages)
                .run();
    });
    return id;
}

std::vector<StoredCorpus> SessionStore::corpora() const {
    const std::lock_guard lock(m_mutex);
    Statement row = m_database->prepare("SELECT id, sha256, request, name, saved, files, bytes FROM corpus ORDER BY saved, id");
    std::vector<StoredCorpus> all;
    while (row.step())
        all.push_back({row.integer(0), row.text(1), row.text(2), row.text(3), row.text(4), row.integer(5), row.integer(6)});
    return all;
}

std::optional<StoredCorpus> SessionStore::latestCorpus() const {
    std::vector<StoredCorpus> all = corpora();
    if (all.empty())
        return std::nullopt;
    return std::move(all.back());
}

std::vector<ManifestRow> SessionStore::manifest(std::int64_t corpus) const {
    const std::lock_guard lock(m_mutex);
    Statement row = m_database->prepare("SELECT path, kind, sha256, state, reason, rule, bytes, tokens, lines, pages "
                                        "FROM manifest WHERE corpus=?1 ORDER BY rowid");
    row.bindAll(corpus);
    std::vector<ManifestRow> all;
    while (row.step()) {
        ManifestRow m;
        m.path = row.text(0), m.kind = row.text(1), m.sha256 = row.text(2), m.state = row.text(3);
        m.reason = row.text(4), m.rule = row.text(5), m.bytes = std::uint64_t(row.integer(6));
        m.tokens = row.integer(7), m.lines = row.integer(8), m.pages = row.integer(9);
        all.push_back(std::move(m));
    }
    return all;
}

// --- runs ---------------------------------------------------------------------------------------------------------

std::string SessionStore::beginRun(const StoredRun& run, const std::string& resumes) {
    const std::lock_guard lock(m_mutex);
    const std::string id = run.id.empty() ? newRunId() : run.id;
    m_database->transaction([&] {
        Statement insert = m_database->prepare(
            "INSERT INTO run(id, goal, question, options, engine, model, prompts_sha256, corpus, resumed_from, started, "
            "status, exit, conditions) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'running', 0, '[]')");
        insert.bindAll(id, run.goal, run.question, run.options, run.engine, run.model, run.promptsSha256);
        run.corpus ? insert.bind(8, run.corpus) : insert.bindNull(8);
        resumes.empty() ? insert.bindNull(9) : insert.bind(9, resumes);
        insert.bind(10, run.started.empty() ? now() : run.started).run();
        if (!resumes.empty())
            m_database->prepare("UPDATE run SET status='resumed', finished=?2 WHERE id=?1 AND finished IS NULL")
                .bindAll(resumes, now())
                .run();
    });
    return id;
}

void SessionStore::finishRun(const std::string& run, const std::string& status, int exit,
                             const std::vector<std::string>& conditions) {
    const std::lock_guard lock(m_mutex);
    m_database->transaction([&] {
        // A stopped or failed run stays open for --resume; only a run that went through to its report is finished.
        const bool open = status == "stopped" || status == "failed";
        Statement update = m_database->prepare("UPDATE run SET status=?2, exit=?3, conditions=?4, finished=?5 WHERE id=?1");
        update.bindAll(run, status, exit, conditionsJson(conditions));
        open ? update.bindNull(5) : update.bind(5, now());
        update.run();
    });
}

std::vector<StoredRun> SessionStore::runs() const {
    const std::lock_guard lock(m_mutex);
    Statement row = m_database->prepare(std::string(runColumns) + "ORDER BY number");
    std::vector<StoredRun> all;
    while (row.step())
        all.push_back(readRun(row));
    return all;
}

std::optional<StoredRun> SessionStore::run(const std::string& id) const {
    if (id == "latest")
        return latestRun();
    std::optional<StoredRun> found;
    for (StoredRun& candidate : runs()) {
        if (candidate.id == id)
            return std::move(candidate);
        if (!id.empty() && candidate.id.starts_with(id)) {
            if (found)
                throw std::runtime_error("Several runs begin with \"" + id + "\": give more of the id.");
            found = std::move(candidate);
        }
    }
    return found;
}

std::optional<StoredRun> SessionStore::latestRun() const {
    std::vector<StoredRun> all = runs();
    if (all.empty())
        return std::nullopt;
    return std::move(all.back());
}

std::optional<StoredRun> SessionStore::unfinishedRun(const std::string& goal) const {
    std::vector<StoredRun> all = runs();
    for (auto run = all.rbegin(); run != all.rend(); ++run)
        if (run->finished.empty() && (goal.empty() || run->goal == goal))
            return std::move(*run);
    return std::nullopt;
}

std::int64_t SessionStore::savePlan(const std::string& run, const std::string& goal, const std::string& json) {
    const std::lock_guard lock(m_mutex);
    std::int64_t id = 0;
    m_database->transaction([&] {
        m_database->prepare("INSERT INTO plan(run, goal, items, made) VALUES(?1, ?2, ?3, ?4)").bindAll(run, goal, json, now()).run();
        id = m_database->lastRowId();
    });
    return id;
}

std::optional<std::string> SessionStore::plan(const std::string& run) const {
    const std::lock_guard lock(m_mutex);
    Statement row = m_database->prepare("SELECT items FROM plan WHERE run=?1 ORDER BY id DESC LIMIT 1");
    if (!row.bindAll(run).step())
        return std::nullopt;
    return row.text(0);
}

// --- replies, messages, steps -------------------------------------------------------------------------------------

void SessionStore::storeReply(const std::string& run, const std::string& branch, const Reply& reply) {
    const std::lock_guard lock(m_mutex);
    m_database->transaction([&] {
        m_database->prepare("INSERT INTO reply VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(run, branch) DO UPDATE SET "
                            "finish=?3, model=?4, message=?5, made=?6")
            .bindAll(run, branch, reply.finish, reply.reportedModel, messageToJson(reply.message), now())
            .run();
        const Usage& u = reply.usage;
        m_database
            ->prepare("INSERT INTO usage(run, branch, input_uncached, input_cached, output, reasoning, estimated, seconds, "
                      "bytes_sent, made) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
            .bindAll(run, branch, u.inputUncached, u.inputCached, u.output, u.reasoning, u.estimated, u.seconds,
                     std::int64_t(u.bytesSent), now())
            .run();
    });
}

std::optional<Reply> SessionStore::findReply(const std::string& run, const std::string& branch) const {
    const std::lock_guard lock(m_mutex);
    Statement row = m_database->prepare(
        std::string(chainOf) +
        "SELECT reply.finish, reply.model, reply.message, u.input_uncached, u.input_cached, u.output, u.reasoning, "
        "u.estimated, u.seconds, u.bytes_sent FROM chain JOIN reply ON reply.run = chain.id AND reply.branch = ?2 "
        "LEFT JOIN usage u ON u.run = reply.run AND u.branch = reply.branch ORDER BY chain.depth, u.id DESC LIMIT 1");
    if (!row.bindAll(run, branch).step())
        return std::nullopt;
    Reply reply;
    reply.finish = row.text(0);
    reply.reportedModel = row.text(1);
    reply.message = messageFromJson(row.text(2));
    reply.usage.inputUncached = row.integer(3), reply.usage.inputCached = row.integer(4);
    reply.usage.output = row.integer(5), reply.usage.reasoning = row.integer(6);
    reply.usage.estimated = row.integer(7) != 0, reply.usage.seconds = row.real(8);
    reply.usage.bytesSent = std::uint64_t(row.integer(9));
    return reply;
}

void SessionStore::appendMessage(const std::string& run, const std::string& branch, const Message& message) {
    const std::lock_guard lock(m_mutex);
    m_database->transaction([&] {
        m_database->prepare("INSERT INTO message(run, branch, message) VALUES(?1, ?2, ?3)")
            .bindAll(run, branch, messageToJson(message))
            .run();
    });
}

std::vector<Message> SessionStore::messages(const std::string& run, const std::string& branch) const {
    const std::lock_guard lock(m_mutex);
    Statement row = m_database->prepare("SELECT message FROM message WHERE run=?1 AND branch=?2 ORDER BY id");
    row.bindAll(run, branch);
    std::vector<Message> all;
    while (row.step())
        all.push_back(messageFromJson(row.text(0)));
    return all;
}

std::vector<std::string> SessionStore::branches(const std::string& run) const {
    const std::lock_guard lock(m_mutex);
    Statement row = m_database->prepare("SELECT branch, min(id) FROM message WHERE run=?1 GROUP BY branch ORDER BY 2");
    row.bindAll(run);
    std::vector<std::string> all;
    while (row.step())
        all.push_back(row.text(0));
    return all;
}

std::int64_t SessionStore::addStep(const std::string& run, const std::string& stage, const std::string& key,
                                   const std::string& json) {
    const std::lock_guard lock(m_mutex);
    std::int64_t sequence = 0;
    m_database->transaction([&] {
        m_database->prepare("INSERT INTO step(run, stage, key, record, made) VALUES(?1, ?2, ?3, ?4, ?5)")
            .bindAll(run, stage, key, json, now())
            .run();
        sequence = m_database->lastRowId();
    });
    return sequence;
}

std::vector<StoredStep> SessionStore::steps(const std::string& run) const {
    const std::lock_guard lock(m_mutex);
    Statement row = m_database->prepare("SELECT sequence, run, stage, key, made, record FROM step WHERE run=?1 ORDER BY sequence");
    row.bindAll(run);
    std::vector<StoredStep> all;
    while (row.step())
        all.push_back({row.integer(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5)});
    return all;
}

// --- findings, dismissals, report ---------------------------------------------------------------------------------

void SessionStore::storeFinding(const StoredFinding& f) {
    const std::lock_guard lock(m_mutex);
    m_database->transaction([&] {
        m_database->prepare("INSERT INTO finding VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT(run, id) DO UPDATE SET "
                            "fingerprint=?3, rule=?4, path=?5, severity=?6, state=?7, state_reason=?8, record=?9")
            .bindAll(f.run, f.id, f.fingerprint, f.rule, f.path, f.severity, f.state, f.stateReason, f.record)
            .run();
    });
}

std::vector<StoredFinding> SessionStore::findings(const std::string& run) const {
    const std::lock_guard lock(m_mutex);
    Statement row = m_database->prepare("SELECT run, id, fingerprint, rule, state, state_reason, severity, path, record FROM "
                                        "finding WHERE run=?1 ORDER BY rowid");
    row.bindAll(run);
    std::vector<StoredFinding> all;
    while (row.step())
        all.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7),
                       row.text(8)});
    return all;
}

void SessionStore::setFindingState(const std::string& run, const std::string& id, const std::string& state,
                                   const std::string& reason) {
    const std::lock_guard lock(m_mutex);
    m_database->transaction([&] {
        m_database->prepare("UPDATE finding SET state=?3, state_reason=?4 WHERE run=?1 AND id=?2")
            .bindAll(run, id, state, reason)
            .run();
    });
}

std::int64_t SessionStore::dismiss(const StoredDismissal& d) {
    const std::lock_guard lock(m_mutex);
    std::int64_t id = 0;
    m_database->transaction([&] {
        m_database->prepare("INSERT INTO dismissal(fingerprint, rule, glob, scope, reason, made_by, made) "
                            "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")
            .bindAll(d.fingerprint, d.rule, d.glob, d.scope, d.reason, d.by, d.when.empty() ? now() : d.when)
            .run();
        id = m_database->lastRowId();
    });
    return id;
}

void SessionStore::removeDismissal(std::int64_t id) {
    const std::lock_guard lock(m_mutex);
    m_database->transaction([&] { m_database->prepare("DELETE FROM dismissal WHERE id=?1").bindAll(id).run(); });
}

std::vector<StoredDismissal> SessionStore::dismissals() const {
    const std::lock_guard lock(m_mutex);
    Statement row = m_database->prepare("SELECT id, fingerprint, rule, glob, scope, reason, made_by, made FROM dismissal ORDER BY id");
    std::vector<StoredDismissal> all;
    while (row.step())
        all.push_back({row.integer(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7)});
    return all;
}

void SessionStore::saveReport(const std::string& run, const std::string& json) {
    const std::lock_guard lock(m_mutex);
    m_database->transaction([&] { m_database->prepare("UPDATE run SET report=?2 WHERE id=?1").bindAll(run, json).run(); });
}

std::optional<std::string> SessionStore::report(const std::string& run) const {
    const std::lock_guard lock(m_mutex);
    Statement row = m_database->prepare("SELECT report FROM run WHERE id=?1");
    if (!row.bindAll(run).step() || row.isNull(0))
        return std::nullopt;
    return row.text(0);
}

Usage SessionStore::usage(const std::string& run) const {
    const std::lock_guard lock(m_mutex);
    Statement row = m_database->prepare(std::string(chainOf) +
                                        "SELECT coalesce(sum(input_uncached), 0), coalesce(sum(input_cached), 0), "
                                        "coalesce(sum(output), 0), coalesce(sum(reasoning), 0), coalesce(max(estimated), 0), "
                                        "coalesce(sum(seconds), 0.0), coalesce(sum(bytes_sent), 0) FROM usage "
                                        "WHERE run IN (SELECT id FROM chain)");
    Usage total;
    if (row.bindAll(run).step()) {
        total.inputUncached = row.integer(0), total.inputCached = row.integer(1);
        total.output = row.integer(2), total.reasoning = row.integer(3);
        total.estimated = row.integer(4) != 0, total.seconds = row.real(5), total.bytesSent = std::uint64_t(row.integer(6));
    }
    return total;
}

void SessionStore::acknowledge(const std::string& run, const std::string& what, const std::string& about,
                               const std::string& shown) {
    const std::lock_guard lock(m_mutex);
    m_database->transaction([&] {
        m_database->prepare("INSERT INTO acknowledgement(run, what, about, shown, made) VALUES(?1, ?2, ?3, ?4, ?5)")
            .bindAll(run, what, about, shown, now())
            .run();
    });
}

std::optional<std::string> SessionStore::check() const {
    const std::lock_guard lock(m_mutex);
    if (auto damage = m_database->check())
        return damage;
    // Damage that SQLite cannot see: rows that do not read back.
    try {
        Statement rows = m_database->prepare("SELECT message FROM message UNION ALL SELECT message FROM reply");
        while (rows.step())
            (void)messageFromJson(rows.text(0));
    } catch (const std::exception& error) {
        return std::string(error.what());
    }
    return std::nullopt;
}

} // namespace app
