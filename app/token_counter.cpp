#include "app/token_counter.h"

#include "app/resources.h"
#include "engine/tokenizer.h"

#include <algorithm>
#include <thread>

namespace app {

namespace {

class Exact : public TokenCounter {
public:
    explicit Exact(std::shared_ptr<const engine::Tokenizer> tokenizer) : m_tokenizer(std::move(tokenizer)) {}
    std::int64_t count(std::string_view text) const override {
        return m_tokenizer->count(text, engine::AddedTokens::Ignore, m_threads);
    }
    std::vector<std::size_t> tokenEnds(std::string_view text) const override {
        std::vector<std::size_t> begins;
        m_tokenizer->encodeWithOffsets(text, engine::AddedTokens::Ignore, begins);
        if (begins.empty())
            return begins;
        begins.erase(begins.begin());
        begins.push_back(text.size());
        return begins;
    }
    bool exact() const override { return true; }
    std::string name() const override { return m_tokenizer->name(); }

private:
    std::shared_ptr<const engine::Tokenizer> m_tokenizer;
    int m_threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 8u));
};

} // namespace

std::shared_ptr<const TokenCounter> makeExact(std::shared_ptr<const engine::Tokenizer> tokenizer) {
    return std::make_shared<const Exact>(std::move(tokenizer));
}

std::shared_ptr<const TokenCounter> defaultTokenCounter() {
    try {
        return makeExact(engine::Tokenizer::fromFolder(resourcesFolder() / "tokenizer"));
    } catch (const std::runtime_error&) {
        // An installation without the vocabulary still counts, and says "estimate" wherever a count is shown.
        return makeEstimate();
    }
}

} // namespace app
