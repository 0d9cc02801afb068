// TokenCounter: how many tokens a text is. The exact one wraps engine::Tokenizer; the estimate divides characters
// and says so. Implementations are immutable after construction and may be used from several threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace engine {
class Tokenizer;
}

namespace app {

class TokenCounter {
public:
    virtual ~TokenCounter() = default;
    virtual std::int64_t count(std::string_view text) const = 0;
    virtual bool exact() const = 0;
    // Byte after each token, ascending, the last one text.size(). An estimate spreads its count evenly.
    virtual std::vector<std::size_t> tokenEnds(std::string_view text) const;
    virtual std::string name() const = 0; // "DeepSeek-V4 tokenizer", "estimate (by words)"
};

std::unique_ptr<TokenCounter> makeEstimate();
// Counts text as data: spellings of control tokens are text.
std::shared_ptr<const TokenCounter> makeExact(std::shared_ptr<const engine::Tokenizer> tokenizer);
// The vocabulary in resources/tokenizer; falls back to the estimate when it is not there.
std::shared_ptr<const TokenCounter> defaultTokenCounter();

} // namespace app
