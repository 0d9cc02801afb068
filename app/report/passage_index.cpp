// BM25 (k1 1.2, b 0.75) over passages; terms as summaries see them, so that "readFile" answers to "read
// file".
#include "app/report/ask.h"

#include "app/report/summary_text.h"
#include "ingest/filter.h"
#include "ingest/search.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace app {

namespace {

constexpr std::size_t passageBytes = 900;

// Paragraphs, or functions with their comment, at most about nine hundred bytes; they tile the document.
std::vector<ingest::Span> passagesOf(const ingest::Corpus& corpus, std::uint32_t index) {
    const ingest::Document& document = corpus.document(index);
    const std::string& text = document.text();
    std::vector<ingest::Span> result;
    std::size_t begin = 0;
    const auto flush = [&](std::size_t end) {
        std::size_t from = begin, to = end;
        while (from < to && static_cast<unsigned char>(text[from]) <= ' ') ++from;
        while (to > from && static_cast<unsigned char>(text[to - 1]) <= ' ') --to;
        if (to > from) result.push_back({index, from, to});
        begin = end;
    };
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = text.find_first_of("\n\f", at);
        end = end == std::string::npos ? text.size() : end + 1;
        const bool blank = text.find_first_not_of(" \t\r\n\f", at) >= end ||
                           text.find_first_not_of(" \t\r\n\f", at) == std::string::npos;
        const bool pageEnd = end > 0 && end <= text.size() && text[end - 1] == '\f';
        const bool large = end - begin > passageBytes;
        if ((blank && end - begin > passageBytes / 3) || pageEnd || (large && at > begin))
            flush(large && !blank ? at : end);
        // One endless line is cut at a character.
        while (end - begin > 4 * passageBytes) {
            std::size_t cut = begin + 2 * passageBytes;
            while (cut < end && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) ++cut;
            flush(cut);
        }
        at = end;
    }
    flush(text.size());
    return result;
}

} // namespace

struct PassageIndex::Impl {
    std::shared_ptr<const ingest::Corpus> corpus;
    std::vector<ingest::Span> passages;
    std::vector<float> lengths;
    double average = 1;
    std::unordered_map<std::string, std::vector<std::pair<std::uint32_t, std::uint16_t>>> postings;
};

PassageIndex::PassageIndex(std::shared_ptr<const ingest::Corpus> corpus, std::stop_token stop)
    : m_impl(std::make_unique<Impl>()) {
    m_impl->corpus = std::move(corpus);
    double total = 0;
    for (std::uint32_t i = 0; i < m_impl->corpus->documents().size() && !stop.stop_requested(); ++i) {
        // The path speaks for every passage of the file.
        const auto pathTerms = termsOf(m_impl->corpus->document(i).path());
        for (const ingest::Span& span : passagesOf(*m_impl->corpus, i)) {
            const auto id = static_cast<std::uint32_t>(m_impl->passages.size());
            std::unordered_map<std::string, std::uint16_t> counts;
            auto terms = termsOf(ingest::textOf(*m_impl->corpus, span));
            for (const std::string& term : terms)
                if (!isStopWord(term))
                    counts[term] = static_cast<std::uint16_t>(std::min(counts[term] + 1, 60000));
            for (const std::string& term : pathTerms) counts.emplace(term, std::uint16_t{1});
            for (const auto& [term, count] : counts) m_impl->postings[term].emplace_back(id, count);
            m_impl->passages.push_back(span);
            m_impl->lengths.push_back(static_cast<float>(terms.size()));
            total += static_cast<double>(terms.size());
        }
    }
    m_impl->average =
        std::max(1.0, total / static_cast<double>(std::max<std::size_t>(1, m_impl->passages.size())));
}

PassageIndex::~PassageIndex() = default;

std::vector<RankedPassage> PassageIndex::rank(const std::string& question, const std::string& scope,
                                              std::size_t limit) const {
    std::vector<std::string> terms;
    for (const std::string& term : termsOf(question))
        if (!isStopWord(term) && std::find(terms.begin(), terms.end(), term) == terms.end())
            terms.push_back(term);
    const double n = static_cast<double>(m_impl->passages.size());
    std::unordered_map<std::uint32_t, RankedPassage> hits;
    std::unordered_map<std::uint32_t, double> covered;
    double wanted = 0;
    for (const std::string& term : terms) {
        const auto found = m_impl->postings.find(term);
        const double frequency =
            found == m_impl->postings.end() ? 0 : static_cast<double>(found->second.size());
        const double idf = std::log(1 + (n - frequency + 0.5) / (frequency + 0.5));
        wanted += idf;
        if (found == m_impl->postings.end()) continue;
        for (const auto& [passage, count] : found->second) {
            RankedPassage& hit = hits[passage];
            const double length = static_cast<double>(m_impl->lengths[passage]);
            const double tf = count;
            hit.score += idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / m_impl->average));
            hit.terms.push_back(term);
            covered[passage] += idf;
        }
    }
    std::vector<RankedPassage> result;
    bool strong = false;
    for (auto& [passage, hit] : hits) {
        // A passage that shares only the question's common words hardly speaks about it.
        hit.weak = covered[passage] < 0.45 * wanted;
        hit.span = m_impl->passages[passage];
        if (!scope.empty() && !ingest::globMatch(scope, m_impl->corpus->document(hit.span.document).path()))
            continue;
        hit.score *= 0.5 + 0.5 * covered[passage] / wanted;
        strong = strong || !hit.weak;
        result.push_back(std::move(hit));
    }
    if (strong) std::erase_if(result, [](const RankedPassage& one) { return one.weak; });
    std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) {
        return a.score != b.score
                   ? a.score > b.score
                   : std::pair(a.span.document, a.span.begin) < std::pair(b.span.document, b.span.begin);
    });
    if (!strong) limit = std::min<std::size_t>(limit, 3);
    if (result.size() > limit) result.resize(limit);
    return result;
}

} // namespace app
