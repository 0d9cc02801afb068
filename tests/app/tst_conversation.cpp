// Questions that go on from an answer, and sentences of an answer that become findings: kept with the
// session, found again by a later review while their words stand, called fixed when they do not. The key
// ring: what is said where there is none.
#include "app/backend/backend.h"
#include "app/backend/key_source.h"
#include "app/backend/keyring.h"
#include "app/cli/command.h"
#include "app/report/cost_stages.h"
#include "app/report/promote.h"
#include "app/report/report_json.h"
#include "app/run_frame.h"
#include "app/store/session_store.h"
#include "app/workspace.h"

#include <nlohmann/json.hpp>

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

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
    const int code = app::cli::runCommandLine(arguments, streams, {});
    return {code, out.str(), err.str()};
}

void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

const char* const spool = "# Spool\n\nThe spool keeps forty lines and drops the oldest one first.\n\nNobody "
                          "may write to the spool while it is read.\n";

} // namespace

class ConversationTest : public QObject {
    Q_OBJECT
private slots:
    void init();
    void aQuestionGoesOn();
    void aSentenceBecomesAFinding();
    void aKeyIsAskedOfTheRing();
    void aRingKeepsAKey();
    void insideTheRing(); // what aRingKeepsAKey() starts, with a secret service around it
    void stagesAndPeaks();

private:
    std::string path(const char* name) const { return m_folder->filePath(name).toStdString(); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void ConversationTest::init() {
    m_folder = std::make_unique<QTemporaryDir>();
    for (const char* name : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
        qputenv(name, (m_folder->path() + "/" + name).toUtf8());
    write(path("tree/spool.md"), spool);
    write(path("tree/other.md"), "# Paper\n\nPaper comes in rolls of ninety metres and is fed by hand.\n");
}

void ConversationTest::aQuestionGoesOn() {
    const Called first = call({"ask", "How many lines does the spool keep?", path("tree"), "--session",
                               path("s.lectern"), "--json"});
    QVERIFY2(first.code == 0, first.err.c_str());
    const std::string run = first.document()["run"]["id"];
    const Called second = call({"ask", "And who may write?", path("tree"), "--session", path("s.lectern"),
                                "--follow", run, "--json"});
    QVERIFY2(second.code == 0, second.err.c_str());
    const std::string notes = second.document()["notes"].dump();
    QVERIFY2(notes.find("How many lines does the spool keep?") != std::string::npos, notes.c_str());
    // "And who may write?" names no spool; the question before it does, and its words count.
    QVERIFY(second.document()["searches"].dump().find("spool") != std::string::npos);
    {
        const app::SessionStore store(path("s.lectern"), app::SessionStore::Access::Read);
        const auto later = store.run(second.document()["run"]["id"].get<std::string>());
        QVERIFY(later);
        QCOMPARE(app::followedBy(*later), run);
        QCOMPARE(app::followedBy(*store.run(run)), std::string());
    }
    const Called nowhere = call({"ask", "And now?", path("tree"), "--session", path("s.lectern"), "--follow",
                                 "19990101T000000-00000000"});
    QCOMPARE(nowhere.code, 2);
    QVERIFY2(nowhere.err.find("no answer of the run") != std::string::npos, nowhere.err.c_str());
}

void ConversationTest::aSentenceBecomesAFinding() {
    QCOMPARE(call({"review", path("tree"), "--session", path("s.lectern"), "--fail-on", "never"}).code, 0);
    const Called asked = call(
        {"ask", "What does the spool drop first?", path("tree"), "--session", path("s.lectern"), "--json"});
    QVERIFY2(asked.code == 0, asked.err.c_str());
    {
        app::SessionStore store(path("s.lectern"));
        const app::Report answer = app::reportFromJson(asked.out);
        const auto request = app::ReadRequest::fromJson(store.latestCorpus()->request);
        const auto corpus = app::readSubject(request, {}, {});
        const auto sentence =
            std::find_if(answer.answer.begin(), answer.answer.end(), [](const app::Sentence& one) {
                return one.origin == app::Origin::Extracted && one.text.find("oldest") != std::string::npos;
            });
        QVERIFY(sentence != answer.answer.end());
        const app::Promotion promotion = app::promoteSentence(store, *corpus, answer, *sentence);
        QCOMPARE(promotion.report->run.goal, std::string("review")); // beside the findings of the review
        QVERIFY(promotion.id.starts_with('F'));
        QVERIFY_EXCEPTION_THROWN(app::promoteSentence(store, *corpus, answer, *sentence),
                                 std::runtime_error); // once is enough
        QVERIFY_EXCEPTION_THROWN(
            app::promoteSentence(store, *corpus, answer,
                                 app::Sentence("Nothing carries this.", app::Origin::Generated)),
            std::runtime_error);
    }
    const auto promoted = [&](const Called& review, const char* list) -> json {
        const json report = review.document();
        for (const json& one : report[list])
            if (one["rule"] == app::promotedRule) return one;
        return {};
    };
    write(path("tree/spool.md"), "A new first line.\n\n" + std::string(spool)); // it moves
    const Called again = call({"review", path("tree"), "--session", path("s.lectern"), "--json"});
    const json kept = promoted(again, "findings");
    QVERIFY2(!kept.is_null(), again.out.c_str());
    QCOMPARE(kept["state"].get<std::string>(), std::string("open"));
    QCOMPARE(kept["since"].get<std::string>(), std::string("unchanged"));
    QVERIFY(kept["evidence"][0]["quote"].get<std::string>().find("oldest") != std::string::npos);
    write(path("tree/spool.md"), "# Spool\n\nNothing is kept any more.\n");
    const Called gone = call({"review", path("tree"), "--session", path("s.lectern"), "--json"});
    QVERIFY(promoted(gone, "findings").is_null());
    QCOMPARE(promoted(gone, "rejected")["state"].get<std::string>(), std::string("fixed"));
    // Triage knows it like any other.
    const Called list = call({"triage", "--session", path("s.lectern"), "--json"});
    QVERIFY(list.code == 0 || list.code == 1);
}

void ConversationTest::aKeyIsAskedOfTheRing() {
    QCOMPARE(app::keyringEntry("https://API.deepseek.com/v1"), std::string("https://api.deepseek.com"));
    QCOMPARE(app::keyringEntry("http://127.0.0.1:8000/v1"), std::string("http://127.0.0.1:8000"));
    // No session bus: no ring answers, whatever runs on this machine.
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus");
    const app::KeySource ringAlone{"", "", "https://api.deepseek.com"};
    try {
        (void)app::readKey(ringAlone, "deepseek");
        QFAIL("a ring that is not there gave a key");
    } catch (const app::BackendError& error) {
        QCOMPARE(error.cause(), app::BackendError::Cause::Configuration);
        const std::string words = error.what();
        QVERIFY2(words.find("environment variable") != std::string::npos, error.what());
        QVERIFY2(words.find("https://api.deepseek.com") != std::string::npos, error.what());
    }
    // The variable stands in.
    qputenv("LECTERN_RING_TEST", "stand-in-key");
    const app::Secret key = app::readKey({"LECTERN_RING_TEST", "", "https://api.deepseek.com"}, "deepseek");
    QCOMPARE(std::string(key.reveal()), std::string("stand-in-key"));
    QVERIFY_EXCEPTION_THROWN((void)app::checkedKey("two words", "the field"), app::BackendError);
}

void ConversationTest::aRingKeepsAKey() {
    for (const char* program : {"dbus-run-session", "gnome-keyring-daemon"})
        if (QStandardPaths::findExecutable(program).isEmpty())
            QSKIP(qPrintable(QString("%1 is not installed").arg(program)));
    if (!app::keyringBuiltIn()) QSKIP("built without QtKeychain");
    QProcess session;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove("DBUS_SESSION_BUS_ADDRESS");
    environment.insert("LECTERN_INSIDE_THE_RING", "1");
    environment.insert("XDG_CURRENT_DESKTOP", "GNOME");
    session.setProcessEnvironment(environment);
    session.setProcessChannelMode(QProcess::MergedChannels);
    session.start("dbus-run-session", {"--", "sh", "-c",
                                       "printf secret | gnome-keyring-daemon --unlock --components=secrets "
                                       ">/dev/null; exec \"$0\" insideTheRing",
                                       QCoreApplication::applicationFilePath()});
    QVERIFY(session.waitForFinished(90'000));
    QVERIFY2(session.exitCode() == 0, session.readAll().constData());
}

void ConversationTest::insideTheRing() {
    if (!qEnvironmentVariableIsSet("LECTERN_INSIDE_THE_RING")) QSKIP("started by aRingKeepsAKey");
    const std::string entry = "https://ring.example:8443";
    QVERIFY_EXCEPTION_THROWN((void)app::readKeyring(entry), app::BackendError);
    app::writeKeyring(entry, app::Secret("sk-kept-by-the-ring"));
    QCOMPARE(std::string(app::readKeyring(entry).reveal()), std::string("sk-kept-by-the-ring"));
    // From threads that come and go, as jobs do.
    for (int i = 0; i < 3; ++i) {
        std::string read;
        std::thread([&] { read = app::readKey({"", "", entry}, "ring").reveal(); }).join();
        QCOMPARE(read, std::string("sk-kept-by-the-ring"));
    }
    QVERIFY_EXCEPTION_THROWN((void)app::readKeyring("https://other.example"), app::BackendError);
    app::removeKeyring(entry);
    app::removeKeyring(entry); // gone already
    QVERIFY_EXCEPTION_THROWN((void)app::readKeyring(entry), app::BackendError);
}

void ConversationTest::stagesAndPeaks() {
    QCOMPARE(app::stageOfBranch("scan Q07/1"), std::string("scan"));
    QCOMPARE(app::stageOfBranch("support A1"), std::string("verify"));
    QCOMPARE(app::stageOfBranch("warm-up"), std::string("warm"));
    {
        app::SessionStore store(path("c.lectern"));
        app::StoredRun run;
        run.id = "r1", run.goal = "review", run.started = "2026-10-01T00:00:00Z";
        store.beginRun(run);
        const auto branch = [](const char* name, int uncached, int cached) {
            return json{{"branch", name},
                        {"usage", {{"input_uncached", uncached}, {"input_cached", cached}, {"output", 10}}}}
                .dump();
        };
        store.addStep("r1", "branch", "k1", branch("scan Q01/1", 100, 900));
        store.addStep("r1", "branch", "k2", branch("verify F1/1", 50, 900));
        run.id = "r2";
        store.beginRun(run, "r1");
        run.resumedFrom = "r1";
        store.addStep("r2", "branch", "k1", branch("scan Q01/1", 100, 900)); // replayed: paid once
        store.addStep("r2", "branch", "k3", branch("scan Q02/1", 7, 900));
        const auto stages = app::costByStage(store, "r2");
        QCOMPARE(stages.size(), std::size_t(2));
        QCOMPARE(stages[0].stage, std::string("scan"));
        QCOMPARE(stages[0].calls, std::int64_t(2));
        QCOMPARE(stages[0].usage.inputUncached, std::int64_t(107));
        QCOMPARE(stages[1].usage.inputCached, std::int64_t(900));
    }
    const app::PriceTable prices = app::loadPrices({});
    const auto at = [](const char* time) { return *app::parseTime(time, 0); };
    // A Tuesday: peak from 01:00 to 04:00 and from 06:00 to 10:00 UTC.
    const auto night = app::peakHours(prices, "deepseek-flash", at("2026-11-24T02:30:00Z"));
    QVERIFY(night && night->now);
    QCOMPARE(app::formatTime(night->changes), std::string("2026-11-24T04:00:00Z"));
    const auto evening = app::peakHours(prices, "deepseek-flash", at("2026-11-27T20:00:00Z"));
    QVERIFY(evening && !evening->now); // a Friday evening: the weekend is off-peak
    QCOMPARE(app::formatTime(evening->changes), std::string("2026-11-30T01:00:00Z"));
    QVERIFY(!app::peakHours(prices, "no such model", at("2026-11-24T02:30:00Z")));
}

QTEST_MAIN(ConversationTest)
#include "tst_conversation.moc"
