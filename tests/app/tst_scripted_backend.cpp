// The scripted backend: the same file gives the same conversation, finds its turn by what is asked, and refuses a file
// that is wrong in words. Keys, prompts and branch records are read here too.
#include "app/agent/prompts.h"
#include "app/agent/transcript.h"
#include "app/backend/failed_call.h"
#include "app/backend/key_source.h"
#include "app/backend/scripted_backend.h"

#include <QElapsedTimer>
#include <QTest>

#include <nlohmann/json.hpp>

#include <set>
#include <thread>

using namespace app;

namespace {

std::string script(const std::string& turns) {
    return "{\"schema\":\"lectern.script/1\",\"model\":\"m\",\"turns\":[" + turns + "]}";
}

Request ask(const std::string& text) {
    Request request;
    request.messages.resize(1);
    request.messages[0].text = text;
    return request;
}

} // namespace

class TestScriptedBackend : public QObject {
    Q_OBJECT
private slots:
    void findsTheTurn();
    void isDeterministic();
    void faultsAndStops();
    void refusesWrongFiles_data();
    void refusesWrongFiles();
    void promptsAreWhole();
    void placeholdersAreFilledOnce();
    void transcriptsComeBack();
};

void TestScriptedBackend::findsTheTurn() {
    const auto backend = makeScriptedBackendFromText(script(
        "{\"when\":{\"contains\":\"alpha\"},\"reply\":{\"text\":\"A\"}},"
        "{\"when\":{\"last_role\":\"tool\",\"called_tool\":\"find\"},\"reply\":{\"text\":\"after find\"}},"
        "{\"when\":{\"choices\":true},\"times\":0,\"reply\":{\"choice\":1}},"
        "{\"times\":0,\"reply\":{\"calls\":[{\"name\":\"find\",\"arguments\":{\"pattern\":\"x\"}}]}}"), "test");
    QCOMPARE(backend->generate(ask("x alpha"), {}, {}).message.text, std::string("A"));
    Request request = ask("x alpha"); // used up
    const Reply call = backend->generate(request, {}, {});
    QCOMPARE(call.finish, std::string("tool_calls"));
    QCOMPARE(call.message.calls[0].arguments, std::string("{\"pattern\":\"x\"}"));
    request.messages.push_back(call.message);
    request.messages.emplace_back();
    request.messages.back().role = Role::Tool;
    QCOMPARE(backend->generate(request, {}, {}).message.text, std::string("after find"));
    Request choice = ask("pick");
    choice.choices = {"one", "two"};
    QCOMPARE(backend->generate(choice, {}, {}).message.text, std::string("two"));
    const Reply again = backend->generate(ask("more"), {}, {});
    QVERIFY(again.message.calls[0].id != call.message.calls[0].id);
    const auto poor = makeScriptedBackendFromText(script(""), "poor.json");
    QVERIFY_EXCEPTION_THROWN(poor->generate(ask("?"), {}, {}), BackendError);
}

void TestScriptedBackend::isDeterministic() {
    const std::string text = script("{\"times\":0,\"reply\":{\"text\":\"Some answer.\",\"reasoning\":\"hm\"}}");
    std::string first;
    for (int round = 0; round < 2; ++round) {
        const auto backend = makeScriptedBackendFromText(text, "test");
        std::string all;
        for (int i = 0; i < 3; ++i) {
            const Reply reply = backend->generate(ask(std::string(3000, 'p') + std::to_string(i)), [&](const Event& event) {
                all += event.text + "|";
            }, {});
            all += std::to_string(reply.usage.inputCached) + "/" + std::to_string(reply.usage.inputUncached) + ";";
            if (i > 0)
                QVERIFY(reply.usage.inputCached > 800); // what an earlier request began with
        }
        if (round == 0)
            first = all;
        QCOMPARE(all, first);
    }
}

void TestScriptedBackend::faultsAndStops() {
    const auto backend = makeScriptedBackendFromText(script(
        "{\"reply\":{\"text\":\"abcdef\",\"fault\":\"broke_off\",\"fault_after\":3}},"
        "{\"reply\":{\"text\":\"late\",\"delay_ms\":60000}}"), "test");
    try {
        backend->generate(ask("1"), {}, {});
        QFAIL("the fault did not come");
    } catch (const FailedCall& failed) {
        QVERIFY(failed.cause() == BackendError::Cause::BrokeOff);
        QCOMPARE(failed.partial().message.text, std::string("abc"));
    }
    std::stop_source source;
    std::jthread stopper([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        source.request_stop();
    });
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(backend->generate(ask("2"), {}, source.get_token()).finish, std::string("stopped"));
    QVERIFY(timer.elapsed() < 1000);
}

void TestScriptedBackend::refusesWrongFiles_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("no JSON") << QByteArray("{") << QByteArray("object");
    QTest::newRow("schema") << QByteArray("{\"turns\":[]}") << QByteArray("schema");
    QTest::newRow("turns") << QByteArray("{\"schema\":\"lectern.script/1\"}") << QByteArray("turns");
    QTest::newRow("unknown key") << QByteArray::fromStdString(script("{\"replay\":{}}")) << QByteArray("replay");
    QTest::newRow("no reply") << QByteArray::fromStdString(script("{\"when\":{}}")) << QByteArray("turn 1");
    QTest::newRow("type") << QByteArray::fromStdString(script("{\"reply\":{\"text\":5}}")) << QByteArray("text");
    QTest::newRow("fault") << QByteArray::fromStdString(script("{\"reply\":{\"fault\":\"odd\"}}")) << QByteArray("fault");
    QTest::newRow("condition") << QByteArray::fromStdString(script("{\"when\":{\"near\":1},\"reply\":{}}")) << QByteArray("near");
}

void TestScriptedBackend::refusesWrongFiles() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, says);
    try {
        makeScriptedBackendFromText(text.toStdString(), "wrong.json");
        QFAIL("accepted");
    } catch (const BackendError& error) {
        QVERIFY(error.cause() == BackendError::Cause::Configuration);
        QVERIFY2(QByteArray(error.what()).contains(says) && QByteArray(error.what()).contains("wrong.json"), error.what());
    }
    QVERIFY_EXCEPTION_THROWN(makeScriptedBackend("/nowhere/script.json"), BackendError);
}

void TestScriptedBackend::promptsAreWhole() {
    const Prompts prompts = Prompts::load();
    QCOMPARE(prompts.sha256().size(), std::size_t(64));
    QCOMPARE(prompts.sha256(), Prompts::load().sha256());
    QVERIFY(prompts.text("system").find("<!--") == std::string::npos);
    QVERIFY(prompts.text("system").find("never an instruction") != std::string::npos);
    QCOMPARE(prompts.tools().size(), std::size_t(15));
    std::string before;
    for (const ToolSpec& tool : prompts.tools()) {
        QVERIFY(before < tool.name); // sorted: the list is the same, byte for byte, in every branch
        before = tool.name;
        QVERIFY(!tool.description.empty());
        const auto schema = nlohmann::json::parse(tool.parameters);
        QVERIFY(schema["properties"].size() >= 1 && schema["properties"].size() <= 6);
        QVERIFY(schema["required"].is_array());
        for (const auto& [name, property] : schema["properties"].items())
            QVERIFY((std::set<std::string>{"string", "integer", "boolean"}.count(property["type"].get<std::string>())));
    }
    for (const char* notice : {"repeated", "reminder", "last_turn", "wrong_place", "nobody", "lens_true", "lens_matters"})
        QVERIFY(!prompts.notice(notice).empty());
    // Every placeholder of every prompt is one the jobs fill in.
    const std::set<std::string> known{"fence", "place", "text", "passages", "question", "list", "scope", "focus", "sentences",
                                      "count", "candidate", "claim", "evidence", "lens", "tools", "problem", "takes"};
    for (const char* name : {"ask", "describe", "interest", "notices", "point", "scan", "summarize", "support", "verify"}) {
        const std::string& text = prompts.text(name);
        for (auto at = text.find("{{"); at != std::string::npos; at = text.find("{{", at + 2))
            QVERIFY2(known.count(text.substr(at + 2, text.find("}}", at) - at - 2)), name);
    }
}

void TestScriptedBackend::placeholdersAreFilledOnce() {
    QCOMPARE(fillPlaceholders("a {{x}} b {{y}}", {{"x", "{{y}}"}, {"y", "2"}}), std::string("a {{y}} b 2"));
    QCOMPARE(fillPlaceholders("open {{ end", {}), std::string("open {{ end"));
    QVERIFY_EXCEPTION_THROWN(fillPlaceholders("{{z}}", {}), std::runtime_error);
}

void TestScriptedBackend::transcriptsComeBack() {
    Transcript transcript;
    transcript.branch = "scan Q01/1";
    transcript.end = "answered";
    transcript.usage.inputCached = 5;
    Message message;
    message.role = Role::Assistant;
    message.text = "t\xff";
    message.reasoning = "r";
    message.calls.push_back({"id", "find", "{\"limit\": 1e-07}"});
    transcript.add(message);
    const auto back = Transcript::fromJson(transcript.toJson());
    QVERIFY(back);
    QCOMPARE(back->messages().size(), std::size_t(1));
    QCOMPARE(back->messages()[0].calls[0].arguments, std::string("{\"limit\": 1e-07}"));
    QCOMPARE(back->usage.inputCached, std::int64_t(5));
    for (const char* bad : {"", "{}", "[]", "{\"schema\":\"lectern.branch/2\"}", "{\"schema\":\"lectern.branch/1\"}"})
        QVERIFY(!Transcript::fromJson(bad));
}

QTEST_GUILESS_MAIN(TestScriptedBackend)
#include "tst_scripted_backend.moc"
