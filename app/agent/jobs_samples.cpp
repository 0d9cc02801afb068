// What the built-in demo model words: one line for each place that code chose, in the very words it was
// trained with (resources/prompts/nano_*.md), marked and cited by the place. No finding, rank or summary
// hangs on any of it, so a failure costs the samples and nothing else.
#include "app/agent/job_parts.h"

#include <algorithm>
#include <chrono>

namespace app {

namespace {

constexpr double mostSeconds = 60; // a machine so slow that samples would hold up the run
constexpr int mostTokens = 40;

// A sample of signs alone shows nothing of a model.
bool saysSomething(const std::string& text) {
    int letters = 0;
    for (const char c : text) letters += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letters >= 3;
}

std::optional<Sentence> sampleOf(Agent& agent, const SamplePlace& place, int number, std::stop_token stop) {
    ModelRun& run = agent.model();
    BranchTask task;
    task.name = "sample " + std::to_string(number);
    task.bare = task.wordless = true;
    task.thinking = task.mustHandIn = false;
    task.maxOutput = mostTokens;
    task.question = ingest::toString(*run.corpus, place.span);
    const bool function = place.kind == SampleKind::Function;
    task.text = function ? agent.prompts().fill("nano_describe", {{"text", place.text}, {"name", place.name}})
                         : agent.prompts().fill("nano_title", {{"text", place.text}});
    const BranchResult result = agent.run(task, stop);
    if (!result.finished()) return std::nullopt;
    const std::string words = shownText(result.text, 160);
    if (!saysSomething(words)) return std::nullopt;
    Sentence sentence(function ? place.name + ": " + words : "Title: " + words, Origin::Generated);
    sentence.supports = Supports::Unknown;
    sentence.demo = true;
    sentence.group = place.group;
    sentence.evidence.push_back(evidenceAt(*run.corpus, place.span, EvidenceRole::Support, 0));
    return sentence;
}

} // namespace

std::vector<Sentence> sampleSentences(ModelRun& run, const std::vector<SamplePlace>& places,
                                      std::stop_token stop) {
    std::vector<Sentence> out;
    if (!run.backend || places.empty()) return out;
    Agent agent(run);
    const bool unfinished = run.unfinished;
    const auto began = std::chrono::steady_clock::now();
    int number = 0;
    for (const SamplePlace& place : places) {
        if (stop.stop_requested() || !run.engineFailure.empty() || run.budgetReached) break;
        if (std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count() > mostSeconds) {
            note(run, "The demo model was stopped after a minute: " + std::to_string(number) + " of " +
                          std::to_string(places.size()) + " samples were worded.");
            break;
        }
        if (auto sentence = sampleOf(agent, place, ++number, stop)) out.push_back(std::move(*sentence));
    }
    if (!run.engineFailure.empty()) {
        note(run, "The demo model failed and words nothing here: " + run.engineFailure);
        run.engineFailure.clear();
    }
    run.unfinished = unfinished; // a sample that is missing is no gap in the coverage
    if (!out.empty())
        note(run, "Sentences marked “demo model” are samples of the built-in " + run.info.model +
                      " and may be wrong; findings, summary and ranking are made by rules.");
    return out;
}

} // namespace app
