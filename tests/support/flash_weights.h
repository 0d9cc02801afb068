// FlashWeights: a checkpoint of true V4-Flash dimensions that holds random bytes in the published number
// formats, made in seconds: tensors of one kind look into one pool, so all experts hold the same codes (a
// device still keeps a copy of each). Layers are given by their compression ratios; a layer is one of each
// kind for measuring. It has learned nothing.
#pragma once

#include "engine/config.h"
#include "engine/weights.h"
#include "kernels/formats.h"
#include "tests/support/formula_weights.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace support {

// Flash's numbers with these layers; the first `hashLayers` route by token. `divisor` shrinks widths for a
// dry run.
inline std::string flashConfig(const std::vector<int>& ratios, int hashLayers, int divisor = 1) {
    std::string list;
    for (const int ratio : ratios) list += std::to_string(ratio) + ",";
    auto number = [&](int value) { return std::to_string(value / divisor); };
    return R"({"model_type":"deepseek_v4","torch_dtype":"bfloat16","vocab_size":)" + number(129280) +
           R"(,"hidden_size":)" + number(4096) + R"(,"num_hidden_layers":)" + std::to_string(ratios.size()) +
           R"(,"num_attention_heads":)" + number(64) +
           R"(,"num_key_value_heads":1,"head_dim":512,"qk_rope_head_dim":64,"q_lora_rank":)" + number(1024) +
           R"(,"o_groups":)" + std::to_string(divisor > 8 ? 1 : 8 / divisor) + R"(,"o_lora_rank":)" +
           number(1024) + R"(,"sliding_window":128,"compress_ratios":[)" + list +
           R"(0],"compress_rope_theta":160000,"rope_theta":10000,"rope_scaling":{"type":"yarn","factor":16,
 "original_max_position_embeddings":65536,"beta_fast":32,"beta_slow":1},"max_position_embeddings":1048576,
 "index_n_heads":)" +
           number(64) +
           R"(,"index_head_dim":128,"index_topk":512,"hc_mult":4,"hc_sinkhorn_iters":20,"hc_eps":1e-6,
 "rms_norm_eps":1e-6,"moe_intermediate_size":)" +
           number(2048) + R"(,"n_routed_experts":)" + number(256) +
           R"(,"n_shared_experts":1,"num_experts_per_tok":6,"num_hash_layers":)" +
           std::to_string(hashLayers) +
           R"(,"scoring_func":"sqrtsoftplus","topk_method":"noaux_tc","norm_topk_prob":true,"routed_scaling_factor":1.5,
 "swiglu_limit":10.0,"hidden_act":"silu","num_nextn_predict_layers":1,"tie_word_embeddings":false,"attention_bias":false,
 "bos_token_id":0,"eos_token_id":1,"expert_dtype":"fp4","quantization_config":{"quant_method":"fp8","fmt":"e4m3",
 "scale_fmt":"ue8m0","weight_block_size":[128,128],"activation_scheme":"dynamic"}})";
}

class FlashWeights final : public engine::Weights {
public:
    explicit FlashWeights(std::string configText)
        : m_text(std::move(configText)), m_config(engine::ModelConfig::parse(m_text)) {}

    bool has(std::string_view name) const override { return !name.empty(); }
    kernels::Tensor tensor(std::string_view name) const override {
        const std::string key(name);
        const kernels::Shape shape = shapeOf(key);
        if (key.ends_with("tid2eid")) return table(shape);
        if (key.ends_with("_fn") || key.find("norm") != std::string::npos || shape.rank == 1 ||
            key.ends_with("ape"))
            return floats(key, shape);
        throw std::runtime_error("No such small tensor: " + key);
    }
    kernels::Weight weight(std::string_view name) const override {
        const std::string key(name);
        const kernels::Shape shape = shapeOf(key + ".weight");
        const bool wide = key == "embed" || key == "head" || key.ends_with(".gate") ||
                          key.ends_with("weights_proj") || key.find("compressor.") != std::string::npos;
        if (wide)
            return {{pool(kernels::Type::BF16, shape.elements() * 2, shape[1]), kernels::Type::BF16, shape},
                    {}};
        if (key.find(".experts.") != std::string::npos)
            return {{pool(kernels::Type::F4E2M1, shape.elements() / 2, 0), kernels::Type::F4E2M1, shape},
                    {pool(kernels::Type::E8M0, shape.elements() / 32, 119),
                     kernels::Type::E8M0,
                     {shape[0], shape[1] / 32}}};
        const std::int64_t down = (shape[0] + 127) / 128, across = (shape[1] + 127) / 128;
        return {{pool(kernels::Type::F8E4M3, shape.elements(), 0), kernels::Type::F8E4M3, shape},
                {pool(kernels::Type::E8M0, down * across, 113), kernels::Type::E8M0, {down, across}}};
    }
    std::vector<std::string> names() const override { return {}; }
    const std::string& configText() const override { return m_text; }
    std::string tokenizerText() const override { return {}; }
    std::string format() const override { return "random"; }
    std::uint64_t bytes() const override {
        return std::uint64_t(m_config.parameters()) * 55 / 100;
    } // mostly fp4
    std::string fingerprint() const override { return "flash-" + std::to_string(fnv1a(m_text)); }

private:
    kernels::Shape shapeOf(const std::string& name) const {
        const engine::ModelConfig& c = m_config;
        const std::int64_t D = c.width, rank = std::int64_t{c.outputGroups} * c.outputRank,
                           flat = std::int64_t{c.streams} * D;
        const bool indexer = name.find("indexer.compressor") != std::string::npos;
        const std::size_t dot = name.find("layers.");
        const int ratio = dot == 0 ? c.ratio(std::stoi(name.substr(7))) : 0;
        const std::int64_t pooled = std::int64_t{indexer ? c.indexWidth : c.headWidth},
                           stored = pooled * (ratio == 4 ? 2 : 1);
        const std::pair<const char*, kernels::Shape> table[] = {
            {"compressor.wkv.weight", {stored, D}},
            {"compressor.wgate.weight", {stored, D}},
            {"compressor.ape", {ratio, stored}},
            {"compressor.norm.weight", {pooled}},
            {"indexer.wq_b.weight", {std::int64_t{c.indexHeads} * c.indexWidth, c.queryRank}},
            {"weights_proj.weight", {c.indexHeads, D}},
            {"embed.weight", {c.vocabulary, D}},
            {"head.weight", {c.vocabulary, D}},
            {"hc_head_fn", {c.streams, flat}},
            {"hc_head_base", {c.streams}},
            {"hc_head_scale", {1}},
            {"_fn", {c.mixRows(), flat}},
            {"_base", {c.mixRows()}},
            {"_scale", {3}},
            {"q_norm.weight", {c.queryRank}},
            {"kv_norm.weight", {c.headWidth}},
            {"norm.weight", {D}},
            {"attn.wq_a.weight", {c.queryRank, D}},
            {"attn.wq_b.weight", {std::int64_t{c.heads} * c.headWidth, c.queryRank}},
            {"attn.wkv.weight", {c.headWidth, D}},
            {"attn_sink", {c.heads}},
            {"attn.wo_a.weight", {rank, c.groupInput()}},
            {"attn.wo_b.weight", {D, rank}},
            {"gate.weight", {c.experts, D}},
            {"gate.bias", {c.experts}},
            {"gate.tid2eid", {c.vocabulary, c.expertsPerToken}},
            {"w1.weight", {c.expertWidth, D}},
            {"w2.weight", {D, c.expertWidth}},
            {"w3.weight", {c.expertWidth, D}}};
        for (const auto& [end, shape] : table)
            if (name.ends_with(end)) return shape;
        throw std::runtime_error("The checkpoint of random bytes has no tensor " + name + ".");
    }

    kernels::Tensor floats(const std::string& name, kernels::Shape shape) const {
        std::vector<float>& values = m_floats[name];
        const bool norm = name.find("norm") != std::string::npos, scale = name.ends_with("_scale");
        const double factor = name.ends_with("_fn") ? 0.005 : 0.25, offset = norm || scale ? 1 : 0;
        if (values.empty())
            for (std::int64_t i = 0; i < shape.elements(); ++i)
                values.push_back(float(offset + factor * formulaValue(fnv1a(name), std::uint64_t(i))));
        return {values.data(), kernels::Type::F32, shape};
    }

    kernels::Tensor table(kernels::Shape shape) const {
        if (m_table.empty())
            for (std::int64_t i = 0; i < shape.elements(); i += shape[1]) {
                const std::int64_t first =
                    std::int64_t(splitmix64(std::uint64_t(i)) % std::uint64_t(m_config.experts));
                for (std::int64_t k = 0; k < shape[1]; ++k)
                    m_table.push_back(std::int32_t((first + 37 * k) % m_config.experts));
            }
        return {m_table.data(), kernels::Type::I32, shape};
    }

    // The first `bytes` of an endless random block; `parameter`: the scale's code, or the columns a bf16 row
    // adds up.
    std::uint8_t* pool(kernels::Type type, std::int64_t bytes, std::int64_t parameter) const {
        std::vector<std::vector<std::uint8_t>>& blocks =
            m_pools[{type, parameter}]; // larger ones behind smaller ones
        constexpr std::size_t period = 1 << 20;
        for (std::vector<std::uint8_t>& block : blocks)
            if (block.size() >= std::size_t(bytes)) return block.data();
        std::vector<std::uint8_t>& block = blocks.emplace_back(std::size_t(bytes));
        for (std::size_t i = 0; i < block.size(); ++i) {
            if (i >= period) {
                const std::size_t size = std::min(i - i % period, block.size() - i);
                std::copy_n(block.begin(), size, block.begin() + std::ptrdiff_t(i));
                i += size - 1;
                continue;
            }
            const std::uint64_t random =
                splitmix64(std::uint64_t(i) / (type == kernels::Type::BF16 ? 2 : 1) + 77);
            if (type == kernels::Type::E8M0)
                block[i] = std::uint8_t(parameter + std::int64_t(random % 3));
            else if (type == kernels::Type::BF16) {
                const float value =
                    float((double(random >> 40) * 0x1p-23 - 1) * 1.7 / std::sqrt(double(parameter)));
                block[i] = std::uint8_t(kernels::encodeBf16(value) >> (i % 2 * 8));
            } else {
                block[i] = std::uint8_t(random);
                if (type == kernels::Type::F8E4M3 && (block[i] & 0x7f) == 0x7f) block[i] = 0x30;
            }
        }
        return block.data();
    }

    std::string m_text;
    engine::ModelConfig m_config;
    mutable std::map<std::string, std::vector<float>> m_floats;
    mutable std::vector<std::int32_t> m_table;
    mutable std::map<std::pair<kernels::Type, std::int64_t>, std::vector<std::vector<std::uint8_t>>> m_pools;
};

} // namespace support
