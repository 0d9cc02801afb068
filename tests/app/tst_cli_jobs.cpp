// The commands of a run, called like functions: review, triage, export, verify, summarize, ask; their JSON,
// files, exit codes. The bundled sample end to end.
#include "app/cli/command.h"
#include "app/report/export.h"
#include "tests/support/json_schema.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <fstream>
#include <set>
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

std::string slurp(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

} // namespace

class CliJobsTest : public QObject {
    Q_OBJECT
private slots:
    void init();
    void reviewFindsExportsAndVerifies();
    void triageIsHonoured();
    void failOnAndStrict();
    void unreadableGivesThree();
    void summaryAndAnswer();
    void mistakesOfTheUser();
    void eventsTellTheStory();
    void theSampleEndToEnd();

private:
    std::string path(const char* name) const { return m_folder->filePath(name).toStdString(); }
    std::unique_ptr<QTemporaryDir> m_folder;
};


void CliJobsTest::init() {
    m_folder = std::make_unique<QTemporaryDir>();
    for (const char* name : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
        qputenv(name, (m_folder->path() + "/" + name).toUtf8());
    // What code alone finds; the built-in model has tests of its own.
    write(path("XDG_CONFIG_HOME/lectern/settings.json"), "{\"engine\": \"none\"}");
    write(path("tree/src/a.c"),
          "// Reads one line of the console into the buffer.\nvoid readLine(char* b) {\n    gets(b);\n}\n");
    write(path("tree/README.md"), "# Reader\n\nReader takes lines from a console and keeps them in a small "
                                  "buffer until they are asked for.\n");
}

void CliJobsTest::reviewFindsExportsAndVerifies() {
    const Called review = call({"review", path("tree"), "--session", path("s.lectern"), "--json"});
    QVERIFY2(review.code == 1, review.err.c_str());
    const json report = review.document();
    QCOMPARE(support::validate(nlohmann::ordered_json::parse(review.out), std::string("report")), std::string());
    QCOMPARE(report["findings"][0]["rule"].get<std::string>(), std::string("C09"));
    QCOMPARE(report["run"]["exit"].get<int>(), 1);
    QCOMPARE(report["coverage"]["complete"].get<bool>(), true);

    QCOMPARE(call({"export", "--session", path("s.lectern"), "--format",
                   "html,markdown,json,sarif,csv,junit,code-quality", "--out", path("report")})
                 .code,
             0);
    for (const char* ending : {".html", ".md", ".json", ".sarif", ".csv", ".junit.xml", ".codequality.json"})
        QVERIFY2(fs::file_size(path("report") + ending) > 200, ending);
    QCOMPARE(
        call({"export", "--session", path("s.lectern"), "--format", "markdown", "--out", path("again.md")})
            .code,
        0);
    QCOMPARE(slurp(path("again.md")), slurp(path("report.md")));

    const Called held = call({"verify", path("report.json"), "--corpus", path("tree"), "--json"});
    QVERIFY2(held.code == 0, held.out.c_str());
    QVERIFY(held.document()["held"] == held.document()["checked"] && held.document()["checked"] > 0);
    const std::string text = slurp(path("tree/src/a.c"));
    std::string flipped = text;
    flipped[flipped.find("gets")] = 'G';
    write(path("tree/src/a.c"), flipped);
    const Called broken = call({"verify", path("report.json"), "--corpus", path("tree"), "--json"});
    QCOMPARE(broken.code, 1);
    QCOMPARE(broken.document()["changed"][0]["finding"].get<std::string>(), std::string("F1"));
    QVERIFY(broken.document()["changed"][0]["at"].get<std::string>().starts_with("src/a.c"));
    write(path("tree/src/a.c"), text);
    QCOMPARE(call({"verify", path("report.json"), "--corpus", path("tree")}).code, 0);
}

void CliJobsTest::triageIsHonoured() {
    QCOMPARE(call({"review", path("tree"), "--session", path("s.lectern")}).code, 1);
    const Called list = call({"triage", "--session", path("s.lectern"), "--json"});
    QCOMPARE(list.code, 1);
    QCOMPARE(list.document()["open"].get<int>(), 1);
    QCOMPARE(call({"triage", "F1", "--session", path("s.lectern"), "--state", "dismissed"}).code,
             2); // a reason is needed
    QCOMPARE(call({"triage", "F1", "--session", path("s.lectern"), "--state", "dismissed", "--reason",
                   "console only"})
                 .code,
             0);
    write(path("tree/src/a.c"), "\n\n" + slurp(path("tree/src/a.c"))); // it moves, and stays dismissed
    const Called again = call({"review", path("tree"), "--session", path("s.lectern"), "--json"});
    QCOMPARE(again.code, 0);
    QCOMPARE(again.document()["rejected"][0]["state"].get<std::string>(), std::string("dismissed"));
    QCOMPARE(call({"triage", "--session", path("s.lectern"), "--export", path("dismissed.txt")}).code, 0);
    QVERIFY(slurp(path("dismissed.txt")).find("console only") != std::string::npos);
    // Another session learns it from the file.
    QCOMPARE(call({"review", path("tree"), "--session", path("other.lectern")}).code, 1);
    call({"triage", "--session", path("other.lectern"), "--import", path("dismissed.txt")});
    QCOMPARE(call({"review", path("tree"), "--session", path("other.lectern")}).code, 0);
    // Taken back, it counts again.
    QCOMPARE(call({"triage", "F1", "--session", path("s.lectern"), "--state", "open"}).code, 1);
    QCOMPARE(call({"review", path("tree"), "--session", path("s.lectern")}).code, 1);
}

void CliJobsTest::failOnAndStrict() {
    QCOMPARE(call({"review", path("tree"), "--session", path("s.lectern"), "--fail-on", "never"}).code, 0);
    QCOMPARE(call({"review", path("tree"), "--session", path("s.lectern"), "--fail-on", "critical"}).code, 0);
    QCOMPARE(call({"review", path("tree"), "--session", path("s.lectern"), "--strict", "7"}).code, 2);
    QCOMPARE(call({"review", path("tree"), "--session", path("s.lectern"), "--strict", "3"}).code, 1);
}

void CliJobsTest::unreadableGivesThree() {
    write(path("tree/broken.pdf"), "%PDF-1.4\nthis is no PDF\n");
    const Called review = call({"review", path("tree"), "--session", path("s.lectern"), "--json"});
    QCOMPARE(review.code, 3);
    QVERIFY(!review.document()["coverage"]["complete"].get<bool>());
    QVERIFY(review.out.find("No check fired") == std::string::npos);
    QCOMPARE(review.document()["coverage"]["open"][0]["path"].get<std::string>(), std::string("broken.pdf"));
}

void CliJobsTest::summaryAndAnswer() {
    const Called summary = call({"summarize", path("tree"), "--session", path("s.lectern"), "--json"});
    QVERIFY2(summary.code == 0, summary.err.c_str());
    QVERIFY(summary.document()["summary"][0]["text"].get<std::string>().starts_with("Reader takes lines"));
    QCOMPARE(summary.document()["origins"]["generated"].get<int>(), 0);
    const Called answer =
        call({"ask", "what does readLine read?", path("tree"), "--session", path("s.lectern"), "--json"});
    QVERIFY2(answer.code == 0, answer.err.c_str());
    QCOMPARE(answer.document()["searches"][0]["pattern"].get<std::string>(), std::string("readLine"));
    const Called nothing =
        call({"ask", "where do the penguins breed?", path("tree"), "--session", path("s.lectern"), "--json"});
    QCOMPARE(nothing.code, 1);
    QVERIFY(!nothing.document()["searches"].empty());
}

void CliJobsTest::mistakesOfTheUser() {
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"review"},
             {"review", path("nowhere")},
             {"review", path("tree"), "--goal", "beauty"},
             {"verify", path("tree/README.md")},
             {"verify", path("tree/README.md"), "--corpus", path("tree")},
             {"export"},
             {"export", "--session", path("none.lectern")},
             {"ask"},
             {"ask", "  ", path("tree")},
             {"triage", "--session", path("none.lectern")},
             {"review", path("tree"), "--run-tools", "rm"},
             {"review", path("tree"), "--resume", "--session", path("r.lectern")}}) {
        const Called result = call(arguments);
        QVERIFY2(result.code == 2,
                 (arguments[0] + ": " + std::to_string(result.code) + " " + result.err).c_str());
        QVERIFY(result.err.starts_with("lectern: "));
    }
}

void CliJobsTest::eventsTellTheStory() {
    QCOMPARE(
        call({"review", path("tree"), "--session", path("s.lectern"), "--events=" + path("events.jsonl")})
            .code,
        1);
    std::istringstream lines(slurp(path("events.jsonl")));
    std::vector<json> events;
    for (std::string line; std::getline(lines, line);) events.push_back(json::parse(line));
    QCOMPARE(events.front()["type"].get<std::string>(), std::string("run.started"));
    QCOMPARE(events.front()["goal"].get<std::string>(), std::string("review"));
    QCOMPARE(events.front()["session"].get<std::string>(), path("s.lectern"));
    QVERIFY(!events.front()["run"].get<std::string>().empty());
    QCOMPARE(events.back()["run"].get<std::string>(), events.front()["run"].get<std::string>());
    QCOMPARE(events.back()["type"].get<std::string>(), std::string("run.finished"));
    int findings = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        QCOMPARE(events[i]["seq"].get<std::size_t>(), events[0]["seq"].get<std::size_t>() + i);
        findings += events[i]["type"] == "finding" ? 1 : 0;
    }
    QCOMPARE(findings, 1);
}

void CliJobsTest::theSampleEndToEnd() {
    // A copy: the sample lies inside a repository that may be a work tree of another one.
    fs::copy(SOURCE_ROOT "/resources/sample", path("sample"), fs::copy_options::recursive);
    const Called review = call({"review", path("sample"), "--session", path("sample.lectern"), "--json"});
    QVERIFY2(review.code == 1, review.err.c_str());
    const json report = review.document();
    QVERIFY(report["coverage"]["complete"].get<bool>());
    std::set<std::string> rules;
    for (const auto& finding : report["findings"]) {
        rules.insert(finding["rule"].get<std::string>());
        for (const auto& evidence : finding["evidence"])
            QCOMPARE(evidence["state"].get<std::string>(), std::string("proven"));
    }
    // What the sample was given to be found.
    for (const char* rule : {"C01", "C04", "C05", "C06", "C07", "C08", "C11", "C12", "C13", "C16", "C17",
                             "C19", "D02", "D06", "D07"})
        QVERIFY2(rules.contains(rule), rule);
    QCOMPARE(call({"export", "--session", path("sample.lectern"), "--format", "json", "--out",
                   path("sample.json")})
                 .code,
             0);
    QCOMPARE(call({"verify", path("sample.json"), "--corpus", path("sample")}).code, 0);
    QCOMPARE(call({"summarize", path("sample"), "--session", path("sample.lectern")}).code, 0);
}

QTEST_GUILESS_MAIN(CliJobsTest)
#include "tst_cli_jobs.moc"
