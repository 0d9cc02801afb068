#include "engine/foreign_json.h"
#include "engine/gguf_model.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace engine {

namespace {

using nlohmann::json;

constexpr double control = 3, userDefined = 4; // of tokenizer.ggml.token_type

json split(const char* pattern) {
    return {
        {"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}};
}

// What "joyai-llm" and "deepseek-v3" stand for: the pre-tokenization of v4-formats.md 3.2.
json preTokenizer() {
    return {{"type", "Sequence"},
            {"pretokenizers",
             {split("\\p{N}{1,3}"),
              split("[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"),
              split("[!\"#$%&'()*+,\\-./"
                    ":;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| "
                    "?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"),
              {{"type", "ByteLevel"},
               {"add_prefix_space", false},
               {"trim_offsets", true},
               {"use_regex", false}}}}};
}

json byteLevel(bool trim) {
    return {{"type", "ByteLevel"}, {"add_prefix_space", true}, {"trim_offsets", trim}, {"use_regex", true}};
}

void checkKind(const GgufFile& file, const std::string& fileName) {
    const auto must = [&](const char* key, std::initializer_list<std::string_view> allowed) {
        const GgufValue* value = file.find(key);
        const auto text = value ? value->asString() : std::nullopt;
        if (text && std::find(allowed.begin(), allowed.end(), *text) != allowed.end()) return;
        refuseFile(fileName, std::string(key) + " is " +
                                 (text ? quoteForeign(*text) : std::string("missing")) +
                                 " where DeepSeek-V4 has \"" + std::string(*allowed.begin()) + "\"");
    };
    must("tokenizer.ggml.model", {"gpt2"});
    must("tokenizer.ggml.pre", {"joyai-llm", "deepseek-v3"}); // two names of one list of patterns
}

void checkMerges(const std::vector<std::string_view>& merges, const std::string& fileName) {
    for (const std::string_view merge : merges) {
        const auto space = merge.find(' ');
        if (space == std::string_view::npos || space == 0 || space + 1 == merge.size() ||
            merge.find(' ', space + 1) != std::string_view::npos)
            refuseFile(fileName,
                       "the merge " + quoteForeign(merge) + " is not two pieces with one space between");
    }
}

} // namespace

std::string ggufTokenizer(const GgufFile& file, const std::string& fileName) {
    const GgufValue* tokenList = file.find("tokenizer.ggml.tokens");
    if (!tokenList) return {};
    checkKind(file, fileName);
    const GgufValue* mergeList = file.find("tokenizer.ggml.merges");
    const GgufValue* typeList = file.find("tokenizer.ggml.token_type");
    if (!mergeList || !typeList)
        refuseFile(fileName, "its vocabulary lacks tokenizer.ggml.merges or token_type");
    const auto tokens = tokenList->strings(), merges = mergeList->strings();
    const auto types = typeList->numbers();
    if (tokens.size() != tokenList->count || merges.size() != mergeList->count ||
        types.size() != tokens.size())
        refuseFile(fileName, "tokens, merges and token types of its vocabulary do not fit each other");
    checkMerges(merges, fileName);

    json vocabulary = json::object(), added = json::array();
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        const bool special = types[id] == control;
        if (special || types[id] == userDefined)
            added.push_back({{"id", id},
                             {"content", tokens[id]},
                             {"single_word", false},
                             {"lstrip", false},
                             {"rstrip", false},
                             {"normalized", !special},
                             {"special", special}});
        if (!vocabulary.emplace(tokens[id], id).second)
            refuseFile(fileName, "the token " + quoteForeign(tokens[id]) + " occurs twice in its vocabulary");
    }
    const json whole = {{"version", "1.0"},
                        {"truncation", nullptr},
                        {"padding", nullptr},
                        {"added_tokens", std::move(added)},
                        {"normalizer", {{"type", "Sequence"}, {"normalizers", json::array()}}},
                        {"pre_tokenizer", preTokenizer()},
                        {"post_processor", byteLevel(false)},
                        {"decoder", byteLevel(true)},
                        {"model",
                         {{"type", "BPE"},
                          {"dropout", nullptr},
                          {"unk_token", nullptr},
                          {"continuing_subword_prefix", nullptr},
                          {"end_of_word_suffix", nullptr},
                          {"fuse_unk", false},
                          {"byte_fallback", false},
                          {"vocab", std::move(vocabulary)},
                          {"merges", merges}}}};
    try {
        return whole.dump();
    } catch (const json::exception&) { // the dump checks every string
        refuseFile(fileName, "its vocabulary holds bytes that are not UTF-8");
    }
}

} // namespace engine
