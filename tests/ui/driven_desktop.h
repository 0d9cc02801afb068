// The real program lectern-desktop as a child process, driven by object name through the plug-in of
// tests/driver. The test becomes the reaper of what the program leaves behind, so that an orphan is seen and
// named.
#pragma once

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QProcessEnvironment>
#include <QStringList>
#include <QThread>

#include <csignal>
#include <sys/prctl.h>
#include <sys/wait.h>

class DrivenDesktop {
public:
    explicit DrivenDesktop(const QStringList& arguments, const QStringList& wrapper = {},
                           const QMap<QString, QString>& more = {}) {
        ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("QT_QPA_PLATFORM", "offscreen");
        environment.insert("QT_PLUGIN_PATH", BUILD_BIN "/../tests");
        environment.insert("QT_QPA_GENERIC_PLUGINS", "lectern_driver");
        for (auto one = more.begin(); one != more.end(); ++one) environment.insert(one.key(), one.value());
        m_process.setProcessEnvironment(environment);
        m_process.setProcessChannelMode(QProcess::SeparateChannels);
        QStringList command = wrapper;
        command << BUILD_BIN "/lectern-desktop" << arguments;
        m_started = std::chrono::steady_clock::now().time_since_epoch().count();
        m_process.start(command.takeFirst(), command);
        m_process.waitForStarted();
    }
    ~DrivenDesktop() {
        if (m_process.state() != QProcess::NotRunning) {
            m_process.kill();
            m_process.waitForFinished();
        }
    }

    // One command, one answer; empty when the program is gone.
    QString ask(const QString& command, int timeout = 30'000) {
        m_process.write(command.toUtf8() + '\n');
        QElapsedTimer clock;
        clock.start();
        while (!m_process.canReadLine() && m_process.state() == QProcess::Running &&
               clock.elapsed() < timeout)
            m_process.waitForReadyRead(50);
        return QString::fromUtf8(m_process.readLine()).trimmed();
    }
    bool does(const QString& command, int timeout = 30'000) { return until(command, "ok", timeout); }
    // Asks until the answer begins with or holds the words.
    bool until(const QString& command, const QString& words, int timeout = 60'000) {
        QElapsedTimer clock;
        clock.start();
        do {
            m_last = ask(command);
            if (m_last.startsWith("ok") && m_last.contains(words)) return true;
            QThread::msleep(5);
        } while (clock.elapsed() < timeout && m_process.state() == QProcess::Running);
        m_last = command + ": " + m_last + " " + QString::fromUtf8(m_process.readAllStandardError());
        return false;
    }
    bool ready(int timeout = 60'000) { return until("text busy.what", "Ready", timeout); }
    double millisecondsToFirstPaint() {
        return until("painted", "ok") ? double(m_last.section(' ', 1).toLongLong() - m_started) / 1e6 : -1;
    }
    QString last() const { return m_last; } // the last answer, for a message
    qint64 processId() const { return m_process.processId(); }

    void kill() {
        m_process.kill();
        m_process.waitForFinished();
    }
    // The close button; the exit status, or -1 when it did not end in time or crashed.
    int close(int timeout = 20'000) {
        m_process.write("close window\n");
        return ended(timeout);
    }
    int ended(int timeout = 20'000) {
        if (!m_process.waitForFinished(timeout)) return -1;
        m_errors = QString::fromUtf8(m_process.readAllStandardError());
        return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
    }
    QString errors() const { return m_errors; }

    // Programs that a process has started and that still run; those that ended are reaped.
    static QStringList children(qint64 parent) {
        QStringList found;
        for (const QString& entry : QDir("/proc").entryList(QDir::Dirs)) {
            QFile status("/proc/" + entry + "/stat");
            if (entry.toInt() <= 0 || !status.open(QIODevice::ReadOnly)) continue;
            const QByteArray line = status.readAll(),
                             rest = line.mid(line.lastIndexOf(')') + 2); // "pid (name) state parent …"
            if (rest.split(' ').value(1).toLongLong() != parent) continue;
            if (!rest.startsWith('Z'))
                found << QString::fromUtf8(line.left(line.lastIndexOf(')') + 1));
            else if (parent == QCoreApplication::applicationPid())
                ::waitpid(entry.toInt(), nullptr, WNOHANG);
        }
        return found;
    }
    // What outlived the desktop, after the moment the kernel needs to take it down.
    static QStringList orphans(int patience = 1000) {
        QElapsedTimer clock;
        clock.start();
        QStringList found;
        while (!(found = children(QCoreApplication::applicationPid())).isEmpty() &&
               clock.elapsed() < patience)
            QThread::msleep(20);
        return found;
    }

private:
    QProcess m_process;
    qint64 m_started = 0;
    QString m_last, m_errors;
};
