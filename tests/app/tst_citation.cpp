// The resolver of quotes: what proves, what only resembles, what is not there. The corpora are real where
// they can be: this repository's own sources and documents.
#include "app/report/citation.h"

#include "app/report/guarded_words.h"
#include "app/report/text_folding.h"
#include "tests/support/small_corpus.h"

#include <QDirIterator>
#include <QElapsedTimer>
#include <QFile>
#include <QtTest>

#include <random>

using namespace app;

namespace {

const std::string contract =
    "1. Term\n\nThe Tenant shall not sublet the premises without the prior written consent of the Landlord.\n"
    "The rent is 1,250.00 EUR a month and is due on the 3rd of each month.\n\n"
    "2. Notice\n\nEither party may terminate this agreement with a notice of ninety (90) days after 1 March "
    "2024.\n"
    "The deposit of 110 days of rent is co-\nvered by a bank guarantee. A notable exception is made for the "
    "\xEF\xAC\x81rst year.\n"
    "The Landlord must not be unable to pay. Interest is -5 percent.\n";

Resolution find(const std::shared_ptr<const ingest::Corpus>& corpus, const std::string& text,
                const std::string& file = "contract.txt", int line = 0) {
    const Resolver resolver(corpus);
    return resolver.resolve({text, file, line, 0});
}

std::shared_ptr<const ingest::Corpus> ownTree() {
    static const auto corpus = [] {
        std::vector<std::pair<std::string, std::string>> files;
        for (const char* folder : {"app", "ingest", "tests/app"}) {
            QDirIterator it(QString(SOURCE_ROOT) + "/" + folder, {"*.h", "*.cpp", "*.md"}, QDir::Files,
                            QDirIterator::Subdirectories);
            while (it.hasNext()) {
                QFile file(it.next());
                if (file.open(QIODevice::ReadOnly))
                    files.emplace_back(QDir(SOURCE_ROOT).relativeFilePath(file.fileName()).toStdString(),
                                       file.readAll().toStdString());
            }
        }
        return corpusOf(files);
    }();
    return corpus;
}

} // namespace

class CitationTest : public QObject {
    Q_OBJECT
private slots:
    void stepsProve_data();
    void stepsProve();
    void alteredWordsAreNotProven_data();
    void alteredWordsAreNotProven();
    void hintsChoose();
    void elsewhereIsMisattributed();
    void shortQuotesNeverProve();
    void codeBendsOnlyWhiteSpace();
    void nearMatchesShowTheirWords();
    void superscriptsStayWhatTheyAre();
    void mapsBackToOriginalBytes();
    void thousandAlteredQuotes();
    void correctQuotesOfRealCode();
    void largeCorpusIsFast();
};

void CitationTest::stepsProve_data() {
    QTest::addColumn<QString>("quote");
    QTest::addColumn<QString>("step");
    QTest::newRow("exact") << "The rent is 1,250.00 EUR a month"
                           << "exact";
    QTest::newRow("white space") << "consent of the   Landlord.\nThe rent is"
                                 << "white space";
    QTest::newRow("case and quotes") << "THE RENT IS 1,250.00 eur a month"
                                     << "skeleton";
    QTest::newRow("hyphen at a line end") << "of rent is covered by a bank guarantee"
                                          << "skeleton";
    QTest::newRow("ligature") << "made for the first year"
                              << "skeleton";
    QTest::newRow("glued words") << "Thenoticeof"
                                    "ninety"
                                 << "";
    QTest::newRow("elision")
        << "The Tenant shall not sublet the premises \xE2\x80\xA6 is due on the 3rd of each month"
        << "elision";
}

void CitationTest::stepsProve() {
    QFETCH(QString, quote);
    QFETCH(QString, step);
    const auto result = find(corpusOf({{"contract.txt", contract}}), quote.toStdString());
    QCOMPARE(QString::fromStdString(step.isEmpty() ? "" : result.step), step);
    QCOMPARE(result.state == ProofState::Proven, !step.isEmpty());
}

void CitationTest::alteredWordsAreNotProven_data() {
    QTest::addColumn<QString>("quote");
    QTest::newRow("digit") << "The rent is 1,350.00 EUR a month";
    QTest::newRow("separator") << "The rent is 1.250,00 EUR a month";
    QTest::newRow("negation dropped")
        << "The Tenant shall sublet the premises without the prior written consent";
    QTest::newRow("negation added") << "Either party may not terminate this agreement with a notice";
    QTest::newRow("modal") << "The Tenant must not sublet the premises without the prior written consent";
    QTest::newRow("number word") << "with a notice of sixty (90) days after 1 March 2024";
    QTest::newRow("date") << "ninety (90) days after 2 March 2024";
    QTest::newRow("month") << "ninety (90) days after 1 May 2024";
    QTest::newRow("not able from notable") << "A not able exception is made for the first year";
    QTest::newRow("number cut at the front") << "10 days of rent is covered by a bank guarantee";
    QTest::newRow("number cut at the back") << "The deposit of 11";
    QTest::newRow("minus dropped") << "5 percent.";
    QTest::newRow("cut after a negation") << "sublet the premises without the prior written consent";
    QTest::newRow("word cut") << "able to pay. Interest is -5 percent";
    QTest::newRow("other word")
        << "The Tenant shall not sublet the building without the prior written consent";
    QTest::newRow("glued not") << "The Landlord must notbe unable to pay. Interest is";
    QTest::newRow("spaced number") << "The rent is 1 250.00 EUR a month and is due";
}

void CitationTest::alteredWordsAreNotProven() {
    QFETCH(QString, quote);
    const auto result = find(corpusOf({{"contract.txt", contract}}), quote.toStdString());
    QVERIFY2(result.state != ProofState::Proven, result.step.c_str());
}

void CitationTest::hintsChoose() {
    const auto corpus =
        corpusOf({{"a.c", "int twice(int x) { return x; }\n\n\n\n\nint twice(int x) { return x; }\n"}});
    const std::string quote = "int twice(int x) { return x; }";
    QCOMPARE(find(corpus, quote, "a.c").state, ProofState::Ambiguous);
    QCOMPARE(find(corpus, quote, "a.c").places, 2);
    const auto near = find(corpus, quote, "a.c", 5);
    QCOMPARE(near.state, ProofState::Proven);
    QCOMPARE(corpus->document(0).lineAt(near.spans.at(0).begin), 6);
}

void CitationTest::elsewhereIsMisattributed() {
    const auto corpus =
        corpusOf({{"a.txt", "Nothing of interest stands in this file at all.\n"}, {"b.txt", contract}});
    const auto result = find(corpus, "The Tenant shall not sublet the premises", "a.txt");
    QCOMPARE(result.state, ProofState::Misattributed);
    QCOMPARE(result.spans.at(0).document, *corpus->find("b.txt"));
    QCOMPARE(find(corpus, "The Tenant shall not sublet the premises", "").state, ProofState::Proven);
    QCOMPARE(find(corpus, "words that stand nowhere in these files", "a.txt").state, ProofState::NotFound);
    QVERIFY(!find(corpus, "words that stand nowhere in these files", "a.txt").attempts.empty());
}

void CitationTest::shortQuotesNeverProve() {
    const auto corpus = corpusOf({{"contract.txt", contract}});
    QCOMPARE(find(corpus, "The rent is").state, ProofState::Approximate);
    QCOMPARE(find(corpus, "guarantee").state, ProofState::Approximate);
    QCOMPARE(find(corpus, "").state, ProofState::NotFound);
}

void CitationTest::codeBendsOnlyWhiteSpace() {
    const auto corpus =
        corpusOf({{"a.cpp", "if (bufferSize >= limit &&\n    !isValid(header)) {\n    return -1;\n}\n"}});
    QCOMPARE(find(corpus, "if (bufferSize >= limit && !isValid(header)) {", "a.cpp").state,
             ProofState::Proven);
    for (const char* altered :
         {"if (buffersize >= limit && !isValid(header)) {", "if (bufferSize > limit && !isValid(header)) {",
          "if (bufferSize >= limit && isValid(header)) {", "isValid(header)) {\n    return -1;",
          "if (bufferSize >= limit && !isValid(header)) { return 1;"})
        QVERIFY2(find(corpus, altered, "a.cpp").state != ProofState::Proven, altered);
}

void CitationTest::nearMatchesShowTheirWords() {
    const std::string text = "The committee of the association meets in the great hall of the town house to "
                             "discuss the colour of the new curtains and the shape of its windows.\n";
    const auto corpus = corpusOf({{"a.txt", text}});
    const auto result = find(corpus,
                             "The committee of the association meets in the great hall of the town house to "
                             "discuss the color of the new curtains and the shape of its windows",
                             "a.txt");
    QCOMPARE(result.state, ProofState::Approximate);
    QVERIFY(result.wordDiff.find("[-color-]") != std::string::npos);
    const auto held = find(corpus,
                           "The committee of the association meets in the great hall of the town house to "
                           "discuss not colour of the new curtains and the shape of its windows",
                           "a.txt");
    QCOMPARE(held.state, ProofState::NotFound);
}

void CitationTest::superscriptsStayWhatTheyAre() {
    const auto corpus = corpusOf(
        {{"a.txt",
          "The area is 10\xC2\xB2 and the share \xC2\xBD of the whole, as all of the parties agree.\n"}});
    QVERIFY(find(corpus, "The area is 102 and the share", "a.txt").state != ProofState::Proven);
    QVERIFY(find(corpus, "and the share 1/2 of the whole", "a.txt").state != ProofState::Proven);
    QCOMPARE(find(corpus, "the area is 10\xC2\xB2 and the share", "a.txt").state, ProofState::Proven);
}

void CitationTest::mapsBackToOriginalBytes() {
    const auto corpus = corpusOf({{"contract.txt", contract}});
    const auto result = find(corpus, "of rent is covered by a bank guarantee");
    QCOMPARE(std::string(ingest::textOf(*corpus, result.spans.at(0))),
             std::string("of rent is co-\nvered by a bank guarantee"));
    const Evidence evidence = evidenceFrom(*corpus, {}, result, EvidenceRole::Site).at(0);
    QCOMPARE(contract.substr(evidence.begin, evidence.end - evidence.begin), evidence.quote);
    QCOMPARE(contract.substr(evidence.begin - evidence.before.size(), evidence.before.size()),
             evidence.before);
    QCOMPARE(contract.substr(evidence.end, evidence.after.size()), evidence.after);
}

// Digits, negations and words of real lines are changed; a change that happens to be elsewhere in the text as
// it is is no altered quote and is not counted.
void CitationTest::thousandAlteredQuotes() {
    const auto corpus = ownTree();
    const Resolver resolver(corpus);
    std::string everything;
    for (const auto& document : corpus->documents()) everything += document->text() + "\n";
    std::mt19937 random(7);
    int made = 0, accepted = 0, tries = 0;
    while (made < 1000 && ++tries < 30000) {
        const auto index = static_cast<std::uint32_t>(random() % corpus->documents().size());
        const ingest::Document& document = corpus->document(index);
        const int line = 1 + static_cast<int>(random() % static_cast<unsigned>(document.lineCount()));
        std::string quote(document.line(line));
        if (quote.size() < 30) continue;
        const std::string original = quote;
        switch (random() % 3) {
        case 0: {
            const auto digit = quote.find_first_of("0123456789");
            if (digit == std::string::npos) continue;
            quote[digit] = quote[digit] == '9' ? '1' : static_cast<char>(quote[digit] + 1);
            break;
        }
        case 1: {
            const auto at = quote.find(' ', quote.size() / 2);
            if (at == std::string::npos) continue;
            quote.insert(at, document.kind() == ingest::Kind::Code ? " !" : " not");
            break;
        }
        default: {
            const auto begin = quote.find_first_of("abcdefghijklmnopqrstuvwxyz", quote.size() / 3);
            if (begin == std::string::npos) continue;
            quote[begin] = quote[begin] == 'z' ? 'a' : static_cast<char>(quote[begin] + 1);
        }
        }
        std::string probe(quote.substr(quote.find_first_not_of(" \t")));
        if (everything.find(probe) != std::string::npos) continue;
        ++made;
        const auto result = resolver.resolve({quote, document.path(), line, 0});
        if (result.state == ProofState::Proven) {
            ++accepted;
            qWarning("accepted by %s: %s", result.step.c_str(), quote.c_str());
        }
    }
    QVERIFY2(made >= 1000, qPrintable(QString::number(made)));
    QCOMPARE(accepted, 0);
}

void CitationTest::correctQuotesOfRealCode() {
    const auto corpus = ownTree();
    const Resolver resolver(corpus);
    std::mt19937 random(11);
    int made = 0, proven = 0, wrong = 0;
    while (made < 500) {
        const auto index = static_cast<std::uint32_t>(random() % corpus->documents().size());
        const ingest::Document& document = corpus->document(index);
        const int line = 1 + static_cast<int>(random() % static_cast<unsigned>(document.lineCount()));
        const std::string quote(document.line(line));
        if (quote.size() < 20 || quote.find_first_not_of(" \t/*=-") == std::string::npos) continue;
        ++made;
        const int hint = std::max(1, line + static_cast<int>(random() % 7) - 3);
        const auto result = resolver.resolve({quote, document.path(), hint, 0});
        proven += result.state == ProofState::Proven ? 1 : 0;
        if (result.state == ProofState::Proven &&
            (result.spans[0].document != index ||
             std::abs(document.lineAt(result.spans[0].begin) - line) > 6))
            ++wrong;
    }
    QVERIFY2(proven >= made * 97 / 100, qPrintable(QString("%1 of %2 proven").arg(proven).arg(made)));
    QVERIFY2(wrong <= made / 100, qPrintable(QString("%1 at the wrong place").arg(wrong)));
}

void CitationTest::largeCorpusIsFast() {
    std::mt19937 random(3);
    std::vector<std::pair<std::string, std::string>> files;
    for (int f = 0; f < 200; ++f) {
        std::string text;
        while (text.size() < 20000)
            text += "The item " + std::to_string(random() % 100000) + " of list " +
                    std::to_string(random() % 1000) + " is kept for the record of the house.\n";
        files.emplace_back("notes/n" + std::to_string(f) + ".txt", text);
    }
    const auto corpus = corpusOf(files);
    const Resolver resolver(corpus);
    resolver.resolve({"a first quote that makes the tables of the resolver", "notes/n0.txt", 0, 0});
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 200; ++i)
        QCOMPARE(
            resolver.resolve({"The item " + std::to_string(200000 + i) + " of list 12 is kept for the record",
                              "notes/n1.txt", 0, 0})
                    .state == ProofState::Proven,
            false);
    QVERIFY2(timer.elapsed() < 15000, qPrintable(QString("%1 ms").arg(timer.elapsed())));
    qInfo("%.2f ms a quote that is nowhere in 4 MB", static_cast<double>(timer.elapsed()) / 200);
}

QTEST_GUILESS_MAIN(CitationTest)
#include "tst_citation.moc"
