// Per-document tables of the resolver, made on first use and dropped when they grow too large: folded texts,
// words, furniture of PDF pages, and for the whole corpus a filter of letter triples that tells which
// documents cannot hold a quote. Any thread; results are shared so that dropping a table never pulls it from
// under a reader.
#pragma once

#include "app/report/guarded_words.h"
#include "app/report/text_folding.h"
#include "ingest/corpus.h"

#include <array>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

namespace app {

struct DocumentWords {
    struct Word {
        std::uint32_t begin = 0, end = 0; // bytes in the document
        std::uint32_t id = 0;             // equal ids, equal words (lower case, NFKC)
    };
    std::vector<Word> words;
    std::unordered_map<std::string, std::uint32_t> ids;
    std::vector<std::vector<std::uint32_t>> places; // id -> positions in words
};

class CitationIndex {
public:
    explicit CitationIndex(std::shared_ptr<const ingest::Corpus> corpus);

    std::shared_ptr<const Folded> folded(std::uint32_t document, Fold depth);
    std::shared_ptr<const DocumentWords> words(std::uint32_t document);
    Language language(std::uint32_t document);
    // Documents that may hold the quote (never leaves out one that does), in corpus order.
    std::vector<std::uint32_t> candidates(std::string_view quote, std::stop_token stop);

private:
    struct Tables {
        std::array<std::shared_ptr<const Folded>, 3> folds;
        std::shared_ptr<const DocumentWords> words;
        int language = -1;
        std::vector<std::uint64_t> triples; // power of two bits
    };
    void charge(std::size_t bytes);

    std::shared_ptr<const ingest::Corpus> m_corpus;
    std::mutex m_mutex;
    std::vector<Tables> m_tables;
    std::size_t m_held = 0;
};

// Lines repeated at equal height at the top or bottom of at least three pages.
Ranges furniture(const ingest::Document& document);
// Words of a text with their places, as the near match compares them.
std::vector<std::pair<std::string, std::pair<std::uint32_t, std::uint32_t>>>
splitWords(std::string_view text);

} // namespace app
