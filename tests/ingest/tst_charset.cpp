// Every charset that users meet becomes UTF-8, and what is in none of them is refused with a reason.
#include "ingest/charset.h"

#include <QtTest>

#include <string>

#include <iconv.h>

using namespace ingest;

namespace {

// An independent converter makes the inputs.
std::string from(const std::string& utf8, const char* charset) {
    const iconv_t converter = iconv_open(charset, "UTF-8");
    if (converter == iconv_t(-1))
        return {};
    std::string in = utf8, out(utf8.size() * 4 + 16, '\0');
    char *source = in.data(), *target = out.data();
    std::size_t left = in.size(), room = out.size();
    const bool bad = iconv(converter, &source, &left, &target, &room) == std::size_t(-1)
        || iconv(converter, nullptr, nullptr, &target, &room) == std::size_t(-1);
    iconv_close(converter);
    if (bad)
        return {};
    out.resize(out.size() - room);
    return out;
}

const std::string english = "The quick brown fox jumps over the lazy dog.\nAnd again, so that there is something to see.\n";
const std::string german = "Größere Änderungen müssen überprüft werden, außer in Fällen höherer Gewalt.\n"
                           "Die Vertragsparteien erklären ausdrücklich, daß künftige Ansprüche verjähren.\n";
const std::string russian = "Договор вступает в силу с момента подписания обеими сторонами.\n"
                            "Срок действия настоящего договора составляет три года.\n";
const std::string japanese = "本契約は、両当事者が署名した日に効力を生じる。\n契約期間は三年間とする。カタカナもある。\n";
const std::string chinese = "本合同自双方签字之日起生效。合同期限为三年，期满可以续签。\n甲方应当按时支付全部费用。\n";
const std::string greek = "Η σύμβαση αυτή τίθεται σε ισχύ κατά την υπογραφή της από τα δύο μέρη.\n";

} // namespace

class TestCharset : public QObject {
    Q_OBJECT

private slots:
    void decodes_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("text");
        const auto row = [](const char* name, const std::string& text, const char* charset, const std::string& mark = {}) {
            const std::string bytes = mark + from(text, charset);
            QVERIFY2(bytes.size() > mark.size(), name);
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << QByteArray::fromStdString(text);
        };
        row("ASCII", english, "ASCII");
        row("UTF-8", german + japanese, "UTF-8");
        row("UTF-8 with mark", german, "UTF-8", "\xEF\xBB\xBF");
        row("UTF-16LE with mark", german + japanese, "UTF-16LE", "\xFF\xFE");
        row("UTF-16BE with mark", german + japanese, "UTF-16BE", "\xFE\xFF");
        row("UTF-32LE with mark", german, "UTF-32LE", std::string("\xFF\xFE\0\0", 4));
        row("UTF-32BE with mark", german, "UTF-32BE", std::string("\0\0\xFE\xFF", 4));
        row("UTF-16LE", german, "UTF-16LE");
        row("UTF-16BE", english, "UTF-16BE");
        row("UTF-32LE", german, "UTF-32LE");
        row("UTF-32BE", english, "UTF-32BE");
        row("ISO-8859-1", german, "ISO-8859-1");
        row("windows-1252", "“Größe” – 20 €, naïve café…\n" + german, "WINDOWS-1252");
        row("windows-1251", russian, "WINDOWS-1251");
        row("KOI8-R", russian, "KOI8-R");
        row("Shift_JIS", japanese, "SHIFT_JIS");
        row("EUC-JP", japanese, "EUC-JP");
        row("ISO-2022-JP", japanese, "ISO-2022-JP");
        row("GB18030", chinese, "GB18030");
        row("windows-1253", greek, "WINDOWS-1253");
    }

    void decodes() {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, text);
        const DecodedText decoded = decodeText(bytes.toStdString());
        QVERIFY2(decoded.ok(), decoded.problem.c_str());
        QCOMPARE(QByteArray::fromStdString(decoded.text), text);
        QVERIFY(!decoded.charset.empty());
        QVERIFY(!firstInvalidUtf8(decoded.text));
    }

    void umlautFarDown() {
        // One telling byte after 300 kB of ASCII.
        const std::string text(300'000, 'a');
        const DecodedText decoded = decodeText(text + "\nM\xFCnchen\n");
        QVERIFY2(decoded.ok(), decoded.problem.c_str());
        QVERIFY(decoded.text.ends_with("\nMünchen\n"));
    }

    void refusesWhatIsNoText() {
        std::string noise;
        unsigned state = 7;
        for (int i = 0; i < 5000; ++i)
            noise += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
        const DecodedText decoded = decodeText(noise);
        QVERIFY(!decoded.ok());
        QVERIFY(decoded.text.empty());
        QVERIFY(decoded.problem.ends_with('.'));
    }

    void wideTextIsNotBinary() {
        QVERIFY(looksLikeWideText(from(german, "UTF-16LE")));
        QVERIFY(looksLikeWideText("\xFE\xFF" + from(japanese, "UTF-16BE")));
        QVERIFY(!looksLikeWideText(english));
        QVERIFY(!looksLikeWideText(std::string("\x7F" "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\0\0\0", 24)));
        QVERIFY(!looksLikeWideText(std::string(4096, '\0')));
    }

    void strictUtf8() {
        QVERIFY(!firstInvalidUtf8("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"));
        for (const char* bad : {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\x80", "\xC3"})
            QCOMPARE(firstInvalidUtf8(bad).value_or(99), 0u);
        QCOMPARE(firstInvalidUtf8("ab\xFF").value_or(99), 2u);
    }
};

QTEST_GUILESS_MAIN(TestCharset)
#include "tst_charset.moc"
