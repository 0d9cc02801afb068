// The hostile repository (P10): generated, read by a child of this program under strace where that is installed. No
// program runs, nothing outside is opened, nobody is called, time and memory stay bounded, every entry is accounted for.
#include "ingest/corpus.h"
#include "ingest/filter.h"
#include "ingest/source.h"
#include "tests/support/git_repository.h"

#include <QProcess>
#include <QStandardPaths>
#include <QtTest>

#include <cstdio>
#include <filesystem>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <zlib.h>

using namespace ingest;

namespace {

namespace fs = std::filesystem;

struct Outcome {
    std::uint64_t documents = 0, skipped = 0, peak = 0;
    double seconds = 0;
};

std::shared_ptr<const Corpus> readAll(const std::string& path) {
    std::vector<std::unique_ptr<Source>> sources;
    sources.push_back(openSource(path, {}));
    return readCorpus(sources, {}, {}, {});
}

std::string deflated(const std::string& bytes) {
    uLongf size = compressBound(bytes.size());
    std::string packed(size, '\0');
    compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    packed.resize(size);
    return packed;
}

// A loose object whose name and header may lie.
std::string plant(const testing::GitRepository& repository, char digit, const std::string& raw) {
    const std::string id(40, digit);
    repository.write((fs::exists(repository.path() + "/.git") ? ".git/" : "") + std::string("objects/") + id.substr(0, 2) + "/" + id.substr(2), deflated(raw));
    return id;
}

void makeMonster(const testing::Folder& folder, const testing::GitRepository& repository) {
    folder.write("outside/secret.txt", "SECRET");
    for (int i = 0; i < 9000; ++i)
        repository.write("src/d" + std::to_string(i % 97) + "/f" + std::to_string(i) + ".c", "int f" + std::to_string(i) + ";\n");
    for (int i = 0; i < 200; ++i) {
        const std::string name = repository.path() + "/odd/" + std::to_string(i);
        fs::create_directories(repository.path() + "/odd");
        if (i % 4 == 0)
            QCOMPARE(::mkfifo((name + ".c").c_str(), 0600), 0);
        else if (i % 4 == 1)
            QCOMPARE(::symlink(folder.at("outside/secret.txt").c_str(), (name + ".txt").c_str()), 0);
        else if (i % 4 == 2)
            QCOMPARE(::symlink("..", name.c_str()), 0);
        else if (::mknod((name + ".dev").c_str(), S_IFCHR | 0600, makedev(1, 5)) != 0)
            repository.write("odd/" + std::to_string(i) + ".dev", "no rights to make a device");
    }
    std::string deep = "deep";
    for (int i = 0; i < 300; ++i)
        deep += "/d";
    fs::create_directories(repository.path() + "/" + deep);
    repository.write(deep + "/end.c", "deep\n");
    for (const char* name : {"new\nline.c", "esc\x1b[31m.c", "rtl\xe2\x80\xae" "c.gpj", "bad\xff\xfe.c", "-rf", "~", "$(touch x)", "CON", "a b", "'", "%s%n"})
        repository.write(std::string("names/") + name, name);
    repository.write("names/" + std::string(250, 'n'), "long name");
    repository.write(".gitattributes", "*.c filter=evil diff=evil\n" + std::string(1 << 20, 'a') + "\n");
    repository.write("many/.gitignore", [] {
        std::string rules;
        for (int i = 0; i < 2000; ++i)
            rules += "**/a*a*a*a*a*a*a*b" + std::to_string(i) + "/**\n";
        return rules;
    }());
    for (int i = 0; i < 200; ++i)
        repository.write("many/" + std::string(100, 'a') + std::to_string(i), "a");
    repository.write(".gitmodules", "[submodule \"../../x\"]\n\tpath = ../../outside\n\turl = ext::touch " + folder.at("ran") + "\n");
    repository.stage(".gitmodules");
    repository.commit("one", 1000);
    const std::string touch = "touch " + folder.at("ran");
    repository.write(".git/config", "[core]\n\trepositoryformatversion = 1\n\tfsmonitor = " + touch + "\n\thooksPath = hooks\n\tsshCommand = " + touch
                                        + "\n\tattributesFile = " + folder.at("outside/secret.txt") + "\n\texcludesFile = "
                                        + folder.at("outside/secret.txt") + "\n\tpager = " + touch + "\n[filter \"evil\"]\n\tclean = " + touch
                                        + "\n\tsmudge = " + touch + "\n\trequired = true\n[diff \"evil\"]\n\ttextconv = " + touch
                                        + "\n[extensions]\n\tpartialclone = origin\n[remote \"origin\"]\n\turl = ext::" + touch
                                        + "\n\tpromisor = true\n[protocol \"ext\"]\n\tallow = always\n");
    for (const char* hook : {"post-checkout", "fsmonitor-watchman", "post-index-change"}) {
        repository.write(std::string(".git/hooks/") + hook, "#!/bin/sh\n" + touch + "\n");
        ::chmod((repository.path() + "/.git/hooks/" + hook).c_str(), 0755);
    }
    std::string refs = "# pack-refs with: peeled fully-peeled sorted\n";
    for (int i = 0; i < 20000; ++i)
        refs += std::string(40, 'a') + " refs/tags/t" + std::to_string(100000 + i) + "\n";
    repository.write(".git/packed-refs", refs);
    repository.write(".git/objects/pack/pack-" + std::string(40, '1') + ".idx", "\xfftOc" + std::string(2000, '\x7f'));
    repository.write(".git/objects/pack/pack-" + std::string(40, '1') + ".pack", "PACK" + std::string(2000, '\x7f'));
}

// A commit of everything no program would write. Gives the number of entries in it.
int makeMonsterTree(const testing::GitRepository& repository) {
    const std::string good = repository.blob("good\n");
    std::vector<testing::GitRepository::TreeItem> items;
    for (const std::string& name : {std::string(".."), std::string("."), std::string(".git"), std::string(".GIT"), std::string("git~1"), std::string("a\nb"),
                                    std::string("esc\x1b"), std::string("bad\xff"), std::string("rtl\xe2\x80\xae"), std::string(4095, 'n'), std::string("twice"),
                                    std::string("twice"), std::string("a"), std::string("../../etc/passwd")})
        items.push_back({0100644, name, good});
    items.push_back({0120000, "link", repository.blob("/")});
    items.push_back({0120000, "hugelink", repository.blob(std::string(100000, 'x'))});
    items.push_back({0160000, "sub", std::string(40, '9')});
    items.push_back({0, "nomode", good});
    items.push_back({0100644, "missing", std::string(40, '8')});
    items.push_back({040000, "missingtree", std::string(40, '8')});
    items.push_back({040000, "notree", good});
    items.push_back({0100644, "noblob", repository.tree({{0100644, "x", good}})});
    // Says 2 GiB and is a few bytes; says less than it has; is no object at all.
    items.push_back({0100644, "huge.c", plant(repository, '2', "blob 2147483648" + std::string("\0zero", 5))});
    items.push_back({0100644, "liar.c", plant(repository, '3', "blob 3" + std::string("\0longer than that", 17))});
    items.push_back({0100644, "garbage.c", plant(repository, '4', "nonsense")});
    std::string deep = repository.tree({{0100644, "end.c", repository.blob("deep\n")}});
    for (int i = 0; i < 400; ++i)
        deep = repository.tree({{040000, "d", deep}});
    items.push_back({040000, "deep", deep});
    repository.commitTree(repository.tree(items), 2000);
    return static_cast<int>(items.size());
}

// Opened files that are neither the repository's nor the machinery every program needs.
QStringList opensOutside(const QByteArray& trace, const QString& root) {
    QStringList outside;
    static const QStringList machinery{"/etc/ld.so", "/lib", "/usr/lib", "/usr/local/lib", "/proc/self", "/proc/sys/vm", "/sys/devices/system", "/sys/fs/cgroup",
                                       "/proc/cpuinfo", "/dev/urandom", "/usr/share/locale", "/proc/stat", "/proc/meminfo", "/etc/localtime", "/usr/share/zoneinfo",
                                       "/etc/ssl/certs"}; // libgit2 loads its TLS library when it starts, and never uses it here
    for (const QByteArray& line : trace.split('\n')) {
        static const QRegularExpression call("(?:open|openat|openat2|creat)\\((?:AT_FDCWD(?:<[^>]*>)?, )?\"([^\"]*)\"");
        const auto match = call.match(QString::fromLatin1(line));
        if (!match.hasMatch() || line.contains("= -1 ") || !match.captured(1).startsWith('/'))
            continue;
        const QString path = match.captured(1);
        if (path != root && !path.startsWith(root + "/") && path != "/dev/null"
            && std::none_of(machinery.begin(), machinery.end(), [&](const QString& prefix) { return path.startsWith(prefix); }))
            outside += path;
    }
    outside.removeDuplicates();
    return outside;
}

} // namespace

class TestSlowHostile : public QObject {
    Q_OBJECT

private:
    // Reads the path in a child, watched where possible.
    Outcome watched(const std::string& path, const std::string& root) {
        const QString strace = QStandardPaths::findExecutable("strace");
        const testing::Folder notes;
        const QString trace = QString::fromStdString(notes.at("trace"));
        QStringList arguments{QCoreApplication::applicationFilePath(), "--read", QString::fromStdString(path)};
        if (!strace.isEmpty())
            arguments = QStringList{strace, "-f", "-qq", "-o", trace, "-e", "trace=execve,execveat,open,openat,openat2,creat,connect,socket,fork,vfork"} + arguments;
        QProcess child;
        const QString program = arguments.takeFirst();
        child.start(program, arguments);
        child.waitForFinished(240000);
        const QList<QByteArray> words = child.readAllStandardOutput().trimmed().split(' ');
        if (words.size() != 4 || child.exitCode() != 0) {
            QTest::qFail((child.readAllStandardError() + " exit " + QByteArray::number(child.exitCode())).constData(), __FILE__, __LINE__);
            return {};
        }
        if (strace.isEmpty())
            qWarning("strace is not installed: only the effects are looked at");
        else {
            QFile file(trace);
            if (!file.open(QIODevice::ReadOnly))
                QTest::qFail("no trace", __FILE__, __LINE__);
            const QByteArray all = file.readAll();
            if (all.count("execve(") != 1 || all.count("connect(") != 0 || all.count("socket(") != 0)
                QTest::qFail("a program ran or a connection was made", __FILE__, __LINE__);
            const QStringList outside = opensOutside(all, QString::fromStdString(root));
            if (!outside.isEmpty())
                QTest::qFail(qPrintable("opened outside: " + outside.join(' ')), __FILE__, __LINE__);
            if (!all.contains("openat2("))
                QTest::qFail("the trace saw nothing", __FILE__, __LINE__);
        }
        return {words[0].toULongLong(), words[1].toULongLong(), words[2].toULongLong(), words[3].toDouble()};
    }

private slots:
    void readsTheMonstersWorkingTree() {
        testing::Folder folder;
        testing::GitRepository repository(folder, "monster");
        makeMonster(folder, repository);
        if (QTest::currentTestFailed())
            return;
        const Outcome outcome = watched(repository.path(), repository.path());
        qInfo("working tree: %llu read, %llu not, %.1f s, %llu MB", static_cast<unsigned long long>(outcome.documents),
              static_cast<unsigned long long>(outcome.skipped), outcome.seconds, static_cast<unsigned long long>(outcome.peak >> 20));
        QVERIFY(outcome.documents >= 9000);
        QVERIFY(outcome.skipped >= 200);
        QVERIFY(outcome.seconds < 60 && outcome.peak < 1536ull << 20);
        QVERIFY(!fs::exists(folder.at("ran")));
        const auto corpus = readAll(repository.path());
        for (const auto& document : corpus->documents())
            QVERIFY(document->text().find("SECRET") == std::string::npos);
    }

    void readsTheMonstersTree() {
        testing::Folder folder;
        testing::GitRepository repository(folder, "monster");
        repository.write("a.c", "int a;\n");
        repository.stageAll();
        repository.commit("one", 1000);
        const int entries = makeMonsterTree(repository);
        const Outcome outcome = watched(repository.path() + "@main", repository.path());
        QCOMPARE(outcome.documents + outcome.skipped, std::uint64_t(entries));
        QVERIFY(outcome.seconds < 10);
        const auto corpus = readAll(repository.path() + "@main");
        std::map<std::string, std::string> reasons;
        for (const Skipped& row : corpus->skipped())
            reasons[row.path] = row.reason + " / " + row.rule;
        QVERIFY(corpus->find("a\nb") || corpus->find("a"));
        QVERIFY(reasons.at("..").find("leads elsewhere") != std::string::npos);
        QVERIFY(reasons.at(".GIT").find("leads elsewhere") != std::string::npos);
        QVERIFY(reasons.at("huge.c").starts_with("too large / 2,147,483,648 bytes"));
        QVERIFY(reasons.at("missing").find("missing or damaged") != std::string::npos);
        QVERIFY(reasons.at("missingtree/").find("missing or damaged") != std::string::npos);
        QVERIFY(reasons.at("liar.c").starts_with("unreadable"));
        QVERIFY(reasons.at("garbage.c").starts_with("unreadable"));
        QVERIFY(reasons.at("link").starts_with("symlink"));
        QVERIFY(reasons.at("sub").starts_with("submodule"));
    }

    // Nine objects, ten million paths: it ends at the limit of entries, soon and small.
    void endsTheBomb() {
        testing::Folder folder;
        testing::GitRepository repository(folder, "bomb.git", true);
        std::string tree = repository.blob("boom\n");
        for (int level = 0; level < 7; ++level) {
            std::vector<testing::GitRepository::TreeItem> items;
            for (int i = 0; i < 10; ++i)
                items.push_back({level == 0 ? 0100644u : 040000u, (level == 0 ? "f" : "d") + std::to_string(i), tree});
            tree = repository.tree(items);
        }
        repository.commitTree(tree, 1000);
        const auto corpus = readAll(repository.path());
        qInfo("bomb: %.2f s, %llu MB", corpus->stats().seconds, static_cast<unsigned long long>(corpus->stats().peakMemory >> 20));
        QVERIFY(corpus->stats().seconds < 5);
        QCOMPARE(corpus->documents().size(), std::size_t(1));
        QCOMPARE(corpus->stats().files, std::uint64_t(200000));
        bool says = false;
        for (const Skipped& row : corpus->skipped())
            says = says || (row.reason == "entry limit" && row.state == SkipState::Unreadable);
        QVERIFY(says);
        // The listing by itself goes through all ten million without keeping any of them.
        QElapsedTimer timer;
        timer.start();
        std::uint64_t paths = 0;
        openSource(repository.path(), {})->list(
            [&](const Entry&) {
                ++paths;
                return timer.elapsed() < 20000;
            },
            {});
        qInfo("bomb: %llu paths listed in %.1f s", static_cast<unsigned long long>(paths), timer.elapsed() / 1000.0);
        QVERIFY(paths > 500000);
        std::stop_source stop;
        stop.request_stop();
        timer.restart();
        std::vector<std::unique_ptr<Source>> sources;
        sources.push_back(openSource(repository.path(), {}));
        readCorpus(sources, {}, {}, stop.get_token());
        QVERIFY(timer.elapsed() < 2000);
    }

    // A quarter gigabyte of source within a quarter of the memory that a whole one may take.
    void streamsSource() {
        testing::Folder folder;
        std::string line;
        for (int i = 0; i < 64; ++i)
            line += static_cast<char>('a' + i % 26);
        for (int i = 0; i < 700; ++i) {
            std::string text;
            for (int k = 0; k < 5800; ++k)
                text += line + std::to_string(k % 10) + "\n";
            folder.write("d" + std::to_string(i % 10) + "/f" + std::to_string(i) + ".c", text + std::to_string(i));
        }
        const Outcome outcome = watched(folder.path(), folder.path());
        qInfo("268 MB of source: %.1f s, %llu MB", outcome.seconds, static_cast<unsigned long long>(outcome.peak >> 20));
        QCOMPARE(outcome.documents, std::uint64_t(700));
        QVERIFY(outcome.peak < 420ull << 20);
    }
};

int main(int argc, char** argv) {
    QCoreApplication application(argc, argv);
    if (argc == 3 && std::string_view(argv[1]) == "--read") {
        const auto corpus = readAll(argv[2]);
        std::printf("%zu %zu %llu %f\n", corpus->documents().size(), corpus->skipped().size(),
                    static_cast<unsigned long long>(corpus->stats().peakMemory), corpus->stats().seconds);
        return 0;
    }
    TestSlowHostile test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_slow_hostile.moc"
