// The budgets of the window, as CSV rows: start to first paint, a session of 50,000 files opened, a filter
// over 100,000 findings, 200 streamed chunks, how soon a stop is acknowledged.
//   bench_window [--files N] [--runs N]
// Offscreen: QT_QPA_PLATFORM=offscreen. The real program is started for the first row; the rest is the real
// window in this process. A `stall` is the longest time that the main thread kept a waiting event waiting,
// less what the machine gave to others meanwhile.
#include "tests/ui/driven_desktop.h"
#include "tests/ui/evidence_fixture.h"
#include "tests/ui/window_fixture.h"
#include "ui/panels/findings_panel.h"
#include "ui/widgets/markdown_view.h"

#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>

#include <cstdio>

namespace {

using Clock = std::chrono::steady_clock;

// Milliseconds on the wall, and of all processors in this program.
struct Taken {
    double wall = 0, processor = 0;
};

class Stopwatch {
public:
    Taken taken() const {
        return {std::chrono::duration<double, std::milli>(Clock::now() - m_begin).count(),
                processor() - m_processor};
    }

private:
    static double processor() {
        timespec now{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
    }
    Clock::time_point m_begin = Clock::now();
    double m_processor = processor();
};

void row(const char* what, std::vector<Taken> taken, double budget, const QString& note = {}) {
    std::sort(taken.begin(), taken.end(), [](const Taken& a, const Taken& b) { return a.wall < b.wall; });
    double processor = 0;
    for (const Taken& one : taken) processor += one.processor / double(taken.size());
    std::printf("%s,%zu,%.1f,%.1f,%.1f,%.1f,%.0f,%s\n", what, taken.size(), taken.front().wall,
                taken[taken.size() / 2].wall, taken.back().wall, processor, budget, qPrintable(note));
    std::fflush(stdout);
}

QString stall(const RealWindow& real) {
    return QString("stall %1 ms").arg(real.watch->longest(), 0, 'f', 0);
}

void start(int runs) {
    std::vector<Taken> painted;
    for (int i = 0; i < runs; ++i) {
        DrivenDesktop desktop(QStringList{});
        painted.push_back({desktop.millisecondsToFirstPaint(), 0}); // of another program
        desktop.close();
    }
    row("process start to first paint", painted, 500);
}

QString manyFiles(const OwnFolders& folders, int files) {
    for (int i = 0; i < files; ++i) {
        const QString folder = folders.path(QString("many/module%1/part%2").arg(i / 2500).arg(i / 100 % 25));
        if (i % 100 == 0) QDir().mkpath(folder);
        QFile file(folder + QString("/file%1.c").arg(i));
        if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write the files");
        file.write(QString("// Part %1.\nint value%1(int input) {\n    return input * %2;\n}\n")
                       .arg(i)
                       .arg(i % 97)
                       .toUtf8());
    }
    return folders.path("many");
}

void session(const QString& folder, int files, int runs) {
    QString file;
    {
        RealWindow real;
        auto begin = Stopwatch();
        real.desk.openPaths({folder});
        (void)QTest::qWaitFor([&] { return real.desk.intake() && !real.desk.busy(); }, 600'000);
        row("files read the first time", {begin.taken()}, 0,
            QString("%1 files; %2").arg(real.desk.corpus()->documents().size()).arg(stall(real)));
        real.watch.emplace();
        begin = Stopwatch();
        real.trigger("action.run.review");
        (void)QTest::qWaitFor([&] { return real.desk.report() && !real.desk.busy(); }, 600'000);
        row("review without a model", {begin.taken()}, 0,
            QString("%1 findings; %2").arg(real.desk.report()->findings.size()).arg(stall(real)));
        file = QString::fromStdString(real.desk.store()->file().string());
    }
    std::vector<Taken> shown, whole;
    double longest = 0;
    for (int i = 0; i < runs; ++i) {
        RealWindow real;
        const auto begin = Stopwatch();
        real.desk.openSession(file);
        (void)QTest::qWaitFor([&] { return real.desk.report() != nullptr; }, 600'000);
        real.window.grab();
        shown.push_back(begin.taken());
        (void)QTest::qWaitFor([&] { return real.desk.intake() && !real.desk.busy(); }, 600'000);
        whole.push_back(begin.taken());
        longest = std::max(longest, real.watch->longest());
    }
    const QString note = QString("%1 files; stall %2 ms").arg(files).arg(longest, 0, 'f', 0);
    row("session opened: its report in view", shown, 2000, note);
    row("session opened: every file read again", whole, 0, note);
}

void stop(const QString& folder, int runs) {
    std::vector<Taken> acknowledged, ended;
    for (int i = 0; i < runs; ++i) {
        RealWindow real;
        real.desk.openPaths({folder});
        auto* const button = real.get<QPushButton>("busy.stop");
        (void)QTest::qWaitFor([&] { return button->isVisible(); }, 60'000);
        QTest::qWait(100 + 300 * i / runs);
        const auto begin = Stopwatch();
        QTest::mouseClick(button, Qt::LeftButton);
        real.get("busy.what")->repaint();
        acknowledged.push_back(begin.taken());
        (void)QTest::qWaitFor([&] { return !real.desk.busy(); }, 60'000);
        ended.push_back(begin.taken());
    }
    row("stop acknowledged", acknowledged, 100);
    row("stop: the work has ended", ended, 0);
}

std::shared_ptr<app::Report> manyFindings(int count) {
    const auto corpus = testing::corpusOf({testing::textDocument("src/a.cpp", "int a;\n")});
    const app::Evidence evidence =
        testing::evidenceOf(*corpus, "src/a.cpp", "int a", app::EvidenceRole::Site);
    auto report = std::make_shared<app::Report>();
    report->run.goal = "review";
    for (int i = 1; i <= count; ++i) {
        app::Finding finding;
        finding.id = 'F' + std::to_string(i);
        finding.rule = "R" + std::to_string(i % 300);
        finding.kind = i % 2 ? "bug" : "security";
        finding.state = "open";
        finding.severity = app::Severity(i % 5);
        finding.title.text =
            "The length of packet number " + std::to_string(i) + " is not checked before it is used";
        finding.evidence = {evidence};
        finding.evidence[0].file =
            "src/module" + std::to_string(i % 900) + "/file" + std::to_string(i % 4000) + ".cpp";
        report->findings.push_back(std::move(finding));
    }
    return report;
}

void filter(int runs) {
    RealWindow real;
    (void)real.openSample();
    const auto report = manyFindings(100'000);
    real.watch.emplace();
    auto begin = Stopwatch();
    real.desk.setReport(report);
    real.window.showPanel("dock.findings");
    real.window.grab();
    row("100000 findings shown", {begin.taken()}, 0, stall(real));
    real.watch.emplace();
    auto& filter = real.get<ui::FindingsPanel>("panel.findings")->filter();
    auto* const list = real.get<QListView>("findings.list");
    std::vector<Taken> narrow, wide;
    for (int i = 0; i < runs; ++i) {
        ui::FindingsQuery query = filter.query();
        query.text = QString("number 7%1").arg(i % 10);
        begin = Stopwatch();
        filter.setQuery(query);
        list->viewport()->repaint();
        narrow.push_back(begin.taken());
        query.text = "not checked";
        begin = Stopwatch();
        filter.setQuery(query);
        list->viewport()->repaint();
        wide.push_back(begin.taken());
        QTest::qWait(20);
    }
    row("filter over 100000 findings (few stay)", narrow, 100, stall(real));
    row("filter over 100000 findings (all stay)", wide, 100);
}

void chunks(int runs) {
    std::vector<Taken> total;
    double worst = 0;
    for (int i = 0; i < runs; ++i) {
        ui::MarkdownView view;
        view.resize(600, 800);
        view.show();
        (void)QTest::qWaitForWindowExposed(&view);
        Taken sum;
        for (int chunk = 0; chunk < 200; ++chunk) {
            const auto begin = Stopwatch();
            view.append(
                "The parser reads a length and **trusts** it, see [here](src/a.cpp:12). " +
                QString(chunk % 10 == 9 ? "\n\n- item\n- item\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n" : ""));
            view.viewport()->repaint();
            const Taken took = begin.taken();
            sum.wall += took.wall, sum.processor += took.processor, worst = std::max(worst, took.processor);
        }
        total.push_back(sum);
    }
    row("200 streamed chunks", total, 1000,
        QString("slowest chunk %1 ms of processor").arg(worst, 0, 'f', 1));
}

} // namespace

int main(int argc, char** argv) {
    const OwnFolders folders;
    QApplication application(argc, argv);
    QApplication::setApplicationName("lectern");
    const QStringList arguments = QApplication::arguments();
    const auto option = [&](const QString& name, int otherwise) {
        const qsizetype at = arguments.indexOf(name);
        return at >= 0 ? arguments.value(at + 1).toInt() : otherwise;
    };
    const int files = option("--files", 50'000), runs = option("--runs", 10);
    std::puts("what,runs,least_ms,median_ms,most_ms,mean_processor_ms,budget_ms,note");
    start(runs);
    chunks(runs);
    filter(runs);
    const QString folder = manyFiles(folders, files);
    session(folder, files, std::max(1, runs / 3));
    stop(folder, runs);
}
