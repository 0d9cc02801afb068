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

} // namespace

std::vector<OutlineItem> placeOutline(const std::vector<PdfReplyParser::Title>& titles, std::string_view text,
                                      const std::vector<Page>& pages) {
    std::vector<OutlineItem> result;
    if (titles.empty())
        return result;
    const Index index = indexLines(text);
    std::size_t from = 0;
    for (const PdfReplyParser::Title& title : titles) {
        OutlineItem item{title.text, title.level, from, 0};
        const auto found = index.find(keyOf(withoutNumber(title.text)));
        if (found != index.end()) {
            const auto& places = found->second;
            const auto next = std::lower_bound(places.begin(), places.end(), from);
            if (next != places.end()) {
                item.begin = from = *next;
                const auto after = std::upper_bound(pages.begin(), pages.end(), item.begin,
                                                    [](std::size_t at, const Page& page) { return at < page.begin; });
                item.page = static_cast<int>(after - pages.begin());
            }
        }
        result.push_back(std::move(item));
    }
    return result;
}

} // namespace ingest
