#include "engine/added_tokens.h"

#include "engine/unicode_classes.h"

#include <algorithm>

namespace engine {

AddedTokenSet::AddedTokenSet(const std::vector<AddedToken>& tokens) : m_tokens(tokens) {
    for (const AddedToken& token : m_tokens) {
        Pass& pass = m_passes[token.normalized ? 1 : 0];
        pass.sorted.push_back(&token);
        pass.first[static_cast<unsigned char>(token.text[0])] = true;
    }
    for (Pass& pass : m_passes)
        std::sort(pass.sorted.begin(), pass.sorted.end(),
                  [](const AddedToken* a, const AddedToken* b) { return a->text < b->text; });
}

// Narrows the sorted spellings byte by byte; the last one that ended on the way is the longest.
const AddedToken* AddedTokenSet::Pass::longestAt(std::string_view text) const {
    const AddedToken* longest = nullptr;
    auto begin = sorted.begin(), end = sorted.end();
    for (std::size_t at = 0; at < text.size() && begin != end; ++at) {
        const auto wanted = static_cast<unsigned char>(text[at]);
        const auto byteOf = [at](const AddedToken* token) { return static_cast<unsigned char>(token->text[at]); };
        begin = std::partition_point(begin, end, [&](const AddedToken* token) {
            return token->text.size() <= at || byteOf(token) < wanted;
        });
        end = std::partition_point(begin, end, [&](const AddedToken* token) { return byteOf(token) == wanted; });
        // The shortest comes first where one spelling begins another.
        if (begin != end && (*begin)->text.size() == at + 1) longest = *begin;
    }
    return longest;
}

void AddedTokenSet::splitPass(const Pass& pass, std::string_view text,
                              const std::function<void(std::string_view, TokenId)>& onPart) const {
    std::size_t done = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (!pass.first[static_cast<unsigned char>(text[at])]) {
            ++at;
            continue;
        }
        const AddedToken* token = pass.longestAt(text.substr(at));
        if (token == nullptr) {
            ++at;
            continue;
        }
        std::size_t begin = at, end = at + token->text.size();
        at = end;
        if (token->singleWord && (endsWithWord(text.substr(0, begin)) || startsWithWord(text.substr(end)))) continue;
        // What an earlier token's strip has taken stays with it.
        if (begin < done) continue;
        if (token->leftStrip) begin -= spaceAtEnd(text.substr(done, begin - done));
        if (token->rightStrip) end += spaceAtStart(text.substr(end));
        if (done < begin) onPart(text.substr(done, begin - done), -1);
        onPart(text.substr(begin, end - begin), token->id);
        done = end;
    }
    if (done < text.size()) onPart(text.substr(done), -1);
}

void AddedTokenSet::split(std::string_view text,
                          const std::function<void(std::string_view, TokenId)>& onPart) const {
    splitPass(m_passes[0], text, [&](std::string_view part, TokenId id) {
        if (id >= 0) onPart(part, id);
        else splitPass(m_passes[1], part, onPart);
    });
}

std::optional<TokenId> AddedTokenSet::find(std::string_view spelling) const {
    for (const Pass& pass : m_passes) {
        const auto found = std::lower_bound(pass.sorted.begin(), pass.sorted.end(), spelling,
                                            [](const AddedToken* a, std::string_view b) { return a->text < b; });
        if (found != pass.sorted.end() && (*found)->text == spelling) return (*found)->id;
    }
    return std::nullopt;
}

} // namespace engine
