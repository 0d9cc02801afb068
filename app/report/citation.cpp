#include "app/report/citation.h"

#include "app/report/citation_edges.h"
#include "app/report/citation_index.h"
#include "app/report/citation_near.h"
#include "app/report/text_folding.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace app {

using ingest::Document;
using ingest::Span;

struct Resolver::Index : CitationIndex {
    using CitationIndex::CitationIndex;
};

namespace {

constexpr std::size_t mostHits = 2000;
constexpr std::size_t elisionReach = 2000;
constexpr std::size_t elisionPart = 20;
constexpr std::size_t shortQuote = 12;
constexpr std::size_t longQuote = 100000;

struct Hit {
    std::size_t begin = 0, end = 0;
    Edge edge = Edge::Clean;
};

std::string withoutJoiners(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        if (text.substr(at, 3) == "\xE2\x81\xA0") {
            at += 3;
        } else {
            result.push_back(text[at++]);
        }
    }
    return result;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && isSpace(static_cast<unsigned char>(text.front()))) {
        text.remove_prefix(1);
    }
    while (!text.empty() && isSpace(static_cast<unsigned char>(text.back()))) {
        text.remove_suffix(1);
    }
    return text;
}

bool isOneWord(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decodeAt(text, at);
        if (isCjk(c.value)) {
            return false;
        }
        if (!isWordCharacter(c.value)) {
            return false;
        }
        at += static_cast<std::size_t>(c.length);
    }
    return true;
}

int codePoints(std::string_view text) {
    return static_cast<int>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Every occurrence in the folded text, as ranges of the original.
std::vector<Hit> occurrences(const std::string& original, const std::string& text,
                             const std::uint32_t* origin, const std::string& needle, Language language) {
    std::vector<Hit> hits;
    if (needle.empty() || needle.size() > text.size()) {
        return hits;
    }
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    for (const char* at = begin; at < end && hits.size() < mostHits; ++at) {
        at = static_cast<const char*>(
            ::memmem(at, static_cast<std::size_t>(end - at), needle.data(), needle.size()));
        if (at == nullptr) {
            break;
        }
        const auto from = static_cast<std::size_t>(at - begin);
        const std::size_t last = from + needle.size() - 1;
        Hit hit;
        if (origin == nullptr) {
            hit = {from, last + 1, Edge::Clean};
        } else {
            // A folded character that began inside an original one would cut it in two.
            if (from > 0 && origin[from - 1] == origin[from]) {
                continue;
            }
            if (last + 1 < text.size() && origin[last + 1] == origin[last]) {
                continue;
            }
            hit = {origin[from], characterEnd(original, origin[last]), Edge::Clean};
        }
        hit.edge = edgesOf(original, hit.begin, hit.end, language);
        hits.push_back(hit);
    }
    return hits;
}

std::optional<std::uint32_t> findFile(const ingest::Corpus& corpus, std::string_view path) {
    while (path.starts_with("./")) {
        path.remove_prefix(2);
    }
    if (const auto exact = corpus.find(path)) {
        return exact;
    }
    std::optional<std::uint32_t> found;
    for (std::uint32_t i = 0; i < corpus.documents().size(); ++i) {
        const std::string& other = corpus.document(i).path();
        const bool tail = (other.size() > path.size() && other.ends_with(path) &&
                           other[other.size() - path.size() - 1] == '/') ||
                          (path.size() > other.size() && path.ends_with(other) &&
                           path[path.size() - other.size() - 1] == '/');
        if (tail) {
            if (found) {
                return std::nullopt;
            }
            found = i;
        }
    }
    return found;
}

// The parts of "a … b [...] c"; one part where there is no elision.
std::vector<std::string> elisionParts(std::string_view quote) {
    static constexpr std::string_view marks[] = {"[...]", "[\xE2\x80\xA6]", "(...)", "(\xE2\x80\xA6)",
                                                 "...",   "\xE2\x80\xA6"};
    std::vector<std::string> parts(1);
    for (std::size_t at = 0; at < quote.size();) {
        std::size_t length = 0;
        for (const auto mark : marks) {
            if (quote.substr(at).starts_with(mark)) {
                length = mark.size();
                break;
            }
        }
        if (length > 0) {
            parts.emplace_back();
            at += length;
        } else {
            parts.back().push_back(quote[at++]);
        }
    }
    for (std::string& part : parts) {
        part = std::string(trimmed(part));
    }
    return parts;
}

// One resolution in progress.
class Search {
public:
    Search(const ingest::Corpus& corpus, CitationIndex& index, const Quote& quote, std::stop_token stop)
        : m_corpus(corpus), m_index(index), m_quote(quote), m_stop(std::move(stop)) {
        m_text = std::string(trimmed(withoutJoiners(quote.text)));
    }

    Resolution run() {
        if (m_text.empty() || m_text.size() > longQuote) {
            note("quote", m_text.empty() ? "empty" : "longer than 100,000 bytes");
            return std::move(m_result);
        }
        const auto file = m_quote.file.empty() ? std::nullopt : findFile(m_corpus, m_quote.file);
        if (file) {
            if (inDocument(*file) || near(*file)) {
                return finish();
            }
            if (!m_weak.empty()) {
                acceptWeak();
                return finish();
            }
        } else if (!m_quote.file.empty()) {
            note("file", "not in the corpus");
        }
        elsewhere(file);
        return finish();
    }

private:
    struct Found {
        std::uint32_t document;
        std::vector<Hit> parts;
    };

    void note(std::string step, std::string result) {
        m_result.attempts.push_back({std::move(step), std::move(result)});
    }

    bool isProse(std::uint32_t document) const {
        return m_corpus.document(document).kind() != ingest::Kind::Code;
    }

    // Hits of one text in one document by steps 1–4; sets the step that found them. Only clean hits are
    // returned, the others are remembered: they can make the quote approximate, never prove it.
    std::vector<Hit> hitsOf(std::uint32_t document, std::string_view text, std::string& step) {
        const std::string& original = m_corpus.document(document).text();
        const Language language = m_index.language(document);
        static const std::pair<const char*, int> steps[] = {
            {"exact", -1}, {"white space", 0}, {"skeleton", 1}, {"letters", 2}};
        for (const auto& [name, depth] : steps) {
            if (depth > 0 && !isProse(document)) {
                break;
            }
            std::vector<Hit> hits;
            if (depth < 0) {
                hits = occurrences(original, original, nullptr, std::string(text), language);
            } else {
                const auto folded = m_index.folded(document, static_cast<Fold>(depth));
                std::string needle = fold(text, static_cast<Fold>(depth)).text;
                if (depth == 0) {
                    needle = std::string(trimmed(needle));
                }
                hits = occurrences(original, folded->text, folded->origin.data(), needle, language);
            }
            std::vector<Hit> clean;
            std::string heldBack;
            for (const Hit& hit : hits) {
                const std::string_view found =
                    std::string_view(original).substr(hit.begin, hit.end - hit.begin);
                if (hit.edge != Edge::Clean) {
                    heldBack = toString(hit.edge);
                } else if (depth > 0 && !guardsHold(text, found, language, depth)) {
                    heldBack = "a guarded word differs";
                } else {
                    clean.push_back(hit);
                    continue;
                }
                if (m_weak.empty()) {
                    m_weak.push_back({document, {hit}});
                    m_weakStep = name;
                }
            }
            if (!clean.empty()) {
                note(name, std::to_string(clean.size()) + (clean.size() == 1 ? " hit" : " hits"));
                step = name;
                return clean;
            }
            note(name, hits.empty() ? "no hit" : "held back: " + heldBack);
        }
        return {};
    }

    static bool guardsHold(std::string_view quote, std::string_view found, Language language, int depth) {
        // Without a list for the language the letters alone prove nothing.
        if (language == Language::Unknown && depth == 2) {
            return false;
        }
        return guardsAgree(quote, found, language);
    }

    int distance(std::uint32_t document, const Hit& hit) const {
        const Document& source = m_corpus.document(document);
        if (m_quote.page > 0 && !source.pages().empty()) {
            return std::abs(source.pageAt(hit.begin) - m_quote.page);
        }
        if (m_quote.line <= 0) {
            return 0;
        }
        const int first = source.lineAt(hit.begin);
        const int last = source.lineAt(hit.end > hit.begin ? hit.end - 1 : hit.end);
        return m_quote.line < first ? first - m_quote.line : m_quote.line > last ? m_quote.line - last : 0;
    }

    bool hasHint(std::uint32_t document) const {
        return m_quote.line > 0 || (m_quote.page > 0 && !m_corpus.document(document).pages().empty());
    }

    // Steps 1–5 in the named file.
    bool inDocument(std::uint32_t document) {
        std::string step;
        std::vector<Found> found;
        for (const Hit& hit : hitsOf(document, m_text, step)) {
            found.push_back({document, {hit}});
        }
        if (found.empty()) {
            found = elided(document);
            step = "elision";
        }
        if (found.empty()) {
            return false;
        }
        choose(std::move(found), step, ProofState::Proven);
        return true;
    }

    std::vector<Found> elided(std::uint32_t document) {
        const auto parts = elisionParts(m_text);
        std::vector<Found> result;
        if (parts.size() < 2) {
            return result;
        }
        const auto keep = m_result.attempts.size();
        std::vector<std::vector<Hit>> hits;
        for (const std::string& part : parts) {
            std::string step;
            if (part.empty() && (&part == &parts.front() || &part == &parts.back())) {
                continue; // "… in the middle of things …"
            }
            if (static_cast<std::size_t>(codePoints(part)) < elisionPart) {
                note("elision", "a part is shorter than 20 characters");
                return result;
            }
            hits.push_back(hitsOf(document, part, step));
            if (hits.back().empty()) {
                m_result.attempts.resize(keep);
                note("elision", "a part is not there");
                return result;
            }
        }
        m_result.attempts.resize(keep);
        for (const Hit& first : hits.empty() ? std::vector<Hit>{} : hits.front()) {
            Found chain{document, {first}};
            for (std::size_t i = 1; i < hits.size(); ++i) {
                const std::size_t from = chain.parts.back().end;
                const auto next = std::find_if(hits[i].begin(), hits[i].end(), [&](const Hit& hit) {
                    return hit.begin >= from && hit.begin <= from + elisionReach;
                });
                if (next == hits[i].end()) {
                    break;
                }
                chain.parts.push_back(*next);
            }
            if (chain.parts.size() == hits.size()) {
                result.push_back(std::move(chain));
            }
        }
        note("elision", result.empty() ? "parts are not in order within 2,000 bytes"
                                       : std::to_string(result.size()) + " chains");
        return result;
    }

    // Several places: the one nearest to the hint, or all of them offered.
    void choose(std::vector<Found> found, const std::string& step, ProofState state) {
        m_result.step = step;
        m_result.places = static_cast<int>(found.size());
        std::size_t best = 0;
        bool tie = false;
        if (found.size() > 1) {
            tie = true;
            const bool sameFile = std::all_of(found.begin(), found.end(), [&](const Found& f) {
                return f.document == found.front().document;
            });
            if (sameFile && hasHint(found.front().document)) {
                int nearest = distance(found[0].document, found[0].parts.front());
                tie = false;
                for (std::size_t i = 1; i < found.size(); ++i) {
                    const int d = distance(found[i].document, found[i].parts.front());
                    if (d < nearest) {
                        nearest = d;
                        best = i;
                        tie = false;
                    } else if (d == nearest) {
                        tie = true;
                    }
                }
            }
        }
        if (tie) {
            m_result.state = ProofState::Ambiguous;
            for (std::size_t i = 0; i < found.size() && i < 50; ++i) {
                const Hit& hit = found[i].parts.front();
                m_result.candidates.push_back({found[i].document, hit.begin, found[i].parts.back().end});
            }
            return;
        }
        m_result.state = state;
        for (const Hit& hit : found[best].parts) {
            m_result.spans.push_back({found[best].document, hit.begin, hit.end});
        }
    }

    void acceptWeak() {
        m_result.state = ProofState::Approximate;
        m_result.step = m_weakStep;
        m_result.places = 1;
        const Hit& hit = m_weak.front().parts.front();
        m_result.spans = {{m_weak.front().document, hit.begin, hit.end}};
    }

    // Step 6; prose only.
    bool near(std::uint32_t document) {
        if (!isProse(document)) {
            return false;
        }
        const NearMatch match = nearMatch(m_corpus.document(document).text(), *m_index.words(document),
                                          m_text, m_index.language(document));
        if (!match.note.empty()) {
            note("near", match.note);
        }
        if (!match.found) {
            return false;
        }
        m_result.state = ProofState::Approximate;
        m_result.step = "near";
        m_result.places = 1;
        m_result.wordDiff = match.wordDiff;
        m_result.spans = {{document, match.begin, match.end}};
        return true;
    }

    void elsewhere(std::optional<std::uint32_t> named) {
        const bool claimed = !m_quote.file.empty();
        std::vector<Found> found;
        std::string step;
        const auto parts = elisionParts(m_text);
        std::string_view probe = m_text; // any part will do to rule documents out
        if (parts.size() > 1) {
            probe = *std::max_element(parts.begin(), parts.end(),
                                      [](const auto& a, const auto& b) { return a.size() < b.size(); });
        }
        auto attempts = std::move(m_result.attempts);
        for (const std::uint32_t document : m_index.candidates(probe, m_stop)) {
            if (named == document || m_stop.stop_requested()) {
                continue;
            }
            std::string used;
            auto hits = hitsOf(document, m_text, used);
            for (const Hit& hit : hits) {
                found.push_back({document, {hit}});
            }
            if (hits.empty() && parts.size() > 1) {
                for (Found& chain : elided(document)) {
                    found.push_back(std::move(chain));
                    used = "elision";
                }
            }
            step = step.empty() ? used : step;
        }
        m_result.attempts = std::move(attempts);
        if (found.empty()) {
            note(claimed ? "elsewhere" : "corpus", "no hit");
            if (!claimed && !m_weak.empty()) {
                acceptWeak();
            }
            return;
        }
        note(claimed ? "elsewhere" : "corpus",
             std::to_string(found.size()) + (found.size() == 1 ? " hit" : " hits"));
        if (!claimed) {
            choose(std::move(found), step, ProofState::Proven);
            return;
        }
        m_result.step = "elsewhere";
        m_result.state = ProofState::Misattributed;
        m_result.places = static_cast<int>(found.size());
        for (const Hit& hit : found.front().parts) {
            m_result.spans.push_back({found.front().document, hit.begin, hit.end});
        }
        for (std::size_t i = 0; found.size() > 1 && i < found.size() && i < 50; ++i) {
            m_result.candidates.push_back(
                {found[i].document, found[i].parts.front().begin, found[i].parts.back().end});
        }
    }

    // A short quote or a single word proves nothing by itself.
    Resolution finish() {
        if (m_result.state == ProofState::Proven &&
            (static_cast<std::size_t>(codePoints(m_text)) < shortQuote || isOneWord(m_text))) {
            const bool cjk = isCjk(decodeAt(m_text, 0).value) && codePoints(m_text) >= 6;
            if (!cjk) {
                m_result.state = ProofState::Approximate;
                note("length", "too short to prove alone");
            }
        }
        return std::move(m_result);
    }

    const ingest::Corpus& m_corpus;
    CitationIndex& m_index;
    const Quote& m_quote;
    std::stop_token m_stop;
    std::string m_text;
    std::vector<Found> m_weak;
    std::string m_weakStep;
    Resolution m_result;
};

} // namespace

Resolver::Resolver(std::shared_ptr<const ingest::Corpus> corpus)
    : m_corpus(std::move(corpus)), m_index(std::make_unique<Index>(m_corpus)) {}

Resolver::~Resolver() = default;

Resolution Resolver::resolve(const Quote& quote, std::stop_token stop) const {
    return Search(*m_corpus, *m_index, quote, std::move(stop)).run();
}

} // namespace app
