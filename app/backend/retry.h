// When a failed call is made again, and after how long: jittered exponential back-off that honours Retry-After.
// Only answers that promise nothing was billed are repeated; a broken-off answer is the caller's decision.
// Pure functions, any thread. Source: agent.md 12 (retries), hosted-apis-and-prices.md 1.4 (errors).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace app {

struct RetryPolicy {
    int most = 6;             // repetitions after the first try
    double first = 1;         // seconds, doubled each time
    double longest = 60;
    double patience = 600;    // a server that asks for a longer wait is not waited for
};

// 429, 500, 503; never 400, 401, 402, 422, nor anything else.
bool isRetryable(int status);
// Seconds before repetition `attempt` (0 = the first), `random` in [0, 1). Nothing = give up.
std::optional<double> retryDelay(const RetryPolicy& policy, int attempt, std::optional<double> retryAfter,
                                 double random);
// "120" or an HTTP date; `now` in seconds since 1970.
std::optional<double> parseRetryAfter(std::string_view value, std::int64_t now);

} // namespace app
