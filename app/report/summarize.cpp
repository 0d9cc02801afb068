#include "app/report/summarize.h"

#include "app/agent/jobs.h"
#include "app/report/job_report.h"
#include "app/report/sample_places.h"

#include <algorithm>
#include <set>

namespace app {

namespace {

// The passages a model may say one line about: what the extractive half chose.
std::vector<Passage> passagesOf(const ingest::Corpus& corpus, const std::vector<Sentence>& sentences) {
    std::vector<Passage> passages;
    for (const Sentence& sentence : sentences) {
        if (sentence.evidence.empty()) continue;
        const Evidence& evidence = sentence.evidence.front();
        if (const auto document = corpus.find(evidence.file))
            passages.push_back({{*document, static_cast<std::size_t>(evidence.begin),
                                 static_cast<std::size_t>(evidence.end)},
                                sentence.group,
                                {}});
    }
    return passages;
}

void addGenerated(Report& report, const JobInput& input, const SummarizeOptions& options,
                  std::stop_token stop) {
    ModelRun& model = *input.model;
    const char* const lengths[] = {"short", "page", "long"};
    std::vector<Sentence> generated;
    if (onlySamples(input)) {
        if (input.samples) generated = sampleSentences(model, samplePlaces(*model.corpus, stop), stop);
    } else if (model.info.level >= 2)
        generated =
            connectSummary(model, report.summary, lengths[static_cast<int>(options.summary.length)], stop);
    else
        generated = describe(model, passagesOf(*input.corpus, report.summary), 8, stop);
    for (Sentence& sentence : generated) {
        sentence.origin = Origin::Generated;
        sentence.demo = model.info.demo;
        if (input.hooks.onSentence) input.hooks.onSentence(sentence);
        report.summary.push_back(std::move(sentence));
    }
}

} // namespace

Report summarize(const JobInput& input, const SummarizeOptions& options, std::stop_token stop) {
    const auto began = std::chrono::steady_clock::now();
    Report report = beginReport(input);
    Ledger ledger(input.corpus);
    applyContext(ledger, input);
    ledger.planQuestion("summary");
    stage(input, "scan", 0, 1);
    report.summary = extractiveSummary(*input.corpus, options.summary, stop);
    if (!stop.stop_requested()) ledger.examined("summary");
    for (const Sentence& sentence : report.summary)
        if (input.hooks.onSentence) input.hooks.onSentence(sentence);
    stage(input, "scan", 1, 1);
    if (report.summary.empty())
        report.notes.push_back("No sentence of the subject could be quoted: it holds no prose, headings or "
                               "comments that say what it is.");
    // A set larger than the summary: nobody should take a document that is passed over for one that says nothing.
    std::set<std::string> heard;
    for (const Sentence& sentence : report.summary)
        for (const Evidence& evidence : sentence.evidence) heard.insert(evidence.file);
    const auto silent = std::count_if(
        input.corpus->documents().begin(), input.corpus->documents().end(), [&](const auto& document) {
            return document->kind() != ingest::Kind::Code && !heard.contains(document->path());
        });
    if (silent > 0 && !report.summary.empty())
        report.notes.push_back(countOf(silent, "document has", "documents have") +
                               " no sentence in a summary of this length; a longer one, or one by document, hears more.");
    if (input.model && !options.extractive && !stop.stop_requested())
        addGenerated(report, input, options, stop);
    applyModel(report, ledger, input);
    if (stop.stop_requested()) ledger.gap("run", "stopped before it was finished");
    closeReport(report, ledger, input, "never", began, stop);
    bool unsupported = false;
    for (const Sentence& sentence : report.summary)
        unsupported = unsupported || (sentence.origin == Origin::Generated && sentence.supports != Supports::Yes &&
                                      !onlySamples(input)); // a sample claims nothing
    if (unsupported) {
        report.run.conditions.push_back("a generated sentence is without proven support");
        if (report.run.exit == 0) report.run.exit = 1;
    }
    stage(input, "report", 1, 1);
    return report;
}

} // namespace app
