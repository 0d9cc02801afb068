// The coverage ledger fails closed: nothing unread, unexamined or unread by accident lets a run look clean.
#include "app/report/ledger.h"

#include "app/context.h"
#include "app/report/job_report.h"
#include "app/token_counter.h"

#include "tests/support/small_corpus.h"

#include <QDirIterator>
#include <QFile>
#include <QtTest>

using namespace app;

namespace {

std::shared_ptr<const ingest::Corpus> three() {
    return corpusOf({{"a.c", "int a;\n"}, {"b.md", "# B\n"}},
                    {{"big.bin", 1000, ingest::SkipState::Excluded, "binary", "first NUL byte at 17"}});
}

} // namespace

class LedgerTest : public QObject {
    Q_OBJECT
private slots:
    void everythingIsAccountedFor();
    void everyGapMakesItIncomplete();
    void onlyCompleteSaysNothingFound();
    void emptyPagesAreListed();
    void anEmptyCorpusIsNotClean();
    void aStoppedContextHoldsFewerDocuments();
    void noOtherSourceFormsTheWords();
};

void LedgerTest::everythingIsAccountedFor() {
    const Ledger ledger(three());
    const Coverage coverage = ledger.coverage();
    QCOMPARE(coverage.found, 3);
    QCOMPARE(coverage.inContext, 2);
    QCOMPARE(coverage.excluded, 1);
    QCOMPARE(coverage.bytesListed, std::uint64_t(7 + 4 + 1000));
    QCOMPARE(ledger.manifest().size(), std::size_t(3));
    QVERIFY(coverage.complete);
}

void LedgerTest::everyGapMakesItIncomplete() {
    for (const CoverageState state : {CoverageState::Unreadable, CoverageState::OverBudget,
                                      CoverageState::Withheld, CoverageState::PageWithoutText}) {
        Ledger ledger(three());
        ledger.mark(0, state, "because");
        QVERIFY(!ledger.coverage().complete);
        QCOMPARE(ledger.coverage().open.size(), std::size_t(1));
        QCOMPARE(ledger.coverage().bytesListed, std::uint64_t(1011));
    }
    Ledger structure(three());
    structure.mark(0, CoverageState::StructureOnly, "as asked");
    QVERIFY(structure.coverage().complete);
    Ledger unread(
        corpusOf({{"a.c", "int a;\n"}}, {{"b.pdf", 5, ingest::SkipState::Unreadable, "damaged", ""}}));
    QVERIFY(!unread.coverage().complete);
    Ledger stopped(three());
    stopped.gap("run", "stopped");
    QVERIFY(!stopped.coverage().complete);
    Ledger asked(three());
    asked.planQuestion("C01");
    asked.planQuestion("C02");
    asked.examined("C01");
    QVERIFY(!asked.coverage().complete);
    asked.examined("C02");
    QVERIFY(asked.coverage().complete);
}

void LedgerTest::onlyCompleteSaysNothingFound() {
    Ledger ledger(three());
    QCOMPARE(nothingFound(ledger.coverage(), 0), std::string("No check fired; no model has reviewed this."));
    QVERIFY(nothingFound(ledger.coverage(), 2).starts_with("No findings."));
    ledger.mark(0, CoverageState::OverBudget, "too large");
    QVERIFY(nothingFound(ledger.coverage(), 0).empty());
    QVERIFY(nothingFound(ledger.coverage(), 2).empty());
    QVERIFY(coverageLine(ledger.coverage()).starts_with("Incomplete:"));
}

void LedgerTest::emptyPagesAreListed() {
    std::vector<ingest::Page> pages(4);
    const std::string text = "word\n\n\nword\n";
    pages[0] = {0, 5, "1", 595, 842, {{0, 4, {0, 0, 0.1f, 0.1f}, {}}}};
    pages[1] = {5, 6, "2", 595, 842, {}};
    pages[2] = {6, 7, "3", 595, 842, {}};
    pages[3] = {7, 12, "4", 595, 842, {{7, 11, {0, 0, 0.1f, 0.1f}, {}}}};
    ingest::CorpusBuilder builder;
    builder.add(std::make_shared<ingest::Document>("p.pdf", text, sha256Of(text), 900, pages,
                                                   std::vector<ingest::OutlineItem>{}));
    const Coverage coverage = Ledger(builder.build()).coverage();
    QCOMPARE(coverage.pagesFound, 4);
    QCOMPARE(coverage.pagesEmpty, 2);
    QVERIFY(!coverage.complete);
    QCOMPARE(coverage.open.at(0).pages, std::string("2-3"));
}

void LedgerTest::anEmptyCorpusIsNotClean() {
    QVERIFY(!Ledger(corpusOf({})).coverage().complete);
    QVERIFY(!Ledger(corpusOf({}, {{"a", 1, ingest::SkipState::Excluded, "binary", ""}})).coverage().complete);
}

// Stopped while secrets were masked: the masked corpus, and the context made of it, end where the stop came.
void LedgerTest::aStoppedContextHoldsFewerDocuments() {
    JobInput input;
    input.corpus = three();
    input.context = planContext(corpusOf({{"a.c", "int a;\n"}}, {}), defaultTokenCounter(), {}, {}, {});
    Ledger ledger(input.corpus);
    applyContext(ledger, input);
    QVERIFY(ledger.manifest()[0].tokens > 0);
    QCOMPARE(ledger.manifest()[1].tokens, 0);
    input.context = planContext(corpusOf({}, {}), defaultTokenCounter(), {}, {}, {});
    applyContext(ledger, input);
}

void LedgerTest::noOtherSourceFormsTheWords() {
    int files = 0;
    for (const char* folder : {"app", "ingest", "engine"}) {
        QDirIterator it(QString(SOURCE_ROOT) + "/" + folder, {"*.cpp", "*.h"}, QDir::Files,
                        QDirIterator::Subdirectories);
        while (it.hasNext()) {
            QFile file(it.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            ++files;
            if (file.fileName().endsWith("report/ledger.cpp")) continue;
            QVERIFY2(!file.readAll().contains("\"No findings"), qPrintable(file.fileName()));
        }
    }
    QVERIFY(files > 50);
}

QTEST_GUILESS_MAIN(LedgerTest)
#include "tst_ledger.moc"
