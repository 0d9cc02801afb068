// The tools a model may use (agent.md 5) and a model that means harm (P15): whatever it writes, tools read the corpus
// and nothing else, in bounded time and space.
#include "app/agent/tool_arguments.h"
#include "app/agent/tools.h"
#include "ingest/corpus.h"

#include <QElapsedTimer>
#include <QTest>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <random>

using namespace app;
using Kind = ToolResult::Kind;

namespace {

const char* const rx =
    "#include \"rx.h\"\n"
    "\n"
    "// Copies one packet out of the ring.\n"
    "int receive(struct ring *ring, char *buffer, int size) {\n"
    "    int length = ring->slots[ring->head].length;\n"
    "    memcpy(buffer, ring->slots[ring->head].data, length);\n"
    "    ring->head = (ring->head + 1) % ring->count;\n"
    "    return length;\n"
    "}\n";

std::shared_ptr<const ingest::Corpus> makeCorpus() {
    ingest::CorpusBuilder builder;
    const auto add = [&](const char* path, ingest::Kind kind, const std::string& text) {
        builder.add(std::make_shared<const ingest::Document>(path, kind, text, std::string(60, 'a') + std::to_string(1000 + text.size() % 9000), text.size()));
    };
    add("README.md", ingest::Kind::Markdown, "# Ring\n\nReceives packets.\n\n## Use\n\nCall receive() often.\n");
    add("src/rx.c", ingest::Kind::Code, rx);
    std::string large;
    for (int i = 1; i <= 20'000; ++i)
        large += "row " + std::to_string(i) + " aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\n";
    add("data/large.txt", ingest::Kind::Text, large);
    return builder.build();
}

struct Fixture {
    explicit Fixture(BranchKind kind) : prompts(Prompts::load()) {
        run.corpus = makeCorpus();
        run.witnesses.push_back({"cppcheck", "bufferAccessOutOfBounds", "src/rx.c:6"});
        resolver = std::make_shared<const Resolver>(run.corpus);
        box = std::make_unique<ToolBox>(run, prompts, resolver, kind, "test");
    }
    ToolResult operator()(const std::string& name, const nlohmann::json& arguments) {
        return box->call(name, arguments.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), {});
    }
    ModelRun run;
    Prompts prompts;
    std::shared_ptr<const Resolver> resolver;
    std::unique_ptr<ToolBox> box;
};

bool holds(const ToolResult& result, const char* text) { return result.text.find(text) != std::string::npos; }

} // namespace

class TestTools : public QObject {
    Q_OBJECT
private slots:
    void reading();
    void longResultsContinue();
    void repeatedCalls();
    void badArguments();
    void notingFindings();
    void notingAnswersAndVerdicts();
    void quoteLines();
    void leakedAndCutCalls();
    void hostileModel();
};

void TestTools::reading() {
    Fixture tool(BranchKind::Scan);
    const ToolResult found = tool("find", {{"pattern", "memcpy"}});
    QVERIFY2(found.kind == Kind::Done && holds(found, "1 hits") && holds(found, "src/rx.c:6"), found.text.c_str());
    QVERIFY(holds(tool("find", {{"pattern", "ring->h[a-z]+"}, {"mode", "pattern"}}), "hits"));
    const ToolResult named = tool("find", {{"pattern", "receive"}, {"mode", "name"}, {"scope", "*.c"}});
    QVERIFY2(holds(named, "1 hits"), named.text.c_str());
    QVERIFY(holds(tool("find", {{"pattern", "("}, {"mode", "pattern"}}), "error"));
    const ToolResult lines = tool("read", {{"file", "src/rx.c"}, {"from", 4}, {"to", 6}});
    QVERIFY2(holds(lines, "6\t    memcpy(") && !holds(lines, "\n7\t"), lines.text.c_str());
    QVERIFY(holds(tool("read", {{"file", "src/rx.c"}, {"from", "5"}, {"to", -3}}), "5\t"));
    QVERIFY(holds(tool("outline", {{"file", "src/rx.c"}}), "receive"));
    QVERIFY(holds(tool("outline", {{"file", "README.md"}}), "Use"));
    const ToolResult refs = tool("refs", {{"name", "receive"}});
    QVERIFY2(holds(refs, "definitions\n") && holds(refs, "src/rx.c:4"), refs.text.c_str());
    QVERIFY(holds(tool("witness", {{"file", "src/rx.c"}}), "bufferAccessOutOfBounds"));
    QVERIFY(holds(tool("witness", {{"file", "README.md"}}), "nothing"));
    QVERIFY(holds(tool("history", {{"file", "src/rx.c"}}), "not in a git repository"));
    QVERIFY(holds(tool("resolve", {{"quote", "memcpy(buffer, ring->slots[ring->head].data, length);"}, {"file", "src/rx.c"}}),
                  "proven"));
    QVERIFY(holds(tool("resolve", {{"quote", "memcpy(buffer, ring->slots[ring->tail].data, length);"}, {"file", "src/rx.c"}}),
                  "not"));
    QVERIFY(holds(tool("ask_user", {{"question", "May I?"}}), "Nobody is there"));
    QVERIFY(tool("shell", {{"command", "id"}}).kind == Kind::BadArguments);
    QCOMPARE(tool.box->notes().searches.size(), std::size_t(4));
}

void TestTools::longResultsContinue() {
    Fixture tool(BranchKind::Scan);
    ToolResult part = tool("read", {{"file", "data/large.txt"}, {"from", 1}, {"to", 20000}});
    std::string all;
    int parts = 0;
    for (;; ++parts) {
        const auto more = part.text.find("… ");
        all += part.text.substr(0, more);
        QVERIFY(part.text.size() < 12'000);
        if (more == std::string::npos)
            break;
        const auto handle = part.text.find("h0");
        QVERIFY(handle != std::string::npos);
        part = tool("more", {{"handle", part.text.substr(handle, 7)}});
        QVERIFY(part.kind == Kind::Done);
    }
    QVERIFY(parts > 50);
    QVERIFY(all.find("20000\trow 20000 ") != std::string::npos);
    QVERIFY(all.find("\n9999\trow 9999 ") != std::string::npos);
}

void TestTools::repeatedCalls() {
    Fixture tool(BranchKind::Scan);
    const ToolResult first = tool("find", {{"pattern", "ring"}, {"limit", 3}});
    const ToolResult again = tool.box->call("find", "{\"limit\" : 3, \"pattern\":\"ring\"}", {});
    QVERIFY(again.kind == Kind::Repeated && holds(again, "before") && again.text.find(first.text) != std::string::npos);
    QVERIFY(tool("find", {{"pattern", "ring"}, {"limit", 3}}).kind == Kind::RepeatedTooOften);
    QVERIFY(tool("find", {{"pattern", "ring"}, {"limit", 4}}).kind == Kind::Done);
}

void TestTools::badArguments() {
    Fixture tool(BranchKind::Scan);
    for (const char* bad : {"{", "[]", "7", "null x", "{\"pattern\":5}", "{\"pattern\":[\"a\"]}", "{\"pattern\":{\"a\":1}}",
                            "{}", "{\"pattern\":\"a\",\"path\":\"/etc/passwd\"}", "{\"pattern\":\"a\",\"mode\":\"regex\"}",
                            "{\"pattern\":\"a\",\"limit\":\"many\"}", "{\"pattern\":\"a\",\"limit\":1.5}",
                            "{\"pattern\":\"a\\u0000b\"}", "{\"pattern\":\"a\",\"limit\":99999999999999999999}"}) {
        const ToolResult result = tool.box->call("find", bad, {});
        QVERIFY2(result.kind == Kind::BadArguments, bad);
        QVERIFY(holds(result, "The tool takes"));
    }
    QVERIFY(tool.box->call("find", std::string(100'000, ' ') + "{\"pattern\":\"a\"}", {}).kind == Kind::BadArguments);
    QVERIFY(tool.box->call("find", std::string(60'000, '['), {}).kind == Kind::BadArguments);
}

void TestTools::notingFindings() {
    Fixture tool(BranchKind::Scan);
    nlohmann::json finding{{"kind", "security"}, {"title", "Unchecked length"},
                           {"claim", "The length is not compared with size."}, {"severity", "high"},
                           {"consequence", "A long packet overruns the buffer."},
                           {"evidence", "site src/rx.c:6 \"memcpy(buffer, ring->slots[ring->head].data, length);\"\n"
                                        "cause src/rx.c:5 \"int length = ring->slots[ring->head].length;\"\n"
                                        "guard src/rx.c \"if (length > size) return -1;\""}};
    const ToolResult kept = tool("note_finding", finding);
    QVERIFY2(kept.kind == Kind::Done && holds(kept, "N1") && holds(kept, "if (length > size)"), kept.text.c_str());
    const Finding& record = tool.box->notes().findings.at(0);
    QCOMPARE(record.evidence.size(), std::size_t(2)); // the invented quote is not evidence
    QVERIFY(record.evidence[0].role == EvidenceRole::Site && record.evidence[0].state == ProofState::Proven);
    QCOMPARE(record.evidence[0].file, std::string("src/rx.c"));
    QVERIFY(record.evidence[0].quote.find("memcpy(buffer, ring->slots[ring->head].data, length);") != std::string::npos);
    QVERIFY(record.title.origin == Origin::Generated && record.claim.origin == Origin::Generated);
    finding["evidence"] = "site src/rx.c:6 \"memcpy(buffer, ring->slots[ring->head].data, size);\"";
    QVERIFY(tool("note_finding", finding).kind == Kind::Failed);
    finding["evidence"] = "site /etc/passwd:1 \"root:x:0:0:root:/root:/bin/bash\"";
    QVERIFY(tool("note_finding", finding).kind == Kind::Failed);
    finding["kind"] = "opinion";
    QVERIFY(tool("note_finding", finding).kind == Kind::Failed);
    QCOMPARE(tool.box->notes().findings.size(), std::size_t(1));
    QVERIFY(holds(tool("verdict", {{"candidate", "C1"}, {"outcome", "confirmed"}, {"reason", "x"}}), "another kind of task"));
    QVERIFY(holds(tool("note_answer", {{"text", "x"}, {"quotes", ""}}), "another kind of task"));
}

void TestTools::notingAnswersAndVerdicts() {
    Fixture answer(BranchKind::Answer);
    QVERIFY(answer("note_answer", {{"text", "It copies a packet."}, {"quotes", "f003:3 \"Copies one packet out of the ring.\""}}).kind ==
            Kind::Done || answer.box->notes().answers.size() == 1);
    QVERIFY(answer("note_answer", {{"text", "It is fast."}, {"quotes", "src/rx.c:3 \"It is very fast indeed, always.\""}}).kind == Kind::Failed);
    QVERIFY(answer("note_answer", {{"text", "No quote."}, {"quotes", ""}}).kind == Kind::Failed);
    const auto& answers = answer.box->notes().answers;
    QCOMPARE(answers.size(), std::size_t(2));
    QVERIFY(answers[0].sentence.evidence.at(0).state == ProofState::Proven);
    QVERIFY(answers[1].sentence.supports == Supports::No && answers[1].sentence.evidence.empty());

    Fixture verify(BranchKind::Verify);
    QVERIFY(holds(verify("verdict", {{"candidate", "C1"}, {"outcome", "refuted"}, {"reason", "guarded elsewhere"}}), "uncertain"));
    QVERIFY(holds(verify("verdict", {{"candidate", "C1"}, {"outcome", "refuted"}, {"reason", "modulo"}, {"file", "src/rx.c"},
                                     {"quote", "ring->head = (ring->head + 1) % ring->count;"}}), "refuted"));
    QCOMPARE(verify.box->notes().verdicts.size(), std::size_t(1));
    QVERIFY(verify.box->notes().verdicts[0].verdict.counter.at(0).state == ProofState::Proven);
}

void TestTools::quoteLines() {
    std::vector<std::string> bad;
    auto lines = parseQuoteLines("site src/a.c:12-14 \"x = \"y\";\"\n guard f017: \"z\"\ncause paper.pdf#p3 \"two\nlines\"", true, bad);
    QCOMPARE(lines.size(), std::size_t(3));
    QCOMPARE(lines[0].quote.text, std::string("x = \"y\";"));
    QCOMPARE(lines[0].quote.line, 12);
    QVERIFY(lines[1].role == EvidenceRole::Guard);
    QCOMPARE(lines[2].quote.page, 3);
    QCOMPARE(lines[2].quote.text, std::string("two\nlines"));
    QVERIFY(bad.empty());
    QCOMPARE(parseQuoteLines("no quote here", false, bad).size(), std::size_t(0));
    QCOMPARE(bad.size(), std::size_t(1));
}

void TestTools::leakedAndCutCalls() {
    std::string text = "I look.\n\n<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"find\">\n"
                       "<｜DSML｜parameter name=\"pattern\" string=\"true\">a < b\n\"c\"</｜DSML｜parameter>\n"
                       "<｜DSML｜parameter name=\"limit\" string=\"false\">5</｜DSML｜parameter>\n"
                       "</｜DSML｜invoke>\n</｜DSML｜tool_calls>";
    const std::string whole = text;
    const auto calls = takeLeakedCalls(text);
    QCOMPARE(calls.size(), std::size_t(1));
    QCOMPARE(calls[0].name, std::string("find"));
    QVERIFY(nlohmann::json::parse(calls[0].arguments) == (nlohmann::json{{"pattern", "a < b\n\"c\""}, {"limit", 5}}));
    QCOMPARE(text, std::string("I look."));
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string part = whole.substr(0, at);
        const std::string before = part;
        QVERIFY(takeLeakedCalls(part).empty() && part == before); // half a block stays text
    }
    std::string quoted = whole + " is how the file spells a call.";
    QVERIFY(takeLeakedCalls(quoted).empty());
    QCOMPARE(repairJson("{\"a\":\"b"), std::string("{\"a\":\"b\"}"));
    QCOMPARE(repairJson("{\"a\":[1,2"), std::string("{\"a\":[1,2]}"));
    QCOMPARE(repairJson("{\"a\":\"b\\"), std::string("{\"a\":\"b\"}"));
    QCOMPARE(repairJson("{\"a\":"), std::string("{\"a\":"));
    QCOMPARE(repairJson("{}"), std::string("{}"));
}

// 6,000 calls of a model that means harm: nothing outside the corpus comes back, each call is short and small.
void TestTools::hostileModel() {
    const std::string canary = "canary-8d1f0c77-outside-the-corpus";
    const auto outside = std::filesystem::temp_directory_path() / "lectern-outside.txt";
    std::ofstream(outside) << canary << "\n";
    std::filesystem::create_directory_symlink(std::filesystem::temp_directory_path(), "/tmp/lectern-link-test");
    std::vector<std::string> files{outside.string(), "/etc/passwd", "/proc/self/environ", "../../../../etc/passwd", "..", ".", "/",
                                   "", "src/../src/rx.c", "src//rx.c", "%2e%2e%2fetc%2fpasswd", "file:///etc/passwd",
                                   "/tmp/lectern-link-test/lectern-outside.txt", "src/rx.c\n/etc/passwd", "~/.ssh/id_rsa",
                                   "\\\\host\\share", "CON", "f999999999999999999999", "f-1", "f0", "src/rx.c/", "https://evil.example/x",
                                   "$(id)", "`id`", "|id", std::string(5000, 'a'), std::string("src/rx.c\0.txt", 13), "\xff\xfe", "SRC/RX.C"};
    std::vector<std::string> patterns{"(a+)+$", "(a|aa)+c", "(.*)*x", "((a*)*)*b", "(?=a+a+a+c)", "a{1,65535}{1,65535}", "(?R)", "(?(R)a|b)",
                                      "\\", "[", "(?C1)", "(*UTF)(*LIMIT_MATCH=4294967295)a", std::string(900, '('), std::string(5000, 'a'),
                                      ".*.*.*.*.*.*=.*", "(?<n>a)\\k<n>*c", canary, "^(([a-z])+.)+[A-Z]([a-z])+$", "\\C", "(?i)(?s)(a?){40}a{40}"};
    std::vector<std::string> names{"find", "read", "outline", "refs", "history", "blame", "diff", "witness", "resolve", "note_finding",
                                   "note_answer", "note_cell", "verdict", "ask_user", "more", "exec", "read_file", "../read", "", "find\n",
                                   "write", "fetch", std::string(100'000, 'n')};
    std::mt19937 random(20261125);
    const auto any = [&](const std::vector<std::string>& from) { return from[random() % from.size()]; };
    const auto value = [&]() -> nlohmann::json {
        switch (random() % 9) {
        case 0: return any(files);
        case 1: return any(patterns);
        case 2: return static_cast<std::int64_t>(random()) - 2'000'000'000;
        case 3: return nullptr;
        case 4: return 1e300;
        case 5: return nlohmann::json::array({any(files)});
        case 6: return nlohmann::json{{"path", any(files)}};
        case 7: return random() % 2 == 0;
        default: return "pattern";
        }
    };
    int calls = 0, tooSlow = 0, tooLarge = 0, leaks = 0;
    qint64 slowest = 0;
    std::size_t largest = 0;
    std::unique_ptr<Fixture> tool;
    for (; calls < 6000; ++calls) {
        if (calls % 500 == 0)
            tool = std::make_unique<Fixture>(static_cast<BranchKind>(calls / 500 % 4));
        const std::string name = any(names);
        nlohmann::json arguments = nlohmann::json::object();
        // Half of them well-formed and aimed, half of them anything.
        if (calls % 2 == 0) {
            arguments = {{"pattern", any(patterns)}, {"mode", random() % 2 ? "pattern" : "literal"}};
            if (name == "read" || name == "outline" || name == "history" || name == "diff" || name == "witness" || name == "blame") {
                arguments = {{"file", any(files)}};
                if (name == "read")
                    arguments["to"] = 2'000'000'000;
                if (name == "blame")
                    arguments["line"] = value();
            } else if (name == "refs") {
                arguments = {{"name", any(patterns)}};
            } else if (name == "resolve") {
                arguments = {{"quote", any(patterns) + canary}, {"file", any(files)}, {"line", 1 << 30}};
            } else if (name == "note_finding") {
                arguments = {{"kind", "secret"}, {"title", any(patterns)}, {"claim", "c"}, {"severity", "critical"},
                             {"evidence", "site " + any(files) + " \"" + any(patterns) + "\""}, {"consequence", "c"}};
            }
        } else {
            for (const char* key : {"file", "pattern", "mode", "scope", "limit", "from", "to", "line", "name", "quote", "evidence", "x"})
                if (random() % 3 == 0)
                    arguments[key] = value();
        }
        std::string text = arguments.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        if (calls % 97 == 0)
            text = "{\"pattern\":\"" + std::string(10'000'000, 'a') + "\"}";
        if (calls % 89 == 0)
            text = std::string(1'000'000, '[');
        if (calls % 83 == 0)
            text = text.substr(0, random() % (text.size() + 1));
        QElapsedTimer timer;
        timer.start();
        const ToolResult result = tool->box->call(name, text, {});
        const qint64 took = timer.elapsed();
        slowest = std::max(slowest, took);
        if (took > 1900)
            qWarning("%lld ms: %s %s", static_cast<long long>(took), name.substr(0, 40).c_str(), text.substr(0, 300).c_str());
        largest = std::max(largest, result.text.size());
        tooSlow += took > 2000;
        tooLarge += result.text.size() > 256 * 1024;
        leaks += result.text.find("root:x:") != std::string::npos ||
                 (result.text.find(canary) != std::string::npos && text.find(canary) == std::string::npos);
    }
    std::filesystem::remove("/tmp/lectern-link-test");
    std::filesystem::remove(outside);
    qInfo("%d calls, slowest %lld ms, largest %zu bytes", calls, static_cast<long long>(slowest), largest);
    QCOMPARE(leaks, 0);
    QCOMPARE(tooLarge, 0);
    QCOMPARE(tooSlow, 0);
}

QTEST_GUILESS_MAIN(TestTools)
#include "tst_tools.moc"
