// Opening models: what is bound, what is refused and in which words.
#include "engine/timeline.h"
#include "tests/support/formula_weights.h"

#include <QtTest>

#include <functional>
#include <limits>

namespace {

using Weights = support::FormulaWeights;

QString refusal(const std::function<void(Weights&)>& damage) {
    const auto weights = std::make_shared<Weights>(support::smallConfig());
    damage(*weights);
    try {
        engine::Model::open(weights, "reference", engine::Mode::Exact);
    } catch (const std::runtime_error& e) {
        return QString::fromStdString(e.what());
    }
    return {};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
    return text;
}

} // namespace

class ModelTest : public QObject {
    Q_OBJECT

private slots:
    void refusals();
    void tiedEmbedding();
    void modeFollowsTheCheckpoint();
    void bundledTinyModel();
    void identity();
};

void ModelTest::refusals() {
    QCOMPARE(refusal([](Weights&) {}), QString());
    for (const char* name : {"embed.weight", "head.weight", "norm.weight", "hc_head_fn", "layers.0.attn.wq_a.weight", "layers.1.attn.indexer.compressor.ape",
                             "layers.2.attn.compressor.wgate.weight", "layers.0.ffn.gate.tid2eid", "layers.3.ffn.gate.bias",
                             "layers.2.ffn.experts.3.w2.weight", "layers.1.ffn.shared_experts.w1.weight"}) {
        const QString sentence = refusal([&](Weights& w) { w.remove(name); });
        QVERIFY2(sentence.contains(name), qPrintable(sentence));
    }
    QString sentence = refusal([](Weights& w) { w.reshape("layers.1.attn.wo_a.weight", {32, 16}); });
    QVERIFY2(sentence.contains("layers.1.attn.wo_a.weight") && sentence.contains("[32, 16]") && sentence.contains("[16, 32]"), qPrintable(sentence));
    sentence = refusal([](Weights& w) { w.reshape("layers.3.attn.attn_sink", {1}); });
    QVERIFY2(sentence.contains("attn_sink"), qPrintable(sentence));
    for (const std::int64_t expert : {-1, 4, 1000000}) {
        sentence = refusal([&](Weights& w) { w.tableValue("layers.0.ffn.gate.tid2eid", 7) = expert; });
        QVERIFY2(sentence.contains("tid2eid") && sentence.contains(QString::number(expert)), qPrintable(sentence));
    }
    sentence = refusal([](Weights& w) { w.value("layers.2.attn_norm.weight", 3) = std::numeric_limits<float>::quiet_NaN(); });
    QVERIFY2(sentence.contains("layers.2.attn_norm.weight") && sentence.contains("not finite"), qPrintable(sentence));
    sentence = refusal([](Weights& w) { w.retype("layers.2.attn_norm.weight", kernels::Type::I32); });
    QVERIFY2(sentence.contains("I32"), qPrintable(sentence));
    QVERIFY(sentence.endsWith('.'));
}

void ModelTest::tiedEmbedding() {
    const auto tied = std::make_shared<Weights>(replaced(support::smallConfig(), "\"tie_word_embeddings\":false", "\"tie_word_embeddings\":true"));
    QVERIFY(!tied->has("head.weight"));
    const auto untied = std::make_shared<Weights>(support::smallConfig());
    for (std::size_t i = 0; i < 64 * 32; ++i) untied->value("head.weight", i) = untied->value("embed.weight", i);
    engine::Timeline first(engine::Model::open(tied, "reference", engine::Mode::Model), 50);
    engine::Timeline second(engine::Model::open(untied, "reference", engine::Mode::Model), 50);
    first.sync(support::formulaTokens(40, 64));
    second.sync(support::formulaTokens(40, 64));
    QVERIFY(std::equal(first.logits().begin(), first.logits().end(), second.logits().begin(), second.logits().end()));
}

void ModelTest::modeFollowsTheCheckpoint() {
    const std::string plain = support::smallConfig();
    QVERIFY(engine::Model::modeOf(engine::ModelConfig::parse(plain)) == engine::Mode::Exact);
    const std::string quantised = replaced(plain, "{\"model_type\"", R"({"quantization_config":{"quant_method":"fp8"},"model_type")");
    QVERIFY(engine::Model::modeOf(engine::ModelConfig::parse(quantised)) == engine::Mode::Model);
    // Index keys of a width without a Hadamard rotation run where nothing is rounded, and only there.
    const auto odd = std::make_shared<Weights>(replaced(plain, "\"index_head_dim\":16", "\"index_head_dim\":24"));
    engine::Timeline timeline(engine::Model::open(odd, "reference", engine::Mode::Exact), 50);
    timeline.sync(support::formulaTokens(40, 64));
    QVERIFY_EXCEPTION_THROWN(engine::Model::open(odd, "reference", engine::Mode::Model), std::runtime_error);
}

void ModelTest::bundledTinyModel() {
    const auto model = engine::Model::open(std::filesystem::path(TEST_DATA) / "tiny");
    QCOMPARE(model->config().layers, 6);
    QVERIFY(model->mode() == engine::Mode::Exact);
    QVERIFY(!engine::devices(model->mode()).empty());
    engine::Timeline timeline(model, 100);
    timeline.sync(std::vector<std::int32_t>{1, 2, 3});
    QCOMPARE(timeline.logits().size(), std::size_t(model->config().vocabulary));
}

void ModelTest::identity() {
    const auto weights = std::make_shared<Weights>(support::smallConfig());
    const auto model = engine::Model::open(weights, "reference", engine::Mode::Model), exact = engine::Model::open(weights, "reference", engine::Mode::Exact);
    const auto other = engine::Model::open(std::make_shared<Weights>(support::v4TinyConfig()), "reference", engine::Mode::Model);
    QCOMPARE(model->identity(), engine::Model::open(weights, "reference", engine::Mode::Model)->identity());
    QVERIFY(model->identity() != exact->identity());
    QVERIFY(model->identity() != other->identity());
}

QTEST_GUILESS_MAIN(ModelTest)
#include "tst_model.moc"
