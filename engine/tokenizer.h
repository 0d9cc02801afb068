// Tokenizer: bytes to tokens and back, exactly: DeepSeek-V4's byte-level BPE (v4-formats.md section 3), with the
// vocabulary of a model's tokenizer.json, of the compact copy in resources/tokenizer, or the bare 256 bytes for small
// test models. decode(encode(x)) == x for any bytes, valid UTF-8 or not. Text from a corpus, a tool or a model is
// encoded with AddedTokens::Ignore and then never yields a control token. Immutable after loading; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

using TokenId = std::int32_t;

// Match: spellings of added tokens in the text become those tokens, as Hugging Face does. Ignore: they are text.
enum class AddedTokens : std::uint8_t { Match, Ignore };
// Whether decode() writes out added tokens marked special ("<｜User｜>" is not, "<｜end▁of▁sentence｜>" is).
enum class SpecialTokens : std::uint8_t { Keep, Skip };

struct AddedToken {
    TokenId id = 0;
    std::string text;
    bool special = false, normalized = false, leftStrip = false, rightStrip = false, singleWord = false;
};

struct TokenizerParts; // what the loaders hand over (tokenizer_parts.h)

class Tokenizer {
public:
    // The text of a tokenizer.json. Throws std::runtime_error with a sentence when it is damaged, hostile, or another
    // kind of tokenizer (then naming what differs from DeepSeek-V4's).
    static std::shared_ptr<const Tokenizer> fromJson(std::string_view json);
    // The compact form: a folder with vocabulary.bin and added.txt (resources/tokenizer, its README says the format).
    static std::shared_ptr<const Tokenizer> fromFolder(const std::filesystem::path& folder);
    // No merges: ids 0, 1, 2 and the 256 bytes as in V4, then the control tokens of a chat
    // in a fixed order from 259 on. Throws when vocabSize has no room for them.
    static std::shared_ptr<const Tokenizer> bytesOnly(std::int64_t vocabSize);
    // How many ids bytesOnly needs: the least vocabulary a model can speak with.
    static std::int64_t bytesOnlySize();

    explicit Tokenizer(TokenizerParts parts); // for the loaders
    ~Tokenizer();
    Tokenizer(const Tokenizer&) = delete;
    Tokenizer& operator=(const Tokenizer&) = delete;

    // No start or end token is added. With `threads` > 1 a long text is cut at places where pieces end in any case;
    // the ids are the same.
    std::vector<TokenId> encode(std::string_view text, AddedTokens added, int threads = 1) const;
    std::int64_t count(std::string_view text, AddedTokens added = AddedTokens::Ignore, int threads = 1) const;
    // encode(), and where the bytes of each token begin in `text` (token to Span, and back).
    std::vector<TokenId> encodeWithOffsets(std::string_view text, AddedTokens added,
                                           std::vector<std::size_t>& begins) const;

    // Unknown ids contribute nothing. The bytes may be part of a UTF-8 character.
    std::string decode(std::span<const TokenId> ids, SpecialTokens special = SpecialTokens::Keep) const;
    std::string_view bytes(TokenId id) const; // empty when there is no such token

    std::optional<TokenId> added(std::string_view text) const; // the added token spelt so
    bool isAdded(TokenId id) const;                            // every control token is an added one
    const std::vector<AddedToken>& addedTokens() const;        // by id
    TokenId size() const;                                      // ids are 0 … size()-1
    const std::string& name() const;                           // "DeepSeek-V4 tokenizer", "tokenizer.json", "bytes"
    const std::string& fingerprint() const;                    // of vocabulary, merges and added tokens, hex

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace engine
