// Who may include whom (the table in app/README.md): reads every include line of the tree, fails on a forbidden one.
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QtTest>

namespace {

struct Room {
    QString folder;
    QStringList mayInclude;   // our own folders
    QStringList mustNotMatch; // third-party headers, as patterns
};

const QString qtAny = QStringLiteral("^Q[A-Z][A-Za-z]+$|^Qt[A-Za-z]*(/|$)");
const QString qtFace =
    QStringLiteral("^Q(Widget|Application|MainWindow|Painter|Pixmap|Image|Font|Color|GuiApplication|TextDocument|Pdf|Icon|"
                   "Dialog|Dock|Action|Tree|Table|ListView|ListWidget)|^Qt(Gui|Widgets)");
const QString outside = QStringLiteral("^(git2|sqlite3|poppler|cpp/poppler)");
const QString git = QStringLiteral("^git2");
const QString pdf = QStringLiteral("^(cpp/)?poppler");
const QString sql = QStringLiteral("^sqlite3");

QList<Room> rooms() {
    return {
        {"kernels", {"kernels"}, {qtAny, outside, "^nlohmann"}},
        {"engine", {"engine", "kernels"}, {qtAny, outside}},
        {"ingest", {"ingest"}, {qtAny, git, pdf, sql, "^nlohmann"}},
        {"app", {"app", "engine", "ingest"}, {qtFace, git, pdf, sql}},
        {"ui", {"ui", "app", "ingest"}, {outside, "^QtNetwork", "^QNetwork", "^QTcp"}},
    };
}

// A third-party header appears in one place.
bool excused(const QString& file, const QString& header) {
    if (QRegularExpression(git).match(header).hasMatch()) return file.startsWith("ingest/git_");
    if (QRegularExpression(pdf).match(header).hasMatch()) return file.startsWith("ingest/pdf_helper/");
    if (QRegularExpression(sql).match(header).hasMatch()) return file.startsWith("app/store/");
    // PDF export is printed by Qt: the only file where app sees Qt Gui.
    return file == "app/report/export_pdf.cpp" && QRegularExpression(qtFace).match(header).hasMatch();
}

QStringList violations(const Room& room, const QString& file, const QString& text) {
    static const QRegularExpression includeLine("^\\s*#\\s*include\\s*([<\"])([^>\"]+)[>\"]",
                                                QRegularExpression::MultilineOption);
    static const QStringList folders{"kernels", "engine", "ingest", "app", "ui"};
    QStringList found;
    for (auto i = includeLine.globalMatch(text); i.hasNext();) {
        const QString header = i.next().captured(2);
        const QString folder = header.section('/', 0, 0);
        if (header.contains('/') && folders.contains(folder)) {
            if (!room.mayInclude.contains(folder)) found << file + " includes " + header;
            continue;
        }
        for (const QString& pattern : room.mustNotMatch)
            if (QRegularExpression(pattern).match(header).hasMatch() && !excused(file, header))
                found << file + " includes " + header;
    }
    return found;
}

} // namespace

class LayersTest : public QObject {
    Q_OBJECT
private slots:
    void noForbiddenInclude();
    void theRuleItselfCanFail();
    void thirdPartyHeadersStayInOnePlace();
};

void LayersTest::noForbiddenInclude() {
    const QDir root(SOURCE_ROOT);
    QStringList found;
    int files = 0;
    for (const Room& room : rooms()) {
        QDirIterator it(root.filePath(room.folder), {"*.h", "*.cpp", "*.cu", "*.cuh"}, QDir::Files,
                        QDirIterator::Subdirectories);
        while (it.hasNext()) {
            QFile file(it.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            ++files;
            found << violations(room, root.relativeFilePath(file.fileName()), QString::fromUtf8(file.readAll()));
        }
    }
    QVERIFY2(files > 20, "the tree was not found");
    QVERIFY2(found.isEmpty(), qPrintable(found.join('\n')));
}

void LayersTest::theRuleItselfCanFail() {
    QCOMPARE(violations(rooms()[0], "kernels/x.cpp", "#include \"engine/model.h\"\n").size(), 1);
    QCOMPARE(violations(rooms()[1], "engine/x.cpp", "#include <QString>\n#include <sqlite3.h>\n").size(), 2);
    QCOMPARE(violations(rooms()[2], "ingest/x.cpp", "#include <nlohmann/json.hpp>\n").size(), 1);
    QCOMPARE(violations(rooms()[3], "app/x.cpp", "#include <QWidget>\n#include \"kernels/device.h\"\n").size(), 2);
    QCOMPARE(violations(rooms()[4], "ui/x.cpp", "#include \"engine/model.h\"\n").size(), 1);
    QCOMPARE(violations(rooms()[1], "engine/x.cpp", "#include <vector>\n#include \"kernels/tensor.h\"\n").size(), 0);
}

void LayersTest::thirdPartyHeadersStayInOnePlace() {
    QCOMPARE(violations(rooms()[2], "ingest/git_source.cpp", "#include <git2.h>\n").size(), 0);
    QCOMPARE(violations(rooms()[2], "ingest/search.cpp", "#include <git2.h>\n").size(), 1);
    QCOMPARE(violations(rooms()[3], "app/store/database.cpp", "#include <sqlite3.h>\n").size(), 0);
    QCOMPARE(violations(rooms()[3], "app/report/export_pdf.cpp", "#include <QPdfWriter>\n").size(), 0);
    QCOMPARE(violations(rooms()[3], "app/report/export_html.cpp", "#include <QPdfWriter>\n").size(), 1);
}

QTEST_GUILESS_MAIN(LayersTest)
#include "tst_layers.moc"
