// C04 includes and links to files that are not there, C05 what a README names and the tree lacks, C18 names
// equal but for case, C21 source files that nothing names.
#include "app/report/checks/check.h"

#include "app/report/text_folding.h"
#include "ingest/kind.h"

#include <algorithm>

namespace app::checks {

namespace {

// Headers that builds write: missing in every clean tree.
bool isGenerated(const CorpusView& view, const std::string& include) {
    static const Pattern generated(
        R"re((^|/)(ui_|moc_|qrc_)[^/]*$|adaptor\.h$|(^|/)release\.h$|\.moc$|\.pb\.h$|\.grpc\.|_generated|generated[_/.]|(^|/)(auto)?config(ure)?[._]?h?\.h(pp)?$|config\.h|version[^/]*\.h|_export\.h$|\.inc$|\.tab\.h|\.lex\.h|build[_-]?info|revision\.h|git_)re",
        Letters::AnyCase);
    return generated.matches(include) || view.hasTail(include + ".in") || view.hasTail(include + ".cmake") ||
           view.hasTail(include + ".template") || view.hasTail(include + ".erb");
}

void includes(const CorpusView& view, const ingest::Document& document, std::uint32_t index, Sink& sink) {
    static const Pattern include(R"re(^[ \t]*#[ \t]*include[ \t]+"([^"\n]{1,200})")re");
    const std::string folder = folderOf(document.path());
    const std::string code = maskCode(document.text(), "c").uncommented;
    struct Missing {
        std::size_t at;
        std::string path;
    };
    std::vector<Missing> missing;
    int found = 0;
    PatternMatch match;
    for (std::size_t from = 0; include.next(code, from, match);) {
        const std::string path(match.groups[1]);
        const std::string beside = cleanPath(folder, path);
        if ((!beside.empty() && view.has(beside)) || view.hasTail(cleanPath("", path)) ||
            (path.find("..") != std::string::npos && view.hasTail(std::string(ingest::fileNameOf(path))))) {
            ++found;
            continue;
        }
        static const Pattern standard(
            R"re(\A(assert|complex|ctype|errno|fcntl|fenv|float|inttypes|iso646|limits|locale|math|netdb|poll|pthread|sched|semaphore|setjmp|signal|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|strings|termios|tgmath|threads|time|unistd|wchar|wctype|windows)\.h\z)re");
        if (!isGenerated(view, path) && !standard.matches(path))
            missing.push_back({static_cast<std::size_t>(match.groups[1].data() - code.data()), path});
    }
    for (const Missing& one : missing) {
        // "zlib.h" may be installed; a path into a folder of this tree, or the odd one among neighbours, is
        // not.
        const std::string top = one.path.substr(0, one.path.find('/'));
        const bool relative = one.path.starts_with("./") || one.path.starts_with("../");
        const bool ownFolder =
            one.path.find('/') != std::string::npos &&
            (view.folders.contains(top) || view.folders.contains(cleanPath(folder, folderOf(one.path))));
        const bool oddOne = one.path.find('/') == std::string::npos && found >= 2 && missing.size() == 1;
        if (!relative && !ownFolder && !oddOne) continue;
        sink.hit({lineOf(view.corpus, index, one.at), "Included file is not there: " + quoted(one.path),
                  "The tree holds no file of that name, and nothing it could be made from.",
                  "The file cannot be compiled as it stands, or it leans on something outside."});
    }
}

void links(const CorpusView& view, const ingest::Document& document, std::uint32_t index, Sink& sink) {
    static const Pattern link(R"re(\]\(<?([^)\s<>"']{1,300})>?(?:\s+["'][^)\n]*)?\))re");
    const std::string& text = document.text();
    const std::string folder = folderOf(document.path());
    // Code spans and fences are examples.
    std::string visibleText = text;
    bool fenced = false;
    for (int line = 1; line <= document.lineCount(); ++line) {
        const std::string_view here = trim(document.line(line));
        const bool fence = here.starts_with("```") || here.starts_with("~~~");
        if (fence) fenced = !fenced;
        if (fenced || fence)
            std::fill(visibleText.begin() + static_cast<std::ptrdiff_t>(document.lineBegin(line)),
                      visibleText.begin() + static_cast<std::ptrdiff_t>(document.lineEnd(line)), ' ');
    }
    static const Pattern span("`[^`\\n]+`");
    PatternMatch match;
    for (std::size_t from = 0; span.next(text, from, match);)
        std::fill(visibleText.begin() + static_cast<std::ptrdiff_t>(match.begin),
                  visibleText.begin() + static_cast<std::ptrdiff_t>(match.end), ' ');
    for (std::size_t from = 0; link.next(visibleText, from, match);) {
        std::string target(match.groups[1]);
        target = target.substr(0, target.find_first_of("#?"));
        if (target.empty() || target[0] == '/' || target.find(':') != std::string::npos ||
            target.find_first_of("{}$*|@\\%") != std::string::npos)
            continue;
        const bool named = target.find('.') != std::string::npos || target.find('/') != std::string::npos;
        if (!named) continue;
        while (target.ends_with('/')) target.pop_back();
        const std::string path = cleanPath(folder, target);
        if (path.empty() || view.has(path) || view.has(cleanPath("", target))) continue;
        // Sites are built: page.html comes from page.md, guide/ from guide.md.
        const std::string stem =
            path.substr(0, path.rfind('.') > path.rfind('/') + 1 || path.rfind('/') == std::string::npos
                               ? path.rfind('.')
                               : std::string::npos);
        if (view.has(stem + ".md") || view.has(path + ".md") || view.has(stem + ".rst") ||
            view.has(path + "/index.md") || view.has(path + ".mdx") ||
            (target.ends_with(".html") && !view.hasTail(".html")))
            continue;
        sink.hit({lineOf(view.corpus, index, match.begin),
                  "Link to a file that is not there: " + quoted(match.groups[1]),
                  "No file of the tree lies where the link points.",
                  "A reader who follows it finds nothing."});
    }
}

void danglingFiles(const CorpusView& view, Sink& sink) {
    for (const std::uint32_t index : view.documents) {
        if (view.stop.stop_requested()) return;
        const ingest::Document& document = view.corpus.document(index);
        if (document.kind() == ingest::Kind::Markdown)
            links(view, document, index, sink);
        else if (document.kind() == ingest::Kind::Code && ingest::languageOf(document.path(), {}) == "c")
            includes(view, document, index, sink);
    }
}

bool isReadme(const std::string& path) {
    const std::string name = toLower(ingest::fileNameOf(path));
    return name.starts_with("readme");
}

void readmeClaims(const CorpusView& view, Sink& sink) {
    static const Pattern path(R"re(`([A-Za-z0-9_.\-]+(?:/[A-Za-z0-9_.\-]+)+)/?`)re");
    static const Pattern option(R"re(`(--[a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?:[ =][^`\n]*)?`)re");
    for (const std::uint32_t index : view.documents) {
        const ingest::Document& document = view.corpus.document(index);
        if (!isReadme(document.path()) || document.kind() == ingest::Kind::Code) continue;
        const std::string folder = folderOf(document.path());
        PatternMatch match;
        for (std::size_t from = 0; path.next(document.text(), from, match);) {
            const std::string named(match.groups[1]);
            const std::string top = named.substr(0, named.find('/'));
            const bool file = ingest::fileNameOf(named).find('.') != std::string_view::npos;
            const bool ours = view.folders.contains(top) || view.folders.contains(cleanPath(folder, top));
            const std::string beside = cleanPath(folder, named);
            if (!file || !ours || view.has(named) || (!beside.empty() && view.has(beside)) ||
                view.hasTail(named))
                continue;
            sink.hit({lineOf(view.corpus, index, match.begin),
                      "README names a file the tree lacks: " + quoted(named),
                      "The folder is there, the file is not.",
                      "The document describes another state of the tree."});
        }
        std::vector<std::pair<std::size_t, std::string>> options;
        for (std::size_t from = 0; option.next(document.text(), from, match);)
            options.emplace_back(match.begin, std::string(match.groups[1]));
        if (options.empty()) continue;
        std::vector<bool> known(options.size(), false);
        bool code = false;
        for (const auto& other : view.corpus.documents()) {
            if (other->kind() != ingest::Kind::Code) continue;
            code = true;
            for (std::size_t i = 0; i < options.size(); ++i) {
                if (known[i]) continue;
                const std::string dashed = options[i].second.substr(2);
                std::string under = dashed;
                std::replace(under.begin(), under.end(), '-', '_');
                std::string bare = dashed.starts_with("no-") ? dashed.substr(3) : dashed;
                known[i] = other->text().find(dashed) != std::string::npos ||
                           other->text().find(under) != std::string::npos ||
                           other->text().find(bare) != std::string::npos;
            }
        }
        // Only a README that mostly names this program's options is about this program.
        const auto hits = std::count(known.begin(), known.end(), true);
        if (!code || hits < 2 || hits * 3 < static_cast<std::ptrdiff_t>(options.size()) * 2) continue;
        for (std::size_t i = 0; i < options.size(); ++i)
            if (!known[i])
                sink.hit({lineOf(view.corpus, index, options[i].first),
                          "README names an option the code lacks: " + quoted(options[i].second),
                          "No source file of the tree holds that word.",
                          "Who follows the document gets an error."});
    }
}

Place firstLine(const CorpusView& view, std::uint32_t index) {
    const ingest::Document& document = view.corpus.document(index);
    const auto at = document.text().find_first_not_of(" \t\r\n\f");
    return at == std::string::npos ? Place{index, 0, 0} : lineOf(view.corpus, index, at);
}

void caseTwins(const CorpusView& view, Sink& sink) {
    std::map<std::string, std::uint32_t> seen;
    for (const std::uint32_t index : view.documents) {
        const std::string& path = view.corpus.document(index).path();
        const auto [at, fresh] = seen.emplace(toLower(path), index);
        if (!fresh)
            sink.hit({firstLine(view, index),
                      "Two names equal but for case: " + quoted(path),
                      "Another file is called " + quoted(view.corpus.document(at->second).path()) + ".",
                      "On file systems that ignore case one of them vanishes.",
                      {{firstLine(view, at->second), EvidenceRole::Support}}});
    }
}

// A C source that no build file names, in a tree whose build files name their sources.
void deadFiles(const CorpusView& view, Sink& sink) {
    std::string builds;
    for (const auto& document : view.corpus.documents()) {
        const std::string name = toLower(ingest::fileNameOf(document->path()));
        if (name == "cmakelists.txt" || name.ends_with(".cmake") || name.starts_with("makefile") ||
            name == "meson.build" || name.ends_with(".mk") || name.ends_with(".pro") || name == "build" ||
            name.ends_with(".bazel") || name.ends_with(".gn") || name.ends_with(".am"))
            builds += document->text();
    }
    if (builds.empty() || builds.find("GLOB") != std::string::npos ||
        builds.find("wildcard") != std::string::npos || builds.find("glob(") != std::string::npos ||
        builds.find("%.") != std::string::npos)
        return;
    std::vector<std::uint32_t> unnamed;
    int named = 0;
    for (const std::uint32_t index : view.documents) {
        const std::string& path = view.corpus.document(index).path();
        if (ingest::languageOf(path, {}) != "c" || !(path.ends_with(".c") || path.ends_with(".cpp") ||
                                                     path.ends_with(".cc") || path.ends_with(".cxx")))
            continue;
        const std::string name(ingest::fileNameOf(path));
        const std::string stem = name.substr(0, name.rfind('.'));
        if (builds.find(stem) != std::string::npos)
            ++named;
        else
            unnamed.push_back(index);
    }
    if (named < 5 || unnamed.size() * 5 > static_cast<std::size_t>(named)) return;
    for (const std::uint32_t index : unnamed) {
        const std::string name(ingest::fileNameOf(view.corpus.document(index).path()));
        const bool included = std::any_of(
            view.corpus.documents().begin(), view.corpus.documents().end(),
            [&](const auto& other) { return other->text().find(name + "\"") != std::string::npos; });
        if (!included)
            sink.hit({firstLine(view, index), "No build file names this source",
                      "The build lists its sources, and this one is not among them.", "It may be dead."});
    }
}

} // namespace

Family referenceChecks() {
    return {
        {{"C04", "Dangling references", "Do includes and links point at files that are there?", "defect",
          Severity::Low, Precision::Finding},
         nullptr,
         danglingFiles},
        {{"C05", "README against tree", "Does the README name options and paths the tree lacks?", "drift",
          Severity::Low, Precision::Finding},
         nullptr,
         readmeClaims},
        {{"C18", "Case twins", "Are there names equal but for case?", "hygiene", Severity::Low,
          Precision::Finding},
         nullptr,
         caseTwins},
        {{"C21", "Dead files", "Are there sources that no build names?", "hygiene", Severity::Note,
          Precision::Note},
         nullptr,
         deadFiles},
    };
}

} // namespace app::checks
