// lectern cost: tokens, money and minutes of a run as a range, before anything is sent; one plan over all priced engines.
#include "app/cli/cost_json.h"
#include "app/cli/engine_price.h"
#include "app/cli/invocation.h"
#include "app/cli/terminal_text.h"
#include "app/context.h"
#include "app/plan.h"
#include "app/report/sample_places.h"

#include <algorithm>

namespace app::cli {

namespace {

int run(Invocation& call) {
    const std::string goal = call.value("goal", "review");
    call.events().started(goal, "");
    std::optional<UtcSeconds> at;
    if (call.has("at")) {
        at = parseTime(call.value("at"), utcNow());
        if (!at)
            throw UsageError("--at is \"" + call.value("at") + "\": give a time in UTC such as 10:00 or 2026-12-01T10:00Z.", "--at");
    }
    const auto context = call.context();
    if (call.interrupted())
        return call.exitCode();
    const EnginePrice engine = enginePrice(call.engineName(), call.settings(), call.prices());
    RunShape shape = shapeOf(makePlan(goal, *context, 2), *context);
    shape.calls = call.number("calls", shape.calls, 0, 1'000'000);
    if (call.maxOutput() > 0)
        shape.answer = std::min<std::int64_t>(shape.answer, call.maxOutput()), shape.answerLow = std::min(shape.answerLow, shape.answer);

    std::vector<CostEstimate> rows;
    if (call.has("compare") || (engine.local && (engine.name == "none" || engine.name == "built-in"))) {
        // Without an engine the table is the answer: what would it cost anywhere?
        rows = compareCosts(call.prices(), shape, at);
        if (!call.has("compare") && engine.name == "built-in")
            rows.insert(rows.begin(), estimateLocal("built-in", shapeOf(samplePlaces(context->corpus())), {}));
        else if (!call.has("compare"))
            rows.insert(rows.begin(), CostEstimate{.engine = "none", .band = "local", .low = Money{}, .high = Money{}, .uncached = Money{},
                                                   .assumptions = {"checks, search and extractive summaries need no model"}});
    } else if (engine.local) {
        rows.push_back(estimateLocal(engine.name, shape, {}));
    } else {
        rows.push_back(estimateCost(call.prices(), engine.priceId, shape, at));
        rows.back().engine = engine.name;
    }
    if (!context->fits())
        call.conditions().add(Exit::Findings, "the corpus is " + formatCount(context->overBy()) + " tokens too large for the window");

    call.print(formatCount(context->wantedTokens()) + " tokens" + (context->exact() ? "" : " (estimated)") + " of " + formatCount(context->budget()) +
               " usable in a window of " + formatCount(context->window()) +
               (context->fits() ? "" : ": over by " + formatCount(context->overBy()) + " (lectern plan proposes what to leave out)"));
    call.print(goal + ": one reading and " + formatCount(shape.calls) + " calls" + (at ? ", starting " + formatTime(*at) : ""));
    call.print("");
    call.print(fitted("engine", 34) + " " + fitted("money", 26) + " " + fitted("time", 24) + " " + fitted("band", 14) + " prices of");
    for (const CostEstimate& row : rows)
        call.print(fitted(row.engine + (row.fits ? "" : " (too small)"), 34) + " " + fitted(moneyRange(row), 26) + " " +
                   fitted(formatDuration(row.secondsLow) + " to " + formatDuration(row.secondsHigh), 24) + " " + fitted(row.band, 14) + " " + row.asOf);
    if (!rows.empty())
        for (const std::string& assumption : rows.back().assumptions)
            call.print("  assumed: " + assumption);
    const auto document = estimateDocument(context->fits(), context->wantedTokens(), context->overBy(), rows);
    call.events().send("cost.forecast", document);
    call.printJson(document);
    return call.exitCode();
}

} // namespace

const Command& costCommand() {
    static const Command command{
        .name = "cost",
        .summary = "Tokens, money and minutes of a run, as a range",
        .positional = "[PATH…]",
        .maximum = -1,
        .corpus = true,
        .options = {{"goal", "G", "review, security, drift, contradictions, summary or ask (review)",
                     {"review", "security", "drift", "contradictions", "summary", "ask"}},
                    {"calls", "N", "so many calls over the shared prefix (what the plan of the goal needs)"},
                    {"at", "TIME", "start at this time, UTC: 10:00 or 2026-12-01T10:00Z (any time: both price bands)"},
                    {"compare", "", "all priced engines", {}, Takes::Nothing}},
        .codeOne = "the corpus does not fit the window",
        .run = run,
    };
    return command;
}

} // namespace app::cli
