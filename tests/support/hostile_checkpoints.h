// Checkpoint files somebody might hand to a user to break the loader: each breaks one rule, or sits just beside one.
// `refusal` is a piece of the sentence the loader must answer with; empty means the file may load as well, but then
// correctly. Made for tst_hostile_checkpoints. Rules: v4-formats.md section 2.
#pragma once

#include "tests/support/checkpoint_writer.h"

#include <functional>

namespace support {

struct HostileFile {
    std::string label;
    std::string name; // in the model folder; "index" cases bring their own set
    std::string bytes;
    std::string refusal;
};

inline std::string entryText(const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return R"({"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

// A header of three tensors (24 + 8 + 5 bytes) in which a test replaces one piece.
struct SafetensorsPieces {
    std::string shapes[3] = {"[2,3]", "[4]", "[5]"}, types[3] = {"\"F32\"", "\"BF16\"", "\"I8\""},
                offsets[3] = {"[0,24]", "[24,32]", "[32,37]"}, names[3] = {"\"a\"", "\"b\"", "\"c\""}, extra;
    std::size_t dataBytes = 37;

    std::string header() const {
        std::string out = "{";
        for (int i = 0; i < 3; ++i) out += (i ? "," : "") + names[i] + ":" + entryText(types[i], shapes[i], offsets[i]);
        return out + extra + "}";
    }
    std::string file() const { return withHeader(header(), std::string(dataBytes, 'd')); }
};

inline void addHeaderLengths(std::vector<HostileFile>& out) {
    const std::string good = SafetensorsPieces().file();
    for (std::size_t n = 0; n < 9; ++n)
        out.push_back({"cut to " + std::to_string(n) + " bytes", "model.safetensors", good.substr(0, n), "is refused"});
    const std::uint64_t real = good.size() - 8 - 37, space = good.size() - 8;
    for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, real - 1, real + 1, real + 37, space - 1, space,
                                  space + 1, std::uint64_t{99'999'999}, std::uint64_t{100'000'000}, std::uint64_t{100'000'001},
                                  std::uint64_t{1} << 31, std::uint64_t{1} << 32, std::uint64_t{1} << 63, ~std::uint64_t{0} - 8,
                                  ~std::uint64_t{0} - 7, ~std::uint64_t{0}})
        out.push_back({"header length " + std::to_string(n), "model.safetensors", rawBytes(n) + good.substr(8), "is refused"});
    for (const std::size_t cut : {std::size_t{1}, std::size_t{5}, std::size_t{13}, std::size_t{37}})
        out.push_back({"data cut by " + std::to_string(cut), "model.safetensors", good.substr(0, good.size() - cut), "cut short"});
    for (const std::size_t more : {1, 8, 4096})
        out.push_back({"data longer by " + std::to_string(more), "model.safetensors", good + std::string(more, '\0'), "follow after the last tensor"});
    out.push_back({"Git LFS pointer", "model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n", "git lfs pull"});
    out.push_back({"empty model", "model.safetensors", withHeader("{}", ""), "holds no tensor"});
}

inline void addBadJson(std::vector<HostileFile>& out) {
    const std::string a = entryText("\"F32\"", "[1]", "[0,4]"), open = R"({"a":)";
    const std::vector<std::pair<std::string, std::string>> headers{
        {" {}", "begin with '{'"}, {"[]", "begin with '{'"}, {"\xEF\xBB\xBF{}", "begin with '{'"}, {"null", "begin with '{'"},
        {"{", "too early"}, {"{\"a\"", "too early"}, {"{\"a\":", "too early"}, {"{\"a", "inside a string"}, {open + a, "too early"},
        {open + a + ",}", "expected"}, {open + a + "}}", "more bytes"}, {open + a + "} x", "more bytes"}, {open + a + "}" + std::string(1, '\0'), "more bytes"},
        {"{'a':" + a + "}", "expected"}, {"{a:" + a + "}", "expected"}, {"{\"a\" " + a + "}", "expected ':'"}, {"{/**/}", "expected"},
        {"{\"a\":1}", "expected '{'"}, {"{\"a\":null}", "expected '{'"}, {"{\"a\":[]}", "expected '{'"}, {"{\"a\":\"x\"}", "expected '{'"},
        {open + a + ",\"a\":" + a + "}", "occurs twice"}, {"{\"\":" + a + "}", "empty or spelled"}, {"{\"\\u0061\":" + a + "}", "spelled with escapes"},
        {"{\"a\\\"b\":" + a + "}", "spelled with escapes"}, {"{\"\n\":" + a + "}", "control character"}, {"{\"\x7f\":" + a + "}", "control character"},
        {"{\"" + std::string(257, 'n') + "\":" + a + "}", "longer than 256"}, {"{\"\xff\":" + a + "}", "not UTF-8"}, {"{\"\xc0\xaf\":" + a + "}", "not UTF-8"},
        {"{\"\xed\xa0\x80\":" + a + "}", "not UTF-8"}, {"{\"\xf4\x90\x80\x80\":" + a + "}", "not UTF-8"}, {"{\"\xe2\x82\":" + a + "}", "not UTF-8"},
        {R"({"a":{"shape":[1],"data_offsets":[0,4]}})", "lacks"}, {R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", "lacks"},
        {R"({"a":{"dtype":"F32","shape":[1]}})", "lacks"}, {R"({"a":{}})", "lacks"}, {R"({"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}})", "twice"},
        {R"({"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}})", "twice"},
        {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"data_offsets":[0,4]}})", "twice"},
        {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}})", "unknown field"},
        {R"({"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}})", "expected a number"}, {R"({"__metadata__":1})", "expected '{'"},
        {R"({"__metadata__":{"a":1}})", "expected a JSON string"}, {R"({"__metadata__":{"a":{"b":"c"}}})", "expected a JSON string"},
        {R"({"__metadata__":{"a":"b","a":"c"}})", "occurs twice"}, {R"({"__metadata__":{},"__metadata__":{}})", "occurs twice"},
        {R"({"__metadata__":{"a":"\x"}})", "escape"}, {R"({"__metadata__":{"a":"\u12"}})", "is refused"}, {R"({"__metadata__":{"a":"\ud800"}})", "surrogate"},
        {R"({"__metadata__":{"a":"\udc00"}})", "surrogate"}, {"{\"__metadata__\":{\"a\":\"\t\"}}", "control character"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":" + std::string(2000, '['), "is refused"}, {"{\"a\":" + std::string(100'000, '{'), "is refused"}};
    int number = 0;
    for (const auto& [header, refusal] : headers)
        out.push_back({"header " + std::to_string(number++) + " " + header.substr(0, 40), "model.safetensors", withHeader(header, "dddd"), refusal});
}

inline void addNumbers(std::vector<HostileFile>& out) {
    const auto with = [&](const std::string& label, const std::string& refusal, const std::function<void(SafetensorsPieces&)>& change) {
        SafetensorsPieces pieces;
        change(pieces);
        out.push_back({label, "model.safetensors", pieces.file(), refusal});
    };
    for (const std::string n : {"-1", "1.0", "1e0", "+1", "01", "0x1", "NaN", "Infinity", "null", "true", "\"1\"", "{}", "18446744073709551616", "99999999999999999999999999"}) {
        with("dimension " + n, "is refused", [&](auto& p) { p.shapes[1] = "[" + n + "]"; });
        with("offset " + n, "is refused", [&](auto& p) { p.offsets[1] = "[24," + n + "]"; });
    }
    const std::uint64_t ends[3][2] = {{0, 24}, {24, 32}, {32, 37}};
    for (int i = 0; i < 3; ++i)
        for (int side = 0; side < 2; ++side)
            for (const std::uint64_t value : {ends[i][side] - 1, ends[i][side] + 1, std::uint64_t{38}, std::uint64_t{1} << 32, std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
                const std::string other = std::to_string(ends[i][1 - side]), mine = std::to_string(value);
                with("tensor " + std::to_string(i) + (side ? " ends at " : " begins at ") + mine, "is refused",
                     [&](auto& p) { p.offsets[i] = side ? "[" + other + "," + mine + "]" : "[" + mine + "," + other + "]"; });
            }
    for (int i = 0; i < 3; ++i)
        for (const std::string n : {"0", "1", "1099511627776", "1099511627777", "4611686018427387904", "9223372036854775808", "18446744073709551615"})
            with("tensor " + std::to_string(i) + " of " + n + " elements", "is refused", [&](auto& p) { p.shapes[i] = "[" + n + "]"; });
    with("product 2^64", "does not fit", [](auto& p) { p.shapes[0] = "[1099511627776,16777216]"; });
    with("product 2^64 + 24", "is refused", [](auto& p) { p.shapes[0] = "[4294967296,4294967296]"; });
    with("bytes 2^64", "is refused", [](auto& p) { p.shapes[0] = "[1099511627776,4194304]"; });
    with("nine dimensions", "more than 8", [](auto& p) { p.shapes[0] = "[1,1,1,1,1,1,1,2,12]"; });
    with("eight dimensions", "", [](auto& p) { p.shapes[0] = "[1,1,1,1,1,1,2,3]"; });
    with("no dimension", "by its type and shape", [](auto& p) { p.shapes[0] = "[]"; });
    with("one offset", "not two numbers", [](auto& p) { p.offsets[0] = "[0]"; });
    with("no offset", "not two numbers", [](auto& p) { p.offsets[0] = "[]"; });
    with("three offsets", "more than two", [](auto& p) { p.offsets[0] = "[0,24,24]"; });
    with("two tensors on one place", "is refused", [](auto& p) { p.offsets[1] = "[16,24]"; });
    with("a hole", "hole", [](auto& p) { p.offsets[1] = "[25,33]", p.offsets[2] = "[33,38]", p.dataBytes = 38; });
    with("a path as a name", "", [](auto& p) { p.names[0] = "\"../../../etc/passwd\""; });
    with("spaces behind", "", [](auto& p) { p.extra = std::string(1000, ' '); });
    for (const std::string t : {"F64", "C64", "I64", "U64", "I32", "U32", "F16", "I16", "U16", "F8_E4M3", "F8_E5M2", "F8_E8M0", "U8", "I8", "BOOL", "F4", "F6_E2M3", "F6_E3M2"})
        with("type " + t, t == "I32" || t == "U32" ? "" : t.starts_with("F6_") ? "whole bytes" : "by its type and shape", [&](auto& p) { p.types[0] = "\"" + t + "\""; });
    with("an unknown type", "", [](auto& p) { p.types[0] = "\"F99\""; });
    with("a type in lower case", "", [](auto& p) { p.types[0] = "\"f32\""; });
    for (const std::string t : {"1", "null", "[]", "{}"}) with("type " + t, "expected a JSON string", [&](auto& p) { p.types[0] = t; });
}

inline void addGgufRules(std::vector<HostileFile>& out) {
    const auto with = [&](const std::string& label, const std::string& refusal, const std::function<void(GgufWriter&)>& fill) {
        GgufWriter writer;
        fill(writer);
        out.push_back({label, "model.gguf", writer.bytes(), refusal});
    };
    const auto good = [](GgufWriter& w, const std::string& without = "") {
        addMetadata(w, tinyConfig(), without);
        w.addTensor("token_embd.weight", {64, 32}, GgufWriter::F32, std::string(8192, '\0'));
    };
    for (const std::string key : {"general.architecture", "block_count", "context_length", "embedding_length", "attention.head_count", "attention.key_length",
                                  "attention.q_lora_rank", "attention.output_lora_rank", "attention.output_group_count", "attention.sliding_window",
                                  "rope.dimension_count", "expert_count", "expert_used_count", "expert_feed_forward_length", "hash_layer_count",
                                  "hyper_connection.count", "hyper_connection.sinkhorn_iterations", "attention.layer_norm_rms_epsilon", "rope.freq_base",
                                  "attention.compress_rope_freq_base", "expert_weights_scale", "hyper_connection.epsilon", "expert_gating_func",
                                  "swiglu_clamp_exp", "rope.scaling.factor"})
        with("without " + key, key == "general.architecture" ? "architecture" : "lacks deepseek4." + key, [&](auto& w) { good(w, key); });
    for (const std::uint32_t type : {2, 3, 6, 7, 9, 11, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 29, 40})
        with("block type " + std::to_string(type), "does not read", [&](auto& w) { good(w), w.addTensor("output_norm.weight", {32}, type, std::string(128, '\0')); });
    for (const std::uint32_t type : {4u, 5u, 31u, 38u, 41u, 255u, ~0u})
        with("block type " + std::to_string(type), "unknown type", [&](auto& w) { good(w), w.addTensor("output_norm.weight", {32}, type, std::string(128, '\0')); });
    for (const char* name : {"blk.0.attn_q_a.scale", "blk.0.unheard.weight", "rope_freqs.weight", "blk.-1.attn_norm.weight", "blk.00.attn_norm.weight", "blk..attn_norm.weight",
                             "blk.99999999999999999999.attn_norm.weight", "layers.0.attn_norm.weight", "model.embed", "token_embd.weight\n", ""})
        with("tensor named " + std::string(name), "is refused", [&](auto& w) { good(w), w.addTensor(name, {32}, GgufWriter::F32, std::string(128, '\0')); });
    with("tensor twice", "occurs twice", [&](auto& w) { good(w), w.addTensor("token_embd.weight", {32}, GgufWriter::F32, std::string(128, '\0')); });
    with("tensor under two names", "occurs twice", [&](auto& w) {
        good(w);
        for (const char* name : {"blk.0.attn_kv.weight", "blk.0.attn_kv_latent.weight"}) w.addTensor(name, {2, 32}, GgufWriter::F32, std::string(256, '\0'));
    });
    with("key twice", "occurs twice", [&](auto& w) { w.add("x", true), w.add("x", true), good(w); });
    with("key with a space", "plain ASCII", [&](auto& w) { w.add("a b", true), good(w); });
    with("empty key", "empty", [&](auto& w) { w.add("", true), good(w); });
    with("key of 65,536 bytes", "longer than", [&](auto& w) { w.add(std::string(65'536, 'k'), true), good(w); });
    with("key of 65,535 bytes", "", [&](auto& w) { w.add(std::string(65'535, 'k'), true), good(w); });
    for (const std::uint32_t alignment : {0u, 1u, 2u, 4u, 7u, 31u, 33u, 65'535u, 131'072u, 1u << 30, ~0u})
        with("alignment " + std::to_string(alignment), "power of two", [&](auto& w) { w.add("general.alignment", alignment), good(w); });
    for (const std::uint32_t alignment : {8u, 64u, 65'536u})
        with("alignment " + std::to_string(alignment), "", [&](auto& w) { w.alignment = alignment, w.add("general.alignment", alignment), good(w); });
    for (const char* name : {"llama", "deepseek2", "deepseek41", "deepseek4-dspark", ""})
        with("architecture " + std::string(name), "architecture", [&](auto& w) { w.add("general.architecture", std::string(name)), good(w, "general.architecture"); });
    for (const std::uint32_t count : {0u, 129u, 1u << 31, ~0u})
        with("layers " + std::to_string(count), "is refused", [&](auto& w) { w.add("deepseek4.block_count", count), good(w, "block_count"); });
    for (const std::uint32_t kind : {0u, 1u, 2u, 3u, 5u})
        with("gating " + std::to_string(kind), "expert_gating_func", [&](auto& w) { w.add("deepseek4.expert_gating_func", kind), good(w, "expert_gating_func"); });
    with("groups of experts", "grouped routing", [&](auto& w) { w.add("deepseek4.expert_group_count", std::uint32_t{8}), good(w); });
    with("ratio of 5", "ratio other than", [&](auto& w) { w.addArray("deepseek4.attention.compress_ratios", 5, std::vector<std::int32_t>{0, 5, 4}), good(w, "attention.compress_ratios"); });
    with("too few ratios", "fewer entries", [&](auto& w) { w.addArray("deepseek4.attention.compress_ratios", 5, std::vector<std::int32_t>{0}), good(w, "attention.compress_ratios"); });
    with("not a number", "not a finite number", [&](auto& w) { w.add("deepseek4.rope.freq_base", NAN), good(w, "rope.freq_base"); });
    with("clamps that differ", "differs between layers", [&](auto& w) { w.addArray("deepseek4.swiglu_clamp_exp", 6, std::vector<float>{1, 2, 1}), good(w, "swiglu_clamp_exp"); });
    with("experts as a matrix", "dimensions", [&](auto& w) { good(w), w.addTensor("blk.0.ffn_gate_exps.weight", {2, 32}, 0, std::string(256, '\0')); });
    with("norm as a cube", "dimensions", [&](auto& w) { good(w), w.addTensor("blk.0.attn_norm.weight", {1, 1, 32}, 0, std::string(128, '\0')); });
    with("half a block", "whole blocks", [&](auto& w) { good(w), w.addTensor("blk.0.attn_q_a.weight", {2, 48}, GgufWriter::Q8_0, std::string(102, '\0')); });
    with("bytes behind", "follow after", [&](auto& w) { good(w), w.addTensor("output_norm.weight", {32}, 0, std::string(128 + 32, '\0')); });
    with("big-endian", "big-endian", [&](auto& w) { w.version = 0x03000000, good(w); });
    for (const std::uint32_t version : {0u, 1u, 4u, ~0u}) with("version " + std::to_string(version), "version", [&](auto& w) { w.version = version, good(w); });
    with("version 2", "", [&](auto& w) { w.version = 2, good(w); });
}

// Texts of model.safetensors.index.json beside one.safetensors (a), two.safetensors (b), both.safetensors, a dangling
// link, a folder and a pipe, and what must be said of them.
inline std::vector<std::pair<std::string, std::string>> hostileIndexes() {
    const auto map = [](const std::string& inside) { return R"({"metadata":{"total_size":8},"weight_map":{)" + inside + "}}"; };
    const std::string long300(300, 's');
    return {
        {map(R"("a":"one.safetensors","b":"two.safetensors")"), ""}, {"", "is refused"}, {"{}", "no weight_map"}, {"[]", "expected"},
        {R"({"weight_map":[]})", "expected"}, {R"({"weight_map":{}})", "names no tensor"}, {map(R"("a":"../one.safetensors")"), "plain .safetensors file name"},
        {map(R"("a":"/etc/passwd")"), "plain"}, {map(R"("a":"sub/one.safetensors")"), "plain"}, {map(R"("a":"sub\\one.safetensors")"), "plain"},
        {map(R"("a":"..safetensors")"), "plain"}, {map(R"("a":".safetensors")"), "plain"}, {map(R"("a":"one.bin")"), "plain"}, {map(R"("a":"")"), "plain"},
        {map(R"("a":"one\u0000.safetensors")"), "plain"}, {map("\"a\":\"" + long300 + ".safetensors\""), "plain"}, {map(R"("a":1)"), "expected a JSON string"},
        {map(R"("a":null)"), "expected a JSON string"}, {map(R"("a":"absent.safetensors")"), "is missing"}, {map(R"("a":"two.safetensors")"), "is not in its shard"},
        {map(R"("a":"one.safetensors","b":"one.safetensors")"), "is not in its shard"}, {map(R"("a":"one.safetensors","a":"one.safetensors")"), "occurs twice"},
        {map(R"("a":"one.safetensors","":"one.safetensors")"), "empty"}, {map(R"("a":"model-00001-of-00002.safetensors")"), "set of 2 files"},
        {map(R"("a":"one.safetensors","b":"three.safetensors")"), "is missing"}, {map(R"("a":"both.safetensors","b":"two.safetensors")"), "the index places it in"},
        {map(R"("a":"one.safetensors")") + "x", "more bytes"}, {R"({"weight_map":{"a":"one.safetensors"},"weight_map":{}})", "occurs twice"},
        {map(R"("a":"link.safetensors")"), "is missing"}, {map(R"("a":"folder.safetensors")"), "is refused"}, {map(R"("a":"pipe.safetensors")"), ""},
        {map("\"" + std::string(257, 'n') + R"(":"one.safetensors")"), "longer than 256"}};
}

inline std::vector<std::string> hostileConfigs() {
    const std::string deep = std::string(9, '[') + std::string(9, ']');
    return {"", "{", "{} {}", "{\"a\":" + deep + "}", R"({"a":1,"a":2})", "{\"a\":\xff}", "{\"a\":\"\xff\"}", R"({"a":01})", R"({"a":NaN})",
            std::string((1 << 20) + 1, ' ')};
}

} // namespace support
