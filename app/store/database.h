// Database: one SQLite file through RAII. Every file is foreign until proven ours: defensive mode, no trusted schema,
// no attach, limits, application id and version checked before the first write, quick_check. WAL with synchronous=FULL:
// a call that returned is on disk. One Database per file owns all writes and checkpoints (SQLite 3.40 has the WAL-reset
// fault that needs two); an OS lock keeps other processes out. Used on one thread. The only file that sees sqlite3.h is
// database.cpp. Source: reliability.md P1-P5, P7, R35-R41.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace app {

class DatabaseError : public std::runtime_error {
public:
    enum class Cause : std::uint8_t { Busy, Foreign, TooNew, Damaged, DiskFull, Io, Misuse };
    DatabaseError(Cause cause, const std::string& sentence) : std::runtime_error(sentence), m_cause(cause) {}
    Cause cause() const { return m_cause; }

private:
    Cause m_cause;
};

class Database;

class Statement {
public:
    Statement(Statement&&) noexcept;
    Statement& operator=(Statement&&) noexcept;
    ~Statement();
    Statement& bind(int index, std::int64_t value); // from 1
    Statement& bind(int index, double value);
    Statement& bind(int index, std::string_view text);
    Statement& bindNull(int index);
    template <typename... Values> Statement& bindAll(const Values&... values) {
        int index = 0;
        (bind(++index, values), ...);
        return *this;
    }
    Statement& bind(int index, const std::string& text) { return bind(index, std::string_view(text)); }
    Statement& bind(int index, const char* text) { return bind(index, std::string_view(text)); }
    Statement& bind(int index, int value) { return bind(index, std::int64_t(value)); }
    Statement& bind(int index, bool value) { return bind(index, std::int64_t(value)); }
    bool step();               // true: a row is there
    void run();                // steps to the end, then resets
    std::int64_t integer(int column) const; // from 0
    double real(int column) const;
    std::string text(int column) const;
    bool isNull(int column) const;

private:
    friend class Database;
    Statement(void* handle, Database& owner) : m_handle(handle), m_owner(&owner) {}
    void expect(int code);
    void* m_handle = nullptr;
    Database* m_owner = nullptr;
};

class Database {
public:
    enum class Mode : std::uint8_t { ReadWrite, ReadOnly };
    // What the files of this kind are. `migrate` brings a database of version `from` (0 = empty) to newestVersion.
    struct Kind {
        std::int32_t applicationId = 0;
        int newestVersion = 0;
        std::string name = "session";
        std::function<void(Database& database, int from)> migrate;
    };
    // ReadWrite takes the lock, creates a missing file and migrates an older one; both happen in a file beside it that
    // is renamed when whole, so that a kill leaves the old state or the new. A migrated file keeps its old self as
    // FILE.v1. Throws DatabaseError in words; a refused file is untouched.
    Database(const std::filesystem::path& file, Mode mode, const Kind& kind);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    Statement prepare(std::string_view sql);
    void execute(std::string_view sql); // several statements
    // Runs `body` in a transaction: committed and on disk when this returns, rolled back when it throws. A commit whose
    // sync failed closes the file, opens and checks it again, then throws (P4).
    void transaction(const std::function<void()>& body);
    std::int64_t lastRowId() const;
    int version();              // user_version
    void setVersion(int version);
    std::optional<std::string> check(); // integrity and foreign keys; nothing = sound
    bool readOnly() const { return m_mode == Mode::ReadOnly; }
    const std::filesystem::path& file() const { return m_path; }
    void checkpoint();

private:
    friend class Statement;
    Database(const std::filesystem::path& file, const Kind& kind); // the file beside: no lock, no checks
    void lock();
    void unlock();
    void create();
    int inspect();              // version of a file that is ours; refuses everything else
    void upgrade(int from);
    void open(int flags);
    void configure();
    void close();
    [[noreturn]] void fail(int code, const std::string& doing);
    void reopenAfterFailure();
    std::filesystem::path m_path;
    std::string m_name;         // for sentences
    Mode m_mode;
    Kind m_kind;
    void* m_database = nullptr;
    int m_lock = -1;
    bool m_inTransaction = false;
};

} // namespace app
