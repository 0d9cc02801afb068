// Wildcards and ignore files: git's manual as a table, and random trees against git itself where it is installed.
#include "ingest/filter.h"
#include "ingest/glob.h"
#include "ingest/ignore_rules.h"
#include "ingest/source.h"
#include "tests/support/folder.h"
#include "tests/support/git_repository.h"

#include <QProcess>
#include <QStandardPaths>
#include <QtTest>

#include <chrono>
#include <random>
#include <set>

using namespace ingest;

namespace {

std::set<std::string> listed(const std::string& path, const SourceOptions& options = {}) {
    std::set<std::string> names;
    openSource(path, options)->list(
        [&](const Entry& entry) {
            if (entry.ignoredBy.empty() && entry.kind != Entry::Kind::Submodule)
                names.insert(entry.path);
            return true;
        },
        {});
    return names;
}

std::string ruleFor(const std::string& root, const std::string& path) {
    std::string rule;
    openSource(root, {})->list(
        [&](const Entry& entry) {
            if (entry.path == path)
                rule = entry.ignoredBy;
            return true;
        },
        {});
    return rule;
}

// What git lists, cached and untracked; only for folders that a test has made.
std::set<std::string> listedByGit(const std::string& root) {
    QProcess git;
    QProcessEnvironment environment;
    environment.insert("PATH", "/usr/bin:/bin");
    environment.insert("HOME", "/nonexistent");
    environment.insert("GIT_CONFIG_NOSYSTEM", "1");
    git.setProcessEnvironment(environment);
    git.setWorkingDirectory(QString::fromStdString(root));
    git.start("git", {"-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"});
    git.waitForFinished();
    std::set<std::string> names;
    for (const QByteArray& name : git.readAllStandardOutput().split('\0'))
        if (!name.isEmpty())
            names.insert(name.toStdString());
    return names;
}

class RandomTree {
public:
    explicit RandomTree(unsigned seed) : m_random(seed) {}

    std::string name() {
        static const char* const names[] = {"a", "b", "ab", "a.o", "b.o", "a.c", "x", "!a", "#b", "a b", "build", "a[1]", "foo.o"};
        return names[m_random() % std::size(names)];
    }

    std::string pattern() {
        static const char* const parts[] = {"a", "b", "*", "**", "?", "*.o", "a*", "[ab]", "[!a]", "foo*", "*.*", "build", "x",
                                            "\\!a", "\\#b", "a\\ b", "[a-b]*", "***", "a**", "**b", "[[:alpha:]]", "a[[]1]"};
        std::string text = m_random() % 4 == 0 ? "!" : "";
        text += m_random() % 4 == 0 ? "/" : "";
        const int count = 1 + static_cast<int>(m_random() % 3);
        for (int i = 0; i < count; ++i)
            text += (i ? "/" : "") + std::string(parts[m_random() % std::size(parts)]);
        text += m_random() % 4 == 0 ? "/" : "";
        text += m_random() % 9 == 0 ? "  " : "";
        return text + (m_random() % 9 == 0 ? "\r\n" : "\n");
    }

    void fill(const testing::GitRepository& repository, const std::string& folder, int depth) {
        if (m_random() % (depth == 0 ? 1 : 3) == 0) {
            std::string rules;
            for (unsigned i = 0; i < 1 + m_random() % 6; ++i)
                rules += pattern();
            repository.write(folder + ".gitignore", rules);
        }
        for (int i = 0; i < 6; ++i) {
            const std::string path = folder + name();
            if (depth < 3 && m_random() % 2) {
                if (!QFileInfo(QString::fromStdString(repository.path() + "/" + path)).isFile())
                    fill(repository, path + "/", depth + 1);
            } else if (!QFileInfo(QString::fromStdString(repository.path() + "/" + path)).isDir())
                repository.write(path, path);
        }
    }

private:
    std::mt19937 m_random;
};

} // namespace

class TestIgnoreRules : public QObject {
    Q_OBJECT

private slots:
    void matchesWildcards_data() {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("matches");
        const auto row = [](const char* pattern, const char* text, bool matches) {
            QTest::addRow("%s ~ %s", pattern, text) << QString(pattern) << QString(text) << matches;
        };
        row("foo", "foo", true);
        row("foo", "fo", false);
        row("", "", true);
        row("*", "", true);
        row("*", "a/b", false);
        row("**", "a/b", true);
        row("f*", "foo", true);
        row("*f", "foo", false);
        row("*ob*a*r*", "foobar", true);
        row("?", "/", false);
        row("a?c", "abc", true);
        row("**/foo", "foo", true);
        row("**/foo", "a/b/foo", true);
        row("**/foo", "a/xfoo", false);
        row("foo/**", "foo/a/b", true);
        row("foo/**", "foo", false);
        row("a/**/b", "a/b", true);
        row("a/**/b", "a/x/y/b", true);
        row("a/**/b", "ab", false);
        row("a**b", "axxb", true);
        row("a**b", "a/b", false);
        row("foo/*", "foo/a/b", false);
        row("foo/***/bar", "foo/x/bar", true);
        row("[a-c]x", "bx", true);
        row("[!a-c]x", "bx", false);
        row("[^a-c]x", "dx", true);
        row("[]]", "]", true);
        row("[]-]", "-", true);
        row("[a/b]", "/", false);
        row("[!a]", "/", false);
        row("[[:digit:]]", "7", true);
        row("[[:digit:][:upper:]]", "x", false);
        row("[[:nonsense:]]", "a", false);
        row("[a", "a", false);
        row("[", "[", false);
        row("\\*", "*", true);
        row("\\*", "a", false);
        row("a\\", "a\\", false);
        row("[\\]]", "]", true);
        row("[a-\\z]", "m", true);
        row("-*-*-*-*-*-*-12-*-*-*-m-*-*-*", "-adobe-courier-bold-o-normal--12-120-75-75-m-70-iso8859-1", true);
        row("**/*a*b*g*n*t", "abcd/abcdefg/abcdefghijk/abcdefghijklmnop.txt", true);
        row("*/*/*/*/*/*/*a*b*c", "a/b/c/d", false);
    }

    void matchesWildcards() {
        QFETCH(QString, pattern);
        QFETCH(QString, text);
        QFETCH(bool, matches);
        QCOMPARE(wildMatch(pattern.toStdString(), text.toStdString()), matches);
    }

    void matchesGlobsAsTyped() {
        QVERIFY(globMatch("*.md", "docs/a/b.md"));
        QVERIFY(globMatch("src", "src/a/b.c"));
        QVERIFY(globMatch("src/", "lib/src/b.c"));
        QVERIFY(!globMatch("src/", "src"));
        QVERIFY(globMatch("docs/*.md", "docs/b.md"));
        QVERIFY(!globMatch("docs/*.md", "x/docs/b.md"));
        QVERIFY(globMatch("/docs", "docs/x/b.md"));
        QVERIFY(!globMatch("/docs", "x/docs/b.md"));
        QVERIFY(globMatch("docs/api", "docs/api/deep/b.md"));
        QVERIFY(globMatch("**/*.c", "a.c"));
        QVERIFY(!globMatch("*.md", "a.mdx"));
        QVERIFY(globMatch("./src/*.c", "src/a.c"));
    }

    void hostilePatternsEndSoon() {
        const auto before = std::chrono::steady_clock::now();
        std::string stars, text(4000, 'a');
        for (int i = 0; i < 500; ++i)
            stars += "a*";
        QVERIFY(!wildMatch(stars + "b", text));
        QVERIFY(!wildMatch(std::string(4000, '*') + "b", text));
        std::string deep;
        for (int i = 0; i < 300; ++i)
            deep += "**/a*/";
        QVERIFY(!wildMatch(deep + "b", std::string(2000, 'a') + "/a/a/a/a/a/a/a/a/a"));
        QVERIFY(!wildMatch(std::string(1000000, 'a'), text));
        QVERIFY(std::chrono::steady_clock::now() - before < std::chrono::seconds(2));
    }

    void namesTheRule() {
        testing::Folder folder;
        folder.write(".gitignore", "# objects\n*.o\n!keep.o\n/build/\n");
        folder.write("src/.gitignore", "*.log\n!*.o\n");
        folder.write("a.o", "x");
        folder.write("keep.o", "x");
        folder.write("src/b.o", "x");
        folder.write("src/b.log", "x");
        folder.write("build/deep/c.txt", "x");
        folder.write("src/build/d.txt", "x");
        folder.write(".lecternignore", "docs/\n!build/deep/c.txt\n");
        folder.write("docs/e.md", "x");
        QCOMPARE(ruleFor(folder.path(), "a.o"), std::string(".gitignore:2: *.o"));
        QCOMPARE(ruleFor(folder.path(), "keep.o"), std::string());
        QCOMPARE(ruleFor(folder.path(), "src/b.o"), std::string());
        QCOMPARE(ruleFor(folder.path(), "src/b.log"), std::string("src/.gitignore:1: *.log"));
        QCOMPARE(ruleFor(folder.path(), "src/build/d.txt"), std::string());
        QCOMPARE(ruleFor(folder.path(), "docs/e.md"), std::string(".lecternignore:1: docs/"));
        QCOMPARE(ruleFor(folder.path(), "build/deep/c.txt"), std::string()); // asked for by name
        SourceOptions everything;
        everything.useIgnoreRules = false;
        QCOMPARE(listed(folder.path(), everything).size(), std::size_t(10)); // the rule files too
    }

    void trackedFilesStayIn() {
        testing::Folder folder;
        testing::GitRepository repository(folder);
        repository.write(".gitignore", "*.gen\nout/\n");
        repository.write("kept.gen", "tracked");
        repository.write("other.gen", "untracked");
        repository.write("out/kept.txt", "tracked");
        repository.write("out/other.txt", "untracked");
        repository.stage(".gitignore");
        repository.stage("kept.gen");
        repository.stage("out/kept.txt");
        repository.commit("first", 1000);
        QCOMPARE(listed(folder.path()), (std::set<std::string>{".gitignore", "kept.gen", "out/kept.txt"}));
        // A folder of a repository obeys the rules above it, also where they would hide all of it.
        QCOMPARE(listed(folder.at("out")), (std::set<std::string>{"kept.txt", "other.txt"}));
        repository.write("sub/a.gen", "x");
        repository.write("sub/a.txt", "x");
        QCOMPARE(listed(folder.at("sub")), (std::set<std::string>{"a.txt"}));
    }

    void randomTreesEqualGit() {
        if (QStandardPaths::findExecutable("git").isEmpty())
            QSKIP("git is not installed: nothing to compare with");
        int files = 0;
        for (unsigned seed = 0; seed < 60; ++seed) {
            testing::Folder folder;
            testing::GitRepository repository(folder);
            RandomTree(seed).fill(repository, "", 0);
            if (seed % 3 == 0)
                repository.write(".git/info/exclude", "*.c\n!a.c\n");
            const auto ours = listed(folder.path()), gits = listedByGit(folder.path());
            files += static_cast<int>(gits.size());
            if (ours != gits) {
                for (const std::string& name : gits)
                    if (!ours.contains(name))
                        qWarning("seed %u: hidden by us: %s (%s)", seed, name.c_str(), ruleFor(folder.path(), name).c_str());
                for (const std::string& name : ours)
                    if (!gits.contains(name))
                        qWarning("seed %u: hidden by git: %s", seed, name.c_str());
            }
            if (ours != gits && qEnvironmentVariableIsSet("KEEP_TREE"))
                QProcess::execute("cp", {"-r", QString::fromStdString(folder.path()), qEnvironmentVariable("KEEP_TREE")});
            QVERIFY(ours == gits);
        }
        QVERIFY(files > 500); // the trees are no empty ones
    }
};

QTEST_GUILESS_MAIN(TestIgnoreRules)
#include "tst_ignore_rules.moc"
