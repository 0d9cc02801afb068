// The bundled sample is what every new user sees first: all of it must be read, and its agreement must be the print of
// its source.
#include "ingest/filter.h"
#include "ingest/source.h"

#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <filesystem>

using namespace ingest;

class TestSample : public QObject {
    Q_OBJECT

private slots:
    void allOfItIsRead() {
        // A copy outside of any repository: the installed sample is a plain folder, too.
        QTemporaryDir folder;
        std::filesystem::copy(SOURCE_ROOT "/resources/sample", folder.filePath("sample").toStdString(),
                              std::filesystem::copy_options::recursive);
        std::vector<std::unique_ptr<Source>> sources;
        sources.push_back(openSource(folder.filePath("sample").toStdString(), {}));
        FilterOptions filter;
        filter.pdfHelper = BUILD_BIN "/lectern-pdf";
        const auto corpus = readCorpus(sources, filter, {}, {});
        for (const Skipped& skipped : corpus->skipped())
            qWarning("%s: %s (%s)", skipped.path.c_str(), skipped.reason.c_str(), skipped.rule.c_str());
        QCOMPARE(corpus->skipped().size(), 0u);
        QVERIFY(corpus->documents().size() >= 18);
        const auto agreement = corpus->find("docs/service-agreement.pdf");
        QVERIFY(agreement);
        const Document& document = corpus->document(*agreement);
        QCOMPARE(document.pages().size(), 3u);
        QVERIFY(document.text().find("Sampling interval: 6 minutes") != std::string::npos);
        const auto& words = document.pages()[1].words;
        QCOMPARE(std::count_if(words.begin(), words.end(), [](const Word& word) { return word.hidden != Hidden::No; }), 11);

        // Every sentence of the source is in the print.
        QFile source(SOURCE_ROOT "/resources/sample_agreement.html");
        QVERIFY(source.open(QIODevice::ReadOnly));
        const auto plain = [](const QString& text) { // fonts write "fl" as one sign
            return text.normalized(QString::NormalizationForm_KC).remove(QRegularExpression("\\s"));
        };
        const QString printed = plain(QString::fromStdString(document.text()));
        QString html = QString::fromUtf8(source.readAll()).replace("&amp;", "&");
        html.replace(QRegularExpression("</(p|h1|h2|td|th)>|<br/>"), "\x1E").remove(QRegularExpression("<[^>]*>"));
        for (const QString& piece : html.split('\x1E'))
            QVERIFY2(printed.contains(plain(piece)), qPrintable(piece));
    }
};

QTEST_GUILESS_MAIN(TestSample)
#include "tst_sample.moc"
