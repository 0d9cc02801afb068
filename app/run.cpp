#include "app/run.h"

#include "app/report/report_json.h"
#include "app/report/review.h"
#include "app/report/sample_places.h"
#include "app/report/summarize.h"
#include "app/resources.h"

#include <map>
#include <stdexcept>

namespace app {

namespace {

Report work(const RunFrame& frame, std::stop_token stop) {
    const RunRequest& request = frame.request();
    const JobInput& input = frame.input();
    if (input.run.goal == "ask") return ask(input, frame.askOptions(), stop);
    if (input.run.goal == "summary") {
        SummarizeOptions options;
        options.summary.length = request.length == "short"  ? SummaryLength::Short
                                 : request.length == "long" ? SummaryLength::Long
                                                            : SummaryLength::Page;
        options.extractive = request.extractive;
        return summarize(input, options, stop);
    }
    return review(input, frame.reviewOptions(), stop);
}

} // namespace

RunOutcome runJob(const Intake& intake, const Settings& settings, const RunRequest& request,
                  SessionStore* store, const RunHooks& hooks, std::stop_token stop) {
    if (!intake.corpus)
        throw std::runtime_error("Nothing was read yet: open a folder, a repository or documents first.");
    if (request.goal == "ask" && request.question.find_first_not_of(" \t\n") == std::string::npos)
        throw std::runtime_error("The question is empty: write what you want to know.");
    RunFrame frame({intake.corpus, defaultTokenCounter(), intake.request.toJson(), intake.manifest,
                    [&](const BackendInfo& info) {
                        return contextOptions(settings, intake.request, info.samplesOnly() ? 0 : info.window,
                                              !info.host.empty());
                    }},
                   settings, request, store, hooks, stop);
    try {
        frame.prepare();
    } catch (const SecretsFound& found) {
        throw std::runtime_error(std::string(found.what()) +
                                 " Leave the file out, or choose to mask secrets in the settings.");
    }
    Report report = work(frame, stop);
    Conditions conditions;
    RunOutcome outcome;
    outcome.stopped = stop.stop_requested();
    frame.finish(report, conditions, outcome.stopped);
    if (const ModelRun* const model = frame.model()) {
        outcome.budgetReached = model->budgetReached;
        outcome.engineFailure = model->engineFailure;
    }
    outcome.report = std::make_shared<const Report>(std::move(report));
    return outcome;
}

EngineOutlook outlookOf(const std::string& engine, const Settings& settings, const PriceTable& prices) {
    if (const Endpoint* const endpoint = settings.endpoint(engine)) {
        // The user says which row bills; without, only the hosted service itself is recognised: a server at
        // home that serves a model of the same name costs something else.
        std::string id = endpoint->priceId;
        if (id.empty() && endpoint->url.starts_with("https://api.deepseek.com") &&
            prices.find(endpoint->model, utcNow(), 0))
            id = endpoint->model;
        return {endpoint->name, id, false, endpoint->level};
    }
    return {engine.empty() ? "none" : engine, "", true, 0};
}

std::vector<CostEstimate> forecastAll(const Plan& plan, const Context& context, const Settings& settings,
                                      const PriceTable& prices) {
    const RunShape shape = shapeOf(plan, context);
    std::vector<CostEstimate> rows;
    rows.push_back({.engine = "none",
                    .band = "local",
                    .low = Money{},
                    .high = Money{},
                    .uncached = Money{},
                    .assumptions = {"checks, search and extractive summaries need no model"}});
    if (hasBuiltInModel())
        rows.push_back(estimateLocal("built-in", shapeOf(samplePlaces(context.corpus())), {}));
    for (const Endpoint& endpoint : settings.endpoints) {
        const EngineOutlook outlook = outlookOf(endpoint.name, settings, prices);
        rows.push_back(estimateCost(prices, outlook.priceId, shape, utcNow()));
        rows.back().engine = endpoint.name;
    }
    for (CostEstimate& row : compareCosts(prices, shape, utcNow())) rows.push_back(std::move(row));
    return rows;
}

std::shared_ptr<const Report> latestReport(SessionStore& store) {
    const auto runs = store.runs();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run)
        if (const auto json = store.report(run->id)) {
            auto report = std::make_shared<Report>(reportFromJson(*json));
            // Triage since then lives in the rows of the findings.
            std::map<std::string, StoredFinding> stored;
            for (StoredFinding& row : store.findings(run->id)) stored.emplace(row.id, std::move(row));
            for (auto* list : {&report->findings, &report->rejected})
                for (Finding& finding : *list)
                    if (const auto row = stored.find(finding.id); row != stored.end())
                        finding.state = row->second.state, finding.stateReason = row->second.stateReason;
            return report;
        }
    return nullptr;
}

} // namespace app
