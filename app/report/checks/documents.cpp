#include "app/report/checks/documents.h"

#include "app/report/text_folding.h"

#include <map>

namespace app::checks {

std::optional<std::int64_t> cents(std::string_view number) {
    std::string digits;
    std::size_t point = std::string_view::npos;
    const auto last = number.find_last_of(".,");
    // The last separator divides cents when exactly two digits follow it.
    if (last != std::string_view::npos && number.size() - last == 3) point = last;
    for (std::size_t i = 0; i < number.size(); ++i) {
        if (number[i] >= '0' && number[i] <= '9')
            digits.push_back(number[i]);
        else if (i != point && number[i] != ',' && number[i] != '.' && number[i] != '\'' && number[i] != ' ')
            return std::nullopt;
    }
    if (digits.empty() || digits.size() > 15) return std::nullopt;
    return std::stoll(digits) * (point == std::string_view::npos ? 100 : 1);
}

std::optional<std::int64_t> numberOfWords(std::string_view words) {
    static const std::map<std::string, std::int64_t> small{{"zero", 0},
                                                           {"one", 1},
                                                           {"two", 2},
                                                           {"three", 3},
                                                           {"four", 4},
                                                           {"five", 5},
                                                           {"six", 6},
                                                           {"seven", 7},
                                                           {"eight", 8},
                                                           {"nine", 9},
                                                           {"ten", 10},
                                                           {"eleven", 11},
                                                           {"twelve", 12},
                                                           {"thirteen", 13},
                                                           {"fourteen", 14},
                                                           {"fifteen", 15},
                                                           {"sixteen", 16},
                                                           {"seventeen", 17},
                                                           {"eighteen", 18},
                                                           {"nineteen", 19},
                                                           {"twenty", 20},
                                                           {"thirty", 30},
                                                           {"forty", 40},
                                                           {"fourty", 40},
                                                           {"fifty", 50},
                                                           {"sixty", 60},
                                                           {"seventy", 70},
                                                           {"eighty", 80},
                                                           {"ninety", 90},
                                                           {"ein", 1},
                                                           {"eine", 1},
                                                           {"zwei", 2},
                                                           {"drei", 3},
                                                           {"vier", 4},
                                                           {"sechs", 6},
                                                           {"sieben", 7},
                                                           {"acht", 8},
                                                           {"neun", 9},
                                                           {"zehn", 10},
                                                           {"elf", 11},
                                                           {"zw\xC3\xB6lf", 12},
                                                           {"zwanzig", 20},
                                                           {"drei\xC3\x9Fig", 30},
                                                           {"vierzig", 40},
                                                           {"f\xC3\xBCnfzig", 50},
                                                           {"sechzig", 60},
                                                           {"siebzig", 70},
                                                           {"achtzig", 80},
                                                           {"neunzig", 90}};
    static const std::map<std::string, std::int64_t> large{
        {"thousand", 1000}, {"million", 1000000}, {"tausend", 1000}, {"billion", 1000000000}};
    std::int64_t total = 0, current = 0;
    bool any = false;
    std::string word;
    for (std::size_t at = 0; at <= words.size(); ++at) {
        const char c = at < words.size() ? words[at] : ' ';
        if (!isSpace(static_cast<unsigned char>(c)) && c != '-' && c != ',') {
            word.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
            continue;
        }
        if (word.empty()) continue;
        if (const auto value = small.find(word); value != small.end()) {
            current += value->second;
            any = true;
        } else if (word == "hundred" || word == "hundert") {
            current = (current == 0 ? 1 : current) * 100;
            any = true;
        } else if (const auto factor = large.find(word); factor != large.end()) {
            total += (current == 0 ? 1 : current) * factor->second;
            current = 0;
            any = true;
        } else if (word != "and" && word != "und") {
            return std::nullopt;
        }
        word.clear();
    }
    return any ? std::optional(total + current) : std::nullopt;
}

const char* datePattern() {
    return R"re((?:\d{4}-\d{2}-\d{2}|\d{1,2}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?:January|February|March|April|May|June|July|August|September|October|November|December)\s+\d{4}|(?:January|February|March|April|May|June|July|August|September|October|November|December)\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}))re";
}

std::optional<int> dateNumber(std::string_view text) {
    static const std::string months[] = {"january",   "february", "march",    "april",
                                         "may",       "june",     "july",     "august",
                                         "september", "october",  "november", "december"};
    const std::string lower = toLower(text);
    std::vector<int> numbers;
    int month = 0, value = -1;
    for (std::size_t at = 0; at <= lower.size(); ++at) {
        const char c = at < lower.size() ? lower[at] : ' ';
        if (c >= '0' && c <= '9')
            value = std::max(value, 0) * 10 + (c - '0');
        else if (value >= 0) {
            numbers.push_back(value);
            value = -1;
        }
        if (numbers.size() > 3 || value > 99999) return std::nullopt;
    }
    for (int i = 0; i < 12; ++i)
        if (lower.find(months[i]) != std::string::npos) month = i + 1;
    if (month == 0)
        return numbers.size() == 3 ? std::optional(numbers[0] * 10000 + numbers[1] * 100 + numbers[2])
                                   : std::nullopt;
    if (numbers.size() != 2) return std::nullopt;
    return numbers[1] * 10000 + month * 100 + numbers[0];
}

bool isPossibleDate(int number) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int year = number / 10000, month = number / 100 % 100, day = number % 100;
    if (month < 1 || month > 12 || day < 1) return false;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

} // namespace app::checks
