// The chat encoding against the worked examples of v4-formats.md 4.9, and the reply parser against every cut of good
// and hostile replies.

#include "engine/chat.h"
#include "engine/chat_json.h"
#include "engine/chat_literals.h"
#include "engine/sha256.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <numeric>
#include <random>

using namespace engine;

namespace {

using Ids = std::vector<TokenId>;

const Tokenizer& vocabulary() {
    static const std::shared_ptr<const Tokenizer> tokenizer = Tokenizer::fromFolder(SOURCE_ROOT "/resources/tokenizer");
    return *tokenizer;
}

Ids official(std::string_view text) { return vocabulary().encode(text, AddedTokens::Match); }

ChatMessage message(ChatRole role, std::string text, std::string reasoning = {}) {
    ChatMessage m;
    m.role = role;
    m.text = std::move(text);
    m.reasoning = std::move(reasoning);
    return m;
}

std::string rendered(const std::vector<ChatMessage>& messages, const ChatOptions& options) {
    const ChatPrompt prompt = renderChat(vocabulary(), messages, options);
    const std::string text = vocabulary().decode(prompt.tokens);
    // The tokens are those of the official concatenation, unless data spells control tokens.
    if (official(text) != prompt.tokens) return "other tokens: " + text;
    return text;
}

const std::string weather = R"({"name": "get_weather", "description": "Weather by city", "parameters": {"type": "object", "properties": )"
                            R"({"city": {"type": "string"}, "days": {"type": "integer"}}, "required": ["city"]}})";

std::vector<ChatMessage> weatherTalk() {
    ChatMessage calls = message(ChatRole::Assistant, "", "Call the tool.");
    calls.calls = {{"get_weather", R"({"city":"Paris","days":2})"}, {"get_weather", R"({"city": "Lyon"})"}};
    calls.callIds = {"c1", "c2"};
    ChatMessage second = message(ChatRole::Tool, R"({"t": 20})"), first = message(ChatRole::Tool, R"({"t": 18})");
    second.toolCallId = "c2";
    first.toolCallId = "c1";
    return {message(ChatRole::System, "Be brief."), message(ChatRole::User, "Weather in Paris?"), calls, second, first,
            message(ChatRole::User, "And in Celsius?")};
}

std::string sha256Hex(std::string_view text) {
    Sha256 hash;
    hash.update(text);
    return toHex(hash.digest());
}

struct Parsed {
    ChatTurn turn;
    std::string text, reasoning;
    std::vector<std::string> calls;
};

Parsed parse(const Ids& ids, bool thinking) {
    Parsed parsed;
    ChatParser parser(vocabulary(), thinking, [&](const ChatDelta& delta) {
        if (delta.type == ChatDelta::Type::Call) parsed.calls.push_back(delta.text);
        else (delta.type == ChatDelta::Type::Text ? parsed.text : parsed.reasoning) += delta.text;
    });
    for (const TokenId id : ids) parser.token(id);
    parsed.turn = parser.finish();
    return parsed;
}

ChatTurn parseText(std::string_view text, bool thinking, const std::vector<std::size_t>& cuts = {}) {
    ChatParser parser(thinking);
    std::size_t done = 0;
    for (const std::size_t cut : cuts) {
        parser.text(text.substr(done, cut - done));
        done = cut;
    }
    parser.text(text.substr(done));
    return parser.finish();
}

const std::string twoCalls = "Look.</think>\n\n<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"read\">\n"
                             "<｜DSML｜parameter name=\"path\" string=\"true\">a \"b\"\n</c> < /d</｜DSML｜parameter>\n"
                             "<｜DSML｜parameter name=\"line\" string=\"false\">1e-07</｜DSML｜parameter>\n"
                             "</｜DSML｜invoke>\n<｜DSML｜invoke name=\"list\">\n\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>"
                             "<｜end▁of▁sentence｜>";

} // namespace

class ChatTest : public QObject {
    Q_OBJECT

private slots:
    void literalsAreThePublishedOnes() {
        const auto check = [](std::string_view text, std::size_t bytes, const char* sha, std::size_t tokens) {
            QCOMPARE(text.size(), bytes);
            QCOMPARE(sha256Hex(text), std::string(sha));
            if (tokens > 0) QCOMPARE(official(text).size(), tokens);
        };
        check(literals::effortA, 476, "f7a24f3b3050d4a83781e9b755b316aae2ec1d9dc87562541d90bcb04d7350f7", 79);
        check(literals::effortB, 528, "53fb31b8392ec5b4a926481943efc67636748f137c1a49d493a7af4d4fa55d2c", 92);
        check(literals::toolsBefore, 890, "c7c9042638154a237b5d1bd48be772374a35a4d24c5cacfd1ffbd92703da329c", 203);
        check(literals::toolsAfter, 99, "690702850fe256512cb1ee67c4e436ecb3e735c71ebee77ca45ff357a75fb5a7", 0);
    }

    void e1FirstTurn() {
        const ChatPrompt prompt = renderChat(vocabulary(), {message(ChatRole::System, "You are a helpful assistant."),
                                                            message(ChatRole::User, "What is 2+2?")}, {});
        QCOMPARE(prompt.tokens, (Ids{0, 3476, 477, 260, 11502, 22896, 16, 128803, 3085, 344, 223, 20, 13, 20, 33, 128804, 128821}));
        QCOMPARE(prompt.ends, (std::vector<std::size_t>{7, 15}));
    }

    void e2ThreeWays() {
        const std::vector<ChatMessage> talk{message(ChatRole::User, "Hi"), message(ChatRole::Assistant, "Hello!", "greet"),
                                            message(ChatRole::User, "Bye")};
        ChatOptions options;
        options.thinking = false;
        QCOMPARE(renderChat(vocabulary(), talk, options).tokens,
                 (Ids{0, 128803, 23166, 128804, 128822, 19923, 3, 1, 128803, 4546, 71, 128804, 128822}));
        options.thinking = true;
        QCOMPARE(rendered(talk, options), std::string("<｜begin▁of▁sentence｜><｜User｜>Hi<｜Assistant｜></think>Hello!"
                                                      "<｜end▁of▁sentence｜><｜User｜>Bye<｜Assistant｜><think>"));
        options.dropThinking = false;
        QCOMPARE(renderChat(vocabulary(), talk, options).tokens,
                 (Ids{0, 128803, 23166, 128804, 128821, 28411, 319, 128822, 19923, 3, 1, 128803, 4546, 71, 128804, 128821}));
    }

    void e3Tools() {
        ChatOptions options;
        options.tools = {weather};
        const std::string expected =
            "<｜begin▁of▁sentence｜>Be brief.\n\n" + std::string(literals::toolsBefore) + weather + std::string(literals::toolsAfter) +
            "<｜User｜>Weather in Paris?<｜Assistant｜><think>Call the tool.</think>\n\n<｜DSML｜tool_calls>\n"
            "<｜DSML｜invoke name=\"get_weather\">\n<｜DSML｜parameter name=\"city\" string=\"true\">Paris</｜DSML｜parameter>\n"
            "<｜DSML｜parameter name=\"days\" string=\"false\">2</｜DSML｜parameter>\n</｜DSML｜invoke>\n"
            "<｜DSML｜invoke name=\"get_weather\">\n<｜DSML｜parameter name=\"city\" string=\"true\">Lyon</｜DSML｜parameter>\n"
            "</｜DSML｜invoke>\n</｜DSML｜tool_calls><｜end▁of▁sentence｜><｜User｜><tool_result>{\"t\": 18}</tool_result>\n\n"
            "<tool_result>{\"t\": 20}</tool_result>\n\nAnd in Celsius?<｜Assistant｜><think>";
        QCOMPARE(rendered(weatherTalk(), options), expected);
    }

    void e4ResponseFormat() {
        ChatMessage system = message(ChatRole::System, "Be brief.");
        system.responseFormat = "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}}}";
        ChatOptions options;
        options.thinking = false;
        QCOMPARE(rendered({system, message(ChatRole::User, "One?")}, options),
                 std::string("<｜begin▁of▁sentence｜>Be brief.\n\n## Response Format:\n\nYou MUST strictly adhere to the following "
                             "schema to reply:\n{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"integer\"}}}"
                             "<｜User｜>One?<｜Assistant｜></think>"));
    }

    void e5Tasks() {
        ChatOptions options;
        options.thinking = false;
        ChatMessage question = message(ChatRole::User, "Who won?");
        question.task = "action";
        QCOMPARE(rendered({question, message(ChatRole::Assistant, "Search")}, options),
                 std::string("<｜begin▁of▁sentence｜><｜User｜>Who won?<｜Assistant｜></think><｜action｜>Search<｜end▁of▁sentence｜>"));
        question.task = "query";
        QCOMPARE(rendered({question, message(ChatRole::Assistant, "winner")}, options),
                 std::string("<｜begin▁of▁sentence｜><｜User｜>Who won?<｜query｜>winner<｜end▁of▁sentence｜>"));
        question.task = {};
        ChatMessage answer = message(ChatRole::Assistant, "Spain.");
        answer.task = "title";
        QCOMPARE(rendered({question, answer, message(ChatRole::Assistant, "Football result")}, options),
                 std::string("<｜begin▁of▁sentence｜><｜User｜>Who won?<｜Assistant｜></think>Spain.<｜end▁of▁sentence｜><｜title｜>"
                             "Football result<｜end▁of▁sentence｜>"));
        question.task = "dance";
        QVERIFY_EXCEPTION_THROWN(renderChat(vocabulary(), {question}, options), std::runtime_error);
    }

    void e6GoldenTwo() {
        QCOMPARE(rendered({message(ChatRole::System, "You are a helpful assistant."), message(ChatRole::User, "Hello"),
                           message(ChatRole::Assistant, "Hi there! How can I help you?"),
                           message(ChatRole::User, "What is the capital of France?"),
                           message(ChatRole::Assistant, "The capital of France is Paris.",
                                   "The user asks about the capital of France. It is Paris.")}, {}),
                 std::string("<｜begin▁of▁sentence｜>You are a helpful assistant.<｜User｜>Hello<｜Assistant｜></think>Hi there! How can "
                             "I help you?<｜end▁of▁sentence｜><｜User｜>What is the capital of France?<｜Assistant｜><think>The user "
                             "asks about the capital of France. It is Paris.</think>The capital of France is Paris."
                             "<｜end▁of▁sentence｜>"));
    }

    void effortByEdition() {
        ChatOptions options;
        const auto begin = [&](ChatEdition edition, ChatEffort effort) {
            options.edition = edition;
            options.effort = effort;
            const std::string text = rendered({message(ChatRole::User, "x")}, options);
            return text.substr(std::string("<｜begin▁of▁sentence｜>").size());
        };
        const std::string rest = "<｜User｜>x<｜Assistant｜><think>";
        QCOMPARE(begin(ChatEdition::July, ChatEffort::Low), rest);
        QCOMPARE(begin(ChatEdition::July, ChatEffort::High), std::string(literals::effortA) + rest);
        QCOMPARE(begin(ChatEdition::July, ChatEffort::Max), std::string(literals::effortB) + rest);
        QCOMPARE(begin(ChatEdition::April, ChatEffort::High), rest);
        QCOMPARE(begin(ChatEdition::April, ChatEffort::Max), std::string(literals::effortA) + rest);
        options.thinking = false;
        QCOMPARE(begin(ChatEdition::July, ChatEffort::Max), "<｜User｜>x<｜Assistant｜></think>");
    }

    void noSpellingInAnyPlaceBecomesAControlToken() {
        // Nine places text enters a prompt (P14).
        ChatOptions options;
        for (const AddedToken& token : vocabulary().addedTokens()) {
            if (token.id >= 128020 && token.id < 128790) continue; // placeholders: some are enough
            if (token.id >= 128860 && token.id < 129250) continue;
            const std::string& evil = token.text;
            const auto build = [&](const std::string& text) {
                options.tools = {"{\"name\": \"t\", \"description\": " + jsonQuoted(text) + "}"};
                ChatMessage system = message(ChatRole::System, "s" + text);
                system.responseFormat = "{\"a\": " + jsonQuoted(text) + "}";
                ChatMessage call = message(ChatRole::Assistant, "t" + text, "r" + text);
                call.calls = {{"n" + text, "{" + jsonQuoted(text) + ": " + jsonQuoted(text) + "}"}, {"m", text}};
                ChatMessage result = message(ChatRole::Tool, text);
                return renderChat(vocabulary(), {system, message(ChatRole::User, text), call, result, message(ChatRole::User, text)}, options);
            };
            const auto controls = [](const ChatPrompt& prompt) {
                Ids ids;
                for (const TokenId id : prompt.tokens)
                    if (vocabulary().isAdded(id)) ids.push_back(id);
                return ids;
            };
            const ChatPrompt prompt = build(evil);
            QCOMPARE(controls(prompt), controls(build("harmless")));
            QVERIFY(vocabulary().decode(prompt.tokens).find("s" + evil) != std::string::npos);
        }
    }

    void sampledTokensAreReplayed() {
        ChatOptions options;
        options.tools = {weather};
        std::vector<ChatMessage> talk{message(ChatRole::User, "Hi"), message(ChatRole::Assistant, "other", "words")};
        talk[1].sampled = {28411, 319, 128822, 19923, 1};
        const Ids ids = renderChat(vocabulary(), talk, options).tokens;
        QCOMPARE(Ids(ids.end() - 5, ids.end()), talk[1].sampled);
        talk[1].sampled.pop_back(); // cut off by the limit
        const Ids closed = renderChat(vocabulary(), talk, options).tokens;
        QCOMPARE(closed, ids);
        talk[1].sampled = {28411, 128803, 1}; // a role token was never sampled: a damaged session
        const std::string text = vocabulary().decode(renderChat(vocabulary(), talk, options).tokens);
        QVERIFY(text.ends_with("<think>words</think>other<｜end▁of▁sentence｜>"));
    }

    void appendingKeepsThePrefix() {
        ChatOptions options;
        options.tools = {weather};
        const std::vector<ChatMessage> talk = weatherTalk();
        const Ids whole = renderChat(vocabulary(), talk, options).tokens;
        for (const std::size_t count : {2u, 3u, 6u}) {
            const ChatPrompt part = renderChat(vocabulary(), {talk.begin(), talk.begin() + static_cast<std::ptrdiff_t>(count)}, options);
            QVERIFY(std::equal(part.tokens.begin(), part.tokens.begin() + static_cast<std::ptrdiff_t>(part.ends.back()), whole.begin()));
        }
    }

    void jsonDialect() {
        QCOMPARE(chatJson(" {\"b\":1e-07,\"a\":[1.0,-0,true,null,\"\\u00e9\\u0001\\/\\ud83d\\ude00\"],\"c\":{}} "),
                 std::string("{\"b\": 1e-07, \"a\": [1.0, -0, true, null, \"é\\u0001/😀\"], \"c\": {}}"));
        for (const char* bad : {"", "{", "{\"a\"}", "[1,]", "01", "\"\\x\"", "\"\n\"", "1 2", "{\"a\":1,}", "tru", "\"abc"})
            QVERIFY_EXCEPTION_THROWN(chatJson(bad), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(chatJson(std::string(100000, '[')), std::runtime_error);
        QVERIFY(!jsonMembers("[1]"));
        QCOMPARE(jsonMembers("{\"a\":1,\"b\":\"x\",\"a\":\"y\"}")->front().value, std::string("y"));
    }

    void readsAReply() {
        const Parsed parsed = parse(official(twoCalls), true);
        QCOMPARE(parsed.turn.reasoning, std::string("Look."));
        QCOMPARE(parsed.turn.text, std::string());
        QVERIFY(parsed.turn.ended && !parsed.turn.leaked);
        QCOMPARE(parsed.turn.calls.size(), std::size_t(2));
        QCOMPARE(parsed.turn.calls[0].arguments, std::string("{\"path\": \"a \\\"b\\\"\\n</c> < /d\", \"line\": 1e-07}"));
        QCOMPARE(parsed.turn.calls[1].name, std::string("list"));
        QCOMPARE(parsed.turn.calls[1].arguments, std::string("{}"));
        QCOMPARE(parsed.calls, (std::vector<std::string>{"read", "list"}));
        QCOMPARE(parsed.reasoning, parsed.turn.reasoning);
    }

    void renderedCallsComeBack() {
        ChatOptions options;
        options.tools = {weather};
        std::vector<ChatMessage> talk = weatherTalk();
        talk.resize(3);
        const Ids whole = renderChat(vocabulary(), talk, options).tokens;
        talk.pop_back();
        const Ids before = renderChat(vocabulary(), talk, options).tokens;
        const Parsed parsed = parse(Ids(whole.begin() + static_cast<std::ptrdiff_t>(before.size()), whole.end()), true);
        QCOMPARE(parsed.turn.reasoning, std::string("Call the tool."));
        QCOMPARE(parsed.turn.calls.size(), std::size_t(2));
        QCOMPARE(parsed.turn.calls[0].arguments, std::string("{\"city\": \"Paris\", \"days\": 2}"));
    }

    void anyCutGivesTheSame() {
        const ChatTurn whole = parseText(twoCalls, true);
        QCOMPARE(whole.calls.size(), std::size_t(2));
        for (std::size_t cut = 0; cut <= twoCalls.size(); ++cut) {
            const ChatTurn turn = parseText(twoCalls, true, {cut});
            QCOMPARE(turn.reasoning, whole.reasoning);
            QCOMPARE(turn.calls.size(), std::size_t(2));
            QCOMPARE(turn.calls[0].arguments, whole.calls[0].arguments);
        }
        std::vector<std::size_t> everywhere(twoCalls.size());
        std::iota(everywhere.begin(), everywhere.end(), 0);
        QCOMPARE(parseText(twoCalls, true, everywhere).calls.size(), std::size_t(2));
        // Cut off anywhere: no call that was not whole, and nothing lost silently.
        for (std::size_t size = 0; size < twoCalls.size(); ++size) {
            const ChatTurn turn = parseText(std::string_view(twoCalls).substr(0, size), true);
            QVERIFY(turn.calls.size() <= 2);
            if (turn.calls.empty() && size > 30) QVERIFY(turn.leaked == (turn.text.find("DSML") != std::string::npos));
        }
    }

    void leakedMarkupStaysText_data() {
        QTest::addColumn<QByteArray>("reply");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("leaked");
        const auto row = [](const char* name, const char* reply, const char* text, bool leaked) {
            QTest::addRow("%s", name) << QByteArray(reply) << QByteArray(text) << leaked;
        };
        row("plain", "Yes.\n\n", "Yes.\n\n", false);
        row("less than at the end", "a <", "a <", false);
        row("breaks and less than", "a\n\n<", "a\n\n<", false);
        row("mark alone", "a ｜DSML｜ b", "a ｜DSML｜ b", true);
        row("other tag", "a\n\n<｜DSML｜invoke name=\"x\">", "a\n\n<｜DSML｜invoke name=\"x\">", true);
        row("no call", "\n\n<｜DSML｜tool_calls>\n</｜DSML｜tool_calls>", "\n\n<｜DSML｜tool_calls>\n</｜DSML｜tool_calls>", true);
        row("repeated key",
            "x<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"f\">\n<｜DSML｜parameter name=\"a\" string=\"true\">1</｜DSML｜parameter>\n"
            "<｜DSML｜parameter name=\"a\" string=\"true\">2</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>",
            "x<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"f\">\n<｜DSML｜parameter name=\"a\" string=\"true\">1</｜DSML｜parameter>\n"
            "<｜DSML｜parameter name=\"a\" string=\"true\">2</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>", true);
        row("second end of thinking", "a</think>b", "ab", false);
        row("text after", "a<｜end▁of▁sentence｜>b", "a", false);
        row("broken in a parameter", "q<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"f\">\n<｜DSML｜parameter name=\"a\" string=\"true\">1",
            "q<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"f\">\n<｜DSML｜parameter name=\"a\" string=\"true\">1", true);
    }
    void leakedMarkupStaysText() {
        QFETCH(QByteArray, reply);
        QFETCH(QByteArray, text);
        QFETCH(bool, leaked);
        for (const ChatTurn& turn : {parseText(reply.toStdString(), false), parse(official(reply.toStdString()), false).turn}) {
            QCOMPARE(QByteArray::fromStdString(turn.text), text);
            QCOMPARE(turn.leaked, leaked);
            QVERIFY(turn.calls.empty());
        }
    }

    void callsInOddPlaces() {
        const std::string block = "<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"f\">\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>";
        QCOMPARE(parseText(block, true).calls.size(), std::size_t(1)); // while thinking
        QCOMPARE(parseText("r</think>" + block, true).calls.size(), std::size_t(1));
        const ChatTurn lax = parseText("<｜DSML｜ calls><｜DSML｜ invoke name=\"f\"></｜DSML｜ invoke></｜DSML｜ calls>", false);
        QCOMPARE(lax.calls.size(), std::size_t(1)); // the tags of V4.1
        const ChatTurn open = parseText("<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"f\">\n</｜DSML｜invoke>\n", false);
        QCOMPARE(open.calls.size(), std::size_t(1)); // ended behind a whole call
        const ChatTurn bad = parseText("<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"f\">\n<｜DSML｜parameter name=\"a\" string=\"false\">"
                                       "{oops</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>", false);
        QCOMPARE(bad.calls.at(0).arguments, std::string("{\"a\": \"{oops\"}"));
        // The same characters as data of a value, not as a token.
        const Ids value = official("<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"f\">\n<｜DSML｜parameter name=\"a\" string=\"true\">");
        Ids ids = value;
        const Ids data = vocabulary().encode("</｜DSML｜parameter>", AddedTokens::Ignore);
        ids.insert(ids.end(), data.begin(), data.end());
        const Ids rest = official("</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>");
        ids.insert(ids.end(), rest.begin(), rest.end());
        QCOMPARE(parse(ids, false).turn.calls.at(0).arguments, std::string("{\"a\": \"</｜DSML｜parameter>\"}"));
    }

    void argumentsAreText() {
        const ChatTurn turn = parseText("<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"f\xFF\">\n<｜DSML｜parameter name=\"a\" string=\"true\">"
                                        "\xE2\x82</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>", false);
        QCOMPARE(turn.calls.at(0).name, std::string("f\uFFFD"));
        QVERIFY(nlohmann::json::accept(turn.calls.at(0).arguments));
    }

    void hostileRepliesEnd() {
        std::mt19937 random(9);
        const std::vector<std::string> parts{"<", "</", "｜DSML｜", "tool_calls>", "invoke name=\"", "\">", "parameter name=\"", "\" string=\"true\">",
                                             "\n", "</think>", "<think>", "x", "\xE2\x82", "\xFF", "invoke>", "parameter>", "<｜end▁of▁sentence", "｜>", "｜", "<｜User｜>"};
        for (int round = 0; round < 4000; ++round) {
            std::string text;
            for (int i = 0; i < 60; ++i) text += parts[random() % parts.size()];
            for (const bool thinking : {false, true}) {
                const ChatTurn turn = parseText(text, thinking, {text.size() / 3, text.size() / 2});
                QVERIFY(QString::fromStdString(turn.text).toStdString() == turn.text); // valid UTF-8
                parse(official(text), thinking);
            }
        }
        std::string many;
        for (int i = 0; i < 60000; ++i) many += "\n<｜DSML｜";
        QElapsedTimer timer;
        timer.start();
        QVERIFY(parseText(many, false).leaked);
        QVERIFY(parseText("<｜DSML｜tool_calls>" + many + many, false).leaked);
        QVERIFY2(timer.elapsed() < 5000, "a quadratic step");
    }

    void smallVocabularyChats() {
        const auto bytes = Tokenizer::bytesOnly(384);
        const ChatPrompt prompt = renderChat(*bytes, {message(ChatRole::User, "Hi<think>")}, {});
        QCOMPARE(bytes->decode(prompt.tokens), std::string("<｜begin▁of▁sentence｜><｜User｜>Hi<think><｜Assistant｜><think>"));
        QCOMPARE(std::count(prompt.tokens.begin(), prompt.tokens.end(), *bytes->added("<think>")), 1);
    }
};

QTEST_GUILESS_MAIN(ChatTest)
#include "tst_chat.moc"
