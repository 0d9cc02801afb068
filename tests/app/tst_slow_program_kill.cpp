// P1 of the whole program: `lectern` is killed at random moments of reading and of a scripted review. What its events
// had said before (--events is the outside observer) must be in the session, reopening takes less than a second, and
// --resume goes on without asking one finished branch again: the script keeps the bill. 60 kills, LECTERN_KILLS for more.
#include "app/agent/transcript.h"
#include "app/store/session_store.h"
#include "tests/support/pdf_maker.h"

#include <nlohmann/json.hpp>

#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <unistd.h>

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr int questions = 6;

void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

std::vector<std::string> linesOf(const fs::path& path) {
    std::vector<std::string> lines;
    std::ifstream file(path, std::ios::binary);
    // A last line without its end was never said.
    for (std::string line; std::getline(file, line) && !file.eof();) lines.push_back(line);
    return lines;
}

std::string line(int number) {
    const std::string n = std::to_string(number);
    return "int total" + n + " = compute" + n + "(input" + n + ", 0);";
}

json turn(json when, json reply) {
    reply["delay_ms"] = 4;
    return {{"when", std::move(when)}, {"times", 0}, {"reply", std::move(reply)}};
}

json call(const char* name, json arguments) {
    return {{"calls", json::array({{{"name", name}, {"arguments", std::move(arguments)}}})}};
}

} // namespace

class TestSlowProgramKill : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void nothingAcknowledgedIsLost();

private:
    QStringList review(const fs::path& session, const fs::path& events, bool resume) const;
    std::map<int, std::string> m_branchOfTurn; // 1-based, as the bill counts
    QTemporaryDir m_folder;
    fs::path m_root;
};

void TestSlowProgramKill::initTestCase() {
    m_root = m_folder.path().toStdString();
    for (const char* name : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
        qputenv(name, QByteArray::fromStdString((m_root / name).string()));
    write(m_root / "tree/README.md", "# Totals\n\nTotals adds what it is given.\n");
    testing::PdfMaker paper;
    paper.page(testing::PdfMaker::line(72, 700, 12, "The total is the sum of its inputs."));
    write(m_root / "tree/paper.pdf", paper.build());
    json items = json::array(), turns = json::array();
    for (int i = 1; i <= questions; ++i) {
        const std::string n = std::to_string(i), file = "src/part" + n + ".c", question = "Is total " + n + " right?";
        write(m_root / "tree" / file, "// Part " + n + ".\nvoid part" + n + "(void) {\n    " + line(i) + "\n}\n");
        items.push_back({{"id", "Q0" + n}, {"question", question}, {"kind", "scan"}, {"passes", 1}});
        turns.push_back(turn({{"contains", question}, {"turn", 0}},
                             call("note_finding", {{"kind", "defect"}, {"title", "Total " + n + " is wrong"}, {"claim", "It adds nothing."},
                                                   {"severity", "medium"}, {"consequence", "A wrong total."},
                                                   {"evidence", "site " + file + ":3 \"" + line(i) + "\""}})));
        turns.push_back(turn({{"contains", question}, {"turn", 1}}, {{"text", "Done."}}));
        m_branchOfTurn[int(turns.size()) - 1] = m_branchOfTurn[int(turns.size())] = "scan Q0" + n + "/1";
        const std::string candidate = "Candidate: C" + n + "\n";
        turns.push_back(turn({{"contains", candidate}, {"turn", 0}},
                             call("verdict", {{"candidate", "C" + n}, {"outcome", "confirmed"}, {"reason", "It is so."},
                                              {"quote", line(i)}, {"file", file}})));
        turns.push_back(turn({{"contains", candidate}, {"turn", 1}}, {{"text", "Done."}}));
        m_branchOfTurn[int(turns.size()) - 1] = m_branchOfTurn[int(turns.size())] = "verify C" + n + "/1";
    }
    write(m_root / "plan.json", json({{"schema", "lectern.plan/1"}, {"goal", "review"}, {"items", items}}).dump());
    write(m_root / "script.json", json({{"schema", "lectern.script/1"}, {"level", 2}, {"log", (m_root / "bill").string()}, {"turns", turns}}).dump());
}

QStringList TestSlowProgramKill::review(const fs::path& session, const fs::path& events, bool resume) const {
    QStringList list{"review", QString::fromStdString((m_root / "tree").string()),
                     "--session", QString::fromStdString(session.string()),
                     "--engine", QString::fromStdString("script:" + (m_root / "script.json").string()),
                     "--plan", QString::fromStdString((m_root / "plan.json").string()),
                     QString::fromStdString("--events=" + events.string())};
    if (resume) list << "--resume";
    return list;
}

void TestSlowProgramKill::nothingAcknowledgedIsLost() {
    const int kills = qEnvironmentVariableIntValue("LECTERN_KILLS") > 0 ? qEnvironmentVariableIntValue("LECTERN_KILLS") : 60;
    const QString program = BUILD_BIN "/lectern";
    std::mt19937 random(20261125);
    int acknowledged = 0, resumed = 0, kept = 0;
    double worst = 0;

    // The undisturbed run: how long it takes, how many branches it has, what it finds.
    QElapsedTimer timer;
    timer.start();
    QProcess undisturbed;
    undisturbed.start(program, review(m_root / "whole.lectern", m_root / "whole.jsonl", false));
    QVERIFY(undisturbed.waitForFinished(60'000));
    const int whole = int(timer.elapsed());
    QVERIFY2(undisturbed.exitCode() == 1, undisturbed.readAllStandardError().constData());
    QCOMPARE(linesOf(m_root / "bill").size(), std::size_t(4 * questions));

    fs::path session;
    for (int round = 0, killed = 0; killed < kills; ++round) {
        QVERIFY2(round < 6 * kills, "the program is over before it can be killed");
        if (round % 20 == 0) session = m_root / ("s" + std::to_string(round) + ".lectern");
        // What is finished before this start must not be asked in it.
        bool resume = false;
        std::set<std::string> finished;
        if (fs::exists(session)) {
            const app::SessionStore store(session, app::SessionStore::Access::Read);
            if (const auto unfinished = store.unfinishedRun("review")) {
                resume = true;
                for (std::optional<app::StoredRun> link = unfinished; link; link = store.run(link->resumedFrom)) {
                    for (const app::StoredStep& step : store.steps(link->id))
                        if (const auto transcript = app::Transcript::fromJson(step.record); step.stage == "branch" && transcript)
                            finished.insert(transcript->branch);
                    if (link->resumedFrom.empty()) break;
                }
            }
        }
        resumed += resume ? 1 : 0;
        kept += int(finished.size());
        const std::size_t paid = linesOf(m_root / "bill").size();
        const fs::path events = m_root / "events.jsonl";
        fs::remove(events);
        QProcess process;
        const bool reading = round % 10 == 9; // `ingest` alone
        process.start(program, reading ? QStringList{"ingest", QString::fromStdString((m_root / "tree").string()), "--session",
                                                     QString::fromStdString(session.string()), QString::fromStdString("--events=" + events.string())}
                                       : review(session, events, resume));
        QVERIFY(process.waitForStarted());
        if (!process.waitForFinished(int(random() % unsigned(whole + whole / 8 + 1)))) {
            process.kill();
            QVERIFY(process.waitForFinished(30'000));
        }
        if (process.exitStatus() == QProcess::CrashExit)
            ++killed;
        else
            QVERIFY2(process.exitCode() == (reading ? 0 : 1), process.readAllStandardError().constData());
        if (!fs::exists(session)) continue; // nothing was promised yet

        timer.restart();
        const app::SessionStore store(session);
        worst = std::max(worst, double(timer.elapsed()));
        QVERIFY2(timer.elapsed() < 1000, "reopening took a second");
        if (const auto damage = store.check()) QFAIL(damage->c_str());

        for (const std::string& text : linesOf(events)) {
            const json event = json::parse(text);
            const std::string type = event["type"], run = event["run"];
            if (type == "branch.done" && !event.contains("replayed")) {
                bool found = false;
                for (const app::StoredStep& step : store.steps(run))
                    if (const auto transcript = app::Transcript::fromJson(step.record); step.stage == "branch" && transcript)
                        found = found || transcript->branch == event["branch"].get<std::string>();
                QVERIFY2(found, text.c_str());
                ++acknowledged;
            } else if (type == "candidate") {
                // It was handed in by a branch of this run or of one it resumes, whose record holds it.
                bool found = false;
                for (const app::StoredRun& one : store.runs())
                    for (const app::StoredStep& step : store.steps(one.id))
                        found = found || step.record.find(event["title"].get<std::string>()) != std::string::npos;
                QVERIFY2(found, text.c_str());
                ++acknowledged;
            } else if (type == "finding") {
                const auto rows = store.findings(run);
                QVERIFY2(std::any_of(rows.begin(), rows.end(), [&](const app::StoredFinding& row) { return row.id == event["id"].get<std::string>(); }),
                         text.c_str());
                ++acknowledged;
            } else if (type == "run.finished" && !reading) {
                QVERIFY2(store.report(run), text.c_str());
                ++acknowledged;
            } else if (type == "run.finished" || type == "branch.started") {
                QVERIFY2(!store.corpora().empty(), text.c_str()); // the corpus was kept before anything was asked
                ++acknowledged;
            }
        }
        const auto bill = linesOf(m_root / "bill");
        for (std::size_t i = paid; i < bill.size(); ++i) {
            const std::string branch = m_branchOfTurn.at(std::stoi(bill[i].substr(5)));
            QVERIFY2(!finished.contains(branch), (branch + " was asked and paid again").c_str());
        }
    }

    // Every session comes to the end of its run and to the findings of the undisturbed one.
    int sessions = 0;
    for (const auto& entry : fs::directory_iterator(m_root)) {
        if (entry.path().extension() != ".lectern") continue;
        ++sessions;
        bool resume = false;
        {
            const app::SessionStore store(entry.path(), app::SessionStore::Access::Read);
            resume = store.unfinishedRun("review").has_value();
        }
        QProcess process;
        process.start(program, review(entry.path(), m_root / "last.jsonl", resume));
        QVERIFY(process.waitForFinished(60'000));
        QVERIFY2(process.exitCode() == 1, process.readAllStandardError().constData());
        const app::SessionStore store(entry.path(), app::SessionStore::Access::Read);
        QVERIFY(!store.unfinishedRun());
        const auto findings = store.findings(store.latestRun()->id);
        std::set<std::string> open;
        for (const app::StoredFinding& finding : findings)
            if (finding.state == "open") open.insert(json::parse(finding.record)["title"]["text"].get<std::string>());
        QCOMPARE(open.size(), std::size_t(questions));
        QProcess check;
        check.start(program, {"sessions", "check", QString::fromStdString(entry.path().string())});
        QVERIFY(check.waitForFinished(30'000));
        QCOMPARE(check.exitCode(), 0);
    }
    QVERIFY2(acknowledged > kills && resumed > 0 && kept > 0, "the kills came at moments that prove nothing");
    qInfo("%d kills, %d acknowledged records, none lost; %d resumed runs kept %d branches; %d sessions; slowest reopening %.0f ms",
          kills, acknowledged, resumed, kept, sessions, worst);
}

QTEST_GUILESS_MAIN(TestSlowProgramKill)
#include "tst_slow_program_kill.moc"
