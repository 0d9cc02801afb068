// The loaders that need no JSON: the compact vocabulary of resources/tokenizer and the bare bytes of test models.

#include "engine/tokenizer.h"
#include "engine/tokenizer_parts.h"

#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace engine {

namespace {

constexpr std::uint64_t maxVocabularyFile = 16 << 20;
constexpr std::size_t maxTokenBytes = 1024;
constexpr TokenId firstMerge = 259;

// Everything a chat needs, most needed first; v4-formats.md 3.5 says what each is.
constexpr std::string_view chatTokens[] = {
    "<｜User｜>", "<｜Assistant｜>", "<think>", "</think>", "｜DSML｜", "<｜latest_reminder｜>", "<｜action｜>",
    "<｜query｜>", "<｜authority｜>", "<｜domain｜>", "<｜title｜>", "<｜extracted_url｜>", "<｜read_url｜>"};
constexpr std::size_t neededChatTokens = 5;

void addSentenceTokens(TokenizerParts& parts) {
    for (const char* text : {"<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜▁pad▁｜>"}) {
        parts.added.push_back({static_cast<TokenId>(parts.texts.size()), text, true, false, false, false, false});
        parts.texts.emplace_back(text);
    }
}

std::string readFile(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (!in || bytes.empty())
        throw std::runtime_error("The vocabulary " + file.string() + " cannot be read; reinstall Lectern's data files.");
    if (bytes.size() > maxVocabularyFile)
        throw std::runtime_error("The vocabulary " + file.string() + " is larger than any can be; reinstall Lectern's data files.");
    return bytes;
}

[[noreturn]] void damaged(const std::filesystem::path& file) {
    throw std::runtime_error("The vocabulary " + file.string() + " is damaged; reinstall Lectern's data files.");
}

std::uint64_t little(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

void readMerges(TokenizerParts& parts, const std::filesystem::path& file) {
    const std::string bytes = readFile(file);
    const std::string_view all = bytes;
    if (all.size() < 24 || all.substr(0, 8) != "LECTBPE1") damaged(file);
    std::uint64_t hash = 0xCBF29CE484222325ull;
    for (const char byte : all.substr(0, all.size() - 8))
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3ull;
    const std::uint64_t count = little(all.substr(8, 4));
    if (little(all.substr(all.size() - 8)) != hash || little(all.substr(12, 4)) != all.size() - 24 ||
        count >= Bpe::maxMerges)
        damaged(file);
    std::string_view body = all.substr(16, all.size() - 24);
    const auto number = [&]() -> TokenId {
        std::uint32_t value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            if (body.empty()) damaged(file);
            const auto byte = static_cast<unsigned char>(body[0]);
            body.remove_prefix(1);
            value |= static_cast<std::uint32_t>(byte & 127) << shift;
            if (byte < 128) return static_cast<TokenId>(value);
        }
        damaged(file);
    };
    parts.merges.reserve(count);
    parts.texts.reserve(count + firstMerge);
    for (std::uint64_t i = 0; i < count; ++i) {
        const TokenId left = number(), right = number(), result = firstMerge + static_cast<TokenId>(i);
        if (left < 3 || right < 3 || left >= result || right >= result) damaged(file);
        parts.merges.push_back({left, right, result});
        parts.texts.push_back(parts.texts[static_cast<std::size_t>(left)] + parts.texts[static_cast<std::size_t>(right)]);
        if (parts.texts.back().size() > maxTokenBytes) damaged(file);
    }
    if (!body.empty()) damaged(file);
}

// Lines "ID FLAGS TEXT"; flags s = special, n = normalized, - = not.
void readAdded(TokenizerParts& parts, const std::filesystem::path& file) {
    const std::string bytes = readFile(file);
    std::string_view rest = bytes;
    while (!rest.empty()) {
        const std::size_t newline = rest.find('\n');
        if (newline == std::string_view::npos) damaged(file);
        const std::string_view line = rest.substr(0, newline);
        rest.remove_prefix(newline + 1);
        AddedToken token;
        const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), token.id);
        const std::string_view tail = line.substr(static_cast<std::size_t>(end - line.data()));
        if (error != std::errc() || tail.size() < 5 || tail[0] != ' ' || tail[3] != ' ') damaged(file);
        token.special = tail[1] == 's';
        token.normalized = tail[2] == 'n';
        token.text = tail.substr(4);
        const auto at = static_cast<std::size_t>(token.id);
        if (token.id < 0 || token.id >= Bpe::maxIds) damaged(file);
        if (at > 2 && at != parts.texts.size()) damaged(file); // dense, in order
        if (at <= 2 && parts.texts[at] != token.text) damaged(file);
        if (at > 2) {
            parts.texts.push_back(token.text);
            parts.added.push_back(std::move(token));
        }
    }
}

} // namespace

int byteOfCharacter(std::uint32_t code) {
    const auto plain = [](std::uint32_t c) {
        return (c >= 0x21 && c <= 0x7E) || (c >= 0xA1 && c <= 0xAC) || (c >= 0xAE && c <= 0xFF);
    };
    if (plain(code)) return static_cast<int>(code);
    if (code < 0x100) return -1;
    std::uint32_t moved = 0x100; // the other bytes, in order
    for (std::uint32_t byte = 0; byte < 256; ++byte)
        if (!plain(byte) && moved++ == code) return static_cast<int>(byte);
    return -1;
}

void addByteSymbols(TokenizerParts& parts) {
    for (std::uint32_t code = 0; code < 0x144; ++code) {
        const int byte = byteOfCharacter(code);
        if (byte < 0) continue;
        parts.byteIds[static_cast<std::size_t>(byte)] = static_cast<TokenId>(parts.texts.size());
        parts.texts.emplace_back(1, static_cast<char>(byte));
    }
}

std::shared_ptr<const Tokenizer> Tokenizer::fromFolder(const std::filesystem::path& folder) {
    TokenizerParts parts;
    parts.name = "DeepSeek-V4 tokenizer";
    addSentenceTokens(parts);
    addByteSymbols(parts);
    readMerges(parts, folder / "vocabulary.bin");
    readAdded(parts, folder / "added.txt");
    return std::make_shared<const Tokenizer>(std::move(parts));
}

std::int64_t Tokenizer::bytesOnlySize() { return firstMerge + static_cast<std::int64_t>(neededChatTokens); }

std::shared_ptr<const Tokenizer> Tokenizer::bytesOnly(std::int64_t vocabSize) {
    if (vocabSize < bytesOnlySize())
        throw std::runtime_error("A model with a vocabulary of " + std::to_string(vocabSize) +
                                 " cannot take text: the bytes and the control tokens of a chat need " +
                                 std::to_string(bytesOnlySize()) + "; add a tokenizer.json to its folder.");
    TokenizerParts parts;
    parts.name = "bytes";
    addSentenceTokens(parts);
    addByteSymbols(parts);
    for (const std::string_view text : chatTokens) {
        const auto id = static_cast<TokenId>(parts.texts.size());
        if (id >= vocabSize) break;
        parts.added.push_back({id, std::string(text), false, true, false, false, false});
        parts.texts.emplace_back(text);
    }
    return std::make_shared<const Tokenizer>(std::move(parts));
}

} // namespace engine
