// lectern engine and lectern snapshots, in-process: exact words of --json, files that others read, codes.

#include "app/cli/command.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <cstring>
#include <fstream>
#include <sstream>

using namespace app::cli;

namespace {

struct Outcome {
    int code = 0;
    std::string out, err;
    nlohmann::json json() const { return nlohmann::json::parse(out, nullptr, false); }
};

Outcome lectern(const std::vector<std::string>& arguments) {
    std::ostringstream out, err;
    Streams streams;
    streams.out = &out;
    streams.err = &err;
    Outcome outcome;
    outcome.code = runCommandLine(arguments, streams, {});
    outcome.out = out.str();
    outcome.err = err.str();
    return outcome;
}

nlohmann::json header(const std::string& file, std::string& data) {
    std::ifstream in(file, std::ios::binary);
    std::uint64_t length = 0;
    in.read(reinterpret_cast<char*>(&length), 8);
    std::string text(length, '\0');
    in.read(text.data(), static_cast<std::streamsize>(length));
    data.assign(std::istreambuf_iterator<char>(in), {});
    return nlohmann::json::parse(text);
}

const std::string tiny = TEST_DATA "/tiny";

} // namespace

class EngineCommandTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        m_folder = std::make_unique<QTemporaryDir>();
        for (const char* name : {"XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"}) qputenv(name, m_folder->path().toUtf8());
    }

    void tokenizeWritesALineForEachFile() {
        const std::string a = write("a.txt", "Hello, world!<｜User｜>"), b = write("b.txt", "12345678");
        const Outcome outcome = lectern({"engine", "tokenize", a, b, "--json"});
        QCOMPARE(outcome.code, 0);
        std::istringstream lines(outcome.out);
        std::string first, second, third;
        QVERIFY(std::getline(lines, first) && std::getline(lines, second) && !std::getline(lines, third));
        const auto one = nlohmann::json::parse(first), two = nlohmann::json::parse(second);
        QCOMPARE(one.at("file").get<std::string>(), a);
        QCOMPARE(one.at("ids").get<std::vector<int>>(), (std::vector<int>{19923, 14, 2058, 3, 128803}));
        QCOMPARE(two.at("ids").get<std::vector<int>>(), (std::vector<int>{6895, 18009, 2597}));
        const auto plain = lectern({"engine", "tokenize", "--no-special", a, "--json"}).json().at("ids").get<std::vector<int>>();
        QVERIFY(std::all_of(plain.begin(), plain.end(), [](int id) { return id < 128000; }));
        QCOMPARE(lectern({"engine", "tokenize", "/nowhere.txt"}).code, 2);
        QCOMPARE(lectern({"engine", "tokenize"}).code, 2);
    }

    void logitsFollowTheGolden() {
        std::string golden;
        const auto names = header(TEST_DATA "/tiny.golden.safetensors", golden);
        const auto tensor = [&](const nlohmann::json& of, const std::string& data, const char* name) {
            const auto offsets = of.at(name).at("data_offsets").get<std::vector<std::size_t>>();
            return data.substr(offsets[0], offsets[1] - offsets[0]);
        };
        const std::string ids = tensor(names, golden, "input_ids");
        std::vector<std::int32_t> tokens(96);
        std::memcpy(tokens.data(), ids.data(), tokens.size() * 4);
        const std::string list = write("ids.json", nlohmann::json(tokens).dump()), out = m_folder->filePath("l.safetensors").toStdString();
        const Outcome outcome = lectern({"engine", "logits", tiny, "--tokens", list, "--out", out, "--chunk", "7", "--decode", "9", "--hidden", "--no-qat"});
        QVERIFY2(outcome.code == 0, outcome.err.c_str());
        std::string data;
        const auto made = header(out, data);
        QCOMPARE(made.at("logits").at("shape"), nlohmann::json({96, 384}));
        QCOMPARE(made.at("hidden.6").at("shape"), nlohmann::json({96, 96}));
        QCOMPARE(made.at("hidden.0").at("shape"), nlohmann::json({96, 4, 96}));
        const std::string logits = tensor(made, data, "logits"), expected = tensor(names, golden, "prefill_logits");
        for (std::size_t i = 0; i < 96 * 384; ++i) {
            float a = 0, b = 0;
            std::memcpy(&a, logits.data() + i * 4, 4);
            std::memcpy(&b, expected.data() + i * 4, 4);
            QVERIFY(std::abs(a - b) < 5e-4f);
        }
        const std::string picks = tensor(made, data, "index_topk.1");
        QVERIFY(tensor(names, golden, "index_topk.1").starts_with(picks));
        const std::string bad = write("bad.json", "[1, 2, 9999]");
        QCOMPARE(lectern({"engine", "logits", tiny, "--tokens", bad, "--out", out}).code, 5);
        QCOMPARE(lectern({"engine", "logits", tiny, "--out", out}).code, 2);
    }

    void jobsAreCompletedInOrder() {
        const std::string jobs = write("jobs.jsonl", R"({"id": "a", "turns": ["Say yes."], "choices": ["yes", "no"]})" "\n"
                                                     R"({"id": "b", "turns": ["One", "two", "three"], "max_output": 5})" "\n"
                                                     R"({"id": "c", "score": "Reads gauges."})" "\n"
                                                     R"({"id": "d", "score": "Reads gauges. Reads gauges. Reads gauges."})" "\n"
                                                     R"({"id": "e", "context": "A gauge stands at the pier.", "turns": ["Where?"], "max_output": 4})" "\n"
                                                     R"({"id": "f", "context": "A gauge stands at the pier.", "turns": ["What?"], "max_output": 4})" "\n"
                                                     R"({"id": "g", "turns": ["A gauge stands at the pier.\n\nWhat?"], "max_output": 4})" "\n");
        const std::string out = m_folder->filePath("done.jsonl").toStdString();
        const Outcome outcome = lectern({"engine", "complete", tiny, "--jobs", jobs, "--out", out, "--no-qat"});
        QVERIFY2(outcome.code == 0, outcome.err.c_str());
        std::ifstream in(out);
        std::vector<nlohmann::json> lines;
        for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
        QCOMPARE(lines.size(), std::size_t(7));
        // A context is read once, and stands where a question that holds it has it.
        QVERIFY(lines[5].at("input_cached").get<int>() >= 27 && lines[5].at("input_uncached").get<int>() < 27);
        QCOMPARE(lines[5].at("text"), lines[6].at("text"));
        QCOMPARE(lines[0].at("id").get<std::string>(), std::string("a"));
        QVERIFY(lines[0].at("text") == "yes" || lines[0].at("text") == "no");
        QVERIFY(lines[1].at("output").get<int>() <= 5);
        QCOMPARE(lines[2].at("bytes").get<int>(), 13);

        // The same sum from the logits that the other command writes: bytes are the tokens of this model.
        std::vector<std::int32_t> tokens{0};
        for (const char c : std::string("Reads gauges.")) tokens.push_back(c);
        const std::string ids = write("score.json", nlohmann::json(tokens).dump()), file = m_folder->filePath("score.safetensors").toStdString();
        const auto encoded = lectern({"engine", "logits", tiny, "--tokens", ids, "--out", file, "--no-qat"});
        QCOMPARE(encoded.code, 0);
        std::string data;
        const auto made = header(file, data);
        QCOMPARE(lines[2].at("tokens").get<std::size_t>() + 1, made.at("logits").at("shape")[0].get<std::size_t>());
        QVERIFY(lines[2].at("nats").get<double>() > 13 * 3.0 && lines[2].at("nats").get<double>() < 13 * 9.0); // about ln 384 a token
        QVERIFY(lines[3].at("nats").get<double>() > lines[2].at("nats").get<double>());

        const std::string bad = write("bad.jsonl", R"({"turns": ["a", "b"]})");
        const Outcome refused = lectern({"engine", "complete", tiny, "--jobs", bad, "--out", out});
        QCOMPARE(refused.code, 5);
        QVERIFY(refused.err.find("Line 1") != std::string::npos);
        QCOMPARE(lectern({"engine", "complete", tiny, "--jobs", jobs}).code, 2);
    }

    void infoSaysWhatItIsAndNeeds() {
        const Outcome outcome = lectern({"engine", "info", tiny, "--json"});
        QCOMPARE(outcome.code, 0);
        const auto json = outcome.json();
        QCOMPARE(json.at("architecture").get<std::string>(), std::string("deepseek_v4"));
        QVERIFY(json.at("note").get<std::string>().find("random test weights") != std::string::npos);
        QCOMPARE(json.at("memory").size(), std::size_t(2));
        QCOMPARE(json.at("memory")[0].at("context").get<int>(), 131072);
        QCOMPARE(json.at("memory")[1].at("context").get<int>(), 1048576);
        QVERIFY(!json.at("machine").at("devices").empty());
        QVERIFY(lectern({"engine", "info", tiny}).out.find("on this machine: yes") != std::string::npos);
        QCOMPARE(lectern({"engine", "info", "/nowhere"}).code, 2);
        const std::string folder = m_folder->filePath("hostile").toStdString();
        std::filesystem::create_directory(folder);
        std::ofstream(folder + "/config.json") << "{}";
        std::ofstream(folder + "/model.safetensors") << "x";
        const Outcome refused = lectern({"engine", "info", folder, "--json"});
        QCOMPARE(refused.code, 5);
        QCOMPARE(refused.json().at("schema").get<std::string>(), std::string("lectern.failure/1"));
    }

    void snapshotsAreListedAndPruned() {
        const Outcome empty = lectern({"snapshots", "list", "--json"});
        QCOMPARE(empty.code, 0);
        QVERIFY(empty.json().at("snapshots").empty());
        QCOMPARE(lectern({"snapshots", "show", "nothing"}).code, 2);
        QCOMPARE(lectern({"snapshots", "drop", "nothing"}).code, 2);
        QCOMPARE(lectern({"snapshots", "prune", "--keep", "1MB", "--json"}).json().at("dropped").size(), std::size_t(0));
        QCOMPARE(lectern({"snapshots", "warm", SOURCE_ROOT "/.clang-format", "--engine", "none"}).code, 2);
    }

    void theListNamesWhatThereIs() {
        const auto rows = lectern({"engine", "list", "--json"}).json().at("engines");
        QCOMPARE(rows[0].at("name").get<std::string>(), std::string("none"));
    }

private:
    std::string write(const char* name, const std::string& text) {
        const std::string file = m_folder->filePath(name).toStdString();
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(EngineCommandTest)
#include "tst_engine_command.moc"
