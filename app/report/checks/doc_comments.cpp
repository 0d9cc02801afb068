// C16: a doc comment names a parameter that the function below it does not have.
#include "app/report/checks/check.h"

#include "app/report/summary_text.h"
#include "app/report/text_folding.h"

#include <algorithm>
#include <set>

namespace app::checks {

namespace {

std::set<std::string> wordsIn(std::string_view text) {
    std::set<std::string> words;
    std::string word;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        const char c = at < text.size() ? text[at] : ' ';
        if (isWordCharacter(static_cast<unsigned char>(c)) || c == '$')
            word.push_back(c);
        else if (!word.empty()) {
            words.insert(std::move(word));
            word.clear();
        }
    }
    return words;
}

// The parameter list of the function declared right after `at`; nothing where something else follows.
std::optional<std::string_view> parametersAfter(const FileView& file, std::size_t at) {
    std::size_t depth = 0;
    const std::size_t limit = std::min(file.code.size(), at + 1500);
    for (std::size_t i = at; i < limit; ++i) {
        const char c = file.code[i];
        if (c == '<') ++depth;
        if (c == '>' && depth > 0) --depth;
        if (c == ';' || c == '{' || c == '}' || c == '=') return std::nullopt;
        if (c != '(' || depth > 0) continue;
        const std::string head(trim(std::string_view(file.code).substr(at, i - at)));
        static const Pattern other(
            R"re(\b(?:class|struct|enum|union|interface|record|namespace|using|typedef|define|macro)\b|^#|\b__attribute__\s*$|\balignas\s*$|\bdecltype\s*$|^@|\b[A-Z][A-Z0-9_]{2,}\s*$)re");
        if (head.empty() || other.matches(head)) return std::nullopt;
        const std::size_t close = closing(file.code, i);
        if (close == std::string::npos) return std::nullopt;
        // "int (*name)(…)": a pointer or a macro; not ours.
        const std::string_view inside = std::string_view(file.code).substr(i + 1, close - i - 1);
        if (trim(inside).starts_with("*")) return std::nullopt;
        return inside;
    }
    return std::nullopt;
}

void missingParameters(const FileView& file, Sink& sink) {
    if (file.language != "c" && file.language != "java" && file.language != "javascript" &&
        file.language != "php")
        return;
    static const Pattern parameter(
        R"re([@\\]param(?:\s*\[[^\]]*\])?\s+(?:\{[^}\n]*\}\s*)?\[?([A-Za-z_$][\w$]*)(,)?)re");
    static const Pattern elsewhere(
        R"re([@\\](?:fn|copydoc|overload|callback|typedef|def|class|struct|property|event|name)\b)re");
    for (const CommentBlock& block : commentBlocks(file.text, file.language)) {
        const std::string_view comment =
            std::string_view(file.text).substr(block.begin, block.end - block.begin);
        if (!(comment.starts_with("/**") || comment.starts_with("/*!") || comment.starts_with("///") ||
              comment.starts_with("//!")) ||
            elsewhere.matches(comment))
            continue;
        const auto parameters = parametersAfter(file, block.end);
        if (!parameters || parameters->find("...") != std::string_view::npos ||
            parameters->find('{') != std::string_view::npos ||
            parameters->find('[') != std::string_view::npos)
            continue;
        const auto known = wordsIn(*parameters);
        PatternMatch match;
        std::vector<std::pair<std::size_t, std::string>> missing;
        int right = 0;
        for (std::size_t from = 0; parameter.next(comment, from, match);) {
            const std::string name(match.groups[1]);
            if (!match.groups[2].empty()) { // "@param a, b": several at once
                ++right;
                continue;
            }
            if (known.contains(name))
                ++right;
            else
                missing.emplace_back(block.begin + match.begin, name);
        }
        // Declarations may leave names out altogether.
        const bool named = right > 0 || known.size() >= 2;
        if (!named && !trim(*parameters).empty() && *parameters != "void") continue;
        for (const auto& [at, name] : missing)
            sink.hit(
                {lineOf(file, at),
                 "Comment names a parameter the function lacks: " + name,
                 "The function below has no parameter of that name.",
                 "The comment describes another version of it.",
                 {{lineOf(file, block.end + (std::string_view(file.code).substr(block.end).find_first_not_of(
                                                " \t\r\n"))),
                   EvidenceRole::Counter}}});
    }
}

} // namespace

Family docCommentChecks() {
    return {{{"C16", "Parameters in comments", "Do doc comments name parameters the function lacks?", "drift",
              Severity::Low, Precision::Finding},
             missingParameters}};
}

} // namespace app::checks
