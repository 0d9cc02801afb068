#include "app/backend/choice_decoder.h"

#include <algorithm>

namespace app {

using engine::TokenId;

ChoiceDecoder::ChoiceDecoder(const engine::Tokenizer& tokenizer, const std::vector<std::string>& choices) {
    const TokenId end = tokenizer.added("<｜end▁of▁sentence｜>").value_or(1);
    for (const std::string& choice : choices) {
        if (std::find(m_choices.begin(), m_choices.end(), choice) != m_choices.end()) continue;
        m_alive.push_back(m_choices.size());
        m_choices.push_back(choice);
        m_tokens.push_back(tokenizer.encode(choice, engine::AddedTokens::Ignore));
        m_tokens.back().push_back(end); // so that one choice may begin another
    }
}

std::vector<TokenId> ChoiceDecoder::allowed() const {
    std::vector<TokenId> ids;
    for (const std::size_t i : m_alive) ids.push_back(m_tokens[i][m_taken]);
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

void ChoiceDecoder::take(TokenId token) {
    std::vector<std::size_t> alive;
    for (const std::size_t i : m_alive)
        if (m_taken < m_tokens[i].size() && m_tokens[i][m_taken] == token) alive.push_back(i);
    if (alive.empty()) return;
    m_alive = std::move(alive);
    ++m_taken;
}

std::vector<TokenId> ChoiceDecoder::rest() const {
    if (m_alive.empty()) return {};
    const std::vector<TokenId>& tokens = m_tokens[m_alive[0]];
    return {tokens.begin() + static_cast<std::ptrdiff_t>(m_taken), tokens.end()};
}

} // namespace app
