// The citation resolver: a quote somebody typed becomes a place in a Document, or is told apart from one. The
// steps and their order are design agent.md 7; a quote is an address, what is shown is always cut from the
// Document. Digits, dates, negations, modal verbs and identifiers can never differ in an accepted quote:
// similarity proves nothing. A Resolver is immutable after construction but for caches behind a mutex; any
// thread.
#pragma once

#include "app/report/report.h"
#include "ingest/corpus.h"
#include "ingest/span.h"

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace app {

// What is claimed: these words, in that file, about there. Without a file the whole corpus is searched (a hit
// is then proven when it is the only one, ambiguous when it is not).
struct Quote {
    std::string text;
    std::string file; // path in the corpus; empty = not named
    int line = 0;     // 1-based hint; 0 = none
    int page = 0;     // 1-based hint for PDFs; 0 = none
};

struct Attempt {
    std::string step;   // "exact", "white space", "skeleton", "letters", "elision", "near", "elsewhere"
    std::string result; // "3 hits", "no hit", "held back: guarded word 'not'"
};

struct Resolution {
    ProofState state = ProofState::NotFound;
    std::string step; // the step that succeeded; empty when not found
    std::vector<ingest::Span>
        spans; // proven, approximate, misattributed: the place, several parts for an elision
    std::vector<ingest::Span> candidates; // ambiguous: all of them (at most 50); `places` counts on
    int places = 0;
    std::string wordDiff;          // approximate: "[-must-]{+may+}" over the differing words
    std::vector<Attempt> attempts; // in order, for the drawer and the verification log
};

class Resolver {
public:
    explicit Resolver(std::shared_ptr<const ingest::Corpus> corpus);
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    Resolution resolve(const Quote& quote, std::stop_token stop = {}) const;
    const ingest::Corpus& corpus() const { return *m_corpus; }

private:
    struct Index;
    std::shared_ptr<const ingest::Corpus> m_corpus;
    std::unique_ptr<Index> m_index;
};

// Evidence cut from the document: proven by construction (step "span"), with `contextLines` lines around it.
Evidence evidenceAt(const ingest::Corpus& corpus, const ingest::Span& span, EvidenceRole role,
                    int contextLines = 2);
// One Evidence per span of the resolution; one in state not_found, holding the quote as claimed, where there
// is none.
std::vector<Evidence> evidenceFrom(const ingest::Corpus& corpus, const Quote& quote,
                                   const Resolution& resolution, EvidenceRole role);
// An extracted sentence: the bytes of a Span, nothing else.
Sentence extractedSentence(const ingest::Corpus& corpus, const ingest::Span& span, std::string group = {});

} // namespace app
