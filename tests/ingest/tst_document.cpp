// Document, Span and the hash: lines, pages, addresses there and back.
#include "ingest/corpus.h"
#include "ingest/sha256.h"
#include "ingest/span.h"

#include <QtTest>

using namespace ingest;

namespace {

std::shared_ptr<const Document> textDocument(const std::string& path, const std::string& text, Kind kind = Kind::Code) {
    return std::make_shared<Document>(path, kind, text, sha256(text), text.size());
}

std::shared_ptr<const Document> paperOf(std::vector<std::string> pageTexts) {
    std::string text;
    std::vector<Page> pages;
    for (const std::string& page : pageTexts) {
        Page one;
        one.begin = text.size();
        text += page;
        one.end = text.size();
        pages.push_back(one);
    }
    // Two words on the first line of page 1, one on its second.
    pages[0].words = {{0, 3, {0.1f, 0.1f, 0.1f, 0.02f}}, {4, 7, {0.3f, 0.1f, 0.1f, 0.02f}}, {8, 13, {0.1f, 0.2f, 0.2f, 0.02f}}};
    return std::make_shared<Document>("paper.pdf", text, sha256(text), text.size(), pages, std::vector<OutlineItem>{});
}

} // namespace

class TestDocument : public QObject {
    Q_OBJECT

private slots:
    void hashesLikeTheStandard() {
        QCOMPARE(sha256(""), std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
        QCOMPARE(sha256("abc"), std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        QCOMPARE(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
                 std::string("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
        QCOMPARE(sha256(std::string(1000000, 'a')), std::string("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
    }

    void hashesAnyPartsLikeQt() {
        std::string bytes;
        for (int size = 0; size < 300; ++size) {
            Sha256 parts;
            for (std::size_t at = 0; at < bytes.size(); at += 37)
                parts.update(std::string_view(bytes).substr(at, 37));
            const auto expected = QCryptographicHash::hash(QByteArray::fromStdString(bytes), QCryptographicHash::Sha256).toHex();
            QCOMPARE(parts.finish(), expected.toStdString());
            bytes += static_cast<char>(size * 7);
        }
    }

    void countsLines() {
        const auto none = textDocument("a", "");
        QCOMPARE(none->lineCount(), 1);
        QCOMPARE(none->lineAt(0), 1);
        const auto document = textDocument("a", "one\r\ntwo\n\nfour");
        QCOMPARE(document->lineCount(), 4);
        QCOMPARE(document->line(1), std::string_view("one"));
        QCOMPARE(document->line(2), std::string_view("two"));
        QCOMPARE(document->line(3), std::string_view(""));
        QCOMPARE(document->line(4), std::string_view("four"));
        QCOMPARE(document->lineAt(4), 1); // the newline belongs to its line
        QCOMPARE(document->lineAt(5), 2);
        QCOMPARE(document->lineAt(document->text().size()), 4);
        QCOMPARE(textDocument("a", "one\ntwo\n")->lineCount(), 2);
    }

    void findsMarkdownHeadings() {
        const auto document = textDocument("a.md",
                                           "# One #\ntext\n\nTwo\n===\n\n```\n# no heading\n```\n### Three\nA\n---\n#hash\n"
                                           "    # code\n- item\n---\n", Kind::Markdown);
        std::string seen;
        for (const OutlineItem& item : document->outline())
            seen += std::to_string(item.level) + item.title + "@" + std::to_string(document->lineAt(item.begin)) + " ";
        QCOMPARE(seen, std::string("1One@1 1Two@4 3Three@10 2A@11 "));
    }

    void writesAndReadsSpans() {
        CorpusBuilder builder;
        builder.add(textDocument("src/a.cpp", "one\ntwo\nthree\nfour\n"));
        builder.add(textDocument("odd:7", "a\nb\n"));
        builder.add(paperOf({"one two\nthree\n", "second page\n", "third\n"}));
        const auto corpus = builder.build();
        const auto a = *corpus->find("src/a.cpp");
        QCOMPARE(toString(*corpus, {a, 4, 13}), std::string("src/a.cpp:2-3"));
        QCOMPARE(toString(*corpus, {a, 4, 8}), std::string("src/a.cpp:2")); // a newline does not reach further
        QCOMPARE(toString(*corpus, {a, 5, 5}), std::string("src/a.cpp:2"));
        const auto span = parseSpan(*corpus, "src/a.cpp:2-3");
        QVERIFY(span);
        QCOMPARE(textOf(*corpus, *span), std::string_view("two\nthree"));
        QCOMPARE(textOf(*corpus, *parseSpan(*corpus, "src/a.cpp:4")), std::string_view("four"));
        QCOMPARE(textOf(*corpus, *parseSpan(*corpus, "src/a.cpp")), std::string_view("one\ntwo\nthree\nfour\n"));
        QCOMPARE(textOf(*corpus, *parseSpan(*corpus, "odd:7")), std::string_view("a\nb\n"));
        QCOMPARE(textOf(*corpus, *parseSpan(*corpus, "odd:7:2")), std::string_view("b"));
        QCOMPARE(textOf(*corpus, *parseSpan(*corpus, "paper.pdf#p2")), std::string_view("second page\n"));
        QCOMPARE(textOf(*corpus, *parseSpan(*corpus, "paper.pdf#p2-3")), std::string_view("second page\nthird\n"));
        QCOMPARE(toString(*corpus, *parseSpan(*corpus, "paper.pdf#p2")), std::string("paper.pdf#p2"));
        for (const char* nowhere : {"", "src/a.cpp:5", "src/a.cpp:0", "src/a.cpp:3-2", "src/a.cpp:2-", "src/a.cpp:-2", "src/a.cpp:2x",
                                    "src/b.cpp:1", "paper.pdf#p4", "paper.pdf#p0", "src/a.cpp#p1", ":1", "src/a.cpp:99999999999"})
            QVERIFY2(!parseSpan(*corpus, nowhere), nowhere);
    }

    void everySpanComesBack() {
        std::string text;
        std::srand(7);
        for (int i = 0; i < 400; ++i)
            text += std::rand() % 5 ? static_cast<char>('a' + std::rand() % 26) : '\n';
        CorpusBuilder builder;
        builder.add(textDocument("x", text));
        const auto corpus = builder.build();
        const Document& document = corpus->document(0);
        for (int from = 1; from <= document.lineCount(); ++from)
            for (int to = from; to <= std::min(from + 5, document.lineCount()); ++to) {
                const Span span{0, document.lineBegin(from), document.lineEnd(to)};
                const auto back = parseSpan(*corpus, "x:" + std::to_string(from) + "-" + std::to_string(to));
                QVERIFY(back && *back == span);
                if (span.end > span.begin && document.lineEnd(to) > document.lineBegin(to))
                    QVERIFY(parseSpan(*corpus, toString(*corpus, span)) == back);
            }
    }

    void findsPagesAndBoxes() {
        const auto paper = paperOf({"one two\nthree\n", "second page\n"});
        QCOMPARE(paper->pageAt(0), 1);
        QCOMPARE(paper->pageAt(13), 1);
        QCOMPARE(paper->pageAt(14), 2);
        QCOMPARE(textDocument("a", "x")->pageAt(0), 0);
        const auto boxes = paper->boxes(0, 14);
        QCOMPARE(boxes.size(), std::size_t(2)); // one per line
        QCOMPARE(boxes[0].x, 0.1f);
        QVERIFY(std::abs(boxes[0].w - 0.3f) < 1e-6f);
        QCOMPARE(paper->boxes(5, 6).size(), std::size_t(1));
        QCOMPARE(paper->boxes(5, 6)[0].x, 0.3f);
        QVERIFY(paper->boxes(14, 20).empty());
    }

    void buildsTheSameCorpusInAnyOrder() {
        const auto build = [](bool reverse) {
            CorpusBuilder builder;
            std::vector<std::shared_ptr<const Document>> all{textDocument("c", "same"), textDocument("a", "same"), textDocument("b", "other"),
                                                             textDocument("e", ""), textDocument("d", ""), textDocument("f", "same")};
            if (reverse)
                std::reverse(all.begin(), all.end());
            for (const auto& one : all)
                builder.add(one, one->path() == "a" ? 3.5 : 0);
            return builder.build();
        };
        const auto corpus = build(false), other = build(true);
        QCOMPARE(corpus->documents().size(), std::size_t(4)); // a b d e
        QCOMPARE(corpus->document(0).path(), std::string("a"));
        QCOMPARE(corpus->volatility(0), 3.5);
        QCOMPARE(corpus->sha256(), other->sha256());
        for (const auto& each : {corpus, other}) {
            QCOMPARE(each->skipped().size(), std::size_t(2));
            QCOMPARE(each->skipped()[0].path, std::string("c"));
            QCOMPARE(each->skipped()[0].reason, std::string("duplicate of a"));
            QCOMPARE(each->skipped()[1].reason, std::string("duplicate of a"));
        }
        QVERIFY(!corpus->find("c"));
        QCOMPARE(*corpus->find("d"), 2u);
    }
};

QTEST_GUILESS_MAIN(TestDocument)
#include "tst_document.moc"
