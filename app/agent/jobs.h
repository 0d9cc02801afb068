// The model half of summary, ask and review (agent.md 2, 3): pure functions that app/report calls after its
// extractive half. Each does what the engine's level allows and nothing more; every sentence they return has
// Origin::Generated, and Evidence cut from a Document or Supports::Unknown/No. None throws for a bad model: a branch
// that fails leaves a note in ModelRun and less in the result. Job thread; `stop` is looked at in every turn.
#pragma once

#include "app/agent/model_run.h"
#include "ingest/span.h"

#include <stop_token>
#include <string>
#include <vector>

namespace app {

// A passage that code chose, for short constrained jobs.
struct Passage {
    ingest::Span span;
    std::string group;   // file, folder or section, as in Sentence::group
    std::string heading; // shown to the model beside the text; may be empty
};

// Level 0 (a random or unknown model that the user named): at most one sentence, of the first passage, marked and
// cited by the passage that code chose. Level 1 and 2: one line for each passage, cited by that passage. Level 2's
// lines are the same: Supports stays Unknown, the passage is their evidence. One branch per passage, at most `limit`.
std::vector<Sentence> describe(ModelRun& run, const std::vector<Passage>& passages, int limit, std::stop_token stop);

// Summary, level 2: connecting sentences over the extracted ones, each supported by located quotes. Lower levels: {}.
std::vector<Sentence> connectSummary(ModelRun& run, const std::vector<Sentence>& extracted, const std::string& length,
                                     std::stop_token stop);

enum class SampleKind : std::uint8_t { Function, Section };
// A place the demo model words a line about; `text` is what it is shown, `name` the function's.
struct SamplePlace {
    ingest::Span span;
    SampleKind kind = SampleKind::Function;
    std::string name, text, group;
};
// The built-in demo model at level 0: one marked line for each place, cited by it. Never fails a run: what goes wrong is
// a note, and no exit code or gap comes of it.
std::vector<Sentence> sampleSentences(ModelRun& run, const std::vector<SamplePlace>& places, std::stop_token stop);

struct AnswerResult {
    std::vector<Sentence> sentences;      // the answer; sentences whose quotes were not found are in `unsupported`
    std::vector<Sentence> unsupported;
    std::vector<SearchMade> searches;     // what the tools looked for
    bool notInText = false;               // the model said the text does not answer
    bool exhaustiveFlag = false;          // it took the question for "all", "how many", "any": search deterministically
};

// Level 0: one marked sentence over the best passage. Level 1: points at one of the passages (Request::choices) or
// "not in the text"; the sentence is worded by code around the place, its evidence is the passage. Level 2: one agent
// branch with tools, then every sentence verified with its quote.
// `before`: what was said earlier in the conversation, shown to level 2 beside the passages.
AnswerResult answerQuestion(ModelRun& run, const std::string& question, const std::vector<Passage>& passages,
                            std::stop_token stop, const std::string& before = {});

struct ScanQuestion {
    std::string id;       // "Q07", stored as Finding::rule
    std::string question;
    std::string scope;    // glob over paths; empty = everything
    std::string focus;    // text fetched by code and quoted at the tail; may be empty
    std::vector<std::string> wordings; // other wordings, one more pass each
};

// Review, level 2: a branch for each question and wording; findings come only through note_finding. They have no
// confidence or state settled yet: verifyFindings and decide() do that. Lower levels: {}.
std::vector<Finding> scanForFindings(ModelRun& run, const std::vector<ScanQuestion>& questions, std::stop_token stop);
// Level 1 and 2: brings the most interesting suspects to the front; never adds, drops or grades one. Level 0: nothing.
void orderByInterest(ModelRun& run, std::vector<Finding>& suspects, std::stop_token stop);

// Review, level 2: a fresh branch for each model finding, asked to refute; high and critical get two lenses. Fills
// verdicts, state, stateReason and confidence by the rules of agent.md 9. Findings of checks are left alone.
void verifyFindings(ModelRun& run, std::vector<Finding>& findings, std::stop_token stop);
// The rules alone, without a model: first that holds. `verifierHealthy` false: confidence at most weak.
void decide(Finding& finding, bool verifierHealthy);

// SHA-256 over every prompt file in use, for EngineReport::promptsSha256.
std::string promptsSha256();

} // namespace app
