// Words that may never differ between a quote and the text that proves it: numbers, currency, dates,
// negations, modal verbs, quantifiers, conditions, and/or, comparisons, identifiers (design agent.md 7).
// Lists are per language. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace app {

enum class Language : std::uint8_t { Unknown, English, German, French, Spanish, Italian, Cjk };
// By common words; Unknown where no list of ours fits.
Language detectLanguage(std::string_view text);

enum class LineEnds : std::uint8_t { Join, Split }; // "can-\nnot" read as one word or as two

// The guarded words of a text in order, numbers with their sign and separators, identifiers letter for
// letter.
std::vector<std::string> guardedWords(std::string_view text, Language language, LineEnds lineEnds);
// Same guarded words in the same order under at least one reading of the line ends of `found`.
bool guardsAgree(std::string_view quote, std::string_view found, Language language);
bool isGuarded(std::string_view word, Language language);
bool isNegation(std::string_view lowerCaseWord, Language language);

} // namespace app
