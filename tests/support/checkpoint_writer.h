// Checkpoints made by tests: safetensors and GGUF files as byte strings, well-formed unless the test breaks them. The
// GGUF writer remembers where each field lies, so that a test can go through all of them. Header only: the engine's
// tests link no application.
#pragma once

#include "engine/weights.h"
#include "kernels/formats.h"
#include "kernels/gguf_formats.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace support {

inline void writeFile(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

template<class T>
std::string rawBytes(const T& value) {
    std::string out(sizeof value, '\0');
    std::memcpy(out.data(), &value, sizeof value);
    return out;
}

// --- safetensors ---
struct FileTensor {
    std::string name, type;
    std::vector<std::int64_t> shape;
    std::string bytes;
};

inline std::string withHeader(const std::string& header, const std::string& data) {
    return rawBytes(static_cast<std::uint64_t>(header.size())) + header + data;
}

inline std::string safetensorsFile(const std::vector<FileTensor>& tensors, std::size_t padTo = 8) {
    nlohmann::ordered_json header;
    header["__metadata__"] = {{"format", "pt"}};
    std::string data;
    for (const FileTensor& t : tensors) {
        header[t.name] = {{"dtype", t.type}, {"shape", t.shape}, {"data_offsets", {data.size(), data.size() + t.bytes.size()}}};
        data += t.bytes;
    }
    std::string text = header.dump();
    while (text.size() % padTo != 0) text += ' ';
    return withHeader(text, data);
}

// --- GGUF ---
class GgufWriter {
public:
    struct Field {
        std::string label;
        std::size_t at = 0, width = 0;
    };
    enum : std::uint32_t { F32 = 0, F16 = 1, Q8_0 = 8, I32 = 26 };

    std::uint64_t alignment = 32;
    std::uint32_t version = 3;

    void add(const std::string& key, std::uint32_t value) { entry(key, 4, rawBytes(value), "value"); }
    void add(const std::string& key, float value) { entry(key, 6, rawBytes(value), "value"); }
    void add(const std::string& key, bool value) { entry(key, 7, rawBytes(value), "value"); }
    void add(const std::string& key, const std::string& value) {
        begin(key, 8);
        number(m_keys, m_keyFields, "length of " + key, static_cast<std::uint64_t>(value.size()));
        m_keys += value;
    }
    template<class T>
    void addArray(const std::string& key, std::uint32_t element, const std::vector<T>& values) {
        begin(key, 9);
        number(m_keys, m_keyFields, "element type of " + key, element);
        number(m_keys, m_keyFields, "count of " + key, static_cast<std::uint64_t>(values.size()));
        for (const T& value : values) {
            if constexpr (std::is_same_v<T, std::string>) m_keys += rawBytes(static_cast<std::uint64_t>(value.size())) + value;
            else m_keys += rawBytes(value);
        }
    }
    // Shape as published, outermost first.
    void addTensor(const std::string& name, std::vector<std::int64_t> shape, std::uint32_t type, const std::string& bytes) {
        number(m_infos, m_infoFields, "name length of " + name, static_cast<std::uint64_t>(name.size()));
        m_infos += name;
        number(m_infos, m_infoFields, "rank of " + name, static_cast<std::uint32_t>(shape.size()));
        std::reverse(shape.begin(), shape.end());
        for (const std::int64_t size : shape) number(m_infos, m_infoFields, "dimension of " + name, static_cast<std::uint64_t>(size));
        number(m_infos, m_infoFields, "type of " + name, type);
        m_data.resize((m_data.size() + alignment - 1) / alignment * alignment);
        number(m_infos, m_infoFields, "offset of " + name, static_cast<std::uint64_t>(m_data.size()));
        m_data += bytes;
        ++m_tensorCount;
    }
    std::string bytes() {
        fields = {{"magic", 0, 4}, {"version", 4, 4}, {"tensor count", 8, 8}, {"key count", 16, 8}};
        std::string out = "GGUF" + rawBytes(version) + rawBytes(m_tensorCount) + rawBytes(m_keyCount);
        for (Field f : m_keyFields) f.at += out.size(), fields.push_back(f);
        out += m_keys;
        for (Field f : m_infoFields) f.at += out.size(), fields.push_back(f);
        out += m_infos;
        out.resize((out.size() + alignment - 1) / alignment * alignment);
        dataStart = out.size();
        return out + m_data;
    }
    std::vector<Field> fields; // of the last bytes()
    std::size_t dataStart = 0;

private:
    template<class T>
    void number(std::string& to, std::vector<Field>& list, const std::string& label, T value) {
        list.push_back({label, to.size(), sizeof value});
        to += rawBytes(value);
    }
    void begin(const std::string& key, std::uint32_t type) {
        number(m_keys, m_keyFields, "key length of " + key, static_cast<std::uint64_t>(key.size()));
        m_keys += key;
        number(m_keys, m_keyFields, "type of " + key, type);
        ++m_keyCount;
    }
    void entry(const std::string& key, std::uint32_t type, const std::string& bytes, const char* what) {
        begin(key, type);
        m_keyFields.push_back({what + (" of " + key), m_keys.size(), bytes.size()});
        m_keys += bytes;
    }

    std::string m_keys, m_infos, m_data;
    std::vector<Field> m_keyFields, m_infoFields;
    std::uint64_t m_keyCount = 0, m_tensorCount = 0;
};

// The metadata llama.cpp writes for a model with that config.json.
inline void addMetadata(GgufWriter& writer, const nlohmann::json& config, const std::string& without = "") {
    const auto whole = [&](const std::string& key, const char* ours) {
        if (key != without) writer.add("deepseek4." + key, config.at(ours).get<std::uint32_t>());
    };
    const auto real = [&](const std::string& key, const nlohmann::json& value) {
        if (key != without) writer.add("deepseek4." + key, value.get<float>());
    };
    if (without != "general.architecture") writer.add("general.architecture", std::string("deepseek4"));
    whole("block_count", "num_hidden_layers"), whole("context_length", "max_position_embeddings");
    whole("embedding_length", "hidden_size"), whole("vocab_size", "vocab_size");
    whole("attention.head_count", "num_attention_heads"), whole("attention.head_count_kv", "num_key_value_heads");
    whole("attention.key_length", "head_dim"), whole("attention.value_length", "head_dim");
    whole("attention.q_lora_rank", "q_lora_rank"), whole("attention.output_lora_rank", "o_lora_rank");
    whole("attention.output_group_count", "o_groups"), whole("attention.sliding_window", "sliding_window");
    whole("attention.indexer.head_count", "index_n_heads"), whole("attention.indexer.key_length", "index_head_dim");
    whole("attention.indexer.top_k", "index_topk"), whole("rope.dimension_count", "qk_rope_head_dim");
    whole("expert_count", "n_routed_experts"), whole("expert_used_count", "num_experts_per_tok");
    whole("expert_shared_count", "n_shared_experts"), whole("expert_feed_forward_length", "moe_intermediate_size");
    whole("hash_layer_count", "num_hash_layers"), whole("hyper_connection.count", "hc_mult");
    whole("hyper_connection.sinkhorn_iterations", "hc_sinkhorn_iters");
    real("attention.layer_norm_rms_epsilon", config.at("rms_norm_eps")), real("rope.freq_base", config.at("rope_theta"));
    real("attention.compress_rope_freq_base", config.at("compress_rope_theta"));
    real("expert_weights_scale", config.at("routed_scaling_factor")), real("hyper_connection.epsilon", config.at("hc_eps"));
    if (without != "expert_weights_norm") writer.add("deepseek4.expert_weights_norm", config.at("norm_topk_prob").get<bool>());
    if (without != "expert_gating_func") writer.add("deepseek4.expert_gating_func", std::uint32_t{4});
    const auto ratios = config.at("compress_ratios").get<std::vector<std::int32_t>>();
    if (without != "attention.compress_ratios") writer.addArray("deepseek4.attention.compress_ratios", 5, ratios);
    const std::vector<float> clamp(ratios.size(), config.at("swiglu_limit").get<float>());
    if (without != "swiglu_clamp_exp") writer.addArray("deepseek4.swiglu_clamp_exp", 6, clamp);
    const auto& rope = config.at("rope_scaling");
    writer.add("deepseek4.rope.scaling.type", std::string("yarn"));
    real("rope.scaling.factor", rope.at("factor"));
    writer.add("deepseek4.rope.scaling.original_context_length", rope.at("original_max_position_embeddings").get<std::uint32_t>());
    real("rope.scaling.yarn_beta_fast", rope.at("beta_fast")), real("rope.scaling.yarn_beta_slow", rope.at("beta_slow"));
}

inline std::string encodeQ8(const float* values, std::size_t count) {
    std::string out;
    for (std::size_t block = 0; block < count; block += 32) {
        float most = 0;
        for (std::size_t i = 0; i < 32; ++i) most = std::max(most, std::fabs(values[block + i]));
        const std::uint16_t scale = kernels::encodeF16(most / 127.0f);
        const float d = kernels::decodeF16(scale);
        out += rawBytes(scale);
        for (std::size_t i = 0; i < 32; ++i)
            out += static_cast<char>(static_cast<std::int8_t>(d > 0 ? std::clamp(std::lround(values[block + i] / d), -127L, 127L) : 0));
    }
    return out;
}


// How llama.cpp spells a published name; experts as "layers.0.ffn.experts.*.w1.weight".
inline std::string ggufName(const std::string& published) {
    static const std::map<std::string, std::string> names{
        {"embed.weight", "token_embd.weight"}, {"norm.weight", "output_norm.weight"}, {"head.weight", "output.weight"},
        {"hc_head_fn", "output_hc_fn.weight"}, {"hc_head_base", "output_hc_base.weight"}, {"hc_head_scale", "output_hc_scale.weight"},
        {"attn.attn_sink", "attn_sinks.weight"}, {"attn.wq_a.weight", "attn_q_a.weight"}, {"attn.q_norm.weight", "attn_q_a_norm.weight"},
        {"attn.wq_b.weight", "attn_q_b.weight"}, {"attn.wkv.weight", "attn_kv.weight"}, {"attn.kv_norm.weight", "attn_kv_a_norm.weight"},
        {"attn.wo_a.weight", "attn_output_a.weight"}, {"attn.wo_b.weight", "attn_output_b.weight"},
        {"attn.compressor.ape", "attn_compressor_ape.weight"}, {"attn.compressor.wkv.weight", "attn_compressor_kv.weight"},
        {"attn.compressor.wgate.weight", "attn_compressor_gate.weight"}, {"attn.compressor.norm.weight", "attn_compressor_norm.weight"},
        {"attn.indexer.wq_b.weight", "indexer.attn_q_b.weight"}, {"attn.indexer.weights_proj.weight", "indexer.proj.weight"},
        {"attn.indexer.compressor.ape", "indexer_compressor_ape.weight"}, {"attn.indexer.compressor.wkv.weight", "indexer_compressor_kv.weight"},
        {"attn.indexer.compressor.wgate.weight", "indexer_compressor_gate.weight"},
        {"attn.indexer.compressor.norm.weight", "indexer_compressor_norm.weight"}, {"ffn.gate.weight", "ffn_gate_inp.weight"},
        {"ffn.gate.bias", "exp_probs_b.bias"}, {"ffn.gate.tid2eid", "ffn_gate_tid2eid.weight"},
        {"ffn.experts.*.w1.weight", "ffn_gate_exps.weight"}, {"ffn.experts.*.w3.weight", "ffn_up_exps.weight"},
        {"ffn.experts.*.w2.weight", "ffn_down_exps.weight"}, {"ffn.shared_experts.w1.weight", "ffn_gate_shexp.weight"},
        {"ffn.shared_experts.w3.weight", "ffn_up_shexp.weight"}, {"ffn.shared_experts.w2.weight", "ffn_down_shexp.weight"}};
    if (const auto it = names.find(published); it != names.end()) return it->second;
    const auto dot = published.find('.', 7); // "layers.12.attn_norm.weight"
    const std::string head = "blk" + published.substr(6, dot - 6) + ".", rest = published.substr(dot + 1);
    if (const auto it = names.find(rest); it != names.end()) return head + it->second;
    return head + rest + (rest.ends_with(".weight") ? "" : ".weight");
}

enum class GgufKind { F32, Q8_0, RoundedF32 };

// A small published-style checkpoint of F32 tensors as a GGUF file. Q8_0: so the matrices whose rows allow it.
// RoundedF32: the same values, widened again.
inline std::string ggufOf(const engine::Weights& weights, GgufKind kind) {
    GgufWriter writer;
    addMetadata(writer, nlohmann::json::parse(weights.configText()));
    std::map<std::string, std::vector<std::string>> groups; // experts in order of their number
    for (const std::string& name : weights.names()) {
        const auto at = name.find(".experts.");
        if (at == std::string::npos) { groups[name] = {name}; continue; }
        const std::string head = name.substr(0, at + 9), tail = name.substr(name.find('.', at + 9));
        auto& members = groups[head + "*" + tail];
        if (!members.empty()) continue;
        for (int e = 0; weights.has(head + std::to_string(e) + tail); ++e) members.push_back(head + std::to_string(e) + tail);
    }
    for (const auto& [name, members] : groups) {
        const kernels::Tensor first = weights.tensor(members.front());
        std::vector<std::int64_t> shape(first.shape.size.begin(), first.shape.size.begin() + first.shape.rank);
        if (first.type == kernels::Type::I64) {
            std::string ids;
            for (std::int64_t i = 0; i < first.shape.elements(); ++i) ids += rawBytes(static_cast<std::int32_t>(first.as<std::int64_t>()[i]));
            writer.addTensor(ggufName(name), shape, GgufWriter::I32, ids);
            continue;
        }
        const bool q8 = kind != GgufKind::F32 && first.shape.rank == 2 && shape.back() % 32 == 0 && name.find("hc_") == std::string::npos &&
                        !name.ends_with(".ape");
        std::string data;
        for (const std::string& member : members) {
            const kernels::Tensor t = weights.tensor(member);
            const std::string packed = q8 ? encodeQ8(t.f32(), static_cast<std::size_t>(t.shape.elements())) : std::string();
            if (kind == GgufKind::RoundedF32 && q8) {
                std::string wide(t.bytes(), '\0');
                kernels::decodeGguf(kernels::Type::Q8_0, reinterpret_cast<const std::byte*>(packed.data()), t.shape.elements(), reinterpret_cast<float*>(wide.data()));
                data += wide;
            } else {
                data += q8 ? packed : std::string(t.as<char>(), t.bytes());
            }
        }
        if (name.find('*') != std::string::npos) shape.insert(shape.begin(), static_cast<std::int64_t>(members.size()));
        writer.addTensor(ggufName(name), shape, q8 && kind == GgufKind::Q8_0 ? GgufWriter::Q8_0 : GgufWriter::F32, data);
    }
    return writer.bytes();
}

// A config.json of a model too small to speak, with every kind of layer.
inline nlohmann::json tinyConfig() {
    return nlohmann::json::parse(R"({"architectures": ["DeepseekV4ForCausalLM"], "model_type": "deepseek_v4",
        "attention_bias": false, "bos_token_id": 0, "eos_token_id": 1, "hc_eps": 1e-06, "hc_mult": 4,
        "hc_sinkhorn_iters": 20, "hidden_act": "silu", "num_key_value_heads": 1, "n_shared_experts": 1,
        "norm_topk_prob": true, "scoring_func": "sqrtsoftplus", "topk_method": "noaux_tc", "routed_scaling_factor": 1.5,
        "swiglu_limit": 10.0, "rms_norm_eps": 1e-06, "rope_theta": 10000, "compress_rope_theta": 160000,
        "num_nextn_predict_layers": 0, "tie_word_embeddings": false, "rope_scaling": {"type": "yarn", "factor": 16,
        "original_max_position_embeddings": 256, "beta_fast": 32, "beta_slow": 1}, "vocab_size": 64, "hidden_size": 32,
        "moe_intermediate_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "head_dim": 32,
        "qk_rope_head_dim": 8, "q_lora_rank": 32, "num_experts_per_tok": 2, "n_routed_experts": 4,
        "compress_ratios": [0, 4, 128], "sliding_window": 8, "o_groups": 2, "o_lora_rank": 16, "index_n_heads": 4,
        "index_head_dim": 32, "index_topk": 4, "num_hash_layers": 1, "max_position_embeddings": 4096,
        "torch_dtype": "float32"})");
}

} // namespace support
