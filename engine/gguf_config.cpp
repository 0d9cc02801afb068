#include "engine/foreign_json.h"
#include "engine/gguf_model.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace engine {

namespace {

using nlohmann::json;

// The metadata of one file, asked for with words for what is missing.
class Metadata {
public:
    Metadata(const GgufFile& file, const std::string& fileName) : m_file(file), m_fileName(fileName) {}

    [[noreturn]] void refuse(const std::string& rule) const { refuseFile(m_fileName, rule); }
    const GgufValue* find(const std::string& key) const { return m_file.find("deepseek4." + key); }

    std::uint64_t count(const std::string& key) const {
        const auto value = optionalCount(key);
        if (!value) refuse("its metadata lacks deepseek4." + key);
        return *value;
    }
    std::optional<std::uint64_t> optionalCount(const std::string& key) const {
        const GgufValue* value = find(key);
        if (!value) return {};
        // Some writers store one number per layer; then all must agree.
        if (const auto all = value->numbers(); !all.empty())
            return static_cast<std::uint64_t>(same(key, *value, all));
        const auto number = value->asUnsigned();
        if (!number) refuse("deepseek4." + key + " is not a whole number");
        return number;
    }
    // The double that prints like the stored float: 1e-6, not 9.99999997e-07, as config.json has it.
    std::optional<double> number(const std::string& key) const {
        const GgufValue* value = find(key);
        if (!value) return {};
        const auto all = value->numbers();
        const auto one = all.empty() ? value->asNumber() : std::optional(same(key, *value, all));
        if (!one) refuse("deepseek4." + key + " is not a finite number");
        return value->type == GgufType::F32 || value->element == GgufType::F32 ? shortest(*one) : *one;
    }
    double need(const std::string& key) const {
        const auto value = number(key);
        if (!value) refuse("its metadata lacks deepseek4." + key);
        return *value;
    }

private:
    double same(const std::string& key, const GgufValue& value, const std::vector<double>& all) const {
        const bool agree = std::all_of(all.begin(), all.end(), [&](double x) { return x == all.front(); });
        if (all.size() != value.count || !agree || all.front() < 0 || all.front() > 1e15)
            refuse("deepseek4." + key +
                   " differs between layers or is out of range, which DeepSeek-V4 does not have");
        return all.front();
    }
    static double shortest(double stored) {
        char text[64];
        const auto [end, error] = std::to_chars(text, text + sizeof text, static_cast<float>(stored));
        double out = stored;
        if (error == std::errc()) std::from_chars(text, end, out);
        return out;
    }

    const GgufFile& m_file;
    const std::string& m_fileName;
};

using Tensors = std::span<const StoredTensor>;

const StoredTensor* findTensor(Tensors tensors, const std::string& name) {
    const auto it =
        std::find_if(tensors.begin(), tensors.end(), [&](const StoredTensor& t) { return t.name == name; });
    return it == tensors.end() ? nullptr : &*it;
}

// The key where it is there, else what the layer's tensors say: an indexer means 4, a compressor alone 128.
json compressRatios(Tensors tensors, const Metadata& metadata, std::uint64_t layers) {
    json ratios = json::array();
    if (const GgufValue* value = metadata.find("attention.compress_ratios")) {
        const auto all = value->numbers();
        if (all.size() < layers || all.size() != value->count)
            metadata.refuse("deepseek4.attention.compress_ratios has fewer entries than layers");
        for (std::uint64_t l = 0; l < layers; ++l) {
            if (all[l] != 0 && all[l] != 4 && all[l] != 128)
                metadata.refuse("deepseek4.attention.compress_ratios holds a ratio other than 0, 4 and 128");
            ratios.push_back(static_cast<int>(all[l]));
        }
        return ratios;
    }
    for (std::uint64_t l = 0; l < layers; ++l) {
        const std::string layer = "layers." + std::to_string(l) + ".attn.";
        const bool index = findTensor(tensors, layer + "indexer.weights_proj.weight");
        const bool compressor = findTensor(tensors, layer + "compressor.wkv.weight");
        ratios.push_back(index ? 4 : compressor ? 128 : 0);
    }
    return ratios;
}

std::uint64_t vocabulary(Tensors tensors, const Metadata& metadata) {
    if (const auto stated = metadata.optionalCount("vocab_size")) return *stated;
    if (const StoredTensor* table = findTensor(tensors, "embed.weight"))
        return static_cast<std::uint64_t>(table->tensor.shape[0]);
    metadata.refuse("it states no vocabulary size");
}

json ropeScaling(const Metadata& metadata) {
    const GgufValue* type = metadata.find("rope.scaling.type");
    if (!type || type->asString() == std::string_view("none")) return nullptr;
    if (type->asString() != std::string_view("yarn"))
        metadata.refuse("deepseek4.rope.scaling.type is not yarn");
    return {{"type", "yarn"},
            {"factor", metadata.need("rope.scaling.factor")},
            {"original_max_position_embeddings", metadata.count("rope.scaling.original_context_length")},
            {"beta_fast", metadata.number("rope.scaling.yarn_beta_fast").value_or(32)},
            {"beta_slow", metadata.number("rope.scaling.yarn_beta_slow").value_or(1)}};
}

void checkRouting(const Metadata& metadata) {
    constexpr std::uint64_t sqrtSoftplus = 4;
    if (metadata.count("expert_gating_func") != sqrtSoftplus)
        metadata.refuse("deepseek4.expert_gating_func is not 4 (square root of softplus)");
    if (metadata.optionalCount("expert_group_count").value_or(0) > 1)
        metadata.refuse(
            "deepseek4.expert_group_count asks for grouped routing, which DeepSeek-V4 does not have");
}

json tokenId(const GgufFile& file, const char* key, int otherwise) {
    const GgufValue* value = file.find(key);
    const auto id = value ? value->asUnsigned() : std::nullopt;
    return id ? json(*id) : json(otherwise);
}

} // namespace

std::uint64_t ggufLayers(const GgufFile& file, const std::string& fileName) {
    const GgufValue* architecture = file.find("general.architecture");
    const auto name = architecture ? architecture->asString() : std::nullopt;
    if (name != std::string_view("deepseek4"))
        refuseFile(fileName, "its architecture is " +
                                 (name ? quoteForeign(*name) : std::string("not stated")) +
                                 "; this engine runs \"deepseek4\" (DeepSeek-V4) only");
    const Metadata metadata(file, fileName);
    const std::uint64_t blocks = metadata.count("block_count");
    const std::uint64_t drafts = metadata.optionalCount("nextn_predict_layers").value_or(0);
    // Flash has 43 layers and Pro 61; such a count never includes drafts, whatever the other key says.
    const std::uint64_t layers = blocks == 43 || blocks == 61 || drafts >= blocks ? blocks : blocks - drafts;
    if (layers == 0 || layers > 128) refuseFile(fileName, "deepseek4.block_count is not between 1 and 128");
    return layers;
}

std::string ggufConfig(const GgufFile& file, std::span<const StoredTensor> tensors,
                       const std::string& fileName) {
    const std::uint64_t layers = ggufLayers(file, fileName);
    const Metadata metadata(file, fileName);
    checkRouting(metadata);
    json config = {
        {"architectures", {"DeepseekV4ForCausalLM"}},
        {"model_type", "deepseek_v4"},
        {"attention_bias", false},
        {"hidden_act", "silu"},
        {"tie_word_embeddings", !findTensor(tensors, "head.weight")},
        {"topk_method", "noaux_tc"},
        {"scoring_func", "sqrtsoftplus"},
        {"num_nextn_predict_layers", 0},
        {"bos_token_id", tokenId(file, "tokenizer.ggml.bos_token_id", 0)},
        {"eos_token_id", tokenId(file, "tokenizer.ggml.eos_token_id", 1)},
        {"num_hidden_layers", layers},
        {"vocab_size", vocabulary(tensors, metadata)},
        {"hidden_size", metadata.count("embedding_length")},
        {"max_position_embeddings", metadata.count("context_length")},
        {"num_attention_heads", metadata.count("attention.head_count")},
        {"num_key_value_heads", metadata.optionalCount("attention.head_count_kv").value_or(1)},
        {"head_dim", metadata.count("attention.key_length")},
        {"qk_rope_head_dim", metadata.count("rope.dimension_count")},
        {"q_lora_rank", metadata.count("attention.q_lora_rank")},
        {"o_lora_rank", metadata.count("attention.output_lora_rank")},
        {"o_groups", metadata.count("attention.output_group_count")},
        {"sliding_window", metadata.count("attention.sliding_window")},
        {"compress_ratios", compressRatios(tensors, metadata, layers)},
        {"compress_rope_theta", metadata.need("attention.compress_rope_freq_base")},
        {"rope_theta", metadata.need("rope.freq_base")},
        {"rope_scaling", ropeScaling(metadata)},
        {"rms_norm_eps", metadata.need("attention.layer_norm_rms_epsilon")},
        {"n_routed_experts", metadata.count("expert_count")},
        {"num_experts_per_tok", metadata.count("expert_used_count")},
        {"n_shared_experts", metadata.optionalCount("expert_shared_count").value_or(1)},
        {"moe_intermediate_size", metadata.count("expert_feed_forward_length")},
        {"routed_scaling_factor", metadata.need("expert_weights_scale")},
        {"norm_topk_prob", true},
        {"num_hash_layers", metadata.count("hash_layer_count")},
        {"swiglu_limit", metadata.need("swiglu_clamp_exp")},
        {"hc_mult", metadata.count("hyper_connection.count")},
        {"hc_sinkhorn_iters", metadata.count("hyper_connection.sinkhorn_iterations")},
        {"hc_eps", metadata.need("hyper_connection.epsilon")},
    };
    if (const GgufValue* norm = metadata.find("expert_weights_norm"))
        config["norm_topk_prob"] = norm->asBool().value_or(false);
    for (const auto& [key, ours] : {std::pair{"attention.indexer.head_count", "index_n_heads"},
                                    std::pair{"attention.indexer.key_length", "index_head_dim"},
                                    std::pair{"attention.indexer.top_k", "index_topk"}})
        if (const auto value = metadata.optionalCount(key)) config[ours] = *value;
    if (const auto shared = metadata.number("swiglu_clamp_shexp");
        shared && *shared != config["swiglu_limit"])
        metadata.refuse("deepseek4.swiglu_clamp_shexp differs from swiglu_clamp_exp");
    return config.dump(1);
}

} // namespace engine
