// Find in a Corpus: literal text, PCRE2 pattern, symbol name. Counts are exact, answers are Spans in corpus order.
// Patterns run with match and time limits, so that no pattern hangs. Any thread.
#pragma once

#include "ingest/span.h"

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace ingest {

enum class SearchMode : std::uint8_t { Literal, Pattern, Name };

struct SearchQuery {
    std::string text;
    SearchMode mode = SearchMode::Literal;
    bool caseSensitive = true;
    std::string scope;       // glob over paths; empty = everything
    std::size_t limit = 1000; // hits returned; `total` goes on counting
};

struct SearchResult {
    std::uint64_t total = 0;
    std::vector<Span> hits;
    bool complete = true;  // false: a limit or the stop token ended it early
    std::string problem;   // a pattern that does not compile, in words
};

SearchResult search(const Corpus& corpus, const SearchQuery& query, std::stop_token stop = {});

struct Symbol {
    std::string name, kind, scope; // kind: "function", "class", "heading", ...
    Span span;                     // the definition's lines
};

// Headings, or symbols by our own light scanners (universal-ctags with --options=NONE refines them if installed).
std::vector<Symbol> outline(const Corpus& corpus, std::uint32_t document);

} // namespace ingest
