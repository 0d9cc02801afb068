// The built-in model as the engine of somebody who configured nothing: used, marked, cited, deterministic, and never the
// reason for a finding, a gap or an exit code. The random test model stands in for the weights, so that this holds in
// a tree without them.
#include "app/backend/backend.h"
#include "app/cli/command.h"
#include "app/model_card.h"
#include "app/plan.h"
#include "app/report/export.h"
#include "app/report/report_json.h"
#include "app/resources.h"
#include "app/settings.h"
#include "tests/support/json_schema.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

struct Called {
    int code = -1;
    std::string out, err;
    json document() const { return json::parse(out); }
};

Called call(const std::vector<std::string>& arguments) {
    std::ostringstream out, err;
    std::istringstream in;
    app::cli::Streams streams;
    streams.out = &out;
    streams.err = &err;
    streams.in = &in;
    Called result;
    result.code = app::cli::runCommandLine(arguments, streams, {});
    result.out = out.str();
    result.err = err.str();
    return result;
}

void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

std::size_t occurrences(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++count;
    return count;
}

std::vector<json> generated(const json& report) {
    std::vector<json> list;
    for (const char* part : {"summary", "answer"})
        for (const json& sentence : report[part])
            if (sentence["origin"] == "generated") list.push_back(sentence);
    return list;
}

} // namespace

class BuiltInTest : public QObject {
    Q_OBJECT
private slots:
    void init();
    void cleanup() { qputenv("LECTERN_RESOURCES", m_resources); }
    void itIsTheDefaultWhereItsWeightsAre();
    void aReviewCarriesMarkedSamples();
    void summaryAndAnswerKeepTheirCodes();
    void thePlanSaysWhatItDoes();
    void everyExportCarriesTheBadge();
    void brokenWeightsCostOnlyTheSamples();
    void theCardIsShown();

private:
    std::string path(const char* name) const { return m_folder->filePath(QString::fromLatin1(name)).toStdString(); }
    Called review(const std::vector<std::string>& more = {}) {
        std::vector<std::string> all{"review", path("tree"), "--session", path(("s" + std::to_string(++m_sessions) + ".lectern").c_str()), "--json"};
        all.insert(all.end(), more.begin(), more.end());
        return call(all);
    }
    std::unique_ptr<QTemporaryDir> m_folder;
    QByteArray m_resources = qgetenv("LECTERN_RESOURCES");
    int m_sessions = 0;
};

void BuiltInTest::init() {
    m_folder = std::make_unique<QTemporaryDir>();
    for (const char* name : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
        qputenv(name, (m_folder->path() + "/" + name).toUtf8());
    const QDir from(QString::fromUtf8(m_resources.isEmpty() ? QByteArray(SOURCE_ROOT "/resources") : m_resources));
    const fs::path to = path("resources");
    fs::create_directories(to / "nano");
    for (const QFileInfo& entry : from.entryInfoList(QDir::AllEntries | QDir::NoDotAndDotDot))
        if (entry.fileName() != "nano")
            fs::create_symlink(entry.absoluteFilePath().toStdString(), to / entry.fileName().toStdString());
    for (const char* file : {"config.json", "model.safetensors"})
        fs::copy_file(fs::path(TEST_DATA "/tiny") / file, to / "nano" / file);
    write(to / "nano/lectern.json", R"({"name": "stand-in", "note": "random test weights: says nothing sensible", "demo": true})");
    write(to / "nano/card.txt", "Built-in model: a stand-in.\n");
    write(to / "nano/evaluation.json", R"({"card": [{"measure": "recall at 2K", "value": "3 %", "gate": "95 %", "state": "MISSED"}]})");
    qputenv("LECTERN_RESOURCES", to.string().c_str());
    write(path("tree/src/a.c"), "// Reads one line of the console into the buffer.\nvoid readLine(char* b) {\n    gets(b);\n}\n");
    write(path("tree/tools/count.py"), "import sys\n\n\ndef count(lines):\n    total = 0\n    for line in lines:\n        total += len(line)\n    return total\n");
    write(path("tree/README.md"), "# Reader\n\nReader takes lines from a console and keeps them in a small buffer until they are asked for.\n\n"
                                  "## Limits\n\nA line may have at most two hundred characters; what is longer is cut.\nThe buffer holds ten lines.\n"
                                  "When it is full the oldest line is dropped, and the number of dropped lines is kept.\n");
}

void BuiltInTest::itIsTheDefaultWhereItsWeightsAre() {
    QVERIFY(app::hasBuiltInModel());
    QCOMPARE(app::Settings().chosenEngine(), std::string("built-in"));
    app::Settings chosen;
    chosen.engine = "none";
    QCOMPARE(chosen.chosenEngine(), std::string("none"));
    fs::remove(fs::path(path("resources")) / "nano/model.safetensors"); // a recipe alone
    QVERIFY(!app::hasBuiltInModel());
    QCOMPARE(app::Settings().chosenEngine(), std::string("none"));
    QVERIFY_EXCEPTION_THROWN((void)app::openBackend("built-in", {}, false), app::BackendError);
}

void BuiltInTest::aReviewCarriesMarkedSamples() {
    const Called with = review(), without = review({"--engine", "none"}), again = review(), extractive = review({"--extractive"});
    QVERIFY2(with.code == 1, with.err.c_str());
    QCOMPARE(without.code, with.code);
    const json report = with.document();
    QCOMPARE(support::validate(nlohmann::ordered_json::parse(with.out), std::string("report")), std::string());
    QCOMPARE(report["engine"]["name"].get<std::string>(), std::string("built-in"));
    QCOMPARE(report["engine"]["demo"].get<bool>(), true);
    QCOMPARE(report["engine"]["bytes_sent"].get<int>(), 0);

    // Findings and coverage are made by rules: the same with and without.
    const auto strip = [](json findings) {
        for (json& one : findings)
            for (const char* key : {"first_run", "last_run"}) one.erase(key);
        return findings;
    };
    QCOMPARE(strip(report["findings"]), strip(without.document()["findings"]));
    QCOMPARE(report["coverage"]["complete"].get<bool>(), true);
    QCOMPARE(report["coverage"], without.document()["coverage"]);
    QVERIFY(generated(without.document()).empty());
    QVERIFY(generated(extractive.document()).empty());

    const auto samples = generated(report);
    QVERIFY(!samples.empty());
    QVERIFY(samples.size() <= 12);
    for (const json& sentence : samples) {
        QCOMPARE(sentence["demo"].get<bool>(), true);
        QCOMPARE(sentence["evidence"].size(), std::size_t(1));
        QCOMPARE(sentence["evidence"][0]["state"].get<std::string>(), std::string("proven"));
    }
    QVERIFY(report["summary"][0]["origin"] == "computed"); // what was found stands first
    QCOMPARE(json(generated(again.document())), json(samples));
}

void BuiltInTest::summaryAndAnswerKeepTheirCodes() {
    for (const std::vector<std::string>& words : {std::vector<std::string>{"summarize", path("tree")},
                                                  std::vector<std::string>{"ask", path("tree"), "How long may a line be?"}}) {
        std::vector<std::string> all = words;
        all.insert(all.end(), {"--session", path("t.lectern"), "--json"});
        const Called with = call(all);
        all.insert(all.end(), {"--engine", "none"});
        const Called without = call(all);
        QVERIFY2(with.code == without.code, with.err.c_str());
        std::vector<json> kept;
        const json document = with.document(); // a temporary would not outlive the loop's range
        for (const json& sentence : document[words[0] == "ask" ? "answer" : "summary"])
            if (sentence["origin"] != "generated") kept.push_back(sentence);
        const std::string expected = without.document()[words[0] == "ask" ? "answer" : "summary"].dump(1), got = json(kept).dump(1);
        QVERIFY2(got == expected, (got + "\nis not\n" + expected).c_str());
    }
}

void BuiltInTest::thePlanSaysWhatItDoes() {
    const Called called = call({"plan", path("tree"), "--json", "--out", path("plan.json")});
    QCOMPARE(called.code, 0);
    const json plan = called.document();
    QCOMPARE(plan["engine"].get<std::string>(), std::string("built-in"));
    int samples = 0;
    for (const json& item : plan["items"]) {
        QVERIFY(item["kind"] != "scan"); // it is no reviewer, so no question for one is promised
        samples += item["kind"] == "samples";
        if (item["kind"] == "samples") {
            QVERIFY(item["calls"].get<int>() >= 2 && item["calls"].get<int>() <= 12);
            QVERIFY(item["seconds"].get<int>() < 60);
        }
    }
    QCOMPARE(samples, 1);
    QVERIFY(call({"plan", path("tree")}).out.find("demo model") != std::string::npos);

    json off = plan;
    for (json& item : off["items"])
        if (item["kind"] == "samples") item["on"] = false;
    write(path("off.json"), off.dump());
    QVERIFY(generated(review({"--plan", path("off.json")}).document()).empty());
    QVERIFY(call({"cost", path("tree")}).out.find("built-in") != std::string::npos);
}

void BuiltInTest::everyExportCarriesTheBadge() {
    const Called called = review();
    const app::Report report = app::reportFromJson(called.out);
    const auto samples = generated(called.document()).size();
    QVERIFY(samples > 0);
    QCOMPARE(occurrences(app::exportReport(report, app::Format::Markdown), "(generated, demo model"), samples);
    QCOMPARE(occurrences(app::exportReport(report, app::Format::Html), "class=\"badge\">demo model<"), samples);
    QCOMPARE(occurrences(app::exportReport(report, app::Format::Json), "\"demo\": true"), samples + 1); // and the engine
    QCOMPARE(occurrences(app::exportReport(report, app::Format::Csv), "generated, demo model"), samples);
    QCOMPARE(occurrences(app::renderPrintHtml(app::prepareForExport(report, {}), {}), "(generated, demo model"), samples);

    // A finding of a demo model, as a scripted one of a higher level could make it.
    app::Report worded = report;
    QVERIFY(!worded.findings.empty());
    worded.findings[0].title.origin = worded.findings[0].claim.origin = app::Origin::Generated;
    app::Verdict verdict;
    verdict.reason = "Because.";
    worded.findings[0].verdicts.push_back(verdict);
    app::markDemo(worded);
    QVERIFY(app::exportReport(worded, app::Format::Sarif).find("generated, demo model") != std::string::npos);
    QVERIFY(app::exportReport(worded, app::Format::JUnit).find("generated, demo model") != std::string::npos);
    QVERIFY(occurrences(app::exportReport(worded, app::Format::Html), "class=\"badge\">demo model<") >= samples + 3); // the title twice
    QCOMPARE(occurrences(app::exportReport(worded, app::Format::Markdown), "(generated, demo model"), samples + 3);

    const std::string markdown = app::exportReport(report, app::Format::Markdown);
    QVERIFY(markdown.find("## Findings") < markdown.find("## Samples by the demo model")); // behind what counts
    const Called shown = call({"review", path("tree"), "--session", path("shown.lectern")});
    QCOMPARE(occurrences(shown.out, "(generated, demo model)"), samples);
    QVERIFY(shown.out.find("Engine: built-in, model stand-in") != std::string::npos);
}

void BuiltInTest::brokenWeightsCostOnlyTheSamples() {
    write(fs::path(path("resources")) / "nano/model.safetensors", "broken");
    const Called called = review();
    QVERIFY2(called.code == 1, called.err.c_str()); // the findings', as ever
    QVERIFY(generated(called.document()).empty());
    QCOMPARE(called.document()["engine"]["name"].get<std::string>(), std::string("none"));
    QVERIFY(called.document()["engine"]["note"].get<std::string>().find("could not be opened") != std::string::npos);
    QCOMPARE(review({"--engine", "built-in"}).code, 5); // asked for, it must be had
}

void BuiltInTest::theCardIsShown() {
    const Called info = call({"engine", "info", "built-in"});
    QVERIFY2(info.code == 0, info.err.c_str());
    QVERIFY(info.out.find("Built-in model: a stand-in.") != std::string::npos);
    QVERIFY(info.out.find("recall at 2K") != std::string::npos && info.out.find("MISSED") != std::string::npos);
    const json document = call({"engine", "info", "built-in", "--json"}).document();
    QCOMPARE(document["card"]["measured"][0]["state"].get<std::string>(), std::string("MISSED"));
    QVERIFY(call({"engine", "list"}).out.find("* built-in") != std::string::npos);
    write(fs::path(path("resources")) / "nano/evaluation.json", "{");
    QVERIFY(app::modelCard(app::builtInModel()).rows.empty());
}

QTEST_GUILESS_MAIN(BuiltInTest)
#include "tst_built_in.moc"
