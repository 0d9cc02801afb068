// lectern prices: the table that costs are computed from: what is in it, how old it is, and another one merged into the
// user's copy. Numbers go from text to integer and back, never through floating point.
#include "app/cli/invocation.h"
#include "app/cli/terminal_text.h"
#include "app/prices.h"
#include "app/resources.h"

#include <algorithm>

namespace app::cli {

using Json = nlohmann::ordered_json;

namespace {

UtcSeconds day(Invocation& call) {
    if (!call.has("on"))
        return utcNow();
    const auto at = parseTime(call.value("on"), utcNow());
    if (!at)
        throw UsageError("--on is \"" + call.value("on") + "\": give a date such as 2026-12-01.", "--on");
    return *at;
}

std::string rate(const std::optional<std::int64_t>& r) {
    return r ? formatRate(*r) : "?";
}

int list(Invocation& call) {
    const UtcSeconds on = day(call);
    Json rows = Json::array();
    call.print(fitted("id", 24) + fitted("band", 10) + fitted("prompt", 11) + fitted("cached", 10) + fitted("uncached", 10) + fitted("output", 10) +
               fitted("looked up", 12) + "c.");
    for (const PriceRow& row : call.prices().rows()) {
        if (on < row.from || on >= row.to)
            continue;
        call.print(fitted(row.id, 24) + fitted(toString(row.band), 10) + fitted(row.abovePrompt ? ">" + formatCount(row.abovePrompt) : "any", 11) +
                   fitted(rate(row.cached), 10) + fitted(rate(row.uncached), 10) + fitted(rate(row.output), 10) + fitted(row.retrieved, 12) +
                   row.confidence + (row.currency == "USD" ? "" : "  " + row.currency));
        const auto money = [](const std::optional<std::int64_t>& r) { return r ? Json(formatRate(*r)) : Json(nullptr); };
        rows.push_back({{"id", row.id}, {"name", row.name}, {"provider", row.provider}, {"currency", row.currency}, {"band", toString(row.band)},
                        {"above_prompt", row.abovePrompt}, {"cached", money(row.cached)}, {"uncached", money(row.uncached)},
                        {"cache_write", money(row.cacheWrite)}, {"output", money(row.output)}, {"from", row.from ? Json(formatTime(row.from)) : Json(nullptr)},
                        {"to", row.to == INT64_MAX ? Json(nullptr) : Json(formatTime(row.to))}, {"source", row.source}, {"retrieved", row.retrieved},
                        {"confidence", row.confidence}, {"note", row.note}});
    }
    call.print("Per million tokens; table of " + call.prices().asOf() + "; confidence A official text seen, B two third parties, C one or conflicting.");
    call.printJson({{"schema", "lectern.prices-list/1"}, {"on", formatTime(on)}, {"as_of", call.prices().asOf()}, {"rows", rows}});
    return call.exitCode();
}

int check(Invocation& call) {
    const UtcSeconds on = day(call);
    const std::vector<PriceWarning> warnings = checkPrices(call.prices(), on);
    Json rows = Json::array();
    for (const PriceWarning& warning : warnings) {
        call.print(warning.id + " " + warning.about);
        rows.push_back({{"id", warning.id}, {"about", warning.about}});
    }
    if (warnings.empty())
        call.print("Every price was looked up in the 60 days before " + formatTime(on).substr(0, 10) + ".");
    else
        call.conditions().add(Exit::Findings, formatCount(std::int64_t(warnings.size())) + " prices are old or missing");
    call.printJson({{"schema", "lectern.prices-check/1"}, {"on", formatTime(on)}, {"warnings", rows}, {"exit", call.exitCode()}});
    return call.exitCode();
}

int import(Invocation& call) {
    if (call.positional().size() != 2)
        throw UsageError("lectern prices import needs FILE.", "import", "lectern prices import FILE");
    const std::string file = call.positional()[1];
    const auto own = dataFolder() / "prices.json";
    std::error_code error;
    const std::string current = !call.settings().pricesFile.empty()         ? readFile(call.settings().pricesFile, 64 << 20)
                                : std::filesystem::exists(own, error) ? readFile(own, 64 << 20)
                                                                      : readResource("prices.json");
    const PriceImport result = importPrices(current, readFile(file, 64 << 20), file, formatTime(day(call)).substr(0, 10));
    const auto target = call.settings().pricesFile.empty() ? own : std::filesystem::path(call.settings().pricesFile);
    if (!result.added.empty() || !result.replaced.empty())
        writeFileAtomically(target, result.table, 0600);
    for (const std::string& refused : result.refused)
        call.print("not taken, " + refused);
    call.print(formatCount(std::int64_t(result.added.size())) + " added, " + formatCount(std::int64_t(result.replaced.size())) + " replaced, " +
               formatCount(std::int64_t(result.refused.size())) + " not taken; the table is " + target.string());
    call.printJson({{"schema", "lectern.prices-import/1"}, {"file", target.string()}, {"added", result.added}, {"replaced", result.replaced},
                    {"refused", result.refused}});
    return call.exitCode();
}

int run(Invocation& call) {
    const std::string action = call.positional().empty() ? "list" : call.positional()[0];
    call.events().started("prices", "");
    if (action != "import" && call.positional().size() > 1)
        throw UsageError("lectern prices " + action + " takes no further argument \"" + call.positional()[1] + "\".", call.positional()[1]);
    return action == "list" ? list(call) : action == "check" ? check(call) : import(call);
}

} // namespace

const Command& pricesCommand() {
    static const Command command{
        .name = "prices",
        .summary = "The price table: what it says, how old it is, another one merged in",
        .positional = "[list|check|import FILE]",
        .maximum = 2,
        .options = {{"on", "DATE", "as of this day (today)"}},
        .codeOne = "a row is older than 60 days",
        .actions = {"list", "check", "import"},
        .run = run,
    };
    return command;
}

} // namespace app::cli
