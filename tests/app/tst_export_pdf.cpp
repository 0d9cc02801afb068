// The printed report, read back with Poppler: pages, headings as bookmarks, links, nothing hidden, nothing loaded.
#include "app/report/export_pdf.h"
#include "app/report/pdf_bookmarks.h"
#include "ingest/pdf_source.h"

#include <QBuffer>
#include <QtGui/QGuiApplication>
#include <QtGui/QImage>
#include <QRegularExpression>
#include <QtTest>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace {

std::string bytesOf(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
}

ingest::PdfResult readBack(const std::string& bytes) {
    ingest::PdfOptions options;
    options.helper = BUILD_BIN "/lectern-pdf";
    return ingest::readPdf("report.pdf", bytes, "", options, {});
}

std::string report() {
    std::string html = "<h1>Review of tideline</h1><p>Read <b>12 of 12</b> files, see <a href=\"https://example.org/x\">the "
                       "source</a>. Größe, “quotes”.</p><h2>Findings</h2>"
                       "<table border=\"1\"><tr><th>id</th><th>where</th></tr><tr><td>F1</td><td>src/a.cpp:12</td></tr></table>"
                       "<pre>int main() { return 0; }</pre>";
    for (int i = 0; i < 40; ++i)
        html += "<h3>Finding number " + std::to_string(i) + "</h3><p>"
            + QString("A sentence that fills its line and goes on. ").repeated(12).toStdString() + "</p>";
    return html;
}

} // namespace

class TestExportPdf : public QObject {
    Q_OBJECT

private slots:
    void printsAndReadsBack() {
        QTemporaryDir folder;
        const std::filesystem::path out = folder.filePath("report.pdf").toStdString();
        app::exportPdf(report(), out, "Review of tideline");
        const std::string bytes = bytesOf(out);
        const ingest::PdfResult result = readBack(bytes);
        QVERIFY2(result.document, result.problem.c_str());
        QVERIFY2(result.problem.empty(), result.problem.c_str());
        const ingest::Document& document = *result.document;
        const int pages = static_cast<int>(document.pages().size());
        QVERIFY(pages >= 4 && pages < 12);
        QVERIFY(std::fabs(document.pages()[0].width - 595) < 1 && std::fabs(document.pages()[0].height - 842) < 1);
        // A line at the end of a page that is also drawn, clipped, on the next would be found here.
        QCOMPARE(result.hiddenWords, 0);
        QVERIFY(document.text().find("src/a.cpp:12") != std::string::npos);
        QVERIFY(document.text().find("Größe, “quotes”.") != std::string::npos);
        const QString foot = QStringLiteral("%1\\s/\\s%1\\s*$").arg(pages);
        QVERIFY(QRegularExpression(foot).match(QString::fromStdString(document.text())).hasMatch());
        QVERIFY(bytes.find("https://example.org/x") != std::string::npos);
        // Bookmarks: every heading, in order, on the page where it stands.
        QCOMPARE(document.outline().size(), 42u);
        QCOMPARE(document.outline()[0].title, std::string("Review of tideline"));
        QCOMPARE(document.outline()[0].level, 1);
        QCOMPARE(document.outline()[2].level, 3);
        for (const ingest::OutlineItem& item : document.outline())
            QVERIFY2(item.page > 0, item.title.c_str());
        QCOMPARE(document.outline().back().page, pages);
        // Nothing else is left in the folder.
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
    }

    void loadsNothing() {
        QTemporaryDir folder;
        QFile picture(folder.filePath("secret.png"));
        QImage square(8, 8, QImage::Format_RGB32);
        square.fill(Qt::red);
        QByteArray dot;
        QBuffer buffer(&dot);
        QVERIFY(square.save(&buffer, "PNG"));
        QVERIFY(picture.open(QIODevice::WriteOnly));
        picture.write(dot);
        picture.close();
        const std::filesystem::path out = folder.filePath("a.pdf").toStdString();
        const std::string plain = "<html><head><link rel=\"stylesheet\" href=\"file:///etc/passwd\"/></head><body><p>x</p>";
        app::exportPdf(plain + "<img src=\"" + picture.fileName().toStdString() + "\">", out, "t");
        QVERIFY(bytesOf(out).find("/Width 8") == std::string::npos);
        app::exportPdf(plain + "<img src=\"data:image/png;base64," + dot.toBase64().toStdString() + "\">", out, "t");
        QVERIFY(bytesOf(out).find("/Width 8") != std::string::npos);
    }

    void saysWhatIsWrong() {
        try {
            app::exportPdf("<p>x</p>", "/nowhere/at/all.pdf", "t");
            QFAIL("no exception");
        } catch (const std::runtime_error& error) {
            QVERIFY(std::string(error.what()).find("/nowhere/at/all.pdf") != std::string::npos);
        }
    }

    void bookmarksLeaveOddFilesAlone() {
        for (const char* odd : {"", "%PDF-1.4\n", "startxref\n5\n", "xref\n0 1\ntrailer << /Size 9 /Root 1 0 R >>\nstartxref\n0\n"})
            QCOMPARE(app::withBookmarks(odd, {{"a", 1, 0, 0}}), std::string(odd));
    }
};

int main(int argc, char** argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QGuiApplication application(argc, argv);
    TestExportPdf test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_export_pdf.moc"
