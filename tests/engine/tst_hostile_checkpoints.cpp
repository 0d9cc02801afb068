// Checkpoints as an attacker would make them: every one is refused with a sentence, or loads and is what it says; in
// less than 200 ms and 64 MB, and the program lives on. One file per rule, every field at its edges, cuts, mutants.
#include "engine/gguf.h"
#include "engine/safetensors.h"
#include "engine/weights.h"
#ifndef Q_MOC_RUN // moc loses count of the braces in its broken JSON
#include "tests/support/hostile_checkpoints.h"
#endif
#include "tests/support/process_memory.h"

#include <QTemporaryDir>
#include <QTest>

#include <ctime>
#include <random>

#include <sys/stat.h>

using engine::Weights;
using support::GgufWriter;
namespace fs = std::filesystem;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool measured = false; // the sanitizer's own memory and time would be measured
#else
constexpr bool measured = true;
#endif
constexpr double mostMilliseconds = 200;
constexpr std::int64_t mostBytes = 64 << 20;

// Of this process: other programs on a busy machine do not count.
double processorMilliseconds() {
    timespec now = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

// Everything a file promises is there: each tensor's bytes can be read and lie in the files.
std::string checkLoaded(const Weights& weights, std::uintmax_t fileBytes) {
    if (weights.bytes() > fileBytes) return "tensors larger than the file";
    volatile unsigned char sink = 0;
    for (const std::string& name : weights.names()) {
        if (!weights.has(name)) return name + " is listed but not there";
        try {
            const kernels::Tensor t = weights.tensor(name);
            for (std::size_t i = 0; i < t.bytes(); ++i) sink = sink + t.as<unsigned char>()[i];
        } catch (const std::runtime_error&) { // a type no operation takes: said only when asked for
        }
    }
    return {};
}

std::string mutated(std::string bytes, const std::vector<GgufWriter::Field>& fields, std::mt19937& random) {
    static constexpr std::uint64_t edges[] = {0, 1, 2, 7, 8, 31, 32, 33, 255, 256, 65'535, 65'536, 1u << 31, 0xFFFFFFFF, 1ull << 32,
                                              1ull << 40, 1ull << 62, 1ull << 63, ~0ull - 31, ~0ull - 7, ~0ull};
    for (int changes = 1 + static_cast<int>(random() % 3); changes > 0; --changes) {
        const auto& field = fields[random() % fields.size()];
        std::uint64_t value = 0;
        std::memcpy(&value, bytes.data() + field.at, field.width);
        switch (random() % 4) {
        case 0: value = edges[random() % std::size(edges)]; break;
        case 1: value += 1 + random() % 4; break;
        case 2: value -= 1 + random() % 4; break;
        default: value ^= std::uint64_t{1} << random() % (8 * field.width);
        }
        std::memcpy(bytes.data() + field.at, &value, field.width);
    }
    return bytes;
}

std::string goodGguf(std::vector<GgufWriter::Field>& fields) {
    GgufWriter writer;
    support::addMetadata(writer, support::tinyConfig());
    writer.addArray("tokenizer.ggml.tokens", 8, std::vector<std::string>{"a", "bc", ""});
    writer.addTensor("token_embd.weight", {64, 32}, GgufWriter::F32, std::string(8192, '\x11'));
    writer.addTensor("blk.1.attn_q_a.weight", {2, 64}, GgufWriter::Q8_0, std::string(136, '\x22'));
    writer.addTensor("blk.0.ffn_up_exps.weight", {4, 2, 32}, GgufWriter::F16, std::string(512, '\x33'));
    const std::string bytes = writer.bytes();
    fields = writer.fields;
    return bytes;
}

// The numbers of a safetensors header, each replaced as text.
std::string mutatedHeader(std::mt19937& random) {
    static const char* values[] = {"0", "1", "-1", "2", "3", "4", "5", "23", "24", "25", "31", "32", "33", "36", "37", "38", "1099511627776", "1099511627777",
                                   "4294967296", "9223372036854775807", "18446744073709551615", "18446744073709551616", "1e3", "null", "[]", ""};
    static const char* types[] = {"\"F32\"", "\"F64\"", "\"I8\"", "\"BF16\"", "\"F4\"", "\"F6_E2M3\"", "\"?\"", "3"};
    support::SafetensorsPieces pieces;
    const auto value = [&] { return std::string(values[random() % std::size(values)]); };
    for (int changes = 1 + static_cast<int>(random() % 3); changes > 0; --changes) {
        const std::size_t i = random() % 3;
        switch (random() % 5) {
        case 0: pieces.shapes[i] = "[" + value() + "]"; break;
        case 1: pieces.shapes[i] = "[" + value() + "," + value() + "]"; break;
        case 2: pieces.offsets[i] = "[" + value() + "," + value() + "]"; break;
        case 3: pieces.types[i] = types[random() % std::size(types)]; break;
        default: pieces.names[i] = pieces.names[random() % 3];
        }
    }
    pieces.dataBytes = random() % 4 == 0 ? random() % 64 : 37;
    return pieces.file();
}

} // namespace

class TestHostileCheckpoints : public QObject {
    Q_OBJECT
    QTemporaryDir m_temporary;
    int m_number = 0, m_refused = 0, m_loaded = 0;
    double m_slowest = 0;
    std::int64_t m_largest = 0;

    fs::path folder() {
        const fs::path path = fs::path(m_temporary.path().toStdString()) / std::to_string(++m_number);
        fs::create_directory(path);
        support::writeFile(path / "config.json", support::tinyConfig().dump());
        return path;
    }

    // Opens `path`; `refusal` as in HostileFile. Empty when all is well, else what went wrong.
    std::string judge(const fs::path& path, const std::string& refusal, std::uintmax_t fileBytes) {
        const support::MemoryMark memory;
        const double start = processorMilliseconds();
        std::string said;
        std::shared_ptr<const Weights> weights;
        try {
            weights = Weights::open(path);
        } catch (const std::runtime_error& error) {
            said = error.what();
        }
        const double milliseconds = processorMilliseconds() - start;
        m_slowest = std::max(m_slowest, milliseconds);
        if (measured) {
            m_largest = std::max(m_largest, memory.peakGrowthBytes());
            if (milliseconds > mostMilliseconds) return "took " + std::to_string(milliseconds) + " ms";
            if (memory.peakGrowthBytes() > mostBytes) return "took " + std::to_string(memory.peakGrowthBytes()) + " bytes";
        }
        ++(weights ? m_loaded : m_refused);
        if (weights) return refusal.empty() ? checkLoaded(*weights, fileBytes) : "loaded, but should say: " + refusal;
        if (said.find(refusal) == std::string::npos) return "said: " + said;
        if (said.find(path.string()) == std::string::npos) return "does not name the file: " + said;
        for (const char c : said)
            if (static_cast<unsigned char>(c) < 0x20) return "has a control character in its sentence";
        return {};
    }
    std::string judgeBytes(const std::string& name, const std::string& bytes, const std::string& refusal) {
        const fs::path file = fs::path(m_temporary.path().toStdString()) / ("one." + name);
        support::writeFile(file, bytes);
        return judge(file, refusal, bytes.size());
    }

private slots:
    void initTestCase() { support::writeFile(fs::path(m_temporary.path().toStdString()) / "config.json", support::tinyConfig().dump()); }

    void rules() {
        std::vector<support::HostileFile> files;
        support::addHeaderLengths(files);
        support::addBadJson(files);
        support::addNumbers(files);
        support::addGgufRules(files);
        QVERIFY2(files.size() >= 250, std::to_string(files.size()).c_str());
        for (const auto& file : files) {
            const std::string wrong = judgeBytes(file.name, file.bytes, file.refusal);
            QVERIFY2(wrong.empty(), (file.label + ": " + wrong).c_str());
        }
        qInfo("%zu files, one per rule", files.size());
    }

    void everyFieldAtItsEdges() {
        std::vector<GgufWriter::Field> fields;
        const std::string good = goodGguf(fields);
        int files = 0;
        for (const auto& field : fields) {
            std::uint64_t value = 0;
            std::memcpy(&value, good.data() + field.at, field.width);
            for (const std::uint64_t edge : {value - 1, value + 1, std::uint64_t{0}, ~std::uint64_t{0}}) {
                std::string bytes = good;
                std::memcpy(bytes.data() + field.at, &edge, field.width);
                const std::string wrong = judgeBytes("model.gguf", bytes, "");
                QVERIFY2(wrong.empty(), (field.label + " = " + std::to_string(edge) + ": " + wrong).c_str());
                ++files;
            }
        }
        qInfo("%d files, %zu fields at their edges", files, fields.size());
    }

    void cutAnywhere() {
        std::vector<GgufWriter::Field> fields;
        const std::string gguf = goodGguf(fields), safetensors = support::SafetensorsPieces().file();
        for (std::size_t n = 0; n < gguf.size(); n += n < 2500 ? 13 : 512) {
            const std::string wrong = judgeBytes("model.gguf", gguf.substr(0, n), "is refused");
            QVERIFY2(wrong.empty(), (std::to_string(n) + ": " + wrong).c_str());
        }
        for (std::size_t n = 0; n < safetensors.size(); ++n) {
            const std::string wrong = judgeBytes("model.safetensors", safetensors.substr(0, n), "is refused");
            QVERIFY2(wrong.empty(), (std::to_string(n) + ": " + wrong).c_str());
        }
    }

    void mutants() {
        std::vector<GgufWriter::Field> fields;
        const std::string good = goodGguf(fields);
        std::mt19937 random(20260731);
        for (int i = 0; i < 1000; ++i) {
            const bool gguf = i % 2 == 0;
            const std::string bytes = gguf ? mutated(good, fields, random) : mutatedHeader(random);
            const std::string wrong = judgeBytes(gguf ? "model.gguf" : "model.safetensors", bytes, "");
            QVERIFY2(wrong.empty(), ("mutant " + std::to_string(i) + ": " + wrong).c_str());
        }
    }

    void large_data() {
        QTest::addColumn<int>("kind");
        for (int kind = 0; kind < 9; ++kind) QTest::newRow(std::to_string(kind).c_str()) << kind;
    }
    // Files that ask for much: nothing is allocated by what they claim.
    void large() {
        QFETCH(int, kind);
        const fs::path path = folder(), file = path / (kind < 6 ? "model.safetensors" : "model.gguf");
        std::string bytes;
        if (kind == 0) bytes = support::withHeader("{" + std::string(99'999'999, ' '), "");
        if (kind == 1) bytes = support::withHeader("{\"a\":" + std::string(99'999'000, '['), "");
        if (kind == 2) bytes = support::withHeader("{\"__metadata__\":{\"a\":\"" + std::string(99'000'000, 'x'), "");
        if (kind == 3 || kind == 4) { // one tensor too many, or as many as may be, the last two equal
            bytes = "{";
            for (int i = 0; i < (kind == 3 ? 160'001 : 160'000); ++i)
                bytes += (i ? ",\"t" : "\"t") + std::to_string(kind == 3 || i != 159'999 ? i : i - 1) + "\":" + support::entryText("\"I8\"", "[0]", "[0,0]");
            bytes = support::withHeader(bytes + "}", "");
        }
        if (kind == 5) { // a thousand metadata keys short of the limit, all equal
            bytes = "{\"__metadata__\":{\"k\":\"v\"";
            for (int i = 0; i < 65'000; ++i) bytes += ",\"k\":\"v\"";
            bytes = support::withHeader(bytes + "}}", "");
        }
        if (kind == 6) { // a million empty strings
            GgufWriter writer;
            support::addMetadata(writer, support::tinyConfig());
            writer.addArray("strings", 8, std::vector<std::string>(1 << 20));
            bytes = writer.bytes();
        }
        if (kind == 7) { // 65,537 keys
            GgufWriter writer;
            for (int i = 0; i < 65'537; ++i) writer.add("k" + std::to_string(i), true);
            bytes = writer.bytes();
        }
        if (kind == 8) { // a sparse file of a terabyte whose first string claims nearly all of it
            bytes = "GGUF" + support::rawBytes(std::uint32_t{3}) + support::rawBytes(std::uint64_t{1}) + support::rawBytes(std::uint64_t{1}) +
                    support::rawBytes(std::uint64_t{1}) + "k" + support::rawBytes(std::uint32_t{8}) + support::rawBytes(std::uint64_t{1} << 39);
        }
        support::writeFile(file, bytes);
        bytes = std::string();
        if (kind == 8) {
            std::error_code error;
            fs::resize_file(file, std::uintmax_t{1} << 40, error);
            if (error) fs::resize_file(file, std::uintmax_t{1} << 33);
        }
        // Pages of the header that were looked at count as the file's own, not as memory taken for it.
        const std::int64_t header = std::min<std::int64_t>(static_cast<std::int64_t>(fs::file_size(file)), 100 << 20);
        const support::MemoryMark memory;
        const double start = processorMilliseconds();
        QVERIFY_EXCEPTION_THROWN(Weights::open(path), std::runtime_error);
        const double milliseconds = processorMilliseconds() - start;
        qInfo("%.1f ms, %.1f MB with the pages of the file", milliseconds, static_cast<double>(memory.peakGrowthBytes()) / 1e6);
        if (measured) {
            QVERIFY(milliseconds < mostMilliseconds);
            QVERIFY(memory.peakGrowthBytes() < mostBytes + header);
        }
        fs::remove_all(path);
    }

    void indexes() {
        const std::string one = support::safetensorsFile({{"a", "F32", {1}, "1234"}}), two = support::safetensorsFile({{"b", "F32", {1}, "1234"}});
        const auto indexes = support::hostileIndexes();
        for (std::size_t i = 0; i < indexes.size(); ++i) {
            const auto& [index, refusal] = indexes[i];
            const fs::path path = folder();
            support::writeFile(path / "one.safetensors", one), support::writeFile(path / "two.safetensors", two);
            support::writeFile(path / "both.safetensors", support::safetensorsFile({{"a", "F32", {1}, "1234"}, {"b", "F32", {1}, "1234"}}));
            fs::create_symlink("nowhere", path / "link.safetensors"), fs::create_directory(path / "folder.safetensors");
            QCOMPARE(mkfifo((path / "pipe.safetensors").c_str(), 0600), 0);
            support::writeFile(path / "model.safetensors.index.json", index);
            const bool odd = index.find("folder.safe") != std::string::npos || index.find("pipe.safe") != std::string::npos;
            if (odd) QVERIFY_EXCEPTION_THROWN(Weights::open(path), std::runtime_error);
            else if (const std::string wrong = judge(path, refusal, 1 << 20); !wrong.empty()) QFAIL((index.substr(0, 120) + ": " + wrong).c_str());
        }
    }

    void configurations() {
        for (const std::string& text : support::hostileConfigs()) {
            const fs::path path = folder();
            support::writeFile(path / "model.safetensors", support::safetensorsFile({{"a", "F32", {1}, "1234"}}));
            support::writeFile(path / "config.json", text);
            const std::string wrong = judge(path, "config.json", 1 << 20);
            QVERIFY2(wrong.starts_with("does not name the file") == false && wrong.empty(), (text.substr(0, 40) + ": " + wrong).c_str());
        }
    }

    void notFiles() {
        const fs::path path = folder();
        for (const char* name : {"/dev/null", "/dev/zero", "/proc/self/mem", "/"}) QVERIFY_EXCEPTION_THROWN(Weights::open(name), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(Weights::open(path), std::runtime_error);
        QCOMPARE(mkfifo((path / "model.safetensors").c_str(), 0600), 0);
        QVERIFY_EXCEPTION_THROWN(Weights::open(path), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(Weights::open(path / "model.safetensors"), std::runtime_error);
    }

    void cleanupTestCase() {
        qInfo("%d refused, %d loaded; slowest %.1f ms, most memory %.1f MB", m_refused, m_loaded, m_slowest, static_cast<double>(m_largest) / 1e6);
    }
};

QTEST_GUILESS_MAIN(TestHostileCheckpoints)
#include "tst_hostile_checkpoints.moc"
