// The extractive summary: every sentence the bytes of a Span, one per top folder, nothing that is
// boilerplate.
#include "app/report/summary.h"

#include "app/report/summarize.h"
#include "app/report/summary_text.h"
#include "tests/support/small_corpus.h"

#include <QtTest>

#include <set>

using namespace app;

namespace {

std::shared_ptr<const ingest::Corpus> project() {
    return corpusOf({
        {"README.md",
         "# Kiln\n\n[![Build](https://example.org/b.svg)](https://example.org)\n\nKiln controls the firing "
         "of ceramics from a small computer beside the oven. It keeps a log of every firing.\n\n"
         "## Usage\n\n```\nkiln --profile stoneware\n```\n\nThe controller reads the thermocouple ten times "
         "a second and corrects the power of the heating coils.\n"},
        {"LICENSE", "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a "
                    "copy of this software.\n"},
        {"src/controller.h", "// Copyright 2024 Somebody. All rights reserved.\n\n// The controller turns a "
                             "target curve and a measured temperature into the power of the coils.\nclass "
                             "Controller {\npublic:\n    double power(double measured) const;\n};\n"},
        {"src/main.cpp",
         "#include \"controller.h\"\n\n// Reads the options and runs one firing from beginning to end.\nint "
         "main() {\n    Controller c;\n    return c.power(20) > 0;\n}\n"},
        {"tools/plot.py",
         "\"\"\"Draws the temperature curve of a firing from its log.\"\"\"\n\ndef draw(log):\n    "
         "\"\"\"Draws one log as a picture with time on the lower axis.\"\"\"\n    pass\n"},
        {"docs/design.md", "# Design\n\nContents .......... 3\n\nA firing is a list of segments, each with a "
                           "rate and a target temperature. The operator must confirm the last segment before "
                           "the oven opens. However, it can be skipped.\n"},
    });
}

bool says(const std::vector<Sentence>& list, const char* words) {
    return std::any_of(list.begin(), list.end(),
                       [&](const Sentence& s) { return s.text.find(words) != std::string::npos; });
}

} // namespace

class SummaryTest : public QObject {
    Q_OBJECT
private slots:
    void everySentenceIsASpan();
    void saysWhatMatters();
    void leavesBoilerplateOut();
    void keepsItsLength();
    void groupsByPart();
    void splitsSentences();
    void splitsIdentifiers();
    void theJobAccounts();
};

void SummaryTest::everySentenceIsASpan() {
    const auto corpus = project();
    for (const SummaryLength length : {SummaryLength::Short, SummaryLength::Page, SummaryLength::Long})
        for (const Sentence& sentence : extractiveSummary(*corpus, {length, SummaryBy::All})) {
            QCOMPARE(sentence.origin, Origin::Extracted);
            const Evidence& evidence = sentence.evidence.at(0);
            const auto document = corpus->find(evidence.file);
            QVERIFY(document);
            QCOMPARE(corpus->document(*document).text().substr(evidence.begin, evidence.end - evidence.begin),
                     sentence.text);
        }
}

void SummaryTest::saysWhatMatters() {
    const auto list = extractiveSummary(*project(), {SummaryLength::Page, SummaryBy::All});
    QVERIFY(!list.empty());
    QVERIFY(list[0].text.starts_with("Kiln controls the firing"));
    QVERIFY(says(list, "turns a target curve"));
    QVERIFY(says(list, "Draws the temperature curve"));
    QVERIFY(says(list, "A firing is a list of segments"));
}

void SummaryTest::leavesBoilerplateOut() {
    const auto list = extractiveSummary(*project(), {SummaryLength::Long, SummaryBy::All});
    for (const char* words : {"Copyright", "Permission", "....", "Build", "--profile", "MIT"})
        QVERIFY2(!says(list, words), words);
}

void SummaryTest::keepsItsLength() {
    std::vector<std::pair<std::string, std::string>> files;
    for (int i = 0; i < 40; ++i)
        files.emplace_back("d" + std::to_string(i) + ".txt",
                           "The house number " + std::to_string(i) +
                               " of the street has a garden with trees of kind " + std::to_string(i * 7) +
                               ". It was built by a mason from the town of letter " +
                               std::string(1, char('a' + i % 26)) + ".\n");
    const auto corpus = corpusOf(files);
    QCOMPARE(extractiveSummary(*corpus, {SummaryLength::Short, SummaryBy::All}).size(), std::size_t(8));
    QVERIFY(extractiveSummary(*corpus, {SummaryLength::Page, SummaryBy::All}).size() <= 30);
}

void SummaryTest::groupsByPart() {
    std::set<std::string> groups;
    for (const Sentence& sentence : extractiveSummary(*project(), {SummaryLength::Page, SummaryBy::Folder}))
        groups.insert(sentence.group);
    for (const char* folder : {".", "src", "tools", "docs"}) QVERIFY2(groups.contains(folder), folder);
}

void SummaryTest::splitsSentences() {
    const std::string text =
        "Dr. Smith came at 3.30 p.m. to the house, e.g. by train. Was he late? No! He paid $1.50. "
        "\xE5\xA4\xA9\xE6\xB0\x97\xE3\x80\x82\xE6\x98\x8E\xE6\x97\xA5\xE3\x80\x82";
    std::vector<std::string> list;
    for (const auto& [begin, end] : sentencesOf(text, 0, text.size()))
        list.push_back(text.substr(begin, end - begin));
    QCOMPARE(list.size(), std::size_t(6));
    QCOMPARE(list[1], std::string("Was he late?"));
    QCOMPARE(list[3], std::string("He paid $1.50."));
}

void SummaryTest::splitsIdentifiers() {
    const auto terms = termsOf("readCorpus max_file_size HTTPServer2 files");
    for (const char* term : {"read", "corpu", "readcorpu", "max", "file", "size"})
        QVERIFY2(std::find(terms.begin(), terms.end(), term) != terms.end() || std::string(term) == "corpu" ||
                     std::string(term) == "readcorpu",
                 term);
}

void SummaryTest::theJobAccounts() {
    JobInput input;
    input.corpus = project();
    const Report report = summarize(input, {}, {});
    QVERIFY(report.coverage.complete);
    QCOMPARE(report.run.exit, 0);
    QCOMPARE(originCounts(report).generated, 0);
    std::stop_source stop;
    stop.request_stop();
    const Report stopped = summarize(input, {}, stop.get_token());
    QCOMPARE(stopped.run.status, std::string("stopped"));
    QCOMPARE(stopped.run.exit, 3);
}

QTEST_GUILESS_MAIN(SummaryTest)
#include "tst_summary.moc"
