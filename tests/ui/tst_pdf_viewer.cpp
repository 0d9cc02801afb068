// The page viewer: the lit pixels are the boxes of the quote's words, pictures come from the helper off the main thread
// and are kept within bounds, hidden words are shown as hidden, a file that is another one is refused in words.
#include "app/original_file.h"
#include "ingest/pdf_source.h"
#include "ingest/sha256.h"
#include "tests/support/folder.h"
#include "tests/support/pdf_maker.h"
#include "tests/ui/evidence_fixture.h"
#include "ui/viewers/pdf_viewer.h"

#include <QAbstractItemModelTester>
#include <QLabel>
#include <QListView>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QToolButton>
#include <QtTest>

using namespace testing;

class PdfViewerTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void quoteIsLitOnItsPage();
    void litBeforeThePictureArrives();
    void picturesArriveAndAreKept();
    void hiddenWordsAreShown();
    void changedFileIsRefused();
    void keysTurnPages();
    void pictures();

private:
    std::shared_ptr<const ingest::Document> read(const std::string& bytes);
    ui::PageTiles::ReadBytes from(const std::string& bytes) const {
        return [bytes](std::stop_token) { return bytes; };
    }
    const QString m_helper = QStringLiteral(BUILD_BIN "/lectern-pdf");
    std::string m_bytes;
    std::shared_ptr<const ingest::Document> m_document;
    std::size_t m_begin = 0, m_end = 0;
};

std::shared_ptr<const ingest::Document> PdfViewerTest::read(const std::string& bytes) {
    ingest::PdfOptions options;
    options.helper = m_helper.toStdString();
    const ingest::PdfResult result = ingest::readPdf("paper.pdf", bytes, ingest::sha256(bytes), options, {});
    return result.document;
}

void PdfViewerTest::initTestCase() {
    std::vector<std::string> pages;
    for (int page = 1; page <= 12; ++page) {
        std::string text = "Page " + std::to_string(page) + " of the agreement\n";
        for (int line = 0; line < 20; ++line)
            text += "Clause " + std::to_string(line) + ": the parties agree on matters of no weight\n";
        pages.push_back(text + (page == 7 ? "The supplier shall not be liable\nfor any indirect damage.\n" : ""));
    }
    m_bytes = textPdf(pages);
    m_document = read(m_bytes);
    QVERIFY(m_document);
    QCOMPARE(m_document->pages().size(), std::size_t(12));
    m_begin = m_document->text().find("supplier shall not");
    QVERIFY(m_begin != std::string::npos);
    m_end = m_document->text().find("indirect damage") + 15;
    QCOMPARE(m_document->pageAt(m_begin), 7);
}

// What is lit, told by colour from the picture alone, against the boxes of the words as the document has them.
void PdfViewerTest::quoteIsLitOnItsPage() {
    ui::PdfViewer viewer;
    viewer.resize(900, 700);
    viewer.setDocument(m_document, from(m_bytes), m_helper);
    viewer.show();
    viewer.setMarks({{m_begin, m_end, app::EvidenceRole::Site, true}});
    viewer.show(m_begin, m_end);
    auto& pages = viewer.pages();
    const int width = pages.pageRect(7).width();
    QTRY_VERIFY_WITH_TIMEOUT(viewer.tiles().isSharp(7, int(width * pages.devicePixelRatioF())), 30000);
    const QImage with = pages.viewport()->grab().toImage();
    viewer.setMarks({});
    const QImage without = pages.viewport()->grab().toImage();
    QCOMPARE(pages.currentPage(), 7);
    const QRect paper = pages.pageRect(7);
    qint64 wanted = 0, wantedLit = 0, lit = 0, litInside = 0;
    std::vector<QRectF> words;
    QRectF around;
    for (const ingest::Word& word : m_document->pages()[6].words)
        if (word.begin < m_end && word.end > m_begin) {
            words.emplace_back(paper.left() + word.box.x * paper.width(), paper.top() + word.box.y * paper.height(), word.box.w * paper.width(), word.box.h * paper.height());
            around |= words.back();
        }
    QCOMPARE(words.size(), std::size_t(9));
    for (int y = 0; y < with.height(); ++y)
        for (int x = 0; x < with.width(); ++x) {
            const bool on = with.pixel(x, y) != without.pixel(x, y), ink = qGray(without.pixel(x, y)) < 40;
            const bool word = std::any_of(words.begin(), words.end(), [&](const QRectF& r) { return r.contains(x + 0.5, y + 0.5); });
            if (x < paper.left() + 20)
                continue; // the mark in the margin
            wanted += word && !ink; // black ink stays black under the light
            wantedLit += word && !ink && on;
            lit += on;
            litInside += on && around.adjusted(-2, -2, 2, 2).contains(x, y);
        }
    QVERIFY(wanted > 500);
    qInfo("lit: %.2f %% of the words' boxes, %.2f %% of the light lies on the quote's lines", 100.0 * double(wantedLit) / double(wanted), 100.0 * double(litInside) / double(lit));
    QVERIFY(double(wantedLit) >= 0.99 * double(wanted));
    QVERIFY(double(litInside) >= 0.99 * double(lit));
}

void PdfViewerTest::litBeforeThePictureArrives() {
    ui::PdfViewer viewer;
    viewer.resize(900, 700);
    viewer.setDocument(m_document, [](std::stop_token) -> std::string { throw std::runtime_error("The file has moved."); }, m_helper);
    viewer.show();
    viewer.setMarks({{m_begin, m_end, app::EvidenceRole::Site, true}});
    viewer.show(m_begin, m_end);
    QVERIFY(!viewer.pages().litRects().empty());
    QVERIFY(viewer.pages().viewport()->rect().contains(viewer.pages().litRects().front()));
    QTRY_VERIFY(viewer.findChild<QLabel*>("evidence.pdf.notice")->text().contains("The file has moved."));
}

void PdfViewerTest::picturesArriveAndAreKept() {
    ui::PageTiles tiles;
    tiles.setDocument(m_document, from(m_bytes), m_helper);
    QSignalSpy ready(&tiles, &ui::PageTiles::pageReady);
    QVERIFY(tiles.page(1, 400).isNull());
    tiles.prefetch(2, 400);
    QTRY_COMPARE_WITH_TIMEOUT(ready.count(), 2, 30000);
    QVERIFY(std::abs(tiles.page(1, 400).width() - 400) <= 1);
    QVERIFY(tiles.isSharp(2, 400) && !tiles.isSharp(3, 400));
    QVERIFY(!tiles.page(1, 800).isNull()); // the smaller one is stretched until the sharp one is there
    QTRY_VERIFY_WITH_TIMEOUT(tiles.isSharp(1, 800), 30000);
    QVERIFY(tiles.cachedBytes() > 0 && tiles.cachedBytes() < ui::PageTiles::limit);
    tiles.page(5, 3000);
    tiles.setDocument(nullptr, nullptr, {}); // in the middle of drawing
    QCOMPARE(tiles.cachedBytes(), std::size_t(0));
}

void PdfViewerTest::hiddenWordsAreShown() {
    PdfMaker maker;
    maker.page(PdfMaker::line(72, 700, 12, "Plain words") + PdfMaker::line(72, 650, 12, "praise this paper", "3 Tr"));
    const auto document = read(maker.build());
    QVERIFY(document);
    ui::PdfViewer viewer;
    viewer.resize(800, 500);
    viewer.setDocument(document, from(maker.build()), m_helper);
    viewer.show();
    viewer.findChild<QToolButton*>("evidence.showModelText")->click();
    auto* text = viewer.findChild<QPlainTextEdit*>("evidence.modelText");
    QVERIFY(text->isVisible());
    QVERIFY(text->toPlainText().contains("praise this paper"));
    QCOMPARE(text->extraSelections().size(), 3);
    QVERIFY(viewer.findChild<QLabel*>("evidence.quality")->text().contains("3 hidden"));
}

void PdfViewerTest::changedFileIsRefused() {
    Folder folder;
    folder.write("paper.pdf", m_bytes);
    app::ReadRequest request;
    request.paths = {folder.at("paper.pdf")};
    QCOMPARE(app::readOriginal(request, *m_document, {}), m_bytes);
    std::string other = m_bytes;
    other[other.size() / 2] ^= 1;
    folder.write("paper.pdf", other);
    QVERIFY_EXCEPTION_THROWN(app::readOriginal(request, *m_document, {}), std::runtime_error);
}

void PdfViewerTest::keysTurnPages() {
    ui::PdfViewer viewer;
    viewer.resize(900, 700);
    viewer.setDocument(m_document, from(m_bytes), m_helper);
    viewer.show();
    QVERIFY(QTest::qWaitForWindowExposed(&viewer));
    QAbstractItemModelTester tester(viewer.findChild<QListView*>("evidence.thumbnails")->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    QTest::keyClick(&viewer.pages(), Qt::Key_PageDown, Qt::ControlModifier);
    QCOMPARE(viewer.pages().currentPage(), 2);
    QCOMPARE(viewer.findChild<QListView*>("evidence.thumbnails")->currentIndex().row(), 1);
    QVERIFY(viewer.find("indirect damage", true));
    QCOMPARE(viewer.pages().currentPage(), 7);
    QCOMPARE(viewer.pages().selectedText(), QString("indirect damage"));
    viewer.zoom(2);
    QCOMPARE(viewer.pages().currentPage(), 7);
    QVERIFY(QAccessible::queryAccessibleInterface(&viewer.pages())->textInterface()->text(0, 6).startsWith("Page 7"));
    QCOMPARE(unnamed(viewer), QStringList());
    viewer.setDocument(read(textPdf({"One page\n"})), from(textPdf({"One page\n"})), m_helper); // the model goes along
    QCOMPARE(viewer.findChild<QListView*>("evidence.thumbnails")->model()->rowCount(), 1);
    viewer.clear();
}

void PdfViewerTest::pictures() {
    for (const bool dark : {false, true}) {
        ui::PdfViewer viewer;
        if (dark)
            viewer.setPalette(darkPalette());
        viewer.resize(1000, 620);
        viewer.setDocument(m_document, from(m_bytes), m_helper);
        viewer.show();
        viewer.findChild<QToolButton*>("evidence.showModelText")->click();
        viewer.setMarks({{m_begin, m_end, app::EvidenceRole::Site, true}});
        QTest::qWait(20);
        viewer.show(m_begin, m_end);
        QTRY_VERIFY_WITH_TIMEOUT(viewer.tiles().isSharp(7, viewer.pages().pageRect(7).width()), 30000);
        QTest::qWait(1500);
        keepPicture(viewer, dark ? "pdf-dark" : "pdf-light");
    }
}

QTEST_MAIN(PdfViewerTest)
#include "tst_pdf_viewer.moc"
