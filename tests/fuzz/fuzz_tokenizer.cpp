// Fuzz: a hostile tokenizer.json is refused in words or gives a tokenizer that brings every byte back; the bundled kind of
// vocabulary encodes any text, with and without added tokens, and data never becomes a control token.

#include "engine/tokenizer.h"

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

using namespace engine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        const auto tokenizer = Tokenizer::fromJson(text);
        if (tokenizer->decode(tokenizer->encode(text, AddedTokens::Ignore)) != text) std::abort();
    } catch (const std::runtime_error&) {
    }
    static const auto bytes = Tokenizer::bytesOnly(300);
    for (const TokenId id : bytes->encode(text, AddedTokens::Ignore))
        if (bytes->isAdded(id)) std::abort();
    if (bytes->decode(bytes->encode(text, AddedTokens::Match)) != text) std::abort();
    return 0;
}
