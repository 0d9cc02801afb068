// lectern sessions: the saved files of the user: list, show, check, rename, delete.
#include "app/cli/invocation.h"
#include "app/cli/terminal_text.h"
#include "app/resources.h"
#include "app/store/database.h"
#include "app/store/session_store.h"

#include <algorithm>
#include <chrono>

namespace app::cli {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> sessionFiles() {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(dataFolder(), error))
        if (entry.path().extension() == ".lectern" && entry.is_regular_file(error))
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

double ageDays(const fs::path& file) {
    std::error_code error;
    auto newest = fs::last_write_time(file, error);
    // What was saved last may still lie in the log beside the file.
    if (const auto log = fs::last_write_time(fs::path(file.string() + "-wal"), error); !error)
        newest = std::max(newest, log);
    return std::chrono::duration<double>(fs::file_time_type::clock::now() - newest).count() / 86'400;
}

// A name of `list`, its beginning if unique, or a path; --session works too.
fs::path chosen(Invocation& call, std::size_t index) {
    if (call.positional().size() <= index) {
        if (call.has("session"))
            return call.value("session");
        throw UsageError("lectern sessions " + call.positional()[0] + " needs the name or the file of a session.", call.positional()[0],
                         "lectern sessions list names them");
    }
    const std::string name = call.positional()[index];
    std::error_code error;
    if (fs::is_regular_file(name, error))
        return name;
    std::vector<fs::path> matching;
    for (const fs::path& file : sessionFiles()) {
        if (file.filename() == name || file.stem() == name)
            return file;
        if (file.stem().string().starts_with(name))
            matching.push_back(file);
    }
    if (matching.size() == 1)
        return matching[0];
    throw UsageError(matching.empty() ? "There is no session " + name + "." : "Several sessions begin with " + name + ".", name,
                     "lectern sessions list names them");
}

Json describe(const fs::path& file) {
    std::error_code error;
    Json row = {{"name", file.stem().string()}, {"file", file.string()}, {"bytes", std::uint64_t(fs::file_size(file, error))}, {"age_days", int(ageDays(file))}};
    try {
        const SessionStore store(file, SessionStore::Access::Read);
        const auto corpus = store.latestCorpus();
        const std::vector<StoredRun> runs = store.runs();
        row["title"] = store.name();
        row["subject"] = corpus ? Json(corpus->name) : Json(nullptr);
        row["files"] = corpus ? corpus->files : 0;
        row["runs"] = runs.size();
        row["unfinished"] = std::any_of(runs.begin(), runs.end(), [](const StoredRun& run) { return run.finished.empty(); });
    } catch (const std::exception& problem) {
        row["problem"] = problem.what();
    }
    return row;
}

int list(Invocation& call) {
    Json rows = Json::array();
    for (const fs::path& file : sessionFiles()) {
        if (call.has("older") && ageDays(file) < double(call.number("older", 0, 0, 100'000)))
            continue;
        Json row = describe(file);
        if (row.contains("problem"))
            call.print(fitted(file.stem().string(), 32) + " " + row["problem"].get<std::string>());
        else
            call.print(fitted(file.stem().string(), 32) + " " + fitted(formatCount(row["runs"].get<std::int64_t>()) + " runs", 10) +
                       fitted(formatCount(row["files"].get<std::int64_t>()) + " files", 16) + fitted(formatBytes(row["bytes"].get<std::uint64_t>()), 10) +
                       std::to_string(row["age_days"].get<int>()) + " days" + (row["unfinished"] == true ? ", unfinished run" : ""));
        rows.push_back(std::move(row));
    }
    if (rows.empty())
        call.print("No sessions in " + dataFolder().string() + ".");
    call.printJson({{"schema", "lectern.sessions/1"}, {"sessions", rows}});
    return call.exitCode();
}

int show(Invocation& call) {
    const fs::path file = chosen(call, 1);
    const SessionStore store(file, SessionStore::Access::Read);
    Json document = describe(file);
    document["schema"] = "lectern.session/1";
    call.print(store.name() + "  (" + file.string() + ")");
    document["corpora"] = Json::array();
    for (const StoredCorpus& corpus : store.corpora()) {
        call.print("  corpus " + corpus.sha256.substr(0, 8) + "  " + corpus.name + ", " + formatCount(corpus.files) + " files, " +
                   formatBytes(std::uint64_t(corpus.bytes)) + ", " + corpus.saved);
        document["corpora"].push_back({{"sha256", corpus.sha256}, {"name", corpus.name}, {"files", corpus.files}, {"bytes", corpus.bytes}, {"saved", corpus.saved}});
    }
    document["run_list"] = Json::array();
    for (const StoredRun& run : store.runs()) {
        const Usage usage = store.usage(run.id);
        const auto findings = store.findings(run.id);
        call.print("  run " + run.id + "  " + run.goal + ", " + run.status + ", exit " + std::to_string(run.exit) + ", engine " +
                   (run.engine.empty() ? "none" : run.engine) + ", " + formatCount(std::int64_t(findings.size())) + " findings");
        for (const std::string& condition : run.conditions)
            call.print("      " + condition);
        document["run_list"].push_back({{"id", run.id}, {"goal", run.goal}, {"status", run.status}, {"exit", run.exit}, {"started", run.started},
                                        {"finished", run.finished.empty() ? Json(nullptr) : Json(run.finished)}, {"engine", run.engine},
                                        {"resumed_from", run.resumedFrom.empty() ? Json(nullptr) : Json(run.resumedFrom)},
                                        {"conditions", run.conditions}, {"findings", findings.size()},
                                        {"tokens", {{"input_uncached", usage.inputUncached}, {"input_cached", usage.inputCached}, {"output", usage.output}, {"reasoning", usage.reasoning}}}});
    }
    call.printJson(std::move(document));
    return call.exitCode();
}

int check(Invocation& call) {
    std::vector<fs::path> files;
    if (call.positional().size() > 1 || call.has("session"))
        files.push_back(chosen(call, 1));
    else
        files = sessionFiles();
    Json rows = Json::array();
    for (const fs::path& file : files) {
        std::optional<std::string> damage;
        try {
            const SessionStore store(file, SessionStore::Access::Read);
            damage = store.check();
        } catch (const DatabaseError& error) {
            if (error.cause() == DatabaseError::Cause::Io)
                throw;
            damage = error.what();
        }
        call.print(file.string() + ": " + (damage ? *damage : "sound"));
        rows.push_back({{"file", file.string()}, {"sound", !damage}, {"damage", damage ? Json(*damage) : Json(nullptr)}});
        if (damage)
            call.conditions().add(Exit::Findings, file.string() + " is damaged");
    }
    call.printJson({{"schema", "lectern.sessions-check/1"}, {"sessions", rows}, {"exit", call.exitCode()}});
    return call.exitCode();
}

int rename(Invocation& call) {
    const fs::path file = chosen(call, 1);
    if (call.positional().size() < 3)
        throw UsageError("lectern sessions rename needs the new name.", "rename", "lectern sessions rename NAME NEWNAME");
    const std::string name = call.positional()[2];
    if (name.empty() || name.find('/') != std::string::npos || name[0] == '.' || terminalText(name, Newlines::Escape) != name)
        throw UsageError("\"" + name + "\" cannot be the name of a session.", name, "use letters, digits, dashes");
    const fs::path target = file.parent_path() / (name.ends_with(".lectern") ? name : name + ".lectern");
    std::error_code error;
    if (fs::exists(target, error))
        throw UsageError(target.string() + " is there already.", target.string(), "choose another name");
    {
        SessionStore store(file); // the writer's lock: nobody else is in it
        store.rename(target.stem().string());
        store.database().checkpoint();
    }
    fs::rename(file, target);
    call.print(file.filename().string() + " is now " + target.string());
    call.printJson({{"schema", "lectern.session/1"}, {"name", target.stem().string()}, {"file", target.string()}});
    return call.exitCode();
}

void removeSession(const fs::path& file) {
    try {
        // The lock keeps a session that is in use; a damaged or foreign one may go all the same.
        SessionStore store(file);
        store.database().checkpoint();
    } catch (const DatabaseError& error) {
        if (error.cause() == DatabaseError::Cause::Busy || error.cause() == DatabaseError::Cause::Foreign)
            throw;
    }
    std::error_code ignored;
    for (const char* rest : {"-wal", "-shm", ".new"})
        fs::remove(file.string() + rest, ignored);
    fs::remove(file);
}

int remove(Invocation& call) {
    std::vector<fs::path> files;
    if (call.has("older")) {
        const double days = double(call.number("older", 0, 0, 100'000));
        for (const fs::path& file : sessionFiles())
            if (ageDays(file) >= days)
                files.push_back(file);
    } else {
        files.push_back(chosen(call, 1));
    }
    Json rows = Json::array();
    for (const fs::path& file : files) {
        removeSession(file);
        call.print("deleted " + file.string());
        rows.push_back(file.string());
    }
    if (files.empty())
        call.print("No session is that old.");
    call.printJson({{"schema", "lectern.sessions/1"}, {"deleted", rows}});
    return call.exitCode();
}

int run(Invocation& call) {
    call.events().started("sessions", "");
    const std::string action = call.positional().empty() ? "list" : call.positional()[0];
    return action == "show" ? show(call) : action == "check" ? check(call) : action == "rename" ? rename(call) : action == "delete" ? remove(call) : list(call);
}

} // namespace

const Command& sessionsCommand() {
    static const Command command{
        .name = "sessions",
        .summary = "The saved sessions: list, show, check, rename, delete",
        .positional = "[list|show|check|rename|delete] [SESSION] [NEWNAME]",
        .maximum = 3,
        .options = {{"older", "DAYS", "list or delete those that were not written for so long"}},
        .codeOne = "check found damage",
        .actions = {"list", "show", "check", "rename", "delete"},
        .run = run,
    };
    return command;
}

} // namespace app::cli
