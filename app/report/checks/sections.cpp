// D03 references to sections that are not there, D04 gaps in numbering, D09 pages that are missing or without
// text.
#include "app/report/checks/documents.h"

#include "app/report/text_folding.h"

#include <algorithm>

namespace app::checks {

namespace {

struct Heading {
    std::vector<int> number;
    std::size_t at;
    std::string kind; // "section", "article", "clause", "annex", or empty for a bare number
};

std::vector<int> parts(std::string_view number) {
    std::vector<int> list;
    int value = -1;
    for (std::size_t i = 0; i <= number.size(); ++i) {
        const char c = i < number.size() ? number[i] : '.';
        if (c >= '0' && c <= '9')
            value = std::min(std::max(value, 0) * 10 + (c - '0'), 99999);
        else if (value >= 0) {
            list.push_back(value);
            value = -1;
        }
    }
    return list;
}

// Lines that begin a numbered part: "7. Term", "7.2 Notice", "Article 7", "Section 7.2 Notice".
std::vector<Heading> headingsOf(const std::string& text) {
    static const Pattern line(
        R"re(^[ \t#*]*(?:(Section|Article|Clause|Annex|Schedule|Appendix|Artikel|Anlage)\s+)?(\d{1,3}(?:\.\d{1,3}){0,4})\.?\)?(?:[ \t]+(?=["(\x{5B}A-Z])|[ \t]*\r?$|[ \t]*[:.\-]))re");
    std::vector<Heading> list;
    PatternMatch match;
    for (std::size_t from = 0; line.next(text, from, match);)
        list.push_back({parts(match.groups[2]),
                        static_cast<std::size_t>(match.groups[2].data() - text.data()),
                        toLower(match.groups[1])});
    return list;
}

std::string numberText(const std::vector<int>& number) {
    std::string text;
    for (const int part : number) text += (text.empty() ? "" : ".") + std::to_string(part);
    return text;
}

void missingSections(const FileView& file, Sink& sink) {
    if (!file.isProse()) return;
    const auto headings = headingsOf(file.text);
    std::map<std::vector<int>, std::size_t> known;
    for (const Heading& heading : headings) {
        auto number = heading.number;
        for (; !number.empty(); number.pop_back()) known.emplace(number, heading.at);
    }
    int top = 0;
    for (const auto& [number, at] : known) top = number.size() == 1 ? std::max(top, number[0]) : top;
    if (known.size() < 5 || top < 3) return;
    static const Pattern reference(
        R"re(\b(?:[Ss]ection|[Aa]rticle|[Cc]lause)s?\s+(\d{1,3}(?:\.\d{1,3}){0,4})(?![\d.]*\d))re");
    static const Pattern foreign(
        R"re(\A\s*(?:\(\w{1,3}\)\s*)*,?\s*(?:of|in|to|under)\s+(?!this\b|the\s+(?:present|foregoing)|these\b)(?:the\s+)?[A-Z])re");
    PatternMatch match;
    for (std::size_t from = 0; reference.next(file.text, from, match);) {
        const auto number = parts(match.groups[1]);
        if (known.contains(number)) continue;
        if (foreign.matches(std::string_view(file.text).substr(match.end, 60))) continue;
        const std::string_view before = std::string_view(file.text).substr(
            match.begin > 40 ? match.begin - 40 : 0, std::min<std::size_t>(40, match.begin));
        static const Pattern act(
            R"re((?:Act|Code|Law|Directive|Regulation|RFC ?\d*|Standard|Treaty|GDPR|DSGVO|POSIX)[,\s(]*\z)re");
        if (act.matches(before)) continue;
        // Only where the document counts in this way: the parent is numbered in parts, or the number is
        // beyond the last.
        auto parent = number;
        parent.pop_back();
        const bool siblings =
            !parent.empty() && std::any_of(known.begin(), known.end(), [&](const auto& entry) {
                return entry.first.size() == number.size() &&
                       std::equal(parent.begin(), parent.end(), entry.first.begin());
            });
        const bool beyond = parent.empty() && number[0] > top && number[0] <= top + 30;
        if (!siblings && !beyond) continue;
        sink.hit({lineOf(file, match.begin), "Reference to a missing part: " + quoted(match.groups[0]),
                  "The document has no part " + numberText(number) + ".",
                  "What the reference promises cannot be looked up."});
    }
}

void numberingGaps(const FileView& file, Sink& sink) {
    if (!file.isProse()) return;
    const auto headings = headingsOf(file.text);
    // Sequences of one kind and parent; a bare number counts only with a title-like rest (the pattern asked
    // for it).
    std::map<std::pair<std::string, std::vector<int>>, std::vector<const Heading*>> sequences;
    for (const Heading& heading : headings) {
        auto parent = heading.number;
        if (parent.empty()) continue;
        parent.pop_back();
        if (heading.kind.empty() && parent.empty()) continue;
        sequences[{heading.kind, parent}].push_back(&heading);
    }
    for (const auto& [key, list] : sequences) {
        if (list.size() < 4) continue;
        std::vector<int> numbers;
        for (const Heading* heading : list) numbers.push_back(heading->number.back());
        if (!std::is_sorted(numbers.begin(), numbers.end()) || numbers.front() > 1) continue;
        for (std::size_t i = 1; i < numbers.size(); ++i) {
            if (numbers[i] != numbers[i - 1] + 2) continue;
            auto missing = key.second;
            missing.push_back(numbers[i] - 1);
            sink.hit(
                {lineOf(file, list[i]->at),
                 "Gap in the numbering: " + numberText(missing) + " is missing",
                 "After " + std::to_string(numbers[i - 1]) + " comes " + std::to_string(numbers[i]) + ".",
                 "A part was taken out or lost.",
                 {{lineOf(file, list[i - 1]->at), EvidenceRole::Support}}});
        }
    }
}

void pages(const FileView& file, Sink& sink) {
    if (!file.isProse()) return;
    static const Pattern pageOf(R"re(\b(?:[Pp]age|[Ss]eite)\s+(\d{1,4})\s+(?:of|von)\s+(\d{1,4})\b)re");
    PatternMatch match;
    struct Seen {
        int page, total;
        std::size_t at;
    };
    std::vector<Seen> seen;
    for (std::size_t from = 0; pageOf.next(file.text, from, match);)
        seen.push_back({parts(match.groups[1])[0], parts(match.groups[2])[0], match.begin});
    for (std::size_t i = 1; i < seen.size(); ++i)
        if (seen[i].total == seen[0].total && seen[i].page > seen[i - 1].page + 1 && seen.size() >= 3)
            sink.hit({lineOf(file, seen[i].at),
                      "Pages are missing before page " + std::to_string(seen[i].page),
                      "The pages count from " + std::to_string(seen[i - 1].page) + " to " +
                          std::to_string(seen[i].page) + " of " + std::to_string(seen[i].total) + ".",
                      "Part of the document is not here.",
                      {{lineOf(file, seen[i - 1].at), EvidenceRole::Support}}});
    if (seen.size() >= 3 && seen.back().page < seen.back().total)
        sink.hit({lineOf(file, seen.back().at), "Pages are missing at the end",
                  "The last page is " + std::to_string(seen.back().page) + " of " +
                      std::to_string(seen.back().total) + ".",
                  "Part of the document is not here."});
    // A page without text has no words to quote; the page before it says where it is.
    const auto& list = file.document.pages();
    for (std::size_t i = 1; i < list.size(); ++i) {
        const bool empty =
            trim(std::string_view(file.text).substr(list[i].begin, list[i].end - list[i].begin)).empty();
        const std::string_view before =
            trim(std::string_view(file.text).substr(list[i - 1].begin, list[i - 1].end - list[i - 1].begin));
        if (!empty || before.empty()) continue;
        const auto last = static_cast<std::size_t>(before.data() + before.size() - 1 - file.text.data());
        Hit hit{lineOf(file, last), "Page " + std::to_string(i + 1) + " holds no text",
                "Nothing on page " + std::to_string(i + 1) +
                    " could be read as text; these are the last words before it.",
                "A scan has to be recognised before it can be reviewed."};
        hit.severity = static_cast<int>(Severity::Note);
        sink.hit(std::move(hit));
    }
}

} // namespace

Family sectionChecks() {
    return {
        {{"D03", "References", "Do references point at parts that exist?", "gap", Severity::Medium,
          Precision::Finding},
         missingSections},
        {{"D04", "Numbering", "Are there gaps in the numbering?", "gap", Severity::Low, Precision::Finding},
         numberingGaps},
        {{"D09", "Pages", "Are pages missing or without text?", "gap", Severity::Medium, Precision::Finding},
         pages},
    };
}

} // namespace app::checks
