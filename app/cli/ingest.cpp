// lectern ingest: read and account, no model. What is in, what is not and by which rule, how fast it went.
#include "app/cli/invocation.h"
#include "app/cli/terminal_text.h"
#include "app/cli/treemap_svg.h"
#include "app/context_render.h"
#include "app/report/checks.h"
#include "app/report/ledger.h"
#include "app/report/report_json.h"
#include "app/resources.h"
#include "app/store/database.h"
#include "app/store/session_store.h"
#include "app/token_counter.h"
#include "app/workspace.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

namespace app::cli {

using Json = nlohmann::ordered_json;

namespace {

std::vector<std::int64_t> countTokens(const ingest::Corpus& corpus, const TokenCounter& counter, std::stop_token stop) {
    std::vector<std::int64_t> tokens(corpus.documents().size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i; !stop.stop_requested() && (i = next.fetch_add(1)) < tokens.size();)
            tokens[i] = counter.count(corpus.document(i).text());
    };
    std::vector<std::jthread> helpers;
    for (unsigned i = 1; i < std::min(std::max(1u, std::thread::hardware_concurrency()), 16u) && tokens.size() > 8; ++i)
        helpers.emplace_back(work);
    work();
    helpers.clear(); // joins: nobody writes any more
    return tokens;
}

std::string describe(const ManifestRow& row) {
    std::string text = row.path + ": " + row.state;
    if (!row.reason.empty())
        text += ", " + row.reason;
    if (!row.rule.empty())
        text += " (" + row.rule + ")";
    return text;
}

Json fileJson(const ManifestRow& row, const std::string& id, bool exact) {
    Json file = {{"id", id}, {"path", row.path}, {"kind", row.kind}, {"bytes", row.bytes}};
    if (row.lines > 0)
        file["lines"] = row.lines;
    if (row.pages > 0)
        file["pages"] = row.pages;
    file["tokens"] = row.tokens;
    file["exact"] = exact;
    file["state"] = row.state;
    if (!row.reason.empty())
        file["reason"] = row.reason;
    if (!row.rule.empty())
        file["rule"] = row.rule;
    file["sha256"] = row.sha256;
    return file;
}

struct Found {
    std::string what, about;
};

// What a person should look at before anything is sent anywhere.
std::vector<Found> lookAt(const ingest::Corpus& corpus, std::stop_token stop) {
    std::vector<Found> found;
    for (const TextHit& hit : scanSecrets(corpus, stop))
        found.push_back({"looks like a secret (" + hit.rule + ")", ingest::toString(corpus, hit.span)});
    for (const TextHit& hit : scanInstructions(corpus, stop))
        found.push_back({"speaks to a model (" + hit.rule + ")", ingest::toString(corpus, hit.span)});
    return found;
}

int why(Invocation& call, const std::vector<ManifestRow>& rows, const std::vector<LedgerRow>& ledger) {
    std::string path = call.value("why");
    if (path.starts_with("./"))
        path.erase(0, 2);
    Json answer = {{"schema", "lectern.why/1"}, {"path", path}, {"found", false}};
    for (const ManifestRow& row : rows)
        // A folder's row stands for all in it, as one with many ignored files has.
        if (row.path == path || row.path.ends_with("/" + path) || (row.path.ends_with('/') && (path + "/").starts_with(row.path))) {
            call.print(describe(row));
            answer = {{"schema", "lectern.why/1"}, {"path", row.path}, {"found", true}, {"state", row.state}, {"reason", row.reason}, {"rule", row.rule}};
            for (const LedgerRow& page : ledger)
                if (page.path == row.path && page.page > 0 && !page.reason.empty())
                    call.print("  page " + std::to_string(page.page) + ": " + toString(page.state) + ", " + page.reason);
            call.printJson(std::move(answer));
            return call.exitCode();
        }
    throw UsageError("There is no file " + path + " among the " + formatCount(std::int64_t(rows.size())) + " listed.", path,
                     "lectern ingest --list names them all");
}

void keepCorpus(Invocation& call, const std::vector<ManifestRow>& rows) {
    try {
        call.storeCorpus(rows);
    } catch (const DatabaseError& error) {
        if (call.has("session"))
            throw;
        // Nobody asked for this one by name: reading goes on without it, and says so.
        call.note(std::string("Nothing was kept: ") + error.what());
        call.events().warning("nothing was kept", "session", error.what());
    }
}

void printSummary(Invocation& call, const ingest::Corpus& corpus, const Coverage& coverage, const std::vector<ManifestRow>& rows,
                  const std::vector<Found>& found, bool exact) {
    const ingest::ReadStats& stats = corpus.stats();
    call.print(subjectName(corpus) + ": " + coverageLine(coverage));
    std::int64_t tokens = 0, lines = 0;
    for (const ManifestRow& row : rows)
        if (row.state == "in_context")
            tokens += row.tokens, lines += row.lines;
    call.print(formatCount(std::int64_t(corpus.documents().size())) + " documents, " + formatCount(lines) + " lines, " +
               formatCount(coverage.pagesFound) + " pages, " + formatCount(tokens) + " tokens" + (exact ? "" : " (estimated)"));
    std::map<std::string, std::pair<std::int64_t, std::uint64_t>> byReason;
    for (const ManifestRow& row : rows)
        if (row.state != "in_context") {
            auto& [files, bytes] = byReason[row.state + ", " + row.reason.substr(0, row.reason.find(" of "))];
            ++files, bytes += row.bytes;
        }
    for (const auto& [reason, sums] : byReason)
        call.print("  " + fitted(reason, 44) + " " + formatCount(sums.first) + " files, " + formatBytes(sums.second));
    for (const ingest::Warning& warning : corpus.warnings())
        call.print("  note: " + warning.what + (warning.about.empty() ? "" : " (" + warning.about + ")"));
    const std::size_t shown = call.verbose() ? found.size() : std::min<std::size_t>(found.size(), 10);
    for (std::size_t i = 0; i < shown; ++i)
        call.print("  look at " + found[i].about + ": " + found[i].what);
    if (shown < found.size())
        call.print("  and " + std::to_string(found.size() - shown) + " more (--verbose lists them)");
    const double seconds = std::max(stats.seconds, 1e-6);
    call.print("Read in " + formatDuration(stats.seconds) + ": " + formatCount(std::int64_t(double(stats.files) / seconds)) + " files/s, " +
               formatBytes(std::uint64_t(double(stats.bytes) / seconds)) + "/s, " + formatCount(std::int64_t(double(stats.pages) / seconds)) +
               " pages/s, at most " + formatBytes(stats.peakMemory) + " of memory");
}

int run(Invocation& call) {
    const auto corpus = call.corpus();
    call.events().started("ingest", "");
    const auto counter = call.counter();
    const std::vector<std::int64_t> tokens = countTokens(*corpus, *counter, call.stop());
    Ledger ledger(corpus);
    ledger.setTokensExact(counter->exact());
    for (std::uint32_t i = 0; i < tokens.size(); ++i)
        ledger.setTokens(i, tokens[i]);
    if (call.interrupted())
        ledger.gap(subjectName(*corpus), "stopped by the user");
    const std::vector<ManifestRow> rows = ledger.manifest();
    if (call.has("why"))
        return why(call, rows, ledger.rows());
    const Coverage coverage = ledger.coverage();
    const std::vector<Found> found = lookAt(*corpus, call.stop());
    keepCorpus(call, rows);
    if (call.has("treemap")) {
        std::vector<TreemapFile> files;
        for (const ManifestRow& row : rows)
            files.push_back({row.path, row.kind, row.state, row.tokens});
        writeFileAtomically(call.value("treemap"), treemapSvg(files, subjectName(*corpus)));
    }

    if (!found.empty())
        call.conditions().add(Exit::Findings, formatCount(std::int64_t(found.size())) + " places look like secrets or speak to a model");
    if (coverage.pagesEmpty > 0)
        call.conditions().add(Exit::Findings, formatCount(coverage.pagesEmpty) + " pages have no text");
    if (coverage.unreadable > 0 || coverage.withheld > 0 || coverage.overBudget > 0)
        call.conditions().add(Exit::Incomplete, formatCount(coverage.unreadable + coverage.withheld + coverage.overBudget) + " files were not read");
    if (call.interrupted())
        call.conditions().add(Exit::Incomplete, "stopped by the user");

    if (call.has("list"))
        for (const ManifestRow& row : rows)
            call.print(row.state == "in_context" ? fitted(formatCount(row.tokens), 12) + row.path : fitted("-", 12) + describe(row));
    printSummary(call, *corpus, coverage, rows, found, counter->exact());
    if (call.json()) {
        Json files = Json::array();
        for (const ManifestRow& row : rows) {
            const auto index = corpus->find(row.path);
            files.push_back(fileJson(row, index && row.state != "excluded" && row.state != "unreadable" ? shortId(*index) : "", counter->exact()));
        }
        Json warnings = Json::array();
        for (const ingest::Warning& warning : corpus->warnings())
            warnings.push_back({{"what", warning.what}, {"about", warning.about}});
        for (const Found& f : found)
            warnings.push_back({{"what", f.what}, {"about", f.about}});
        Json subjects = Json::array();
        for (const ingest::Subject& s : corpus->subjects())
            subjects.push_back({{"kind", s.kind}, {"name", s.name}, {"revision", s.revision}, {"dirty", s.dirty}});
        const ingest::ReadStats& stats = corpus->stats();
        const double seconds = std::max(stats.seconds, 1e-6);
        call.printJson({{"schema", "lectern.corpus/1"},
                        {"sha256", corpus->sha256()},
                        {"subject", subjects},
                        {"coverage", toJson(coverage)},
                        {"exit", call.exitCode()},
                        {"conditions", call.conditions().texts()},
                        {"speed",
                         {{"seconds", stats.seconds},
                          {"files_per_second", double(stats.files) / seconds},
                          {"megabytes_per_second", double(stats.bytes) / 1e6 / seconds},
                          {"pages_per_second", double(stats.pages) / seconds},
                          {"files", stats.files},
                          {"bytes", stats.bytes},
                          {"pages", stats.pages},
                          {"peak_memory_bytes", stats.peakMemory}}},
                        {"files", files},
                        {"warnings", warnings}});
    }
    return call.exitCode();
}

} // namespace

const Command& ingestCommand() {
    static const Command command{
        .name = "ingest",
        .summary = "Read and account, no model",
        .positional = "[PATH…]",
        .maximum = -1,
        .corpus = true,
        .options = {{"list", "", "every file with its state, reason and rule", {}, Takes::Nothing},
                    {"why", "PATH", "why this file is in or out, with file, line and pattern"},
                    {"treemap", "FILE.svg", "write a treemap, area by tokens"}},
        .codeOne = "secrets, empty pages or instruction-like text were seen",
        .run = run,
    };
    return command;
}

} // namespace app::cli
