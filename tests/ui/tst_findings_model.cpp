// The findings as rows: model testers over model and filter, states laid over, grouping, streaming, tabs.
#include "tests/ui/evidence_fixture.h"
#include "ui/models/findings_filter.h"

#include <QAbstractItemModelTester>
#include <QtTest>

using namespace testing;

class FindingsModelTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void rowsTellTheReport();
    void tabsAndFilters();
    void groupsHaveHeadings();
    void statesLieOverAndGoBack();
    void findingsArriveOneByOne();
    void unseenLettersAreEscaped();

private:
    std::shared_ptr<const app::Report> report(int count) const;
    std::shared_ptr<const ingest::Corpus> m_corpus;
};

void FindingsModelTest::initTestCase() {
    m_corpus = corpusOf({textDocument("src/net/a.cpp", "int a;\nreturn length;\n"), textDocument("src/b.cpp", "void b();\n")});
}

std::shared_ptr<const app::Report> FindingsModelTest::report(int count) const {
    auto report = std::make_shared<app::Report>();
    report->run.goal = "review";
    for (int i = 1; i <= count; ++i) {
        const bool a = i % 3 == 0;
        report->findings.push_back(findingOf(i, app::Severity(i % 5), "Finding number " + std::to_string(i),
                                             {evidenceOf(*m_corpus, a ? "src/net/a.cpp" : "src/b.cpp", a ? "return length" : "void b", app::EvidenceRole::Site)}));
        report->findings.back().state = i % 10 == 0 ? "uncertain" : "open";
    }
    report->rejected.push_back(findingOf(count + 1, app::Severity::Low, "Rejected one", {}));
    report->rejected.back().state = "rejected";
    return report;
}

void FindingsModelTest::rowsTellTheReport() {
    ui::FindingsModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model.rowCount(), 0);
    model.setReport(report(20));
    QCOMPARE(model.rowCount(), 21);
    QCOMPARE(model.index(2).data().toString(), QString("Finding number 3"));
    QCOMPARE(model.index(2).data(ui::FindingsModel::PlaceRole).toString(), QString("src/net/a.cpp:2"));
    QVERIFY(model.index(2).data(Qt::AccessibleTextRole).toString().contains("Medium") || model.index(2).data(Qt::AccessibleTextRole).toString().contains("High"));
    model.setReport(nullptr);
    QCOMPARE(model.rowCount(), 0);
}

void FindingsModelTest::tabsAndFilters() {
    ui::FindingsModel model;
    ui::FindingsFilter filter(model);
    QAbstractItemModelTester tester(&filter, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setReport(report(20));
    QCOMPARE(filter.rowCount(), 18);
    QCOMPARE(filter.count("uncertain"), 2);
    QCOMPARE(filter.count("rejected"), 1);
    ui::FindingsQuery query;
    query.text = "NUMBER 1";
    filter.setQuery(query);
    QCOMPARE(filter.rowCount(), 10); // 1, 11..19
    query.text.clear();
    query.folder = "src/net";
    filter.setQuery(query);
    QCOMPARE(filter.rowCount(), 6); // 3 6 9 12 15 18
    query.folder.clear();
    query.severities = {false, false, false, false, true};
    filter.setQuery(query);
    QCOMPARE(filter.rowCount(), 4); // 4 9 14 19
    query.kind = "bug";
    filter.setQuery(query);
    QCOMPARE(filter.rowCount(), 2); // 9 19
    query = {};
    query.state = "rejected";
    filter.setQuery(query);
    QCOMPARE(filter.rowCount(), 1);
    QCOMPARE(filter.index(0).data().toString(), QString("Rejected one"));
}

void FindingsModelTest::groupsHaveHeadings() {
    ui::FindingsModel model;
    model.setReport(report(20));
    ui::FindingsFilter filter(model);
    QAbstractItemModelTester tester(&filter, QAbstractItemModelTester::FailureReportingMode::QtTest);
    ui::FindingsQuery query;
    query.grouping = ui::Grouping::Folder;
    filter.setQuery(query);
    QCOMPARE(filter.rowCount(), 20); // 18 findings, 2 headings
    QCOMPARE(filter.index(0).data().toString(), QString("src (12)"));
    QVERIFY(!(filter.index(0).flags() & Qt::ItemIsSelectable));
    QCOMPARE(filter.sourceRow(0), -1);
    QCOMPARE(filter.index(13).data().toString(), QString("src/net (6)"));
    query.grouping = ui::Grouping::Severity;
    filter.setQuery(query);
    QVERIFY(filter.index(0).data().toString().startsWith("Critical"));
}

void FindingsModelTest::statesLieOverAndGoBack() {
    ui::FindingsModel model;
    model.setReport(report(5));
    const std::vector<app::TriageChange> changes{{"F2", "open", "", "fixed", "done"}};
    QSignalSpy told(&model, &QAbstractItemModel::dataChanged);
    model.apply(changes, false);
    QCOMPARE(told.count(), 1);
    QCOMPARE(model.state(1), std::string("fixed"));
    QCOMPARE(model.finding(1).state, std::string("open")); // the report itself is immutable
    model.apply(changes, true);
    QCOMPARE(model.state(1), std::string("open"));
}

void FindingsModelTest::findingsArriveOneByOne() {
    ui::FindingsModel model;
    ui::FindingsFilter filter(model);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QAbstractItemModelTester other(&filter, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy inserted(&filter, &QAbstractItemModel::rowsInserted);
    const auto all = report(10);
    for (const app::Finding& finding : all->findings)
        model.append(finding);
    QCOMPARE(model.rowCount(), 10);
    QCOMPARE(inserted.count(), 9); // one is uncertain
    QCOMPARE(filter.count("uncertain"), 1);
}

void FindingsModelTest::unseenLettersAreEscaped() {
    ui::FindingsModel model;
    auto report = std::make_shared<app::Report>();
    report->findings.push_back(findingOf(1, app::Severity::High, "is\xe2\x80\xae" "Admin\xf3\xa0\x81\x81", {}));
    model.setReport(report);
    QCOMPARE(model.index(0).data().toString(), QString("is\\u{202e}Admin\\u{e0041}"));
}

QTEST_MAIN(FindingsModelTest)
#include "tst_findings_model.moc"
