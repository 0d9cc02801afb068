// The loader of tokenizer.json (v4-formats.md 3.1): read as a stream, because a DOM of 256,000 strings costs ten times
// the file. Vocabulary and merges go into tables, the few other values into a flat list by path, which is then
// compared with what DeepSeek-V4's tokenizer says. Every limit is checked before memory is spent.

#include "engine/tokenizer.h"
#include "engine/tokenizer_parts.h"
#include "engine/unicode_classes.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

namespace engine {

namespace {

using Json = nlohmann::json;

constexpr std::size_t maxFile = 128u << 20, maxEntries = 1u << 20, maxOther = 200'000, maxDepth = 8;
constexpr std::size_t maxSpelling = 1024;

[[noreturn]] void refuse(const std::string& why) {
    throw std::runtime_error("tokenizer.json " + why + "; take the file of the published model.");
}

struct Contents {
    std::unordered_map<std::string, TokenId> vocabulary;
    std::vector<std::string> merges;          // "left right"
    std::map<std::string, std::string> other; // path -> value as text; null = "null"
};

class Reader : public nlohmann::json_sax<Json> {
public:
    explicit Reader(Contents& contents) : m_contents(contents) {}

    bool null() override { return value("null"); }
    bool boolean(bool v) override { return value(v ? "true" : "false"); }
    bool number_integer(number_integer_t v) override { return value(std::to_string(v)); }
    bool number_unsigned(number_unsigned_t v) override {
        if (m_section == Section::Vocabulary && m_levels.size() == 3) {
            if (v >= static_cast<std::uint64_t>(Bpe::maxIds)) refuse("gives the token “" + m_key + "” an id out of range");
            if (m_contents.vocabulary.size() >= maxEntries) refuse("has more than a million tokens");
            if (!m_contents.vocabulary.emplace(m_key, static_cast<TokenId>(v)).second)
                refuse("names the token “" + m_key + "” twice");
            return true;
        }
        return value(std::to_string(v));
    }
    bool number_float(number_float_t, const string_t& text) override { return value(text); }
    bool string(string_t& text) override {
        if (m_section != Section::Merges) return value(text);
        if (m_levels.size() == 3) {
            addMerge(text);
        } else { // a pair of strings
            m_pair += m_pairParts++ == 0 ? text + ' ' : text;
            if (text.find(' ') != std::string::npos || m_pairParts > 2) refuse("has a merge that is no pair");
        }
        return true;
    }
    bool binary(binary_t&) override { refuse("holds binary data"); }
    bool start_object(std::size_t) override { return open(false); }
    bool start_array(std::size_t) override { return open(true); }
    bool key(string_t& text) override {
        if (m_section == Section::Vocabulary && m_levels.size() == 3) {
            if (text.size() > maxSpelling) refuse("has a token longer than 1,024 bytes");
            m_key = text;
            return true;
        }
        if (text.size() > maxSpelling) refuse("has a key longer than 1,024 bytes");
        m_levels.back().name = text;
        if (m_levels.size() == 2 && m_levels[0].name == "model")
            m_section = text == "vocab" ? Section::Vocabulary : text == "merges" ? Section::Merges : Section::Other;
        return true;
    }
    bool end_object() override { return close(); }
    bool end_array() override {
        if (m_section == Section::Merges && m_levels.size() == 4) {
            if (m_pairParts != 2) refuse("has a merge that is no pair");
            addMerge(m_pair);
        }
        return close();
    }
    bool parse_error(std::size_t at, const std::string&, const Json::exception&) override {
        refuse("is no JSON at byte " + std::to_string(at));
    }

private:
    enum class Section : std::uint8_t { Other, Vocabulary, Merges };
    struct Level {
        bool array;
        std::string name;
        std::size_t index = 0;
    };

    void addMerge(const std::string& text) {
        if (m_contents.merges.size() >= maxEntries) refuse("has more than a million merges");
        if (text.size() > 2 * maxSpelling + 1) refuse("has a merge longer than two tokens can be");
        m_contents.merges.push_back(text);
    }
    bool open(bool array) {
        if (m_levels.size() >= maxDepth) refuse("is nested deeper than eight levels");
        const bool inSection = m_section != Section::Other;
        if (inSection && m_levels.size() == 2 && array != (m_section == Section::Merges))
            refuse("has a vocabulary or a list of merges of the wrong kind");
        if (inSection && m_levels.size() > 2 && (m_section == Section::Vocabulary || !array || m_levels.size() > 3))
            refuse("has a vocabulary or a list of merges of the wrong kind");
        m_pair.clear();
        m_pairParts = 0;
        if (!inSection) countArray();
        m_levels.push_back({array, {}, 0});
        return true;
    }
    bool close() {
        m_levels.pop_back();
        if (m_levels.size() == 2) m_section = Section::Other;
        return true;
    }
    void countArray() {
        if (!m_levels.empty() && m_levels.back().array) m_levels.back().name = std::to_string(m_levels.back().index++);
    }
    bool value(const std::string& text) {
        if (m_section != Section::Other) refuse("has a vocabulary or a list of merges of the wrong kind");
        countArray();
        std::string path;
        for (const Level& level : m_levels) path += (path.empty() ? "" : ".") + level.name;
        if (m_contents.other.size() >= maxOther) refuse("holds more than a tokenizer needs");
        if (!m_contents.other.emplace(std::move(path), text).second) refuse("gives “" + m_levels.back().name + "” twice");
        return true;
    }

    Contents& m_contents;
    std::vector<Level> m_levels;
    Section m_section = Section::Other;
    std::string m_key, m_pair;
    int m_pairParts = 0;
};

std::string get(const Contents& contents, const std::string& path, const std::string& missing = "null") {
    const auto found = contents.other.find(path);
    return found == contents.other.end() ? missing : found->second;
}

// What this engine does is fixed; a file that asks for something else is refused, not half obeyed.
void checkKind(const Contents& contents) {
    const auto must = [&](const std::string& path, std::initializer_list<const char*> allowed, const char* what) {
        const std::string value = get(contents, path);
        if (std::find(allowed.begin(), allowed.end(), value) == allowed.end())
            refuse(std::string("asks for ") + what + ", which DeepSeek-V4's tokenizer does not have");
    };
    must("model.type", {"BPE", "null"}, "a model other than byte-pair encoding");
    must("model.dropout", {"null", "0.0", "0"}, "dropout");
    must("model.continuing_subword_prefix", {"null", ""}, "a subword prefix");
    must("model.end_of_word_suffix", {"null", ""}, "a word suffix");
    must("model.byte_fallback", {"null", "false"}, "byte fallback");
    must("model.ignore_merges", {"null", "false"}, "whole words before merges");
    must("normalizer.type", {"null", "Sequence"}, "a normaliser");
    must("normalizer.normalizers.0.type", {"null"}, "a normaliser");
    must("post_processor.type", {"null", "ByteLevel"}, "a post-processor");
    must("decoder.type", {"null", "ByteLevel"}, "a decoder");
    // The three patterns of v4-formats.md 3.2, and the byte level.
    const std::string steps[] = {
        "\\p{N}{1,3}",
        "[一-龥\u3040-ゟ゠-ヿ]+",
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*"
        "|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"};
    const std::string base = "pre_tokenizer.pretokenizers.";
    const char* const other = "another pre-tokeniser";
    must("pre_tokenizer.type", {"Sequence"}, other);
    for (std::size_t i = 0; i < std::size(steps); ++i) {
        const std::string step = base + std::to_string(i);
        must(step + ".type", {"Split"}, other);
        must(step + ".pattern.Regex", {steps[i].c_str()}, other);
        must(step + ".behavior", {"Isolated"}, other);
        must(step + ".invert", {"false", "null"}, other);
    }
    must(base + "3.type", {"ByteLevel"}, other);
    must(base + "3.add_prefix_space", {"false"}, other);
    must(base + "3.use_regex", {"false"}, other);
    must(base + "4.type", {"null"}, other);
}

std::vector<AddedToken> readAddedTokens(const Contents& contents) {
    std::vector<AddedToken> added;
    std::unordered_set<std::string> texts;
    for (std::size_t i = 0;; ++i) {
        const std::string base = "added_tokens." + std::to_string(i) + '.';
        if (!contents.other.contains(base + "content")) break;
        const auto flag = [&](const char* name) { return get(contents, base + name) == "true"; };
        AddedToken token;
        token.text = get(contents, base + "content");
        const std::string id = get(contents, base + "id");
        if (id.empty() || id.size() > 7 || !std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; }))
            refuse("gives the added token “" + token.text + "” no valid id");
        token.id = std::stoi(id);
        token.special = flag("special");
        token.normalized = flag("normalized");
        token.leftStrip = flag("lstrip");
        token.rightStrip = flag("rstrip");
        token.singleWord = flag("single_word");
        if (token.text.empty() || token.text.size() > maxSpelling || token.id >= Bpe::maxIds)
            refuse("has an added token without text, too long, or with an id out of range");
        if (!texts.insert(token.text).second) refuse("adds the token “" + token.text + "” twice");
        added.push_back(std::move(token));
    }
    std::sort(added.begin(), added.end(), [](const AddedToken& a, const AddedToken& b) { return a.id < b.id; });
    for (std::size_t i = 1; i < added.size(); ++i)
        if (added[i].id == added[i - 1].id) refuse("gives the id " + std::to_string(added[i].id) + " to two added tokens");
    return added;
}

// The bytes a vocabulary entry stands for; nothing where a character is none of the byte-level alphabet.
std::optional<std::string> bytesOf(const std::string& spelling) {
    static const std::vector<std::int16_t> table = [] {
        std::vector<std::int16_t> bytes(0x144);
        for (std::uint32_t code = 0; code < bytes.size(); ++code)
            bytes[code] = static_cast<std::int16_t>(byteOfCharacter(code));
        return bytes;
    }();
    std::string out;
    for (std::size_t at = 0; at < spelling.size();) {
        const Character character = characterAt(spelling.data() + at, spelling.data() + spelling.size());
        if (character.code >= table.size() || table[character.code] < 0) return std::nullopt;
        out += static_cast<char>(table[character.code]);
        at += character.length;
    }
    return out;
}

void fillTexts(const Contents& contents, TokenizerParts& parts) {
    std::unordered_map<TokenId, const AddedToken*> addedById;
    TokenId highest = -1;
    for (const AddedToken& token : parts.added) {
        addedById.emplace(token.id, &token);
        highest = std::max(highest, token.id);
    }
    std::size_t extra = parts.added.size();
    for (const auto& [text, id] : contents.vocabulary) {
        highest = std::max(highest, id);
        if (addedById.contains(id)) --extra;
    }
    if (contents.vocabulary.size() + extra != static_cast<std::size_t>(highest) + 1)
        refuse("does not number its tokens one after the other from 0");
    parts.texts.resize(static_cast<std::size_t>(highest) + 1);
    for (const AddedToken& token : parts.added) {
        const auto found = contents.vocabulary.find(token.text);
        if (found != contents.vocabulary.end() && found->second != token.id)
            refuse("gives the token “" + token.text + "” two ids");
        parts.texts[static_cast<std::size_t>(token.id)] = token.text;
    }
    for (const auto& [text, id] : contents.vocabulary) {
        std::string& place = parts.texts[static_cast<std::size_t>(id)];
        if (const auto added = addedById.find(id); added != addedById.end()) {
            if (added->second->text != text) refuse("gives the id " + std::to_string(id) + " to two tokens");
            continue;
        }
        const std::optional<std::string> bytes = bytesOf(text);
        if (!bytes || bytes->empty()) refuse("has the token “" + text + "”, which is not written in the byte-level alphabet");
        if (!place.empty()) refuse("gives the id " + std::to_string(id) + " to two tokens");
        place = *bytes;
    }
}

void fillMerges(const Contents& contents, TokenizerParts& parts) {
    const auto idOf = [&](const std::string& text) {
        const auto found = contents.vocabulary.find(text);
        if (found == contents.vocabulary.end()) refuse("merges “" + text + "”, which is no token");
        return found->second;
    };
    std::unordered_set<std::uint64_t> seen;
    seen.reserve(contents.merges.size());
    for (const std::string& text : contents.merges) {
        const std::size_t blank = text.find(' ');
        if (blank == 0 || blank == std::string::npos || blank + 1 == text.size() || text.find(' ', blank + 1) != std::string::npos)
            refuse("has the merge “" + text + "”, which is no pair");
        const std::string left = text.substr(0, blank), right = text.substr(blank + 1);
        const Merge merge{idOf(left), idOf(right), idOf(left + right)};
        if (!seen.insert(static_cast<std::uint64_t>(merge.left) << 32 | static_cast<std::uint32_t>(merge.right)).second)
            refuse("has the merge “" + text + "” twice");
        parts.merges.push_back(merge);
    }
    parts.byteIds.fill(-1);
    for (const auto& [text, id] : contents.vocabulary)
        if (const std::string& bytes = parts.texts[static_cast<std::size_t>(id)]; bytes.size() == 1 && bytesOf(text) == bytes)
            parts.byteIds[static_cast<unsigned char>(bytes[0])] = id;
    for (const TokenId id : parts.byteIds)
        if (id < 0) refuse("lacks a token for one of the 256 bytes");
}

} // namespace

std::shared_ptr<const Tokenizer> Tokenizer::fromJson(std::string_view json) {
    if (json.size() > maxFile) refuse("is larger than 128 MB");
    Contents contents;
    Reader reader(contents);
    if (!Json::sax_parse(json.begin(), json.end(), &reader)) refuse("is no JSON");
    if (contents.vocabulary.empty()) refuse("has no vocabulary");
    checkKind(contents);
    TokenizerParts parts;
    parts.name = "tokenizer.json";
    parts.added = readAddedTokens(contents);
    fillTexts(contents, parts);
    fillMerges(contents, parts);
    return std::make_shared<const Tokenizer>(std::move(parts));
}

} // namespace engine
