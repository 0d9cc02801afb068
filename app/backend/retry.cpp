#include "app/backend/retry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string>

namespace app {

bool isRetryable(int status) { return status == 429 || status == 500 || status == 503; }

std::optional<double> retryDelay(const RetryPolicy& policy, int attempt, std::optional<double> retryAfter,
                                 double random) {
    if (attempt >= policy.most)
        return std::nullopt;
    const double step = std::min(policy.longest, policy.first * std::pow(2.0, attempt));
    const double jittered = step * (0.5 + random / 2);
    if (!retryAfter)
        return jittered;
    if (*retryAfter > policy.patience)
        return std::nullopt;
    // Never earlier than the server asked, and not all clients at the same instant.
    return *retryAfter + std::min(jittered, 1.0) * random;
}

std::optional<double> parseRetryAfter(std::string_view value, std::int64_t now) {
    while (!value.empty() && value.front() == ' ')
        value.remove_prefix(1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\r'))
        value.remove_suffix(1);
    double seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds,
                                              std::chars_format::fixed);
    if (error == std::errc() && end == value.data() + value.size())
        return seconds >= 0 ? std::optional(seconds) : std::nullopt;
    // "Wed, 21 Oct 2015 07:28:00 GMT", independent of the locale.
    if (value.size() != 29 || value.substr(25) != " GMT")
        return std::nullopt;
    static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto month = std::find(months.begin(), months.end(), value.substr(8, 3));
    const auto number = [&](std::size_t at, std::size_t length) {
        int result = -1;
        std::from_chars(value.data() + at, value.data() + at + length, result);
        return result;
    };
    const int day = number(5, 2), year = number(12, 4), hour = number(17, 2), minute = number(20, 2),
              second = number(23, 2);
    if (month == months.end() || day < 1 || year < 1970 || hour < 0 || minute < 0 || second < 0)
        return std::nullopt;
    using namespace std::chrono;
    const auto date = std::chrono::year(year) / static_cast<unsigned>(month - months.begin() + 1) / day;
    if (!date.ok())
        return std::nullopt;
    const auto instant = sys_days(date).time_since_epoch() + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
    return std::max(0.0, static_cast<double>(duration_cast<std::chrono::seconds>(instant).count() - now));
}

} // namespace app
