#include "ingest/pdf_outline.h"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace ingest {

namespace {

constexpr std::size_t longestKey = 240;

// "2.1 The ﬁrst  step" and "The first step" get the same key: no leading number, no white space, no case, no signs.
std::string keyOf(std::string_view line) {
    std::string key;
    for (std::size_t i = 0; i < line.size() && key.size() < longestKey; ++i) {
        const auto c = static_cast<unsigned char>(line[i]);
        if (c == 0xEF && line.substr(i, 2) == "\xEF\xAC" && i + 2 < line.size()) { // U+FB00..: Latin ligatures
            static const char* const spelled[] = {"ff", "fi", "fl", "ffi", "ffl"};
            const unsigned which = static_cast<unsigned char>(line[i + 2]) - 0x80;
            if (which < 5)
                key += spelled[which];
            i += 2;
        } else if (c >= 'A' && c <= 'Z') {
            key += static_cast<char>(c + 32);
        } else if (c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            key += static_cast<char>(c);
        }
    }
    return key;
}

std::string_view withoutNumber(std::string_view line) {
    const std::size_t gap = line.find_first_of(" \t");
    if (gap == std::string_view::npos || gap > 12)
        return line;
    const std::string_view lead = line.substr(0, gap);
    const bool number = lead.find_first_not_of("0123456789.IVXABCDEF") == std::string_view::npos
        && (lead.find_first_of("0123456789.") != std::string_view::npos || lead.size() == 1);
    const std::size_t rest = line.find_first_not_of(" \t", gap);
    return number && rest != std::string_view::npos ? line.substr(rest) : line;
}

using Index = std::unordered_map<std::string, std::vector<std::size_t>>;

Index indexLines(std::string_view text) {
    Index index;
    std::string_view before;
    std::size_t beforeAt = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = text.substr(at, end - at);
        if (std::string key = keyOf(withoutNumber(line)); !key.empty())
            index[std::move(key)].push_back(at);
        // Long titles run over two lines.
        if (before.size() >= 30 && before.size() + line.size() < 200)
            if (std::string key = keyOf(withoutNumber(text.substr(beforeAt, end - beforeAt))); !key.empty())
                index[std::move(key)].push_back(beforeAt);
        before = line;
        beforeAt = at;
        at = end + 1;
    }
    for (auto& [key, places] : index)
        std::sort(places.begin(), places.end());
    return index;
}

// The longest run of places that ascends with the titles: one title found on a wrong page cannot push all later ones
// off theirs. Patience sorting; of equally long runs the one that ends earliest.
class Ascent {
public:
    void add(std::size_t title, std::size_t place) {
        const auto pile = std::lower_bound(m_tops.begin(), m_tops.end(), place,
                                           [this](std::size_t card, std::size_t at) { return m_cards[card].place < at; });
        const std::size_t before = pile == m_tops.begin() ? none : *(pile - 1);
        m_cards.push_back({title, place, before});
        if (pile == m_tops.end())
            m_tops.push_back(m_cards.size() - 1);
        else
            *pile = m_cards.size() - 1;
    }
    template <typename Each> void eachOfLongest(const Each& each) const {
        for (std::size_t card = m_tops.empty() ? none : m_tops.back(); card != none; card = m_cards[card].before)
            each(m_cards[card].title, m_cards[card].place);
    }

private:
    static constexpr std::size_t none = ~std::size_t{0};
    struct Card {
        std::size_t title, place, before;
    };
    std::vector<Card> m_cards;
    std::vector<std::size_t> m_tops;
};

constexpr std::size_t mostPlaces = 500; // of one title: running heads repeat it on every page

} // namespace

std::vector<OutlineItem> placeOutline(const std::vector<PdfReplyParser::Title>& titles, std::string_view text,
                                      const std::vector<Page>& pages) {
    std::vector<OutlineItem> result;
    if (titles.empty())
        return result;
    const Index index = indexLines(text);
    Ascent ascent;
    for (std::size_t i = 0; i < titles.size(); ++i) {
        result.push_back({titles[i].text, titles[i].level, 0, 0});
        const auto found = index.find(keyOf(withoutNumber(titles[i].text)));
        if (found == index.end())
            continue;
        // Descending, so that no run takes two places of one title.
        for (std::size_t place = std::min(found->second.size(), mostPlaces); place-- > 0;)
            ascent.add(i, found->second[place]);
    }
    ascent.eachOfLongest([&](std::size_t title, std::size_t place) {
        result[title].begin = place;
        const auto after = std::upper_bound(pages.begin(), pages.end(), place,
                                            [](std::size_t at, const Page& page) { return at < page.begin; });
        result[title].page = static_cast<int>(after - pages.begin());
    });
    for (std::size_t i = 1; i < result.size(); ++i)
        if (result[i].page == 0)
            result[i].begin = result[i - 1].begin;
    return result;
}

} // namespace ingest
