// Jobs: only the newest of its kind delivers, only to a receiver that lives; progress is merged; stop is acknowledged
// and keeps what arrived; a broken job is a sentence.
#include "app/job.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <QThread>

#include <atomic>

using namespace app;

class TestJob : public QObject {
    Q_OBJECT

private slots:
    void deliversOnTheMainThread() {
        JobRunner runner;
        QObject receiver;
        int result = 0;
        runner.start<int>("sum", &receiver, [](const JobContext&) { return 42; },
                          [&](int value) {
                              QVERIFY(QThread::currentThread() == qApp->thread());
                              result = value;
                          },
                          {});
        QVERIFY(runner.running("sum"));
        QTRY_COMPARE(result, 42);
        QVERIFY(!runner.running("sum"));
        QCOMPARE(runner.count(), 0);
    }

    void onlyTheNewestDelivers() {
        JobRunner runner;
        QObject receiver;
        QSignalSpy ended(&runner, &JobRunner::ended);
        std::vector<int> results;
        std::atomic<bool> go{false};
        for (int i = 0; i < 5; ++i)
            runner.start<int>("search", &receiver,
                              [i, &go](const JobContext& context) {
                                  while (!go && !context.stop().stop_requested())
                                      QThread::msleep(1);
                                  return i;
                              },
                              [&](int value) { results.push_back(value); }, {});
        go = true;
        QTRY_COMPARE(ended.count(), 5);
        QCOMPARE(results, std::vector<int>{4});
    }

    void deadReceiversGetNothing() {
        JobRunner runner;
        auto receiver = std::make_unique<QObject>();
        QSignalSpy ended(&runner, &JobRunner::ended);
        bool called = false;
        std::atomic<bool> go{false};
        runner.start<int>("x", receiver.get(),
                          [&](const JobContext& context) {
                              while (!go)
                                  QThread::msleep(1);
                              context.post([&] { called = true; });
                              return 1;
                          },
                          [&](int) { called = true; }, {});
        receiver.reset();
        go = true;
        QTRY_COMPARE(ended.count(), 1);
        QVERIFY(!called);
    }

    void progressIsMergedAndPostsAreNot() {
        JobRunner runner;
        QObject receiver;
        QSignalSpy progressed(&runner, &JobRunner::progressed);
        QSignalSpy ended(&runner, &JobRunner::ended);
        int posts = 0, last = -1;
        bool ordered = true;
        runner.start<int>("read", &receiver,
                          [&](const JobContext& context) {
                              QElapsedTimer timer;
                              timer.start();
                              for (int i = 0; i < 2000; ++i) {
                                  context.progress(i, 2000);
                                  context.post([&, i] {
                                      ordered &= i == last + 1;
                                      last = i;
                                      ++posts;
                                  });
                                  if (i % 10 == 0)
                                      QThread::msleep(1);
                              }
                              return 0;
                          },
                          [](int) {}, {});
        QTRY_COMPARE(ended.count(), 1);
        QCOMPARE(posts, 2000);
        QVERIFY(ordered);
        QVERIFY2(progressed.count() >= 1 && progressed.count() <= 60, qPrintable(QString::number(progressed.count())));
    }

    void stopDropsTheResultAndKeepsEvents() {
        JobRunner runner;
        QObject receiver;
        QSignalSpy ended(&runner, &JobRunner::ended), stopping(&runner, &JobRunner::stopping);
        int kept = 0;
        bool delivered = false;
        runner.start<int>("review", &receiver,
                          [&](const JobContext& context) {
                              context.post([&] { ++kept; });
                              while (!context.stop().stop_requested())
                                  QThread::msleep(1);
                              return 1;
                          },
                          [&](int) { delivered = true; }, {});
        QTRY_COMPARE(kept, 1);
        QElapsedTimer timer;
        timer.start();
        runner.stop("review");
        QCOMPARE(stopping.count(), 1);
        QVERIFY(timer.elapsed() < 100);
        QTRY_COMPARE(ended.count(), 1);
        QVERIFY(!delivered);
        QCOMPARE(kept, 1);
    }

    void exceptionsBecomeSentences() {
        JobRunner runner;
        QObject receiver;
        QString problem;
        runner.start<int>("x", &receiver, [](const JobContext&) -> int { throw std::runtime_error("The file is gone."); }, [](int) {},
                          [&](const QString& sentence) { problem = sentence; });
        QTRY_COMPARE(problem, QString("The file is gone."));
    }

    void destructionWaitsAndDeliversNothing() {
        bool delivered = false;
        std::atomic<bool> ended{false};
        QObject receiver;
        {
            JobRunner runner;
            runner.start<int>("x", &receiver,
                              [&](const JobContext& context) {
                                  while (!context.stop().stop_requested()) {
                                      context.progress(1, 2);
                                      QThread::msleep(1);
                                  }
                                  ended = true;
                                  return 1;
                              },
                              [&](int) { delivered = true; }, {});
            QTest::qWait(20);
        }
        QVERIFY(ended);
        QTest::qWait(60);
        QVERIFY(!delivered);
    }
};

QTEST_GUILESS_MAIN(TestJob)
#include "tst_job.moc"
