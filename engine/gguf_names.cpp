#include "engine/gguf_model.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace engine {

namespace {

struct NamePair {
    std::string_view gguf, published;
};

constexpr std::array<NamePair, 9> globalNames{{
    {"token_embd.weight", "embed.weight"},
    {"output_norm.weight", "norm.weight"},
    {"output.weight", "head.weight"},
    {"output_hc_fn.weight", "hc_head_fn"},
    {"output_hc_base.weight", "hc_head_base"},
    {"output_hc_scale.weight", "hc_head_scale"},
    {"hc_head_fn.weight", "hc_head_fn"},
    {"hc_head_base.weight", "hc_head_base"},
    {"hc_head_scale.weight", "hc_head_scale"},
}};

// Behind "blk.{l}." and "layers.{l}.".
constexpr std::array<NamePair, 48> layerNames{{
    {"hc_attn_fn.weight", "hc_attn_fn"},
    {"hc_attn_base.weight", "hc_attn_base"},
    {"hc_attn_scale.weight", "hc_attn_scale"},
    {"hc_ffn_fn.weight", "hc_ffn_fn"},
    {"hc_ffn_base.weight", "hc_ffn_base"},
    {"hc_ffn_scale.weight", "hc_ffn_scale"},
    {"attn_norm.weight", "attn_norm.weight"},
    {"ffn_norm.weight", "ffn_norm.weight"},
    {"attn_sinks.weight", "attn.attn_sink"},
    {"attn_q_a.weight", "attn.wq_a.weight"},
    {"attn_q_a_norm.weight", "attn.q_norm.weight"},
    {"attn_q_b.weight", "attn.wq_b.weight"},
    {"attn_kv.weight", "attn.wkv.weight"},
    {"attn_kv_latent.weight", "attn.wkv.weight"},
    {"attn_kv_a_mqa.weight", "attn.wkv.weight"},
    {"attn_kv_a_norm.weight", "attn.kv_norm.weight"},
    {"attn_output_a.weight", "attn.wo_a.weight"},
    {"attn_output_b.weight", "attn.wo_b.weight"},
    {"attn_compressor_ape.weight", "attn.compressor.ape"},
    {"attn_compressor_kv.weight", "attn.compressor.wkv.weight"},
    {"attn_compressor_gate.weight", "attn.compressor.wgate.weight"},
    {"attn_compressor_norm.weight", "attn.compressor.norm.weight"},
    {"attn_compress_ape.weight", "attn.compressor.ape"},
    {"attn_compress_kv.weight", "attn.compressor.wkv.weight"},
    {"attn_compress_gate.weight", "attn.compressor.wgate.weight"},
    {"attn_compress_norm.weight", "attn.compressor.norm.weight"},
    {"indexer.attn_q_b.weight", "attn.indexer.wq_b.weight"},
    {"indexer.proj.weight", "attn.indexer.weights_proj.weight"},
    {"indexer_compressor_ape.weight", "attn.indexer.compressor.ape"},
    {"indexer_compressor_kv.weight", "attn.indexer.compressor.wkv.weight"},
    {"indexer_compressor_gate.weight", "attn.indexer.compressor.wgate.weight"},
    {"indexer_compressor_norm.weight", "attn.indexer.compressor.norm.weight"},
    {"indexer.compress_ape.weight", "attn.indexer.compressor.ape"},
    {"indexer.compress_kv.weight", "attn.indexer.compressor.wkv.weight"},
    {"indexer.compress_gate.weight", "attn.indexer.compressor.wgate.weight"},
    {"indexer.compress_norm.weight", "attn.indexer.compressor.norm.weight"},
    {"ffn_gate_inp.weight", "ffn.gate.weight"},
    {"exp_probs_b.bias", "ffn.gate.bias"},
    {"exp_probs_b", "ffn.gate.bias"},
    {"ffn_gate_tid2eid.weight", "ffn.gate.tid2eid"},
    {"ffn_gate_tid2eid", "ffn.gate.tid2eid"},
    {"ffn_gate_exps.weight", "ffn.experts.*.w1.weight"},
    {"ffn_up_exps.weight", "ffn.experts.*.w3.weight"},
    {"ffn_down_exps.weight", "ffn.experts.*.w2.weight"},
    {"ffn_gate_shexp.weight", "ffn.shared_experts.w1.weight"},
    {"ffn_up_shexp.weight", "ffn.shared_experts.w3.weight"},
    {"ffn_down_shexp.weight", "ffn.shared_experts.w2.weight"},
    {"attn_sinks", "attn.attn_sink"},
}};

template<std::size_t N>
std::optional<std::string_view> lookUp(const std::array<NamePair, N>& names, std::string_view name) {
    const auto it =
        std::find_if(names.begin(), names.end(), [&](const NamePair& pair) { return pair.gguf == name; });
    if (it == names.end()) return {};
    return it->published;
}

} // namespace

std::optional<std::string> publishedNameOfGguf(std::string_view name, std::uint64_t layers) {
    if (const auto global = lookUp(globalNames, name)) return std::string(*global);
    if (name.starts_with("mtp.")) return std::string();
    if (!name.starts_with("blk.")) return {};
    const std::string_view rest = name.substr(4);
    std::uint64_t layer = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), layer);
    const auto digits = static_cast<std::size_t>(end - rest.data());
    if (error != std::errc() || digits >= rest.size() || rest[digits] != '.' ||
        (digits > 1 && rest[0] == '0'))
        return {};
    if (layer >= layers) return std::string(); // llama.cpp puts the draft layer behind the last one
    const auto inLayer = lookUp(layerNames, rest.substr(digits + 1));
    if (!inLayer) return {};
    return "layers." + std::to_string(layer) + "." + std::string(*inLayer);
}

} // namespace engine
