// FormulaWeights: a checkpoint made from a formula instead of a file, for any configuration: every value follows from
// its tensor's name and index (v4-architecture.md appendix C.1), so tests need no data and two programs agree on it.
// Header only; the memory belongs to the object.
#pragma once

#include "engine/config.h"
#include "engine/weights.h"

#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace support {

inline std::uint64_t fnv1a(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash;
}

inline std::uint64_t splitmix64(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

// In [-1, 1).
inline double formulaValue(std::uint64_t nameHash, std::uint64_t index) {
    return static_cast<double>(splitmix64(nameHash ^ index) >> 40) * 0x1p-23 - 1;
}

class FormulaWeights : public engine::Weights {
public:
    explicit FormulaWeights(std::string configText) : m_configText(std::move(configText)) {
        const auto c = engine::ModelConfig::parse(m_configText);
        const std::int64_t D = c.width, flat = std::int64_t{c.streams} * D;
        add("embed.weight", {c.vocabulary, D});
        if (!c.tiedEmbedding) add("head.weight", {c.vocabulary, D});
        add("norm.weight", {D});
        hyper("hc_head", c.streams, flat, 1);
        for (int i = 0; i < c.layers; ++i) {
            const std::string p = "layers." + std::to_string(i) + ".", a = p + "attn.", f = p + "ffn.";
            hyper(p + "hc_attn", c.mixRows(), flat, 3);
            hyper(p + "hc_ffn", c.mixRows(), flat, 3);
            add(p + "attn_norm.weight", {D});
            add(p + "ffn_norm.weight", {D});
            add(a + "wq_a.weight", {c.queryRank, D});
            add(a + "q_norm.weight", {c.queryRank});
            add(a + "wq_b.weight", {std::int64_t{c.heads} * c.headWidth, c.queryRank});
            add(a + "wkv.weight", {c.headWidth, D});
            add(a + "kv_norm.weight", {c.headWidth});
            add(a + "attn_sink", {c.heads});
            add(a + "wo_a.weight", {std::int64_t{c.outputGroups} * c.outputRank, c.groupInput()});
            add(a + "wo_b.weight", {D, std::int64_t{c.outputGroups} * c.outputRank});
            if (c.ratio(i)) compressor(a + "compressor.", c.ratio(i), c.headWidth, D);
            if (c.ratio(i) == 4) {
                compressor(a + "indexer.compressor.", 4, c.indexWidth, D);
                add(a + "indexer.wq_b.weight", {std::int64_t{c.indexHeads} * c.indexWidth, c.queryRank});
                add(a + "indexer.weights_proj.weight", {c.indexHeads, D});
            }
            add(f + "gate.weight", {c.experts, D});
            if (c.hashRouted(i)) addTable(f + "gate.tid2eid", c, i);
            else add(f + "gate.bias", {c.experts});
            for (int e = 0; e < c.experts; ++e) expert(f + "experts." + std::to_string(e) + ".", c.expertWidth, D);
            expert(f + "shared_experts.", c.expertWidth, D);
        }
    }

    bool has(std::string_view name) const override { return m_tensors.count(std::string(name)) > 0; }
    kernels::Tensor tensor(std::string_view name) const override {
        const auto it = m_tensors.find(std::string(name));
        if (it == m_tensors.end()) throw std::runtime_error("The formula has no tensor " + std::string(name) + ".");
        return it->second;
    }
    kernels::Weight weight(std::string_view name) const override { return {tensor(std::string(name) + ".weight"), {}}; }
    std::vector<std::string> names() const override {
        std::vector<std::string> list;
        for (const auto& [name, tensor] : m_tensors) list.push_back(name);
        return list;
    }
    const std::string& configText() const override { return m_configText; }
    std::string tokenizerText() const override { return {}; }
    std::string format() const override { return "formula"; }
    std::uint64_t bytes() const override { return m_bytes; }
    std::string fingerprint() const override { return "formula-" + std::to_string(fnv1a(m_configText)); }

    // For tests that damage a model.
    float& value(const std::string& name, std::size_t index) { return m_floats.at(name).at(index); }
    std::int64_t& tableValue(const std::string& name, std::size_t index) { return m_tables.at(name).at(index); }
    void remove(const std::string& name) { m_tensors.erase(name); }
    void reshape(const std::string& name, kernels::Shape shape) { m_tensors.at(name).shape = shape; }
    void retype(const std::string& name, kernels::Type type) { m_tensors.at(name).type = type; }

private:
    static bool ends(const std::string& text, std::string_view end) {
        return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
    }

    void add(const std::string& name, kernels::Shape shape) {
        std::vector<float>& values = m_floats[name];
        values.resize(static_cast<std::size_t>(shape.elements()));
        const std::uint64_t hash = fnv1a(name);
        double factor = 1, offset = 0;
        if (name == "embed.weight") factor = std::sqrt(3.0);
        else if (ends(name, "norm.weight")) factor = 0.25, offset = 1;
        else if (ends(name, "_scale")) factor = 0.5, offset = 1;
        else if (shape.rank == 2 && !ends(name, "ape")) factor = std::sqrt(3.0 / static_cast<double>(shape[1]));
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(offset + factor * formulaValue(hash, i));
        m_tensors[name] = {values.data(), kernels::Type::F32, shape};
        m_bytes += values.size() * 4;
    }
    void addTable(const std::string& name, const engine::ModelConfig& c, int layer) {
        std::vector<std::int64_t>& values = m_tables[name];
        for (int t = 0; t < c.vocabulary; ++t)
            for (int k = 0; k < c.expertsPerToken; ++k) values.push_back((7 * t + 3 * k + layer) % c.experts);
        m_tensors[name] = {values.data(), kernels::Type::I64, {c.vocabulary, c.expertsPerToken}};
        m_bytes += values.size() * 8;
    }
    void hyper(const std::string& p, std::int64_t rows, std::int64_t flat, std::int64_t scales) {
        add(p + "_fn", {rows, flat});
        add(p + "_base", {rows});
        add(p + "_scale", {scales});
    }
    void compressor(const std::string& p, int ratio, std::int64_t width, std::int64_t D) {
        const std::int64_t stored = ratio == 4 ? 2 * width : width;
        add(p + "wkv.weight", {stored, D});
        add(p + "wgate.weight", {stored, D});
        add(p + "ape", {ratio, stored});
        add(p + "norm.weight", {width});
    }
    void expert(const std::string& p, std::int64_t inner, std::int64_t D) {
        add(p + "w1.weight", {inner, D});
        add(p + "w2.weight", {D, inner});
        add(p + "w3.weight", {inner, D});
    }

    std::string m_configText;
    std::map<std::string, std::vector<float>> m_floats;
    std::map<std::string, std::vector<std::int64_t>> m_tables;
    std::map<std::string, kernels::Tensor> m_tensors;
    std::uint64_t m_bytes = 0;
};

// "V4-Tiny" of v4-architecture.md 1.4: all the structure, published head sizes.
inline const char* v4TinyConfig() {
    return R"({"model_type":"deepseek_v4","vocab_size":512,"hidden_size":256,"num_hidden_layers":6,"num_attention_heads":4,
 "num_key_value_heads":1,"head_dim":512,"qk_rope_head_dim":64,"q_lora_rank":128,"o_groups":2,"o_lora_rank":128,
 "sliding_window":128,"compress_ratios":[0,4,128,4,128,4],"compress_rope_theta":160000,"rope_theta":10000,
 "rope_scaling":{"type":"yarn","factor":16,"original_max_position_embeddings":65536,"beta_fast":32,"beta_slow":1},
 "index_n_heads":8,"index_head_dim":128,"index_topk":16,"hc_mult":4,"hc_sinkhorn_iters":20,"hc_eps":1e-6,
 "rms_norm_eps":1e-6,"moe_intermediate_size":256,"n_routed_experts":8,"n_shared_experts":1,"num_experts_per_tok":2,
 "num_hash_layers":1,"scoring_func":"sqrtsoftplus","norm_topk_prob":true,"routed_scaling_factor":1.5,
 "swiglu_limit":1.0,"num_nextn_predict_layers":0,"tie_word_embeddings":false,"max_position_embeddings":4096})";
}

// The smallest model with every kind of layer, for properties over many lengths: window 16, a few thousand weights.
inline const char* smallConfig() {
    return R"({"model_type":"deepseek_v4","vocab_size":64,"hidden_size":32,"num_hidden_layers":4,"num_attention_heads":2,
 "head_dim":32,"qk_rope_head_dim":8,"q_lora_rank":16,"o_groups":2,"o_lora_rank":8,"sliding_window":16,
 "compress_ratios":[0,4,128,4,0],"compress_rope_theta":160000,"rope_theta":10000,
 "rope_scaling":{"type":"yarn","factor":4,"original_max_position_embeddings":64,"beta_fast":32,"beta_slow":1},
 "index_n_heads":2,"index_head_dim":16,"index_topk":6,"hc_mult":4,"hc_sinkhorn_iters":20,"hc_eps":1e-6,
 "rms_norm_eps":1e-6,"moe_intermediate_size":16,"n_routed_experts":4,"n_shared_experts":1,"num_experts_per_tok":2,
 "num_hash_layers":1,"scoring_func":"sqrtsoftplus","norm_topk_prob":true,"routed_scaling_factor":1.5,
 "swiglu_limit":10.0,"tie_word_embeddings":false,"max_position_embeddings":4096})";
}

// tok[t] = (37 t² + 11 t + 5) mod 512, as appendix C; other vocabularies take it modulo their size.
inline std::vector<std::int32_t> formulaTokens(std::int64_t count, int vocabulary = 512) {
    std::vector<std::int32_t> tokens;
    for (std::int64_t t = 0; t < count; ++t) tokens.push_back(static_cast<std::int32_t>((37 * t * t + 11 * t + 5) % 512 % vocabulary));
    return tokens;
}

} // namespace support
