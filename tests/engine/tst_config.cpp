// ModelConfig: the published configurations give the published numbers; everything else is refused with a sentence.
#include "engine/config.h"
#include "tests/support/formula_weights.h"

#include <nlohmann/json.hpp>

#include <QtTest>

using engine::ModelConfig;
using Json = nlohmann::json;

namespace {

Json flash() {
    Json c = Json::parse(support::v4TinyConfig());
    c.update(Json::parse(R"({"vocab_size":129280,"hidden_size":4096,"num_hidden_layers":43,"num_attention_heads":64,"q_lora_rank":1024,
        "o_groups":8,"o_lora_rank":1024,"index_n_heads":64,"index_topk":512,"moe_intermediate_size":2048,"n_routed_experts":256,
        "num_experts_per_tok":6,"num_hash_layers":3,"swiglu_limit":10.0,"num_nextn_predict_layers":1,"max_position_embeddings":1048576,
        "expert_dtype":"fp4","topk_method":"noaux_tc","hidden_act":"silu","attention_bias":false,
        "quantization_config":{"quant_method":"fp8","fmt":"e4m3","scale_fmt":"ue8m0","weight_block_size":[128,128]}})"));
    Json ratios = Json::array({0, 0});
    for (int i = 0; i < 20; ++i) ratios.push_back(4), ratios.push_back(128);
    ratios.push_back(4);
    ratios.push_back(0); // the draft stage
    c["compress_ratios"] = ratios;
    return c;
}

Json pro() {
    Json c = flash();
    c.update(Json::parse(R"({"hidden_size":7168,"num_hidden_layers":61,"num_attention_heads":128,"q_lora_rank":1536,"o_groups":16,
        "index_topk":1024,"moe_intermediate_size":3072,"n_routed_experts":384,"routed_scaling_factor":2.5})"));
    Json ratios = Json::array({128, 128});
    for (int i = 0; i < 29; ++i) ratios.push_back(4), ratios.push_back(128);
    ratios.push_back(4);
    for (int i = 0; i < 3; ++i) ratios.push_back(0);
    c["compress_ratios"] = ratios;
    return c;
}

Json nano() {
    Json c = flash();
    c.update(Json::parse(R"({"vocab_size":18432,"hidden_size":576,"num_hidden_layers":12,"num_attention_heads":9,"head_dim":128,
        "q_lora_rank":256,"o_groups":3,"o_lora_rank":128,"compress_ratios":[0,0,4,128,4,128,4,128,4,128,4,128],"rope_theta":100000,
        "compress_rope_theta":100000,"index_n_heads":2,"moe_intermediate_size":128,"n_routed_experts":11,"num_hash_layers":1,
        "routed_scaling_factor":6.0,"num_nextn_predict_layers":0,"tie_word_embeddings":true})"));
    return c;
}

QString refusal(const std::string& text) {
    try {
        ModelConfig::parse(text);
    } catch (const std::runtime_error& e) {
        return QString::fromStdString(e.what());
    }
    return {};
}

} // namespace

class ConfigTest : public QObject {
    Q_OBJECT

private slots:
    void publishedSizes();
    void draftEntries();
    void nanoAndTiny();
    void everyKeyIsNeeded();
    void ranges_data();
    void ranges();
    void otherArchitectures();
    void hostileTexts();
};

void ConfigTest::publishedSizes() {
    const ModelConfig f = ModelConfig::parse(flash().dump()), p = ModelConfig::parse(pro().dump());
    auto near = [](std::int64_t value, double billions) { return std::fabs(double(value) / 1e9 - billions) < 0.0006; };
    QVERIFY2(near(f.parameters(), 284.332), qPrintable(QString::number(f.parameters())));
    QVERIFY2(near(f.activeParameters(), 13.270), qPrintable(QString::number(f.activeParameters())));
    QVERIFY2(near(p.parameters(), 1572.997), qPrintable(QString::number(p.parameters())));
    QVERIFY2(near(p.activeParameters(), 48.852), qPrintable(QString::number(p.activeParameters())));
    QVERIFY(f.quantised);
    // Growth per token: 3514.25 and 5031.44 bytes.
    const std::int64_t million = 1048576;
    QVERIFY(std::fabs(double(f.cacheBytes(million, true) - f.cacheBytes(0, true)) / million - 3514.25) < 0.01);
    QVERIFY(std::fabs(double(p.cacheBytes(million, true) - p.cacheBytes(0, true)) / million - 5031.44) < 0.01);
}

void ConfigTest::draftEntries() {
    Json c = flash();
    QCOMPARE(ModelConfig::parse(c.dump()).draftEntries, 1);
    c["compress_ratios"].push_back(0);
    c["compress_ratios"].push_back(0); // DSpark: three stages
    const ModelConfig config = ModelConfig::parse(c.dump());
    QCOMPARE(config.draftEntries, 3);
    QCOMPARE(config.compressRatios.size(), std::size_t{43});
    QCOMPARE(config.ratio(42), 4);
    c["compress_ratios"][44] = 4;
    QVERIFY(refusal(c.dump()).contains("draft"));
    c["compress_ratios"] = Json::array({0, 4});
    QVERIFY(refusal(c.dump()).contains("compress_ratios has 2 entries for 43 layers"));
}

void ConfigTest::nanoAndTiny() {
    const ModelConfig n = ModelConfig::parse(nano().dump());
    QVERIFY(n.tiedEmbedding);
    QCOMPARE(n.groupInput(), 384);
    QVERIFY(std::llabs(n.parameters() - 58630322) < 1000);
    const ModelConfig t = ModelConfig::parse(support::v4TinyConfig());
    QVERIFY(!t.quantised);
    QCOMPARE(t.mixRows(), 24);
    // Index keys of any width, as long as nothing is rounded.
    Json odd = Json::parse(support::v4TinyConfig());
    odd["index_head_dim"] = 96;
    QCOMPARE(ModelConfig::parse(odd.dump()).indexWidth, 96);
    // Without an indexer its keys may be missing.
    Json c = nano();
    for (auto& ratio : c["compress_ratios"])
        if (ratio == 4) ratio = 128;
    for (const char* key : {"index_n_heads", "index_head_dim", "index_topk"}) c.erase(key);
    QCOMPARE(ModelConfig::parse(c.dump()).indexHeads, 0);
    c["rope_scaling"] = nullptr;
    QCOMPARE(ModelConfig::parse(c.dump()).ropeFrequencies(128), ModelConfig::parse(c.dump()).ropeFrequencies(0));
}

void ConfigTest::everyKeyIsNeeded() {
    for (const char* key :
         {"model_type", "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "head_dim", "qk_rope_head_dim",
          "q_lora_rank", "o_groups", "o_lora_rank", "sliding_window", "compress_ratios", "compress_rope_theta", "rope_theta",
          "rope_scaling", "index_n_heads", "index_head_dim", "index_topk", "hc_mult", "hc_sinkhorn_iters", "moe_intermediate_size",
          "n_routed_experts", "n_shared_experts", "num_experts_per_tok", "num_hash_layers", "routed_scaling_factor", "swiglu_limit",
          "max_position_embeddings"}) {
        Json c = flash();
        c.erase(key);
        QVERIFY2(refusal(c.dump()).contains(key), key);
    }
    Json c = flash();
    c.erase("hc_eps");
    c.erase("rms_norm_eps");
    QCOMPARE(ModelConfig::parse(c.dump()).normEpsilon, 1e-6);
}

void ConfigTest::ranges_data() {
    QTest::addColumn<QString>("patch");
    QTest::addColumn<QString>("word");
    const char* rows[][2] = {
        {R"({"vocab_size":0})", "vocab_size"},
        {R"({"vocab_size":-5})", "vocab_size"},
        {R"({"vocab_size":1e300})", "vocab_size"},
        {R"({"vocab_size":9223372036854775807})", "vocab_size"},
        {R"({"vocab_size":"129280"})", "vocab_size"},
        {R"({"hidden_size":4096.5})", "whole number"},
        {R"({"hidden_size":[4096]})", "hidden_size"},
        {R"({"num_hidden_layers":100000})", "num_hidden_layers"},
        {R"({"head_dim":64})", "qk_rope_head_dim"},
        {R"({"head_dim":511})", "even"},
        {R"({"o_groups":7})", "o_groups"},
        {R"({"num_attention_heads":4096,"head_dim":8192})", "num_attention_heads"},
        {R"({"index_head_dim":96})", "power of two"},
        {R"({"index_head_dim":32})", "index_head_dim"},
        {R"({"index_topk":0})", "index_topk"},
        {R"({"sliding_window":0})", "sliding_window"},
        {R"({"num_experts_per_tok":257})", "num_experts_per_tok"},
        {R"({"num_hash_layers":44})", "num_hash_layers"},
        {R"({"n_shared_experts":2})", "n_shared_experts"},
        {R"({"num_key_value_heads":8})", "num_key_value_heads"},
        {R"({"rope_theta":0})", "rope_theta"},
        {R"({"rope_theta":-1})", "rope_theta"},
        {R"({"rope_scaling":{"type":"linear","factor":4}})", "yarn"},
        {R"({"rope_scaling":{"type":"yarn"}})", "rope_scaling.factor"},
        {R"({"rope_scaling":7})", "rope_scaling"},
        {R"({"hc_mult":100})", "hc_mult"},
        {R"({"hc_eps":-1e-6})", "hc_eps"},
        {R"({"rms_norm_eps":0})", "rms_norm_eps"},
        {R"({"swiglu_limit":-1})", "swiglu_limit"},
        {R"({"scoring_func":"softmax"})", "scoring_func"},
        {R"({"topk_method":"greedy"})", "topk_method"},
        {R"({"hidden_act":"gelu"})", "hidden_act"},
        {R"({"norm_topk_prob":false})", "norm_topk_prob"},
        {R"({"attention_bias":true})", "attention_bias"},
        {R"({"tie_word_embeddings":"no"})", "tie_word_embeddings"},
        {R"({"compress_ratios":{}})", "compress_ratios"},
        {R"({"eos_token_id":129280})", "eos_token_id"},
        {R"({"max_position_embeddings":0})", "max_position_embeddings"},
    };
    for (const auto& row : rows) QTest::newRow(row[0]) << row[0] << row[1];
    QTest::newRow("a ratio of 2") << R"({"num_hidden_layers":3,"num_hash_layers":0,"compress_ratios":[0,2,4]})" << "must be 0, 4 or 128";
    QTest::newRow("a ratio as text") << R"({"num_hidden_layers":3,"num_hash_layers":0,"compress_ratios":[0,"4",4]})" << "compress_ratios";
}

void ConfigTest::ranges() {
    QFETCH(QString, patch);
    QFETCH(QString, word);
    Json c = flash();
    c.update(Json::parse(patch.toStdString()));
    const QString sentence = refusal(c.dump());
    QVERIFY2(sentence.contains(word), qPrintable(sentence));
    QVERIFY(sentence.startsWith("config.json: ") && sentence.endsWith('.'));
}

void ConfigTest::otherArchitectures() {
    Json c = flash();
    c["model_type"] = "deepseek_v41";
    QVERIFY(refusal(c.dump()).contains("V4.1"));
    c["model_type"] = "llama";
    QVERIFY(refusal(c.dump()).contains("\"llama\""));
    c["model_type"] = std::string("\x1b[31mred\n", 9); // a name cannot move the cursor of a terminal
    QVERIFY(!refusal(c.dump()).contains(QChar(27)) && !refusal(c.dump()).isEmpty());
}

void ConfigTest::hostileTexts() {
    for (const std::string& text : {std::string(), std::string("null"), std::string("[]"), std::string("{"), std::string("\"deepseek_v4\""),
                                    std::string(100000, '['), std::string("{\"model_type\":\"deepseek_v4\",\"model_type\":\"llama\"}"),
                                    std::string("\xff\xfe{}"), flash().dump() + "x"})
        QVERIFY2(!refusal(text).isEmpty(), text.substr(0, 40).c_str());
}

QTEST_GUILESS_MAIN(ConfigTest)
#include "tst_config.moc"
