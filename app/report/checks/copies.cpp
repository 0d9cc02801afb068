// C15: two lines next to each other, the second a copy of the first with one name replaced, but for one place
// where the old name was forgotten.
#include "app/report/checks/check.h"

#include "app/report/text_folding.h"

#include <algorithm>

namespace app::checks {

namespace {

struct Token {
    std::string_view text;
    bool word = false;
};

std::vector<Token> tokensOf(std::string_view line) {
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < line.size();) {
        const auto c = static_cast<unsigned char>(line[at]);
        if (isSpace(c)) {
            ++at;
            continue;
        }
        const std::size_t begin = at;
        while (at < line.size() && isWordCharacter(static_cast<unsigned char>(line[at]))) ++at;
        const bool word = at > begin;
        if (!word) ++at;
        tokens.push_back(
            {line.substr(begin, at - begin), word && !(line[begin] >= '0' && line[begin] <= '9')});
    }
    return tokens;
}

// The place in `second` where the old name stayed; npos where the pair is no slip.
std::size_t slip(const std::vector<Token>& first, const std::vector<Token>& second) {
    constexpr std::size_t none = static_cast<std::size_t>(-1);
    if (first.size() != second.size() || first.size() < 8) return none;
    std::string_view from, to;
    for (std::size_t i = 0; i < first.size(); ++i) {
        if (first[i].text == second[i].text) continue;
        if (!first[i].word || !second[i].word) return none;
        if (from.empty()) {
            from = first[i].text;
            to = second[i].text;
        } else if (first[i].text != from || second[i].text != to) {
            return none;
        }
    }
    if (from.empty()) return none;
    int replaced = 0, kept = 0, already = 0;
    std::size_t place = none;
    for (std::size_t i = 0; i < first.size(); ++i) {
        already += first[i].text == to ? 1 : 0;
        if (first[i].text != from) continue;
        if (second[i].text == to) {
            ++replaced;
        } else {
            ++kept;
            place = i;
        }
    }
    // A first word that stays is the object, not the slip: "x.a = x.b" beside "y.a = x.b".
    // None, null, self and their like stand in copies without being forgotten.
    static const std::string_view neutral[] = {"None",   "True",  "False", "null", "NULL", "nullptr",
                                               "true",   "false", "self",  "this", "args", "kwargs",
                                               "return", "if",    "int",   "auto", "const"};
    if (std::find(std::begin(neutral), std::end(neutral), from) != std::end(neutral)) return none;
    return replaced >= 2 && kept == 1 && already == 0 && place != 0 ? place : none;
}

void copySlips(const FileView& file, Sink& sink) {
    if (!file.isCode()) return;
    std::vector<Token> last;
    int lastLine = 0;
    for (int line = 1; line <= file.document.lineCount(); ++line) {
        const std::size_t begin = file.document.lineBegin(line), end = file.document.lineEnd(line);
        const std::string_view text = std::string_view(file.code).substr(begin, end - begin);
        if (trim(text).empty()) continue;
        if (text.size() > 400 || trim(text).starts_with("#")) {
            last.clear();
            continue;
        }
        auto now = tokensOf(text);
        if (lastLine > 0 && line - lastLine == 1) {
            const std::size_t place = slip(last, now);
            if (place != static_cast<std::size_t>(-1))
                sink.hit(
                    {lineOf(file, begin + static_cast<std::size_t>(now[place].text.data() - text.data())),
                     "Copied line in which one name was not replaced: " + std::string(now[place].text),
                     "The line is the one above with a name replaced everywhere but here.",
                     "It probably uses the wrong one.",
                     {{lineOf(file, file.document.lineBegin(lastLine)), EvidenceRole::Cause}}});
        }
        last = std::move(now);
        lastLine = line;
    }
}

} // namespace

Family copyChecks() {
    return {{{"C15", "Copy slips", "Are there copied lines in which one name was forgotten?", "defect",
              Severity::Medium, Precision::Finding},
             copySlips}};
}

} // namespace app::checks
