// Sessions: what was stored comes back, paid replies are found again through resumed runs, foreign and newer files are
// refused untouched, a second writer learns who holds the file, a failed sync is not an acknowledgement.
#include "app/resources.h"
#include "app/store/database.h"
#include "app/store/message_json.h"
#include "app/store/migrations.h"
#include "app/store/session_store.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <dlfcn.h>
#include <fstream>
#include <thread>
#include <unistd.h>

using namespace app;
namespace fs = std::filesystem;

// SQLite calls these through the dynamic linker, and the program's own definition comes first: a disk that fails.
static int syncsUntilFailure = -1;
extern "C" int fdatasync(int descriptor) {
    static const auto real = reinterpret_cast<int (*)(int)>(dlsym(RTLD_NEXT, "fdatasync"));
    if (syncsUntilFailure == 0) {
        syncsUntilFailure = -1;
        errno = EIO;
        return -1;
    }
    if (syncsUntilFailure > 0)
        --syncsUntilFailure;
    return real(descriptor);
}

class TestSessionStore : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_number = 0;
    fs::path fresh() { return fs::path(m_folder.path().toStdString()) / ("s" + std::to_string(++m_number) + ".lectern"); }

    static Reply reply(const std::string& text) {
        Reply r;
        r.message.role = Role::Assistant;
        r.message.text = text;
        r.finish = "stop";
        r.reportedModel = "m";
        r.usage.inputUncached = 10;
        r.usage.inputCached = 20;
        r.usage.output = 5;
        return r;
    }
    static DatabaseError::Cause causeOf(const std::function<void()>& call) {
        try {
            call();
        } catch (const DatabaseError& error) {
            return error.cause();
        }
        return DatabaseError::Cause::Misuse;
    }

private slots:
    void corpusAndRunsComeBack() {
        const fs::path file = fresh();
        std::string id;
        {
            SessionStore store(file);
            std::vector<ManifestRow> rows(2);
            rows[0].path = "src/a.cpp", rows[0].kind = "code", rows[0].sha256 = "aa", rows[0].state = "in_context", rows[0].bytes = 12, rows[0].tokens = 4;
            rows[1].path = "b.o", rows[1].state = "excluded", rows[1].reason = "binary", rows[1].rule = "first NUL byte at 1";
            const auto corpus = store.saveCorpus("hash", "thing", R"({"paths":["/x"]})", rows);
            QCOMPARE(store.saveCorpus("hash", "thing", R"({"paths":["/x"]})", rows), corpus); // the same is not stored twice
            id = store.beginRun({.goal = "review", .options = "{}", .engine = "none", .corpus = corpus});
            QVERIFY(store.unfinishedRun("review"));
            QVERIFY(!store.unfinishedRun("summary"));
            store.savePlan(id, "review", "{\"items\":[]}");
            store.addStep(id, "scan", "Q01", "{}");
            store.storeFinding({id, "F1", "fp", "C07", "open", "", "high", "src/a.cpp", "{}"});
            store.storeFinding({id, "F1", "fp", "C07", "open", "", "low", "src/a.cpp", "{\"v\":2}"});
            store.setFindingState(id, "F1", "dismissed", "intended");
            store.dismiss({.fingerprint = "fp", .rule = "C07", .scope = "this", .reason = "intended", .by = "me"});
            store.acknowledge(id, "send", "api.example.org", "Send 4 MB");
            store.saveReport(id, "{\"schema\":\"lectern.report/1\"}");
            store.finishRun(id, "complete", 1, {"1 finding"});
        }
        const SessionStore store(file, SessionStore::Access::Read);
        QVERIFY(!store.check());
        QCOMPARE(store.latestCorpus()->name, std::string("thing"));
        QCOMPARE(store.manifest(store.latestCorpus()->id).size(), std::size_t(2));
        QCOMPARE(store.manifest(store.latestCorpus()->id)[1].rule, std::string("first NUL byte at 1"));
        const auto run = store.run(id.substr(0, 15));
        QVERIFY(run);
        QCOMPARE(run->conditions, std::vector<std::string>{"1 finding"});
        QVERIFY(!run->finished.empty());
        QVERIFY(!store.unfinishedRun());
        QCOMPARE(store.findings(id).size(), std::size_t(1));
        QCOMPARE(store.findings(id)[0].state, std::string("dismissed"));
        QCOMPARE(store.findings(id)[0].record, std::string("{\"v\":2}"));
        QCOMPARE(store.dismissals().size(), std::size_t(1));
        QCOMPARE(store.steps(id).size(), std::size_t(1));
        QVERIFY(store.report(id));
        QVERIFY(store.plan(id));
    }

    void paidRepliesAreFoundThroughResumedRuns() {
        SessionStore store(fresh());
        const std::string first = store.beginRun({.goal = "ask"});
        QVERIFY(!store.findReply(first, "b1"));
        store.storeReply(first, "b1", reply("one"));
        store.finishRun(first, "stopped", 130, {});
        QVERIFY(store.unfinishedRun("ask"));
        const std::string second = store.beginRun({.goal = "ask"}, first);
        const std::string third = store.beginRun({.goal = "ask"}, second);
        QCOMPARE(store.findReply(third, "b1")->message.text, std::string("one"));
        QCOMPARE(store.findReply(third, "b1")->usage.output, 5);
        store.storeReply(third, "b2", reply("two"));
        QVERIFY(!store.findReply(second, "b2")); // only forwards
        QCOMPARE(store.usage(third).inputCached, 40);
        QCOMPARE(store.usage(first).inputCached, 20);
        store.storeReply(third, "b2", reply("again")); // paid twice is billed twice, and the newer one counts
        QCOMPARE(store.findReply(third, "b2")->message.text, std::string("again"));
        QCOMPARE(store.usage(third).inputCached, 60);
    }

    void messagesKeepEveryByte() {
        SessionStore store(fresh());
        const std::string run = store.beginRun({.goal = "ask"});
        Message message;
        message.role = Role::Assistant;
        message.text = std::string("nul \0 broken \xff\xc3 end", 19);
        message.reasoning = "why \xed\xa0\x80";
        message.calls = {{"c1", "find", "{\"pattern\": 1e-07}"}};
        message.sampled = {1, 128822, 3};
        store.appendMessage(run, "b", message);
        const Message back = store.messages(run, "b").at(0);
        QCOMPARE(back.text, message.text);
        QCOMPARE(back.reasoning, message.reasoning);
        QCOMPARE(back.calls[0].arguments, message.calls[0].arguments);
        QCOMPARE(back.sampled, message.sampled);
        QVERIFY_EXCEPTION_THROWN(messageFromJson("{\"role\":\"king\"}"), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(messageFromJson("nonsense"), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(messageFromJson("{\"role\":\"user\",\"text\":5}"), std::runtime_error);
    }

    void secondWriterLearnsWhoHoldsIt() {
        const fs::path file = fresh();
        SessionStore holder(file);
        QElapsedTimer timer;
        timer.start();
        try {
            SessionStore second(file);
            QFAIL("two writers");
        } catch (const DatabaseError& error) {
            QCOMPARE(error.cause(), DatabaseError::Cause::Busy);
            QVERIFY2(QString(error.what()).contains(QString("process %1").arg(::getpid())), error.what());
        }
        QVERIFY(timer.elapsed() < 200);
        // Reading beside the writer sees what was acknowledged.
        holder.beginRun({.goal = "review"});
        const SessionStore reader(file, SessionStore::Access::Read);
        QCOMPARE(reader.runs().size(), std::size_t(1));
    }

    void lockGoesWithItsHolder() {
        const fs::path file = fresh();
        { SessionStore store(file); }
        QVERIFY(!fs::exists(file.string() + ".lock"));
        std::ofstream(file.string() + ".lock") << "somebody who was killed";
        SessionStore again(file); // the lock is the kernel's, not the file's
    }

    void foreignFilesAreRefusedUntouched_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("cause");
        QTest::newRow("text") << QByteArray("This is a letter, not a database.\n").repeated(100) << int(DatabaseError::Cause::Foreign);
        QTest::newRow("header only") << QByteArray("SQLite format 3\0", 16) << int(DatabaseError::Cause::Foreign);
        QTest::newRow("one byte") << QByteArray("x") << int(DatabaseError::Cause::Foreign);
    }
    void foreignFilesAreRefusedUntouched() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, cause);
        const fs::path file = fresh();
        std::ofstream(file, std::ios::binary).write(bytes.data(), bytes.size());
        QCOMPARE(int(causeOf([&] { SessionStore store(file); })), cause);
        QCOMPARE(readFile(file), bytes.toStdString());
        QVERIFY(!fs::exists(file.string() + ".lock"));
    }

    void newerAndOtherDatabasesAreRefusedUntouched() {
        const auto create = [&](int application, int version) {
            const fs::path file = fresh();
            { Database made(file, Database::Mode::ReadWrite, {application, version, "test", [](Database& d, int) { d.execute("CREATE TABLE t(a TEXT) STRICT"); }}); }
            return file;
        };
        const fs::path newer = create(sessionApplicationId, 999), other = create(12345, 1);
        const std::string before = readFile(newer), otherBefore = readFile(other);
        QCOMPARE(causeOf([&] { SessionStore store(newer); }), DatabaseError::Cause::TooNew);
        QCOMPARE(causeOf([&] { SessionStore store(newer, SessionStore::Access::Read); }), DatabaseError::Cause::TooNew);
        QCOMPARE(causeOf([&] { SessionStore store(other); }), DatabaseError::Cause::Foreign);
        QCOMPARE(readFile(newer), before);
        QCOMPARE(readFile(other), otherBefore);
        QVERIFY(!fs::exists(newer.string() + "-wal"));
    }

    void olderVersionsMigrateAndKeepTheirSelf() {
        const fs::path file = fresh();
        const Database::Kind one{77, 1, "test", [](Database& d, int) { d.execute("CREATE TABLE t(a TEXT) STRICT; INSERT INTO t VALUES('kept')"); }};
        { Database made(file, Database::Mode::ReadWrite, one); }
        const std::string before = readFile(file);
        // A step that breaks leaves everything as it was.
        const Database::Kind broken{77, 2, "test", [](Database& d, int) { d.execute("ALTER TABLE t ADD COLUMN b TEXT"); throw std::runtime_error("power"); }};
        QVERIFY_EXCEPTION_THROWN(Database(file, Database::Mode::ReadWrite, broken), std::runtime_error);
        QCOMPARE(readFile(file), before);
        const Database::Kind two{77, 2, "test", [](Database& d, int from) { if (from == 1) d.execute("ALTER TABLE t ADD COLUMN b TEXT"); }};
        {
            Database upgraded(file, Database::Mode::ReadWrite, two);
            QCOMPARE(upgraded.version(), 2);
            Statement row = upgraded.prepare("SELECT a, b FROM t");
            QVERIFY(row.step());
            QCOMPARE(row.text(0), std::string("kept"));
            QVERIFY(row.isNull(1));
        }
        QCOMPARE(readFile(file.string() + ".v1"), before);
        QVERIFY(!fs::exists(file.string() + ".new"));
    }

    void damageIsNoticed() {
        const fs::path file = fresh();
        {
            SessionStore store(file);
            const std::string run = store.beginRun({.goal = "review"});
            for (int i = 0; i < 200; ++i)
                store.addStep(run, "scan", std::to_string(i), std::string(500, 'x'));
            store.database().checkpoint();
        }
        std::string bytes = readFile(file);
        for (std::size_t i = bytes.size() / 2; i < bytes.size() / 2 + 4096; ++i)
            bytes[i] = char(i * 7);
        std::ofstream(file, std::ios::binary) << bytes;
        QCOMPARE(causeOf([&] { SessionStore store(file); }), DatabaseError::Cause::Damaged);
        QCOMPARE(readFile(file), bytes);
    }

    void failedSyncIsNoAcknowledgement() {
        // EIO at the n-th sync, for every n of a short session: nothing acknowledged is lost, nothing unsaved pretends.
        for (int n = 0; n < 12; ++n) {
            const fs::path file = fresh();
            std::vector<std::string> acknowledged;
            {
                SessionStore store(file);
                const std::string run = store.beginRun({.goal = "review"});
                syncsUntilFailure = n;
                int failures = 0;
                for (int i = 0; i < 8; ++i)
                    try {
                        store.addStep(run, "scan", std::to_string(i), "{}");
                        acknowledged.push_back(std::to_string(i));
                    } catch (const DatabaseError& error) {
                        QCOMPARE(error.cause(), DatabaseError::Cause::Io);
                        ++failures;
                    }
                syncsUntilFailure = -1;
                QVERIFY(failures <= 1);
                QVERIFY2(n >= 8 || failures == 1, "the fault was never met");
            }
            const SessionStore store(file, SessionStore::Access::Read);
            QVERIFY(!store.check());
            std::vector<std::string> there;
            for (const StoredStep& step : store.steps(store.latestRun()->id))
                there.push_back(step.key);
            for (const std::string& key : acknowledged)
                QVERIFY2(std::find(there.begin(), there.end(), key) != there.end(), key.c_str());
        }
    }

    void unwritablePlacesAreNamed() {
        QCOMPARE(causeOf([&] { SessionStore store("/proc/nowhere.lectern"); }), DatabaseError::Cause::Io);
        QCOMPARE(causeOf([&] { SessionStore store(m_folder.path().toStdString()); }), DatabaseError::Cause::Misuse);
        QVERIFY_EXCEPTION_THROWN(SessionStore(fresh(), SessionStore::Access::Read), DatabaseError);
    }
};

QTEST_GUILESS_MAIN(TestSessionStore)
#include "tst_session_store.moc"
