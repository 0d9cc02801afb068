// C11 comparisons with itself, equal branches and repeated conditions; C12 assignment as condition.
#include "app/report/checks/check.h"

#include "app/report/text_folding.h"

#include <algorithm>

namespace app::checks {

namespace {

bool curly(const FileView& file) {
    return file.language == "c" || file.language == "java" || file.language == "javascript" ||
           file.language == "go" || file.language == "kotlin" || file.language == "php" ||
           file.language == "swift" || file.language == "rust";
}

std::string squeezed(std::string_view text) {
    std::string result;
    for (const char c : text)
        if (!isSpace(static_cast<unsigned char>(c))) result.push_back(c);
    return result;
}

bool isAssertion(std::string_view line) {
    static const Pattern assertion(
        R"re(assert|EXPECT|ASSERT|CHECK|REQUIRE|QVERIFY|QCOMPARE|should|is_same|requires|concept|static_)re",
        Letters::AnyCase);
    return assertion.matches(line);
}

void selfComparison(const FileView& file, Sink& sink) {
    // x != x asks for NaN and is left alone.
    static const Pattern comparison(
        R"re((?:^|[(!,?:{;]|&&|\|\||\breturn\b|\bif\b|\bwhile\b|\band\b|\bor\b|[^=!<>+\-*/%&|^]=)\s*([A-Za-z_]\w*(?:(?:\.|->|::)\w+|\[\w+\])*)\s*(==|<=?|>=?|&&|\|\|)\s*\1\s*(?=$|[),?:;{}]|&&|\|\||\band\b|\bor\b))re");
    PatternMatch match;
    for (std::size_t from = 0; comparison.next(file.code, from, match);) {
        const auto at = static_cast<std::size_t>(match.groups[1].data() - file.code.data());
        from = at + match.groups[1].size();
        const std::string_view op = match.groups[2];
        const Place line = lineOf(file, at);
        const std::string_view text = std::string_view(file.text).substr(line.begin, line.end - line.begin);
        if (isAssertion(text) || trim(text).starts_with("#") || trim(text).starts_with("template") ||
            (file.test && op == "=="))
            continue;
        // a < a > b is a template, not a comparison.
        if ((op == "<" || op == ">") && file.isCFamily() && text.find('>') != std::string_view::npos &&
            text.find('<') != std::string_view::npos)
            continue;
        sink.hit(
            {line,
             "Compared with itself: " + quoted(std::string_view(file.text).substr(at, match.end - at), 50),
             "Both sides of " + std::string(op) + " are the same.",
             "The result is always the same; one side was meant to be another."});
    }
    static const Pattern choice(
        R"re(\?\s*([A-Za-z_"']\w*(?:(?:\.|->|::)\w+|\(\))*["']?)\s*:\s*([A-Za-z_"']\w*(?:(?:\.|->|::)\w+|\(\))*["']?)\s*[;),])re");
    for (std::size_t from = 0; curly(file) && choice.next(file.uncommented, from, match);)
        if (match.groups[1] == match.groups[2])
            sink.hit({lineOf(file, match.begin), "Both branches are equal: " + quoted(match.groups[0], 50),
                      "Whatever the condition is, the result is the same.",
                      "One of them was meant to be another."});
}

// if (A) … else if (A): the second can never be taken; if (A) X else X: the condition decides nothing.
void repeatedConditions(const FileView& file, Sink& sink) {
    if (!curly(file)) return;
    static const Pattern ifHead(R"re(\bif\s*(?:constexpr\s*)?\()re");
    PatternMatch match;
    for (std::size_t from = 0; ifHead.next(file.code, from, match);) {
        std::vector<std::pair<std::string, std::size_t>> conditions;
        std::vector<std::string> bodies;
        std::size_t open = match.end - 1, head = match.begin;
        // An "else if" belongs to the chain that began before it.
        const std::string before = squeezed(
            std::string_view(file.code).substr(head > 12 ? head - 12 : 0, std::min<std::size_t>(12, head)));
        if (before.ends_with("else")) continue;
        bool lastElse = false;
        for (int arms = 0; arms < 50; ++arms) {
            const std::size_t close = closing(file.code, open);
            if (close == std::string::npos) break;
            const std::string condition =
                squeezed(std::string_view(file.uncommented).substr(open + 1, close - open - 1));
            conditions.emplace_back(condition, head);
            std::size_t at = close + 1;
            while (at < file.code.size() && isSpace(static_cast<unsigned char>(file.code[at]))) ++at;
            if (at >= file.code.size() || file.code[at] != '{') break;
            const std::size_t end = closing(file.code, at, '{', '}');
            if (end == std::string::npos) break;
            bodies.push_back(squeezed(std::string_view(file.uncommented).substr(at + 1, end - at - 1)));
            static const Pattern elseIf(R"re(\A\s*else\s+if\s*\()re");
            static const Pattern elseOnly(R"re(\A\s*else\s*\{)re");
            PatternMatch next;
            std::size_t start = 0;
            const std::string_view rest = std::string_view(file.code).substr(end + 1, 200);
            if (elseIf.next(rest, start, next)) {
                open = end + 1 + next.end - 1;
                head = end + 1 + rest.find("if");
                continue;
            }
            start = 0;
            if (elseOnly.next(rest, start, next)) {
                const std::size_t brace = end + next.end;
                const std::size_t stop = closing(file.code, brace, '{', '}');
                if (stop != std::string::npos)
                    bodies.push_back(
                        squeezed(std::string_view(file.uncommented).substr(brace + 1, stop - brace - 1)));
                lastElse = stop != std::string::npos;
            }
            break;
        }
        for (std::size_t i = 0; i < conditions.size(); ++i)
            for (std::size_t j = i + 1; j < conditions.size(); ++j)
                if (conditions[i].first == conditions[j].first &&
                    conditions[i].first.find('(') == std::string::npos &&
                    conditions[i].first.find("++") == std::string::npos)
                    sink.hit({lineOf(file, conditions[j].second),
                              "Condition repeated in the same chain: " + quoted(conditions[j].first, 50),
                              "The same condition was asked above; this branch is never taken.",
                              "Another condition was meant.",
                              {{lineOf(file, conditions[i].second), EvidenceRole::Cause}}});
        if (lastElse && bodies.size() == 2 && bodies[0] == bodies[1] && bodies[0].size() > 8)
            sink.hit({lineOf(file, conditions[0].second), "Both branches are equal",
                      "The branches after if and else hold the same text.",
                      "The condition decides nothing."});
    }
}

void assignments(const FileView& file, Sink& sink) {
    if (file.language != "c" && file.language != "java" && file.language != "javascript" &&
        file.language != "php")
        return;
    // One "=", a plain name or number behind it, no second pair of parentheses around it that would say "I
    // mean it".
    static const Pattern assigned(
        R"re(\b(?:if|while)\s*\(\s*(?:[^()=;]{0,80}(?:&&|\|\|)\s*)?([A-Za-z_$]\w*(?:(?:\.|->)\w+|\[\w+\])*)\s*=\s*(-?\d\w*|true|false|nullptr|NULL|null|[A-Za-z_$]\w*(?:(?:\.|->|::)\w+)*)\s*(?:\)|&&|\|\|))re");
    PatternMatch match;
    for (std::size_t from = 0; assigned.next(file.code, from, match);)
        sink.hit({lineOf(file, match.begin),
                  "Assignment where a comparison is expected: " + quoted(match.groups[0], 60),
                  std::string(match.groups[1]) + " gets the value " + std::string(match.groups[2]) + " here.",
                  "The condition does not depend on what was there before."});
}

} // namespace

Family conditionChecks() {
    return {
        {{"C11", "Idle conditions", "Are there comparisons with itself, equal branches, repeated conditions?",
          "defect", Severity::Medium, Precision::Finding},
         [](const FileView& file, Sink& sink) {
             if (!file.isCode() || file.language == "shell") return;
             selfComparison(file, sink);
             repeatedConditions(file, sink);
         }},
        {{"C12", "Assignment as condition", "Is something assigned where a comparison is expected?", "defect",
          Severity::Medium, Precision::Finding},
         assignments},
    };
}

} // namespace app::checks
