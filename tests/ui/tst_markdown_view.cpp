// Text of a model: parsed right, appended as if whole, nothing opened, no freeze, links only through a dialog, sentences
// with their marks.
#include "tests/ui/evidence_fixture.h"
#include "ui/widgets/citation_card.h"
#include "ui/widgets/markdown_view.h"
#include "ui/widgets/sentence_list.h"

#include <QMessageBox>
#include <QPushButton>
#include <QTemporaryDir>
#include <QVBoxLayout>
#include <QtTest>

#include <random>
#include <sys/stat.h>

using namespace testing;
using ui::BlockKind;

namespace {

std::vector<ui::MarkdownBlock> parse(const std::string& text) {
    std::vector<ui::MarkdownBlock> blocks;
    ui::parseMarkdown(text, 0, {}, blocks);
    return blocks;
}

const char* const sample = "# Reading a packet\n\nThe length is **not** checked in `read()`, see [the line](src/a.cpp:5).\n\n"
                           "1. first\n   - nested with *emphasis*\n   - [x] done\n2. second\n\n> Quoted words\n> go on.\n\n"
                           "| Column | Value |\n|---|---|\n| a | `1` |\n| b | two |\n\n---\n\n```cpp\nint a = 1; // code\n```\n\n~~gone~~ [site](https://example.org/a)\n";

} // namespace

class MarkdownViewTest : public QObject {
    Q_OBJECT
private slots:
    void blocksAndStyles();
    void appendingGivesTheWhole();
    void nothingIsOpened();
    void hostileTextDoesNotFreeze();
    void linksAskFirst();
    void sentencesCarryTheirMarks();
    void pictures();
};

void MarkdownViewTest::blocksAndStyles() {
    const auto blocks = parse(sample);
    QCOMPARE(blocks[0].kind, BlockKind::Heading);
    QCOMPARE(blocks[0].content.text, std::string("Reading a packet"));
    QCOMPARE(blocks[1].content.text, std::string("The length is not checked in read(), see the line."));
    QCOMPARE(blocks[1].content.ranges.size(), std::size_t(3));
    QCOMPARE(int(blocks[1].content.ranges[0].style), int(ui::StrongStyle));
    QCOMPARE(blocks[1].content.ranges[2].target, std::string("src/a.cpp:5"));
    QCOMPARE(blocks[2].marker, std::string("1."));
    QCOMPARE(blocks[3].level, 2);
    QCOMPARE(blocks[4].marker, std::string("☑"));
    QCOMPARE(blocks[5].level, 1);
    QCOMPARE(blocks[6].quoteDepth, 1);
    QCOMPARE(blocks[6].content.text, std::string("Quoted words go on."));
    QCOMPARE(blocks[7].kind, BlockKind::Table);
    QCOMPARE(blocks[7].rows.size(), std::size_t(3));
    QCOMPARE(blocks[7].rows[1][1].text, std::string("1"));
    QCOMPARE(blocks[8].kind, BlockKind::Rule);
    QCOMPARE(blocks[9].kind, BlockKind::Code);
    QCOMPARE(blocks[9].content.text, std::string("int a = 1; // code"));
    QCOMPARE(parse("<script>alert(1)</script> ![x](file:///etc/passwd)")[0].content.text, std::string("<script>alert(1)</script> ![x](file:///etc/passwd)"));
    QCOMPARE(parse("snake_case_name 2*3*4 \\*no\\*")[0].content.ranges.size(), std::size_t(1)); // only *3*
}

void MarkdownViewTest::appendingGivesTheWhole() {
    std::mt19937 random(7);
    static const char* const parts[] = {"```", "\n", "\n\n", "# ", "- ", "1. ", "> ", "| a | b |\n", "|---|---|\n", "**", "*", "`", "[x](y)", "word ", "  ", "---\n", "\xe2\x80\xae", "é", "===\n", "~~~\n", "\r\n"};
    for (int round = 0; round < 400; ++round) {
        std::string text;
        for (int i = 0; i < 60; ++i)
            text += parts[random() % std::size(parts)];
        const auto whole = parse(text);
        std::vector<ui::MarkdownBlock> grown;
        for (std::size_t end = 0; end < text.size();) {
            end = std::min(text.size(), end + 1 + random() % 9);
            ui::reparseTail(std::string_view(text).substr(0, end), grown);
        }
        QVERIFY2(whole == grown, text.c_str());
    }
}

void MarkdownViewTest::nothingIsOpened() {
    QTemporaryDir folder;
    const std::string fifo = (folder.path() + "/pipe").toStdString();
    QCOMPARE(::mkfifo(fifo.c_str(), 0600), 0); // opening it for reading would wait for ever
    struct stat before {};
    QFile file(folder.filePath("read.png"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("x");
    file.close();
    ui::MarkdownView view;
    view.resize(500, 400);
    view.show();
    const QString hostile = QStringLiteral("![a](file://%1) ![b](%1) <img src=\"file://%1\"> ![c](http://127.0.0.1:9/x.png) <object data=\"%2\"> [l](file://%1) ![](%2)\n\n[ref]: file://%1\n")
                                .arg(QString::fromStdString(fifo), file.fileName());
    QElapsedTimer time;
    time.start();
    for (int i = 0; i < 200; ++i)
        view.append(hostile);
    view.grab();
    QVERIFY(time.elapsed() < 3000);
    QCOMPARE(::stat(fifo.c_str(), &before), 0);
    QSignalSpy places(&view, &ui::MarkdownView::placeActivated);
    QMetaObject::invokeMethod(&view, "linkActivated", Q_ARG(QString, "file://" + QString::fromStdString(fifo)));
    QMetaObject::invokeMethod(&view, "linkActivated", Q_ARG(QString, "javascript:alert(1)"));
    QVERIFY(!view.findChild<QMessageBox*>());
    QCOMPARE(places.count(), 0);
    QMetaObject::invokeMethod(&view, "linkActivated", Q_ARG(QString, "src/a.cpp:5"));
    QCOMPARE(places.count(), 1);
}

void MarkdownViewTest::hostileTextDoesNotFreeze() {
    const std::size_t size = 1'000'000;
    const auto repeated = [&](const std::string& part) {
        std::string text;
        while (text.size() < size)
            text += part;
        return QString::fromStdString(text);
    };
    for (const QString& text : {repeated("word "), repeated("**a"), repeated("[[[["), repeated("`a``"), repeated("> "), repeated("- a\n  "), repeated("|a"), repeated("|a|b|\n|-|-|\n"),
                                repeated("```\n"), repeated("<table><tr><td>"), repeated("# a\n\nText of *a* paragraph with `code`.\n\n"), repeated("*a _b "), repeated("[a](b"), repeated("a\n\n")}) {
        ui::MarkdownView view;
        view.resize(500, 400);
        QElapsedTimer time;
        time.start();
        view.setMarkdown(text);
        view.grab();
        const qint64 shown = time.restart();
        view.append("\n\nmore");
        QTest::keyClick(&view, Qt::Key_End);
        view.grab();
        qInfo("1 MB of %s: shown in %lld ms, end in %lld ms", qPrintable(text.left(8).simplified()), shown, time.elapsed());
        QVERIFY2(shown < 1500, qPrintable(text.left(20)));
        QVERIFY2(time.elapsed() < 1000, qPrintable(text.left(20)));
    }
}

void MarkdownViewTest::linksAskFirst() {
    ui::MarkdownView view;
    view.resize(500, 300);
    view.show();
    QUrl opened;
    view.openLink = [&](const QUrl& url) { opened = url; };
    view.setMarkdown("Go to [a bank](https://ex\xd0\xb0mple.org/path).");
    view.setFocus();
    QTest::keyClick(&view, Qt::Key_Tab); // from link to link
    QTest::keyClick(&view, Qt::Key_Return);
    auto* dialog = view.findChild<QMessageBox*>("dialog.link");
    QVERIFY(dialog);
    QVERIFY(opened.isEmpty());
    QVERIFY2(dialog->informativeText().contains("xn--"), qPrintable(dialog->informativeText())); // no letter pretends to be another
    dialog->findChild<QPushButton*>("link.open")->click();
    QTRY_VERIFY(!opened.isEmpty());
    QTRY_VERIFY(!view.findChild<QMessageBox*>("dialog.link"));
}

void MarkdownViewTest::sentencesCarryTheirMarks() {
    const auto corpus = corpusOf({textDocument("src/a.cpp", "int a = 1;\n")});
    app::Sentence located("It sets a.", app::Origin::Generated), lone("Everything is fine.", app::Origin::Generated);
    located.evidence = {evidenceOf(*corpus, "src/a.cpp", "int a", app::EvidenceRole::Support)};
    located.supports = app::Supports::Yes;
    lone.supports = app::Supports::No;
    ui::SentenceList list;
    list.resize(400, 200);
    list.setSentences({located});
    list.append(lone);
    QVERIFY(list.plainText().contains(QString::fromUtf8("[1\u00a0✓]")));
    QVERIFY(list.plainText().contains("Not supported"));
    QSignalSpy chosen(&list, &ui::SentenceList::evidenceActivated);
    QTest::keyClick(&list, Qt::Key_Tab);
    QTest::keyClick(&list, Qt::Key_Return);
    QCOMPARE(chosen.count(), 1);
    QCOMPARE(chosen[0][0].value<app::Evidence>().at, std::string("src/a.cpp:1"));
    QAccessibleInterface* face = QAccessible::queryAccessibleInterface(&list);
    int from = 0, to = 0;
    QVERIFY(face->textInterface()->attributes(0, &from, &to).contains("Generated"));
    ui::CitationCard card;
    card.setEvidence(located.evidence[0], 1);
    QSignalSpy pressed(&card, &ui::CitationCard::activated);
    QTest::keyClick(&card, Qt::Key_Space);
    QCOMPARE(pressed.count(), 1);
    QVERIFY(card.accessibleName().contains("src/a.cpp:1") && card.accessibleName().contains("Located"));
}

void MarkdownViewTest::pictures() {
    const auto corpus = corpusOf({textDocument("src/a.cpp", "int read() {\n    return data[0];\n}\n")});
    app::Sentence one("The first byte is returned unchecked.", app::Origin::Generated), two("return data[0];", app::Origin::Extracted), three("1 file, 3 lines.", app::Origin::Computed),
        four("It was written in a hurry.", app::Origin::Generated);
    one.evidence = {evidenceOf(*corpus, "src/a.cpp", "return data[0]", app::EvidenceRole::Site)};
    one.supports = app::Supports::Yes;
    one.group = two.group = "src";
    two.evidence = one.evidence;
    four.supports = app::Supports::No;
    for (const bool dark : {false, true}) {
        QWidget page;
        if (dark)
            page.setPalette(darkPalette());
        auto* layout = new QVBoxLayout(&page);
        auto* view = new ui::MarkdownView(&page);
        view->setMarkdown(sample);
        auto* list = new ui::SentenceList(&page);
        list->setFitted(true);
        list->setSentences({one, two, three, four});
        auto* card = new ui::CitationCard(&page);
        card->setEvidence(one.evidence[0], 1, app::Supports::Yes);
        layout->addWidget(view, 1);
        layout->addWidget(list);
        layout->addWidget(card);
        page.resize(560, 900);
        page.show();
        QTest::qWait(50);
        keepPicture(page, dark ? "markdown-dark" : "markdown-light");
    }
}

QTEST_MAIN(MarkdownViewTest)
#include "tst_markdown_view.moc"
