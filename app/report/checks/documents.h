// What the checks of documents share: sentences, amounts, dates, number words. Pure.
#pragma once

#include "app/report/checks/check.h"

#include <optional>
#include <string>
#include <string_view>

namespace app::checks {

// "1,250.00" and "1.250,00" -> cents; nothing where the separators make no sense.
std::optional<std::int64_t> cents(std::string_view number);
// "thirty", "one hundred and twenty-five", "zwei hundert": English and German up to millions.
std::optional<std::int64_t> numberOfWords(std::string_view words);
// "1 March 2024", "March 1, 2024", "2024-03-01" -> 20240301; impossible days too (20240231).
std::optional<int> dateNumber(std::string_view text);
bool isPossibleDate(int number);
const char* datePattern(); // matches the three forms

} // namespace app::checks
