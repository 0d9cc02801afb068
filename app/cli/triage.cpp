// lectern triage: lists the findings of the latest review and sets their states; dismissals outlive the run.
#include "app/cli/invocation.h"
#include "app/cli/terminal_text.h"
#include "app/cost.h"
#include "app/report/report_json.h"
#include "app/report/triage.h"
#include "app/resources.h"
#include "app/store/session_store.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace app::cli {

using Json = nlohmann::ordered_json;

namespace {

std::string oneField(std::string text) {
    for (char& c : text)
        if (c == '\t' || c == '\n' || c == '\r') c = ' ';
    return text;
}

std::string latestReview(const SessionStore& store) {
    const auto runs = store.runs();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run)
        if (run->goal == "review") return run->id;
    throw UsageError("The session holds no review yet.", "--session", "run lectern review first");
}

// Sorted text that can lie in the repository: scope, rule, glob, fingerprint, reason between tabs.
std::string dismissalText(const std::vector<StoredDismissal>& list) {
    std::set<std::string> lines;
    for (const StoredDismissal& one : list)
        lines.insert(one.scope + '\t' + oneField(one.rule) + '\t' + oneField(one.glob) + '\t' +
                     one.fingerprint + '\t' + oneField(one.reason) + '\n');
    std::string text = "# lectern dismissals: scope, rule, glob, fingerprint, reason\n";
    for (const std::string& line : lines) text += line;
    return text;
}

int importDismissals(SessionStore& store, const std::string& text, const std::string& who) {
    std::set<std::string> known;
    for (const StoredDismissal& one : store.dismissals())
        known.insert(one.scope + '\t' + one.rule + '\t' + one.glob + '\t' + one.fingerprint);
    int added = 0, number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string line = text.substr(at, end - at);
        at = end + 1;
        ++number;
        if (line.empty() || line[0] == '#') continue;
        std::vector<std::string> fields(1);
        for (const char c : line) {
            if (c == '\t')
                fields.emplace_back();
            else if (c != '\r')
                fields.back().push_back(c);
        }
        const bool scope = fields[0] == "this" || fields[0] == "rule-here" || fields[0] == "everywhere";
        if (fields.size() != 5 || !scope)
            throw UsageError(
                "Line " + std::to_string(number) +
                    " of the dismissals is not scope, rule, glob, fingerprint and reason between tabs.",
                "--import");
        if (!known.insert(fields[0] + '\t' + fields[1] + '\t' + fields[2] + '\t' + fields[3]).second)
            continue;
        store.dismiss({0, fields[3], fields[1], fields[2], fields[0], fields[4], who, formatTime(utcNow())});
        ++added;
    }
    return added;
}

void setState(Invocation& call, SessionStore& store, const std::string& run, const StoredFinding& finding) {
    if (call.value("state") == "dismissed" && call.value("reason").empty())
        throw UsageError("A dismissal needs a reason.", "--reason", "add --reason TEXT");
    applyTriage(store, {run, finding.id, call.value("state"), call.value("reason"), call.value("scope", "this")});
}

int run(Invocation& call) {
    if (!call.has("session"))
        throw UsageError("lectern triage needs the session whose findings it lists.", "--session",
                         "add --session FILE");
    std::error_code error;
    if (!std::filesystem::exists(call.value("session"), error))
        throw UsageError("The session " + call.value("session") + " does not exist.", call.value("session"));
    SessionStore store(call.value("session"), SessionStore::Access::Write);
    call.events().started("triage", call.value("session"));
    if (call.has("import"))
        call.note(std::to_string(importDismissals(store, readFile(call.value("import")), "import")) +
                  " dismissals added.");
    if (call.has("export")) writeFileAtomically(call.value("export"), dismissalText(store.dismissals()));
    const std::string run = latestReview(store);
    if (!call.positional().empty()) {
        const auto all = store.findings(run);
        const auto finding = std::find_if(
            all.begin(), all.end(), [&](const StoredFinding& f) { return f.id == call.positional()[0]; });
        if (finding == all.end())
            throw UsageError("The latest review has no finding " + call.positional()[0] + ".",
                             call.positional()[0], "lectern triage lists them");
        if (call.has("state")) setState(call, store, run, *finding);
    } else if (call.has("state")) {
        throw UsageError("Say which finding gets the state.", "--state",
                         "lectern triage F3 --state dismissed --reason TEXT");
    }
    Json list = Json::array();
    int open = 0;
    auto findings = store.findings(run);
    std::stable_sort(findings.begin(), findings.end(), [](const auto& a, const auto& b) {
        return a.id.size() != b.id.size() ? a.id.size() < b.id.size() : a.id < b.id;
    });
    for (const StoredFinding& stored : findings) {
        open += stored.state == "open" || stored.state == "uncertain" ? 1 : 0;
        Json record = Json::parse(stored.record, nullptr, false);
        const std::string title = record.is_object() && record.contains("title")
                                      ? record["title"].value("text", std::string())
                                      : std::string();
        if (call.positional().empty() || stored.id == call.positional()[0])
            call.print(fitted(stored.id, 6) + fitted(stored.state, 11) + fitted(stored.severity, 9) +
                       fitted(stored.rule, 6) + " " + stored.path + "  " + title +
                       (stored.stateReason.empty() || stored.state == "open"
                            ? ""
                            : "  (" + stored.stateReason + ")"));
        if (record.is_object()) {
            record["state"] = stored.state;
            record["state_reason"] = stored.stateReason;
        }
        list.push_back(std::move(record));
    }
    call.print(std::to_string(open) + " open of " + std::to_string(findings.size()) + ".");
    if (open > 0) call.conditions().add(Exit::Findings, std::to_string(open) + " open findings remain");
    call.printJson(
        {{"schema", "lectern.triage/1"}, {"run", run}, {"open", open}, {"findings", std::move(list)}});
    return call.exitCode();
}

} // namespace

const Command& triageCommand() {
    static const Command command{
        .name = "triage",
        .summary = "List findings and set their states",
        .positional = "[FINDING]",
        .maximum = 1,
        .options =
            {{"state",
              "S",
              "open, uncertain, rejected, dismissed or fixed",
              {"open", "uncertain", "rejected", "dismissed", "fixed"}},
             {"reason", "TEXT", "why"},
             {"scope", "SCOPE", "this, rule-here or everywhere (this)", {"this", "rule-here", "everywhere"}},
             {"import", "FILE", "read dismissals from a text file"},
             {"export", "FILE", "write the dismissals as sorted text"}},
        .codeOne = "open findings remain",
        .run = run,
    };
    return command;
}

} // namespace app::cli
