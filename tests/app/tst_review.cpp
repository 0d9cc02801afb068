// review and ask as functions: coverage before cleanliness, states across runs, passages instead of answers.
#include "app/report/ask.h"
#include "app/report/finding.h"
#include "app/report/review.h"
#include "app/report/witnesses.h"
#include "tests/support/small_corpus.h"

#include <QtTest>

using namespace app;

namespace {

JobInput inputFor(std::shared_ptr<const ingest::Corpus> corpus, const std::string& run = "r1") {
    JobInput input;
    input.corpus = std::move(corpus);
    input.run.id = run;
    input.run.goal = "review";
    return input;
}

const char* const bad = "void f(char* b) {\n    gets(b);\n}\n";
const char* const good = "void f(char* b) {\n    fgets(b, 10, stdin);\n}\n";

std::vector<Finding> everything(const Report& report) {
    auto list = report.findings;
    list.insert(list.end(), report.rejected.begin(), report.rejected.end());
    return list;
}

} // namespace

class ReviewTest : public QObject {
    Q_OBJECT
private slots:
    void findsAndExits();
    void unreadIsNeverClean();
    void statesAcrossRuns();
    void dismissedStaysDismissed();
    void goalsChooseChecks();
    void witnessesStandBeside();
    void askGivesPassages();
    void askCountsExactly();
    void absentIsSaid();
};

void ReviewTest::findsAndExits() {
    const Report report = review(inputFor(corpusOf({{"src/a.c", bad}})), {}, {});
    QCOMPARE(report.run.exit, 1);
    QCOMPARE(report.findings.at(0).rule, std::string("C09"));
    QCOMPARE(report.findings.at(0).id, std::string("F1"));
    ReviewOptions never;
    never.failOn = "never";
    QCOMPARE(review(inputFor(corpusOf({{"src/a.c", bad}})), never, {}).run.exit, 0);
    never.failOn = "critical";
    QCOMPARE(review(inputFor(corpusOf({{"src/a.c", bad}})), never, {}).run.exit, 0);
    const Report clean = review(inputFor(corpusOf({{"src/a.c", good}})), {}, {});
    QCOMPARE(clean.run.exit, 0);
    QCOMPARE(clean.summary.back().text, std::string("No check fired; no model has reviewed this."));
}

void ReviewTest::unreadIsNeverClean() {
    const Report report = review(
        inputFor(corpusOf({{"src/a.c", good}}, {{"b.pdf", 9, ingest::SkipState::Unreadable, "damaged", ""}})),
        {}, {});
    QCOMPARE(report.run.exit, 3);
    QVERIFY(!report.coverage.complete);
    for (const Sentence& sentence : report.summary)
        QVERIFY(sentence.text.find("No check fired") == std::string::npos &&
                sentence.text.find("No findings") == std::string::npos);
    std::stop_source stop;
    stop.request_stop();
    const Report stopped = review(inputFor(corpusOf({{"src/a.c", good}})), {}, stop.get_token());
    QCOMPARE(stopped.run.status, std::string("stopped"));
    QCOMPARE(stopped.run.exit, 3);
}

void ReviewTest::statesAcrossRuns() {
    const Report first = review(inputFor(corpusOf({{"src/a.c", bad}})), {}, {});
    QCOMPARE(first.findings.at(0).since, std::string("new"));
    ReviewOptions options;
    options.earlier = everything(first);
    const std::string shifted = std::string("\n\n\n  ") + bad;
    const Report again = review(inputFor(corpusOf({{"src/a.c", shifted}}), "r2"), options, {});
    QCOMPARE(again.findings.at(0).since, std::string("unchanged"));
    QCOMPARE(again.findings.at(0).firstRun, std::string("r1"));
    QCOMPARE(again.findings.at(0).fingerprint, first.findings.at(0).fingerprint);
    const Report moved = review(inputFor(corpusOf({{"lib/b.c", bad}}), "r3"), options, {});
    QCOMPARE(moved.findings.at(0).since, std::string("moved"));
    const Report fixed = review(inputFor(corpusOf({{"src/a.c", good}}), "r4"), options, {});
    QVERIFY(fixed.findings.empty());
    QCOMPARE(fixed.rejected.at(0).state, std::string("fixed"));
    options.earlier = everything(fixed);
    QCOMPARE(review(inputFor(corpusOf({{"src/a.c", bad}}), "r5"), options, {}).findings.at(0).since,
             std::string("reopened"));
}

void ReviewTest::dismissedStaysDismissed() {
    const Report first = review(inputFor(corpusOf({{"src/a.c", bad}})), {}, {});
    ReviewOptions options;
    StoredDismissal dismissal;
    dismissal.fingerprint = first.findings[0].fingerprint;
    dismissal.scope = "this";
    dismissal.reason = "known";
    options.dismissals = {dismissal};
    const Report again =
        review(inputFor(corpusOf({{"src/a.c", std::string("// moved down\n") + bad}})), options, {});
    QVERIFY(again.findings.empty());
    QCOMPARE(again.rejected.at(0).state, std::string("dismissed"));
    QCOMPARE(again.run.exit, 0);
    dismissal = {};
    dismissal.rule = "C09";
    dismissal.scope = "rule-here";
    dismissal.glob = "src/**";
    options.dismissals = {dismissal};
    QVERIFY(review(inputFor(corpusOf({{"src/deep/other.c", bad}})), options, {}).findings.empty());
    QCOMPARE(review(inputFor(corpusOf({{"lib/other.c", bad}})), options, {}).findings.size(), std::size_t(1));
    dismissal.scope = "everywhere";
    options.dismissals = {dismissal};
    QVERIFY(review(inputFor(corpusOf({{"lib/other.c", bad}})), options, {}).findings.empty());
}

void ReviewTest::goalsChooseChecks() {
    ReviewOptions options;
    options.goals = {"drift"};
    const Report report = review(inputFor(corpusOf({{"src/a.c", bad}})), options, {});
    QVERIFY(report.findings.empty());
    QVERIFY(report.coverage.questionsPlanned > 0 && report.coverage.questionsPlanned < 20);
}

void ReviewTest::witnessesStandBeside() {
    ReviewOptions options;
    options.strictness = 0;
    options.witnessSarif = R"({"version":"2.1.0","runs":[{"tool":{"driver":{"name":"other"}},"results":[
        {"ruleId":"R1","level":"error","message":{"text":"same"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/a.c"},"region":{"startLine":2}}}]},
        {"ruleId":"R2","level":"warning","message":{"text":"alone"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/a.c"},"region":{"startLine":1}}}]},
        {"ruleId":"R3","message":{"text":"nowhere"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"gone.c"},"region":{"startLine":1}}}]}]}]})";
    const Report report = review(inputFor(corpusOf({{"src/a.c", bad}})), options, {});
    int uncertain = 0;
    for (const Finding& finding : report.findings) {
        if (finding.rule == "C09") QCOMPARE(finding.witnesses.at(0).rule, std::string("R1"));
        uncertain += finding.state == "uncertain" ? 1 : 0;
    }
    QCOMPARE(uncertain, 1);
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, readSarif("not sarif"));
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, readSarif("{\"runs\":3}"));
}

void ReviewTest::askGivesPassages() {
    const auto corpus = corpusOf(
        {{"src/net.c", "// Opens the socket and retries three times with a growing delay.\nint "
                       "connectWithRetry(int port) {\n    return port;\n}\n"},
         {"doc.md", "# Notes\n\nThe kitchen is on the ground floor.\n\nThe garden is behind the house.\n"}});
    AskOptions options;
    options.question = "How does connecting retry with a delay?";
    const Report report = ask(inputFor(corpus), options, {});
    QCOMPARE(report.run.exit, 0);
    QVERIFY(report.answer.at(0).text.find("Passages, not an answer") == 0);
    QCOMPARE(report.answer.at(1).origin, Origin::Extracted);
    QCOMPARE(report.answer.at(1).evidence.at(0).file, std::string("src/net.c"));
    QCOMPARE(originCounts(report).generated, 0);
    options.scope = "doc.md";
    QCOMPARE(ask(inputFor(corpus), options, {}).run.exit, 1);
}

void ReviewTest::askCountsExactly() {
    std::string text;
    for (int i = 0; i < 37; ++i) text += "call frob_nicate(" + std::to_string(i) + ");\n";
    AskOptions options;
    options.question = "How many times is `frob_nicate` called?";
    const Report report = ask(inputFor(corpusOf({{"a.c", text}})), options, {});
    QCOMPARE(report.searches.at(0).pattern, std::string("frob_nicate"));
    QCOMPARE(report.searches.at(0).hits, 37);
    QVERIFY(report.answer.at(0).text.find("37 times in 1 file") != std::string::npos);
}

void ReviewTest::absentIsSaid() {
    AskOptions options;
    options.question = "Where is the zeppelin hangar described?";
    const Report report =
        ask(inputFor(
                corpusOf({{"a.md", "# House\n\nThe kitchen is on the ground floor, where the stove is.\n"}})),
            options, {});
    QCOMPARE(report.run.exit, 1);
    QVERIFY(!report.searches.empty());
    for (const Sentence& sentence : report.answer)
        QVERIFY(sentence.origin == Origin::Computed && sentence.evidence.empty());
}

QTEST_GUILESS_MAIN(ReviewTest)
#include "tst_review.moc"
