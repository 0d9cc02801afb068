// The values a run ends in: sentences with origin, evidence with proof, findings, coverage, cost, and the
// Report that holds them. Field for field the JSON of product.md 4 (schemas in resources/schema);
// report_json.h reads and writes it. Plain values, complete when shown.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace app {

enum class Origin : std::uint8_t { Extracted, Computed, Generated };
enum class Supports : std::uint8_t { Yes, No, Unknown, NotNeeded };
enum class ProofState : std::uint8_t { Proven, Approximate, Ocr, Ambiguous, Misattributed, NotFound };
enum class EvidenceRole : std::uint8_t { Site, Cause, Guard, Counter, Support };
enum class Severity : std::uint8_t { Note, Low, Medium, High, Critical };

struct Evidence {
    std::string at; // "src/a.cpp:12-20", "paper.pdf#p3"
    std::string file, sha256;
    std::uint64_t begin = 0, end = 0; // bytes in the document's text
    std::string quote;                // cut from the document by code
    ProofState state = ProofState::NotFound;
    EvidenceRole role = EvidenceRole::Support;
    int page = 0;
    std::vector<std::array<float, 4>> rects; // fractions of the page
    int places = 0;                          // ambiguous: how many
    std::string step;                        // resolver step that proved it: "exact", "white space", ...
    int contextLine = 0;       // line of the first byte of `before`; 0 where lines mean nothing (PDF)
    std::string before, after; // text around the quote as it stands in the document, for excerpts
};

// No sentence without an origin.
struct Sentence {
    Sentence(std::string text_, Origin origin_) : text(std::move(text_)), origin(origin_) {}
    std::string text;
    Origin origin;
    std::vector<Evidence> evidence;
    Supports supports = Supports::NotNeeded;
    std::string group; // folder, file or section it belongs to; empty = the whole subject
    bool demo = false; // worded by the built-in demo model: the badge goes wherever the sentence goes
};

struct Witness {
    std::string tool, rule, at;
};

struct Verdict {
    std::string lens, outcome, reason, branch;
    std::vector<Evidence> counter;
    bool demo = false; // as in Sentence, for the reason
};

struct Dismissal {
    std::string reason, scope, by, when; // scope: this, rule-here, everywhere
};

struct Finding {
    std::string id, fingerprint, kind, rule, source = "check";
    Sentence title{"", Origin::Computed}, claim{"", Origin::Computed}, consequence{"", Origin::Computed};
    Severity severity = Severity::Low;
    std::string worthFixing = "unknown";
    std::vector<Sentence> conditions;
    std::vector<Evidence> evidence;
    int votesFor = 0, votesOf = 0;
    std::vector<Verdict> verdicts;
    std::vector<Witness> witnesses;
    std::string confidence = "moderate", modelConfidence;
    std::string state = "open"; // open, uncertain, rejected, dismissed, fixed
    std::string stateReason;
    std::string since = "new";
    std::string firstRun, lastRun;
    std::optional<Dismissal> dismissal;
    std::string patch;
};

struct CoverageGap {
    std::string path, pages, state, reason;
};

struct Coverage {
    bool complete = false;
    std::int64_t found = 0, inContext = 0, structureOnly = 0, excluded = 0, unreadable = 0, overBudget = 0,
                 withheld = 0;
    std::int64_t tokensInContext = 0;
    bool tokensExact = false;
    std::int64_t pagesFound = 0, pagesText = 0, pagesOcr = 0, pagesEmpty = 0;
    std::int64_t questionsPlanned = 0, questionsDone = 0;
    std::vector<CoverageGap> open;
    std::uint64_t bytesListed = 0; // equals the sum over all states, asserted
};

struct ManifestRow {
    std::string path, kind, sha256, state, reason, rule;
    std::uint64_t bytes = 0;
    std::int64_t tokens = 0, lines = 0, pages = 0;
};

struct SearchMade {
    std::string pattern, mode, scope;
    std::int64_t hits = 0;
};

struct Money {
    std::int64_t picoUnits = 0; // 10^-12 of the currency: integer arithmetic throughout
    std::string currency = "USD";
    std::string text() const; // "0.41", "0.000352": exact decimal
};

struct CostReport {
    std::optional<Money> low, high, actual; // absent = unknown, never 0
    double secondsLow = 0, secondsHigh = 0, seconds = 0;
    std::int64_t calls = 0, inputUncached = 0, inputCached = 0, output = 0, reasoning = 0;
    bool estimated = false;
    std::string priceRow, priceBand, priceAsOf, priceSource;
};

struct EngineReport {
    std::string name = "none", model, reportedModel, fingerprint, effort, promptsSha256, note;
    int level = 0;
    bool thinking = false, demo = false;
    std::uint64_t bytesSent = 0;
};

struct SubjectReport {
    std::string kind, name, root, revision;
    bool dirty = false;
};

struct RunReport {
    std::string id, goal, started, status = "complete", resumedFrom, question;
    double seconds = 0;
    int exit = 0;
    std::vector<std::string> conditions;
};

struct Report {
    std::string toolVersion;
    RunReport run;
    std::vector<SubjectReport> subject;
    std::string corpusSha256;
    EngineReport engine;
    Coverage coverage;
    CostReport cost;
    std::vector<Sentence> summary, answer;
    std::vector<Finding> findings, rejected;
    std::vector<SearchMade> searches;
    std::vector<ManifestRow> manifest;
    std::vector<std::string> notes;
};

const char* toString(Origin);
const char* toString(Supports);
const char* toString(ProofState);
const char* toString(EvidenceRole);
const char* toString(Severity);

// What stands beside a sentence: its origin, and for the demo model the badge: "generated, demo model".
const char* originWords(const Sentence& sentence);
// Puts the badge on every generated sentence of a run whose engine is the demo model.
void markDemo(Report& report);

// How many sentences of each origin the whole report holds; every export opens with them.
struct OriginCounts {
    int extracted = 0, computed = 0, generated = 0;
};
OriginCounts originCounts(const Report& report);

} // namespace app
