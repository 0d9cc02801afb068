#include "app/token_counter.h"

#include "app/resources.h"
#include "engine/tokenizer.h"

#include <algorithm>
#include <thread>

namespace app {

namespace {

constexpr double charactersPerToken = 3.3; // V4's vocabulary on mixed code and prose

class Estimate : public TokenCounter {
public:
    std::int64_t count(std::string_view text) const override {
        const auto characters = std::count_if(text.begin(), text.end(), [](char c) {
            return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        });
        return static_cast<std::int64_t>(static_cast<double>(characters) / charactersPerToken + 0.999);
    }
    bool exact() const override { return false; }
    std::string name() const override { return "estimate (3.3 characters a token)"; }
};

class Exact : public TokenCounter {
public:
    explicit Exact(std::shared_ptr<const engine::Tokenizer> tokenizer) : m_tokenizer(std::move(tokenizer)) {}
    std::int64_t count(std::string_view text) const override {
        return m_tokenizer->count(text, engine::AddedTokens::Ignore, m_threads);
    }
    bool exact() const override { return true; }
    std::string name() const override { return m_tokenizer->name(); }

private:
    std::shared_ptr<const engine::Tokenizer> m_tokenizer;
    int m_threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 8u));
};

} // namespace

std::unique_ptr<TokenCounter> makeEstimate() { return std::make_unique<Estimate>(); }

std::shared_ptr<const TokenCounter> makeExact(std::shared_ptr<const engine::Tokenizer> tokenizer) {
    return std::make_shared<const Exact>(std::move(tokenizer));
}

std::shared_ptr<const TokenCounter> defaultTokenCounter() {
    try {
        return makeExact(engine::Tokenizer::fromFolder(resourceFile("tokenizer")));
    } catch (const std::runtime_error&) {
        // An installation without the vocabulary still counts, and says "estimate" wherever a count is shown.
        return makeEstimate();
    }
}

} // namespace app
