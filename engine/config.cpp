#include "engine/config.h"

#include "engine/foreign_json.h"
#include "kernels/rows.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <sstream>
#include <stdexcept>

namespace engine {

namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& sentence) {
    throw std::runtime_error("config.json: " + sentence + ".");
}

std::string plain(double value) {
    std::ostringstream text;
    text << value;
    return text.str();
}

// Reads one object's fields with their ranges; every failure names the key.
class Fields {
public:
    Fields(const Json& object, std::string prefix = {}) : m_object(object), m_prefix(std::move(prefix)) {}

    bool has(const char* key) const { return m_object.contains(key) && !m_object[key].is_null(); }

    int integer(const char* key, std::int64_t low, std::int64_t high) const {
        return static_cast<int>(wide(key, low, high));
    }
    std::int64_t wide(const char* key, std::int64_t low, std::int64_t high) const {
        const double value = number(key, double(low), double(high));
        if (value != std::floor(value))
            refuse(name(key) + " is " + plain(value) + " and must be a whole number");
        return static_cast<std::int64_t>(value);
    }
    double number(const char* key, double low, double high) const {
        const Json& value = at(key);
        if (!value.is_number()) refuse(name(key) + " must be a number");
        const double number = value.get<double>();
        if (!(number >= low && number <= high))
            refuse(name(key) + " is " + plain(number) + " and must lie between " + plain(low) + " and " +
                   plain(high));
        return number;
    }
    bool flag(const char* key, bool missing) const {
        if (!has(key)) return missing;
        if (!m_object[key].is_boolean()) refuse(name(key) + " must be true or false");
        return m_object[key].get<bool>();
    }
    std::string text(const char* key) const {
        const Json& value = at(key);
        if (!value.is_string()) refuse(name(key) + " must be a text");
        return value.get<std::string>();
    }
    const Json& at(const char* key) const {
        if (!has(key)) refuse("the key " + name(key) + " is missing");
        return m_object[key];
    }
    // The engine knows one way to do this; anything else would be computed wrongly.
    void must(const char* key, const char* value) const {
        if (has(key) && text(key) != value)
            refuse(name(key) + " is " + quoteForeign(text(key)) + ", and only \"" + value + "\" is known");
    }

private:
    std::string name(const char* key) const { return m_prefix + key; }
    const Json& m_object;
    std::string m_prefix;
};

void requireV4(const Fields& fields) {
    const std::string type = fields.text("model_type");
    if (type == "deepseek_v4") return;
    if (type.rfind("deepseek_v41", 0) == 0)
        refuse("the model is a DeepSeek-V4.1 (" + quoteForeign(type) +
               "), another architecture than V4 that this engine does not run; use a DeepSeek-V4 checkpoint "
               "or a server");
    refuse("the model is a " + quoteForeign(type) +
           ", and this engine runs deepseek_v4 only; use a server for it");
}

std::vector<int> readRatios(const Fields& fields, ModelConfig& config) {
    const Json& list = fields.at("compress_ratios");
    if (!list.is_array()) refuse("compress_ratios must be a list");
    const std::size_t layers = static_cast<std::size_t>(config.layers);
    if (list.size() < layers || list.size() > layers + 8)
        refuse("compress_ratios has " + std::to_string(list.size()) + " entries for " +
               std::to_string(layers) + " layers; one each is needed, then up to 8 for draft stages");
    std::vector<int> ratios;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string where = "entry " + std::to_string(i) + " of compress_ratios";
        if (!list[i].is_number_integer()) refuse(where + " must be a whole number");
        const std::int64_t value = list[i].get<std::int64_t>();
        if (i < layers && value != 0 && value != 4 && value != 128)
            refuse(where + " is " + std::to_string(value) + " and must be 0, 4 or 128");
        if (i >= layers && value != 0) refuse(where + " belongs to a draft stage and must be 0");
        if (i < layers) ratios.push_back(static_cast<int>(value));
    }
    config.draftEntries = static_cast<int>(list.size() - layers);
    return ratios;
}

RopeScaling readRopeScaling(const Json& root) {
    if (!root.contains("rope_scaling")) refuse("the key rope_scaling is missing");
    if (root["rope_scaling"].is_null()) return {}; // said aloud: no scaling
    if (!root["rope_scaling"].is_object()) refuse("rope_scaling must be an object");
    const Fields fields(root["rope_scaling"], "rope_scaling.");
    const char* typeKey = fields.has("type") ? "type" : "rope_type";
    if (fields.text(typeKey) != "yarn")
        refuse("rope_scaling.type is " + quoteForeign(fields.text(typeKey)) + ", and only \"yarn\" is known");
    RopeScaling scaling;
    scaling.factor = fields.number("factor", 1, 1e6);
    scaling.originalPositions = fields.number("original_max_position_embeddings", 1, 1e9);
    scaling.betaFast = fields.number("beta_fast", 1e-3, 1e6);
    scaling.betaSlow = fields.number("beta_slow", 1e-3, 1e6);
    return scaling;
}

void checkRelations(const ModelConfig& c) {
    auto need = [](bool holds, const std::string& sentence) {
        if (!holds) refuse(sentence);
    };
    need(c.headWidth > c.rotaryWidth, "qk_rope_head_dim must be smaller than head_dim");
    need(c.headWidth % 2 == 0 && c.rotaryWidth % 2 == 0, "head_dim and qk_rope_head_dim must be even");
    need(c.heads % c.outputGroups == 0, "num_attention_heads must be a multiple of o_groups");
    need(c.expertsPerToken <= c.experts, "num_experts_per_tok must not exceed n_routed_experts");
    need(c.hashLayers <= c.layers, "num_hash_layers must not exceed num_hidden_layers");
    need(std::int64_t{c.heads} * c.headWidth <= 1 << 20,
         "num_attention_heads times head_dim is above 1048576");
    need(c.bosToken < c.vocabulary && c.eosToken < c.vocabulary,
         "bos_token_id and eos_token_id must be inside the vocabulary");
    if (c.indexHeads == 0) return;
    need(c.indexWidth >= c.rotaryWidth, "index_head_dim must be at least qk_rope_head_dim");
    // The Hadamard rotation belongs to the rounding of index keys; without rounding any width will do.
    need(!c.quantised || (c.indexWidth & (c.indexWidth - 1)) == 0,
         "index_head_dim is " + std::to_string(c.indexWidth) + " and must be a power of two");
}

} // namespace

ModelConfig ModelConfig::parse(std::string_view text) {
    checkForeignJson(text, "config.json", {8, 4096});
    const Json root = Json::parse(text, nullptr, false);
    if (!root.is_object()) refuse("it must hold one object");
    const Fields f(root);
    requireV4(f);

    ModelConfig c;
    c.modelType = f.text("model_type");
    c.vocabulary = f.integer("vocab_size", 2, 1 << 22);
    c.width = f.integer("hidden_size", 2, 1 << 16);
    c.layers = f.integer("num_hidden_layers", 1, 512);
    c.heads = f.integer("num_attention_heads", 1, 4096);
    c.headWidth = f.integer("head_dim", 2, 8192);
    c.rotaryWidth = f.integer("qk_rope_head_dim", 2, 8192);
    c.queryRank = f.integer("q_lora_rank", 1, 1 << 16);
    c.outputGroups = f.integer("o_groups", 1, 4096);
    c.outputRank = f.integer("o_lora_rank", 1, 1 << 16);
    c.window = f.integer("sliding_window", 1, 1 << 16);
    c.compressRatios = readRatios(f, c);
    c.ropeTheta = f.number("rope_theta", 1.000001, 1e12);
    c.compressRopeTheta = f.number("compress_rope_theta", 1.000001, 1e12);
    c.ropeScaling = readRopeScaling(root);
    if (std::count(c.compressRatios.begin(), c.compressRatios.end(), 4) > 0) {
        c.indexHeads = f.integer("index_n_heads", 1, 4096);
        c.indexWidth = f.integer("index_head_dim", 2, 4096);
        c.indexTopK = f.integer("index_topk", 1, 1 << 16);
    }
    c.streams = f.integer("hc_mult", 1, 16);
    c.sinkhornIterations = f.integer("hc_sinkhorn_iters", 1, 1000);
    if (f.has("hc_eps")) c.hyperEpsilon = f.number("hc_eps", 0, 0.1);
    if (f.has("rms_norm_eps")) c.normEpsilon = f.number("rms_norm_eps", 1e-30, 0.1);
    c.expertWidth = f.integer("moe_intermediate_size", 1, 1 << 16);
    c.experts = f.integer("n_routed_experts", 1, 8192);
    c.expertsPerToken = f.integer("num_experts_per_tok", 1, 1024);
    c.hashLayers = f.integer("num_hash_layers", 0, 512);
    c.routedScale = f.number("routed_scaling_factor", 1e-6, 1e6);
    c.swigluLimit = f.number("swiglu_limit", 0, 1e6);
    c.tiedEmbedding = f.flag("tie_word_embeddings", false);
    c.quantised = f.has("quantization_config");
    c.maxPositions = f.wide("max_position_embeddings", 1, 1 << 24);
    if (f.has("bos_token_id")) c.bosToken = f.integer("bos_token_id", 0, 1 << 22);
    if (f.has("eos_token_id")) c.eosToken = f.integer("eos_token_id", 0, 1 << 22);

    if (f.integer("n_shared_experts", 0, 1024) != 1) refuse("n_shared_experts must be 1");
    if (f.has("num_key_value_heads") && f.integer("num_key_value_heads", 0, 4096) != 1)
        refuse("num_key_value_heads must be 1");
    if (!f.flag("norm_topk_prob", true)) refuse("norm_topk_prob must be true");
    if (f.flag("attention_bias", false)) refuse("attention_bias must be false");
    f.must("scoring_func", "sqrtsoftplus");
    f.must("topk_method", "noaux_tc");
    f.must("hidden_act", "silu");
    checkRelations(c);
    return c;
}

std::vector<float> ModelConfig::ropeFrequencies(int ratio) const {
    const double base = ratio ? compressRopeTheta : ropeTheta;
    const int pairs = rotaryWidth / 2;
    std::vector<float> frequencies;
    for (int i = 0; i < pairs; ++i)
        frequencies.push_back(1.0f / std::pow(static_cast<float>(base), float(2 * i) / float(rotaryWidth)));
    if (ratio == 0 || ropeScaling.originalPositions <= 0) return frequencies;

    // YaRN: fast pairs keep their frequency, slow ones are stretched, a ramp between. No magnitude factor in
    // V4.
    auto place = [&](double turns) {
        return rotaryWidth * std::log(ropeScaling.originalPositions / (2 * std::numbers::pi * turns)) /
               (2 * std::log(base));
    };
    const float low = static_cast<float>(std::max(std::floor(place(ropeScaling.betaFast)), 0.0));
    float high =
        static_cast<float>(std::min(std::ceil(place(ropeScaling.betaSlow)), double(rotaryWidth - 1)));
    if (high == low) high += 0.001f;
    for (int i = 0; i < pairs; ++i) {
        float& f = frequencies[static_cast<std::size_t>(i)];
        const float kept = 1.0f - std::clamp((float(i) - low) / (high - low), 0.0f, 1.0f);
        f = f / static_cast<float>(ropeScaling.factor) * (1.0f - kept) + f * kept;
    }
    return frequencies;
}

std::int64_t ModelConfig::parameters() const {
    const std::int64_t D = width, expert = 3 * D * expertWidth,
                       hyper = std::int64_t{mixRows()} * streams * D + mixRows() + 3;
    std::int64_t total =
        (tiedEmbedding ? 1 : 2) * vocabulary * D + D + std::int64_t{streams} * streams * D + streams + 1;
    for (int layer = 0; layer < layers; ++layer) {
        const int m = ratio(layer);
        total += 2 * D + 2 * hyper; // norms, hyper-connections
        total += D * queryRank + queryRank + std::int64_t{queryRank} * heads * headWidth + D * headWidth +
                 headWidth + heads;
        total += std::int64_t{outputGroups} * outputRank * (groupInput() + D);
        total += D * experts + (hashRouted(layer) ? 0 : experts) + (experts + 1) * expert;
        if (m) total += (m == 4 ? 2 : 1) * (2 * D + m) * headWidth + headWidth;
        if (m == 4)
            total += std::int64_t{indexHeads} * (std::int64_t{queryRank} * indexWidth + D) +
                     2 * (2 * D + m) * indexWidth + indexWidth;
    }
    return total;
}

std::int64_t ModelConfig::activeParameters() const {
    const std::int64_t idle = std::int64_t{layers} * (experts - expertsPerToken) * 3 * width * expertWidth;
    return parameters() - idle -
           (tiedEmbedding ? 0 : std::int64_t{vocabulary} * width); // one row of the embedding is nothing
}

std::int64_t ModelConfig::cacheBytes(std::int64_t tokens, bool compactRows) const {
    using kernels::RowLayout;
    using kernels::RowType;
    const auto latent = static_cast<std::int64_t>(
        RowLayout{compactRows ? RowType::Latent : RowType::Plain, headWidth, rotaryWidth}.rowBytes());
    const auto index = static_cast<std::int64_t>(
        RowLayout{compactRows ? RowType::Index : RowType::Plain, indexWidth, rotaryWidth}.rowBytes());
    std::int64_t bytes = 0;
    for (const int m : compressRatios) {
        bytes += (window + kernels::ringSlack) * latent;
        if (m)
            bytes +=
                tokens / m * latent + std::int64_t{m == 4 ? 2 * m : m} * (m == 4 ? 4 : 2) * headWidth * 4;
        if (m == 4) bytes += tokens / m * index + 2 * m * 4 * std::int64_t{indexWidth} * 4;
    }
    return bytes;
}

} // namespace engine
