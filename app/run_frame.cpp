#include "app/run_frame.h"

#include "app/agent/prompts.h"
#include "app/amounts.h"
#include "app/report/checks.h"
#include "app/report/export.h"
#include "app/report/job_report.h"
#include "app/report/ledger.h"
#include "app/report/report_json.h"
#include "app/report/sample_places.h"
#include "app/workspace.h"
#include "ingest/git_history.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <random>

namespace app {

using Json = nlohmann::ordered_json;

namespace {

// The same documents with every secret overwritten by stars: same lengths, so that every place stays what it
// was.
std::shared_ptr<const ingest::Corpus> starred(const ingest::Corpus& corpus, std::stop_token stop) {
    ingest::CorpusBuilder builder;
    for (std::uint32_t i = 0; i < corpus.documents().size() && !stop.stop_requested(); ++i) {
        const ingest::Document& document = corpus.document(i);
        const auto secrets = findSecrets(document.text());
        if (secrets.empty()) {
            builder.add(corpus.documents()[i], corpus.volatility(i));
            continue;
        }
        std::string text = document.text();
        for (const SecretRange& one : secrets)
            for (std::size_t at = one.begin; at < one.end; ++at)
                if (text[at] != '\n') text[at] = '*';
        auto copy = document.pages().empty()
                        ? std::make_shared<ingest::Document>(document.path(), document.kind(), text,
                                                             document.sha256(), document.fileBytes())
                        : std::make_shared<ingest::Document>(document.path(), text, document.sha256(),
                                                             document.fileBytes(), document.pages(),
                                                             document.outline());
        builder.add(std::move(copy), corpus.volatility(i));
    }
    for (const ingest::Subject& subject : corpus.subjects()) builder.subject(subject);
    return builder.build();
}

Effort effortOf(const std::string& name) {
    return name == "low" ? Effort::Low : name == "max" ? Effort::Max : Effort::High;
}

} // namespace

std::string jobOf(const std::string& goal) {
    static const std::vector<std::string> reviews{"security", "drift", "contradictions"};
    return std::find(reviews.begin(), reviews.end(), goal) == reviews.end() ? goal : "review";
}

std::string newRunId(const std::string& started) {
    std::string id = started.substr(0, 19);
    std::erase_if(id, [](char c) { return c == '-' || c == ':'; });
    std::random_device random;
    char tail[24];
    std::snprintf(tail, sizeof tail, "-%08x", static_cast<unsigned>(random()));
    return id + tail;
}

std::string ConsentQuestion::text() const {
    const std::string price = estimate.low && estimate.high
                                  ? estimate.low->text() + " to " + estimate.high->text() + " " +
                                        estimate.currency +
                                        (estimate.asOf.empty() ? "" : " (prices of " + estimate.asOf + ")")
                                  : "an unknown price";
    const std::string time = estimate.secondsHigh > 0 ? ", " + formatDuration(estimate.secondsLow) + " to " +
                                                            formatDuration(estimate.secondsHigh)
                                                      : std::string();
    return "Send " + formatBytes(bytes) + " to " + host + " for " + price + time;
}

RunFrame::RunFrame(RunSubject subject, const Settings& settings, RunRequest request, SessionStore* store,
                   RunHooks hooks, std::stop_token stop)
    : m_subject(std::move(subject)), m_settings(settings), m_request(std::move(request)), m_store(store),
      m_hooks(std::move(hooks)), m_stop(std::move(stop)) {
    m_input.corpus = m_subject.corpus;
    m_input.counter = m_subject.counter.get();
    m_input.store = m_store;
    m_input.engine.name = m_settings.chosenEngine();
    m_input.run.started = formatTime(utcNow());
    m_input.run.id = newRunId(m_input.run.started);
    m_input.run.goal = jobOf(m_request.goal);
    m_input.run.resumedFrom = m_request.resumes;
    m_input.run.question = m_request.question;
    m_input.hooks = {m_hooks.onStage, m_hooks.onFinding, m_hooks.onSentence, m_hooks.onWarning};
    m_plan.goal = m_request.goal;
}

RunFrame::~RunFrame() = default;

void RunFrame::setId(const std::string& id, const std::string& started) {
    m_input.run.id = id;
    m_input.run.started = started;
}

void RunFrame::prepare(const std::function<Backend*()>& open) {
    openEngine(open);
    begin();
    if (m_model) connectModel();
}

std::shared_ptr<const ingest::Corpus> RunFrame::withoutSecrets(const BackendInfo& info) const {
    const std::string rule =
        m_settings.secrets.empty() ? (info.host.empty() ? "allow" : "block") : m_settings.secrets;
    if (rule == "allow") return m_input.corpus;
    const auto hits = scanSecrets(*m_input.corpus, m_stop);
    if (hits.empty()) return m_input.corpus;
    if (rule == "block")
        throw SecretsFound("The text holds " + std::to_string(hits.size()) +
                           (hits.size() == 1 ? " secret" : " secrets") + ", the first (" + hits.front().rule +
                           ") at " + ingest::toString(*m_input.corpus, hits.front().span) +
                           ": nothing was sent.");
    return starred(*m_input.corpus, m_stop);
}

Backend* RunFrame::chosenBackend(const std::function<Backend*()>& open) {
    try {
        if (!open) m_backend = openBackend(m_input.engine.name, m_settings, m_settings.offline);
        Backend* const opened = open ? open() : m_backend.get();
        if (opened) opened->info();
        return opened;
    } catch (const BackendError& error) {
        // Nobody chose this engine: a machine that cannot run it goes on without, and says so.
        if (!m_settings.engine.empty()) throw;
        m_backend.reset();
        m_input.engine.name = "none";
        m_input.engine.note = std::string("the built-in model could not be opened: ") + error.what();
        return nullptr;
    }
}

void RunFrame::openEngine(const std::function<Backend*()>& open) {
    Backend* const opened = chosenBackend(open);
    if (!opened) {
        m_input.engine.effort.clear();
        return;
    }
    const Prompts prompts = Prompts::load();
    const BackendInfo info = opened->info();
    m_model = std::make_unique<ModelRun>();
    m_model->backend = opened;
    m_model->info = info;
    m_model->corpus = withoutSecrets(info);
    // An engine whose vocabulary is at hand counts with it: what fits its window is decided in its own
    // tokens.
    // The demo model reads no corpus: V4's stays the measure.
    if (auto own = info.samplesOnly() ? nullptr : opened->counter()) m_subject.counter = std::move(own);
    m_input.counter = m_subject.counter.get();
    ContextOptions options = m_subject.options(info);
    options.systemText = prompts.text("system");
    options.toolsText = prompts.toolsText();
    m_context = planContext(
        m_model->corpus, m_subject.counter, options,
        [this](std::int64_t done, std::int64_t total) {
            if (m_hooks.onStage) m_hooks.onStage("plan", done, total);
        },
        m_stop);
    m_plan = makePlan(m_request.goal, *m_context, info.level, m_request.passes);
    if (info.samplesOnly()) addSamples(m_plan, *m_model->corpus);
    if (m_request.plan) m_plan = *m_request.plan;
    m_input.samples = samplesOn(m_plan);
    if (!info.samplesOnly()) m_input.context = m_context; // else code read it all, as without a model
    m_input.model = m_model.get();
    EngineReport& engine = m_input.engine;
    if (!info.name.empty() && engine.name != "built-in") engine.name = info.name;
    engine.model = info.model;
    engine.fingerprint = info.fingerprint;
    engine.level = info.level;
    engine.effort = m_settings.effort;
    engine.thinking = m_settings.thinking;
    engine.demo = info.demo;
    engine.note = info.note;
    engine.promptsSha256 = prompts.sha256();
}

void RunFrame::begin() {
    if (!m_store) return;
    StoredRun run;
    run.id = m_input.run.id;
    run.goal = m_input.run.goal;
    run.started = m_input.run.started;
    run.resumedFrom = m_request.resumes;
    run.engine = m_input.engine.name;
    run.model = m_input.engine.model;
    run.promptsSha256 = m_input.engine.promptsSha256;
    run.question = m_request.question;
    Json options{{"goal", m_request.goal}, {"scope", m_request.scope}, {"strict", m_request.strictness}};
    if (!m_request.follows.empty()) options["follows"] = m_request.follows;
    run.options = options.dump(-1, ' ', false, Json::error_handler_t::replace);
    run.corpus = m_store->saveCorpus(m_input.corpus->sha256(), subjectName(*m_input.corpus),
                                     m_subject.request, m_subject.manifest);
    m_store->beginRun(run, m_request.resumes);
    if (m_request.plan) m_store->savePlan(run.id, m_request.plan->goal, formatPlan(*m_request.plan));
    m_store->addStep(
        run.id, "read", "corpus",
        Json{{"sha256", m_input.corpus->sha256()}, {"files", m_input.corpus->documents().size()}}.dump());
}

void RunFrame::connectModel() {
    ModelRun& model = *m_model;
    model.context = m_context;
    const auto& subjects = m_input.corpus->subjects();
    if (subjects.size() == 1 && subjects[0].kind == "git")
        model.history = ingest::History::open(subjects[0].root);
    if (!m_settings.budget.empty()) model.limits.budget = parseMoney(m_settings.budget);
    model.limits.minutes = m_settings.maxMinutes;
    if (m_settings.maxOutput > 0) model.limits.answerTokens = m_settings.maxOutput;
    model.effort = effortOf(m_settings.effort);
    model.thinking = m_settings.thinking;
    model.verbose = m_hooks.verbose;
    model.onEvent = m_hooks.onEvent;
    keepBranches();
    price();
}

// A branch that any earlier link of the chain finished is never asked, and never paid, again.
void RunFrame::keepBranches() {
    if (!m_store) return;
    std::map<std::string, std::string> kept;
    for (std::string link = m_request.resumes; !link.empty();) {
        for (const StoredStep& step : m_store->steps(link))
            if (step.stage == "branch") kept.emplace(step.key, step.record);
        const auto earlier = m_store->run(link);
        link = earlier ? earlier->resumedFrom : std::string();
    }
    m_model->finishedBranch = [kept = std::move(kept)](const std::string& key) -> std::optional<std::string> {
        const auto found = kept.find(key);
        return found == kept.end() ? std::nullopt : std::optional(found->second);
    };
    m_model->storeBranch = [store = m_store, run = m_input.run.id](const std::string& key,
                                                                   const std::string& record) {
        store->addStep(run, "branch", key, record);
    };
}

void RunFrame::price() {
    ModelRun& model = *m_model;
    const bool local = model.info.host.empty();
    if (!local) m_prices = loadPrices(m_settings);
    const RunShape shape =
        onlySamples(m_input) ? shapeOf(samplePlaces(*model.corpus, m_stop)) : shapeOf(m_plan, *m_context);
    const CostEstimate forecast = local ? estimateLocal(m_input.engine.name, shape, {})
                                        : estimateCost(*m_prices, model.info.priceRow, shape, utcNow());
    CostReport& cost = m_input.cost;
    cost.low = forecast.low;
    cost.high = forecast.high;
    cost.secondsLow = forecast.secondsLow;
    cost.secondsHigh = forecast.secondsHigh;
    if (local) {
        model.price = [](const Usage&) { return std::optional<Money>(Money{}); };
        return;
    }
    model.price = [this](const Usage& usage) -> std::optional<Money> {
        const PriceRow* const row =
            m_prices->find(m_model->info.priceRow, utcNow(), usage.inputUncached + usage.inputCached);
        return row ? priceOf(*row, usage) : std::nullopt;
    };
    if (const PriceRow* const row = m_prices->find(model.info.priceRow, utcNow(), 0)) {
        cost.priceRow = row->id;
        cost.priceBand = toString(row->band);
        cost.priceSource = row->source;
    }
    cost.priceAsOf = m_prices->asOf();
    askConsent(forecast);
}

void RunFrame::askConsent(const CostEstimate& forecast) {
    const ConsentQuestion question{m_model->info.host, m_model->info.model,
                                   m_context->userText().size() + m_context->systemText().size(), forecast};
    const auto refused = [this] {
        if (m_store)
            m_store->finishRun(m_input.run.id, "stopped", int(Exit::Usage),
                               {"nothing was sent: the price was not accepted"});
    };
    bool yes = false;
    try {
        yes = m_hooks.consent && m_hooks.consent(question);
    } catch (...) {
        refused();
        throw;
    }
    if (!yes) {
        refused();
        throw std::runtime_error("Nothing was sent to " + question.host + ": the price was not accepted.");
    }
    if (m_store) m_store->acknowledge(m_input.run.id, "send", question.host, question.text());
}

ReviewOptions RunFrame::reviewOptions() const {
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
    return options;
}

AskOptions RunFrame::askOptions() const {
    AskOptions options;
    options.question = m_request.question;
    options.scope = m_request.scope;
    options.extractive = m_request.extractive;
    std::string link = m_request.follows;
    for (int i = 0; m_store && i < 5 && !link.empty(); ++i) {
        const auto run = m_store->run(link);
        const auto json = run ? m_store->report(run->id) : std::nullopt;
        if (!json)
            throw std::runtime_error("There is no answer of the run " + link +
                                     " in this session to go on from.");
        options.earlier.insert(options.earlier.begin(), exchangeOf(reportFromJson(*json)));
        link = followedBy(*run);
    }
    return options;
}

std::string followedBy(const StoredRun& run) {
    const Json options = Json::parse(run.options, nullptr, false);
    return options.is_object() ? options.value("follows", "") : std::string();
}

std::string RunFrame::finish(Report& report, Conditions& conditions, bool stopped) {
    const bool budget = m_model && m_model->budgetReached;
    if (m_model && !m_model->engineFailure.empty()) conditions.add(Exit::Engine, m_model->engineFailure);
    if (budget)
        conditions.add(Exit::Budget, "the budget was reached; resumed with a larger one, the run goes on");
    if (!report.coverage.complete) conditions.add(Exit::Incomplete, coverageLine(report.coverage));
    if (report.run.exit == int(Exit::Findings)) {
        std::string why = "something to look at";
        if (!report.findings.empty())
            why = std::to_string(report.findings.size()) +
                  (report.findings.size() == 1 ? " open finding" : " open findings");
        else if (!report.run.conditions.empty())
            why = report.run.conditions.back();
        conditions.add(Exit::Findings, why);
    }
    report.run.exit = stopped ? int(Exit::Interrupted) : conditions.exitCode();
    report.run.conditions = conditions.texts();
    std::string json = exportReport(report, Format::Json);
    if (m_store) {
        m_store->addStep(report.run.id, "report", "done",
                         Json{{"status", report.run.status}, {"exit", report.run.exit}}.dump());
        m_store->saveReport(report.run.id, json);
        // The store leaves a stopped or failed run open: resuming goes on with it.
        m_store->finishRun(report.run.id, stopped || budget ? "stopped" : report.run.status, report.run.exit,
                           report.run.conditions);
    }
    return json;
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

} // namespace app
