// ingest, plan, cost, prices and sessions as a user calls them, in-process: one JSON document that fits its schema,
// events that fit theirs, exit codes, nothing of the data steering the terminal, sessions that supply the corpus again.
#include "app/cli/command.h"
#include "app/report/ledger.h"
#include "app/resources.h"
#include "app/store/session_store.h"
#include "tests/support/folder.h"
#include "tests/support/json_schema.h"
#include "tests/support/pdf_maker.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <filesystem>
#include <sstream>

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

class TestCliCommands : public QObject {
    Q_OBJECT

    struct Outcome {
        int code = -1;
        std::string out, err;
        Json json() const { return Json::parse(out); }
    };
    static Outcome call(const std::vector<std::string>& words, std::stop_token stop = {}) {
        std::ostringstream out, err;
        std::istringstream in;
        const int code = app::cli::runCommandLine(words, {&out, &err, &in}, stop);
        return {code, out.str(), err.str()};
    }
    static void fits(const Json& document, const char* schema) {
        const std::string problem = support::validate(document, std::string(schema));
        QVERIFY2(problem.empty(), problem.c_str());
    }

    QTemporaryDir m_home;
    testing::Folder m_subject;

private slots:
    void initTestCase() {
        for (const char* name : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
            qputenv(name, (m_home.path() + "/" + name).toUtf8());
        m_subject.write("README.md", "# Thing\n\nReads gauges.\n");
        m_subject.write("src/main.cpp", "// Entry.\nint main() { return 0; }\n");
        m_subject.write("src/gauge.cpp", "int gauge() { return 7; }\n");
        m_subject.write("src/gauge.o", std::string("\x7f" "ELF\0\0\0", 7));
        m_subject.write(".gitignore", "*.log\n");
        m_subject.write("run.log", "noise\n");
    }

    void ingestAccountsForEverything() {
        const Outcome outcome = call({"ingest", m_subject.path(), "--json"});
        QCOMPARE(outcome.code, 0);
        const Json document = outcome.json();
        fits(document, "corpus");
        std::map<std::string, Json> files;
        for (const Json& file : document["files"])
            files[file["path"].get<std::string>()] = file;
        QCOMPARE(files.at("src/main.cpp")["state"].get<std::string>(), std::string("in_context"));
        QCOMPARE(files.at("src/gauge.o")["state"].get<std::string>(), std::string("excluded"));
        QVERIFY(files.at("src/gauge.o").contains("rule"));
        QVERIFY(files.at("run.log")["rule"].get<std::string>().find(".gitignore:1") != std::string::npos);
        QVERIFY(document["speed"]["files_per_second"].get<double>() > 0);
        QVERIFY(document["speed"]["peak_memory_bytes"].get<std::uint64_t>() > 1'000'000);
        std::uint64_t bytes = 0;
        for (const auto& [path, file] : files)
            bytes += file["bytes"].get<std::uint64_t>();
        std::uint64_t onDisk = 0;
        for (const auto& entry : fs::recursive_directory_iterator(m_subject.path()))
            if (entry.is_regular_file())
                onDisk += entry.file_size();
        QCOMPARE(bytes, onDisk); // every byte listed is in exactly one state
    }

    void ingestListsAndExplains() {
        const Outcome list = call({"ingest", m_subject.path(), "--list"});
        QVERIFY(list.out.find("src/gauge.o: excluded") != std::string::npos);
        const Outcome why = call({"ingest", m_subject.path(), "--why", "run.log"});
        QCOMPARE(why.code, 0);
        QVERIFY2(why.out.find(".gitignore:1") != std::string::npos, why.out.c_str());
        QCOMPARE(call({"ingest", m_subject.path(), "--why", "none"}).code, 2);
        const Outcome without = call({"ingest", m_subject.path(), "--exclude", "src/**", "--include", "src/main.cpp", "--json"});
        for (const Json& file : without.json()["files"])
            if (file["path"] == "src/gauge.cpp")
                QCOMPARE(file["state"].get<std::string>(), std::string("excluded"));
            else if (file["path"] == "src/main.cpp")
                QCOMPARE(file["state"].get<std::string>(), std::string("in_context"));
    }

    void treemapIsInertAndNamesEveryFile() {
        testing::Folder folder;
        folder.write("a/one.c", std::string(500, 'x') + " y\n");
        folder.write("a/<script>alert(1)<!--.c", "int f();\n");
        const std::string file = (m_home.path() + "/map.svg").toStdString();
        QCOMPARE(call({"ingest", folder.path(), "--treemap", file}).code, 0);
        const std::string svg = app::readFile(file);
        QVERIFY(svg.find("<script") == std::string::npos);
        QVERIFY(svg.find("a/one.c") != std::string::npos);
        QVERIFY(svg.find("&lt;script&gt;") != std::string::npos);
        QCOMPARE(call({"ingest", folder.path(), "--treemap", "/proc/none/map.svg"}).code, 2);
    }

    void emptyPagesAndSecretsAreCodeOne() {
        testing::Folder folder;
        testing::PdfMaker pdf;
        pdf.page(testing::PdfMaker::line(72, 700, 12, "Agreement of the parties"));
        pdf.page("");
        folder.write("deed.pdf", pdf.build());
        const Outcome outcome = call({"ingest", folder.path(), "--json"});
        QCOMPARE(outcome.code, 1);
        fits(outcome.json(), "corpus");
        folder.write("broken.pdf", "%PDF-1.7\nnothing\n");
        const Outcome broken = call({"ingest", folder.path(), "--json"});
        QCOMPARE(broken.code, 3); // precedence: unread comes before found
        QVERIFY(broken.json()["conditions"].size() >= 2);
    }

    void namesCannotSteerTheTerminal() {
        testing::Folder folder;
        folder.write("a\x1b]0;owned\x07.txt", "text\n");
        folder.write("b\xe2\x80\xae" "txt.exe", "text\n");
        for (const auto& words : {std::vector<std::string>{"ingest", folder.path(), "--list"}, {"plan", folder.path()}, {"ingest", folder.path(), "--why", "\x1b[2J"}}) {
            const Outcome outcome = call(words);
            for (const std::string& stream : {outcome.out, outcome.err}) {
                for (const char c : stream)
                    QVERIFY(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
                QVERIFY(stream.find("\xe2\x80\xae") == std::string::npos);
            }
        }
    }

    void eventsFitTheirSchema() {
        const std::string file = (m_home.path() + "/events.jsonl").toStdString();
        for (const auto& words : {std::vector<std::string>{"ingest", m_subject.path()}, {"plan", m_subject.path()}, {"cost", m_subject.path()}, {"ingest", "/no/such"}}) {
            std::vector<std::string> all = words;
            all.push_back("--events=" + file);
            call(all);
            std::istringstream lines(app::readFile(file));
            std::vector<Json> events;
            for (std::string line; std::getline(lines, line);) {
                events.push_back(Json::parse(line));
                fits(events.back(), "events");
                QCOMPARE(events.back()["seq"].get<std::size_t>(), events.size());
            }
            QVERIFY(events.size() >= 2);
            QCOMPARE(events.front()["type"].get<std::string>(), std::string("run.started"));
            QCOMPARE(events.back()["type"].get<std::string>(), std::string("run.finished"));
        }
        const Outcome outcome = call({"ingest", m_subject.path(), "--events", "--quiet"});
        QVERIFY(outcome.err.starts_with("{\"v\":1,\"seq\":1,"));
    }

    void planProposesAndNeverDrops() {
        const Outcome outcome = call({"plan", m_subject.path(), "--json"});
        QCOMPARE(outcome.code, 0);
        fits(outcome.json(), "plan");
        QVERIFY(!outcome.json()["items"].empty());
        testing::Folder big;
        for (int i = 0; i < 40; ++i)
            big.write("engine/lib" + std::to_string(i) + ".c", "int f" + std::to_string(i) + "() { return " + std::to_string(i) + "; }\n");
        const Outcome over = call({"plan", big.path(), "--window", "1200", "--json"});
        QCOMPARE(over.code, 3);
        const Json document = over.json();
        fits(document, "plan");
        QVERIFY(!document["context"]["fits"].get<bool>());
        QCOMPARE(document["context"]["pieces"].size() + document["context"]["left_out"].size(), std::size_t(40));
        QVERIFY(document["context"]["over_by"].get<std::int64_t>() > 0);
        const std::string file = (m_home.path() + "/plan.json").toStdString();
        QCOMPARE(call({"plan", m_subject.path(), "--out", file}).code, 0);
        fits(Json::parse(app::readFile(file)), "plan");
        QCOMPARE(call({"plan", m_subject.path(), "--reserve", "5"}).code, 2);
    }

    void costIsARange() {
        const Outcome outcome = call({"cost", m_subject.path(), "--goal", "review", "--calls", "90", "--at", "12:00", "--compare", "--json"});
        QCOMPARE(outcome.code, 0);
        const Json document = outcome.json();
        fits(document, "cost");
        QVERIFY(document["fits"].get<bool>());
        QVERIFY(document["rows"].size() > 20);
        QCOMPARE(call({"cost", m_subject.path(), "--window", "1024", "--reserve", "80", "--json"}).code, 1);
        QCOMPARE(call({"cost", m_subject.path(), "--at", "teatime"}).code, 2);
    }

    void savedEndpointsNeedNoConnection() {
        fs::create_directories(m_home.path().toStdString() + "/XDG_CONFIG_HOME/lectern");
        const std::string settings = m_home.path().toStdString() + "/XDG_CONFIG_HOME/lectern/settings.json";
        app::writeFileAtomically(settings, Json({{"endpoints", {{{"name", "deepseek"},
                                                                        {"url", "https://api.deepseek.com"},
                                                                        {"model", "deepseek-flash"},
                                                                        {"key_variable", "NO_SUCH_KEY"},
                                                                        {"window", 1048576}}}}}).dump());
        const Outcome outcome = call({"cost", m_subject.path(), "--engine", "deepseek", "--at", "12:00", "--json", "--offline"});
        QCOMPARE(outcome.code, 0);
        QCOMPARE(outcome.json()["rows"].size(), std::size_t(1));
        QCOMPARE(outcome.json()["rows"][0]["as_of"].get<std::string>(), std::string("2026-10-27"));
        fs::remove(settings);
    }

    void sessionSuppliesTheCorpusAgain() {
        const std::string session = (m_home.path() + "/thing.lectern").toStdString();
        QCOMPARE(call({"ingest", m_subject.path(), "--session", session}).code, 0);
        const Outcome again = call({"ingest", "--session", session, "--json"});
        QCOMPARE(again.code, 0);
        QCOMPARE(again.json()["files"].size(), call({"ingest", m_subject.path(), "--json"}).json()["files"].size());
        QCOMPARE(call({"ingest", "--session", session + "x"}).code, 2);
        app::SessionStore holder(session);
        const Outcome busy = call({"ingest", m_subject.path(), "--session", session, "--json"});
        QCOMPARE(busy.code, 2);
        QVERIFY(busy.json()["what"].get<std::string>().find("process") != std::string::npos);
    }

    void sessionsAreKept() {
        QCOMPARE(call({"ingest", m_subject.path()}).code, 0);
        const Json list = call({"sessions", "list", "--json"}).json();
        QVERIFY(list["sessions"].size() >= 1);
        const std::string name = list["sessions"][0]["name"];
        QVERIFY(call({"sessions", "show", name}).out.find("corpus ") != std::string::npos);
        QCOMPARE(call({"sessions", "check"}).code, 0);
        QCOMPARE(call({"sessions", "rename", name, "renamed"}).code, 0);
        QCOMPARE(call({"sessions", "rename", "renamed", "../escape"}).code, 2);
        QCOMPARE(call({"sessions", "show", name}).code, 2);
        const std::string file = list["sessions"][0]["file"].get<std::string>().substr(0, list["sessions"][0]["file"].get<std::string>().rfind('/')) + "/renamed.lectern";
        QCOMPARE(call({"sessions", "delete", "--older", "400"}).code, 0);
        QVERIFY(fs::exists(file));
        std::string bytes = app::readFile(file);
        for (std::size_t i = 5000; i < std::min<std::size_t>(bytes.size(), 9000); ++i)
            bytes[i] = char(i);
        QFile(QString::fromStdString(file)).remove();
        app::writeFileAtomically(file, bytes);
        QCOMPARE(call({"sessions", "check", "renamed"}).code, 1);
        QCOMPARE(call({"sessions", "delete", "renamed"}).code, 0);
        QVERIFY(!fs::exists(file));
        QCOMPARE(call({"sessions", "delete"}).code, 2);
    }

    void pricesAreListedCheckedAndImported() {
        const Json list = call({"prices", "list", "--on", "2026-11-25", "--json"}).json();
        QVERIFY(list["rows"].size() > 40);
        QCOMPARE(call({"prices", "check", "--on", "2026-11-25"}).code, 1);
        const std::string file = (m_home.path() + "/new.json").toStdString();
        app::writeFileAtomically(file, R"({"prices":[{"id":"house-model","vendor":"us","input":0.1,"output":0.2}]})");
        QCOMPARE(call({"prices", "import", file}).code, 0);
        QVERIFY(call({"prices", "list"}).out.find("house-model") != std::string::npos);
        QCOMPARE(call({"prices", "import", "/no/such"}).code, 2);
        QCOMPARE(call({"prices", "import"}).code, 2);
    }

    void stoppedIsSaidAndKept() {
        std::stop_source stop;
        stop.request_stop();
        const Outcome outcome = call({"ingest", m_subject.path(), "--json"}, stop.get_token());
        QCOMPARE(outcome.code, 130);
        (void)outcome.json(); // still exactly one document
    }

    void interruptEndsTheProgramWithItsCode() {
        const QString program = QString(BUILD_BIN) + "/lectern";
        if (!QFile::exists(program))
            QSKIP("the program is not built");
        testing::Folder big;
        for (int i = 0; i < 4000; ++i)
            big.write("d" + std::to_string(i % 50) + "/f" + std::to_string(i) + ".c", std::string(20'000, char('a' + i % 26)) + std::to_string(i));
        QProcess process;
        process.start(program, {"ingest", QString::fromStdString(big.path()), "--events"});
        QVERIFY(process.waitForStarted());
        process.setReadChannel(QProcess::StandardError);
        QVERIFY(process.waitForReadyRead(20'000)); // it is reading now
        QElapsedTimer timer;
        timer.start();
        ::kill(pid_t(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(20'000));
        QVERIFY2(timer.elapsed() < 2'000, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(process.exitCode(), 130);
        const QByteArray events = process.readAllStandardError();
        QCOMPARE(events.count("\"run.finished\""), 1);
        QVERIFY(events.contains("\"status\":\"stopped\""));
    }
};

QTEST_GUILESS_MAIN(TestCliCommands)
#include "tst_cli_commands.moc"
