// D05 amounts in words against figures, D06 impossible dates and orders of dates, D08 one label with several
// values across documents, D11 totals that are not the sum.
#include "app/report/checks/documents.h"

#include "app/report/text_folding.h"

#include <algorithm>

namespace app::checks {

namespace {

void wordsAgainstFigures(const FileView& file, Sink& sink) {
    if (!file.isProse()) return;
    static const Pattern both(
        R"re(\b((?:(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|and|zwei|drei|vier|sechs|sieben|acht|neun|zehn|zwanzig|vierzig|hundert|tausend)[\s-]+)*(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|zwei|drei|vier|sechs|sieben|acht|neun|zehn|zwanzig|vierzig|hundert|tausend))\s+(?:(?:US\s+)?dollars|euros?|pounds|percent|per\s+cent)?\s*\(\s*(?:[A-Z]{3}\s*|US)?(?:[$]|\xE2\x82\xAC|\xC2\xA3)?\s*(\d[\d,.']*\d|\d)\s*(?:%|\)|[A-Za-z\xE2]))re",
        Letters::AnyCase);
    PatternMatch match;
    for (std::size_t from = 0; both.next(file.text, from, match);) {
        const auto words = numberOfWords(match.groups[1]);
        const auto figures = cents(match.groups[2]);
        if (!words || !figures || *words * 100 == *figures || match.groups[1].size() > 200) continue;
        // "one (3)": a footnote, a list mark.
        if (*words <= 1 && *figures < 2000) continue;
        sink.hit({lineOf(file, match.begin),
                  "Amount in words differs from the figures: " + quoted(match.groups[0], 60),
                  "The words say " + std::to_string(*words) + ", the figures " +
                      std::string(match.groups[2]) + ".",
                  "It is open which of the two holds."});
    }
}

void impossibleDates(const FileView& file, Sink& sink) {
    if (!file.isProse()) return;
    static const Pattern date(datePattern());
    // "from A to B", "between A and B", "takes effect on A and ends on B"; PDFs write ff as one character.
    static const Pattern range("\\b(?:from|between|beginning(?: on)?|commencing(?: on)?|starting(?: "
                               "on)?|e(?:ff|\\xEF\\xAC\\x80)ective(?: from)?|"
                               "(?:takes?|took) e(?:ff|\\xEF\\xAC\\x80)ect(?: on)?|(?:enters?|comes?) into "
                               "(?:force|e(?:ff|\\xEF\\xAC\\x80)ect)(?: "
                               "on)?|(?:starts?|begins?|commences?)(?: on)?)\\s+(" +
                                   std::string(datePattern()) +
                                   ")\\s*,?\\s*(?:to|until|through|till|and|ending(?: on)?|and "
                                   "(?:ends?|ending|expires?|terminates?)(?: on)?)\\s+(" +
                                   std::string(datePattern()) + ")",
                               Letters::AnyCase);
    PatternMatch match;
    for (std::size_t from = 0; date.next(file.text, from, match);) {
        const auto number = dateNumber(match.groups[0]);
        const auto joins = [&](std::size_t at) {
            return at < file.text.size() &&
                   (isWordCharacter(static_cast<unsigned char>(file.text[at])) || file.text[at] == '-');
        };
        const bool partOfMore =
            (match.begin > 0 && (joins(match.begin - 1) || file.text[match.begin - 1] == '.')) ||
            joins(match.end);
        if (number && !isPossibleDate(*number) && !partOfMore && *number > 10000000 && *number < 99991231)
            sink.hit({lineOf(file, match.begin), "Impossible date: " + quoted(match.groups[0]),
                      "There is no such day.", "What was agreed for it is open."});
    }
    for (std::size_t from = 0; range.next(file.text, from, match);) {
        const auto first = dateNumber(match.groups[1]), second = dateNumber(match.groups[2]);
        if (first && second && isPossibleDate(*first) && isPossibleDate(*second) && *first > *second)
            sink.hit({lineOf(file, match.begin),
                      "The end lies before the beginning: " + quoted(match.groups[0], 80),
                      "The second date is earlier than the first.", "The period is empty."});
    }
}

struct LabelledValue {
    Place place;
    std::string label, value;
};

std::vector<LabelledValue> labelled(const ingest::Corpus& corpus, std::uint32_t index) {
    static const Pattern line(
        "^[ \\t]*([A-Z][A-Za-z]+(?: [A-Za-z]+){1,4})[ \\t]*:[ \\t]*(" + std::string(datePattern()) +
        "|(?:[$]|EUR |USD |GBP |CHF |\xE2\x82\xAC ?|\xC2\xA3)\\s?\\d[\\d,.']*)[ \\t.]*\\r?$");
    const ingest::Document& document = corpus.document(index);
    std::vector<LabelledValue> result;
    PatternMatch match;
    for (std::size_t from = 0; line.next(document.text(), from, match);)
        result.push_back(
            {lineOf(corpus, index, static_cast<std::size_t>(match.groups[1].data() - document.text().data())),
             toLower(match.groups[1]), std::string(match.groups[2])});
    return result;
}

bool sameValue(const std::string& a, const std::string& b) {
    const auto first = dateNumber(a), second = dateNumber(b);
    if (first && second) return *first == *second;
    const auto figures = [](const std::string& text) {
        return text.substr(std::min(text.find_first_of("0123456789"), text.size()));
    };
    const auto one = cents(trim(figures(a))), two = cents(trim(figures(b)));
    return one && two ? *one == *two : a == b;
}

void differingLabels(const CorpusView& view, Sink& sink) {
    std::map<std::string, LabelledValue> seen;
    for (const std::uint32_t index : view.documents) {
        if (view.corpus.document(index).kind() == ingest::Kind::Code) continue;
        for (LabelledValue& one : labelled(view.corpus, index)) {
            const auto [at, fresh] = seen.emplace(one.label, one);
            if (fresh || sameValue(at->second.value, one.value)) continue;
            sink.hit({one.place,
                      "Same label, other value: " + quoted(one.label),
                      "Here it is " + one.value + ", elsewhere " + at->second.value + ".",
                      "If both speak of the same thing, one of them is wrong.",
                      {{at->second.place, EvidenceRole::Counter}}});
        }
    }
}

void totals(const FileView& file, Sink& sink) {
    if (!file.isProse()) return;
    static const Pattern row(
        R"re(^[ \t|]*([A-Za-z][^\n|]{0,80}?)[ \t|]+(?:[$]|EUR ?|USD ?|\xE2\x82\xAC ?|\xC2\xA3)?(\d{1,3}(?:[,.']\d{3})*[.,]\d{2}|\d+[.,]\d{2})[ \t|]*(?:EUR|USD|\xE2\x82\xAC)?[ \t|]*\r?$)re");
    static const Pattern total(
        R"re(^(?:grand |net )?(?:total|sum|summe|gesamt(?:betrag)?)\b(?! ?vat| ?tax))re", Letters::AnyCase);
    std::int64_t sum = 0;
    int rows = 0, lastLine = 0;
    std::size_t first = 0;
    PatternMatch match;
    for (std::size_t from = 0; row.next(file.text, from, match);) {
        const int line = file.document.lineAt(match.begin);
        const auto amount = cents(match.groups[2]);
        if (!amount) continue;
        if (lastLine > 0 && line - lastLine > 2) sum = rows = 0;
        lastLine = line;
        if (total.matches(trim(match.groups[1]))) {
            if (rows >= 2 && sum != *amount)
                sink.hit(
                    {lineOf(file, match.begin + (match.groups[0].size() - trim(match.groups[0]).size() > 0
                                                     ? match.groups[0].find_first_not_of(" \t|\n")
                                                     : 0)),
                     "Total is not the sum of its rows",
                     "The " + std::to_string(rows) + " rows above add up to " + std::to_string(sum / 100) +
                         "." + (sum % 100 < 10 ? "0" : "") + std::to_string(sum % 100) + ", the total says " +
                         std::string(match.groups[2]) + ".",
                     "A row or the total is wrong.",
                     {{lineOf(file, first), EvidenceRole::Cause}}});
            sum = rows = 0;
            lastLine = 0;
            continue;
        }
        if (rows++ == 0) first = match.begin;
        sum += *amount;
    }
}

} // namespace

Family amountChecks() {
    return {
        {{"D05", "Words and figures", "Do amounts in words agree with the figures?", "contradiction",
          Severity::Medium, Precision::Finding},
         wordsAgainstFigures},
        {{"D06", "Dates", "Are there impossible dates or orders of dates?", "contradiction", Severity::Medium,
          Precision::Finding},
         impossibleDates},
        {{"D08", "Same label, other value", "Do documents give one label several values?", "contradiction",
          Severity::Note, Precision::Note},
         nullptr,
         differingLabels},
        {{"D11", "Totals", "Are totals the sum of their rows?", "contradiction", Severity::Medium,
          Precision::Finding},
         totals},
    };
}

} // namespace app::checks
