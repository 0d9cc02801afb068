// Pieces that the jobs share: fenced passages, surroundings fetched by code, evidence as lines, a model's text made fit
// to show, the support check of a sentence. Only the jobs_*.cpp files use it.
#pragma once

#include "app/agent/agent.h"
#include "app/agent/jobs.h"

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace app {

std::string fenceOf(const ModelRun& run);
// ⟦fence place⟧ text ⟦fence end⟧, at most `most` bytes of text.
std::string fenced(const ModelRun& run, const ingest::Span& span, std::size_t most);
// The enclosing symbol of each evidence, or twenty lines around it, with line numbers; each stretch once.
std::string surroundings(const ModelRun& run, const std::vector<Evidence>& evidence);
// role place "quote", one a line.
std::string evidenceLines(const std::vector<Evidence>& evidence);
// The first line of what a model wrote, without control or invisible characters.
std::string shownText(std::string_view text, std::size_t most);
std::vector<std::string> sentencesOf(std::string_view text);
// A verify branch per sentence: Supports::Yes, No or Unknown.
void checkSupport(Agent& agent, Sentence& sentence, const std::string& id, std::stop_token stop);
// A fact for Report::notes, once.
void note(ModelRun& run, const std::string& sentence);

} // namespace app
