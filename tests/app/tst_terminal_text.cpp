// No byte of the data steers a terminal (P25): all controls, sequences, overrides and broken UTF-8 become visible.
#include "app/cli/terminal_text.h"

#include <QTest>

using namespace app::cli;

class TestTerminalText : public QObject {
    Q_OBJECT

private slots:
    void everyControlIsEscaped() {
        for (int c = 0; c < 0x20; ++c) {
            const std::string text = terminalText(std::string(1, char(c)), Newlines::Escape);
            QVERIFY2(text.size() == 4 && text[0] == '\\', text.c_str());
        }
        QCOMPARE(terminalText("\x7f"), std::string("\\x7f"));
        for (int c = 0x80; c < 0xa0; ++c) { // C1 in UTF-8: CSI is one of them
            const std::string text = terminalText(std::string("\xc2") + char(c));
            QVERIFY2(text[0] == '\\', text.c_str());
        }
        QCOMPARE(terminalText("a\nb\tc"), std::string("a\nb\tc"));
        QCOMPARE(terminalText("a\nb", Newlines::Escape), std::string("a\\x0ab"));
        QCOMPARE(terminalText("a\rb"), std::string("a\\x0db")); // would overwrite what was said before
    }

    void sequences_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("colour") << QByteArray("\x1b[31mred");
        QTest::newRow("title") << QByteArray("\x1b]0;owned\x07");
        QTest::newRow("link") << QByteArray("\x1b]8;;http://evil\x1b\\x\x1b]8;;\x1b\\");
        QTest::newRow("clipboard") << QByteArray("\x1b]52;c;cm0gLXJm\x07");
        QTest::newRow("device control") << QByteArray("\x1bP1$r\x1b\\");
        QTest::newRow("8-bit CSI") << QByteArray("\x9b" "31m");
        QTest::newRow("override") << QByteArray("abc\xe2\x80\xae" "fdp.exe");
        QTest::newRow("isolate") << QByteArray("\xe2\x81\xa6x");
        QTest::newRow("line separator") << QByteArray("a\xe2\x80\xa8" "b");
        QTest::newRow("tag characters") << QByteArray("\xf3\xa0\x81\x81");
        QTest::newRow("overlong escape") << QByteArray("\xc0\x9b[31m");
        QTest::newRow("cut short") << QByteArray("ok \xe2\x82");
        QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80");
    }
    void sequences() {
        QFETCH(QByteArray, bytes);
        const std::string text = terminalText(bytes.toStdString());
        QVERIFY(text.find('\\') != std::string::npos);
        for (const char c : text)
            QVERIFY(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
        const QString decoded = QString::fromStdString(text);
        QCOMPARE(decoded.toStdString(), text); // valid UTF-8
        for (const QChar c : decoded)
            QVERIFY(c.unicode() < 0x80 || c.unicode() >= 0xa0);
    }

    void ordinaryTextPasses() {
        for (const char* text : {"plain", "Ünïcödé", "日本語", "emoji 🎉", "a — b … ⟦x⟧"})
            QCOMPARE(terminalText(text), std::string(text));
    }

    void fittedIsExact() {
        QCOMPARE(fitted("abc", 5), std::string("abc  "));
        QCOMPARE(fitted("abcdef", 4), std::string("abc…"));
        QCOMPARE(terminalWidth(fitted("日本語テキスト", 7)), 7);
        QCOMPARE(terminalWidth("e\xcc\x81"), 1);
    }
};

QTEST_GUILESS_MAIN(TestTerminalText)
#include "tst_terminal_text.moc"
