// The extractive summary: sentences of the subject itself, chosen by position, headings, centrality and use,
// each a byte-exact Span (design agent.md 2). Also the units that `ask` ranks and that a model at level 1
// chooses among. Pure functions of the Corpus; any thread.
#pragma once

#include "app/report/report.h"
#include "ingest/corpus.h"
#include "ingest/span.h"

#include <stop_token>
#include <string>
#include <vector>

namespace app {

enum class UnitKind : std::uint8_t {
    Title,
    Lead,
    Metadata,
    Heading,
    Sentence,
    Comment,
    Signature,
    Usage,
    Definition,
    Party,
    Date,
    Amount,
    Duty
};
const char* toString(UnitKind kind);

// A piece of text that may stand in a summary.
struct Unit {
    ingest::Span span;
    UnitKind kind = UnitKind::Sentence;
    std::string section; // heading, symbol or file it stands under
    double prior = 0;    // by position and kind, 0..1
};
std::vector<Unit> summaryUnits(const ingest::Corpus& corpus, std::uint32_t document,
                               std::stop_token stop = {});

enum class SummaryLength : std::uint8_t { Short, Page, Long }; // 8, 30, 120 sentences
enum class SummaryBy : std::uint8_t { All, Folder, Document, Section };

struct SummaryOptions {
    SummaryLength length = SummaryLength::Page;
    SummaryBy by = SummaryBy::All;
};
// In source order, at least one per top folder or document; Sentence::group is the folder, document or
// section.
std::vector<Sentence> extractiveSummary(const ingest::Corpus& corpus, const SummaryOptions& options,
                                        std::stop_token stop = {});
// The candidates in order of score, for a reader that chooses (level 1).
std::vector<Unit> rankedUnits(const ingest::Corpus& corpus, const SummaryOptions& options, std::size_t limit,
                              std::stop_token stop = {});

} // namespace app
