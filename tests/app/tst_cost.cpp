// The worked cases of hosted-apis-and-prices.md 3.3, exactly, over the shipped table; the calendar; ranges.
#include "app/cost.h"
#include "app/prices.h"
#include "app/resources.h"

#include <QTest>

using namespace app;

class TestCost : public QObject {
    Q_OBJECT

    PriceTable m_prices = PriceTable::parse(readResource("prices.json"), "prices.json");

    static UtcSeconds at(const char* text) {
        const auto time = parseTime(text, 0);
        if (!time)
            qFatal("no time: %s", text);
        return *time;
    }
    // "0.1374" from the row that bills at that moment, or "none".
    std::string priced(const std::string& id, const char* when, std::int64_t uncached, std::int64_t cached, std::int64_t output) const {
        const PriceRow* row = m_prices.find(id, at(when), uncached + cached);
        if (!row)
            return "none";
        Usage usage;
        usage.inputUncached = uncached;
        usage.inputCached = cached;
        usage.output = output;
        const auto money = priceOf(*row, usage);
        return money ? money->text() : "unknown";
    }

private slots:
    void workedCases_data() {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("when");
        QTest::addColumn<QString>("caseA");
        QTest::addColumn<QString>("caseB");
        const auto row = [](const char* name, const char* id, const char* when, const char* a, const char* b) {
            QTest::newRow(name) << id << when << a << b;
        };
        row("flash launch", "deepseek-v4-flash", "2026-04-25", "0.12712", "0.02744");
        row("flash until August", "deepseek-v4-flash", "2026-05-01", "0.12712", "0.005012");
        row("flash off-peak", "deepseek-v4-flash", "2026-08-17T12:00Z", "0.20064", "0.01107");
        row("flash peak", "deepseek-v4-flash", "2026-08-17T02:00Z", "0.40128", "0.02214");
        row("4.1 off-peak", "deepseek-flash", "2026-11-25T12:00Z", "0.1374", "0.00657");
        row("4.1 peak", "deepseek-flash", "2026-11-25T02:00Z", "0.2748", "0.01314");
        row("pro launch", "deepseek-v4-pro", "2026-04-25", "1.57992", "0.16037");
        row("pro promotion", "deepseek-v4-pro", "2026-06-01", "0.39498", "0.01105625");
        row("pro off-peak", "deepseek-v4-pro", "2026-11-25T12:00Z", "0.60192", "0.0341");
        row("pro peak", "deepseek-v4-pro", "2026-11-25T02:00Z", "1.20384", "0.0682");
        row("GPT-5.5", "gpt-5.5", "2026-11-25", "9.18", "1.17");
        row("Opus 4.7", "claude-opus-4.7", "2026-11-25", "4.60", "0.595");
        row("Gemini 3.1 Pro", "gemini-3.1-pro", "2026-11-25", "3.672", "0.468");
        row("Kimi K3", "kimi-k3", "2026-11-25", "2.76", "0.357");
        row("GLM-5.3", "glm-5.3", "2026-11-25", "1.2776", "0.263");
    }
    void workedCases() {
        QFETCH(QString, id);
        QFETCH(QString, when);
        QFETCH(QString, caseA);
        QFETCH(QString, caseB);
        const auto price = [&](std::int64_t uncached, std::int64_t cached) {
            return QString::fromStdString(priced(id.toStdString(), qPrintable(when), uncached, cached, 4'000));
        };
        QCOMPARE(price(900'000, 0), caseA);
        QCOMPARE(price(10'000, 890'000), caseB);
    }

    void tierIsStrictlyAbove() {
        const auto uncached = [&](std::int64_t prompt) { return *m_prices.find("gpt-5.5", at("2026-11-25"), prompt)->uncached; };
        QCOMPARE(uncached(272'000), 5'000'000);
        QCOMPARE(uncached(272'001), 10'000'000);
    }

    void calendar_data() {
        QTest::addColumn<QString>("when");
        QTest::addColumn<QString>("band");
        QTest::newRow("Saturday before the rule") << "2026-08-22T02:00Z" << "peak";
        QTest::newRow("Saturday after the rule") << "2026-08-29T02:00Z" << "off-peak";
        QTest::newRow("Sunday") << "2026-08-30T07:00Z" << "off-peak";
        QTest::newRow("half open end") << "2026-08-25T04:00:00Z" << "off-peak";
        QTest::newRow("last second") << "2026-08-25T03:59:59Z" << "peak";
        QTest::newRow("begin") << "2026-08-25T06:00:00Z" << "peak";
        QTest::newRow("end of the second window") << "2026-08-25T10:00:00Z" << "off-peak";
        QTest::newRow("national holiday") << "2026-10-05T02:00:00Z" << "off-peak";
    }
    void calendar() {
        QFETCH(QString, when);
        QFETCH(QString, band);
        QCOMPARE(QString(toString(m_prices.find("deepseek-v4-pro", at(qPrintable(when)), 1000)->band)), band);
    }

    void nameChangesHandsAtTheSecond() {
        const PriceRow* before = m_prices.find("deepseek-v4-flash", at("2026-09-10T03:59:59Z"), 1000);
        const PriceRow* after = m_prices.find("deepseek-v4-flash", at("2026-09-10T04:00:00Z"), 1000);
        QVERIFY(before && after);
        QCOMPARE(*before->uncached, 440'000);
        QCOMPARE(*after->uncached, 150'000);
    }

    void moneyIsExact() {
        QCOMPARE(*parseRate("0.0028"), 2'800);
        QCOMPARE(*parseRate("0.003625"), 3'625);
        QVERIFY(!parseRate("0.0000001")); // finer than we count: refused, not rounded
        QVERIFY(!parseRate("1e400"));
        QVERIFY(!parseRate("12,5"));
        PriceRow row;
        row.uncached = 2'800;
        Usage usage;
        usage.inputUncached = 1'000'000;
        QCOMPARE(priceOf(row, usage)->text(), std::string("0.0028"));
        QCOMPARE((Money{-1'500'000'000'000, "USD"}.text()), std::string("-1.50"));
        QCOMPARE((Money{0, "USD"}.text()), std::string("0.00"));
        QCOMPARE(parseMoney("1.20")->text(), std::string("1.20"));
    }

    void unknownIsNeverZero() {
        PriceRow row;
        row.uncached = 1'000'000;
        Usage usage;
        usage.output = 5;
        QVERIFY(!priceOf(row, usage));
        row.output = 0;
        QCOMPARE(priceOf(row, usage)->picoUnits, 0);
        usage.inputCached = 10; // an unknown cached rate is bounded by the uncached one
        QCOMPARE(priceOf(row, usage)->picoUnits, 10'000'000);
        QVERIFY(!estimateCost(m_prices, "nobody-knows", {}, std::nullopt).high);
        CostAccount account(m_prices, "nobody-knows", "api.example.org");
        account.add(usage, at("2026-11-25"));
        QVERIFY(!account.spent());
        QVERIFY(!account.report(nullptr).actual);
    }

    void theDesignsExample() {
        // agent.md 4: P = 0.88 M, n = 90, tail 8 K, answer 4 K.
        RunShape shape;
        shape.prefix = 880'000;
        shape.calls = 90;
        shape.tail = 8'000;
        shape.answerLow = shape.answer = 4'000;
        const CostEstimate flash = estimateCost(m_prices, "deepseek-flash", shape, at("2026-11-25T12:00Z"));
        QCOMPARE(flash.high->text(), std::string("0.6936"));
        QCOMPARE(flash.low->picoUnits, flash.high->picoUnits);
        // 91 readings of the prefix, the tails and the answers.
        QCOMPARE(flash.uncached->text(), std::string("12.336"));
        const CostEstimate pro = estimateCost(m_prices, "deepseek-v4-pro", shape, at("2026-11-25T12:00Z"));
        QCOMPARE(pro.high->text(), std::string("3.5112"));
    }

    void rangeSpansBandsWithoutATime() {
        RunShape shape;
        shape.prefix = 100'000;
        shape.calls = 10;
        const CostEstimate any = estimateCost(m_prices, "deepseek-flash", shape, std::nullopt);
        const CostEstimate off = estimateCost(m_prices, "deepseek-flash", shape, at("2026-11-25T12:00Z"));
        const CostEstimate peak = estimateCost(m_prices, "deepseek-flash", shape, at("2026-11-25T01:30Z"));
        QCOMPARE(any.low->picoUnits, off.low->picoUnits);
        QCOMPARE(any.high->picoUnits, peak.high->picoUnits);
        QVERIFY(off.high->picoUnits < peak.high->picoUnits);
        const CostEstimate crossing = estimateCost(m_prices, "deepseek-flash", shape, at("2026-11-25T00:59Z"));
        QCOMPARE(crossing.high->picoUnits, peak.high->picoUnits);
        QVERIFY(!any.assumptions.empty());
        QVERIFY(any.secondsLow > 0 && any.secondsLow < any.secondsHigh);
    }

    void estimatedTokensWidenTheRange() {
        RunShape shape;
        shape.prefix = 100'000;
        const auto when = at("2026-11-25T12:00Z");
        const CostEstimate exact = estimateCost(m_prices, "deepseek-flash", shape, when);
        shape.exactTokens = false;
        const CostEstimate rough = estimateCost(m_prices, "deepseek-flash", shape, when);
        QVERIFY(rough.low->picoUnits < exact.low->picoUnits);
        QVERIFY(rough.high->picoUnits > exact.high->picoUnits);
    }

    void comparisonIsSortedAndWhole() {
        RunShape shape;
        shape.prefix = 300'000;
        shape.calls = 5;
        const auto rows = compareCosts(m_prices, shape, at("2026-11-25T12:00Z"));
        QVERIFY(rows.size() > 20);
        for (std::size_t i = 1; i < rows.size(); ++i)
            if (rows[i].currency == rows[i - 1].currency && rows[i].high && rows[i - 1].high)
                QVERIFY(rows[i - 1].high->picoUnits <= rows[i].high->picoUnits);
        const auto kimi = std::find_if(rows.begin(), rows.end(), [](const CostEstimate& r) { return r.priceId == "kimi-k2.6"; });
        QVERIFY(kimi != rows.end());
        QVERIFY(!kimi->fits); // 262,144 tokens
    }

    void accountPricesEveryCallAtItsTime() {
        CostAccount account(m_prices, "deepseek-flash", "api.deepseek.com");
        Usage usage;
        usage.inputUncached = 1'000'000;
        account.add(usage, at("2026-11-25T00:59:59Z"));
        account.add(usage, at("2026-11-25T01:00:00Z"));
        QCOMPARE(account.spent()->text(), std::string("0.45"));
        QCOMPARE(account.calls(), 2);
        QCOMPARE(account.report(nullptr).priceBand, std::string("peak"));
    }

    void timesAreRead() {
        QCOMPARE(formatTime(at("2026-08-16T16:00:00Z")), std::string("2026-08-16T16:00:00Z"));
        QCOMPARE(at("1970-01-02"), 86'400);
        QVERIFY(!parseTime("2026-02-30", 0));
        QVERIFY(!parseTime("yesterday", 0));
        QVERIFY(!parseTime("2026-08-16T25:00Z", 0));
        const UtcSeconds noon = at("2026-11-25T12:00:00Z");
        QCOMPARE(formatTime(*parseTime("10:00", noon)), std::string("2026-11-26T10:00:00Z"));
        QCOMPARE(formatTime(*parseTime("13:30", noon)), std::string("2026-11-25T13:30:00Z"));
    }
};

QTEST_GUILESS_MAIN(TestCost)
#include "tst_cost.moc"
