#include "app/plan.h"

#include "app/report/checks.h"
#include "app/report/sample_places.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <stdexcept>

namespace app {

using Json = nlohmann::ordered_json;

namespace {

constexpr int mostQuestions = 30;

struct Area {
    const char* name;
    const char* question; // "%" is the module
};
constexpr std::array codeAreas{
    Area{"errors", "Where in % can an operation fail without its failure being noticed or passed on?"},
    Area{"bounds", "Where in % can an index, size or offset leave its range, or arithmetic overflow?"},
    Area{"lifetime", "Where in % can something be used after it was released, or never be released?"},
    Area{"concurrency", "Where in % can two threads or processes meet in the same state without agreement?"},
    Area{"input", "Which input does % trust without checking it?"},
    Area{"contracts", "Where does % break a promise that a comment, a document or a caller relies on?"},
};
constexpr std::array securityAreas{
    Area{"injection", "Where in % does outside text reach a command, a query, a path or a format unescaped?"},
    Area{"authority", "Where in % is something allowed without the right being checked?"},
    Area{"secrets", "Where in % can a secret be stored, logged or sent in the open?"},
    Area{"memory", "Where in % can outside input reach memory beyond what was allocated?"},
};
constexpr std::array driftAreas{
    Area{"docs", "What do the documents say about % that the text of % contradicts?"},
    Area{"comments", "Which comments in % describe something the lines below them no longer do?"},
};
constexpr std::array contradictionAreas{
    Area{"conflict", "Which statements in % contradict each other or a statement elsewhere?"},
    Area{"terms", "Which terms in % are used with more than one meaning, or never defined?"},
};

struct Module {
    std::string name, scope;
    std::int64_t tokens = 0;
};

// Top folders, heavy ones split once, so that a question has a scope that can be read with attention.
std::vector<Module> modulesOf(const Context& context) {
    std::map<std::string, std::int64_t> top, second;
    std::int64_t total = 0;
    const auto prefix = [](const std::string& path, int depth) {
        std::size_t slash = 0;
        for (int i = 0; i < depth; ++i) {
            slash = path.find('/', slash ? slash + 1 : 0);
            if (slash == std::string::npos)
                return std::string();
        }
        return path.substr(0, slash);
    };
    for (const Piece& piece : context.pieces()) {
        const std::string& path = context.corpus().document(piece.document).path();
        top[prefix(path, 1)] += piece.tokens;
        second[prefix(path, 2)] += piece.tokens;
        total += piece.tokens;
    }
    std::vector<Module> modules;
    for (const auto& [name, tokens] : top) {
        if (name.empty()) {
            modules.push_back({"the top folder", "*", tokens});
            continue;
        }
        bool split = false;
        if (tokens * 3 > total)
            for (const auto& [deeper, weight] : second)
                if (deeper.starts_with(name + "/") && weight * 20 > total) {
                    modules.push_back({deeper, deeper + "/**", weight});
                    split = true;
                }
        if (!split)
            modules.push_back({name, name + "/**", tokens});
    }
    std::stable_sort(modules.begin(), modules.end(), [](const Module& a, const Module& b) { return a.tokens > b.tokens; });
    return modules;
}

std::string filled(const char* question, const std::string& module) {
    std::string text = question;
    for (std::size_t at = 0; (at = text.find('%', at)) != std::string::npos; at += module.size())
        text.replace(at, 1, module);
    return text;
}

template <std::size_t N>
void addQuestions(Plan& plan, const std::array<Area, N>& areas, const std::vector<Module>& modules, int passes) {
    // Area by area over the modules: when the plan is full, every module has been asked the weightiest things.
    for (const Area& area : areas)
        for (const Module& module : modules) {
            const auto questions = std::count_if(plan.items.begin(), plan.items.end(), [](const PlanItem& i) { return i.kind == "scan"; });
            if (questions >= mostQuestions)
                return;
            PlanItem item;
            char id[16];
            std::snprintf(id, sizeof id, "Q%02d", int(questions) + 1);
            item.id = id;
            item.question = filled(area.question, module.name);
            item.scope = module.scope;
            item.kind = "scan";
            item.passes = passes;
            item.calls = passes;
            plan.items.push_back(std::move(item));
        }
}

std::string text(const Json& object, const char* key, const std::string& where) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string())
        throw std::runtime_error(where + ": \"" + key + "\" is missing or no text.");
    return found->get<std::string>();
}

} // namespace

std::int64_t Plan::calls() const {
    std::int64_t sum = 0;
    for (const PlanItem& item : items)
        sum += item.on ? item.calls : 0;
    return sum;
}

Plan makePlan(const std::string& goal, const Context& context, int level, int passes) {
    Plan plan;
    plan.goal = goal;
    if (goal == "summary" || goal == "ask") {
        PlanItem item;
        item.id = goal == "ask" ? "A01" : "S01";
        item.question = goal == "ask" ? "The question, over everything that was read" : "What the text says, in its own sentences";
        item.kind = goal;
        item.calls = level >= 2 ? (goal == "ask" ? 2 : 1) : 0;
        plan.items.push_back(std::move(item));
        return plan;
    }
    for (const CheckInfo& check : checkList()) {
        const std::string kind = check.kind;
        const bool wanted = goal == "review" || (goal == "security" && (kind == "secret" || kind == "security" || kind == "instruction")) ||
                            (goal == "drift" && kind == "drift") || (goal == "contradictions" && kind == "contradiction");
        if (!wanted)
            continue;
        PlanItem item;
        item.id = check.id;
        item.question = check.question;
        item.kind = "checks";
        plan.items.push_back(std::move(item));
    }
    if (level < 2)
        return plan;
    const std::vector<Module> modules = modulesOf(context);
    if (goal == "review")
        addQuestions(plan, codeAreas, modules, passes);
    else if (goal == "security")
        addQuestions(plan, securityAreas, modules, passes);
    else if (goal == "drift")
        addQuestions(plan, driftAreas, modules, passes);
    else
        addQuestions(plan, contradictionAreas, modules, passes);
    return plan;
}

Plan planFor(const std::string& goal, const Context& context, const std::string& engine, int passes) {
    Plan plan = makePlan(goal, context, engine == "none" || engine == "built-in" ? 0 : 2, passes);
    if (engine == "built-in")
        addSamples(plan, context.corpus());
    return plan;
}

void addSamples(Plan& plan, const ingest::Corpus& corpus) {
    const auto places = plan.goal == "ask" ? std::vector<SamplePlace>() : samplePlaces(corpus);
    if (places.empty())
        return;
    const auto functions = std::count_if(places.begin(), places.end(), [](const SamplePlace& p) { return p.kind == SampleKind::Function; });
    const CostEstimate estimate = estimateLocal("built-in", shapeOf(places), {});
    PlanItem item;
    item.id = "N01";
    item.question = "Samples by the built-in demo model, marked as such: a line on " + std::to_string(functions) + " functions, a title for " +
                    std::to_string(std::ptrdiff_t(places.size()) - functions) + " sections";
    item.kind = "samples";
    item.calls = std::int64_t(places.size());
    item.cost = Money{};
    item.seconds = estimate.secondsHigh;
    plan.items.push_back(std::move(item));
}

bool samplesOn(const Plan& plan) {
    return std::any_of(plan.items.begin(), plan.items.end(), [](const PlanItem& item) { return item.kind == "samples" && item.on; });
}

RunShape shapeOf(const Plan& plan, const Context& context) {
    RunShape shape;
    shape.prefix = context.tokens();
    // Every scan branch brings about one verification with it.
    std::int64_t scans = 0, samples = 0;
    for (const PlanItem& item : plan.items)
        if (item.on && (item.kind == "scan" || item.kind == "samples"))
            (item.kind == "scan" ? scans : samples) += item.calls;
    shape.calls = plan.calls() - samples + scans / 2;
    shape.exactTokens = context.exact();
    return shape;
}

void pricePlan(Plan& plan, const Context& context, const PriceTable& prices, const std::string& priceId,
               std::optional<UtcSeconds> at, const Speed& speed) {
    RunShape shape = shapeOf(plan, context);
    const std::int64_t calls = shape.calls;
    if (calls == 0) {
        for (PlanItem& item : plan.items)
            item.cost = Money{}, item.seconds = item.kind == "samples" ? item.seconds : 0;
        return;
    }
    const CostEstimate whole = priceId.empty() ? estimateLocal("", shape, speed) : estimateCost(prices, priceId, shape, at, speed);
    shape.calls = 0;
    const CostEstimate none = priceId.empty() ? estimateLocal("", shape, speed) : estimateCost(prices, priceId, shape, at, speed);
    // Removing a line lowers the forecast by that line's price: a share of what the calls add to the one reading.
    for (PlanItem& item : plan.items) {
        if (item.kind == "samples")
            continue; // priced when it was made
        const std::int64_t weight = item.calls + (item.kind == "scan" ? item.calls / 2 : 0);
        if (weight == 0)
            item.cost = Money{0, whole.currency};
        else if (whole.high && none.high)
            item.cost = Money{(whole.high->picoUnits - none.high->picoUnits) / calls * weight, whole.currency};
        else
            item.cost.reset();
        item.seconds = (whole.secondsHigh - none.secondsHigh) / double(calls) * double(weight);
    }
}

std::string formatPlan(const Plan& plan) {
    Json document = {{"schema", "lectern.plan/1"}, {"goal", plan.goal}, {"items", Json::array()}};
    for (const PlanItem& item : plan.items) {
        Json row = {{"id", item.id}, {"question", item.question}, {"scope", item.scope}, {"kind", item.kind},
                    {"passes", item.passes}, {"calls", item.calls}};
        row["cost"] = item.cost ? Json(item.cost->text()) : Json(nullptr);
        row["seconds"] = std::int64_t(item.seconds + 0.5);
        row["on"] = item.on;
        document["items"].push_back(std::move(row));
    }
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Plan parsePlan(const std::string& json, const std::string& what) {
    const Json document = Json::parse(json, nullptr, false);
    if (!document.is_object() || document.value("schema", Json()) != "lectern.plan/1")
        throw std::runtime_error(what + " is not a plan (schema lectern.plan/1): write one with lectern plan --out FILE.");
    Plan plan;
    plan.goal = text(document, "goal", what);
    const auto items = document.find("items");
    if (items == document.end() || !items->is_array() || items->size() > 10'000)
        throw std::runtime_error(what + ": \"items\" is no list of questions.");
    for (const Json& row : *items) {
        const std::string where = what + ": items[" + std::to_string(plan.items.size()) + "]";
        if (!row.is_object())
            throw std::runtime_error(where + " is no question.");
        PlanItem item;
        item.id = text(row, "id", where);
        item.question = text(row, "question", where);
        item.scope = row.contains("scope") ? text(row, "scope", where) : "";
        item.kind = row.contains("kind") ? text(row, "kind", where) : "scan";
        if (row.contains("passes") && row["passes"].is_number_integer())
            item.passes = int(std::clamp<std::int64_t>(row["passes"].get<std::int64_t>(), 1, 5));
        item.calls = item.kind == "scan" ? item.passes : row.contains("calls") && row["calls"].is_number_integer() ? row["calls"].get<std::int64_t>() : 0;
        if (row.contains("on") && row["on"].is_boolean())
            item.on = row["on"].get<bool>();
        plan.items.push_back(std::move(item));
    }
    return plan;
}

} // namespace app
