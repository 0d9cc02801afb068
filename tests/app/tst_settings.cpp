// Settings survive a round trip with what they do not know, refuse what is wrong in words, and never hold a key.
#include "app/resources.h"
#include "app/settings.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <sys/stat.h>

using namespace app;
namespace fs = std::filesystem;

class TestSettings : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path file(const char* name) { return fs::path(m_folder.path().toStdString()) / name; }

private slots:
    void missingFileGivesDefaults() {
        const Settings settings = loadSettings(file("none.json"));
        QCOMPARE(settings.engine, std::string());
        QCOMPARE(settings.chosenEngine(), std::string("none")); // no weights in what the tests see
        QCOMPARE(settings.reservePercent, 16);
        QCOMPARE(settings.maxPdfPages, 10'000);
    }

    void roundTripKeepsEverything() {
        Settings settings;
        settings.engine = "home";
        settings.endpoints.push_back({.name = "home", .url = "http://127.0.0.1:8000", .model = "deepseek-v4-flash", .keyVariable = "HOME_KEY", .window = 1'048'576, .parallel = 2});
        settings.confirmedHosts = {"api.deepseek.com"};
        settings.shelfBytes = 123'456'789'012;
        settings.unknown = R"({"from_the_future":{"a":[1,2]}})";
        saveSettings(settings, file("a.json"));
        const Settings again = loadSettings(file("a.json"));
        QCOMPARE(formatSettings(again), formatSettings(settings));
        QVERIFY(again.unknown.find("from_the_future") != std::string::npos);
        QVERIFY(again.endpoint("home"));
        QCOMPARE(again.endpoint("home")->parallel, 2);
        struct stat about {};
        QCOMPARE(::stat(file("a.json").c_str(), &about), 0);
        QCOMPARE(about.st_mode & 0777, mode_t(0600));
    }

    void wrongFilesAreNamed_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("no JSON") << QByteArray("{") << "not valid JSON";
        QTest::newRow("list") << QByteArray("[]") << "JSON object";
        QTest::newRow("type") << QByteArray(R"({"thinking":"yes"})") << "\"thinking\"";
        QTest::newRow("effort") << QByteArray(R"({"effort":"extreme"})") << "low, high, max";
        QTest::newRow("reserve") << QByteArray(R"({"reserve_percent":5})") << "12 and 90";
        QTest::newRow("key inside") << QByteArray(R"({"endpoints":[{"name":"a","url":"u","model":"m","api_key":"sk-1"}]})") << "holds a key";
        QTest::newRow("nameless endpoint") << QByteArray(R"({"endpoints":[{"url":"u"}]})") << "needs name, url and model";
    }
    void wrongFilesAreNamed() {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        try {
            parseSettings(text.toStdString(), "settings.json");
            QFAIL("was accepted");
        } catch (const std::runtime_error& error) {
            QVERIFY2(QString(error.what()).contains(says), error.what());
            QVERIFY(QString(error.what()).startsWith("settings.json"));
        }
    }

    void savingIsAtomicAndNotThroughLinks() {
        writeFileAtomically(file("target"), "old");
        fs::create_symlink(file("target"), file("link"));
        QVERIFY_EXCEPTION_THROWN(writeFileAtomically(file("link"), "new"), std::runtime_error);
        QCOMPARE(readFile(file("target")), std::string("old"));
        QVERIFY_EXCEPTION_THROWN(writeFileAtomically(file("missing/folder/x"), "new"), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(readFile("/dev/zero"), std::runtime_error);
        // No temporary file is left behind by a refused write.
        for (const auto& entry : fs::directory_iterator(m_folder.path().toStdString()))
            QVERIFY(!entry.path().filename().string().starts_with(".lectern-"));
    }
};

QTEST_GUILESS_MAIN(TestSettings)
#include "tst_settings.moc"
