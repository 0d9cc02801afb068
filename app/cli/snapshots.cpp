// lectern snapshots: evaluated prefixes on disk: list, show, make one ahead of time, drop, prune.

#include "app/cli/invocation.h"

#include "app/agent/prompts.h"
#include "app/backend/backend.h"
#include "app/context.h"
#include "app/store/snapshot_shelf.h"

#include <ctime>

namespace app::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string day(std::int64_t seconds) {
    const std::time_t time = seconds;
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

Json toJson(const SnapshotEntry& entry) {
    return {{"id", entry.id},       {"name", entry.name},      {"model", entry.model},    {"identity", entry.identity},
            {"tokens", entry.tokens}, {"tokens_sha256", entry.tokensSha256}, {"bytes", entry.bytes},
            {"made", day(entry.made)}, {"used", day(entry.used)}, {"file", entry.file.string()}};
}

void printRow(Invocation& call, const SnapshotEntry& entry) {
    call.print(entry.id + "  " + (entry.name.empty() ? "-" : entry.name) + "  " + entry.model + "  " + std::to_string(entry.tokens) + " tokens  " +
               std::to_string(entry.bytes / 1000000) + " MB  used " + day(entry.used));
}

SnapshotShelf shelfOf(Invocation& call) {
    const Settings& settings = call.settings();
    return {defaultShelf(settings), settings.shelfBytes};
}

SnapshotEntry named(Invocation& call, const SnapshotShelf& shelf) {
    if (call.positional().size() != 2)
        throw UsageError("lectern snapshots " + call.positional()[0] + " needs the id or name of one snapshot.", call.positional()[0], "see lectern snapshots list");
    const auto entry = shelf.find(call.positional()[1]);
    if (!entry) throw UsageError("There is no snapshot “" + call.positional()[1] + "”.", call.positional()[1], "see lectern snapshots list");
    return *entry;
}

int listAll(Invocation& call) {
    const SnapshotShelf shelf = shelfOf(call);
    Json rows = Json::array();
    std::uint64_t bytes = 0;
    for (const SnapshotEntry& entry : shelf.list()) {
        rows.push_back(toJson(entry));
        bytes += entry.bytes;
        printRow(call, entry);
    }
    call.print(std::to_string(rows.size()) + " snapshots, " + std::to_string(bytes / 1000000) + " of " + std::to_string(shelf.limit() / 1000000) + " MB, in " +
               shelf.folder().string() + "; they hold text of what was read");
    call.printJson({{"schema", "lectern.snapshots/1"}, {"folder", shelf.folder().string()}, {"limit", shelf.limit()}, {"bytes", bytes}, {"snapshots", rows}});
    return call.exitCode();
}

int show(Invocation& call) {
    const SnapshotEntry entry = named(call, shelfOf(call));
    printRow(call, entry);
    call.print("  made " + day(entry.made) + ", for " + entry.identity);
    call.print("  " + entry.file.string());
    Json json = toJson(entry);
    json["schema"] = "lectern.snapshot/1";
    call.printJson(json);
    return call.exitCode();
}

int drop(Invocation& call) {
    const SnapshotShelf reading = shelfOf(call);
    const SnapshotEntry entry = named(call, reading);
    SnapshotShelf shelf = shelfOf(call);
    shelf.drop(entry);
    call.print("dropped " + entry.id);
    call.printJson({{"schema", "lectern.snapshots-dropped/1"}, {"dropped", Json::array({toJson(entry)})}});
    return call.exitCode();
}

int prune(Invocation& call) {
    if (call.positional().size() > 1) throw UsageError("lectern snapshots prune takes no further argument.", call.positional()[1]);
    SnapshotShelf shelf = shelfOf(call);
    Json rows = Json::array();
    for (const SnapshotEntry& entry : shelf.prune(call.size("keep").value_or(shelf.limit()))) {
        rows.push_back(toJson(entry));
        call.print("dropped " + entry.id);
    }
    call.print(std::to_string(rows.size()) + " snapshots dropped");
    call.printJson({{"schema", "lectern.snapshots-dropped/1"}, {"dropped", rows}});
    return call.exitCode();
}

// Evaluates a subject's shared prefix now, so that the first question finds it done. The engine keeps a snapshot where a
// shared prefix ends; this asks for one token behind it and gives the snapshot its name.
int warm(Invocation& call) {
    if (call.positional().size() < 2) throw UsageError("lectern snapshots warm needs a PATH, and --engine with a model on this machine.", "warm");
    Backend* const backend = call.backend();
    if (backend == nullptr || !backend->info().host.empty())
        throw UsageError("Only a model on this machine keeps snapshots.", "--engine", "give --engine built-in or a model folder");
    const Prompts prompts = Prompts::load();
    const auto context = call.context(prompts.text("system"), prompts.toolsText(), 1);
    Request request;
    request.messages = context->messages();
    request.stableMessages = request.messages.size();
    request.tools = prompts.tools();
    request.thinking = call.settings().thinking;
    request.effort = call.settings().effort == "low" ? Effort::Low : call.settings().effort == "max" ? Effort::Max : Effort::High;
    request.maxOutput = 1;
    Message question;
    question.text = "Ready?";
    Message ready;
    ready.role = Role::Assistant; // ends the shared turn, as every branch does
    ready.text = "Ready.";
    request.messages.push_back(std::move(ready));
    request.messages.push_back(std::move(question));

    const std::int64_t began = std::time(nullptr);
    const Reply reply = backend->generate(request, [&](const Event& event) {
        if (event.type == Event::Type::Prefill) call.progress().update("Evaluating", event.done, event.total, "tokens", "");
    }, call.stop());
    call.progress().clear();
    if (reply.finish == "stopped") return call.exitCode();
    SnapshotShelf shelf = shelfOf(call);
    std::optional<SnapshotEntry> kept;
    for (const SnapshotEntry& entry : shelf.list())
        if (entry.used >= began && (!kept || entry.tokens > kept->tokens)) kept = entry;
    if (!kept) {
        call.conditions().add(Exit::Incomplete, "no snapshot was kept");
        call.note("No snapshot was kept: the text is too short to be worth one, or the shelf is too small.");
        call.printJson({{"schema", "lectern.snapshot/1"}, {"id", nullptr}});
        return call.exitCode();
    }
    if (call.has("name")) {
        kept->name = call.value("name");
        shelf.add(*kept);
    }
    printRow(call, *kept);
    Json json = toJson(*kept);
    json["schema"] = "lectern.snapshot/1";
    call.printJson(json);
    return call.exitCode();
}

int run(Invocation& call) {
    const std::string action = call.positional().empty() ? "list" : call.positional()[0];
    if (action == "show") return show(call);
    if (action == "warm") return warm(call);
    if (action == "drop") return drop(call);
    if (action == "prune") return prune(call);
    return listAll(call);
}

} // namespace

const Command& snapshotsCommand() {
    static const Command command{
        .name = "snapshots",
        .summary = "Evaluated prefixes on disk: list, show, warm one up, drop, prune",
        .positional = "[list|show ID|warm PATH…|drop ID|prune]",
        .maximum = -1,
        .options = {{"keep", "SIZE", "prune: how much may stay (the limit in the settings)"}, {"name", "TEXT", "warm: a name, so that it goes last"}},
        .actions = {"list", "show", "warm", "drop", "prune"},
        .run = run,
    };
    return command;
}

} // namespace app::cli
