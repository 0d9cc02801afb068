// ChoiceDecoder: an answer that must be one of several strings, token by token: which tokens may come next, and when
// only one string is left. Pure state of one answer. Source: agent.md 2 (a reader points, it never invents).
#pragma once

#include "engine/tokenizer.h"

#include <string>
#include <vector>

namespace app {

class ChoiceDecoder {
public:
    ChoiceDecoder(const engine::Tokenizer& tokenizer, const std::vector<std::string>& choices);

    std::vector<engine::TokenId> allowed() const; // ascending, different
    void take(engine::TokenId token);             // one of allowed(); any other is ignored
    bool decided() const { return m_alive.size() <= 1; }
    const std::string& choice() const { return m_choices[m_alive.empty() ? 0 : m_alive[0]]; }
    std::vector<engine::TokenId> rest() const; // of the decided one, end token included

private:
    std::vector<std::string> m_choices;
    std::vector<std::vector<engine::TokenId>> m_tokens;
    std::vector<std::size_t> m_alive; // indices of the choices the answer still may become
    std::size_t m_taken = 0;
};

} // namespace app
