// Safetensors that are as they should be: what Weights says of them, in every layout people have on disk.
#include "engine/safetensors.h"
#include "engine/weights.h"
#include "kernels/memory.h"
#include "tests/support/checkpoint_writer.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/mman.h>
#include <unistd.h>

using engine::Weights;
using support::FileTensor;
namespace fs = std::filesystem;

namespace {

std::string floats(std::initializer_list<float> values) {
    std::string out;
    for (const float v : values) out += support::rawBytes(v);
    return out;
}

std::string sentence(const std::function<void()>& action) {
    try {
        action();
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "nothing was refused";
}

#define REFUSED(action, words) \
    do { \
        const std::string said = sentence([&] { (void)(action); }); \
        QVERIFY2(said.find(words) != std::string::npos, said.c_str()); \
    } while (false)

} // namespace

class TestSafetensors : public QObject {
    Q_OBJECT
    QTemporaryDir m_temporary;
    int m_number = 0;

    fs::path folder() {
        const fs::path path = fs::path(m_temporary.path().toStdString()) / std::to_string(++m_number);
        fs::create_directory(path);
        support::writeFile(path / "config.json", support::tinyConfig().dump());
        return path;
    }
    std::shared_ptr<const Weights> single(const std::vector<FileTensor>& tensors, std::size_t padTo = 8) {
        const fs::path path = folder();
        support::writeFile(path / "model.safetensors", support::safetensorsFile(tensors, padTo));
        return Weights::open(path);
    }

private slots:
    void readsOneFile() {
        const auto weights = single({{"a.weight", "F32", {2, 3}, floats({1, 2, 3, 4, 5, 6})}, {"b", "I64", {1}, std::string(8, '\0')}});
        QCOMPARE(weights->format(), std::string("safetensors"));
        QCOMPARE(weights->bytes(), std::uint64_t{32});
        QVERIFY(weights->names() == (std::vector<std::string>{"a.weight", "b"}));
        QVERIFY(weights->has("b") && !weights->has("c") && !weights->has(""));
        const kernels::Tensor a = weights->tensor("a.weight");
        QVERIFY(a.shape == (kernels::Shape{2, 3}));
        QCOMPARE(a.f32()[4], 5.0f);
        QVERIFY(weights->weight("a").values.data == a.data && !weights->weight("a").scales);
        QVERIFY(nlohmann::json::parse(weights->configText()) == support::tinyConfig());
        QCOMPARE(weights->tokenizerText(), std::string());
        REFUSED(weights->tensor("layers.0.absent"), "no tensor \"layers.0.absent\"");
    }

    void readsEveryLayoutOfAFolder() {
        const std::string file = support::safetensorsFile({{"a.weight", "F32", {1}, floats({7})}});
        const fs::path other = folder();
        support::writeFile(other / "anything.safetensors", file);
        support::writeFile(other / "tokenizer.json", "{}");
        QCOMPARE(Weights::open(other)->tensor("a.weight").f32()[0], 7.0f);
        QCOMPARE(Weights::open(other / "anything.safetensors")->tokenizerText(), std::string("{}"));
        const fs::path linked = folder(); // as in a Hugging Face cache
        fs::create_symlink(other / "anything.safetensors", linked / "model.safetensors");
        QCOMPARE(Weights::open(linked)->tensor("a.weight").f32()[0], 7.0f);
        support::writeFile(other / "second.safetensors", file);
        REFUSED(Weights::open(other), "name one of the files");
        support::writeFile(other / "second.config.json", R"({"its": "own"})");
        QCOMPARE(Weights::open(other / "second.safetensors")->configText(), std::string(R"({"its": "own"})"));
        fs::remove(other / "config.json");
        REFUSED(Weights::open(other / "anything.safetensors"), "no config.json");
        REFUSED(Weights::open(other / "absent"), "There is no model at");
    }

    void readsShards() {
        const fs::path path = folder();
        support::writeFile(path / "model-00001-of-00002.safetensors",
                           support::safetensorsFile({{"a.weight", "F32", {1}, floats({1})}, {"extra", "F32", {1}, floats({9})}}));
        support::writeFile(path / "model-00002-of-00002.safetensors", support::safetensorsFile({{"b.weight", "F32", {1}, floats({2})}}));
        support::writeFile(path / "model.safetensors.index.json",
                           R"({"metadata": {"total_size": 8}, "weight_map": {"a.weight": "model-00001-of-00002.safetensors",
                               "b.weight": "model-00002-of-00002.safetensors"}})");
        const auto weights = Weights::open(path);
        QVERIFY(weights->names() == (std::vector<std::string>{"a.weight", "b.weight"}));
        QCOMPARE(weights->tensor("b.weight").f32()[0], 2.0f);
        fs::remove(path / "model-00002-of-00002.safetensors");
        REFUSED(Weights::open(path), "model-00002-of-00002.safetensors of its index is missing");
    }

    void knowsOtherSpellings() {
        const auto weights = single({{"model.layers.0.x.weight", "F8_E4M3", {1, 1}, "\x38"},
                                     {"model.layers.0.x.weight_scale_inv", "F8_E8M0", {1, 1}, "\x7f"}});
        QVERIFY(weights->names() == (std::vector<std::string>{"layers.0.x.scale", "layers.0.x.weight"}));
        QVERIFY(weights->weight("layers.0.x").scales);
        REFUSED(single({{"model.a", "F32", {1}, floats({1})}, {"a", "F32", {1}, floats({1})}}), "\"a\" occurs twice");
    }

    void pairsValuesWithScales() {
        const auto weights = single({{"fp8.weight", "F8_E4M3", {130, 256}, std::string(130 * 256, '\x38')},
                                     {"fp8.scale", "F8_E8M0", {2, 2}, std::string(4, '\x7f')},
                                     {"fp4.weight", "I8", {3, 32}, std::string(96, '\x21')},
                                     {"fp4.scale", "F8_E8M0", {3, 2}, std::string(6, '\x7f')},
                                     {"u8.weight", "U8", {1, 16}, std::string(16, '\x21')},
                                     {"u8.scale", "F8_E8M0", {1, 1}, "\x7f"}});
        QVERIFY(weights->weight("fp8").values.type == kernels::Type::F8E4M3);
        QVERIFY(weights->weight("fp4").values.type == kernels::Type::F4E2M1);
        QVERIFY(weights->weight("fp4").values.shape == (kernels::Shape{3, 64}));
        QCOMPARE(weights->weight("fp4").values.bytes(), std::size_t{96});
        QVERIFY(weights->weight("u8").values.shape == (kernels::Shape{1, 32}));
    }

    void refusesScalesThatDoNotFit() {
        const auto with = [&](const char* type, std::vector<std::int64_t> shape, const char* scaleType,
                              std::vector<std::int64_t> scaleShape, std::size_t scaleBytes, char scale = '\x7f') {
            std::size_t bytes = 1;
            for (const auto size : shape) bytes *= static_cast<std::size_t>(size);
            if (std::string(type) == "F32") bytes *= 4;
            return single({{"w.weight", type, shape, std::string(bytes, '\0')},
                           {"w.scale", scaleType, scaleShape, std::string(scaleBytes, scale)}})->weight("w");
        };
        REFUSED(with("F8_E4M3", {129, 128}, "F8_E8M0", {1, 1}, 1), "F8_E8M0 [2, 1] belongs");
        REFUSED(with("F8_E4M3", {128, 128}, "F32", {1, 1}, 4), "where F8_E8M0 [1, 1] belongs");
        REFUSED(with("I8", {2, 16}, "F8_E8M0", {2, 2}, 4), "where F8_E8M0 [2, 1] belongs");
        REFUSED(with("I8", {2, 8}, "F8_E8M0", {2, 1}, 2), "not a multiple of 32");
        REFUSED(with("F32", {1, 1}, "F8_E8M0", {1, 1}, 1), "it has scales");
        REFUSED(with("F8_E4M3", {128, 128}, "F8_E8M0", {1, 1}, 1, '\xff'), "not a number");
        REFUSED(single({{"w.weight", "F8_E4M3", {1, 1}, "x"}})->weight("w"), "its scales are missing");
        REFUSED(single({{"w.weight", "F64", {1, 1}, std::string(8, 'x')}})->weight("w"), "stored as F64");
        REFUSED(single({{"w.weight", "I64", {1, 1}, std::string(8, 'x')}})->weight("w"), "not one of weights");
    }

    void movesWhatLiesCrooked() {
        const auto weights = single({{"i", "I8", {3}, "abc"}, {"a.weight", "F32", {2}, floats({1.5f, -2})}, {"b", "I64", {1}, std::string(8, '\x01')}}, 1);
        const kernels::Tensor a = weights->tensor("a.weight"), b = weights->tensor("b");
        QCOMPARE(reinterpret_cast<std::uintptr_t>(a.data) % 4, std::uintptr_t{0});
        QCOMPARE(reinterpret_cast<std::uintptr_t>(b.data) % 8, std::uintptr_t{0});
        QCOMPARE(a.f32()[1], -2.0f);
        QCOMPARE(b.as<std::int64_t>()[0], std::int64_t{0x0101010101010101});
    }

    void namesACheckpointByItsContent() {
        const auto print = [&](float value, const char* name) { return single({{name, "F32", {1}, floats({value})}})->fingerprint(); };
        const std::string one = print(1, "a");
        QCOMPARE(one.size(), std::size_t{64});
        QCOMPARE(print(1, "a"), one);
        QVERIFY(print(1.0000001f, "a") != one);
        QVERIFY(print(1, "b") != one);
    }

    // The data lies in pages that cannot be read: a directory read that touched one would end the program.
    void doesNotTouchTensorsWhileReading() {
        const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
        std::string file = support::safetensorsFile({{"a", "F32", {1024}, std::string(4096, 'x')}}, 1);
        std::string header = file.substr(8, file.size() - 8 - 4096);
        header.resize(page - 8, ' ');
        auto* memory = static_cast<std::byte*>(mmap(nullptr, page + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        QVERIFY(memory != MAP_FAILED);
        const std::string start = support::rawBytes(static_cast<std::uint64_t>(header.size())) + header;
        std::memcpy(memory, start.data(), page);
        QCOMPARE(mprotect(memory + page, 4096, PROT_NONE), 0);
        const auto tensors = engine::readSafetensorsDirectory({memory, page + 4096}, "guarded");
        QCOMPARE(tensors.size(), std::size_t{1});
        QVERIFY(tensors[0].tensor.data == memory + page);
        munmap(memory, page + 4096);
    }

    void opensTheGoldens_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("tensors");
        QTest::newRow("tiny-a") << "tiny-a" << 255;
        QTest::newRow("tiny-b") << "tiny-b" << 386;
        QTest::newRow("tiny-q") << "tiny-q" << 477;
    }
    void opensTheGoldens() {
        QFETCH(QString, name);
        QFETCH(int, tensors);
        const fs::path file = fs::path(SHARED_GOLDENS) / (name.toStdString() + ".safetensors");
        if (!fs::exists(file)) QSKIP("the full goldens are not beside this folder");
        const auto weights = Weights::open(file);
        QCOMPARE(static_cast<int>(weights->names().size()), tensors);
        QVERIFY(weights->weight("layers.0.ffn.experts.1.w2").values);
        QVERIFY(weights->weight("layers.0.attn.wq_a").values);
    }
};

QTEST_GUILESS_MAIN(TestSafetensors)
#include "tst_safetensors.moc"
