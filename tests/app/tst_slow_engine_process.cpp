// The engine in a process of its own, killed at a hundred moments of prefill and decode: the run says so in a sentence, goes
// on once by itself, and ends as an undisturbed one does. Also stop, hostile models, and what the child inherits.

#include "app/backend/engine_process.h"

#include <QtTest>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

using namespace app;

namespace {

ProcessOptions options(const std::filesystem::path& shelf = {}) {
    ProcessOptions o;
    o.engine.model = TEST_DATA "/tiny";
    o.engine.shelf = shelf;
    o.engine.shelfBytes = shelf.empty() ? 0 : 1'000'000'000;
    o.program = BUILD_BIN "/lectern";
    return o;
}

Request request() {
    Request r;
    Message system, user, ready, question;
    system.role = Role::System;
    system.text = "Read.";
    for (int i = 0; user.text.size() < 900; ++i) user.text += "line " + std::to_string(i * 37) + "\n";
    ready.role = Role::Assistant;
    ready.text = "Ready.";
    question.text = "And now?";
    r.messages = {system, user, ready, question};
    r.stableMessages = 2;
    r.maxOutput = 40;
    r.temperature = 1;
    r.seed = 5;
    return r;
}

struct Heard {
    std::string text, reasoning, states;
    int events = 0;
};

} // namespace

class EngineProcessTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        m_home = std::make_unique<QTemporaryDir>();
        for (const char* name : {"XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"}) qputenv(name, m_home->path().toUtf8());
        qputenv("LECTERN_TEST_SECRET_KEY", "sk-secret");
        QVERIFY2(std::filesystem::exists(BUILD_BIN "/lectern"), "build the program first");
    }

    void theChildInheritsNothingItShouldNot() {
        EngineProcess engine(options());
        QVERIFY(engine.info().window > 1000);
        const std::string process = "/proc/" + std::to_string(engine.processId());
        std::ifstream environment(process + "/environ", std::ios::binary);
        const std::string all{std::istreambuf_iterator<char>(environment), {}};
        QVERIFY(all.find("sk-secret") == std::string::npos);
        std::ifstream status(process + "/status");
        const std::string text{std::istreambuf_iterator<char>(status), {}};
        QVERIFY(text.find("NoNewPrivs:\t1") != std::string::npos);
        int sockets = 0;
        std::error_code error;
        for (const auto& file : std::filesystem::directory_iterator(process + "/fd", error))
            sockets += std::filesystem::read_symlink(file, error).string().starts_with("socket:");
        QVERIFY(sockets <= 1);
    }

    void theChildEndsWithItsOwner() {
        int process = 0;
        {
            EngineProcess engine(options());
            engine.info();
            process = engine.processId();
            QVERIFY(process > 0);
        }
        QTRY_VERIFY(::kill(process, 0) != 0);
    }

    void stopsPromptly() {
        EngineProcess engine(options());
        engine.info();
        std::stop_source stop;
        QElapsedTimer timer;
        const Reply reply = engine.generate(request(), [&](const Event& event) {
            if (event.type == Event::Type::Reasoning || event.type == Event::Type::Text) {
                if (!stop.stop_requested()) timer.start();
                stop.request_stop();
            }
        }, stop.get_token());
        QVERIFY(reply.finish == "stopped" || reply.finish == "length" || reply.finish == "stop");
        if (timer.isValid()) QVERIFY(timer.elapsed() < 6000);
        QVERIFY(engine.generate(request(), {}, {}).finish != "stopped"); // the same child goes on
    }

    void aHostileModelIsAnOrdinaryError() {
        QTemporaryDir folder;
        std::ofstream(folder.filePath("config.json").toStdString()) << "{\"architectures\":[\"Llama\"]}";
        std::ofstream(folder.filePath("model.safetensors").toStdString()) << "nonsense";
        ProcessOptions o = options();
        o.engine.model = folder.path().toStdString();
        EngineProcess engine(o);
        try {
            engine.info();
            QFAIL("no refusal");
        } catch (const BackendError& error) {
            QCOMPARE(error.cause(), BackendError::Cause::Refused);
        }
    }

    void killedAHundredTimes() {
        QTemporaryDir shelf;
        Reply whole;
        Heard heard;
        {
            EngineProcess engine(options());
            whole = engine.generate(request(), [&](const Event& event) {
                ++heard.events;
                if (event.type == Event::Type::Text) heard.text += event.text;
                if (event.type == Event::Type::Reasoning) heard.reasoning += event.text;
            }, {});
        }
        QVERIFY(heard.events > 20);
        std::mt19937 random(7);
        int killed = 0, restarted = 0;
        EngineProcess engine(options(shelf.filePath("s").toStdString()));
        engine.info();
        for (int round = 0; killed < 100 && round < 300; ++round) { // with a snapshot there are fewer moments to hit
            // At the n-th event, so that every phase is hit; every fourth time a moment later.
            const int moment = static_cast<int>(random() % static_cast<unsigned>(heard.events));
            Heard again;
            bool done = false;
            const Reply reply = engine.generate(request(), [&](const Event& event) {
                if (event.type == Event::Type::Text) again.text += event.text;
                if (event.type == Event::Type::Reasoning) again.reasoning += event.text;
                if (event.type == Event::Type::State) again.states += event.text + "\n";
                if (again.events++ < moment || done) return;
                done = true;
                if (round % 4 == 0) std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
                ::kill(engine.processId(), SIGKILL);
                ++killed;
            }, {});
            QCOMPARE(reply.message.sampled, whole.message.sampled);
            QCOMPARE(reply.message.text, whole.message.text);
            QCOMPARE(reply.message.reasoning, whole.message.reasoning);
            QCOMPARE(again.text, whole.message.text); // nothing twice, nothing lost
            QCOMPARE(again.reasoning, whole.message.reasoning);
            const bool said = again.states.find("The engine process ended") != std::string::npos;
            restarted += said;
        }
        qInfo("killed %d times, went on %d times", killed, restarted);
        QCOMPARE(killed, 100);
        QVERIFY(restarted >= 80); // the others were killed behind their last token
    }

    void theSecondDeathIsReported() {
        EngineProcess engine(options());
        engine.info();
        int deaths = 0;
        try {
            engine.generate(request(), [&](const Event& event) {
                if (event.type == Event::Type::Prefill || event.type == Event::Type::Reasoning) {
                    const int process = engine.processId();
                    if (process > 0 && ::kill(process, SIGKILL) == 0) ++deaths;
                }
            }, {});
            QFAIL("no error");
        } catch (const BackendError& error) {
            QCOMPARE(error.cause(), BackendError::Cause::BrokeOff);
        }
        QVERIFY(deaths >= 2);
        QVERIFY(engine.generate(request(), {}, {}).finish != "stopped"); // a new request gets a new child
    }

private:
    std::unique_ptr<QTemporaryDir> m_home;
};

QTEST_GUILESS_MAIN(EngineProcessTest)
#include "tst_slow_engine_process.moc"
