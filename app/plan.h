// Plan: the editable list of questions of a run, each with its price in calls, money and seconds (product.md M2, F14;
// JSON document lectern.plan/1). Made by rules from goal and corpus, without a model. Values; any thread.
#pragma once

#include "app/context.h"
#include "app/cost.h"

#include <optional>
#include <string>
#include <vector>

namespace app {

struct PlanItem {
    std::string id, question, scope; // scope: glob over paths, empty = everything
    std::string kind;                // "checks", "scan", "ask", "summary", "samples": who answers
    int passes = 1;
    std::int64_t calls = 0;          // 0: needs no model
    std::optional<Money> cost;       // absent = unknown
    double seconds = 0;
    bool on = true;
};

struct Plan {
    std::string goal; // review, security, drift, contradictions, summary, ask
    std::vector<PlanItem> items;
    std::int64_t calls() const;      // of the items that are on
};

// `level` 0: the deterministic items alone. Prices per item are shares of the run's estimate.
Plan makePlan(const std::string& goal, const Context& context, int level, int passes = 2);
// The plan of an engine by its name, before it is opened: "none" the deterministic items, "built-in" those and its
// samples, any other the questions for a reviewer as well; whether it has proved to be one is checked when the run starts.
Plan planFor(const std::string& goal, const Context& context, const std::string& engine, int passes = 2);
// The demo model's line: how many samples, bounded so that they take seconds. Nothing for "ask", or without a place.
void addSamples(Plan& plan, const ingest::Corpus& corpus);
bool samplesOn(const Plan& plan);
RunShape shapeOf(const Plan& plan, const Context& context); // samples apart (sample_places.h)
void pricePlan(Plan& plan, const Context& context, const PriceTable& prices, const std::string& priceId,
               std::optional<UtcSeconds> at, const Speed& speed = {});

std::string formatPlan(const Plan& plan);                         // the JSON document, items only
Plan parsePlan(const std::string& json, const std::string& what); // --plan FILE; throws with place and reason

} // namespace app
