#include "app/store/database.h"

#include <sqlite3.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace app {

namespace fs = std::filesystem;
using Cause = DatabaseError::Cause;

namespace {

sqlite3* handleOf(void* database) {
    return static_cast<sqlite3*>(database);
}
sqlite3_stmt* statementOf(void* handle) {
    return static_cast<sqlite3_stmt*>(handle);
}

// Above this size the check at opening would cost more than the second a reopen may take; `sessions check` does it.
constexpr std::uintmax_t checkedAtOpening = 32u << 20;

void syncFolder(const fs::path& file) {
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        (void)::fsync(descriptor);
        ::close(descriptor);
    }
}

fs::path withSuffix(const fs::path& file, const char* suffix) {
    return fs::path(file.string() + suffix);
}

} // namespace

// --- statements ---------------------------------------------------------------------------------------------------

Statement::Statement(Statement&& other) noexcept
    : m_handle(std::exchange(other.m_handle, nullptr)), m_owner(other.m_owner) {}

Statement& Statement::operator=(Statement&& other) noexcept {
    std::swap(m_handle, other.m_handle);
    std::swap(m_owner, other.m_owner);
    return *this;
}

Statement::~Statement() {
    sqlite3_finalize(statementOf(m_handle));
}

void Statement::expect(int code) {
    if (code != SQLITE_OK)
        m_owner->fail(code, "written");
}

Statement& Statement::bind(int index, std::int64_t value) {
    expect(sqlite3_bind_int64(statementOf(m_handle), index, value));
    return *this;
}
Statement& Statement::bind(int index, double value) {
    expect(sqlite3_bind_double(statementOf(m_handle), index, value));
    return *this;
}
Statement& Statement::bind(int index, std::string_view text) {
    expect(sqlite3_bind_text64(statementOf(m_handle), index, text.data() ? text.data() : "", text.size(),
                               SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}
Statement& Statement::bindNull(int index) {
    expect(sqlite3_bind_null(statementOf(m_handle), index));
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(statementOf(m_handle));
    if (code == SQLITE_ROW)
        return true;
    if (code == SQLITE_DONE)
        return false;
    m_owner->fail(code, sqlite3_stmt_readonly(statementOf(m_handle)) ? "read" : "written");
}

void Statement::run() {
    while (step()) {
    }
    sqlite3_reset(statementOf(m_handle));
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statementOf(m_handle), column);
}
double Statement::real(int column) const {
    return sqlite3_column_double(statementOf(m_handle), column);
}
std::string Statement::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statementOf(m_handle), column));
    return bytes ? std::string(bytes, std::size_t(sqlite3_column_bytes(statementOf(m_handle), column))) : std::string();
}
bool Statement::isNull(int column) const {
    return sqlite3_column_type(statementOf(m_handle), column) == SQLITE_NULL;
}

// --- opening ------------------------------------------------------------------------------------------------------

Database::Database(const fs::path& file, Mode mode, const Kind& kind)
    : m_path(file), m_name("The " + kind.name + " " + file.string()), m_mode(mode), m_kind(kind) {
    std::error_code error;
    if (fs::is_directory(file, error))
        throw DatabaseError(Cause::Misuse, m_name + " is a folder: name a file.");
    try {
        if (mode == Mode::ReadOnly) {
            inspect();
            open(SQLITE_OPEN_READONLY);
            return;
        }
        lock();
        if (!fs::exists(file, error) || fs::file_size(file, error) == 0)
            create();
        if (const int version = inspect(); version < kind.newestVersion)
            upgrade(version);
        open(SQLITE_OPEN_READWRITE);
    } catch (...) {
        close();
        unlock();
        throw;
    }
}

Database::Database(const fs::path& file, const Kind& kind)
    : m_path(file), m_name("The " + kind.name + " " + file.string()), m_mode(Mode::ReadWrite), m_kind(kind) {
    if (sqlite3* raw = nullptr; true) {
        const int code = sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
        m_database = raw;
        if (code != SQLITE_OK)
            fail(code, "made");
    }
    ::chmod(file.c_str(), 0600);
    configure();
}

Database::~Database() {
    close();
    unlock();
}

// A lock file of its own: closing any descriptor of the database itself would drop SQLite's locks in this process.
void Database::lock() {
    const fs::path file = withSuffix(m_path, ".lock");
    for (int attempt = 0; attempt < 8; ++attempt) {
        const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (descriptor < 0)
            throw DatabaseError(Cause::Io, m_name + " cannot be written beside (" + std::strerror(errno) +
                                               "): choose another place with --session.");
        // A program that was killed may leave a child that holds its descriptors until it reaches exec: wait a moment.
        bool locked = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
        for (int attempt = 0; !locked && attempt < 12; ++attempt) {
            ::usleep(10'000);
            locked = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
        }
        if (!locked) {
            char holder[256] = {};
            const ssize_t got = ::pread(descriptor, holder, sizeof holder - 1, 0);
            ::close(descriptor);
            throw DatabaseError(Cause::Busy, m_name + " is being written by " +
                                                 (got > 0 ? holder : "another program") +
                                                 ": end it, or name another session.");
        }
        // The holder before us unlinks the file; a lock on an unlinked file keeps nobody out.
        struct stat ours {}, named {};
        if (::fstat(descriptor, &ours) != 0 || ::stat(file.c_str(), &named) != 0 || ours.st_ino != named.st_ino) {
            ::close(descriptor);
            continue;
        }
        char host[128] = "this machine";
        (void)::gethostname(host, sizeof host - 1);
        char program[64] = "lectern";
        if (std::FILE* comm = std::fopen("/proc/self/comm", "re")) {
            if (std::fgets(program, sizeof program, comm))
                program[std::strcspn(program, "\n")] = 0;
            std::fclose(comm);
        }
        const std::time_t now = std::time(nullptr);
        char when[32];
        std::tm utc{};
        std::strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S UTC", gmtime_r(&now, &utc));
        const std::string text = std::string(program) + " (process " + std::to_string(::getpid()) + " on " + host +
                                 ", since " + when + ")";
        if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, text.data(), text.size(), 0) < 0) {
            // A full disk: the lock holds all the same, the holder only stays without a name.
        }
        m_lock = descriptor;
        return;
    }
    throw DatabaseError(Cause::Busy, m_name + " is being opened and closed by another program: try again.");
}

void Database::unlock() {
    if (m_lock < 0)
        return;
    ::unlink(withSuffix(m_path, ".lock").c_str());
    ::close(m_lock);
    m_lock = -1;
}

// Made beside and renamed when whole: a kill in between leaves no half session under the final name.
void Database::create() {
    const fs::path fresh = withSuffix(m_path, ".new");
    for (const char* rest : {"", "-wal", "-shm", "-journal"})
        ::unlink(withSuffix(fresh, rest).c_str());
    {
        Database made(fresh, m_kind);
        made.transaction([&] {
            m_kind.migrate(made, 0);
            made.execute("PRAGMA application_id=" + std::to_string(m_kind.applicationId));
            made.setVersion(m_kind.newestVersion);
        });
    }
    if (::rename(fresh.c_str(), m_path.c_str()) != 0)
        throw DatabaseError(Cause::Io, m_name + " cannot be made: " + std::strerror(errno) + ".");
    syncFolder(m_path);
}

int Database::inspect() {
    open(SQLITE_OPEN_READONLY);
    const auto number = [&](const char* sql) {
        Statement statement = prepare(sql);
        return statement.step() ? statement.integer(0) : 0;
    };
    const std::int64_t application = number("PRAGMA application_id");
    const std::int64_t version = number("PRAGMA user_version");
    std::error_code error;
    std::string damage;
    if (application == m_kind.applicationId && version <= m_kind.newestVersion &&
        fs::file_size(m_path, error) <= checkedAtOpening) {
        Statement check = prepare("PRAGMA quick_check(1)");
        if (check.step() && check.text(0) != "ok")
            damage = check.text(0);
    }
    close();
    if (application != m_kind.applicationId)
        throw DatabaseError(Cause::Foreign, m_name + " is a database of another program: name a file of Lectern's.");
    if (version > m_kind.newestVersion)
        throw DatabaseError(Cause::TooNew, m_name + " was written by a newer Lectern (version " +
                                               std::to_string(version) + ", this one knows " +
                                               std::to_string(m_kind.newestVersion) + "): it was left untouched.");
    if (version < 1)
        throw DatabaseError(Cause::Damaged, m_name + " holds no tables: it is damaged.");
    if (!damage.empty())
        throw DatabaseError(Cause::Damaged, m_name + " is damaged (" + damage + "): run lectern sessions check on it.");
    return int(version);
}

// The copy is migrated, checked and renamed over the old file, which stays as FILE.vN.
void Database::upgrade(int from) {
    const fs::path fresh = withSuffix(m_path, ".new"), kept = withSuffix(m_path, (".v" + std::to_string(from)).c_str());
    for (const char* rest : {"", "-wal", "-shm", "-journal"})
        ::unlink(withSuffix(fresh, rest).c_str());
    open(SQLITE_OPEN_READWRITE);
    checkpoint();
    {
        Database copy(fresh, m_kind);
        sqlite3_backup* backup = sqlite3_backup_init(handleOf(copy.m_database), "main", handleOf(m_database), "main");
        if (!backup)
            copy.fail(sqlite3_errcode(handleOf(copy.m_database)), "copied");
        sqlite3_backup_step(backup, -1);
        if (const int code = sqlite3_backup_finish(backup); code != SQLITE_OK)
            copy.fail(code, "copied");
        copy.transaction([&] {
            m_kind.migrate(copy, from);
            copy.setVersion(m_kind.newestVersion);
        });
        if (const auto damage = copy.check())
            throw DatabaseError(Cause::Damaged, m_name + " could not be brought to this version (" + *damage +
                                                    "): it was left untouched.");
    }
    close(); // folds the log in and removes it: it must never meet the new file
    std::error_code error;
    if (fs::exists(withSuffix(m_path, "-wal"), error))
        throw DatabaseError(Cause::Busy, m_name + " is open in another program: close it there first.");
    ::unlink(kept.c_str());
    if (::link(m_path.c_str(), kept.c_str()) != 0 && errno != EPERM && errno != ENOTSUP)
        throw DatabaseError(Cause::Io, m_name + " cannot be kept as " + kept.string() + ": " + std::strerror(errno) + ".");
    if (::rename(fresh.c_str(), m_path.c_str()) != 0)
        throw DatabaseError(Cause::Io, m_name + " cannot be replaced: " + std::strerror(errno) + ".");
    syncFolder(m_path);
}

void Database::open(int flags) {
    sqlite3* raw = nullptr;
    std::string name = m_path.string();
    // Without a log nobody is writing: read the file as it lies there, and leave no log and index of ours beside it.
    if (std::error_code error; (flags & SQLITE_OPEN_READONLY) && !fs::exists(withSuffix(m_path, "-wal"), error)) {
        std::string uri = "file:";
        for (const char c : fs::absolute(m_path).string()) {
            char escape[4];
            std::snprintf(escape, sizeof escape, "%%%02x", static_cast<unsigned char>(c));
            uri += c == '%' || c == '?' || c == '#' ? std::string(escape) : std::string(1, c);
        }
        name = uri + "?immutable=1";
        flags |= SQLITE_OPEN_URI;
    }
    const int code = sqlite3_open_v2(name.c_str(), &raw, flags | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE, nullptr);
    m_database = raw;
    if (code != SQLITE_OK)
        fail(code, "opened");
    configure();
    if (flags & SQLITE_OPEN_READWRITE)
        execute("PRAGMA journal_mode=WAL");
}

void Database::configure() {
    sqlite3* const database = handleOf(m_database);
    sqlite3_extended_result_codes(database, 1);
    for (const auto& [what, value] : {std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1}, {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                      {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
                                      {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0}})
        sqlite3_db_config(database, what, value, nullptr);
    sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, 64 << 20);
    sqlite3_limit(database, SQLITE_LIMIT_SQL_LENGTH, 1 << 20);
    sqlite3_limit(database, SQLITE_LIMIT_WORKER_THREADS, 0);
    sqlite3_busy_timeout(database, m_mode == Mode::ReadOnly ? 5000 : 100);
    execute("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;"
            "PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=" +
            std::string(m_mode == Mode::ReadOnly ? "0" : "1000"));
}

void Database::close() {
    // close_v2 would leave a zombie connection behind a forgotten statement; every Statement is local, so this closes.
    if (m_database)
        sqlite3_close_v2(handleOf(m_database));
    m_database = nullptr;
    m_inTransaction = false;
}

// --- using --------------------------------------------------------------------------------------------------------

Statement Database::prepare(std::string_view sql) {
    if (!m_database)
        throw DatabaseError(Cause::Io, m_name + " is closed after a failure: open it again.");
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(handleOf(m_database), sql.data(), int(sql.size()), &statement, nullptr);
    if (code != SQLITE_OK)
        fail(code, "read");
    return Statement(statement, *this);
}

void Database::execute(std::string_view sql) {
    if (!m_database)
        throw DatabaseError(Cause::Io, m_name + " is closed after a failure: open it again.");
    const int code = sqlite3_exec(handleOf(m_database), std::string(sql).c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        fail(code, "written");
}

void Database::transaction(const std::function<void()>& body) {
    if (m_inTransaction)
        return body();
    execute("BEGIN IMMEDIATE");
    m_inTransaction = true;
    try {
        body();
    } catch (...) {
        m_inTransaction = false;
        if (m_database && !sqlite3_get_autocommit(handleOf(m_database)))
            sqlite3_exec(handleOf(m_database), "ROLLBACK", nullptr, nullptr, nullptr);
        throw;
    }
    m_inTransaction = false;
    const int code = sqlite3_exec(handleOf(m_database), "COMMIT", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK)
        return;
    if ((code & 0xff) == SQLITE_IOERR) {
        // After a failed sync the kernel may call pages clean that never reached the disk: trust nothing in memory.
        reopenAfterFailure();
        throw DatabaseError(Cause::Io, m_name + " was not saved (the disk reported an error while writing); it was opened "
                                                "again and is sound up to the step before: check the disk, then repeat.");
    }
    if (!sqlite3_get_autocommit(handleOf(m_database)))
        sqlite3_exec(handleOf(m_database), "ROLLBACK", nullptr, nullptr, nullptr);
    fail(code, "saved");
}

void Database::reopenAfterFailure() {
    close();
    open(SQLITE_OPEN_READWRITE);
    Statement check = prepare("PRAGMA quick_check(1)");
    if (check.step() && check.text(0) != "ok")
        throw DatabaseError(Cause::Damaged, m_name + " is damaged after a disk error (" + check.text(0) + ").");
}

std::int64_t Database::lastRowId() const {
    return sqlite3_last_insert_rowid(handleOf(m_database));
}

int Database::version() {
    Statement statement = prepare("PRAGMA user_version");
    return statement.step() ? int(statement.integer(0)) : 0;
}

void Database::setVersion(int version) {
    execute("PRAGMA user_version=" + std::to_string(version));
}

void Database::checkpoint() {
    execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

std::optional<std::string> Database::check() {
    Statement integrity = prepare("PRAGMA integrity_check(20)");
    std::string found;
    while (integrity.step())
        if (integrity.text(0) != "ok")
            found += (found.empty() ? "" : "; ") + integrity.text(0);
    Statement keys = prepare("PRAGMA foreign_key_check");
    while (keys.step() && found.size() < 2000)
        found += (found.empty() ? "" : "; ") + ("a row of " + keys.text(0) + " belongs to a missing " + keys.text(2));
    if (found.empty())
        return std::nullopt;
    return found;
}

void Database::fail(int code, const std::string& doing) {
    const std::string detail = m_database ? sqlite3_errmsg(handleOf(m_database)) : sqlite3_errstr(code);
    const auto refuse = [&](Cause cause, const std::string& rest) { throw DatabaseError(cause, m_name + rest); };
    switch (code & 0xff) {
    case SQLITE_NOTADB: refuse(Cause::Foreign, " is no database: name a file of Lectern's."); break;
    case SQLITE_CORRUPT: refuse(Cause::Damaged, " is damaged (" + detail + "): nothing was changed."); break;
    case SQLITE_FULL: refuse(Cause::DiskFull, " cannot be " + doing + ", the disk is full: free some space and repeat."); break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: refuse(Cause::Busy, " is being used by another program: try again."); break;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_IOERR: refuse(Cause::Io, " cannot be " + doing + " (" + detail + "): check the disk and the permissions."); break;
    case SQLITE_ERROR: refuse(Cause::Damaged, " is not laid out as this version expects (" + detail + ")."); break;
    default: refuse(Cause::Misuse, " cannot be " + doing + " (" + detail + ")."); break;
    }
    throw DatabaseError(Cause::Misuse, m_name + " cannot be " + doing + "."); // not reached
}

} // namespace app
