// TokenCounter: how many tokens a text is. The exact one wraps engine::Tokenizer; the estimate divides characters
// and says so. Implementations are immutable after construction and may be used from several threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace engine {
class Tokenizer;
}

namespace app {

class TokenCounter {
public:
    virtual ~TokenCounter() = default;
    virtual std::int64_t count(std::string_view text) const = 0;
    virtual bool exact() const = 0;
    virtual std::string name() const = 0; // "DeepSeek-V4 tokenizer", "estimate (3.3 characters a token)"
};

std::unique_ptr<TokenCounter> makeEstimate();
// Counts text as data: spellings of control tokens are text.
std::shared_ptr<const TokenCounter> makeExact(std::shared_ptr<const engine::Tokenizer> tokenizer);
// The vocabulary in resources/tokenizer; falls back to the estimate when it is not there.
std::shared_ptr<const TokenCounter> defaultTokenCounter();

} // namespace app
