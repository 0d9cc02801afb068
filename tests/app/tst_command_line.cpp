// Words become options by one table; what is unknown gets its nearest neighbour and exit code 2; events and exit codes
// keep their contract; help, man page and completion name every option.
#include "app/cli/command_line.h"
#include "app/cli/events.h"
#include "app/exit.h"
#include "app/cli/manual.h"
#include "app/resources.h"

#include <QTest>

#include <filesystem>
#include <sstream>

using namespace app::cli;
using app::Conditions;
using app::Exit;
using Json = nlohmann::ordered_json;

class TestCommandLine : public QObject {
    Q_OBJECT

    static QString refusal(const std::vector<std::string>& words) {
        try {
            parseCommandLine(words);
        } catch (const UsageError& error) {
            return QString::fromStdString(error.what());
        }
        return "accepted";
    }
    struct Outcome {
        int code;
        std::string out, err;
    };
    static Outcome called(const std::vector<std::string>& words) {
        std::ostringstream out, err;
        std::istringstream in;
        const int code = runCommandLine(words, {&out, &err, &in}, {});
        return {code, out.str(), err.str()};
    }

private slots:
    void optionsInEveryShape() {
        const ParsedLine line = parseCommandLine({"--session", "s.lectern", "ingest", "--include=*.h", "--exclude", "docs/**", "--include", "docs/a.md", "--json",
                                                  "--events", "a", "--events=e.jsonl", "--", "--odd-name"});
        QCOMPARE(line.command->name, std::string("ingest"));
        QCOMPARE(line.positional, (std::vector<std::string>{"a", "--odd-name"}));
        QVERIFY(line.has("json"));
        std::ostringstream sink;
        const Invocation call(*line.command, parseCommandLine({"ingest", "--exclude", "a,b", "x", "--max-file", "1.5MB"}).options, {"x"}, {&sink, &sink, nullptr}, {});
        QCOMPARE(call.values("exclude"), std::vector<std::string>{"a,b"}); // a glob may hold a comma
        QCOMPARE(*call.size("max-file"), 1'500'000u);
    }

    void refusalsSayWhatIsMeant() {
        QVERIFY(refusal({"ingest", "--exlcude", "x"}).contains("--exclude"));
        QVERIFY(refusal({"ingset", "x"}).contains("ingest"));
        QVERIFY(refusal({"ingest", "--max-file"}).contains("needs a value"));
        QVERIFY(refusal({"ingest", "--json=yes"}).contains("takes no value"));
        QVERIFY(refusal({"ingest", "--ocr", "always"}).contains("off, missing"));
        QVERIFY(refusal({"prices", "lst"}).contains("list, check, import"));
        QVERIFY(refusal({"--goal", "review", "ingest", "x"}).contains("does not belong"));
        QVERIFY(refusal({"prices", "list", "a", "b"}).contains("no further argument"));
        QVERIFY(refusal({}).contains("No command"));
        QVERIFY(refusal({"-x"}).contains("two dashes"));
        QVERIFY(refusal({"\x1b[31m"}).contains("\\x1b")); // what is repeated is escaped
    }

    void failureIsOneDocument() {
        const Outcome outcome = called({"ingest", "--exlcude", "x", "--json"});
        QCOMPARE(outcome.code, 2);
        const Json document = Json::parse(outcome.out);
        QCOMPARE(document["schema"].get<std::string>(), std::string("lectern.failure/1"));
        QCOMPARE(document["exit"].get<int>(), 2);
        QVERIFY(!document["what"].get<std::string>().empty());
        QVERIFY(document.contains("about") && document.contains("cause"));
        QCOMPARE(std::count(outcome.err.begin(), outcome.err.end(), '\n') <= 2, true);
        QCOMPARE(called({"ingest", "/no/such/place", "--json"}).code, 2);
        QCOMPARE(called({"ingest", "--quiet"}).code, 2);
    }

    void helpAndVersion() {
        QCOMPARE(called({"--version"}).out, "lectern " + std::string(app::version()) + "\n");
        const Outcome overview = called({"--help"});
        QCOMPARE(overview.code, 0);
        for (const Command* command : commandTable()) {
            QVERIFY2(overview.out.find("  " + command->name) != std::string::npos, command->name.c_str());
            const Outcome help = called({command->name, "--help"});
            QCOMPARE(help.code, 0);
            for (const Option& option : optionsOf(*command))
                QVERIFY2(help.out.find("--" + option.name) != std::string::npos, option.name.c_str());
        }
    }

    void manualAndCompletionAreThoseOfTheTable() {
        // LECTERN_UPDATE=1 writes them anew after a command or an option has changed.
        const std::filesystem::path folder = std::filesystem::path(SOURCE_ROOT) / "resources/linux";
        if (qEnvironmentVariableIsSet("LECTERN_UPDATE")) {
            app::writeFileAtomically(folder / "lectern.1", manualPage());
            app::writeFileAtomically(folder / "lectern.bash", bashCompletion());
        }
        QVERIFY2(app::readFile(folder / "lectern.1") == manualPage(), "lectern.1 is old: run LECTERN_UPDATE=1 tests/tst_command_line");
        QVERIFY2(app::readFile(folder / "lectern.bash") == bashCompletion(), "lectern.bash is old: run LECTERN_UPDATE=1 tests/tst_command_line");
    }

    void exitCodesByPrecedence() {
        Conditions conditions;
        QCOMPARE(conditions.exitCode(), 0);
        conditions.add(Exit::Findings, "f");
        QCOMPARE(conditions.exitCode(), 1);
        conditions.add(Exit::Incomplete, "i");
        QCOMPARE(conditions.exitCode(), 3);
        conditions.add(Exit::Budget, "b");
        QCOMPARE(conditions.exitCode(), 4);
        conditions.add(Exit::Engine, "e");
        QCOMPARE(conditions.exitCode(), 5);
        conditions.add(Exit::Usage, "u");
        QCOMPARE(conditions.exitCode(), 2);
        QCOMPARE(conditions.texts().size(), std::size_t(5));
    }

    void eventsKeepTheirOrder() {
        std::vector<Json> lines;
        {
            EventWriter events([&](const std::string& line) { lines.push_back(Json::parse(line)); });
            events.warning("something", "early"); // before anything was started
            for (int i = 0; i <= 1000; ++i)
                events.send("stage", {{"name", "read"}, {"done", i}, {"total", 1000}});
            events.send("tool", {{"name", "find"}});
            events.finished("complete", 0, {});
            events.finished("failed", 5, {}); // the second one is not heard
            events.warning("late");
        }
        QCOMPARE(lines.front()["type"].get<std::string>(), std::string("run.started"));
        QCOMPARE(lines.back()["type"].get<std::string>(), std::string("run.finished"));
        QCOMPARE(std::count_if(lines.begin(), lines.end(), [](const Json& l) { return l["type"] == "run.finished"; }), 1);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            QCOMPARE(lines[i]["seq"].get<std::size_t>(), i + 1);
            QCOMPARE(lines[i]["v"].get<int>(), 1);
            QVERIFY(lines[i].contains("t") && lines[i].contains("run"));
        }
        QVERIFY(lines.size() < 30); // progress was merged
        const auto lastStage = std::find_if(lines.rbegin(), lines.rend(), [](const Json& l) { return l["type"] == "stage"; });
        QCOMPARE((*lastStage)["done"].get<int>(), 1000); // and its end arrived
    }
};

QTEST_GUILESS_MAIN(TestCommandLine)
#include "tst_command_line.moc"
