// Context: what goes in front of a model, as ordered pieces with counts, a budget, what was left out and why, and the
// map from rendered bytes and tokens to Spans and back (agent.md 4). Rendering is a pure function of Corpus and
// options. Immutable once planned, shared between threads.
#pragma once

#include "app/backend/backend.h"
#include "app/token_counter.h"
#include "ingest/corpus.h"
#include "ingest/filter.h"
#include "ingest/span.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace app {

inline constexpr std::int64_t fullWindow = 1'048'576;
inline constexpr int minimumReservePercent = 12;

// How control-token text in a document is made harmless: the embedded engine needs nothing (bytes carry a mark),
// a served one gets U+2060 after the first character, which the map and the resolver take out again.
enum class Disarm : std::uint8_t { Insert, Leave };

struct ContextOptions {
    std::int64_t window = fullWindow;      // what the engine reports
    int reservePercent = 16;               // kept free for overlays, tails, answers; never under 12
    std::string systemText;                // prompts/system.md, static
    std::string toolsText;                 // counted only: what the tool list costs
    std::vector<std::string> structure;    // globs: only signatures and headings of these files
    Disarm disarm = Disarm::Insert;
};

// Bytes of a document as they lie in the user message, in one stretch.
struct Segment {
    std::size_t prompt = 0, document = 0, length = 0;
};

struct Piece {
    std::uint32_t document = 0;
    std::string id;                  // "f017"
    std::size_t begin = 0, end = 0;  // bytes in userText(), fences included
    std::int64_t firstToken = 0, tokens = 0; // counted from the start of userText()
    bool structureOnly = false;
    std::vector<Segment> segments;   // ascending in both
};

struct LeftOut {
    std::uint32_t document = 0;
    std::int64_t tokens = 0;
    std::string reason; // "over budget: needs 12,345 of 3,210 free tokens"
};

// What could be dropped, most tokens first. Nothing is ever dropped unasked.
struct Proposal {
    std::string what;  // "vendored: third_party/"
    std::string glob;  // for --exclude
    std::int64_t files = 0, tokens = 0;
};

class Context {
public:
    const ingest::Corpus& corpus() const { return *m_corpus; }
    const std::shared_ptr<const ingest::Corpus>& sharedCorpus() const { return m_corpus; }
    const std::vector<Piece>& pieces() const { return m_pieces; }
    const std::vector<LeftOut>& leftOut() const { return m_leftOut; }
    const std::vector<Proposal>& proposals() const { return m_proposals; }
    const ContextOptions& options() const { return m_options; }
    const TokenCounter& counter() const { return *m_counter; }

    const std::string& fence() const { return m_fence; }        // six hex digits found in no document
    const std::string& systemText() const { return m_options.systemText; }
    const std::string& userText() const { return m_userText; }  // manifest, then files
    std::vector<Message> messages() const;                      // system, user 1: the stable prefix
    const std::string& prefixSha256() const { return m_prefixSha256; }

    std::int64_t window() const { return m_options.window; }
    std::int64_t budget() const { return m_budget; }             // window less reserve
    std::int64_t tokens() const { return m_tokens; }             // system, tools, manifest, pieces that are in
    std::int64_t fixedTokens() const { return m_fixedTokens; }   // system, tools, manifest
    std::int64_t wantedTokens() const { return m_wantedTokens; } // with everything left out added
    bool fits() const { return m_leftOut.empty() && m_tokens <= m_budget; }
    std::int64_t overBy() const { return fits() ? 0 : m_wantedTokens - m_budget; }
    bool exact() const { return m_counter->exact(); }
    // Tokens of a document's text as rendered, in or left out.
    std::int64_t documentTokens(std::uint32_t document) const { return m_documentTokens[document]; }
    const Piece* pieceOf(std::uint32_t document) const;          // nullptr: left out
    std::optional<std::uint32_t> documentById(std::string_view id) const; // "f017"
    std::string idOf(std::uint32_t document) const;              // "" when left out

    // Rendered bytes or tokens of userText() to the place in the corpus; nothing where they hold no document text.
    std::optional<ingest::Span> spanOfBytes(std::size_t begin, std::size_t end) const;
    std::optional<ingest::Span> spanOfTokens(std::int64_t begin, std::int64_t end) const;
    struct Range {
        std::int64_t begin = 0, end = 0;
    };
    std::optional<Range> bytesOfSpan(const ingest::Span& span) const;
    std::optional<Range> tokensOfSpan(const ingest::Span& span) const;

private:
    friend class ContextPlanner;
    std::shared_ptr<const ingest::Corpus> m_corpus;
    std::shared_ptr<const TokenCounter> m_counter;
    ContextOptions m_options;
    std::vector<Piece> m_pieces;
    std::vector<LeftOut> m_leftOut;
    std::vector<Proposal> m_proposals;
    std::vector<std::int64_t> m_documentTokens;
    std::vector<std::int32_t> m_pieceOf; // per document, -1 = left out
    std::string m_fence, m_userText, m_prefixSha256;
    std::int64_t m_budget = 0, m_tokens = 0, m_fixedTokens = 0, m_wantedTokens = 0;
};

// Throws std::runtime_error for a reserve under 12 % or a window that holds nothing.
std::shared_ptr<const Context> planContext(std::shared_ptr<const ingest::Corpus> corpus,
                                           std::shared_ptr<const TokenCounter> counter, const ContextOptions& options,
                                           const std::function<void(std::int64_t done, std::int64_t total)>& onProgress,
                                           std::stop_token stop);

} // namespace app
