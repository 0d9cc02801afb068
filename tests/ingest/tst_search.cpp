// Search against a naive scan, patterns that would run for ever, and the outlines of small programs.
#include "ingest/corpus.h"
#include "ingest/outline.h"
#include "ingest/search.h"
#include "ingest/sha256.h"

#include <QElapsedTimer>
#include <QtTest>

#include <random>

using namespace ingest;

namespace {

std::shared_ptr<const Corpus> corpusOf(const std::vector<std::pair<std::string, std::string>>& files) {
    CorpusBuilder builder;
    for (const auto& [path, text] : files)
        builder.add(std::make_shared<Document>(path, path.ends_with(".md") ? Kind::Markdown : Kind::Code, text, sha256(text), text.size()));
    return builder.build();
}

// "kind scope|name first-last" of every symbol, one per line.
QStringList outlineOf(const std::string& path, const std::string& text) {
    const auto corpus = corpusOf({{path, text}});
    QStringList all;
    for (const Symbol& symbol : scanSymbols(corpus->document(0), 0)) {
        const std::string place = toString(*corpus, symbol.span);
        all += QString::fromStdString(symbol.kind + " " + symbol.scope + "|" + symbol.name + " " + place.substr(place.rfind(':') + 1));
    }
    return all;
}

QStringList lines(const char* text) {
    return QString::fromUtf8(text).split('\n', Qt::SkipEmptyParts);
}

std::string randomText(std::mt19937& random, std::size_t size, const char* letters) {
    std::string text;
    const std::size_t count = std::strlen(letters);
    while (text.size() < size)
        text += letters[random() % count];
    return text;
}

} // namespace

class TestSearch : public QObject {
    Q_OBJECT

private slots:
    void equalsANaiveScan() {
        std::mt19937 random(3);
        std::vector<std::pair<std::string, std::string>> files;
        for (int i = 0; i < 20; ++i)
            files.emplace_back((i % 2 ? "src/" : "doc/") + std::to_string(i), randomText(random, 500 + random() % 3000, "abcAB .\n"));
        const auto corpus = corpusOf(files);
        for (int round = 0; round < 200; ++round) {
            SearchQuery query;
            query.text = randomText(random, 1 + random() % 4, "abcAB .");
            query.caseSensitive = random() % 2;
            query.limit = random() % 3 ? 1000000 : random() % 50;
            query.scope = random() % 3 ? "" : "src/";
            // A pattern that means the same text.
            if (random() % 3 == 0) {
                query.mode = SearchMode::Pattern;
                std::string escaped;
                for (const char c : query.text)
                    escaped += c == '.' ? "\\." : std::string(1, c);
                query.text.swap(escaped);
            }
            std::string wanted = query.text;
            wanted.erase(std::remove(wanted.begin(), wanted.end(), '\\'), wanted.end());
            std::vector<Span> expected;
            for (std::uint32_t d = 0; d < corpus->documents().size(); ++d) {
                const std::string& text = corpus->document(d).text();
                if (!query.scope.empty() && !corpus->document(d).path().starts_with("src/"))
                    continue;
                for (std::size_t at = 0; at + wanted.size() <= text.size();) {
                    bool same = true;
                    for (std::size_t k = 0; k < wanted.size() && same; ++k)
                        same = query.caseSensitive ? text[at + k] == wanted[k] : std::tolower(text[at + k]) == std::tolower(wanted[k]);
                    if (same)
                        expected.push_back({d, at, at + wanted.size()});
                    at += same ? wanted.size() : 1;
                }
            }
            const SearchResult result = search(*corpus, query);
            QVERIFY(result.complete && result.problem.empty());
            QCOMPARE(result.total, std::uint64_t(expected.size()));
            expected.resize(std::min(expected.size(), query.limit));
            QVERIFY(result.hits == expected);
        }
    }

    void findsFourMegabytesInTime() {
        std::mt19937 random(5);
        std::vector<std::pair<std::string, std::string>> files;
        for (int i = 0; i < 400; ++i)
            files.emplace_back("f" + std::to_string(i), randomText(random, 10000, "etaoinshrdlu \n") + "needle in it\n");
        const auto corpus = corpusOf(files);
        for (const auto& [mode, sensitive] : {std::pair(SearchMode::Literal, true), std::pair(SearchMode::Literal, false), std::pair(SearchMode::Pattern, true)}) {
            qint64 best = 1000;
            for (int round = 0; round < 5; ++round) {
                QElapsedTimer timer;
                timer.start();
                QCOMPARE(search(*corpus, {mode == SearchMode::Pattern ? "needle i(n|t) it\\b" : "needle", mode, sensitive, "", 10}).total, std::uint64_t(400));
                best = std::min(best, timer.elapsed());
            }
            qInfo("4 MB, mode %d, case %d: %lld ms", int(mode), int(sensitive), static_cast<long long>(best));
            QVERIFY(best < 100);
        }
    }

    void saysWhatIsWrongWithAPattern() {
        const auto corpus = corpusOf({{"a", "text"}});
        QVERIFY(search(*corpus, {"(unclosed", SearchMode::Pattern}).problem.find("does not compile") != std::string::npos);
        QVERIFY(!search(*corpus, {"", SearchMode::Literal}).problem.empty());
        QCOMPARE(search(*corpus, {"x*", SearchMode::Pattern}).hits.size(), std::size_t(1)); // empty matches are none
        QCOMPARE(search(*corpus, {"^text$", SearchMode::Pattern}).total, std::uint64_t(1));
    }

    void costlyPatternsEndAndSaySo() {
        std::string line(3000, 'a');
        std::string text;
        for (int i = 0; i < 200; ++i)
            text += line + "!\n";
        const auto corpus = corpusOf({{"a", text}, {"b", "aaaab\n" + text}});
        QElapsedTimer timer;
        timer.start();
        const SearchResult result = search(*corpus, {"(a+)+b", SearchMode::Pattern});
        QVERIFY(timer.elapsed() < 15000);
        QVERIFY(!result.complete);
        QVERIFY(!result.problem.empty());
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(!search(*corpus, {"a", SearchMode::Literal}, stop.get_token()).complete);
    }

    void survivesTextThatIsNoUtf8() {
        const auto corpus = corpusOf({{"a", std::string("ab\xff\xfe needle \x80\xc3 needle\0 needle", 29)}});
        QCOMPARE(search(*corpus, {"needle", SearchMode::Pattern}).total, std::uint64_t(3));
        QCOMPARE(search(*corpus, {"NEEDLE", SearchMode::Literal, false}).total, std::uint64_t(3));
    }

    void findsNames() {
        const auto corpus = corpusOf({{"a.cpp", "namespace n {\nint size();\nint Box::size() const {\n  return 1;\n}\nint size() { return 2; }\n}\n"},
                                      {"b.py", "class Box:\n    def size(self):\n        return 1\n"},
                                      {"c.md", "# size\ntext size\n"}});
        QCOMPARE(search(*corpus, {"size", SearchMode::Name}).total, std::uint64_t(4));
        QCOMPARE(search(*corpus, {"SIZE", SearchMode::Name}).total, std::uint64_t(0));
        QCOMPARE(search(*corpus, {"SIZE", SearchMode::Name, false}).total, std::uint64_t(4));
        const SearchResult scoped = search(*corpus, {"Box::size", SearchMode::Name});
        QCOMPARE(scoped.total, std::uint64_t(2)); // either way of writing a scope
        QCOMPARE(toString(*corpus, scoped.hits[0]), std::string("a.cpp:3-5"));
        QCOMPARE(search(*corpus, {"Box.size", SearchMode::Name}).total, std::uint64_t(2));
    }

    void outlinesCpp() {
        QCOMPARE(outlineOf("a.cpp",
                           "#include <x>\n#define WIDE(a) \\\n  { a }\n"
                           "namespace one::two {\n"
                           "class EXPORT Box final : public Base<int> {\npublic:\n  Box() : m_a{1}, m_b(2) {\n  }\n  ~Box() {}\n"
                           "  bool operator==(const Box& o) const { return true; }\n  int f() const;\n};\n"
                           "template <class T>\nT Box::get(std::function<void()> g) const noexcept(true)\n{\n  if (x) { y(); }\n"
                           "  auto l = [](int a) { return a; };\n  return {};\n}\n"
                           "int table[] = {1, 2};\nenum class Color { Red };\n}\n"
                           "extern \"C\" {\nint plain(void) { const char* s = \"} // {\"; return '}'; }\n}\n"
                           "typedef struct {\n  int a;\n} Pair;\nstruct stat* look(struct stat* s) {\n}\nusing Word = int;\n"),
                 lines("macro |WIDE 2-3\nnamespace |one::two 4-22\nclass one::two|Box 5-12\nmethod one::two::Box|Box 6-8\n"
                             "method one::two::Box|~Box 9\nmethod one::two::Box|operator== 10\nmethod one::two::Box|get 13-19\n"
                             "enum one::two|Color 21\nfunction |plain 24\nstruct |Pair 26-28\nfunction |look 29-30\ntype |Word 31\n"));
    }

    void outlinesOthers() {
        QCOMPARE(outlineOf("a.py", "import x\n\n@deco\nclass A(B):\n    \"\"\"def no(): pass\"\"\"\n    def f(self,\n          a=1):\n        return {\n}\n\n"
                                   "    async def g(self):\n        pass\n\ndef h():\n    def inner():\n        pass\n    return 1\n"),
                 lines("class |A 4-12\nmethod A|f 6-9\nmethod A|g 11-12\nfunction |h 14-17\nfunction h|inner 15-16\n"));
        QCOMPARE(outlineOf("a.go", "package p\n\ntype T struct {\n\ta int\n}\n\nfunc (t *T) Get(\n\ta int,\n) error {\n\tif a { return nil }\n\treturn nil\n}\n\n"
                                   "func Main() {\n}\ntype I interface {\n\tM()\n}\n"),
                 lines("struct |T 3-5\nmethod T|Get 7-12\nfunction |Main 14-15\ninterface |I 16-18\n"));
        QCOMPARE(outlineOf("a.rs", "pub struct P<'a> {\n    x: &'a str,\n}\nimpl<'a> fmt::Display for P<'a> {\n    fn fmt(&self) -> bool {\n        x == '}'\n    }\n}\n"
                                   "mod m {\n    pub(crate) async fn go() {\n    }\n}\n"),
                 lines("struct |P 1-3\nimpl |P 4-8\nmethod P|fmt 5-7\nmodule |m 9-12\nfunction m|go 10-11\n"));
        QCOMPARE(outlineOf("a.java", "package p;\npublic class A extends B {\n  @Override(x)\n  public int f(int a) throws E {\n    for (;;) { }\n  }\n"
                                     "  Runnable r = new Runnable() { public void run() { } };\n  interface I { }\n}\n"),
                 lines("class |A 2-9\nmethod A|f 3-6\ninterface A|I 8\n"));
        QCOMPARE(outlineOf("a.ts", "export class A {\n  constructor(private x: number) {\n  }\n  get(a): string {\n    return `}`\n  }\n}\n"
                                   "export const f = async (a) => {\n  if (a) { b() }\n}\nfunction g() {\n}\nfoo(function () {\n})\ninterface I {\n  a: string\n}\n"),
                 lines("class |A 1-7\nmethod A|constructor 2-3\nmethod A|get 4-6\nfunction |f 8-10\nfunction |g 11-12\ninterface |I 15-17\n"));
        QCOMPARE(outlineOf("a.sh", "#!/bin/sh\n# f() {\nset -e\nbuild-all() {\n  echo \"}\"\n}\nfunction two {\n  :\n}\none() { :; }\n"),
                 lines("function |build-all 4-6\nfunction |two 7-9\nfunction |one 10\n"));
        QCOMPARE(outlineOf("a.rb", "module M\n  class A\n    def go?(x)\n      1\n    end\n  end\nend\n"),
                 lines("module |M 1-7\nclass M|A 2-6\nmethod M::A|go? 3-5\n"));
        QCOMPARE(outlineOf("a.lua", "local function f(a)\n  return a\nend\nfunction T.g() return 1 end\n"),
                 lines("function |f 1-3\nfunction |T.g 4\n"));
        QCOMPARE(outlineOf("a.md", "# A\ntext\n## B\nmore\n# C\n"), lines("heading |A 1-4\nheading A|B 3-4\nheading |C 5\n"));
        QCOMPARE(outlineOf("a.unknown", "int f() {\n}\n"), QStringList());
    }

    void outlinesOfAnythingStayInside() {
        std::mt19937 random(11);
        static const char* const parts[] = {"{", "}", "(", ")", ";", "class A", "f", "\n", "\"", "'", "//", "/*", "*/", "#define X", " ", "def g", "impl<", ">",
                                            "operator", "::", "~", "=", "func (r T) M", "\\", "R\"(", "`", "typedef struct", "enum", "=>", "\t", ":", "end"};
        static const char* const names[] = {"a.cpp", "a.py", "a.go", "a.rs", "a.java", "a.ts", "a.sh", "a.rb", "a.lua", "a.php", "a.kt", "a.swift", "a.md"};
        for (int round = 0; round < 3000; ++round) {
            std::string text;
            for (unsigned i = 0; i < random() % 60; ++i)
                text += parts[random() % std::size(parts)];
            const Document document(names[random() % std::size(names)], Kind::Code, text, "", text.size());
            for (const Symbol& symbol : scanSymbols(document, 0)) {
                QVERIFY(symbol.span.begin <= symbol.span.end && symbol.span.end <= text.size());
                QVERIFY(!symbol.name.empty());
            }
        }
    }

    void ctagsAddsWithoutContradicting() {
        const auto corpus = corpusOf({{"a.sql", "CREATE TABLE people (\n  id int\n);\n"}, {"a.c", "int f(void)\n{\n  return 1;\n}\n"}});
        const auto c = outline(*corpus, *corpus->find("a.c"));
        QCOMPARE(c.size(), std::size_t(1));
        QCOMPARE(toString(*corpus, c[0].span), std::string("a.c:1-4"));
        if (ctagsSymbols(corpus->document(0), 0).empty())
            QSKIP("universal-ctags is not installed: only our own scanners");
        bool people = false;
        for (const Symbol& symbol : outline(*corpus, *corpus->find("a.sql")))
            people = people || symbol.name == "people";
        QVERIFY(people);
    }
};

QTEST_GUILESS_MAIN(TestSearch)
#include "tst_search.moc"
