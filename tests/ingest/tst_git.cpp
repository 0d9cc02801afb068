// Repositories made by the test: revisions without a checkout, working trees, history, ranges, blame, and those that
// are refused because they lead elsewhere.
#include "ingest/corpus.h"
#include "ingest/filter.h"
#include "ingest/git_history.h"
#include "ingest/source.h"
#include "tests/support/git_repository.h"

#include <QProcess>
#include <QStandardPaths>
#include <QtTest>

#include <filesystem>
#include <map>
#include <random>

#include <sys/stat.h>
#include <unistd.h>

using namespace ingest;

namespace {

std::map<std::string, std::string> filesOf(const std::string& path, const SourceOptions& options = {}) {
    std::map<std::string, std::string> files;
    const auto source = openSource(path, options);
    source->list(
        [&](const Entry& entry) {
            if (entry.kind == Entry::Kind::File && entry.ignoredBy.empty() && entry.problem.empty())
                files[entry.path] = source->read(entry, 1 << 20);
            return true;
        },
        {});
    return files;
}

std::shared_ptr<const Corpus> readAll(const std::string& path, const SourceOptions& options = {}) {
    std::vector<std::unique_ptr<Source>> sources;
    sources.push_back(openSource(path, options));
    return readCorpus(sources, {}, {}, {});
}

std::string refusal(const std::string& path) {
    try {
        openSource(path, {});
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

const Skipped* rowOf(const Corpus& corpus, const std::string& path) {
    for (const Skipped& row : corpus.skipped())
        if (row.path == path)
            return &row;
    return nullptr;
}

std::string numbered(int from, int to, const std::string& word) {
    std::string text;
    for (int i = from; i <= to; ++i)
        text += word + " " + std::to_string(i) + "\n";
    return text;
}

QString blamed(const std::vector<BlamedLines>& lines, const std::map<std::string, QString>& names) {
    QStringList all;
    for (const BlamedLines& one : lines)
        all += QString("%1+%2:%3@%4").arg(one.line).arg(one.count).arg(names.at(one.commit)).arg(one.originalLine);
    return all.join(' ');
}

} // namespace

class TestGit : public QObject {
    Q_OBJECT

private slots:
    void readsThreeRevisionsWithoutACheckout() {
        testing::Folder folder;
        testing::GitRepository repository(folder, "repo");
        repository.write("a.txt", "first\r\n");
        repository.write("dir/b.txt", std::string("with\0nul", 8));
        repository.stageAll();
        const std::string one = repository.commit("one", 1000);
        repository.tag("v1.0", one);
        repository.write("a.txt", "second\n");
        repository.write("dir/c.txt", "new\n");
        repository.remove("dir/b.txt");
        repository.stageAll();
        const std::string two = repository.commit("two", 2000);
        repository.write("a.txt", "third, not committed\n");
        repository.write("u.txt", "untracked\n");
        const std::string path = repository.path();
        QVERIFY(filesOf(path + "@v1.0") == (std::map<std::string, std::string>{{"a.txt", "first\r\n"}, {"dir/b.txt", std::string("with\0nul", 8)}}));
        QVERIFY(filesOf(path + "@HEAD") == (std::map<std::string, std::string>{{"a.txt", "second\n"}, {"dir/c.txt", "new\n"}}));
        QVERIFY(filesOf(path + "@" + one) == filesOf(path + "@HEAD~1"));
        SourceOptions options;
        options.revision = "v1.0";
        QVERIFY(filesOf(path, options) == filesOf(path + "@v1.0"));
        QVERIFY(filesOf(path) == (std::map<std::string, std::string>{{"a.txt", "third, not committed\n"}, {"dir/c.txt", "new\n"}, {"u.txt", "untracked\n"}}));
        QVERIFY(filesOf(path + "/dir@v1.0") == (std::map<std::string, std::string>{{"b.txt", std::string("with\0nul", 8)}}));
        QVERIFY(filesOf(path + "/dir") == (std::map<std::string, std::string>{{"c.txt", "new\n"}}));
        const Subject subject = openSource(path + "@v1.0", {})->subject();
        QCOMPARE(subject.kind, std::string("git"));
        QCOMPARE(subject.name, std::string("repo"));
        QCOMPARE(subject.revision, one);
        QVERIFY(!subject.dirty);
        QVERIFY(refusal(path + "@nonsense").find("no revision nonsense") != std::string::npos);
        QVERIFY(refusal(path + "/dir@" + std::string(40, '1')).find("no revision") != std::string::npos);
        // What the reader says about the tree: itself, and the same content twice only once.
        const auto corpus = readAll(path + "@v1.0");
        QCOMPARE(corpus->subjects().at(0).revision, one);
        QCOMPARE(rowOf(*corpus, "dir/b.txt")->reason, std::string("binary"));
    }

    void readsBareRepositories() {
        testing::Folder folder;
        testing::GitRepository repository(folder, "bare.git", true);
        const std::string tree = repository.tree({{0100644, "a.txt", repository.blob("bare\n")}, {0120000, "link", repository.blob("/etc/passwd")},
                                                  {0160000, "sub", std::string(40, 'a')}});
        repository.commitTree(tree, 1000);
        const auto corpus = readAll(repository.path());
        QCOMPARE(corpus->documents().size(), std::size_t(1));
        QCOMPARE(corpus->subjects().at(0).name, std::string("bare"));
        QCOMPARE(rowOf(*corpus, "link")->reason, std::string("symlink"));
        QVERIFY(rowOf(*corpus, "link")->rule.find("/etc/passwd") != std::string::npos);
        QCOMPARE(rowOf(*corpus, "sub")->reason, std::string("submodule"));
    }

    void tellsCleanFromDirty() {
        testing::Folder folder;
        testing::GitRepository repository(folder);
        repository.write("a.txt", "one\n");
        repository.write("b.txt", "two\n");
        repository.stageAll();
        const auto dirty = [&] { return readAll(folder.path())->subjects().at(0).dirty; };
        QVERIFY(dirty()); // staged, and no commit yet
        const std::string id = repository.commit("one", 1000);
        QVERIFY(!dirty());
        QCOMPARE(readAll(folder.path())->subjects().at(0).revision, id);
        repository.write("a.txt", "One\n"); // same size, perhaps the same second
        QVERIFY(dirty());
        repository.write("a.txt", "one\n");
        QVERIFY(!dirty());
        repository.remove("b.txt");
        QVERIFY(dirty());
        repository.write("b.txt", "two\n");
        repository.write("new.txt", "x");
        QVERIFY(dirty());
        repository.write(".lecternignore", "new.txt\n.lecternignore\n");
        QVERIFY(!dirty()); // what is left out changes nothing
    }

    void obeysLecternIgnoreInRevisions() {
        testing::Folder folder;
        testing::GitRepository repository(folder);
        repository.write(".gitignore", "*.log\n");
        repository.write("kept.log", "tracked although ignored\n");
        repository.write("docs/.lecternignore", "*.txt\n!keep.txt\n");
        repository.write("docs/a.txt", "a");
        repository.write("docs/keep.txt", "k");
        repository.stageAll(true);
        repository.commit("one", 1000);
        for (const std::string& path : {folder.path(), folder.path() + "@HEAD"}) {
            const auto corpus = readAll(path);
            QVERIFY(corpus->find("kept.log"));
            QVERIFY(corpus->find("docs/keep.txt"));
            QCOMPARE(rowOf(*corpus, "docs/a.txt")->rule, std::string("docs/.lecternignore:1: *.txt"));
        }
        SourceOptions everything;
        everything.useIgnoreRules = false;
        QVERIFY(readAll(folder.path() + "@HEAD", everything)->find("docs/a.txt"));
    }

    void listsSubmodulesAndEntersOnRequest() {
        testing::Folder folder;
        testing::GitRepository repository(folder, "outer");
        repository.write("a.txt", "outer\n");
        testing::GitRepository inner(folder, "outer/nested");
        inner.write("b.txt", "inner\n");
        const auto corpus = readAll(repository.path());
        QCOMPARE(corpus->documents().size(), std::size_t(1));
        QCOMPARE(rowOf(*corpus, "nested")->reason, std::string("submodule"));
        SourceOptions enter;
        enter.enterSubmodules = true;
        QVERIFY(readAll(repository.path(), enter)->find("nested/b.txt"));
    }

    void refusesWhatLeadsElsewhere() {
        testing::Folder folder;
        testing::GitRepository secret(folder, "secret");
        secret.write("key.txt", "SECRET\n");
        secret.stageAll();
        const std::string secretCommit = secret.commit("secret", 1000);
        const auto fresh = [&](const std::string& name) {
            testing::GitRepository repository(folder, name);
            repository.write("a.txt", "a\n");
            repository.stageAll();
            repository.commit("one", 1000);
            return repository.path();
        };
        // A .git file: what git worktrees and submodules have.
        folder.write("gitfile/.git", "gitdir: " + secret.path() + "/.git\n");
        QVERIFY(refusal(folder.at("gitfile")).find("is a file that leads to") != std::string::npos);
        folder.write("worktree/.git", "gitdir: " + secret.path() + "/.git/worktrees/w\n");
        QVERIFY(refusal(folder.at("worktree")).find(secret.path() + "@BRANCH") != std::string::npos);
        folder.makeFolder("linkgit");
        QCOMPARE(::symlink((secret.path() + "/.git").c_str(), folder.at("linkgit/.git").c_str()), 0);
        QVERIFY(refusal(folder.at("linkgit")).find("symbolic link") != std::string::npos);
        const std::string objects = fresh("objects");
        std::filesystem::remove_all(objects + "/.git/objects");
        QCOMPARE(::symlink((secret.path() + "/.git/objects").c_str(), (objects + "/.git/objects").c_str()), 0);
        QVERIFY(refusal(objects).find("symbolic link that leads outside") != std::string::npos);
        QVERIFY(refusal(objects + "@" + secretCommit).find("symbolic link that leads outside") != std::string::npos);
        const std::string alternates = fresh("alternates");
        folder.write("alternates/.git/objects/info/alternates", "../../../secret/.git/objects\n");
        QVERIFY(refusal(alternates).find("borrows objects") != std::string::npos);
        const std::string common = fresh("common");
        folder.write("common/.git/commondir", secret.path() + "/.git\n");
        QVERIFY(refusal(common).find("commondir") != std::string::npos);
        for (const char* config : {"[core]\n\tworktree = /etc\n", "[core] WorkTree=../secret\n", "[include]\n\tpath = /etc/passwd\n",
                                   "[ IncludeIf \"gitdir:/\"]\npath=x\n"}) {
            const std::string path = fresh("config");
            folder.write("config/.git/config", config);
            QVERIFY2(refusal(path).find(".git/config") != std::string::npos, config);
            std::filesystem::remove_all(path);
        }
        const std::string fifo = fresh("fifo");
        std::filesystem::remove(fifo + "/.git/packed-refs");
        QCOMPARE(::mkfifo((fifo + "/.git/packed-refs").c_str(), 0600), 0);
        QVERIFY(refusal(fifo).find("FIFO") != std::string::npos);
        const std::string sha256 = fresh("sha256");
        folder.write("sha256/.git/config", "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n");
        QVERIFY(refusal(sha256).find("SHA-256") != std::string::npos);
        // Hooks are not looked at: a link there harms nobody. Alternates inside the root neither.
        const std::string fine = fresh("fine");
        std::filesystem::remove_all(fine + "/.git/hooks");
        QCOMPARE(::symlink("/etc", (fine + "/.git/hooks").c_str()), 0);
        folder.write("fine/.git/objects/info/alternates", "../objects\n");
        QCOMPARE(refusal(fine), std::string());
        folder.write("broken/.git", "nonsense");
        QVERIFY(refusal(folder.at("broken")).find("neither a repository nor names one") != std::string::npos);
    }

    void readsPartialAndDamagedClones() {
        testing::Folder folder;
        testing::GitRepository repository(folder);
        repository.write("a.txt", "kept\n");
        repository.write("b.txt", "lost\n");
        repository.stageAll();
        repository.commit("one", 1000);
        const std::string id = repository.blob("lost\n");
        folder.write(".git/config", "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialclone = origin\n"
                                    "[remote \"origin\"]\n\tpromisor = true\n\turl = ext::touch " + folder.at("ran") + "\n"
                                    "[core]\n\tfsmonitor = touch " + folder.at("ran") + "\n");
        std::filesystem::remove(folder.path() + "/.git/objects/" + id.substr(0, 2) + "/" + id.substr(2));
        const auto corpus = readAll(folder.path() + "@HEAD");
        QVERIFY(corpus->find("a.txt"));
        QCOMPARE(rowOf(*corpus, "b.txt")->state, SkipState::Unreadable);
        QVERIFY(rowOf(*corpus, "b.txt")->rule.find("nothing is fetched") != std::string::npos);
        QCOMPARE(corpus->warnings().size(), std::size_t(1));
        QVERIFY(!std::filesystem::exists(folder.at("ran")));
        QVERIFY(readAll(folder.path())->find("b.txt")); // the working tree has it
        QVERIFY(!std::filesystem::exists(folder.at("ran")));
    }

    void tellsHistory() {
        testing::Folder folder;
        testing::GitRepository repository(folder);
        repository.write("old.txt", numbered(1, 20, "line"));
        repository.write("other.txt", "x\n");
        repository.stageAll();
        const std::string one = repository.commit("Begin\n\nwith a body", 1000);
        repository.remove("old.txt");
        repository.write("new.txt", numbered(1, 20, "line") + "more\n");
        repository.stageAll();
        const std::string two = repository.commit("Rename", 2000, {}, "Bob Example");
        repository.write("new.txt", numbered(1, 9, "line") + "changed\n" + numbered(11, 20, "line") + "more\n");
        repository.stageAll();
        const std::string three = repository.commit("Change", 3000);
        repository.write("other.txt", "y\n");
        repository.stageAll();
        const std::string four = repository.commit("Other", 4000);
        const auto history = History::open(folder.path());
        const auto log = history->log("HEAD", "", 100);
        QCOMPARE(log.size(), std::size_t(4));
        QCOMPARE(log[0].id, four);
        QCOMPARE(log[2].author, std::string("Bob Example"));
        QCOMPARE(log[3].subject, std::string("Begin"));
        QCOMPARE(log[3].time, std::int64_t(1000));
        QCOMPARE(history->log("HEAD", "", 2).size(), std::size_t(2));
        QStringList ids;
        for (const Commit& commit : history->log("HEAD", "new.txt", 100)) // follows the rename
            ids += QString::fromStdString(commit.subject);
        QCOMPARE(ids.join(' '), QString("Change Rename Begin"));
        const auto changes = history->changes(one, three);
        QCOMPARE(changes.size(), std::size_t(1));
        QVERIFY(changes[0].kind == ChangedFile::Kind::Renamed);
        QCOMPARE(changes[0].oldPath, std::string("old.txt"));
        QVERIFY(changes[0].similarity >= 50 && changes[0].similarity < 100);
        QCOMPARE(history->changes("", one).size(), std::size_t(2));
        QCOMPARE(QString::fromStdString(history->diff(two, three, "new.txt", "", 1)),
                 QString("diff --git a/new.txt b/new.txt\nindex %1..%2 100644\n--- a/new.txt\n+++ b/new.txt\n@@ -9,3 +9,3 @@ line 8\n line 9\n-line 10\n"
                         "+changed\n line 11\n")
                     .arg(QString::fromStdString(history->diff(two, three, "new.txt")).section(' ', 4, 4).section("..", 0, 0))
                     .arg(QString::fromStdString(history->diff(two, three, "new.txt")).section(' ', 4, 4).section("..", 1, 1)));
        QCOMPARE(history->diff(two, four, "new.txt", ""), history->diff(two, three, "new.txt", ""));
        QCOMPARE(history->diff(three, four, "new.txt"), std::string());
        QVERIFY(history->diffToText(four, "other.txt", "y\nz\n").find("+z") != std::string::npos);
        QCOMPARE(history->content(one, "other.txt", 10), std::string("x\n"));
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, history->content(one, "other.txt", 1));
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, history->content(one, "new.txt", 100));
        std::map<std::string, double> volatility;
        for (const auto& [path, value] : history->volatility("HEAD"))
            volatility[path] = value;
        QCOMPARE(volatility["other.txt"], 1.0);
        QCOMPARE(volatility["new.txt"], (1 - 1 / 200.0) + (1 - 2 / 200.0));
        const auto corpus = readAll(folder.path());
        QCOMPARE(corpus->volatility(*corpus->find("new.txt")), volatility["new.txt"]);
    }

    // base - a1 - a2 ------ merge - top     main
    //      \ b1 - b2 ------/
    //             \ c1                       topic
    void answersRanges() {
        testing::Folder folder;
        testing::GitRepository repository(folder);
        repository.write("base.txt", numbered(1, 10, "base"));
        repository.stageAll();
        const std::string base = repository.commit("base", 1000);
        const auto step = [&](const std::string& file, std::int64_t time, const std::string& parent) {
            repository.checkout(parent);
            repository.write(file, file + "\n");
            repository.stageAll();
            return repository.commit(file, time, {parent});
        };
        const std::string b1 = step("b1", 1100, base), b2 = step("b2", 1200, b1), c1 = step("c1", 1300, b2);
        const std::string a1 = step("a1", 1150, base), a2 = step("a2", 1250, a1);
        repository.checkout(a2);
        repository.write("b1", "b1\n");
        repository.write("b2", "b2\n");
        repository.stageAll();
        const std::string merge = repository.commit("merge", 1400, {a2, b2});
        const std::string top = step("top", 1500, merge);
        repository.branch("topic", c1);
        const auto history = History::open(folder.path());
        QCOMPARE(history->mergeBase(a2, c1), base);
        QCOMPARE(history->mergeBase(top, c1), b2);
        QCOMPARE(history->mergeBase(a1, top), a1);
        QVERIFY(history->isAncestor(b1, top));
        QVERIFY(!history->isAncestor(c1, top));
        const CommitRange ahead = history->range(a1 + ".." + top);
        QVERIFY(ahead.descends);
        QCOMPARE(ahead.base, a1);
        QVERIFY(ahead.commits == (std::vector<std::string>{top, merge, a2, b2, b1}));
        const CommitRange topic = history->range(top + "..topic");
        QVERIFY(!topic.descends);
        QCOMPARE(topic.base, b2);
        QVERIFY(topic.commits == (std::vector<std::string>{c1}));
        QCOMPARE(topic.files.size(), std::size_t(1)); // only what the topic did
        QCOMPARE(topic.files[0].path, std::string("c1"));
        QCOMPARE(history->range(a1 + "...topic").to, c1);
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, history->range("topic"));
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, history->range("nowhere..topic"));
    }

    void blamesLines() {
        testing::Folder folder;
        testing::GitRepository repository(folder);
        repository.write("a.txt", numbered(1, 10, "line"));
        repository.stageAll();
        const std::string one = repository.commit("one", 1000);
        repository.write("a.txt", "top\n" + numbered(1, 4, "line") + "five\n" + numbered(6, 10, "line"));
        repository.stageAll();
        const std::string two = repository.commit("two", 2000);
        repository.remove("a.txt");
        repository.write("b.txt", "top\n" + numbered(1, 4, "line") + "five\n" + numbered(8, 10, "line") + "end\n");
        repository.stageAll();
        const std::string three = repository.commit("three", 3000);
        const auto history = History::open(folder.path());
        const std::map<std::string, QString> names{{one, "one"}, {two, "two"}, {three, "three"}};
        QCOMPARE(blamed(history->blame("HEAD", "b.txt"), names), QString("1+1:two@1 2+4:one@1 6+1:two@6 7+3:one@8 10+1:three@10"));
        QCOMPARE(blamed(history->blame("HEAD", "b.txt", 3, 6), names), QString("3+3:one@2 6+1:two@6"));
        QCOMPARE(history->blame("HEAD", "b.txt")[1].path, std::string("a.txt"));
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, history->blame("HEAD", "a.txt"));
        QVERIFY(history->blame("HEAD", "b.txt", 50, 60).empty());
    }

    void blamesLikeGit() {
        if (QStandardPaths::findExecutable("git").isEmpty())
            QSKIP("git is not installed: nothing to compare with");
        testing::Folder folder;
        testing::GitRepository repository(folder);
        std::mt19937 random(9);
        std::vector<std::string> lines;
        for (int i = 0; i < 60; ++i)
            lines.push_back("start " + std::to_string(i));
        for (int round = 0; round < 40; ++round) {
            for (int change = 0; change < 3; ++change) {
                const std::size_t at = random() % lines.size();
                const std::string fresh = "round " + std::to_string(round) + " " + std::to_string(random());
                if (random() % 3 == 0)
                    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), fresh);
                else if (random() % 2)
                    lines[at] = fresh;
                else
                    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
            }
            std::string text;
            for (const std::string& line : lines)
                text += line + "\n";
            repository.write("f.txt", text);
            repository.stageAll();
            repository.commit("round", 1000 + round * 10);
        }
        QProcess git;
        git.setWorkingDirectory(QString::fromStdString(folder.path()));
        git.start("git", {"-c", "safe.directory=*", "blame", "-s", "-l", "--root", "f.txt"});
        QVERIFY(git.waitForFinished());
        QStringList theirs, ours;
        for (const QString& line : QString(git.readAllStandardOutput()).split('\n', Qt::SkipEmptyParts))
            theirs += line.left(40);
        for (const BlamedLines& one : History::open(folder.path())->blame("HEAD", "f.txt"))
            for (int i = 0; i < one.count; ++i)
                ours += QString::fromStdString(one.commit);
        QCOMPARE(ours.size(), theirs.size());
        QCOMPARE(ours, theirs);
    }

    void endsWhereAShallowCloneEnds() {
        testing::Folder folder;
        testing::GitRepository repository(folder);
        std::vector<std::string> ids;
        for (int i = 0; i < 5; ++i) {
            repository.write("a.txt", numbered(0, i, "line"));
            repository.stageAll();
            ids.push_back(repository.commit("c" + std::to_string(i), 1000 + i));
        }
        for (int i = 0; i < 2; ++i) // as `git clone --depth 3` leaves it
            std::filesystem::remove(folder.at(".git/objects/" + ids[i].substr(0, 2) + "/" + ids[i].substr(2)));
        folder.write(".git/shallow", ids[2] + "\n");
        const auto history = History::open(folder.path());
        QCOMPARE(history->log("HEAD", "", 100).size(), std::size_t(3));
        QCOMPARE(history->range(ids[3] + "..HEAD").commits.size(), std::size_t(1));
        const auto lines = history->blame("HEAD", "a.txt");
        QCOMPARE(lines.size(), std::size_t(3));
        QVERIFY(lines[0].boundary && lines[0].count == 3);
        QVERIFY(!lines[1].boundary);
        QCOMPARE(history->volatility("HEAD").size(), std::size_t(1));
        QVERIFY(readAll(folder.path() + "@HEAD")->find("a.txt"));
    }
};

QTEST_GUILESS_MAIN(TestGit)
#include "tst_git.moc"
