// GGUF: block formats against vectors of another implementation, metadata to config.json, names, stacked experts,
// split files, the vocabulary.
#include "engine/gguf_model.h"
#include "engine/safetensors.h"
#include "engine/timeline.h"
#include "engine/tokenizer.h"
#include "kernels/gguf_formats.h"
#include "kernels/memory.h"
#include "tests/support/checkpoint_writer.h"

#include <QTemporaryDir>
#include <QTest>

using engine::Weights;
using support::GgufWriter;
namespace fs = std::filesystem;

namespace {

std::string sentence(const std::function<void()>& action) {
    try {
        action();
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "nothing was refused";
}

std::string floats(std::size_t count, float first) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += support::rawBytes(first + static_cast<float>(i));
    return out;
}

// The 256 byte symbols of the byte-level alphabet: printable characters stand for themselves, the others for those
// from U+0100 on, in order.
std::vector<std::string> byteSymbols() {
    std::vector<std::string> out;
    int next = 256;
    for (int byte = 0; byte < 256; ++byte) {
        const bool itself = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
        out.push_back(QString(QChar(itself ? byte : next++)).toStdString());
    }
    return out;
}

void addVocabulary(GgufWriter& writer, const std::vector<std::string>& tokens, const std::vector<std::string>& merges) {
    writer.add("tokenizer.ggml.model", std::string("gpt2"));
    writer.add("tokenizer.ggml.pre", std::string("joyai-llm"));
    writer.addArray("tokenizer.ggml.tokens", 8, tokens);
    std::vector<std::int32_t> types(tokens.size(), 1);
    types[0] = 3;
    writer.addArray("tokenizer.ggml.token_type", 5, types);
    writer.addArray("tokenizer.ggml.merges", 8, merges);
}

} // namespace

class TestGguf : public QObject {
    Q_OBJECT
    QTemporaryDir m_temporary;
    int m_number = 0;

    fs::path place(const std::string& bytes, const std::string& name = "model.gguf") {
        const fs::path folder = fs::path(m_temporary.path().toStdString()) / std::to_string(++m_number);
        fs::create_directory(folder);
        support::writeFile(folder / name, bytes);
        return folder / name;
    }

private slots:
    void decodesBlocksAsOthersDo_data() {
        QTest::addColumn<int>("type");
        for (const auto type : {kernels::Type::Q8_0, kernels::Type::Q2_K, kernels::Type::Q4_K, kernels::Type::IQ2_XXS, kernels::Type::MXFP4})
            QTest::newRow(kernels::typeName(type)) << static_cast<int>(type);
    }
    void decodesBlocksAsOthersDo() {
        QFETCH(int, type);
        const auto t = static_cast<kernels::Type>(type);
        const kernels::Mapping file(fs::path(TEST_DATA) / "gguf/vectors.safetensors");
        const auto tensors = engine::readSafetensorsDirectory(file.bytes(), "vectors");
        const auto find = [&](const std::string& name) {
            return std::find_if(tensors.begin(), tensors.end(), [&](const auto& s) { return s.name == name; });
        };
        const auto blocks = find(std::string(kernels::typeName(t)) + ".blocks"), values = find(std::string(kernels::typeName(t)) + ".values");
        QVERIFY(blocks != tensors.end() && values != tensors.end());
        const std::int64_t count = values->tensor.shape.elements();
        QCOMPARE(static_cast<std::size_t>(count) / kernels::blockElements(t) * kernels::blockBytes(t), std::size_t{blocks->bytes});
        std::vector<float> ours(static_cast<std::size_t>(count));
        kernels::decodeGguf(t, blocks->tensor.as<std::byte>(), count, ours.data());
        for (std::int64_t i = 0; i < count; ++i) // equal bits, but for the sign of zero
            QCOMPARE(ours[static_cast<std::size_t>(i)], values->tensor.f32()[i]);
    }

    void decodesPlainTypes() {
        const std::uint16_t halves[2] = {0x3C00, 0xC100}; // 1 and -2.5
        float out[2];
        kernels::decodeGguf(kernels::Type::F16, reinterpret_cast<const std::byte*>(halves), 2, out);
        QVERIFY(out[0] == 1.0f && out[1] == -2.5f);
        const std::uint16_t brains[2] = {0x3F80, 0xC020};
        kernels::decodeGguf(kernels::Type::BF16, reinterpret_cast<const std::byte*>(brains), 2, out);
        QVERIFY(out[0] == 1.0f && out[1] == -2.5f);
    }

    void writesTheSameConfigAsConfigJson() {
        GgufWriter writer;
        support::addMetadata(writer, support::tinyConfig());
        writer.addTensor("token_embd.weight", {64, 32}, GgufWriter::F32, floats(2048, 0));
        writer.addTensor("output.weight", {64, 32}, GgufWriter::F32, floats(2048, 0));
        const auto weights = Weights::open(place(writer.bytes()));
        QCOMPARE(weights->format(), std::string("GGUF"));
        const auto config = nlohmann::json::parse(weights->configText());
        const auto expected = support::tinyConfig();
        for (const auto& [key, value] : expected.items())
            if (key != "torch_dtype") QVERIFY2(config.contains(key) && config[key] == value, (key + ": " + config.value(key, nlohmann::json()).dump()).c_str());
    }

    void cutsExpertsOutOfAStack() {
        GgufWriter writer;
        support::addMetadata(writer, support::tinyConfig());
        writer.addTensor("blk.2.ffn_gate_exps.weight", {4, 2, 32}, GgufWriter::F32, floats(256, 0));
        const auto weights = Weights::open(place(writer.bytes()));
        QVERIFY(weights->names() == (std::vector<std::string>{"layers.2.ffn.experts.0.w1.weight", "layers.2.ffn.experts.1.w1.weight",
                                                              "layers.2.ffn.experts.2.w1.weight", "layers.2.ffn.experts.3.w1.weight"}));
        const kernels::Weight third = weights->weight("layers.2.ffn.experts.2.w1");
        QVERIFY(third.values.shape == (kernels::Shape{2, 32}) && !third.scales);
        QCOMPARE(third.values.f32()[0], 128.0f);
        QVERIFY(!weights->has("layers.2.ffn.experts.4.w1.weight") && !weights->has("layers.2.ffn.experts.02.w1.weight"));
        QVERIFY(!weights->has("layers.2.ffn.experts.-1.w1.weight") && !weights->has("layers.2.ffn.experts..w1.weight"));
    }

    // Every tensor of the golden model, through the file and back.
    void holdsTheTinyModel() {
        const auto original = Weights::open(fs::path(TEST_DATA) / "tiny");
        const auto plain = Weights::open(place(support::ggufOf(*original, support::GgufKind::F32)));
        QVERIFY(plain->names() == original->names());
        for (const std::string& name : original->names()) {
            const kernels::Tensor a = original->tensor(name), b = plain->tensor(name);
            QVERIFY2(a.shape == b.shape, name.c_str());
            if (a.type == kernels::Type::F32) QVERIFY2(std::memcmp(a.data, b.data, a.bytes()) == 0, name.c_str());
            else for (std::int64_t i = 0; i < a.shape.elements(); ++i) QCOMPARE(std::int64_t{b.as<std::int32_t>()[i]}, a.as<std::int64_t>()[i]);
        }
        const auto packed = Weights::open(place(support::ggufOf(*original, support::GgufKind::Q8_0)));
        const kernels::Tensor exact = original->tensor("layers.1.ffn.experts.5.w2.weight");
        const kernels::Weight rounded = packed->weight("layers.1.ffn.experts.5.w2");
        QVERIFY(rounded.values.type == kernels::Type::Q8_0);
        std::vector<float> values(static_cast<std::size_t>(exact.shape.elements()));
        kernels::decodeGguf(rounded.values.type, rounded.values.as<std::byte>(), exact.shape.elements(), values.data());
        for (std::size_t i = 0; i < values.size(); ++i) QVERIFY(std::fabs(values[i] - exact.f32()[i]) < 0.01f);
    }

    // The same model from files: bit-equal from F32; from Q8_0 bit-equal to its own values widened, close to the original.
    void givesTheSameLogits() {
        const auto original = Weights::open(fs::path(TEST_DATA) / "tiny");
        const auto logits = [](std::shared_ptr<const Weights> weights) {
            const auto model = engine::Model::open(std::move(weights), "reference", kernels::Mode::Exact);
            std::vector<std::int32_t> tokens;
            for (int i = 0; i < 140; ++i) tokens.push_back((i * 37 + i * i) % model->config().vocabulary);
            engine::Timeline timeline(model, 256);
            timeline.sync(tokens);
            return std::vector<float>(timeline.logits().begin(), timeline.logits().end());
        };
        const std::vector<float> expected = logits(original);
        QVERIFY(logits(Weights::open(place(support::ggufOf(*original, support::GgufKind::F32)))) == expected);
        const std::vector<float> rounded = logits(Weights::open(place(support::ggufOf(*original, support::GgufKind::Q8_0))));
        QVERIFY(logits(Weights::open(place(support::ggufOf(*original, support::GgufKind::RoundedF32)))) == rounded);
        double product = 0, a = 0, b = 0;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            product += double(expected[i]) * double(rounded[i]);
            a += double(expected[i]) * double(expected[i]), b += double(rounded[i]) * double(rounded[i]);
        }
        const double cosine = product / std::sqrt(a * b);
        qInfo("cosine of the logits %.6f", cosine);
        QVERIFY(rounded != expected && cosine > 0.99);
    }

    void readsSplitFiles() {
        GgufWriter first, second;
        support::addMetadata(first, support::tinyConfig());
        first.add("split.count", std::uint32_t{2}), first.add("split.no", std::uint32_t{0});
        first.addTensor("token_embd.weight", {64, 32}, GgufWriter::F32, floats(2048, 0));
        second.add("split.count", std::uint32_t{2}), second.add("split.no", std::uint32_t{1});
        second.addTensor("output_norm.weight", {32}, GgufWriter::F32, floats(32, 5));
        const fs::path file = place(first.bytes(), "tiny-00001-of-00002.gguf");
        QVERIFY(sentence([&] { Weights::open(file); }).find("tiny-00002-of-00002.gguf is missing") != std::string::npos);
        support::writeFile(file.parent_path() / "tiny-00002-of-00002.gguf", second.bytes());
        const auto weights = Weights::open(file.parent_path());
        QVERIFY(weights->names() == (std::vector<std::string>{"embed.weight", "norm.weight"}));
        QCOMPARE(weights->tensor("norm.weight").f32()[0], 5.0f);
        support::writeFile(file.parent_path() / "tiny-00002-of-00002.gguf", first.bytes());
        QVERIFY(sentence([&] { Weights::open(file); }).find("split.no") != std::string::npos);
    }

    void leavesDraftsOut() {
        GgufWriter writer;
        auto config = support::tinyConfig();
        config["num_hidden_layers"] = 4;
        config["compress_ratios"] = {0, 4, 128, 0};
        support::addMetadata(writer, config);
        writer.add("deepseek4.nextn_predict_layers", std::uint32_t{1});
        for (const char* name : {"blk.2.attn_norm.weight", "blk.3.attn_norm.weight", "blk.3.nextn.enorm.weight", "mtp.0.norm.weight"})
            writer.addTensor(name, {32}, GgufWriter::F32, floats(32, 0));
        const auto weights = Weights::open(place(writer.bytes()));
        QVERIFY(weights->names() == (std::vector<std::string>{"layers.2.attn_norm.weight"}));
        QVERIFY(nlohmann::json::parse(weights->configText())["compress_ratios"] == (nlohmann::json{0, 4, 128}));
    }

    void givesTheVocabulary() {
        GgufWriter writer;
        support::addMetadata(writer, support::tinyConfig());
        writer.addTensor("output_norm.weight", {32}, GgufWriter::F32, floats(32, 0));
        std::vector<std::string> tokens{"<begin>"};
        for (const std::string& symbol : byteSymbols()) tokens.push_back(symbol);
        tokens.push_back("ab");
        addVocabulary(writer, tokens, {"a b"});
        const std::string text = Weights::open(place(writer.bytes()))->tokenizerText();
        const auto words = engine::Tokenizer::fromJson(text);
        using engine::AddedTokens;
        QVERIFY(words->encode("ab", AddedTokens::Ignore) == (std::vector<engine::TokenId>{257}));
        QVERIFY(words->encode("<begin>", AddedTokens::Match) == (std::vector<engine::TokenId>{0}));
        QCOMPARE(words->encode("<begin>", AddedTokens::Ignore).size(), std::size_t{7});
        QCOMPARE(words->decode(words->encode("\xe4\xbd\xa0 ab\n", AddedTokens::Ignore)), std::string("\xe4\xbd\xa0 ab\n"));
        const auto tokenizer = nlohmann::json::parse(text);
        QVERIFY(tokenizer["model"]["vocab"]["ab"] == nlohmann::json(257));
        QVERIFY(tokenizer["model"]["merges"] == nlohmann::json::array({"a b"}));
        QCOMPARE(tokenizer["added_tokens"].size(), std::size_t{1});
        QVERIFY(tokenizer["added_tokens"][0]["content"] == nlohmann::json("<begin>"));
        QCOMPARE(tokenizer["pre_tokenizer"]["pretokenizers"].size(), std::size_t{4});
    }

    void refusesBadVocabularies() {
        const auto said = [&](const std::vector<std::string>& tokens, const std::vector<std::string>& merges) {
            GgufWriter writer;
            support::addMetadata(writer, support::tinyConfig());
            writer.addTensor("output_norm.weight", {32}, GgufWriter::F32, floats(32, 0));
            addVocabulary(writer, tokens, merges);
            const auto weights = Weights::open(place(writer.bytes()));
            return sentence([&] { (void)weights->tokenizerText(); });
        };
        QVERIFY(said({"x", "a", "a"}, {}).find("\"a\" occurs twice") != std::string::npos);
        QVERIFY(said({"x", "\xff"}, {}).find("not UTF-8") != std::string::npos);
        for (const char* merge : {"ab", "a b c", " b", "a ", ""})
            QVERIFY(said({"x", "a", "b"}, {merge}).find("one space") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestGguf)
#include "tst_gguf.moc"
