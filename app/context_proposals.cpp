// What could be left out of a corpus that is larger than the window, by tokens saved. Names of folders and files
// decide; nothing here drops anything.
#include "app/context_render.h"

#include <algorithm>
#include <array>
#include <map>

namespace app {

namespace {

struct Rule {
    const char* label;
    std::vector<std::string_view> folders, endings;
};

const std::array<Rule, 6>& rules() {
    static const std::array<Rule, 6> all{{
        {"generated", {"generated", "gen", "autogen", "build", "dist", "out"}, {".pb.cc", ".pb.h", ".pb.go", "_pb2.py", ".min.js", ".min.css"}},
        {"vendored", {"third_party", "3rdparty", "thirdparty", "vendor", "vendored", "external", "extern", "deps", "node_modules", "contrib"}, {}},
        {"tests", {"test", "tests", "testing", "testdata", "spec", "fixtures", "e2e", "benchmarks"}, {"_test.go", ".test.ts", ".test.js", ".spec.ts", "_test.cc", "_test.cpp"}},
        {"translations", {"locale", "locales", "translations", "i18n", "l10n", "po", "lang"}, {".po", ".pot", ".xliff", ".xlf"}},
        {"examples", {"example", "examples", "samples", "demo", "demos"}, {}},
        {"data", {"data", "assets", "static"}, {".json", ".csv", ".tsv", ".svg", ".xml", ".lock", ".ipynb"}},
    }};
    return all;
}

std::string escapedGlob(std::string_view path) {
    std::string glob;
    for (const char c : path) {
        if (c == '*' || c == '?' || c == '[' || c == '\\')
            glob += '\\';
        glob += c;
    }
    return glob;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return c < 0x80 ? char(std::tolower(c)) : char(c); });
    return out;
}

// What a path belongs to: the shallowest folder with a telling name, else its telling ending, else nothing.
std::pair<std::string, std::string> classify(const std::string& path) {
    const std::string small = lower(path);
    for (std::size_t begin = 0, slash; (slash = small.find('/', begin)) != std::string::npos; begin = slash + 1) {
        const std::string_view name = std::string_view(small).substr(begin, slash - begin);
        for (const Rule& rule : rules())
            if (std::find(rule.folders.begin(), rule.folders.end(), name) != rule.folders.end())
                return {std::string(rule.label) + ": " + path.substr(0, slash + 1), escapedGlob(path.substr(0, slash)) + "/**"};
    }
    for (const Rule& rule : rules())
        for (const std::string_view ending : rule.endings)
            if (small.ends_with(ending))
                return {std::string(rule.label) + ": *" + std::string(ending), "**/*" + std::string(ending)};
    return {};
}

} // namespace

std::vector<Proposal> proposeCuts(const ingest::Corpus& corpus, const std::vector<std::int64_t>& tokens) {
    std::map<std::string, Proposal> byGlob;
    std::int64_t total = 0;
    const auto add = [&](const std::string& what, const std::string& glob, std::int64_t count) {
        Proposal& proposal = byGlob[glob];
        if (proposal.files == 0)
            proposal.what = what, proposal.glob = glob;
        ++proposal.files;
        proposal.tokens += count;
    };
    for (std::uint32_t i = 0; i < corpus.documents().size(); ++i) {
        const std::string& path = corpus.document(i).path();
        total += tokens[i];
        if (const auto [what, glob] = classify(path); !glob.empty())
            add(what, glob, tokens[i]);
        std::size_t slash = path.find('/');
        for (int depth = 0; depth < 2 && slash != std::string::npos; ++depth, slash = path.find('/', slash + 1))
            if (const std::string glob = escapedGlob(path.substr(0, slash)) + "/**"; !byGlob.contains(glob) || byGlob[glob].what.starts_with("folder: "))
                add("folder: " + path.substr(0, slash + 1), glob, tokens[i]);
    }
    // Single files that weigh by themselves.
    for (std::uint32_t i = 0; i < corpus.documents().size(); ++i)
        if (tokens[i] * 50 > total)
            add("file: " + corpus.document(i).path(), escapedGlob(corpus.document(i).path()), tokens[i]);
    std::vector<Proposal> all;
    for (auto& [glob, proposal] : byGlob)
        if (proposal.tokens * 200 >= total && proposal.tokens < total)
            all.push_back(std::move(proposal));
    std::stable_sort(all.begin(), all.end(), [](const Proposal& a, const Proposal& b) { return a.tokens > b.tokens; });
    // A folder that only repeats what a better reason names already is noise.
    std::erase_if(all, [&](const Proposal& p) {
        return p.what.starts_with("folder: ") && std::any_of(all.begin(), all.end(), [&](const Proposal& other) {
                   return other.tokens == p.tokens && !other.what.starts_with("folder: ");
               });
    });
    if (all.size() > 15)
        all.resize(15);
    return all;
}

} // namespace app
