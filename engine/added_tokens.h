// AddedTokenSet: finds spellings of added tokens in a text as Hugging Face does: first the tokens that skip
// normalisation, then the others in what is left; each leftmost, longest; with strip and single-word flags.
// Immutable; any thread.
#pragma once

#include "engine/tokenizer.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace engine {

class AddedTokenSet {
public:
    explicit AddedTokenSet(const std::vector<AddedToken>& tokens);

    // Calls back for every part of the text in order: ordinary text (id -1) or an added token with all it covers.
    void split(std::string_view text, const std::function<void(std::string_view part, TokenId id)>& onPart) const;
    std::optional<TokenId> find(std::string_view spelling) const;

private:
    struct Pass {
        std::vector<const AddedToken*> sorted; // by spelling, as bytes
        std::array<bool, 256> first{};         // bytes a spelling begins with
        const AddedToken* longestAt(std::string_view text) const;
    };
    void splitPass(const Pass& pass, std::string_view text,
                   const std::function<void(std::string_view, TokenId)>& onPart) const;

    std::vector<AddedToken> m_tokens;
    std::array<Pass, 2> m_passes;
};

} // namespace engine
