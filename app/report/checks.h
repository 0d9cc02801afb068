// Deterministic checks over a Corpus (design agent.md 2: C01–C19 code, D01–D13 documents). Pure functions of
// the text: the same corpus gives the same findings in the same order, each with evidence proven by
// construction. A check whose precision on the fixtures is below 0.9 reports notes, not findings. One file
// per small family in checks/. Any thread.
#pragma once

#include "app/report/report.h"
#include "ingest/corpus.h"
#include "ingest/span.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace app {

enum class Precision : std::uint8_t { Finding, Note };

struct CheckInfo {
    const char* id;       // "C07"
    const char* title;    // "Secrets"
    const char* question; // what the check asks, as a plan line
    const char* kind; // secret, security, defect, drift, gap, instruction, hygiene, contradiction, deviation
    Severity severity;
    Precision precision;
};
const std::vector<CheckInfo>& checkList();
const CheckInfo* findCheck(std::string_view id);

struct CheckOptions {
    std::vector<std::string> only; // ids; empty = all
    std::string scope;             // glob over paths; empty = everything
    int perCheckLimit = 500;       // more hits of one check are counted in one note
};

struct CheckRun {
    std::vector<Finding> findings; // sorted by severity, path, place; ids F1, F2, … are given by the caller
    std::vector<std::string> completed; // ids of the checks that looked at everything
    std::vector<std::string> notes;     // "C09: 1,204 further hits not listed"
};
CheckRun runChecks(const ingest::Corpus& corpus, const CheckOptions& options,
                   const std::function<void(std::int64_t done, std::int64_t total)>& onProgress,
                   std::stop_token stop);

// C07 and C08 alone, as ingest warnings and before anything is sent. `rule` names the format ("aws access
// key").
struct TextHit {
    ingest::Span span; // the secret itself, or the sentence that speaks to a model
    std::string rule;
};
std::vector<TextHit> scanSecrets(const ingest::Corpus& corpus, std::stop_token stop = {});
std::vector<TextHit> scanInstructions(const ingest::Corpus& corpus, std::stop_token stop = {});
// The same over one text (exports, transcripts): byte ranges with the rule's name, in order, not overlapping.
struct SecretRange {
    std::size_t begin = 0, end = 0;
    std::string rule;
};
std::vector<SecretRange> findSecrets(std::string_view text);
// Every secret replaced by "[secret removed: RULE]"; `removed` names what was.
std::string maskSecrets(std::string_view text, std::vector<std::string>* removed = nullptr);

// Bytes a person would not see or that reorder what is seen: bidi controls, zero width, tags, C0/C1.
bool isInvisible(char32_t c);
// The text with such characters as visible escapes: \u{202e}. Newline and tab stay. Invalid UTF-8 as \x{ff}.
std::string visible(std::string_view text);

} // namespace app
