// The source viewer: what is lit covers the quote's letters and nothing else, marks and numbers stand right, escapes are
// shown and never copied, long files and long lines open at once, all of it by keyboard and for screen readers.
#include "tests/ui/evidence_fixture.h"
#include "ui/viewers/source_viewer.h"
#include "ui/widgets/mark_style.h"

#include <QScrollBar>
#include <QtTest>

using namespace testing;

namespace {

// Share of the wanted rectangles that is lit, and of what is lit that is wanted.
std::pair<double, double> overlap(const QImage& image, const std::vector<QRect>& wanted, const QColor& lit) {
    qint64 inside = 0, insideLit = 0, allLit = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) {
            const bool on = image.pixelColor(x, y).rgb() == lit.rgb();
            const bool want = std::any_of(wanted.begin(), wanted.end(), [&](const QRect& r) { return r.contains(x, y); });
            inside += want;
            insideLit += want && on;
            allLit += on;
        }
    return {inside ? double(insideLit) / double(inside) : 0, allLit ? double(insideLit) / double(allLit) : 0};
}

const char* const code = "#include <vector>\n\n// Reads a packet.\nint read(const char* data, int size) {\n    const int length = data[0];\n"
                         "    /* two\n       lines */\n    return copy(data + 1, length); // \"no\" check\n}\n";

} // namespace

class SourceViewerTest : public QObject {
    Q_OBJECT
private slots:
    void quoteIsLit();
    void quoteOverLinesIsLit();
    void longLinesAreRows();
    void unseenPointsAreEscapedAndCopiedAsTheyAre();
    void keysMoveAndSelect();
    void hundredThousandLines();
    void screenReadersHearIt();
    void pictures();
};

void SourceViewerTest::quoteIsLit() {
    ui::SourceViewer viewer;
    viewer.resize(700, 400);
    const auto document = textDocument("a.cpp", "alpha\n\n\nspaces:        end\n");
    viewer.setDocument(document);
    const std::size_t begin = document->text().find("        ");
    viewer.setMarks({{begin, begin + 8, app::EvidenceRole::Site, true}});
    viewer.show(begin, begin + 8);
    const QImage image = viewer.viewport()->grab().toImage();
    // Blank letters, so that no ink covers the light: the place is told from the font, not from the viewer's own answer.
    const QFontMetricsF letters(viewer.font());
    const auto rects = viewer.litRects();
    QCOMPARE(rects.size(), std::size_t(1));
    QVERIFY(std::abs(rects[0].width() - letters.horizontalAdvance(QString(8, ' '))) <= 2);
    const auto [covered, precise] = overlap(image, rects, ui::litColour(viewer.palette()));
    QVERIFY2(covered >= 0.99 && precise >= 0.99, qPrintable(QString("%1 %2").arg(covered).arg(precise)));
}

void SourceViewerTest::quoteOverLinesIsLit() {
    ui::SourceViewer viewer;
    viewer.resize(700, 400);
    const auto document = textDocument("a.cpp", code);
    viewer.setDocument(document);
    const std::size_t begin = document->text().find("const int length"), end = document->text().find("lines */");
    viewer.setMarks({{begin, end, app::EvidenceRole::Site, true}, {0, 8, app::EvidenceRole::Cause, false}});
    viewer.show(begin, end);
    const auto rects = viewer.litRects();
    QCOMPARE(rects.size(), std::size_t(3));
    const QImage image = viewer.viewport()->grab().toImage();
    const auto [covered, precise] = overlap(image, rects, ui::litColour(viewer.palette()));
    QVERIFY2(covered > 0.6 && precise >= 0.99, qPrintable(QString("%1 %2").arg(covered).arg(precise))); // ink covers some
    // Without a mark that is current nothing is lit.
    viewer.setMarks({{begin, end, app::EvidenceRole::Site, false}});
    QVERIFY(viewer.litRects().empty());
    QCOMPARE(overlap(viewer.viewport()->grab().toImage(), {viewer.rect()}, ui::litColour(viewer.palette())).first, 0.0);
}

void SourceViewerTest::longLinesAreRows() {
    ui::SourceViewer viewer;
    viewer.resize(600, 300);
    std::string line(1'000'000, 'x');
    line.replace(700'000, 6, "needle");
    const auto document = textDocument("min.js", line);
    QElapsedTimer time;
    time.start();
    viewer.setDocument(document);
    viewer.setMarks({{700'000, 700'006, app::EvidenceRole::Site, true}});
    viewer.show(700'000, 700'006);
    viewer.viewport()->grab();
    QVERIFY2(time.elapsed() < 1000, qPrintable(QString::number(time.elapsed())));
    QCOMPARE(viewer.litRects().size(), std::size_t(1));
    QVERIFY(!viewer.litRects()[0].isEmpty());
}

void SourceViewerTest::unseenPointsAreEscapedAndCopiedAsTheyAre() {
    const std::string text = "if (access \xe2\x80\xae" "{ }\xf3\xa0\x81\x81) // \x01\n";
    const ui::VisibleLine shown = ui::visibleLine(std::string_view(text).substr(0, text.size() - 1));
    QCOMPARE(shown.text, QString("if (access \\u{202e}{ }\\u{e0041}) // \\u{1}"));
    QCOMPARE(shown.escapes.size(), std::size_t(3));
    for (char32_t point = 0x80; point < 0x110000; ++point)
        if (QChar::category(point) == QChar::Other_Format || QChar::category(point) == QChar::Other_PrivateUse)
            QVERIFY2(ui::isUnseen(point), qPrintable(QString::number(uint(point), 16)));
    QVERIFY(!ui::isUnseen(0xe4) && !ui::isUnseen(0x1f600) && ui::isUnseen(0xfe0f) && ui::isUnseen(0xe0100));
    ui::SourceViewer viewer;
    viewer.resize(500, 200);
    viewer.setDocument(textDocument("a.cpp", text));
    QTest::keyClick(&viewer, Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(viewer.selectedText().toStdString(), text); // byte for byte
    QVERIFY(viewer.spokenText().contains("\\u{202e}"));
}

void SourceViewerTest::keysMoveAndSelect() {
    ui::SourceViewer viewer;
    viewer.resize(500, 120);
    const auto document = textDocument("a.cpp", code);
    viewer.setDocument(document);
    QTest::keyClick(&viewer, Qt::Key_Down);
    QTest::keyClick(&viewer, Qt::Key_J);
    QCOMPARE(document->lineAt(viewer.cursorByte()), 3);
    QTest::keyClick(&viewer, Qt::Key_End, Qt::ShiftModifier);
    QCOMPARE(viewer.selectedText(), QString("// Reads a packet."));
    QTest::keyClick(&viewer, Qt::Key_End, Qt::ControlModifier);
    QCOMPARE(viewer.cursorByte(), document->text().size());
    QVERIFY(viewer.find("length", true));
    QCOMPARE(viewer.selectedText(), QString("length"));
    QCOMPARE(document->lineAt(viewer.cursorByte()), 5);
    QVERIFY(viewer.find("length", true));
    QCOMPARE(document->lineAt(viewer.cursorByte()), 8);
    QVERIFY(viewer.find("length", false));
    QCOMPARE(document->lineAt(viewer.cursorByte()), 5);
    QVERIFY(!viewer.find("nowhere", true));
}

void SourceViewerTest::hundredThousandLines() {
    std::string text;
    for (int i = 0; i < 100'000; ++i)
        text += "    call(" + std::to_string(i) + "); // a line of an ordinary length, so that it weighs\n";
    const auto document = textDocument("big.cpp", text);
    ui::SourceViewer viewer;
    viewer.resize(800, 600);
    QElapsedTimer time;
    time.start();
    viewer.setDocument(document);
    viewer.viewport()->grab();
    const qint64 opened = time.restart();
    viewer.show(document->lineBegin(99'000), document->lineEnd(99'000));
    viewer.viewport()->grab();
    const qint64 jumped = time.restart();
    for (int i = 0; i < 60; ++i) {
        viewer.verticalScrollBar()->setValue(i * 900);
        viewer.viewport()->grab();
    }
    const double frame = double(time.elapsed()) / 60;
    qInfo("100,000 lines: opened %lld ms, jump to the end %lld ms, %.1f ms a frame", opened, jumped, frame);
    QVERIFY(opened < 600 && jumped < 1000 && frame < 60); // twice and more what a quiet machine needs
}

void SourceViewerTest::screenReadersHearIt() {
    ui::SourceViewer viewer;
    viewer.resize(500, 300);
    viewer.setDocument(textDocument("a.cpp", code));
    viewer.setMarks({{0, 8, app::EvidenceRole::Guard, true}});
    QAccessibleInterface* face = QAccessible::queryAccessibleInterface(&viewer);
    QVERIFY(face && face->textInterface());
    QCOMPARE(face->role(), QAccessible::EditableText);
    QVERIFY(face->state().readOnly);
    QCOMPARE(face->textInterface()->text(0, 8), QString("#include"));
    QCOMPARE(face->textInterface()->characterCount(), int(qstrlen(code)));
    int from = 0, to = 0;
    QVERIFY(face->textInterface()->attributes(0, &from, &to).contains("Guard"));
    QVERIFY(!face->text(QAccessible::Name).isEmpty());
}

void SourceViewerTest::pictures() {
    for (const bool dark : {false, true}) {
        ui::SourceViewer viewer;
        if (dark)
            viewer.setPalette(darkPalette());
        viewer.resize(760, 300);
        const auto document = textDocument("a.cpp", std::string(code) + "bool \xe2\x80\xaeisAdmin;\n");
        viewer.setDocument(document);
        const std::size_t begin = document->text().find("return copy"), cause = document->text().find("const int length");
        viewer.setMarks({{begin, begin + 29, app::EvidenceRole::Site, true}, {cause, cause + 26, app::EvidenceRole::Cause, false}});
        viewer.show(begin, begin + 29);
        keepPicture(viewer, dark ? "source-dark" : "source-light");
    }
}

QTEST_MAIN(SourceViewerTest)
#include "tst_source_viewer.moc"
