// P1: kill -9 at any moment loses nothing that was acknowledged. A child (this program again) writes runs, replies,
// steps and findings and says on a pipe what a call has returned for; the parent kills it at a random moment, opens the
// session and looks for every acknowledged record. 300 times; reopening stays under a second.
#include "app/store/database.h"
#include "app/store/session_store.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <cstdio>
#include <map>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

using namespace app;

namespace {

// The child: never returns. One line per acknowledged record.
[[noreturn]] void writeForever(const std::string& file, int pipe, unsigned seed) {
    std::mt19937 random(seed);
    const auto say = [&](const std::string& line) {
        if (::write(pipe, line.data(), line.size()) != ssize_t(line.size()))
            ::_exit(3);
    };
    try {
        for (;;) {
            SessionStore store(file);
            std::vector<ManifestRow> manifest(random() % 300);
            for (std::size_t i = 0; i < manifest.size(); ++i)
                manifest[i].path = "src/file" + std::to_string(i) + ".cpp", manifest[i].bytes = random() % 9000;
            const std::string hash = std::to_string(random());
            store.saveCorpus(hash, "subject", "{}", manifest);
            say("corpus " + hash + " " + std::to_string(manifest.size()) + "\n");
            const auto unfinished = store.unfinishedRun();
            const std::string run = store.beginRun({.goal = "review"}, unfinished ? unfinished->id : "");
            say("run " + run + "\n");
            for (int i = 0; i < 40; ++i) {
                const std::string key = "b" + std::to_string(random() % 1'000'000);
                switch (random() % 3) {
                case 0: {
                    Reply reply;
                    reply.message.role = Role::Assistant;
                    reply.message.text = std::string(random() % 20'000, 'r');
                    reply.usage.output = 7;
                    store.storeReply(run, key, reply);
                    say("reply " + run + " " + key + "\n");
                    break;
                }
                case 1:
                    store.addStep(run, "scan", key, "{}");
                    say("step " + run + " " + key + "\n");
                    break;
                default:
                    store.storeFinding({run, key, "fp", "C01", "open", "", "low", "a", "{}"});
                    say("finding " + run + " " + key + "\n");
                }
                if (random() % 50 == 0)
                    store.database().checkpoint();
            }
            store.finishRun(run, random() % 2 ? "complete" : "stopped", 0, {});
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "child: %s\n", error.what());
        ::_exit(4);
    }
}

} // namespace

class TestSlowKill : public QObject {
    Q_OBJECT

private slots:
    void nothingAcknowledgedIsLost() {
        const int rounds = qEnvironmentVariableIntValue("LECTERN_KILLS") > 0 ? qEnvironmentVariableIntValue("LECTERN_KILLS") : 300;
        QTemporaryDir folder;
        std::mt19937 random(20261125);
        std::int64_t acknowledged = 0;
        double worst = 0;
        std::string file;
        std::map<std::string, std::string> replies; // key to run, of the current file
        for (int round = 0; round < rounds; ++round) {
            // Mostly the same session goes on; now and then a new one, so that creation is killed too.
            if (round % 25 == 0) {
                file = (folder.path() + "/s" + QString::number(round) + ".lectern").toStdString();
                replies.clear();
            }
            int ends[2];
            QCOMPARE(::pipe(ends), 0);
            const pid_t child = ::fork();
            QVERIFY(child >= 0);
            if (child == 0) {
                ::close(ends[0]);
                writeForever(file, ends[1], unsigned(round));
            }
            ::close(ends[1]);
            // From the first instruction to well into the writing; short ones catch creation and opening.
            ::usleep(round % 25 == 0 ? random() % 30'000 : random() % 150'000);
            QCOMPARE(::kill(child, SIGKILL), 0);
            std::string said;
            char block[4096];
            for (ssize_t got; (got = ::read(ends[0], block, sizeof block)) > 0;)
                said.append(block, std::size_t(got));
            ::close(ends[0]);
            int status = 0;
            QCOMPARE(::waitpid(child, &status, 0), child);
            QVERIFY2(WIFSIGNALED(status), "the child ended by itself");
            if (access(file.c_str(), F_OK) != 0) {
                QVERIFY(said.empty()); // killed before there was a session: nothing was promised
                continue;
            }

            QElapsedTimer timer;
            timer.start();
            const SessionStore store(file);
            worst = std::max(worst, double(timer.elapsed()));
            QVERIFY2(timer.elapsed() < 1000, "reopening took a second");
            if (const auto damage = store.check())
                QFAIL(damage->c_str());
            std::map<std::string, std::size_t> corpora;
            for (const StoredCorpus& corpus : store.corpora())
                corpora[corpus.sha256] = std::size_t(corpus.files);
            std::map<std::string, int> steps, findings;
            for (const StoredRun& run : store.runs()) {
                for (const StoredStep& step : store.steps(run.id))
                    ++steps[run.id + " " + step.key];
                for (const StoredFinding& finding : store.findings(run.id))
                    ++findings[run.id + " " + finding.id];
            }
            // The last line may be cut; a cut line was never heard.
            for (std::size_t begin = 0, newline; (newline = said.find('\n', begin)) != std::string::npos; begin = newline + 1) {
                const std::string line = said.substr(begin, newline - begin);
                const std::size_t space = line.find(' ');
                const std::string kind = line.substr(0, space), rest = line.substr(space + 1);
                const std::string first = rest.substr(0, rest.find(' ')), second = rest.find(' ') == std::string::npos ? "" : rest.substr(rest.find(' ') + 1);
                ++acknowledged;
                if (kind == "corpus")
                    QVERIFY2(corpora.contains(first) && corpora[first] == std::stoul(second), line.c_str());
                else if (kind == "run")
                    QVERIFY2(store.run(first), line.c_str());
                else if (kind == "reply") {
                    QVERIFY2(store.findReply(first, second), line.c_str());
                    replies[second] = first;
                } else if (kind == "step")
                    QVERIFY2(steps[rest] >= 1, line.c_str());
                else
                    QVERIFY2(findings[rest] == 1, line.c_str());
            }
            // What earlier rounds were promised is still there.
            for (const auto& [key, run] : replies)
                QVERIFY2(store.findReply(run, key), key.c_str());
        }
        qInfo("%d kills, %lld acknowledged records, 0 lost, slowest reopen %.0f ms", rounds, static_cast<long long>(acknowledged), worst);
        QVERIFY(acknowledged > rounds);
    }
};

QTEST_GUILESS_MAIN(TestSlowKill)
#include "tst_slow_kill.moc"
