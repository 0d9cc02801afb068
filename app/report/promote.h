// Promotion: a sentence of an answer or a summary becomes a finding a person answers for, beside those of the
// checks and the model. It keeps its origin, its evidence and the question it came from; a later review looks
// its quotes up again and keeps it while they stand. Used on the store's thread. Source: product.md 5 (Ask).
#pragma once

#include "app/report/report.h"
#include "app/store/session_store.h"
#include "ingest/corpus.h"

#include <memory>
#include <string>
#include <vector>

namespace app {

inline constexpr const char* promotedRule = "promoted";

struct Promotion {
    std::shared_ptr<const Report> report; // the one that holds the finding now, as stored
    std::string id;                       // of the finding in it
};
// Into the session's newest finished review, else into the run of `from`. Throws std::runtime_error: a
// sentence without a located quote, or one that is a finding already.
Promotion promoteSentence(SessionStore& store, const ingest::Corpus& corpus, const Report& from,
                          const Sentence& sentence);

// Of an earlier run's findings those that were promoted and whose quotes still stand, their evidence cut
// anew.
std::vector<Finding> promotedAgain(const std::vector<Finding>& earlier,
                                   std::shared_ptr<const ingest::Corpus> corpus);

} // namespace app
