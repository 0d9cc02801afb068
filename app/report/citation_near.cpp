#include "app/report/citation_near.h"

#include <algorithm>
#include <map>

namespace app {

namespace {

constexpr std::size_t fewestWords = 6, mostWords = 400;
constexpr std::int64_t slack = 6; // words that a window is wider than the quote, on each side

using QuoteWords = std::vector<std::pair<std::string, std::pair<std::uint32_t, std::uint32_t>>>;

// Words vote for where the quote would begin; the places with most votes first.
std::vector<std::int64_t> likelyStarts(const DocumentWords& words, const QuoteWords& quote) {
    std::map<std::int64_t, int> votes;
    for (std::size_t i = 0; i < quote.size(); ++i) {
        const auto id = words.ids.find(quote[i].first);
        if (id == words.ids.end() || words.places[id->second].size() > 200) {
            continue; // a word that stands everywhere says nothing
        }
        for (const std::uint32_t place : words.places[id->second]) {
            ++votes[static_cast<std::int64_t>(place) - static_cast<std::int64_t>(i)];
        }
    }
    std::vector<std::pair<int, std::int64_t>> best;
    for (const auto& [start, count] : votes) {
        best.emplace_back(count, start);
    }
    std::sort(best.rbegin(), best.rend());
    best.resize(std::min<std::size_t>(best.size(), 5));
    std::vector<std::int64_t> starts;
    for (const auto& [count, start] : best) {
        starts.push_back(start);
    }
    return starts;
}

// The quote against one window of words: fewest edits with free ends, then the way back.
class Alignment {
public:
    Alignment(const DocumentWords& words, const QuoteWords& quote, std::size_t from, std::size_t to)
        : m_words(words), m_from(from), m_rows(quote.size()), m_columns(to - from),
          m_cost(m_rows + 1, std::vector<int>(m_columns + 1, 0)) {
        for (const auto& [word, range] : quote) {
            const auto id = words.ids.find(word);
            m_ids.push_back(id == words.ids.end() ? -1 : static_cast<std::int64_t>(id->second));
        }
        for (std::size_t i = 1; i <= m_rows; ++i) {
            m_cost[i][0] = static_cast<int>(i);
            for (std::size_t j = 1; j <= m_columns; ++j) {
                m_cost[i][j] = std::min({m_cost[i - 1][j - 1] + (same(i, j) ? 0 : 1), m_cost[i - 1][j] + 1,
                                         m_cost[i][j - 1] + 1});
            }
        }
        m_last = static_cast<std::size_t>(std::min_element(m_cost[m_rows].begin(), m_cost[m_rows].end()) -
                                          m_cost[m_rows].begin());
    }

    int edits() const { return m_cost[m_rows][m_last]; }
    std::size_t last() const { return m_last; }

    // Calls back from the end to the beginning; returns the column where the match begins.
    template<typename Removed, typename Added>
    std::size_t walk(Removed removed, Added added) const {
        std::size_t i = m_rows, j = m_last;
        while (i > 0 && j > 0) {
            const int step = same(i, j) ? 0 : 1;
            if (m_cost[i][j] == m_cost[i - 1][j - 1] + step) {
                if (step == 1) {
                    added(m_from + j - 1);
                    removed(i - 1);
                }
                --i, --j;
            } else if (m_cost[i][j] == m_cost[i - 1][j] + 1) {
                removed(--i);
            } else {
                added(m_from + --j);
            }
        }
        while (i > 0) {
            removed(--i);
        }
        return j;
    }

private:
    bool same(std::size_t i, std::size_t j) const {
        return m_ids[i - 1] == static_cast<std::int64_t>(m_words.words[m_from + j - 1].id);
    }

    const DocumentWords& m_words;
    std::size_t m_from, m_rows, m_columns, m_last = 0;
    std::vector<std::int64_t> m_ids;
    std::vector<std::vector<int>> m_cost;
};

} // namespace

NearMatch nearMatch(std::string_view text, const DocumentWords& words, std::string_view quote,
                    Language language) {
    NearMatch result;
    if (language == Language::Unknown || language == Language::Cjk) {
        return result;
    }
    const QuoteWords wanted = splitWords(quote);
    if (wanted.size() < fewestWords || wanted.size() > mostWords) {
        return result;
    }
    for (const std::int64_t start : likelyStarts(words, wanted)) {
        const auto from = static_cast<std::size_t>(std::max<std::int64_t>(0, start - slack));
        const auto end = std::max<std::int64_t>(0, start + static_cast<std::int64_t>(wanted.size()) + slack);
        const auto to = std::min<std::size_t>(words.words.size(), static_cast<std::size_t>(end));
        if (to <= from) {
            continue;
        }
        const Alignment alignment(words, wanted, from, to);
        if (alignment.edits() * 100 > static_cast<int>(wanted.size()) * 8) {
            continue;
        }
        std::string diff;
        bool guarded = false;
        const std::size_t first = alignment.walk(
            [&](std::size_t i) {
                const auto [begin, stop] = wanted[i].second;
                const std::string_view word = quote.substr(begin, stop - begin);
                guarded = guarded || isGuarded(word, language);
                diff = "[-" + std::string(word) + "-]" + diff;
            },
            [&](std::size_t i) {
                const std::string_view word =
                    text.substr(words.words[i].begin, words.words[i].end - words.words[i].begin);
                guarded = guarded || isGuarded(word, language);
                diff = "{+" + std::string(word) + "+}" + diff;
            });
        if (alignment.last() <= first) {
            continue;
        }
        const std::size_t begin = words.words[from + first].begin;
        const std::size_t stop = words.words[from + alignment.last() - 1].end;
        if (guarded || !guardsAgree(quote, text.substr(begin, stop - begin), language)) {
            result.note = "held back: a guarded word differs: " + diff;
            continue;
        }
        result.found = true;
        result.begin = begin;
        result.end = stop;
        result.wordDiff = diff;
        result.note = diff.empty() ? "punctuation differs" : "words differ: " + diff;
        return result;
    }
    return result;
}

} // namespace app
