#include "app/report/summary_text.h"

#include "app/report/checks/check.h"
#include "app/report/text_folding.h"

#include <algorithm>
#include <unordered_set>

namespace app {

namespace {

bool isAbbreviation(std::string_view before) {
    // The word that ends right before the full stop.
    std::size_t begin = before.size();
    while (begin > 0 && !isSpace(static_cast<unsigned char>(before[begin - 1])) && before[begin - 1] != '(')
        --begin;
    const std::string word = toLower(before.substr(begin));
    static const std::unordered_set<std::string> known{
        "e.g", "i.e", "etc",  "cf",  "vs",  "mr",     "mrs",  "ms",   "dr",  "prof",  "st",  "no",
        "nos", "fig", "figs", "eq",  "sec", "sect",   "art",  "vol",  "pp",  "p",     "ed",  "eds",
        "inc", "ltd", "corp", "co",  "al",  "approx", "resp", "dept", "est", "jan",   "feb", "mar",
        "apr", "jun", "jul",  "aug", "sep", "sept",   "oct",  "nov",  "dec", "z.b",   "d.h", "bzw",
        "usw", "ca",  "nr",   "abs", "u.a", "s",      "v",    "vgl",  "u.s", "a.k.a", "ver"};
    if (known.contains(word)) return true;
    return word.size() == 1 && word[0] >= 'a' && word[0] <= 'z' && begin > 0; // an initial
}

} // namespace

std::vector<std::pair<std::size_t, std::size_t>> sentencesOf(const std::string& text, std::size_t begin,
                                                             std::size_t end) {
    std::vector<std::pair<std::size_t, std::size_t>> result;
    const auto push = [&](std::size_t from, std::size_t to) {
        while (from < to && isSpace(static_cast<unsigned char>(text[from]))) ++from;
        while (to > from && isSpace(static_cast<unsigned char>(text[to - 1]))) --to;
        if (to > from) result.emplace_back(from, to);
    };
    std::size_t from = begin;
    for (std::size_t at = begin; at < end;) {
        const CodePoint c = decodeAt(text, at);
        std::size_t next = at + static_cast<std::size_t>(c.length);
        const bool cjkStop = c.value == 0x3002 || c.value == 0xFF01 || c.value == 0xFF1F;
        const bool stop = c.value == '.' || c.value == '!' || c.value == '?';
        if (stop || cjkStop) {
            while (next < end && (text[next] == '"' || text[next] == '\'' || text[next] == ')' ||
                                  std::string_view(text).substr(next, 3) == "\u201D"))
                next += text[next] < 0 ? 3 : 1;
            const bool space = next >= end || isSpace(static_cast<unsigned char>(text[next]));
            std::size_t after = next;
            while (after < end && isSpace(static_cast<unsigned char>(text[after]))) ++after;
            const CodePoint follows = decodeAt(text, after);
            const bool lowerFollows = after < end && follows.value >= 'a' && follows.value <= 'z';
            if (cjkStop ||
                (space && !lowerFollows &&
                 !(c.value == '.' && isAbbreviation(std::string_view(text).substr(from, at - from))))) {
                push(from, next);
                from = next;
            }
        }
        at = next;
    }
    push(from, end);
    return result;
}

std::size_t wordCount(std::string_view text) {
    std::size_t words = 0, cjk = 0;
    bool inside = false;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decodeAt(text, at);
        at += static_cast<std::size_t>(c.length);
        if (isCjk(c.value)) {
            ++cjk;
            inside = false;
        } else if (isWordCharacter(c.value)) {
            words += inside ? 0 : 1;
            inside = true;
        } else if (c.value != '\'' && c.value != '-' && c.value != 0x2019) {
            inside = false;
        }
    }
    return words + cjk / 2;
}

std::vector<CommentBlock> commentBlocks(const std::string& text, std::string_view language) {
    const checks::Masked masked = checks::maskCode(text, language);
    std::vector<CommentBlock> blocks;
    const auto add = [&](std::size_t begin, std::size_t end, bool docstring) {
        if (!blocks.empty() && !docstring && !blocks.back().docstring) {
            // Line comments on adjoining lines belong together.
            const std::string_view between(text.data() + blocks.back().end, begin - blocks.back().end);
            const bool adjoining =
                std::count(between.begin(), between.end(), '\n') == 1 && checks::trim(between).empty();
            if (adjoining && text[blocks.back().begin + 1] != '*') {
                blocks.back().end = end;
                return;
            }
        }
        blocks.push_back({begin, end, docstring});
    };
    if (language == "python") {
        static const Pattern docstring(R"((?:^|:[ \t]*(?:#.*)?\n)\s*[rRuUbB]?("""|'''))");
        PatternMatch match;
        for (std::size_t from = 0; docstring.next(text, from, match);) {
            const std::string three(match.groups[1]);
            const std::size_t end = text.find(three, match.end);
            if (end == std::string::npos) break;
            // Only the first statement of a module or body is one.
            if (match.begin == 0 || text[match.begin] == ':' ||
                checks::trim(std::string_view(masked.code).substr(0, match.begin)).empty())
                add(match.end, end, true);
            from = end + 3;
        }
    }
    for (std::size_t at = 0; at < text.size();) {
        if (masked.uncommented[at] == text[at]) {
            ++at;
            continue;
        }
        const std::size_t begin = at;
        std::size_t last = at;
        while (at < text.size() &&
               (masked.uncommented[at] != text[at] || isSpace(static_cast<unsigned char>(text[at])))) {
            if (masked.uncommented[at] != text[at])
                last = at;
            else if (text[at] == '\n' && !(text[begin] == '/' && text[begin + 1] == '*'))
                break;
            ++at;
        }
        add(begin, last + 1, false);
    }
    std::sort(blocks.begin(), blocks.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
    return blocks;
}

std::optional<std::pair<std::size_t, std::size_t>>
firstCommentSentence(const std::string& text, const CommentBlock& block, std::string_view) {
    std::size_t begin = block.begin;
    const auto skipMarks = [&] {
        while (begin < block.end &&
               (isSpace(static_cast<unsigned char>(text[begin])) ||
                std::string_view("/*!#-;<>\"'=~").find(text[begin]) != std::string_view::npos))
            ++begin;
        static constexpr std::string_view tags[] = {"@brief",   "\\brief", "@file", "\\file",
                                                    "@summary", "\\class", "@class"};
        for (const auto tag : tags)
            if (std::string_view(text).substr(begin).starts_with(tag)) {
                begin += tag.size();
                // "@file foo.c": the name says nothing.
                if (tag.ends_with("file") || tag.ends_with("class"))
                    begin = std::min(text.find('\n', begin), block.end);
                return true;
            }
        return false;
    };
    while (skipMarks() && begin < block.end) {
    }
    // Lines that go on without comment marks (docstrings, /* … */ without stars) may be cut together; others
    // end the cut.
    std::size_t end = begin;
    for (std::size_t line = begin; line < block.end;) {
        std::size_t stop = std::min(text.find('\n', line), block.end);
        const std::string_view here = checks::trim(std::string_view(text).substr(line, stop - line));
        if (here.empty()) break;
        if (line != begin && !block.docstring &&
            std::string_view("/*#;!-").find(here[0]) != std::string_view::npos) {
            // The rest stands behind marks: a sentence that ends on its first line is whole, a longer one is
            // cut there.
            break;
        }
        if (line != begin && (here[0] == ':' || here[0] == '@' || here[0] == '\\' || here[0] == '>')) break;
        end = stop;
        line = stop + 1;
    }
    while (end > begin && (isSpace(static_cast<unsigned char>(text[end - 1])) || text[end - 1] == '*' ||
                           (text[end - 1] == '/' && end >= 2 && text[end - 2] == '*')))
        --end;
    if (end <= begin) return std::nullopt;
    const auto sentences = sentencesOf(text, begin, end);
    if (sentences.empty()) return std::nullopt;
    auto [from, to] = sentences.front();
    const char last = text[to - 1];
    if (last != '.' && last != '!' && last != '?' && to < block.end) {
        // Cut off by a comment mark at the end of the line: whole only if nothing follows.
        const std::string_view rest = checks::trim(std::string_view(text).substr(to, block.end - to));
        std::size_t letters = 0;
        const std::size_t newline = rest.find('\n');
        for (const char c : rest.substr(0, newline))
            letters += isWordCharacter(static_cast<unsigned char>(c)) ? 1 : 0;
        if (letters > 0) return std::nullopt;
    }
    return std::pair(from, to);
}

bool isStopWord(const std::string& term) {
    static const std::unordered_set<std::string> words{
        "is",   "in",   "on",   "of",    "to",    "an",     "at",    "by",    "as",     "it",
        "be",   "or",   "if",   "we",    "no",    "so",     "do",    "my",    "me",     "he",
        "up",   "us",   "am",   "zu",    "im",    "es",     "er",    "la",    "le",     "de",
        "the",  "and",  "for",  "are",   "was",   "were",   "that",  "this",  "with",   "from",
        "have", "has",  "had",  "not",   "but",   "can",    "may",   "will",  "which",  "when",
        "what", "who",  "how",  "why",   "where", "does",   "did",   "its",   "any",    "all",
        "each", "into", "than", "then",  "they",  "them",   "their", "there", "these",  "those",
        "such", "also", "been", "being", "would", "should", "could", "must",  "shall",  "you",
        "your", "our",  "out",  "use",   "used",  "using",  "one",   "two",   "only",   "other",
        "some", "more", "most", "very",  "per",   "via",    "off",   "yes",   "der",    "die",
        "das",  "und",  "ist",  "nicht", "den",   "mit",    "von",   "ein",   "eine",   "des",
        "les",  "des",  "une",  "que",   "pour",  "dans",   "about", "after", "before", "between",
        "both", "here", "just", "like",  "over",  "same",   "under", "until", "while",  "whether"};
    return words.contains(term);
}

std::vector<std::string> termsOf(std::string_view text) {
    std::vector<std::string> terms;
    std::string part, whole;
    int parts = 0;
    const auto emit = [&](std::string word) {
        // Just enough of English for "connecting" and "connected" to meet "connect".
        if (word.size() > 6 && word.ends_with("ing"))
            word.resize(word.size() - 3);
        else if (word.size() > 5 && word.ends_with("ied"))
            word.replace(word.size() - 3, 3, "y");
        else if (word.size() > 6 && word.ends_with("ed"))
            word.resize(word.size() - 2);
        if (word.size() > 4 && word.ends_with("ies"))
            word.replace(word.size() - 3, 3, "y");
        else if (word.size() > 3 && word.ends_with("s") && !word.ends_with("ss") && !word.ends_with("us"))
            word.pop_back();
        if (word.size() >= 2) terms.push_back(std::move(word));
    };
    const auto flushPart = [&] {
        if (!part.empty()) {
            ++parts;
            emit(toLower(part));
            part.clear();
        }
    };
    const auto flushWhole = [&] {
        flushPart();
        if (parts > 1) emit(toLower(whole));
        whole.clear();
        parts = 0;
    };
    char32_t last = 0;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decodeAt(text, at);
        const std::string_view bytes = text.substr(at, static_cast<std::size_t>(c.length));
        at += static_cast<std::size_t>(c.length);
        if (isCjk(c.value) && isWordCharacter(c.value)) {
            flushWhole();
            if (isCjk(last) && isWordCharacter(last)) {
                std::string pair;
                appendUtf8(pair, last);
                terms.push_back(pair + std::string(bytes));
            }
        } else if (isWordCharacter(c.value)) {
            const bool upper = c.value >= 'A' && c.value <= 'Z';
            const bool lastLower = (last >= 'a' && last <= 'z') || (last >= '0' && last <= '9');
            if (c.value == '_' || (upper && lastLower)) flushPart();
            if (c.value != '_') part += bytes;
            whole += bytes;
        } else {
            flushWhole();
        }
        last = c.value;
    }
    flushWhole();
    return terms;
}

} // namespace app
