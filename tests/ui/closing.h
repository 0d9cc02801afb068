// The real program closed at random moments of every operation: reading, a run without a model, with a
// scripted one, with one in a child process, a question, an export, pages of a PDF, a question of consent. It
// must end by itself with 0, say nothing of threads or locks, leave no program behind, and a session that
// opens. Prints what each operation took.
#pragma once

#include "app/resources.h"
#include "app/settings.h"
#include "app/store/session_store.h"
#include "driven_desktop.h"
#include "window_fixture.h"

#include <QRandomGenerator>

namespace closing {

struct Operation {
    const char* name;
    QString engine; // what the settings say
    int longest;    // the close comes within so many milliseconds after the start of it
    std::function<bool(DrivenDesktop&)> start;
};

inline QString writeScript(const OwnFolders& folders, const QString& name, const QString& host, int delay,
                           const QString& text, const QString& more = {}) {
    QFile file(folders.path(name));
    if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write %s", qPrintable(name));
    const QString usage = R"({"input_uncached": 400000, "input_cached": 0, "output": 4000})";
    file.write(
        QString(
            R"({"schema": "lectern.script/1", "name": "script", "model": "scripted", "level": 2, "window": 1048576, "host": "%1",
                          "price_row": "deepseek-flash", "note": ""%5,
                          "turns": [{"when": {"choices": true}, "times": 0, "reply": {"choice": 0, "delay_ms": %2, "usage": %4}},
                                    {"when": {}, "times": 0, "reply": {"text": "%3", "delay_ms": %2, "usage": %4}}]})")
            .arg(host)
            .arg(delay)
            .arg(text, usage, more)
            .toUtf8());
    return "script:" + file.fileName();
}

inline std::vector<Operation> operations(const OwnFolders& folders) {
    const auto ready = [](DrivenDesktop& desktop) {
        return desktop.until("enabled action.run.start", "ok") && desktop.ready();
    };
    const auto review = [ready](DrivenDesktop& desktop) {
        return ready(desktop) && desktop.does("trigger action.run.review");
    };
    const QString slow = writeScript(folders, "closing.json", "", 15, "One line about it."),
                  far = writeScript(folders, "consent.json", "api.example.org", 5, "One line.");
    return {
        {"reading", "none", 400, [](DrivenDesktop& desktop) { return desktop.until("painted", "ok"); }},
        {"review without a model", "none", 150, review},
        {"review with a script", slow, 500, review},
        {"review with an engine child", TEST_DATA "/tiny", 1500, review},
        {"question", slow, 300,
         [ready](DrivenDesktop& desktop) {
             return ready(desktop) && desktop.does("trigger action.run.ask") &&
                    desktop.does("type ask.question what does the spool keep?") &&
                    desktop.until("click ask.send", "ok");
         }},
        {"export", "none", 300,
         [ready](DrivenDesktop& desktop) {
             return ready(desktop) && desktop.does("trigger action.run.summary") &&
                    desktop.until("enabled action.report.export", "ok") && desktop.ready() &&
                    desktop.does("trigger action.report.export") &&
                    desktop.until("enabled export.save", "ok") && desktop.does("choose export.format 2") &&
                    desktop.does("click export.save") &&
                    desktop.until("type fileNameEdit closing.pdf", "ok") &&
                    desktop.does("key QFileDialog Return");
         }},
        {"pages of a PDF", "none", 300,
         [ready](DrivenDesktop& desktop) {
             return ready(desktop) && desktop.until("find intake.table .pdf", "ok") &&
                    desktop.does("activate intake.table " + desktop.last().section(' ', 1));
         }},
        {"consent", far, 200,
         [review](DrivenDesktop& desktop) {
             return review(desktop) && desktop.until("visible dialog.consent", "ok");
         }},
    };
}

inline void rounds(const OwnFolders& folders, int count, unsigned seed = 0) {
    const auto all = operations(folders);
    QRandomGenerator random(20261125 + seed);
    std::vector<int> closed(all.size()), slowest(all.size()), helped(all.size());
    QDir::setCurrent(folders.path(""));
    for (int round = 0; round < count; ++round) {
        const std::size_t which = std::size_t(round) % all.size();
        const Operation& operation = all[which];
        app::Settings settings;
        settings.engine = operation.engine.toStdString();
        settings.secrets = "mask";
        app::saveSettings(settings);
        DrivenDesktop desktop({folders.path("resources/sample")});
        // every other time soon, while helpers are surely at work also on a fast machine
        const int delay = int(random.bounded(round / int(all.size()) % 2 ? 30 : operation.longest));
        const QByteArray what =
            QString("round %1, %2, closed after %3 ms: ").arg(round).arg(operation.name).arg(delay).toUtf8();
        QVERIFY2(operation.start(desktop), (what + desktop.last().toUtf8()).constData());
        QThread::msleep(unsigned(delay));
        helped[which] += DrivenDesktop::children(desktop.processId()).isEmpty() ? 0 : 1;
        QElapsedTimer clock;
        clock.start();
        QVERIFY2(desktop.close() == 0,
                 (what + "did not end by itself: " + desktop.errors().toUtf8()).constData());
        slowest[which] = std::max(slowest[which], int(clock.elapsed()));
        ++closed[which];
        for (const char* word : {"QThread", "QMutex", "QObject", "QTimer", "terminate", "Sanitizer"})
            QVERIFY2(!desktop.errors().contains(word), (what + desktop.errors().toUtf8()).constData());
        const QStringList orphans = DrivenDesktop::orphans();
        QVERIFY2(orphans.isEmpty(), (what + "left behind " + orphans.join(", ").toUtf8()).constData());
    }
    int sessions = 0;
    const QDir data(QString::fromStdString(app::dataFolder().string()));
    for (const QString& file : data.entryList({"*.lectern"})) {
        const app::SessionStore store(data.filePath(file).toStdString());
        if (const auto damage = store.check()) QFAIL(damage->c_str());
        ++sessions;
    }
    QVERIFY(sessions > 0);
    for (std::size_t i = 0; i < all.size(); ++i)
        qInfo("%-28s closed %3d times, %3d of them with another program at work, ended within %d ms",
              all[i].name, closed[i], helped[i], slowest[i]);
    if (std::none_of(helped.begin(), helped.end(), [](int times) { return times > 0; }))
        qWarning("nothing was running that could have stayed behind");
}

} // namespace closing
