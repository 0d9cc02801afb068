// What the built-in demo model is asked to word as a sample: functions and sections that code chooses, few
// and short, so that a run stays a matter of seconds. Deterministic: the same corpus gives the same places.
// Pure; any thread.
#pragma once

#include "app/agent/jobs.h"
#include "app/cost.h"
#include "ingest/corpus.h"

#include <cstddef>
#include <stop_token>
#include <vector>

namespace app {

inline constexpr std::size_t mostSampleFunctions = 8, mostSampleSections = 4;

// Functions first, those in languages the model was trained on and without a comment of their own before the
// others; at most one of a file until every file was heard. In order of path and place.
std::vector<SamplePlace> samplePlaces(const ingest::Corpus& corpus, std::stop_token stop = {});
// The calls these places cost: nothing else of the corpus is read by the model.
RunShape shapeOf(const std::vector<SamplePlace>& places);

} // namespace app
