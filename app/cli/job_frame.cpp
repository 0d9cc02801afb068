#include "app/cli/job_frame.h"

#include "app/agent/jobs.h"
#include "app/agent/prompts.h"
#include "app/backend/backend.h"
#include "app/context.h"
#include "app/report/checks.h"
#include "app/report/export.h"
#include "app/report/job_report.h"
#include "app/report/ledger.h"
#include "app/report/report_json.h"
#include "app/report/sample_places.h"
#include "app/resources.h"
#include "app/token_counter.h"
#include "app/workspace.h"
#include "ingest/git_history.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <random>

namespace app::cli {

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

// As the store's own: sorts by time, short enough to be typed by its beginning.
std::string newRunId(const std::string& started) {
    std::string id = started.substr(0, 19);
    std::erase_if(id, [](char c) { return c == '-' || c == ':'; });
    std::random_device random;
    char tail[24];
    std::snprintf(tail, sizeof tail, "-%08x", static_cast<unsigned>(random()));
    return id + tail;
}

Effort effortOf(const std::string& name) {
    return name == "low" ? Effort::Low : name == "max" ? Effort::Max : Effort::High;
}

} // namespace

JobFrame::JobFrame(Invocation& call, const std::string& goal, const std::string& question, std::size_t first)
    : m_call(call), m_goal(goal) {
    m_chained = std::make_unique<std::stop_callback<std::function<void()>>>(
        call.stop(), [this] { m_stop.request_stop(); });
    if (call.has("resume")) {
        const auto unfinished = call.session().unfinishedRun(goal);
        if (!unfinished)
            throw UsageError("The session has no unfinished " + goal + " to resume.", "--resume",
                             "run it without --resume");
        m_resumes = unfinished->id;
    }
    // Whoever watches learns first what runs, and into which session.
    m_input.run.started = formatTime(utcNow());
    m_input.run.id = newRunId(m_input.run.started);
    call.events().setRun(m_input.run.id);
    call.request(first); // the session may be named after what is read
    call.events().started(goal, call.sessionFile().string(), m_resumes);
    m_input.corpus = call.corpus(first);
    m_counter = call.counter();
    m_input.counter = m_counter.get();
    openEngine(goal, first);
    begin(question);
    if (m_model) connectModel();
}

std::shared_ptr<const ingest::Corpus> JobFrame::withoutSecrets(const BackendInfo& info) {
    const std::string rule = m_call.settings().secrets.empty() ? (info.host.empty() ? "allow" : "block")
                                                               : m_call.settings().secrets;
    if (rule == "allow") return m_input.corpus;
    const auto hits = scanSecrets(*m_input.corpus, m_call.stop());
    if (hits.empty()) return m_input.corpus;
    if (rule == "block")
        throw UsageError("The text holds " + std::to_string(hits.size()) +
                             (hits.size() == 1 ? " secret" : " secrets") + ", the first (" +
                             hits.front().rule + ") at " +
                             ingest::toString(*m_input.corpus, hits.front().span) + ": nothing was sent.",
                         "--secrets", "leave the file out with --exclude, or add --secrets mask");
    return starred(*m_input.corpus, m_call.stop());
}

void JobFrame::openEngine(const std::string& goal, std::size_t first) {
    m_input.engine.name = m_call.engineName();
    Backend* backend = nullptr;
    try {
        backend = m_call.backend();
        if (backend) backend->info();
    } catch (const BackendError& error) {
        // Nobody chose this engine: a machine that cannot run it goes on without, and says so.
        if (!m_call.settings().engine.empty()) throw;
        backend = nullptr;
        m_call.withoutBackend();
        m_input.engine.name = "none";
        m_input.engine.note = std::string("the built-in model could not be opened: ") + error.what();
    }
    if (!backend) {
        m_input.engine.effort.clear();
        m_plan.goal = goal;
        return;
    }
    const Prompts prompts = Prompts::load();
    const BackendInfo info = backend->info();
    m_model = std::make_unique<ModelRun>();
    m_model->backend = backend;
    m_model->info = info;
    m_model->corpus = withoutSecrets(info);
    if (m_model->corpus == m_input.corpus) {
        m_context = m_call.context(prompts.text("system"), prompts.toolsText(), first);
    } else {
        ContextOptions options =
            m_call.context(prompts.text("system"), prompts.toolsText(), first)->options();
        m_context = planContext(m_model->corpus, m_counter, options, {}, m_call.stop());
    }
    m_plan = makePlan(goal, *m_context, info.level,
                      int(m_call.has("passes") ? m_call.number("passes", 2, 1, 5) : 2));
    if (info.samplesOnly()) addSamples(m_plan, *m_model->corpus);
    if (m_call.has("plan")) m_plan = parsePlan(readFile(m_call.value("plan")), m_call.value("plan"));
    m_input.samples = samplesOn(m_plan);
    if (!info.samplesOnly()) m_input.context = m_context; // it reads no corpus: code read it all, as without a model
    m_input.model = m_model.get();
    EngineReport& engine = m_input.engine;
    if (!info.name.empty() && engine.name != "built-in") engine.name = info.name;
    engine.model = info.model;
    engine.fingerprint = info.fingerprint;
    engine.level = info.level;
    engine.effort = m_call.settings().effort;
    engine.thinking = m_call.settings().thinking;
    engine.demo = info.demo;
    engine.note = info.note;
    engine.promptsSha256 = prompts.sha256();
}

CostEstimate JobFrame::estimate(const std::string&) {
    if (onlySamples(m_input))
        return estimateLocal(m_input.engine.name, shapeOf(samplePlaces(*m_model->corpus, m_call.stop())), {});
    const RunShape shape = shapeOf(m_plan, *m_context);
    if (m_model->info.host.empty()) return estimateLocal(m_input.engine.name, shape, {});
    return estimateCost(m_call.prices(), m_model->info.priceRow, shape, utcNow());
}

void JobFrame::begin(const std::string& question) {
    SessionStore& store = m_call.session();
    StoredRun run;
    run.id = m_input.run.id;
    run.goal = m_goal;
    run.started = m_input.run.started;
    run.resumedFrom = m_resumes;
    run.engine = m_input.engine.name;
    run.model = m_input.engine.model;
    run.promptsSha256 = m_input.engine.promptsSha256;
    run.question = question;
    run.options = "{}";
    run.corpus = m_call.storeCorpus(Ledger(m_input.corpus).manifest());
    store.beginRun(run, m_resumes);
    m_input.run.goal = m_goal;
    m_input.run.resumedFrom = m_resumes;
    m_input.run.question = question;
    m_input.store = &store;
    store.addStep(
        m_input.run.id, "read", "corpus",
        Json{{"sha256", m_input.corpus->sha256()}, {"files", m_input.corpus->documents().size()}}.dump());
    JobHooks& hooks = m_input.hooks;
    hooks.onStage = [this](const std::string& name, std::int64_t done, std::int64_t total) {
        static const std::map<std::string, std::string> words{
            {"scan", "Examining"}, {"verify", "Verifying"}, {"decide", "Deciding"}, {"report", "Reporting"}};
        const auto word = words.find(name);
        m_call.progress().update(word == words.end() ? name : word->second, done, total, "steps");
        m_call.events().send("stage",
                             {{"name", name}, {"done", done}, {"total", total}, {"estimated", false}});
    };
    hooks.onFinding = [this](const Finding& finding) { m_call.events().send("finding", toJson(finding)); };
    hooks.onSentence = [this](const Sentence& sentence) {
        m_call.events().send("sentence", toJson(sentence));
    };
    hooks.onWarning = [this](const std::string& what, const std::string& about) {
        m_call.events().warning(what, about);
    };
}

void JobFrame::connectModel() {
    ModelRun& model = *m_model;
    model.context = m_context;
    for (const ingest::Subject& subject : m_input.corpus->subjects())
        if (subject.kind == "git" && m_input.corpus->subjects().size() == 1)
            model.history = ingest::History::open(subject.root);
    model.limits.budget = m_call.budget();
    model.limits.minutes = m_call.maxSeconds() / 60.0;
    if (m_call.maxOutput() > 0) model.limits.answerTokens = m_call.maxOutput();
    model.effort = effortOf(m_call.settings().effort);
    model.thinking = m_call.settings().thinking;
    model.verbose = m_call.verbose();
    model.onEvent = [this](const std::string& type, const Json& fields) {
        m_call.events().send(type, fields);
        if (type == "branch.started" && fields.contains("question") && fields["question"].is_string())
            m_call.progress().update("Asking", m_model->calls, m_plan.calls(), "calls",
                                     fields["question"].get<std::string>());
    };
    SessionStore& store = m_call.session();
    const std::string run = m_input.run.id;
    // A branch that any earlier link of the chain finished is never asked, and never paid, again.
    std::map<std::string, std::string> kept;
    for (std::string link = m_resumes; !link.empty();) {
        for (const StoredStep& step : store.steps(link))
            if (step.stage == "branch") kept.emplace(step.key, step.record);
        const auto earlier = store.run(link);
        link = earlier ? earlier->resumedFrom : std::string();
    }
    model.finishedBranch = [kept = std::move(kept)](const std::string& key) -> std::optional<std::string> {
        const auto found = kept.find(key);
        return found == kept.end() ? std::nullopt : std::optional(found->second);
    };
    model.storeBranch = [&store, run](const std::string& key, const std::string& record) {
        store.addStep(run, "branch", key, record);
    };
    const CostEstimate forecast = estimate(m_goal);
    if (!model.info.host.empty()) {
        const PriceTable& prices = m_call.prices();
        model.price = [&prices, row = model.info.priceRow](const Usage& usage) -> std::optional<Money> {
            const PriceRow* const found = prices.find(row, utcNow(), usage.inputUncached + usage.inputCached);
            return found ? priceOf(*found, usage) : std::nullopt;
        };
        if (const PriceRow* const row = prices.find(model.info.priceRow, utcNow(), 0)) {
            m_input.cost.priceRow = row->id;
            m_input.cost.priceBand = toString(row->band);
            m_input.cost.priceSource = row->source;
        }
        m_input.cost.priceAsOf = prices.asOf();
    }
    m_input.cost.low = forecast.low;
    m_input.cost.high = forecast.high;
    m_input.cost.secondsLow = forecast.secondsLow;
    m_input.cost.secondsHigh = forecast.secondsHigh;
    m_call.consent(model.info, m_context->userText().size() + m_context->systemText().size(), forecast);
    if (model.info.host.empty()) model.price = [](const Usage&) { return std::optional<Money>(Money{}); };
}

int JobFrame::finish(Report& report) {
    Conditions& conditions = m_call.conditions();
    m_call.progress().clear();
    if (m_model && !m_model->engineFailure.empty()) conditions.add(Exit::Engine, m_model->engineFailure);
    if (m_model && m_model->budgetReached)
        conditions.add(Exit::Budget, "the budget was reached; --resume goes on with a larger one");
    if (!report.coverage.complete) conditions.add(Exit::Incomplete, coverageLine(report.coverage));
    if (report.run.exit == 1) {
        std::string why = "something to look at";
        if (!report.findings.empty())
            why = std::to_string(report.findings.size()) +
                  (report.findings.size() == 1 ? " open finding" : " open findings");
        else if (!report.run.conditions.empty())
            why = report.run.conditions.back();
        conditions.add(Exit::Findings, why);
    }
    report.run.exit = m_call.exitCode();
    report.run.conditions = conditions.texts();
    const std::string json = exportReport(report, Format::Json);
    SessionStore& store = m_call.session();
    store.addStep(report.run.id, "report", "done",
                  Json{{"status", report.run.status}, {"exit", report.run.exit}}.dump());
    store.saveReport(report.run.id, json);
    // The store leaves a stopped or failed run open: --resume goes on with it.
    const bool resumable = m_call.interrupted() || (m_model && m_model->budgetReached);
    store.finishRun(report.run.id, resumable ? "stopped" : report.run.status, report.run.exit,
                    report.run.conditions);
    m_call.printJson(Json::parse(json));
    return m_call.exitCode();
}

namespace {

std::string oneLine(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return visible(text);
}

// An answer's passages keep their lines; a summary's sentences are one line each.
void printSentences(Invocation& call, const std::vector<Sentence>& list, bool passages) {
    std::string group;
    for (const Sentence& sentence : list) {
        if (!sentence.group.empty() && sentence.group != group) call.print("\n" + sentence.group);
        group = sentence.group;
        const bool passage = passages && sentence.origin == Origin::Extracted &&
                             sentence.text.find('\n') != std::string::npos && sentence.text.size() > 200;
        std::string line = sentence.origin == Origin::Generated
                               ? "  \u25CC " + oneLine(sentence.text) + " (" + originWords(sentence) + ")"
                           : passage ? sentence.text
                                     : "  " + oneLine(sentence.text);
        if (!sentence.evidence.empty())
            line += (passage ? "\n  [" : "  [") + sentence.evidence.front().at +
                    (sentence.evidence.size() > 1
                         ? " and " + std::to_string(sentence.evidence.size() - 1) + " more"
                         : "") +
                    "]";
        call.print(line);
    }
}

} // namespace

void printReport(Invocation& call, const Report& original) {
    const Report report = prepareForExport(original, {});
    for (const std::string& line : openingLines(report)) call.print(line);
    if (!report.answer.empty()) {
        call.print("");
        printSentences(call, report.answer, true);
    }
    const SummaryParts parts = summaryParts(report);
    if (!parts.summary.empty()) {
        call.print("");
        printSentences(call, parts.summary, false);
    }
    if (!report.findings.empty()) call.print("");
    for (const Finding& finding : report.findings) {
        const std::string word = std::string(toString(finding.severity));
        const std::string at = finding.evidence.empty() ? std::string() : finding.evidence.front().at;
        call.print(word + std::string(word.size() < 9 ? 9 - word.size() : 1, ' ') + finding.id + "  " +
                   finding.rule + "  " + at);
        call.print("         " + std::string(finding.title.origin == Origin::Generated ? "\u25CC " : "") +
                   oneLine(finding.title.text) + (finding.title.demo ? " (demo model)" : ""));
    }
    if (!parts.samples.empty()) {
        call.print("\n" + std::string(samplesHeading) + ":");
        printSentences(call, parts.samples, false);
        call.print("");
    }
    if (!report.coverage.open.empty()) call.print("\nNot read:");
    for (std::size_t i = 0; i < report.coverage.open.size() && i < 20; ++i) {
        const CoverageGap& gap = report.coverage.open[i];
        call.print("  " + gap.path + (gap.pages.empty() ? "" : " pages " + gap.pages) + ": " + gap.state +
                   ", " + gap.reason);
    }
    for (const std::string& note : report.notes) call.print("Note: " + oneLine(note));
}

} // namespace app::cli
