// C08: text that speaks to a model instead of to a reader.
#include "app/report/checks/check.h"

#include <algorithm>

namespace app {

namespace {

struct InstructionRule {
    const char* name;
    const char* expression;
};

constexpr InstructionRule instructionRules[] = {
    {"asks to ignore instructions",
     R"((?:ignore|disregard|forget|override|bypass)\s+(?:all\s+|any\s+|every\s+|the\s+|your\s+|my\s+|these\s+|of\s+)*(?:previous|prior|above|earlier|preceding|foregoing|system|original|existing)\s+(?:\w+\s+)?(?:instructions?|prompts?|directions?|directives?|guidelines?|context|messages?)\b)"},
    {"asks to hide findings",
     R"((?:do\s+not|don't|never|must\s+not|should\s+not)\s+(?:report|flag|mention|list|raise|disclose|highlight)\s+(?:any\s+|the\s+|these\s+|this\s+)*(?:\w+\s+)?(?:issues?|findings?|vulnerabilit(?:y|ies)|defects?|negatives?|weaknesses)\b)"},
    {"asks for an empty report",
     R"(\b(?:report|respond\s+with|answer\s+with|output|return|say)\s+(?:that\s+there\s+are\s+|only\s+|exactly\s+)?["']?(?:no|zero|0)\s+(?:issues?|findings?|vulnerabilit(?:y|ies)|defects?)\b)"},
    {"speaks to a model",
     R"(\b(?:as\s+an?|you\s+are\s+(?:now\s+)?an?|to\s+the|note\s+to|attention|dear|instructions?\s+(?:for|to)(?:\s+the)?)\s+(?:AI|LLM|artificial\s+intelligence|(?:large\s+)?language\s+model|AI\s+(?:assistant|agent|reviewer|model)|LLM\s+reviewer)s?\b\s*[,:.!]?\s*(?:you\s+(?:must|should|are|will)|please|ignore|do\s+not|always|never|give|rate|approve|mark))"},
    {"asks for a good review",
     R"(\b(?:give|write|provide|recommend)\s+(?:only\s+|a\s+|an\s+)*(?:positive|favou?rable|glowing|excellent)\s+(?:reviews?|ratings?|assessments?|scores?)\b(?:\s+only)?)"},
    {"forges a turn of the conversation",
     R"(<\|(?:im_start|im_end|system|user|assistant|endoftext|start_header_id|eot_id)\|>|\[/?INST\]|<<SYS>>|<\x{EF}\x{BD}\x{9C}(?:User|Assistant|System|end))"},
    {"new instructions",
     R"(\b(?:new|updated|real|actual)\s+(?:system\s+)?(?:instructions?|prompt)\s*:\s*\S)"},
    {"asks for the prompt",
     R"(\b(?:reveal|print|show|repeat|output)\s+(?:me\s+)?(?:your|the)\s+(?:system|hidden|initial|full)\s+(?:prompt|instructions?)\b)"},
    {"asks to act unseen",
     R"(\b(?:without|do\s+not)\s+(?:telling|informing|tell|inform)\s+the\s+(?:user|human|reviewer)\b)"},
};

const std::vector<std::unique_ptr<Pattern>>& patterns() {
    static const std::vector<std::unique_ptr<Pattern>> list = [] {
        std::vector<std::unique_ptr<Pattern>> made;
        for (const InstructionRule& rule : instructionRules) {
            std::string expression = rule.expression;
            // The full-width bar of DeepSeek's control tokens, spelt as its bytes.
            const std::string bar = "\\x{EF}\\x{BD}\\x{9C}";
            if (const auto at = expression.find(bar); at != std::string::npos)
                expression.replace(at, bar.size(), "\\xEF\\xBD\\x9C");
            made.push_back(std::make_unique<Pattern>(expression, Letters::AnyCase));
        }
        return made;
    }();
    return list;
}

std::vector<SecretRange> findInstructions(std::string_view text) {
    std::vector<SecretRange> found;
    PatternMatch match;
    for (std::size_t i = 0; i < patterns().size(); ++i)
        for (std::size_t from = 0; patterns()[i]->next(text, from, match);)
            found.push_back({match.begin, match.end, instructionRules[i].name});
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.begin < b.begin; });
    std::vector<SecretRange> result;
    for (SecretRange& one : found)
        if (result.empty() || one.begin >= result.back().end) result.push_back(std::move(one));
    return result;
}

} // namespace

std::vector<TextHit> scanInstructions(const ingest::Corpus& corpus, std::stop_token stop) {
    std::vector<TextHit> hits;
    for (std::uint32_t i = 0; i < corpus.documents().size() && !stop.stop_requested(); ++i)
        for (SecretRange& one : findInstructions(corpus.document(i).text()))
            hits.push_back({{i, one.begin, one.end}, std::move(one.rule)});
    return hits;
}

namespace checks {

Family instructionChecks() {
    return {{{"C08", "Text that speaks to a model", "Is there text written to steer a model?", "instruction",
              Severity::Medium, Precision::Finding},
             [](const FileView& file, Sink& sink) {
                 for (const SecretRange& one : findInstructions(file.text))
                     sink.hit({lineOf(file, one.begin),
                               "Text that " + one.rule + ": " +
                                   quoted(std::string_view(file.text).substr(one.begin, one.end - one.begin)),
                               "The text addresses a model that reads it, not a person.",
                               "It is data here and was not obeyed; another tool may obey it."});
             }}};
}

} // namespace checks

} // namespace app
