// The shipped table is sound, foreign lists are merged without passing through floating point, better rows stay.
#include "app/prices.h"
#include "app/resources.h"

#include <QTest>

using namespace app;

class TestPrices : public QObject {
    Q_OBJECT

    std::string m_shipped = readResource("prices.json");

private slots:
    void shippedRowsAreSourced() {
        const PriceTable table = PriceTable::parse(m_shipped, "prices.json");
        QVERIFY(table.rows().size() > 50);
        for (const PriceRow& row : table.rows()) {
            QVERIFY2(!row.source.empty() && !row.retrieved.empty(), row.id.c_str());
            QVERIFY2(row.confidence == "A" || row.confidence == "B" || row.confidence == "C", row.id.c_str());
            QVERIFY2(row.uncached && row.output, row.id.c_str());
        }
    }

    void peakIsTwiceOffPeak() {
        const PriceTable table = PriceTable::parse(m_shipped, "prices.json");
        int pairs = 0;
        for (const PriceRow& off : table.rows())
            for (const PriceRow& peak : table.rows())
                if (off.id == peak.id && off.from == peak.from && off.band == Band::OffPeak && peak.band == Band::Peak) {
                    QCOMPARE(*peak.uncached, 2 * *off.uncached);
                    QCOMPARE(*peak.output, 2 * *off.output);
                    ++pairs;
                }
        QVERIFY(pairs >= 4);
    }

    void oldRowsAreNamed() {
        const PriceTable table = PriceTable::parse(m_shipped, "prices.json");
        const auto named = [&](const char* on, const std::string& id) {
            const auto warnings = checkPrices(table, *parseTime(on, 0));
            return std::any_of(warnings.begin(), warnings.end(), [&](const PriceWarning& w) { return w.id == id; });
        };
        QVERIFY(!named("2026-12-20", "deepseek-flash"));
        QVERIFY(named("2026-12-28", "deepseek-flash"));
        QVERIFY(named("2026-11-25", "gpt-5.5"));
        QVERIFY(named("2027-03-01", "deepseek")); // the calendar knows no holiday of that year
    }

    void decimalsStayDecimals() {
        QCOMPARE(*parseDecimal("1.5e-07", 12), 150'000);
        QCOMPARE(*parseDecimal("0.00000028", 12), 280'000);
        QCOMPARE(*parseDecimal("-3", 0), -3);
        QVERIFY(!parseDecimal("", 6));
        QVERIFY(!parseDecimal("1.2.3", 6));
        QVERIFY(!parseDecimal("0x10", 6));
        QVERIFY(!parseDecimal("99999999999999999999", 6));
        QCOMPARE(formatRate(3'625), std::string("0.003625"));
        QCOMPARE(formatRate(15'000'000), std::string("15"));
        // 0.1 + 0.2 in binary is not 0.3; here it is.
        const auto json = parseDecimalJson(R"({"a": 0.1, "b": 2e-1, "c": 3})", "test");
        QCOMPARE(*parseDecimal(json["a"].get<std::string>(), 6) + *parseDecimal(json["b"].get<std::string>(), 6), *parseDecimal("0.3", 6));
        QVERIFY(json["c"].is_number_integer());
    }

    void foreignLists_data() {
        QTest::addColumn<QByteArray>("file");
        QTest::newRow("litellm") << QByteArray(R"({"new-model": {"input_cost_per_token": 1.4e-07, "cache_read_input_token_cost": 2.8e-09, "output_cost_per_token": 2.8e-07, "litellm_provider": "x"}})");
        QTest::newRow("OpenRouter") << QByteArray(R"({"data": [{"id": "new-model", "pricing": {"prompt": "0.00000014", "input_cache_read": "0.0000000028", "completion": "0.00000028"}}]})");
        QTest::newRow("llm-prices") << QByteArray(R"({"prices": [{"id": "new-model", "vendor": "x", "input": 0.14, "input_cached": 0.0028, "output": 0.28}]})");
    }
    void foreignLists() {
        QFETCH(QByteArray, file);
        const PriceImport result = importPrices(m_shipped, file.toStdString(), "list.json", "2026-11-25");
        QCOMPARE(result.added, std::vector<std::string>{"new-model"});
        const PriceTable table = PriceTable::parse(result.table, "merged");
        const PriceRow* row = table.find("new-model", *parseTime("2026-11-25", 0), 10);
        QVERIFY(row);
        QCOMPARE(*row->uncached, 140'000);
        QCOMPARE(*row->cached, 2'800);
        QCOMPARE(*row->output, 280'000);
        QCOMPARE(row->confidence, std::string("C"));
        QCOMPARE(row->source, std::string("list.json"));
    }

    void betterRowsStay() {
        const PriceImport result =
            importPrices(m_shipped, R"({"prices": [{"id": "deepseek-flash", "input": 99, "output": 99}]})", "list.json", "2026-11-25");
        QVERIFY(result.replaced.empty());
        QCOMPARE(result.refused.size(), std::size_t(1));
        QCOMPARE(*PriceTable::parse(result.table, "merged").find("deepseek-flash", *parseTime("2026-11-25T12:00Z", 0), 10)->uncached, 150'000);
    }

    void nonsenseIsRefused_data() {
        QTest::addColumn<QByteArray>("file");
        QTest::newRow("not JSON") << QByteArray("prices!");
        QTest::newRow("nothing known") << QByteArray("{\"hello\": 1}");
        QTest::newRow("list") << QByteArray("[]");
        QTest::newRow("deep") << QByteArray(100, '[');
        QTest::newRow("negative") << QByteArray(R"({"schema":"lectern.prices/1","models":[{"id":"m","prices":[{"uncached":"-1","output":"1","source":"s","retrieved":"2026-01-01"}]}]})");
        QTest::newRow("no source") << QByteArray(R"({"schema":"lectern.prices/1","models":[{"id":"m","prices":[{"uncached":"1","output":"1"}]}]})");
    }
    void nonsenseIsRefused() {
        QFETCH(QByteArray, file);
        QVERIFY_EXCEPTION_THROWN(importPrices(m_shipped, file.toStdString(), "list.json", "2026-11-25"), std::runtime_error);
    }
};

QTEST_GUILESS_MAIN(TestPrices)
#include "tst_prices.moc"
