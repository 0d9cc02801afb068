#include "app/run.h"

#include "app/agent/jobs.h"
#include "app/agent/prompts.h"
#include "app/report/ask.h"
#include "app/report/checks.h"
#include "app/report/export.h"
#include "app/report/job_report.h"
#include "app/report/ledger.h"
#include "app/report/report_json.h"
#include "app/report/review.h"
#include "app/report/sample_places.h"
#include "app/report/summarize.h"
#include "app/resources.h"
#include "ingest/git_history.h"

#include <chrono>
#include <map>
#include <stdexcept>

namespace app {

using Json = nlohmann::ordered_json;

namespace {

std::string jobName(const std::string& goal) {
    return goal == "summary" || goal == "ask" ? goal : "review";
}

// The same documents with every secret overwritten by stars: same lengths, so that every place stays what it was.
std::shared_ptr<const ingest::Corpus> starred(const ingest::Corpus& corpus, std::stop_token stop) {
    ingest::CorpusBuilder builder;
    for (std::uint32_t i = 0; i < corpus.documents().size() && !stop.stop_requested(); ++i) {
        const ingest::Document& document = corpus.document(i);
        std::string text = document.text();
        for (const SecretRange& one : findSecrets(text))
            for (std::size_t at = one.begin; at < one.end; ++at)
                if (text[at] != '\n')
                    text[at] = '*';
        auto copy = document.pages().empty()
                        ? std::make_shared<ingest::Document>(document.path(), document.kind(), text, document.sha256(), document.fileBytes())
                        : std::make_shared<ingest::Document>(document.path(), text, document.sha256(), document.fileBytes(),
                                                             document.pages(), document.outline());
        builder.add(std::move(copy), corpus.volatility(i));
    }
    for (const ingest::Subject& subject : corpus.subjects())
        builder.subject(subject);
    return builder.build();
}

// A stop token that also fires when the minutes are used up is the agent's own business (ModelLimits::minutes).
class Run {
public:
    Run(const Intake& intake, const Settings& settings, const RunRequest& request, SessionStore* store, const RunHooks& hooks,
        std::stop_token stop)
        : m_intake(intake), m_settings(settings), m_request(request), m_store(store), m_hooks(hooks), m_stop(stop) {}

    RunOutcome go() {
        m_prices = loadPrices(m_settings);
        m_input.corpus = m_intake.corpus;
        m_counter = defaultTokenCounter();
        m_input.counter = m_counter.get();
        m_input.engine.name = m_settings.chosenEngine();
        openEngine();
        begin();
        if (m_model)
            connectModel();
        Report report = work();
        return finish(std::move(report));
    }

private:
    std::shared_ptr<const ingest::Corpus> withoutSecrets(const BackendInfo& info) {
        const std::string rule = m_settings.secrets.empty() ? (info.host.empty() ? "allow" : "block") : m_settings.secrets;
        if (rule == "allow")
            return m_input.corpus;
        const auto hits = scanSecrets(*m_input.corpus, m_stop);
        if (hits.empty())
            return m_input.corpus;
        if (rule == "block")
            throw std::runtime_error("The text holds " + std::to_string(hits.size()) + (hits.size() == 1 ? " secret" : " secrets") +
                                     ", the first (" + hits.front().rule + ") at " + ingest::toString(*m_input.corpus, hits.front().span) +
                                     ": nothing was sent; leave the file out, or choose to mask secrets in the settings.");
        return starred(*m_input.corpus, m_stop);
    }

    void openEngine() {
        try {
            m_backend = openBackend(m_input.engine.name, m_settings, m_settings.offline);
            if (m_backend)
                m_backend->info();
        } catch (const BackendError& error) {
            // Nobody chose this engine: a machine that cannot run it goes on without, and says so.
            if (!m_settings.engine.empty())
                throw;
            m_backend.reset();
            m_input.engine.name = "none";
            m_input.engine.note = std::string("the built-in model could not be opened: ") + error.what();
        }
        if (!m_backend) {
            m_input.engine.effort.clear();
            return;
        }
        const Prompts prompts = Prompts::load();
        const BackendInfo info = m_backend->info();
        m_model = std::make_unique<ModelRun>();
        m_model->backend = m_backend.get();
        m_model->info = info;
        m_model->corpus = withoutSecrets(info);
        const auto options = contextOptions(m_settings, m_intake.request, info.samplesOnly() ? 0 : info.window, !info.host.empty());
        m_context = planContext(m_model->corpus, m_counter, options, {}, m_stop);
        m_plan = makePlan(m_request.goal, *m_context, info.level, m_request.passes);
        if (info.samplesOnly())
            addSamples(m_plan, *m_model->corpus);
        if (m_request.plan)
            m_plan = *m_request.plan;
        m_input.samples = samplesOn(m_plan);
        if (!info.samplesOnly())
            m_input.context = m_context; // else it reads no corpus: code read it all, as without a model
        m_input.model = m_model.get();
        EngineReport& engine = m_input.engine;
        if (!info.name.empty() && engine.name != "built-in")
            engine.name = info.name;
        engine.model = info.model;
        engine.fingerprint = info.fingerprint;
        engine.level = info.level;
        engine.effort = m_settings.effort;
        engine.thinking = m_settings.thinking;
        engine.demo = info.demo;
        engine.note = info.note;
        engine.promptsSha256 = prompts.sha256();
    }

    void begin() {
        m_input.run.goal = jobName(m_request.goal);
        m_input.run.started = formatTime(utcNow());
        m_input.run.resumedFrom = m_request.resumes;
        m_input.run.question = m_request.question;
        m_input.store = m_store;
        if (m_store) {
            StoredRun run;
            run.goal = m_input.run.goal;
            run.started = m_input.run.started;
            run.resumedFrom = m_request.resumes;
            run.engine = m_input.engine.name;
            run.model = m_input.engine.model;
            run.promptsSha256 = m_input.engine.promptsSha256;
            run.question = m_request.question;
            run.options = Json{{"goal", m_request.goal}, {"scope", m_request.scope}, {"strict", m_request.strictness}}.dump(
                -1, ' ', false, Json::error_handler_t::replace);
            run.corpus = m_store->saveCorpus(m_input.corpus->sha256(), subjectName(*m_input.corpus), m_intake.request.toJson(), m_intake.manifest);
            m_input.run.id = m_store->beginRun(run, m_request.resumes);
            if (m_request.plan)
                m_store->savePlan(m_input.run.id, m_request.plan->goal, formatPlan(*m_request.plan));
            m_store->addStep(m_input.run.id, "read", "corpus",
                             Json{{"sha256", m_input.corpus->sha256()}, {"files", m_input.corpus->documents().size()}}.dump());
        } else {
            m_input.run.id = "unsaved-" + std::to_string(utcNow());
        }
        m_input.hooks.onStage = m_hooks.onStage;
        m_input.hooks.onFinding = m_hooks.onFinding;
        m_input.hooks.onSentence = m_hooks.onSentence;
    }

    void connectModel() {
        ModelRun& model = *m_model;
        model.context = m_context;
        const auto& subjects = m_input.corpus->subjects();
        if (subjects.size() == 1 && subjects[0].kind == "git")
            model.history = ingest::History::open(subjects[0].root);
        if (!m_settings.budget.empty())
            model.limits.budget = parseMoney(m_settings.budget);
        model.limits.minutes = m_settings.maxMinutes;
        if (m_settings.maxOutput > 0)
            model.limits.answerTokens = m_settings.maxOutput;
        model.effort = m_settings.effort == "low" ? Effort::Low : m_settings.effort == "max" ? Effort::Max : Effort::High;
        model.thinking = m_settings.thinking;
        model.verbose = true; // the window shows answers as they come
        model.onEvent = m_hooks.onEvent;
        keepBranches(model);
        price(model);
    }

    // A branch that any earlier link of the chain finished is never asked, and never paid, again.
    void keepBranches(ModelRun& model) {
        if (!m_store)
            return;
        std::map<std::string, std::string> kept;
        for (std::string link = m_request.resumes; !link.empty();) {
            for (const StoredStep& step : m_store->steps(link))
                if (step.stage == "branch")
                    kept.emplace(step.key, step.record);
            const auto earlier = m_store->run(link);
            link = earlier ? earlier->resumedFrom : std::string();
        }
        model.finishedBranch = [kept = std::move(kept)](const std::string& key) -> std::optional<std::string> {
            const auto found = kept.find(key);
            return found == kept.end() ? std::nullopt : std::optional(found->second);
        };
        model.storeBranch = [store = m_store, run = m_input.run.id](const std::string& key, const std::string& record) {
            store->addStep(run, "branch", key, record);
        };
    }

    void price(ModelRun& model) {
        const RunShape shape = shapeOf(m_plan, *m_context);
        const bool local = model.info.host.empty();
        const CostEstimate forecast = onlySamples(m_input) ? estimateLocal(m_input.engine.name, shapeOf(samplePlaces(*model.corpus, m_stop)), {})
                                      : local ? estimateLocal(m_input.engine.name, shape, {})
                                            : estimateCost(*m_prices, model.info.priceRow, shape, utcNow());
        m_input.cost.low = forecast.low;
        m_input.cost.high = forecast.high;
        m_input.cost.secondsLow = forecast.secondsLow;
        m_input.cost.secondsHigh = forecast.secondsHigh;
        if (local) {
            model.price = [](const Usage&) { return std::optional<Money>(Money{}); };
            return;
        }
        model.price = [this](const Usage& usage) -> std::optional<Money> {
            const PriceRow* const row = m_prices->find(m_model->info.priceRow, utcNow(), usage.inputUncached + usage.inputCached);
            return row ? priceOf(*row, usage) : std::nullopt;
        };
        if (const PriceRow* const row = m_prices->find(model.info.priceRow, utcNow(), 0)) {
            m_input.cost.priceRow = row->id;
            m_input.cost.priceBand = toString(row->band);
            m_input.cost.priceSource = row->source;
        }
        m_input.cost.priceAsOf = m_prices->asOf();
        const ConsentQuestion question{model.info.host, model.info.model, m_context->userText().size() + m_context->systemText().size(), forecast};
        if (!m_hooks.consent || !m_hooks.consent(question)) {
            if (m_store)
                m_store->finishRun(m_input.run.id, "stopped", 2, {"nothing was sent: the price was not accepted"});
            throw std::runtime_error("Nothing was sent to " + model.info.host + ": the price was not accepted.");
        }
        if (m_store)
            m_store->acknowledge(m_input.run.id, "send", model.info.host, question.text());
    }

    Report work() {
        if (m_input.run.goal == "ask") {
            AskOptions options;
            options.question = m_request.question;
            options.scope = m_request.scope;
            options.extractive = m_request.extractive;
            return ask(m_input, options, m_stop);
        }
        if (m_input.run.goal == "summary") {
            SummarizeOptions options;
            options.summary.length = m_request.length == "short" ? SummaryLength::Short
                                     : m_request.length == "long" ? SummaryLength::Long
                                                                  : SummaryLength::Page;
            options.extractive = m_request.extractive;
            return summarize(m_input, options, m_stop);
        }
        ReviewOptions options;
        options.goals = {m_request.goal};
        options.strictness = m_request.strictness;
        options.passes = m_request.passes;
        options.scope = m_request.scope;
        options.extractive = m_request.extractive;
        for (const PlanItem& item : m_plan.items)
            if (item.on && item.kind == "scan")
                options.questions.push_back({item.id, item.question, item.scope, {}, {}});
        if (m_store) {
            options.earlier = earlierFindings(*m_store, m_input.run.id);
            options.dismissals = m_store->dismissals();
        }
        return review(m_input, options, m_stop);
    }

    RunOutcome finish(Report report) {
        RunOutcome outcome;
        outcome.stopped = m_stop.stop_requested();
        outcome.budgetReached = m_model && m_model->budgetReached;
        outcome.engineFailure = m_model ? m_model->engineFailure : std::string();
        auto& conditions = report.run.conditions;
        if (!outcome.engineFailure.empty())
            conditions.push_back(outcome.engineFailure), report.run.exit = 5;
        else if (outcome.budgetReached)
            conditions.push_back("the budget was reached; a larger one lets the run go on"), report.run.exit = 4;
        if (!report.coverage.complete)
            conditions.push_back(coverageLine(report.coverage));
        if (m_store) {
            m_store->addStep(report.run.id, "report", "done", Json{{"status", report.run.status}, {"exit", report.run.exit}}.dump());
            m_store->saveReport(report.run.id, exportReport(report, Format::Json));
            // A stopped run stays open: resuming goes on with it.
            m_store->finishRun(report.run.id, outcome.stopped || outcome.budgetReached ? "stopped" : report.run.status, report.run.exit, conditions);
        }
        outcome.report = std::make_shared<const Report>(std::move(report));
        return outcome;
    }

    const Intake& m_intake;
    const Settings& m_settings;
    const RunRequest& m_request;
    SessionStore* m_store;
    const RunHooks& m_hooks;
    std::stop_token m_stop;
    std::optional<PriceTable> m_prices;
    std::shared_ptr<const TokenCounter> m_counter;
    std::unique_ptr<Backend> m_backend;
    std::unique_ptr<ModelRun> m_model;
    std::shared_ptr<const Context> m_context;
    Plan m_plan;
    JobInput m_input;
};

} // namespace

std::string ConsentQuestion::text() const {
    const std::string price = estimate.low && estimate.high
                                  ? estimate.low->text() + " to " + estimate.high->text() + " " + estimate.currency +
                                        (estimate.asOf.empty() ? "" : " (prices of " + estimate.asOf + ")")
                                  : "an unknown price";
    return "Send " + std::to_string(bytes) + " bytes to " + host + " for " + price;
}

RunOutcome runJob(const Intake& intake, const Settings& settings, const RunRequest& request, SessionStore* store,
                  const RunHooks& hooks, std::stop_token stop) {
    if (!intake.corpus)
        throw std::runtime_error("Nothing was read yet: open a folder, a repository or documents first.");
    if (request.goal == "ask" && request.question.find_first_not_of(" \t\n") == std::string::npos)
        throw std::runtime_error("The question is empty: write what you want to know.");
    return Run(intake, settings, request, store, hooks, stop).go();
}

EngineOutlook outlookOf(const std::string& engine, const Settings& settings, const PriceTable& prices) {
    if (const Endpoint* const endpoint = settings.endpoint(engine)) {
        // The user says which row bills; without, only the hosted service itself is recognised: a server at home that
        // serves a model of the same name costs something else.
        std::string id = endpoint->priceId;
        if (id.empty() && endpoint->url.starts_with("https://api.deepseek.com") && prices.find(endpoint->model, utcNow(), 0))
            id = endpoint->model;
        return {endpoint->name, id, false, endpoint->level};
    }
    return {engine.empty() ? "none" : engine, "", true, 0};
}

std::vector<CostEstimate> forecastAll(const Plan& plan, const Context& context, const Settings& settings, const PriceTable& prices) {
    const RunShape shape = shapeOf(plan, context);
    std::vector<CostEstimate> rows;
    rows.push_back({.engine = "none", .band = "local", .low = Money{}, .high = Money{}, .uncached = Money{},
                    .assumptions = {"checks, search and extractive summaries need no model"}});
    if (hasBuiltInModel())
        rows.push_back(estimateLocal("built-in", shapeOf(samplePlaces(context.corpus())), {}));
    for (const Endpoint& endpoint : settings.endpoints) {
        const EngineOutlook outlook = outlookOf(endpoint.name, settings, prices);
        rows.push_back(estimateCost(prices, outlook.priceId, shape, utcNow()));
        rows.back().engine = endpoint.name;
    }
    for (CostEstimate& row : compareCosts(prices, shape, utcNow()))
        rows.push_back(std::move(row));
    return rows;
}

std::vector<Finding> earlierFindings(SessionStore& store, const std::string& thisRun) {
    const auto runs = store.runs();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        if (run->goal != "review" || run->id == thisRun || run->finished.empty() || run->status != "complete")
            continue;
        std::vector<Finding> findings;
        for (const StoredFinding& stored : store.findings(run->id)) {
            Finding finding = findingFromJson(Json::parse(stored.record));
            finding.state = stored.state;
            findings.push_back(std::move(finding));
        }
        return findings;
    }
    return {};
}

std::shared_ptr<const Report> latestReport(SessionStore& store) {
    const auto runs = store.runs();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run)
        if (const auto json = store.report(run->id)) {
            auto report = std::make_shared<Report>(reportFromJson(*json));
            // Triage since then lives in the rows of the findings.
            std::map<std::string, StoredFinding> stored;
            for (StoredFinding& row : store.findings(run->id))
                stored.emplace(row.id, std::move(row));
            for (auto* list : {&report->findings, &report->rejected})
                for (Finding& finding : *list)
                    if (const auto row = stored.find(finding.id); row != stored.end())
                        finding.state = row->second.state, finding.stateReason = row->second.stateReason;
            return report;
        }
    return nullptr;
}

} // namespace app
