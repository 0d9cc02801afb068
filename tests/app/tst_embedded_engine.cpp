// The embedded engine on the tiny model: the same answer for the same request, a kept prefix, choices that cannot be
// left, stop and limits, snapshots that come back, a tokenizer that fits. Also the shelf, and messages as JSON.

#include "app/backend/backend_json.h"
#include "app/backend/choice_decoder.h"
#include "app/backend/embedded_engine.h"
#include "app/store/snapshot_shelf.h"
#include "app/token_counter.h"
#include "engine/tokenizer.h"

#include <QtTest>

#include <filesystem>
#include <fstream>

using namespace app;

namespace {

EmbeddedOptions tiny(const QTemporaryDir* shelf = nullptr) {
    EmbeddedOptions options;
    options.model = TEST_DATA "/tiny";
    if (shelf != nullptr) {
        options.shelf = shelf->filePath("shelf").toStdString();
        options.shelfBytes = 1'000'000'000;
    }
    return options;
}

Message message(Role role, std::string text) {
    Message m;
    m.role = role;
    m.text = std::move(text);
    return m;
}

Request request(const std::string& question, std::size_t corpusBytes = 700) {
    Request r;
    std::string corpus;
    while (corpus.size() < corpusBytes) corpus += "line of text " + std::to_string(corpus.size()) + "\n";
    r.messages = {message(Role::System, "Read."), message(Role::User, corpus), message(Role::Assistant, "Ready."), message(Role::User, question)};
    r.stableMessages = 2;
    r.maxOutput = 12;
    return r;
}

struct Heard {
    std::string text, reasoning, states;
    std::vector<Event> prefill;
    std::function<void(const Event&)> sink() {
        return [this](const Event& event) {
            if (event.type == Event::Type::Text) text += event.text;
            if (event.type == Event::Type::Reasoning) reasoning += event.text;
            if (event.type == Event::Type::State) states += event.text + "\n";
            if (event.type == Event::Type::Prefill) prefill.push_back(event);
        };
    }
};

} // namespace

class EmbeddedEngineTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        m_home = std::make_unique<QTemporaryDir>();
        for (const char* name : {"XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"}) qputenv(name, m_home->path().toUtf8());
    }

    void saysWhatItIs() {
        EmbeddedEngine engine(tiny());
        const BackendInfo info = engine.info();
        QVERIFY(info.host.empty());
        QVERIFY(info.window > 1000);
        QCOMPARE(info.level, 0);
        QVERIFY(info.note.find("single bytes") != std::string::npos); // no tokenizer.json beside the tiny model
        QVERIFY(info.fingerprint.size() > 20);
        QVERIFY(engine.counter()->exact());
        QCOMPARE(engine.counter()->count("four"), std::int64_t(4));
    }

    void answersTheSameAndKeepsThePrefix() {
        EmbeddedEngine engine(tiny());
        Heard heard;
        const Reply first = engine.generate(request("What?"), heard.sink(), {});
        QCOMPARE(first.usage.inputCached, std::int64_t(0));
        QVERIFY(first.usage.inputUncached > 700);
        QVERIFY(first.finish == "length" || first.finish == "stop" || first.finish == "tool_calls");
        QCOMPARE(std::int64_t(first.message.sampled.size()), first.usage.output);
        QCOMPARE(heard.text, first.message.text);
        QCOMPARE(heard.reasoning, first.message.reasoning);
        QVERIFY(!heard.prefill.empty() && heard.prefill.back().done == heard.prefill.back().total);

        const Reply other = engine.generate(request("Why though?"), {}, {});
        QVERIFY(other.usage.inputCached > 700); // the branch went back to the shared prefix
        QVERIFY(other.usage.inputUncached < 100);
        const Reply again = engine.generate(request("What?"), {}, {});
        QCOMPARE(again.message.sampled, first.message.sampled);
        EmbeddedEngine fresh(tiny());
        QCOMPARE(fresh.generate(request("What?"), {}, {}).message.sampled, first.message.sampled);
    }

    void seedsRepeatAndContinuationsAgree() {
        EmbeddedEngine engine(tiny());
        Request r = request("Roll.");
        r.temperature = 1;
        r.topP = 0.95;
        r.seed = 42;
        r.maxOutput = 20;
        const Reply whole = engine.generate(r, {}, {});
        for (const std::size_t cut : {std::size_t(1), std::size_t(7), whole.message.sampled.size() - 1}) {
            Continuation continuation;
            continuation.sampled.assign(whole.message.sampled.begin(), whole.message.sampled.begin() + std::ptrdiff_t(cut));
            std::vector<std::int32_t> told;
            continuation.onToken = [&](std::int32_t token) { told.push_back(token); };
            EmbeddedEngine fresh(tiny());
            const Reply rest = fresh.generateFrom(r, continuation, {}, {});
            QCOMPARE(rest.message.sampled, whole.message.sampled);
            QCOMPARE(rest.message.text, whole.message.text);
            QCOMPARE(rest.message.reasoning, whole.message.reasoning);
            QCOMPARE(told.size(), whole.message.sampled.size() - cut);
        }
    }

    void aReaderPoints() {
        EmbeddedEngine engine(tiny());
        for (const char* question : {"a", "b", "c"}) {
            Request r = request(question);
            r.choices = {"P1", "P12", "not in the text", "P2"};
            Heard heard;
            const Reply reply = engine.generate(r, heard.sink(), {});
            QVERIFY(std::find(r.choices.begin(), r.choices.end(), reply.message.text) != r.choices.end());
            QCOMPARE(heard.text, reply.message.text);
            QCOMPARE(reply.finish, std::string("stop"));
        }
        Request one = request("x");
        one.choices = {"the only one"};
        QCOMPARE(engine.generate(one, {}, {}).message.text, std::string("the only one"));
    }

    void choicesThatBeginEachOther() {
        const auto tokenizer = engine::Tokenizer::bytesOnly(300);
        ChoiceDecoder decoder(*tokenizer, {"ab", "abc", "b", "ab"});
        QCOMPARE(decoder.allowed().size(), std::size_t(2));
        decoder.take(tokenizer->encode("a", engine::AddedTokens::Ignore)[0]);
        decoder.take(tokenizer->encode("z", engine::AddedTokens::Ignore)[0]); // none continues so: ignored
        decoder.take(tokenizer->encode("b", engine::AddedTokens::Ignore)[0]);
        QVERIFY(!decoder.decided());
        decoder.take(1);
        QVERIFY(decoder.decided());
        QCOMPARE(decoder.choice(), std::string("ab"));
    }

    void stopsPromptly() {
        EmbeddedEngine engine(tiny());
        std::stop_source stop;
        Request r = request("What?", 3000);
        const Reply reply = engine.generate(r, [&](const Event& event) {
            if (event.type == Event::Type::Prefill && event.done > 0) stop.request_stop();
        }, stop.get_token());
        QCOMPARE(reply.finish, std::string("stopped"));
        QVERIFY(reply.usage.inputUncached < 3000);
        const Reply later = engine.generate(request("What?", 3000), {}, {}); // valid and merely shorter
        QVERIFY(later.finish != "stopped");
    }

    void refusesWhatDoesNotFit() {
        EmbeddedOptions options = tiny();
        options.window = 400;
        EmbeddedEngine engine(options);
        try {
            engine.generate(request("What?", 3000), {}, {});
            QFAIL("no refusal");
        } catch (const BackendError& error) {
            QCOMPARE(error.cause(), BackendError::Cause::BadRequest);
            QVERIFY(std::string(error.what()).find("400") != std::string::npos);
        }
        options.model = "/nowhere";
        QVERIFY_EXCEPTION_THROWN(EmbeddedEngine{options}, BackendError);
    }

    void snapshotsComeBack() {
        QTemporaryDir shelf;
        Reply first;
        {
            EmbeddedEngine engine(tiny(&shelf));
            first = engine.generate(request("What?"), {}, {});
        }
        SnapshotShelf open(tiny(&shelf).shelf, 1'000'000'000);
        QCOMPARE(open.list().size(), std::size_t(1));
        {
            EmbeddedEngine engine(tiny(&shelf));
            Heard heard;
            const Reply again = engine.generate(request("What?"), heard.sink(), {});
            QVERIFY(heard.states.find("snapshot") != std::string::npos);
            QVERIFY(again.usage.inputCached > 700);
            QCOMPARE(again.message.sampled, first.message.sampled);
        }
        // A flipped bit: set aside, evaluated anew, the same answer.
        const auto file = open.list()[0].file;
        {
            std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
            damaged.seekg(0, std::ios::end);
            const auto middle = damaged.tellg() / 2;
            damaged.seekg(middle);
            const char byte = static_cast<char>(damaged.get());
            damaged.seekp(middle);
            damaged.put(static_cast<char>(byte ^ 16));
        }
        EmbeddedEngine engine(tiny(&shelf));
        const Reply again = engine.generate(request("What?"), {}, {});
        QCOMPARE(again.usage.inputCached, std::int64_t(0));
        QCOMPARE(again.message.sampled, first.message.sampled);
    }

    void theShelfDropsTheLongestUnused() {
        QTemporaryDir folder;
        SnapshotShelf shelf(folder.filePath("s").toStdString(), 2500);
        const auto put = [&](std::vector<std::int32_t> tokens, const std::string& name, std::int64_t used) {
            SnapshotEntry entry = shelf.plan("model", "tiny", tokens, name);
            entry.used = used;
            std::ofstream(entry.file) << std::string(1000, 'x');
            shelf.add(entry);
            return entry.id;
        };
        const std::string named = put({1}, "keep me", 1), old = put({1, 2}, "", 2), young = put({1, 2, 3}, "", 3);
        const auto list = shelf.list();
        QCOMPARE(list.size(), std::size_t(2));
        QVERIFY(shelf.find(named) && shelf.find("keep me") && shelf.find(young) && !shelf.find(old));
        const std::vector<std::int32_t> wanted{1, 2, 3, 4};
        QCOMPARE(shelf.best("model", wanted, 0)->id, young);
        QVERIFY(!shelf.best("other", wanted, 0));
        QVERIFY(!shelf.best("model", wanted, 3));
        QCOMPARE(shelf.best("model", std::vector<std::int32_t>{1, 9}, 0)->id, named);
        QCOMPARE(shelf.prune(0).size(), std::size_t(2));
        QVERIFY(shelf.list().empty());
    }

    void jsonRoundTrip() {
        Request r = request("é\n\"");
        r.messages[2].calls = {{"c1", "f", "{\"a\": 1e-07}"}};
        r.messages[2].sampled = {1, 2, 3};
        r.tools = {{"t", "d", "{}"}};
        r.choices = {"a"};
        r.seed = 1ull << 63;
        const Request back = requestFromJson(nlohmann::json::parse(jsonLine(toJson(r))));
        QCOMPARE(toJson(back).dump(), toJson(r).dump());
        for (const char* bad : {"{}", "[]", "{\"messages\":3}", "{\"messages\":[{\"role\":9}]}"})
            QVERIFY_EXCEPTION_THROWN(requestFromJson(nlohmann::json::parse(bad)), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(eventFromJson(nlohmann::json::parse("{\"type\":99}")), std::runtime_error);
    }

private:
    std::unique_ptr<QTemporaryDir> m_home;
};

QTEST_GUILESS_MAIN(EmbeddedEngineTest)
#include "tst_embedded_engine.moc"
