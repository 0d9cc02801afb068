// lectern verify: proves the citations of a stored report again.
#include "app/report/verify.h"

#include "app/cli/invocation.h"
#include "app/report/report_json.h"
#include "app/resources.h"
#include "app/workspace.h"

#include <set>

namespace app::cli {

namespace {

std::string escapedGlob(const std::string& path) {
    std::string glob = "/";
    for (const char c : path) {
        if (c == '*' || c == '?' || c == '[' || c == ']' || c == '\\') glob.push_back('\\');
        glob.push_back(c);
    }
    return glob;
}

// Reads the subject; files that the report was made from but today's rules leave out are read on purpose.
std::shared_ptr<const ingest::Corpus> corpusFor(Invocation& call, const Report& report) {
    ReadRequest request = makeReadRequest({call.value("corpus")}, call.settings());
    const auto progress = [&](const ingest::ReadProgress& p) {
        call.progress().update("Reading", std::int64_t(p.files), std::int64_t(p.filesTotal), "files",
                               p.current);
    };
    auto corpus = readSubject(request, progress, call.stop());
    std::set<std::string> missing;
    for (const ManifestRow& row : report.manifest)
        if ((row.state == "in_context" || row.state == "structure_only") && !corpus->find(row.path)) {
            missing.insert(row.path);
            request.filter.maxText = std::max(request.filter.maxText, row.bytes + 1);
        }
    bool listed = false;
    for (const ingest::Skipped& skipped : corpus->skipped()) listed |= missing.contains(skipped.path);
    if (!listed || missing.size() > 2000) return corpus;
    for (const std::string& path : missing) request.filter.globs.push_back({escapedGlob(path), true});
    return readSubject(request, progress, call.stop());
}

int run(Invocation& call) {
    if (!call.has("corpus"))
        throw UsageError("lectern verify needs to know what to prove the report against.", "--corpus",
                         "add --corpus PATH");
    const std::string file = call.positional().at(0);
    const Report report = reportFromJson(readFile(file));
    call.events().started("verify", "");
    const auto corpus = corpusFor(call, report);
    const Proof proof = verifyReport(report, corpus, call.stop());
    call.progress().clear();
    call.print(std::to_string(proof.held) + " of " + std::to_string(proof.checked) + " citations hold.");
    for (const ProofChange& change : proof.changed)
        call.print("  " + change.finding + "  " + change.at + ": " + change.now +
                   (change.detail.empty() ? "" : ", " + change.detail));
    for (const std::string& path : proof.missing) call.print("  missing: " + path);
    if (!proof.holds())
        call.conditions().add(Exit::Findings,
                              std::to_string(proof.changed.size()) + " citations or files no longer hold");
    call.printJson(toJson(proof));
    return call.exitCode();
}

} // namespace

const Command& verifyCommand() {
    static const Command command{
        .name = "verify",
        .summary = "Prove the citations of a report again",
        .positional = "REPORT",
        .minimum = 1,
        .maximum = 1,
        .options = {{"corpus", "PATH", "what the report was made from: a folder, a file, a PDF or REPO@REV"}},
        .codeOne = "a citation no longer holds",
        .run = run,
    };
    return command;
}

} // namespace app::cli
