// D01 terms defined and never used, D02 terms defined twice, D10 variants of a party's name.
#include "app/report/checks/documents.h"

#include "app/report/text_folding.h"

#include <algorithm>

namespace app::checks {

namespace {

struct Definition {
    std::string term, meaning;
    std::size_t begin, end;
};

std::vector<Definition> definitionsOf(const std::string& text) {
    static const Pattern means(
        "(?:\"|\xE2\x80\x9C)([A-Z][A-Za-z][A-Za-z \\-]{1,50}?)(?:\"|\xE2\x80\x9D),?\\s+(?:means|shall "
        "mean|has the meaning|refers to)\\s+([^\\n.;]{10,300})");
    static const Pattern inParentheses(
        "\\(\\s*(?:the|each an?|an?|collectively,? the|together,? the|hereinafter(?: referred to as)?(?: "
        "the)?)\\s+(?:\"|\xE2\x80\x9C)([A-Z][A-Za-z][A-Za-z \\-]{1,50}?)(?:\"|\xE2\x80\x9D)\\s*\\)");
    std::vector<Definition> list;
    PatternMatch match;
    for (std::size_t from = 0; means.next(text, from, match);)
        list.push_back({std::string(match.groups[1]), std::string(match.groups[2]), match.begin, match.end});
    for (std::size_t from = 0; inParentheses.next(text, from, match);)
        list.push_back({std::string(match.groups[1]), {}, match.begin, match.end});
    return list;
}

int countWord(const std::string& text, const std::string& term) {
    int count = 0;
    for (std::size_t at = text.find(term); at != std::string::npos; at = text.find(term, at + term.size())) {
        const bool begin = at == 0 || !isWordCharacter(static_cast<unsigned char>(text[at - 1]));
        if (begin) ++count; // "Services" counts for "Service"
    }
    return count;
}

void unusedTerms(const FileView& file, Sink& sink) {
    if (!file.isProse()) return;
    const auto definitions = definitionsOf(file.text);
    if (definitions.size() < 3) return;
    // Line breaks inside a term would hide its uses.
    std::string flat = file.text;
    for (char& c : flat)
        if (isSpace(static_cast<unsigned char>(c))) c = ' ';
    for (const Definition& one : definitions)
        if (countWord(flat, one.term) <= 1 && countWord(toLower(flat), toLower(one.term)) <= 1)
            sink.hit({{file.index, one.begin, std::min(one.end, one.begin + 200)},
                      "Defined and never used: " + quoted(one.term),
                      "The term occurs nowhere but in its definition.",
                      "A clause that needed it may be missing."});
}

void twiceDefined(const FileView& file, Sink& sink) {
    if (!file.isProse()) return;
    std::map<std::string, Definition> first;
    for (const Definition& one : definitionsOf(file.text)) {
        if (one.meaning.empty()) continue;
        const auto [at, fresh] = first.emplace(one.term, one);
        if (fresh || fold(at->second.meaning, Fold::Letters).text == fold(one.meaning, Fold::Letters).text)
            continue;
        sink.hit({{file.index, one.begin, one.end},
                  "Defined twice, differently: " + quoted(one.term),
                  "The term has another definition in the same document.",
                  "Clauses that use it can be read in two ways.",
                  {{{file.index, at->second.begin, at->second.end}, EvidenceRole::Counter}}});
    }
}

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

void partyNames(const FileView& file, Sink& sink) {
    if (!file.isProse()) return;
    static const Pattern party(
        R"re(\b((?:[A-Z][A-Za-z0-9&.\-]+ ){1,4})(GmbH|AG|Ltd\.?|Limited|Inc\.?|LLC|L\.L\.C\.|Corp\.?|Corporation|B\.?V\.?|S\.?A\.?|S\.?r\.?l\.?|plc|PLC|SE|KG|Co\.)(?=[\s,.;:)"']|$))re");
    struct Name {
        std::size_t begin, end;
        int count;
    };
    std::map<std::string, Name> names;
    PatternMatch match;
    for (std::size_t from = 0; party.next(file.text, from, match);) {
        const auto [at, fresh] = names.emplace(std::string(match.groups[0]), Name{match.begin, match.end, 0});
        ++at->second.count;
    }
    for (auto a = names.begin(); a != names.end(); ++a)
        for (auto b = std::next(a); b != names.end(); ++b) {
            const auto gap = [](std::string_view one, std::string_view two) {
                return distance(fold(one, Fold::Letters).text, fold(two, Fold::Letters).text);
            };
            // "Later Musterman Holding GmbH": a word before the name may belong to the sentence.
            std::string_view longer = a->first, shorter = b->first;
            const auto words = [](std::string_view name) {
                return std::count(name.begin(), name.end(), ' ');
            };
            if (words(longer) < words(shorter)) std::swap(longer, shorter);
            while (words(longer) > words(shorter)) longer.remove_prefix(longer.find(' ') + 1);
            if (longer == shorter) continue;
            const std::size_t difference = std::min(gap(a->first, b->first), gap(longer, shorter));
            // A letter or two: the same firm misspelt. Numbers tell firms apart ("Fund 1", "Fund 2").
            const bool digits = a->first.find_first_of("0123456789") != std::string::npos;
            if (digits || difference > 2 || shorter.size() < 12) continue;
            const auto& rare = a->second.count <= b->second.count ? *a : *b;
            const auto& usual = a->second.count <= b->second.count ? *b : *a;
            if (usual.second.count < 2) continue;
            sink.hit({{file.index, rare.second.begin, rare.second.end},
                      "Variant of a party's name: " + quoted(rare.first),
                      "Elsewhere the document writes " + quoted(usual.first) + ".",
                      "It may be read as another party.",
                      {{{file.index, usual.second.begin, usual.second.end}, EvidenceRole::Counter}}});
        }
}

} // namespace

Family termChecks() {
    return {
        {{"D01", "Unused terms", "Are there defined terms that are never used?", "gap", Severity::Low,
          Precision::Finding},
         unusedTerms},
        {{"D02", "Terms defined twice", "Are terms defined twice, differently?", "contradiction",
          Severity::Medium, Precision::Finding},
         twiceDefined},
        {{"D10", "Party names", "Are parties named in variants?", "deviation", Severity::Low,
          Precision::Finding},
         partyNames},
    };
}

} // namespace app::checks
