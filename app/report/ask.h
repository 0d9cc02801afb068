// Questions to a Corpus. Level 0: ranked passages ("passages, not an answer"), exact counts and searches.
// With a backend an answer in sentences, each with located quotes. Not found is an honest result (exit 1),
// with the searches.
#pragma once

#include "app/report/job_input.h"
#include "ingest/span.h"

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace app {

struct RankedPassage {
    ingest::Span span;
    double score = 0;
    std::vector<std::string> terms; // of the question, found in it
    bool weak = false;              // shares only some of the question's words; offered where nothing better is
};

// BM25 over passages (paragraphs, functions, page blocks), identifiers split at case and underscore.
// Immutable after construction; any thread.
class PassageIndex {
public:
    explicit PassageIndex(std::shared_ptr<const ingest::Corpus> corpus, std::stop_token stop = {});
    ~PassageIndex();
    std::vector<RankedPassage> rank(const std::string& question, const std::string& scope,
                                    std::size_t limit) const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

// A question and its answer that another question goes on from.
struct Exchange {
    std::string question, answer; // the answer's own sentences with their places
};
Exchange exchangeOf(const Report& report);

struct AskOptions {
    std::string question;
    std::vector<Exchange> earlier; // oldest first
    std::string scope;
    bool exhaustive = false; // list and count every place by search as well
    bool extractive = false; // drop generated sentences
    std::size_t passages = 8;
};
Report ask(const JobInput& input, const AskOptions& options, std::stop_token stop);

} // namespace app
