// TokenizerParts: what a loader hands to Tokenizer: the bytes of every id, the merges by rank, the added tokens. The
// loader has checked it: ids in range, merges different, every byte present.
#pragma once

#include "engine/bpe.h"
#include "engine/tokenizer.h"

#include <array>
#include <string>
#include <vector>

namespace engine {

struct TokenizerParts {
    std::string name;
    std::vector<std::string> texts; // by id; empty = no such token
    std::array<TokenId, 256> byteIds{};
    std::vector<Merge> merges;
    std::vector<AddedToken> added;
};

// V4's layout (v4-formats.md 3.1): ids 3 … 258 are the bytes in the order of their byte-level characters. Fills texts
// and byteIds.
void addByteSymbols(TokenizerParts& parts);
// The byte that a byte-level character stands for, or -1 ("Ġ" is a space).
int byteOfCharacter(std::uint32_t codePoint);

} // namespace engine
