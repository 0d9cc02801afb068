// RandomCheckpoint: a checkpoint of any configuration with formula weights in the published number formats: fp4 experts,
// fp8 matrices, bf16 router. For speed measurements and for comparing devices at real shapes; it has learned nothing.
#pragma once

#include "kernels/formats.h"
#include "tests/support/formula_weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace support {

class RandomCheckpoint final : public FormulaWeights {
public:
    using FormulaWeights::FormulaWeights;
    std::uint64_t bytes() const override { return FormulaWeights::bytes() - m_saved; } // once all weights were asked for
    std::string format() const override { return "random"; }
    std::string fingerprint() const override { return "random-" + std::to_string(fnv1a(configText())); }

    kernels::Weight weight(std::string_view name) const override {
        const std::string key(name);
        if (const auto it = m_ready.find(key); it != m_ready.end()) return it->second;
        const kernels::Tensor plain = tensor(key + ".weight");
        if (plain.type != kernels::Type::F32 || plain.shape.rank != 2) return {plain, {}};
        const bool routed = key.find(".experts.") != std::string::npos;
        const bool wide = key.ends_with(".gate") || key.ends_with("weights_proj");
        const kernels::Weight made = wide ? bf16(plain) : routed && plain.shape[1] % 32 == 0 ? fp4(plain) : fp8(plain);
        m_saved += plain.bytes() - made.values.bytes() - (made.scales ? made.scales.bytes() : 0);
        return m_ready[key] = made;
    }

private:
    std::uint8_t* hold(std::size_t bytes) const { return m_bytes.emplace_back(bytes).data(); }

    kernels::Weight bf16(const kernels::Tensor& plain) const {
        auto* codes = reinterpret_cast<std::uint16_t*>(hold(static_cast<std::size_t>(plain.shape.elements()) * 2));
        std::transform(plain.f32(), plain.f32() + plain.shape.elements(), codes, kernels::encodeBf16);
        return {{codes, kernels::Type::BF16, plain.shape}, {}};
    }
    kernels::Weight fp4(const kernels::Tensor& plain) const {
        const std::int64_t rows = plain.shape[0], columns = plain.shape[1];
        std::uint8_t* codes = hold(static_cast<std::size_t>(rows * columns / 2));
        std::uint8_t* scales = hold(static_cast<std::size_t>(rows * columns / 32));
        for (std::int64_t i = 0; i < rows * columns; i += 32) {
            const float* x = plain.f32() + i;
            scales[i / 32] = kernels::scaleOfE2m1Block(kernels::blockMagnitude(x, 32));
            for (int k = 0; k < 32; ++k)
                codes[(i + k) / 2] = std::uint8_t(codes[(i + k) / 2] | kernels::encodeE2m1(x[k] / kernels::decodeE8m0(scales[i / 32])) << (k % 2 * 4));
        }
        return {{codes, kernels::Type::F4E2M1, plain.shape}, {scales, kernels::Type::E8M0, {rows, columns / 32}}};
    }
    kernels::Weight fp8(const kernels::Tensor& plain) const {
        const std::int64_t rows = plain.shape[0], columns = plain.shape[1], across = (columns + 127) / 128, down = (rows + 127) / 128;
        std::uint8_t* codes = hold(static_cast<std::size_t>(rows * columns));
        std::uint8_t* scales = hold(static_cast<std::size_t>(across * down));
        std::vector<float> most(static_cast<std::size_t>(across * down));
        auto block = [&](std::int64_t r, std::int64_t c) { return static_cast<std::size_t>(r / 128 * across + c / 128); };
        for (std::int64_t r = 0; r < rows; ++r)
            for (std::int64_t c = 0; c < columns; ++c) most[block(r, c)] = std::max(most[block(r, c)], std::fabs(plain.f32()[r * columns + c]));
        std::transform(most.begin(), most.end(), scales, kernels::scaleOfE4m3Block);
        for (std::int64_t r = 0; r < rows; ++r)
            for (std::int64_t c = 0; c < columns; ++c)
                codes[r * columns + c] = kernels::encodeE4m3(plain.f32()[r * columns + c] / kernels::decodeE8m0(scales[block(r, c)]));
        return {{codes, kernels::Type::F8E4M3, plain.shape}, {scales, kernels::Type::E8M0, {down, across}}};
    }

    mutable std::uint64_t m_saved = 0;
    mutable std::map<std::string, kernels::Weight> m_ready;
    mutable std::vector<std::vector<std::uint8_t>> m_bytes;
};

// The two rungs of the bundled model.
inline std::string picoConfig() {
    return R"({"architectures":["DeepseekV4ForCausalLM"],"model_type":"deepseek_v4","torch_dtype":"bfloat16","vocab_size":4096,
 "hidden_size":256,"num_hidden_layers":6,"num_attention_heads":4,"num_key_value_heads":1,"head_dim":128,
 "qk_rope_head_dim":64,"q_lora_rank":128,"o_groups":2,"o_lora_rank":128,"sliding_window":128,
 "compress_ratios":[0,0,4,128,4,128],"rope_theta":10000,"compress_rope_theta":160000,
 "rope_scaling":{"type":"yarn","factor":16,"original_max_position_embeddings":65536,"beta_fast":32,"beta_slow":1},
 "max_position_embeddings":1048576,"index_n_heads":2,"index_head_dim":128,"index_topk":128,
 "hc_mult":4,"hc_sinkhorn_iters":20,"hc_eps":1e-6,"rms_norm_eps":1e-6,
 "moe_intermediate_size":128,"n_routed_experts":6,"n_shared_experts":1,"num_experts_per_tok":2,"num_hash_layers":1,
 "scoring_func":"sqrtsoftplus","topk_method":"noaux_tc","norm_topk_prob":true,"routed_scaling_factor":1.5,
 "swiglu_limit":10.0,"hidden_act":"silu","num_nextn_predict_layers":0,"tie_word_embeddings":false,
 "attention_bias":false,"bos_token_id":0,"eos_token_id":1,"expert_dtype":"fp4",
 "quantization_config":{"quant_method":"fp8","fmt":"e4m3","scale_fmt":"ue8m0","weight_block_size":[128,128],
  "activation_scheme":"dynamic"}})";
}

inline std::string nanoConfig() {
    return R"({"architectures":["DeepseekV4ForCausalLM"],"model_type":"deepseek_v4","torch_dtype":"bfloat16","vocab_size":18432,
 "hidden_size":576,"num_hidden_layers":12,"num_attention_heads":9,"num_key_value_heads":1,"head_dim":128,
 "qk_rope_head_dim":64,"q_lora_rank":256,"o_groups":3,"o_lora_rank":128,"sliding_window":128,
 "compress_ratios":[0,0,4,128,4,128,4,128,4,128,4,128],"rope_theta":100000,"compress_rope_theta":100000,
 "rope_scaling":{"type":"yarn","factor":16,"original_max_position_embeddings":65536,"beta_fast":32,"beta_slow":1},
 "max_position_embeddings":1048576,"index_n_heads":2,"index_head_dim":128,"index_topk":512,
 "hc_mult":4,"hc_sinkhorn_iters":20,"hc_eps":1e-6,"rms_norm_eps":1e-6,
 "moe_intermediate_size":128,"n_routed_experts":11,"n_shared_experts":1,"num_experts_per_tok":6,"num_hash_layers":1,
 "scoring_func":"sqrtsoftplus","topk_method":"noaux_tc","norm_topk_prob":true,"routed_scaling_factor":6.0,
 "swiglu_limit":10.0,"hidden_act":"silu","num_nextn_predict_layers":0,"tie_word_embeddings":true,
 "attention_bias":false,"bos_token_id":0,"eos_token_id":1,"expert_dtype":"fp4",
 "quantization_config":{"quant_method":"fp8","fmt":"e4m3","scale_fmt":"ue8m0","weight_block_size":[128,128],
  "activation_scheme":"dynamic"}})";
}

} // namespace support
