#include "app/report/citation_index.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <set>

namespace app {

namespace {

constexpr std::size_t heldLimit = 512u << 20;

std::uint32_t tripleHash(std::string_view three) {
    std::uint32_t h = 2166136261u;
    for (const char c : three) {
        h = (h ^ static_cast<unsigned char>(c)) * 16777619u;
    }
    return h ^ (h >> 15);
}

// Triples free of '-' and of digits: hyphens depend on what is around them, everything else folds alike
// everywhere.
template<typename Use>
void eachTriple(const std::string& letters, Use use) {
    for (std::size_t i = 0; i + 3 <= letters.size(); ++i) {
        const std::string_view three(letters.data() + i, 3);
        if (three.find('-') == std::string_view::npos) {
            use(tripleHash(three));
        }
    }
}

std::string lineKey(std::string_view line) {
    std::string key;
    for (const char c : line) {
        if (c >= '0' && c <= '9') {
            if (key.empty() || key.back() != '#') {
                key.push_back('#');
            }
        } else if (!isSpace(static_cast<unsigned char>(c))) {
            key.push_back(c);
        }
    }
    return key;
}

struct PageLine {
    std::size_t begin, end;
    std::string key;
};

std::vector<PageLine> linesOf(const ingest::Document& document, const ingest::Page& page) {
    std::vector<PageLine> lines;
    const std::string& text = document.text();
    std::size_t word = 0;
    for (std::size_t begin = page.begin; begin < page.end;) {
        std::size_t end = text.find_first_of("\n\f", begin);
        end = std::min(end == std::string::npos ? page.end : end, page.end);
        std::string key = lineKey(std::string_view(text).substr(begin, end - begin));
        if (!key.empty()) {
            while (word < page.words.size() && page.words[word].begin < begin) {
                ++word;
            }
            const float y = word < page.words.size() ? page.words[word].box.y : 0;
            key += '@' + std::to_string(std::lround(y * 100));
            lines.push_back({begin, end, std::move(key)});
        }
        begin = end + 1;
    }
    return lines;
}

} // namespace

Ranges furniture(const ingest::Document& document) {
    constexpr std::size_t depth = 3;
    std::map<std::string, int> pagesWith;
    std::vector<std::vector<PageLine>> pages;
    for (const ingest::Page& page : document.pages()) {
        auto lines = linesOf(document, page);
        std::set<std::string> seen;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if ((i < depth || i + depth >= lines.size()) && seen.insert(lines[i].key).second) {
                ++pagesWith[lines[i].key];
            }
        }
        pages.push_back(std::move(lines));
    }
    Ranges ranges;
    for (const auto& lines : pages) {
        std::size_t top = 0;
        while (top < lines.size() && top < depth && pagesWith[lines[top].key] >= 3) {
            ranges.emplace_back(lines[top].begin, lines[top].end);
            ++top;
        }
        std::size_t bottom = lines.size();
        while (bottom > top && lines.size() - bottom < depth && pagesWith[lines[bottom - 1].key] >= 3) {
            --bottom;
        }
        for (std::size_t i = bottom; i < lines.size(); ++i) {
            ranges.emplace_back(lines[i].begin, lines[i].end);
        }
    }
    return ranges;
}

std::vector<std::pair<std::string, std::pair<std::uint32_t, std::uint32_t>>>
splitWords(std::string_view text) {
    std::vector<std::pair<std::string, std::pair<std::uint32_t, std::uint32_t>>> result;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        while (at < text.size() && isWordCharacter(decodeAt(text, at).value)) {
            at += static_cast<std::size_t>(decodeAt(text, at).length);
        }
        if (at == begin) {
            at += static_cast<std::size_t>(decodeAt(text, at).length);
            continue;
        }
        result.push_back({fold(text.substr(begin, at - begin), Fold::Skeleton).text,
                          {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at)}});
    }
    return result;
}

CitationIndex::CitationIndex(std::shared_ptr<const ingest::Corpus> corpus)
    : m_corpus(std::move(corpus)), m_tables(m_corpus->documents().size()) {}

void CitationIndex::charge(std::size_t bytes) {
    m_held += bytes;
    if (m_held > heldLimit) {
        for (Tables& tables : m_tables) {
            tables.folds = {};
            tables.words.reset();
        }
        m_held = bytes;
    }
}

std::shared_ptr<const Folded> CitationIndex::folded(std::uint32_t document, Fold depth) {
    const auto slot = static_cast<std::size_t>(depth);
    {
        const std::lock_guard lock(m_mutex);
        if (m_tables[document].folds[slot]) {
            return m_tables[document].folds[slot];
        }
    }
    const ingest::Document& source = m_corpus->document(document);
    auto made = std::make_shared<const Folded>(
        fold(source.text(), depth, depth == Fold::WhiteSpace ? Ranges{} : furniture(source)));
    const std::lock_guard lock(m_mutex);
    charge(made->text.size() * 5);
    m_tables[document].folds[slot] = made;
    return made;
}

std::shared_ptr<const DocumentWords> CitationIndex::words(std::uint32_t document) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_tables[document].words) {
            return m_tables[document].words;
        }
    }
    auto made = std::make_shared<DocumentWords>();
    for (auto& [word, range] : splitWords(m_corpus->document(document).text())) {
        const auto [at, fresh] =
            made->ids.emplace(std::move(word), static_cast<std::uint32_t>(made->ids.size()));
        if (fresh) {
            made->places.emplace_back();
        }
        made->places[at->second].push_back(static_cast<std::uint32_t>(made->words.size()));
        made->words.push_back({range.first, range.second, at->second});
    }
    const std::lock_guard lock(m_mutex);
    charge(made->words.size() * 24);
    m_tables[document].words = made;
    return made;
}

Language CitationIndex::language(std::uint32_t document) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_tables[document].language >= 0) {
            return static_cast<Language>(m_tables[document].language);
        }
    }
    const Language found = detectLanguage(m_corpus->document(document).text());
    const std::lock_guard lock(m_mutex);
    m_tables[document].language = static_cast<int>(found);
    return found;
}

std::vector<std::uint32_t> CitationIndex::candidates(std::string_view quote, std::stop_token stop) {
    std::vector<std::uint32_t> wanted;
    const std::string letters = fold(quote, Fold::Letters).text;
    eachTriple(letters, [&](std::uint32_t hash) { wanted.push_back(hash); });
    std::vector<std::uint32_t> result;
    for (std::uint32_t i = 0; i < m_tables.size() && !stop.stop_requested(); ++i) {
        std::shared_ptr<const Folded> folds;
        {
            const std::lock_guard lock(m_mutex);
            if (!m_tables[i].triples.empty()) {
                const auto& bits = m_tables[i].triples;
                const std::uint32_t mask = static_cast<std::uint32_t>(bits.size() * 64 - 1);
                if (std::all_of(wanted.begin(), wanted.end(),
                                [&](std::uint32_t h) { return (bits[(h & mask) / 64] >> (h & 63)) & 1; })) {
                    result.push_back(i);
                }
                continue;
            }
        }
        // Without furniture left out, so that every step's text is covered; triples across its edges are only
        // extra.
        const Folded all = fold(m_corpus->document(i).text(), Fold::Letters);
        const std::size_t bitCount =
            std::clamp<std::size_t>(std::bit_ceil(all.text.size() * 2), 512, 1u << 20);
        std::vector<std::uint64_t> bits(bitCount / 64);
        const std::uint32_t mask = static_cast<std::uint32_t>(bitCount - 1);
        const auto set = [&](std::uint32_t h) { bits[(h & mask) / 64] |= std::uint64_t{1} << (h & 63); };
        eachTriple(all.text, set);
        if (!m_corpus->document(i).pages().empty()) {
            folds = folded(i, Fold::Letters);
            eachTriple(folds->text, set);
        }
        const bool maybe = std::all_of(wanted.begin(), wanted.end(), [&](std::uint32_t h) {
            return (bits[(h & mask) / 64] >> (h & 63)) & 1;
        });
        if (maybe) {
            result.push_back(i);
        }
        const std::lock_guard lock(m_mutex);
        m_tables[i].triples = std::move(bits);
    }
    return result;
}

} // namespace app
