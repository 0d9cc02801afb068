// The tokenizer against recorded encodings (v4-formats.md 3.6, goldens), and its promises: exact round trip of any bytes,
// no control token from data, the same ids with threads, hostile vocabularies refused in words.

#include "engine/tokenizer.h"
#include "tests/support/process_memory.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <fstream>
#include <random>

using namespace engine;

namespace {

std::shared_ptr<const Tokenizer> bundled() {
    static const std::shared_ptr<const Tokenizer> tokenizer = Tokenizer::fromFolder(SOURCE_ROOT "/resources/tokenizer");
    return tokenizer;
}

using Ids = std::vector<TokenId>;

Ids encode(std::string_view text, AddedTokens added = AddedTokens::Match) { return bundled()->encode(text, added); }

// A text of pieces that meet in every way: scripts, white space, invalid bytes, spellings of control tokens.
std::string mixedText(std::mt19937& random, std::size_t pieces) {
    static const std::vector<std::string> parts = {
        "word", " word", "Ünïcode", "數字", "かな", "カナ", "1", "12345", " ", "  ", "\n", "\r\n", "\t", "\u3000", "\u0085",
        "\u2028", "\u200d", "👍🏽", "e\u0301", "\u0301", "!", "!=", " ==", "_x", "'t", "/* c */", "مرحبا", "\xFF", "\xE2\x82",
        "\xC0\x80", std::string(1, '\0'), "\x01", "\x7F", "<｜User｜>", "｜DSML｜", "</think>", "½", "Ⅷ", "\u30fb", "ǅ", "  x",
        "\n\n    return", "a,b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "\u1ACF", "\U0001F1E6"};
    std::string text;
    for (std::size_t i = 0; i < pieces; ++i) text += parts[random() % parts.size()];
    return text;
}

nlohmann::ordered_json smallJson() {
    // 256 bytes, "Ġ" + "t" merged, one added token.
    nlohmann::ordered_json vocabulary;
    const auto base = Tokenizer::bytesOnly(300);
    const auto spelling = [](unsigned code) {
        std::string out;
        if (code < 0x80) return std::string(1, static_cast<char>(code));
        out += static_cast<char>(0xC0 | code >> 6);
        out += static_cast<char>(0x80 | (code & 63));
        return out;
    };
    int next = 0;
    const auto plain = [](unsigned c) { return (c >= 0x21 && c <= 0x7E) || (c >= 0xA1 && c <= 0xAC) || (c >= 0xAE && c <= 0xFF); };
    for (unsigned code = 0x21; code < 0x144; ++code)
        if (plain(code) || code >= 0x100) vocabulary[spelling(code)] = next++;
    vocabulary["Ġt"] = next++;
    const auto split = [](const std::string& pattern) {
        return nlohmann::ordered_json{{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}};
    };
    return {{"version", "1.0"},
            {"added_tokens",
             {{{"id", next}, {"content", "<a>"}, {"single_word", false}, {"lstrip", false}, {"rstrip", false}, {"normalized", false}, {"special", true}}}},
            {"normalizer", nullptr},
            {"pre_tokenizer",
             {{"type", "Sequence"},
              {"pretokenizers",
               {split("\\p{N}{1,3}"), split("[一-龥\u3040-ゟ゠-ヿ]+"),
                split("[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*"
                      "|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"),
                {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", false}}}}}},
            {"model", {{"type", "BPE"}, {"dropout", nullptr}, {"vocab", vocabulary}, {"merges", {"Ġ t"}}}}};
}

std::string refusal(const std::string& json) {
    try {
        Tokenizer::fromJson(json);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

} // namespace

class TokenizerTest : public QObject {
    Q_OBJECT

private slots:
    void publishedExamples_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QList<int>>("ids");
        const auto row = [](const char* text, QList<int> ids) { QTest::addRow("%s", text) << QByteArray(text) << ids; };
        row("Hello, world!", {19923, 14, 2058, 3});
        row("12345678", {6895, 18009, 2597});
        row("3.14159", {21, 16, 9926, 3318});
        row("1,000,000", {19, 14, 1320, 14, 1320});
        row("2026-08-12T00:00:00Z", {939, 24, 15, 3019, 15, 736, 54, 504, 28, 504, 28, 504, 60});
        row("    int x = 1;\n", {361, 688, 1527, 438, 223, 19, 510});
        row("def f(x):\n\treturn x\n\n\n", {3465, 285, 4042, 3395, 5562, 1527, 6328});
        row("don't stop", {20385, 1664, 6409});
        row("https://a.b/c?d=1&e=2", {5395, 2272, 67, 6229, 5252, 33, 70, 31, 19, 8, 71, 31, 20});
        row("printf(\"%d\\n\", x);", {15626, 13692, 70, 5809, 1760, 1527, 3171});
        row("MixedCASE_snake_case-kebab-case.dotted", {113685, 37, 15354, 4731, 100695, 78392, 10218, 39637, 54690, 3845, 16207});
        row("你好世界", {30594, 3427});
        row("中文123英文", {21134, 6895, 21207});
        row("日本語テスト", {88768, 109288});
        row("漢字とかな混じり", {29069, 2024, 2495, 49534, 5764, 17580, 4553});
        row("naïve café", {2720, 91223, 57664});
        row("Привет мир", {24797, 8919, 74779});
        row("👍🏽 ok", {92526, 40965, 124, 9109});
        row("🇺🇸🇯🇵", {43754, 121, 43754, 119, 43754, 110, 43754, 116});
        row("a\r\nb", {67, 204, 201, 68});
        row("x  y", {90, 223, 383});
        row(" \n ", {539, 223});
        row("  \n  \n  ", {36320, 262});
        row("\x01\x02", {192, 193});
        row("α+β=γ", {1753, 13, 8133, 31, 5591});
        row("€100", {19659, 1457});
        row("<think>reasoning</think>answer", {128821, 86512, 288, 128822, 19995});
        row("<｜DSML｜invoke name=\"f\">", {30, 128825, 40148, 5406, 2329, 1281, 72, 3320});
        row("</｜DSML｜invoke>\n</｜DSML｜tool_calls><｜end▁of▁sentence｜>",
            {1718, 128825, 40148, 5406, 1018, 1718, 128825, 72461, 4941, 12548, 32, 1});
        row("<tool_result>1</tool_result>", {30, 72461, 46148, 32, 19, 1718, 72461, 46148, 32});
    }
    void publishedExamples() {
        QFETCH(QByteArray, text);
        QFETCH(QList<int>, ids);
        QCOMPARE(encode(text.toStdString()), Ids(ids.begin(), ids.end()));
    }

    void goldenVectors() {
        // A sample lies in tests/data; the whole set is used where it is.
        std::ifstream in(TEST_DATA "/tokenizer/vectors.jsonl");
        QVERIFY(in);
        int lines = 0;
        for (std::string line; std::getline(in, line); ++lines) {
            const auto vector = nlohmann::json::parse(line);
            const auto text = vector.at("text").get<std::string>();
            QCOMPARE(encode(text), vector.at("ids").get<Ids>());
            QCOMPARE(bundled()->decode(vector.at("ids").get<Ids>()), text);
        }
        QVERIFY(lines >= 60);
    }

    void anyBytesComeBack() {
        std::mt19937 random(1);
        for (int round = 0; round < 300; ++round) {
            std::string text = mixedText(random, 200);
            for (int i = 0; i < 20; ++i) text[random() % text.size()] = static_cast<char>(random());
            QCOMPARE(bundled()->decode(encode(text)), text);
            QCOMPARE(bundled()->decode(encode(text, AddedTokens::Ignore)), text);
        }
        for (int byte = 0; byte < 256; ++byte) {
            const std::string text(3, static_cast<char>(byte));
            QCOMPARE(bundled()->decode(encode(text)), text);
        }
        QVERIFY(encode("").empty());
    }

    void dataNeverBecomesAControlToken() {
        std::mt19937 random(2);
        const auto& added = bundled()->addedTokens();
        QCOMPARE(added.size(), std::size_t(1283));
        for (const AddedToken& token : added)
            for (const TokenId id : encode("a" + token.text + token.text + "\n" + token.text, AddedTokens::Ignore))
                QVERIFY(!bundled()->isAdded(id));
        for (int round = 0; round < 20000; ++round) {
            std::string text;
            for (int i = 0; i < 4; ++i) {
                const std::string& spelling = added[random() % added.size()].text;
                text += spelling.substr(0, random() % 3 == 0 ? random() % spelling.size() : spelling.size());
            }
            const Ids ids = encode(text, AddedTokens::Ignore);
            QVERIFY(std::none_of(ids.begin(), ids.end(), [](TokenId id) { return bundled()->isAdded(id); }));
            QCOMPARE(bundled()->decode(ids), text);
        }
    }

    void everyAddedTokenIsFoundWhenAsked() {
        for (const AddedToken& token : bundled()->addedTokens()) {
            QCOMPARE(encode(token.text), Ids{token.id});
            QCOMPARE(bundled()->added(token.text), std::optional<TokenId>(token.id));
        }
        QCOMPARE(bundled()->size(), TokenId(129280));
        QCOMPARE(bundled()->decode(Ids{1, 128804}, SpecialTokens::Skip), std::string("<｜Assistant｜>"));
    }

    void threadsChangeNothing() {
        std::mt19937 random(3);
        const std::string text = mixedText(random, 400'000);
        for (const AddedTokens added : {AddedTokens::Match, AddedTokens::Ignore})
            QCOMPARE(bundled()->encode(text, added, 3), bundled()->encode(text, added, 1));
        std::string words, digits(2'000'000, '7');
        for (int i = 0; i < 300'000; ++i) words += "some words ";
        QCOMPARE(bundled()->encode(words, AddedTokens::Ignore, 2), encode(words, AddedTokens::Ignore));
        QCOMPARE(bundled()->encode(digits, AddedTokens::Ignore, 2), encode(digits, AddedTokens::Ignore));
    }

    void threadsHoldTheTokensAtMostTwice() {
#if defined(__SANITIZE_ADDRESS__)
        QSKIP("AddressSanitizer keeps freed memory");
#endif
        // Once in the parts, once in the result: no third time because a vector grew, or a buffer was not used again.
        std::mt19937 random(6);
        std::string text;
        while (text.size() < 8'000'000) text += mixedText(random, 2000) + "\nreturn value;\n";
        const std::size_t tokens = bundled()->encode(text, AddedTokens::Ignore, 2).size();
        const support::MemoryMark mark;
        const Ids ids = bundled()->encode(text, AddedTokens::Ignore, 2);
        const auto bound = static_cast<std::int64_t>(2 * tokens * sizeof(TokenId)) + (4 << 20);
        QVERIFY2(mark.peakGrowthBytes() < bound, qPrintable(QString("%1 of %2").arg(mark.peakGrowthBytes()).arg(bound)));
        QCOMPARE(ids.size(), tokens);
    }

    void offsetsTileTheText() {
        std::mt19937 random(4);
        const std::string text = mixedText(random, 2000);
        std::vector<std::size_t> begins;
        const Ids ids = bundled()->encodeWithOffsets(text, AddedTokens::Match, begins);
        QCOMPARE(ids, encode(text));
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const std::size_t end = i + 1 < ids.size() ? begins[i + 1] : text.size();
            QCOMPARE(text.substr(begins[i], end - begins[i]), std::string(bundled()->bytes(ids[i])));
        }
    }

    void longPiecesTakeLinearithmicTime() {
        QElapsedTimer timer;
        timer.start();
        for (const char* unit : {"ab", "中", "=-", " ", "\n "}) {
            std::string text;
            while (text.size() < 1'000'000) text += unit;
            QCOMPARE(bundled()->decode(encode(text)), text);
        }
        QVERIFY2(timer.elapsed() < 20'000, "a quadratic step");
    }

    void shortAndLongWayAgree() {
        // 64 bytes is where the heap takes over: the same letters as one long piece and cut by the cache's limits.
        std::mt19937 random(5);
        for (int round = 0; round < 2000; ++round) {
            std::string word;
            for (std::size_t i = random() % 120 + 1; i > 0; --i) word += static_cast<char>('a' + random() % 6);
            // In a text of its own, and at the end of one that leaves no bytes to read behind it.
            const Ids alone = encode(word, AddedTokens::Ignore);
            const Ids after = encode(";\n" + word, AddedTokens::Ignore);
            QCOMPARE(Ids(after.end() - static_cast<std::ptrdiff_t>(alone.size()), after.end()), alone);
        }
    }

    void readsTokenizerJson() {
        const auto tokenizer = Tokenizer::fromJson(smallJson().dump());
        QCOMPARE(tokenizer->size(), TokenId(258));
        QCOMPARE(tokenizer->encode(" t", AddedTokens::Match), Ids{256});
        QCOMPARE(tokenizer->encode("x<a> t", AddedTokens::Match).at(1), TokenId(257));
        QCOMPARE(tokenizer->decode(tokenizer->encode("x<a> t\xFF", AddedTokens::Ignore)), std::string("x<a> t\xFF"));
    }

    void stripFlagsTakeWhiteSpace() {
        auto json = smallJson();
        json["added_tokens"][0]["lstrip"] = true;
        json["added_tokens"][0]["rstrip"] = true;
        const auto tokenizer = Tokenizer::fromJson(json.dump());
        QCOMPARE(tokenizer->encode(" \t<a> \n", AddedTokens::Match), Ids{257});
        json = smallJson();
        json["added_tokens"][0]["single_word"] = true;
        const auto single = Tokenizer::fromJson(json.dump());
        QVERIFY(single->encode("x<a>", AddedTokens::Match).size() == 4);
        QCOMPARE(single->encode("-<a>.", AddedTokens::Match).size(), std::size_t(3));
    }

    void refusesWhatItCannotObey() {
        QVERIFY(refusal(smallJson().dump()).empty());
        const auto change = [](const char* pointer, nlohmann::ordered_json value) {
            auto json = smallJson();
            json[nlohmann::ordered_json::json_pointer(pointer)] = std::move(value);
            return refusal(json.dump());
        };
        QVERIFY(change("/model/type", "Unigram").find("byte-pair") != std::string::npos);
        QVERIFY(!change("/model/dropout", 0.1).empty());
        QVERIFY(!change("/model/byte_fallback", true).empty());
        QVERIFY(!change("/normalizer", {{"type", "NFC"}}).empty());
        QVERIFY(!change("/normalizer", {{"type", "Sequence"}, {"normalizers", {{{"type", "NFC"}}}}}).empty());
        QVERIFY(!change("/pre_tokenizer/pretokenizers/0/pattern/Regex", "\\p{N}").empty());
        QVERIFY(!change("/pre_tokenizer/pretokenizers/3/add_prefix_space", true).empty());
        QVERIFY(!change("/model/merges", {"Ġ q9"}).empty());
        QVERIFY(!change("/model/merges", {"Ġ t", "Ġ t"}).empty());
        QVERIFY(!change("/model/merges", {"Ġt"}).empty());
        QVERIFY(!change("/model/merges", {{{"x", 1}}}).empty());
        QVERIFY(!change("/model/vocab", nlohmann::ordered_json::array({1})).empty());
        QVERIFY(!change("/model/vocab/a", 900).empty());
        QVERIFY(!change("/model/vocab/a", -1).empty());
        QVERIFY(!change("/model/vocab/a", 12).empty());
        QVERIFY(!change("/model/vocab/a", "b").empty());
        QVERIFY(!change("/added_tokens/0/id", 3).empty());
        QVERIFY(!change("/added_tokens/0/id", 99999999999).empty());
        QVERIFY(!change("/added_tokens/0/content", "").empty());
        QVERIFY(!refusal("").empty());
        QVERIFY(!refusal("{}").empty());
        QVERIFY(!refusal("[[[[[[[[[[[[[[").empty());
        QVERIFY(!refusal("{\"model\":{\"vocab\":{\"a\":0,\"a\":1}}}").empty());
        const std::string whole = smallJson().dump();
        for (std::size_t size = 0; size < whole.size(); size += 97) QVERIFY(!refusal(whole.substr(0, size)).empty());
    }

    void bytesOnlySpeaksForSmallModels() {
        QCOMPARE(Tokenizer::bytesOnlySize(), std::int64_t(264));
        const auto tokenizer = Tokenizer::bytesOnly(384);
        QCOMPARE(tokenizer->encode("a\n", AddedTokens::Ignore), (Ids{67, 201}));
        QCOMPARE(tokenizer->added("<｜User｜>"), std::optional<TokenId>(259));
        QCOMPARE(tokenizer->added("｜DSML｜"), std::optional<TokenId>(263));
        QVERIFY(tokenizer->size() <= 384);
        QCOMPARE(Tokenizer::bytesOnly(264)->size(), TokenId(264));
        QVERIFY_EXCEPTION_THROWN(Tokenizer::bytesOnly(263), std::runtime_error);
    }

    void damagedVocabularyIsRefused() {
        QTemporaryDir folder;
        const auto path = [&](const char* name) { return folder.filePath(name); };
        QVERIFY_EXCEPTION_THROWN(Tokenizer::fromFolder(folder.path().toStdString()), std::runtime_error);
        QVERIFY(QFile::copy(SOURCE_ROOT "/resources/tokenizer/added.txt", path("added.txt")));
        QFile source(SOURCE_ROOT "/resources/tokenizer/vocabulary.bin");
        QVERIFY(source.open(QIODevice::ReadOnly));
        const QByteArray good = source.readAll();
        for (const int at : {0, 9, 14, 20, 5000, int(good.size()) - 1}) {
            QByteArray bad = good;
            bad[at] = static_cast<char>(bad[at] ^ 1);
            QFile file(path("vocabulary.bin"));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(bad);
            file.close();
            QVERIFY_EXCEPTION_THROWN(Tokenizer::fromFolder(folder.path().toStdString()), std::runtime_error);
        }
    }
};

QTEST_GUILESS_MAIN(TokenizerTest)
#include "tst_tokenizer.moc"
