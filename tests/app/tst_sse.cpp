// The parsers below the client: event streams cut anywhere, answers put together, counters reduced, waits, addresses.
#include "app/backend/chat_wire.h"
#include "app/backend/disarm.h"
#include "app/backend/endpoint_url.h"
#include "app/backend/http_framing.h"
#include "app/backend/retry.h"
#include "app/backend/sse_parser.h"
#include "app/backend/usage.h"

#include <QFile>
#include <QTest>

#include <nlohmann/json.hpp>

#include <random>

using namespace app;

namespace {

std::vector<std::string> eventsOf(const std::vector<std::string>& parts, SseParser parser = SseParser()) {
    std::vector<std::string> out;
    const auto collect = [&](std::string_view data) { out.emplace_back(data); };
    for (const std::string& part : parts)
        parser.feed(part, collect);
    parser.finish(collect);
    return out;
}

std::string recorded(const char* name) {
    QFile file(QString(TEST_DATA "/streams/") + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

Reply assembled(const std::string& stream) {
    ReplyAssembler assembler({});
    SseParser parser;
    const auto feed = [&](std::string_view data) { assembler.data(data); };
    parser.feed(stream, feed);
    parser.finish(feed);
    return assembler.reply({});
}

} // namespace

class TestSse : public QObject {
    Q_OBJECT
private slots:
    void lines_data();
    void lines();
    void cutAnywhere();
    void boundedMemory();
    void recordedStreams();
    void hostileChunks();
    void usageShapes();
    void waits();
    void disarming();
    void framing();
};

void TestSse::lines_data() {
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QList<QByteArray>>("events");
    using L = QList<QByteArray>;
    QTest::newRow("line feeds") << QByteArray("data: a\n\ndata: b\n\n") << L{"a", "b"};
    QTest::newRow("returns") << QByteArray("data: a\r\rdata: b\r\n\r\n") << L{"a", "b"};
    QTest::newRow("comments") << QByteArray(": keep-alive\n\n: x\ndata: a\n\n") << L{"a"};
    QTest::newRow("joined") << QByteArray("data: a\ndata:b\ndata\n\n") << L{"a\nb\n"};
    QTest::newRow("other fields") << QByteArray("event: x\nid: 1\nretry: 5\ndatabase: z\ndata:  a\n\n") << L{" a"};
    QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF" "data: a\n\n") << L{"a"};
    QTest::newRow("no blank line at the end") << QByteArray("data: [DONE]\n") << L{"[DONE]"};
    QTest::newRow("half a line at the end") << QByteArray("data: a\n\ndata: [DO") << L{"a"};
    QTest::newRow("empty") << QByteArray() << L{};
    QTest::newRow("blank lines") << QByteArray("\n\n\n\n") << L{};
}

void TestSse::lines() {
    QFETCH(QByteArray, stream);
    QFETCH(QList<QByteArray>, events);
    QList<QByteArray> got;
    for (const std::string& event : eventsOf({stream.toStdString()}))
        got << QByteArray::fromStdString(event);
    QCOMPARE(got, events);
}

void TestSse::cutAnywhere() {
    const std::string stream = "data: eins\r\n\r\n: c\r\ndata: zwei\r\ndata: drei\n\ndata: 世\r\r";
    const auto whole = eventsOf({stream});
    QCOMPARE(whole.size(), std::size_t(3));
    for (std::size_t a = 0; a <= stream.size(); ++a)
        for (std::size_t b = a; b <= stream.size(); ++b)
            QVERIFY(eventsOf({stream.substr(0, a), stream.substr(a, b - a), stream.substr(b)}) == whole);
}

void TestSse::boundedMemory() {
    SseParser parser(1000);
    const auto nothing = [](std::string_view) {};
    QVERIFY_EXCEPTION_THROWN(parser.feed(std::string(1001, 'x'), nothing), BackendError);
    SseParser other(1000);
    const auto pile = [&] {
        for (int i = 0; i < 100; ++i)
            other.feed("data: " + std::string(50, 'x') + "\n", nothing);
    };
    QVERIFY_EXCEPTION_THROWN(pile(), BackendError);
}

void TestSse::recordedStreams() {
    const Reply answer = assembled(recorded("answer.sse"));
    QCOMPARE(answer.message.text, std::string("The buffer is freed twice: see `release()`."));
    QCOMPARE(answer.message.reasoning, std::string("Two calls. Both free."));
    QCOMPARE(answer.usage.inputCached, std::int64_t(880000));
    QCOMPARE(answer.usage.inputUncached, std::int64_t(1234));
    QCOMPARE(answer.usage.reasoning, std::int64_t(6));
    QVERIFY(!answer.usage.estimated);
    const Reply calls = assembled(recorded("calls.sse"));
    QCOMPARE(calls.finish, std::string("tool_calls"));
    QCOMPARE(calls.message.calls.size(), std::size_t(2));
    QCOMPARE(calls.message.calls[0].name, std::string("find"));
    QCOMPARE(calls.message.calls[0].arguments, std::string("{\"pattern\":\"free(\",\"limit\":5}"));
    QCOMPARE(calls.message.calls[1].arguments, std::string(R"({"file":"f003","from":10})"));
    // Cut at every byte: never more than the whole says, never a crash.
    for (const char* name : {"answer.sse", "calls.sse"}) {
        const std::string stream = recorded(name);
        QVERIFY(stream.size() > 500);
        const Reply whole = assembled(stream);
        for (std::size_t at = 0; at < stream.size(); ++at) {
            const Reply part = assembled(stream.substr(0, at));
            QVERIFY(whole.message.text.starts_with(part.message.text));
            QVERIFY(part.message.calls.size() <= whole.message.calls.size());
        }
    }
}

void TestSse::hostileChunks() {
    ReplyAssembler assembler({});
    for (const char* chunk : {R"({})", R"({"choices":null})", R"({"choices":[]})", R"({"choices":[null]})",
                              R"({"choices":[{"delta":null}]})", R"({"choices":[{"delta":{"content":5}}]})",
                              R"({"choices":[{"delta":{"tool_calls":"x"}}]})", R"({"usage":"many"})",
                              R"({"choices":[{"delta":{"tool_calls":[{"index":-5,"id":"a","function":{"name":"n"}}]}}]})",
                              R"({"choices":[{"delta":{"tool_calls":[{"index":9999999999,"id":"a","function":{"arguments":{"k":1}}}]}}]})",
                              R"({"choices":[{"finish_reason":7}],"model":[]})"})
        assembler.data(chunk);
    const Reply reply = assembler.reply({});
    QCOMPARE(reply.message.calls.size(), std::size_t(2));
    QVERIFY(reply.message.calls[0].id != reply.message.calls[1].id); // doubled ids are told apart
    QCOMPARE(reply.message.calls[1].arguments, std::string(R"({"k":1})"));
    ReplyAssembler many({});
    const auto flood = [&] {
        for (int i = 0; i < 1000; ++i)
            many.data("{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":" + std::to_string(i) + ",\"function\":{}}]}}]}");
    };
    QVERIFY_EXCEPTION_THROWN(flood(), BackendError);
    for (const char* bad : {"", "{", "[1]", "\xff\xfe", "nul", "{\"a\":\"\\ud800\"}"}) {
        ReplyAssembler one({});
        QVERIFY_EXCEPTION_THROWN(one.data(bad), BackendError);
    }
    QCOMPARE(serverMessage("{\"error\":{\"message\":\"a\\nb\"}}"), std::string("a b"));
    QVERIFY(serverMessage(std::string(100'000, 'x')).size() <= 300);
}

void TestSse::usageShapes() {
    const auto parsed = [](const char* text) { return usageFromJson(nlohmann::ordered_json::parse(text)); };
    const auto both = parsed(R"({"prompt_tokens":100,"prompt_cache_hit_tokens":64,"prompt_cache_miss_tokens":36,
                              "completion_tokens":20,"completion_tokens_details":{"reasoning_tokens":5}})");
    QVERIFY(both && both->inputCached == 64 && both->inputUncached == 36 && both->output == 20 && both->reasoning == 5);
    const auto openAi = parsed(R"({"prompt_tokens":100,"prompt_tokens_details":{"cached_tokens":64},"completion_tokens":20})");
    QVERIFY(openAi && openAi->inputCached == 64 && openAi->inputUncached == 36 && !openAi->estimated);
    const auto anthropic = parsed(R"({"input_tokens":36,"cache_read_input_tokens":64,"cache_creation_input_tokens":7,"output_tokens":20})");
    QVERIFY(anthropic && anthropic->inputCached == 64 && anthropic->inputUncached == 43 && anthropic->output == 20);
    // Contradictions are billed at the higher price and marked.
    const auto absurd = parsed(R"({"prompt_tokens":10,"prompt_cache_hit_tokens":64,"completion_tokens":3,
                                "completion_tokens_details":{"reasoning_tokens":9}})");
    QVERIFY(absurd && absurd->estimated && absurd->inputUncached == 10 && absurd->inputCached == 0 && absurd->reasoning == 3);
    QVERIFY(!parsed(R"({"prompt_tokens":-5})") && !parsed(R"({})") && !parsed("[]") && !parsed(R"({"prompt_tokens":"9"})"));
    QCOMPARE(estimateTokens(""), std::int64_t(0));
    QCOMPARE(estimateTokens("x"), std::int64_t(1));
    QCOMPARE(estimateTokens(std::string(3300, 'x')), std::int64_t(1000));
}

void TestSse::waits() {
    RetryPolicy policy;
    for (int attempt = 0; attempt < 6; ++attempt)
        for (const double random : {0.0, 0.5, 0.999}) {
            const auto delay = retryDelay(policy, attempt, std::nullopt, random);
            QVERIFY(delay && *delay >= 0.5 * std::min(60.0, double(1 << attempt)) && *delay <= std::min(60.0, double(1 << attempt)));
            QVERIFY(*retryDelay(policy, attempt, 7.0, random) >= 7.0);
        }
    QVERIFY(!retryDelay(policy, 6, std::nullopt, 0));
    QVERIFY(!retryDelay(policy, 0, 601.0, 0));
    QCOMPARE(*parseRetryAfter("120", 0), 120.0);
    QCOMPARE(*parseRetryAfter(" 1.5 ", 0), 1.5);
    QCOMPARE(*parseRetryAfter("Wed, 21 Oct 2015 07:28:00 GMT", 1445412470), 10.0);
    QCOMPARE(*parseRetryAfter("Wed, 21 Oct 2015 07:28:00 GMT", 1999999999), 0.0);
    for (const char* bad : {"", "-1", "soon", "Wed, 41 Oct 2015 07:28:00 GMT", "1e9999", "nan", "12 s"})
        QVERIFY2(!parseRetryAfter(bad, 0), bad);
    for (const int status : {400, 401, 402, 404, 408, 422, 502, 504})
        QVERIFY(!isRetryable(status));
}

void TestSse::disarming() {
    QCOMPARE(disarm("<｜User｜>"), std::string("<\xE2\x81\xA0｜User｜>"));
    QCOMPARE(disarm("a </think> b"), std::string("a <\xE2\x81\xA0/think> b"));
    QCOMPARE(disarm("plain < text > x<y"), std::string("plain < text > x<y"));
    const std::vector<std::string> parts{"<", "｜", "User", "｜>", "think>", "/think>", "｜DSML｜", "DSML", "tool_calls>",
                                         "\xE2\x81\xA0", "|EOT|>", "dsml:", "/tool_result>", "x", "\n", "\xEF", "\xBD"};
    std::mt19937 random(7);
    for (int round = 0; round < 200'000; ++round) {
        std::string text;
        for (int n = static_cast<int>(random() % 9); n >= 0; --n)
            text += parts[random() % parts.size()];
        const std::string safe = disarm(text);
        QVERIFY2(!isArmed(safe), text.c_str());
        QVERIFY2(rearm(safe) == text, text.c_str());
        QVERIFY2(!isArmed(disarmArmed(text)) && disarmArmed(disarmArmed(text)) == disarmArmed(text), text.c_str());
    }
}

void TestSse::framing() {
    const std::string answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: a\r\nX: b\r\n\r\n"
                               "5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: t\r\n\r\nrest";
    for (std::size_t at = 0; at <= answer.size(); ++at) {
        HttpFraming framing;
        framing.feed(answer.substr(0, at));
        framing.feed(answer.substr(at));
        QVERIFY(framing.ended());
        QCOMPARE(framing.head().status, 200);
        QCOMPARE(framing.head().fields.at("x"), std::string("a, b"));
        QCOMPARE(framing.takeBody(), std::string("hello world"));
    }
    HttpFraming length;
    length.feed("HTTP/1.0 404 No\nContent-Length: 3\n\nabcdef");
    QVERIFY(length.ended() && length.takeBody() == "abc");
    HttpFraming open;
    open.feed("HTTP/1.1 200 OK\r\n\r\nabc");
    QVERIFY(!open.ended() && open.closed());
    HttpFraming cut;
    cut.feed("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    QVERIFY(!cut.closed());
    const auto refuses = [](const std::string& bytes) {
        HttpFraming framing;
        try {
            framing.feed(bytes);
        } catch (const BackendError&) {
            return true;
        }
        return false;
    };
    QVERIFY(refuses("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"));
    QVERIFY(refuses("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n"));
    QVERIFY(refuses("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n"));
    QVERIFY(refuses("FTP ready\r\n\r\n"));
}

QTEST_GUILESS_MAIN(TestSse)
#include "tst_sse.moc"
