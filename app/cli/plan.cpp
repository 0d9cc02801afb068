// lectern plan: the list of questions with prices, and the context they are asked over: what is in, what does not fit
// and what could be left out. Over budget it proposes; it never drops anything.
#include "app/cli/cost_json.h"
#include "app/cli/engine_price.h"
#include "app/cli/invocation.h"
#include "app/cli/terminal_text.h"
#include "app/context.h"
#include "app/plan.h"
#include "app/report/ledger.h"
#include "app/resources.h"
#include "app/store/session_store.h"

#include <algorithm>
#include <map>

namespace app::cli {

using Json = nlohmann::ordered_json;

namespace {

Json contextJson(const Context& context) {
    Json document = {{"window", context.window()},
                     {"budget", context.budget()},
                     {"reserve_percent", context.options().reservePercent},
                     {"tokens", context.tokens()},
                     {"fixed_tokens", context.fixedTokens()},
                     {"wanted_tokens", context.wantedTokens()},
                     {"exact", context.exact()},
                     {"counter", context.counter().name()},
                     {"fits", context.fits()},
                     {"fence", context.fence()},
                     {"prefix_sha256", context.prefixSha256()}};
    if (!context.fits())
        document["over_by"] = context.overBy();
    document["pieces"] = Json::array();
    for (const Piece& piece : context.pieces()) {
        const ingest::Document& file = context.corpus().document(piece.document);
        document["pieces"].push_back({{"id", piece.id},
                                      {"path", file.path()},
                                      {"kind", ingest::kindName(file.kind())},
                                      {"tokens", piece.tokens},
                                      {"first_token", piece.firstToken},
                                      {"volatility", context.corpus().volatility(piece.document)},
                                      {"structure_only", piece.structureOnly}});
    }
    document["left_out"] = Json::array();
    for (const LeftOut& left : context.leftOut())
        document["left_out"].push_back({{"path", context.corpus().document(left.document).path()}, {"tokens", left.tokens}, {"state", "over_budget"}, {"reason", left.reason}});
    document["proposals"] = Json::array();
    for (const Proposal& proposal : context.proposals())
        document["proposals"].push_back({{"what", proposal.what}, {"exclude", proposal.glob}, {"files", proposal.files}, {"tokens", proposal.tokens}});
    return document;
}

// Top folders as lines of the table: the whole list of files is in the JSON.
void printContext(Invocation& call, const Context& context) {
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> folders;
    for (const Piece& piece : context.pieces()) {
        const std::string& path = context.corpus().document(piece.document).path();
        const std::size_t slash = path.find('/');
        auto& [files, tokens] = folders[slash == std::string::npos ? "(top)" : path.substr(0, slash + 1)];
        ++files, tokens += piece.tokens;
    }
    const std::string about = context.exact() ? "" : " (estimated)";
    call.print("Context: " + formatCount(context.tokens()) + " tokens" + about + " of " + formatCount(context.budget()) + " usable; window " +
               formatCount(context.window()) + ", " + std::to_string(context.options().reservePercent) + " % kept free");
    call.print("  " + fitted("instructions, manifest", 40) + " " + formatCount(context.fixedTokens()));
    for (const auto& [name, sums] : folders)
        call.print("  " + fitted(name, 40) + " " + fitted(formatCount(sums.second), 12) + formatCount(sums.first) + " files");
    if (context.fits())
        return;
    call.print("");
    call.print("Over budget by " + formatCount(context.overBy()) + " tokens: " + formatCount(std::int64_t(context.leftOut().size())) +
               " files do not fit and would stay unread.");
    for (std::size_t i = 0; i < std::min<std::size_t>(context.leftOut().size(), 10); ++i)
        call.print("  " + fitted(context.corpus().document(context.leftOut()[i].document).path(), 52) + " " + context.leftOut()[i].reason);
    call.print("What could be left out instead, most tokens first:");
    for (const Proposal& proposal : context.proposals())
        call.print("  " + fitted(formatCount(proposal.tokens), 12) + fitted(formatCount(proposal.files) + " files", 14) + fitted(proposal.what, 36) +
                   " --exclude '" + proposal.glob + "'");
}

int run(Invocation& call) {
    const std::string goal = call.value("goal", "review");
    call.events().started(goal, "");
    const auto context = call.context();
    if (call.interrupted())
        return call.exitCode();
    const EnginePrice engine = enginePrice(call.engineName(), call.settings(), call.prices());
    Plan plan = planFor(goal, *context, engine.name);
    pricePlan(plan, *context, call.prices(), engine.local ? "" : engine.priceId, std::nullopt);
    if (!engine.local && engine.priceId.empty())
        for (PlanItem& item : plan.items)
            if (item.calls > 0)
                item.cost.reset();

    printContext(call, *context);
    call.print("");
    call.print("Plan for " + goal + " with engine " + engine.name + ":");
    std::int64_t checks = 0;
    for (const PlanItem& item : plan.items) {
        const std::string price = item.calls == 0 ? "no model" : item.cost ? item.cost->text() + " " + item.cost->currency : "price unknown";
        call.print("  " + fitted(item.id, 5) + fitted(item.question, 84) + " " + fitted(std::to_string(item.calls) + " calls", 9) + " " + price);
        checks += item.kind == "checks";
    }
    if (plan.items.empty())
        call.print("  nothing to ask without a model for this goal");
    call.print(formatCount(std::int64_t(plan.items.size())) + " questions, " + formatCount(checks) + " of them checks by code; " + formatCount(plan.calls()) + " calls");

    Json document = Json::parse(formatPlan(plan));
    document["engine"] = engine.name;
    document["context"] = contextJson(*context);
    if (call.has("out"))
        writeFileAtomically(call.value("out"), document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    if (call.has("session")) {
        Ledger ledger(context->sharedCorpus());
        ledger.setTokensExact(context->exact());
        for (std::uint32_t i = 0; i < context->corpus().documents().size(); ++i)
            ledger.setTokens(i, context->documentTokens(i));
        for (const LeftOut& left : context->leftOut())
            ledger.mark(left.document, CoverageState::OverBudget, left.reason);
        call.storeCorpus(ledger.manifest());
    }
    // "plan" never has findings (code 1 means: never), but what would stay unread is never clean either.
    if (!context->fits())
        call.conditions().add(Exit::Incomplete, formatCount(std::int64_t(context->leftOut().size())) + " files are over budget and would stay unread");
    document["exit"] = call.exitCode();
    document["conditions"] = call.conditions().texts();
    call.events().send("plan.ready", document);
    call.printJson(std::move(document));
    return call.exitCode();
}

} // namespace

const Command& planCommand() {
    static const Command command{
        .name = "plan",
        .summary = "Write the list of questions, and what they are asked over",
        .positional = "[PATH…]",
        .maximum = -1,
        .corpus = true,
        .options = {{"goal", "G", "review, security, drift, contradictions, summary or ask (review)",
                     {"review", "security", "drift", "contradictions", "summary", "ask"}},
                    {"out", "FILE", "write the plan as JSON, to be edited and given to review --plan"}},
        .codeOne = "never",
        .run = run,
    };
    return command;
}

} // namespace app::cli
