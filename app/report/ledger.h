// The coverage ledger: one row per listed file and per PDF page, each in exactly one state, each with its
// reason (design agent.md 8). It fails closed: `complete` is computed here and nowhere else, and only it lets
// the words "no findings" be formed (nothingFound). Owned by the job that runs; one thread.
#pragma once

#include "app/report/report.h"
#include "ingest/corpus.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace app {

enum class CoverageState : std::uint8_t {
    InContext,
    StructureOnly,
    Excluded,
    Unreadable,
    OverBudget,
    Withheld,
    PageWithoutText
};
const char* toString(CoverageState state); // "in_context", ...

struct LedgerRow {
    std::string path;
    int page = 0; // 0 = the file as a whole
    std::uint64_t bytes = 0;
    std::int64_t tokens = 0;
    CoverageState state = CoverageState::InContext;
    std::string reason, rule;
};

class Ledger {
public:
    // Every document in context, every skipped file in its state, every empty page as such. With an engine
    // the caller then marks what did not fit or was held back.
    explicit Ledger(std::shared_ptr<const ingest::Corpus> corpus);

    // The whole document changes its state. `tokens` as counted by the plan.
    void mark(std::uint32_t document, CoverageState state, std::string reason, std::string rule = {});
    void setTokens(std::uint32_t document, std::int64_t tokens);
    void setTokensExact(bool exact) { m_tokensExact = exact; }
    void markOcr(std::uint32_t document, int page);

    // Questions: at level 0 the checks; with a model the plan's items. Scope is a glob; empty = everything.
    void planQuestion(std::string id, std::string scope = {});
    void examined(std::string_view id);
    // A gap of the whole run ("stopped by the user"): never complete afterwards.
    void gap(std::string what, std::string reason);

    const std::vector<LedgerRow>& rows() const { return m_rows; }
    bool complete() const;
    // Sums with the assertion that bytes over all states equal the bytes listed. Throws std::logic_error if
    // not.
    Coverage coverage() const;
    std::vector<ManifestRow> manifest() const;

private:
    struct Question {
        std::string id, scope;
        bool done = false;
    };
    std::shared_ptr<const ingest::Corpus> m_corpus;
    std::vector<LedgerRow> m_rows;
    std::vector<std::size_t> m_fileRow; // document -> its file row
    std::vector<Question> m_questions;
    std::vector<CoverageGap> m_gaps;
    std::uint64_t m_bytesListed = 0;
    std::int64_t m_pagesOcr = 0;
    bool m_tokensExact = false;
};

// The only place that can say that nothing was found; empty unless the coverage is complete. Below level 2:
// "No check fired; no model has reviewed this."
std::string nothingFound(const Coverage& coverage, int level);
// "1,203 of 1,207 files read; 4 unread: ..." — the line every export opens with.
std::string coverageLine(const Coverage& coverage);

} // namespace app
