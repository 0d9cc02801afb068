#include "ingest/kind.h"

#include <algorithm>
#include <iterator>

namespace ingest {

namespace {

struct Language {
    std::string_view ending, name;
};

// Sorted by ending.
constexpr Language languages[] = {
    {"bash", "shell"},   {"c", "c"},          {"c++", "c"},      {"cc", "c"},         {"cjs", "javascript"},
    {"cpp", "c"},        {"cs", "java"},      {"cu", "c"},       {"cuh", "c"},        {"cxx", "c"},
    {"go", "go"},        {"h", "c"},          {"hh", "c"},       {"hpp", "c"},        {"hxx", "c"},
    {"inl", "c"},        {"ipp", "c"},        {"java", "java"},  {"js", "javascript"}, {"jsx", "javascript"},
    {"kt", "kotlin"},    {"kts", "kotlin"},   {"lua", "lua"},    {"m", "c"},          {"markdown", "markdown"},
    {"md", "markdown"},  {"mjs", "javascript"}, {"mm", "c"},     {"mts", "javascript"}, {"php", "php"},
    {"py", "python"},    {"pyi", "python"},   {"pyx", "python"}, {"rb", "ruby"},      {"rs", "rust"},
    {"scala", "kotlin"}, {"sh", "shell"},     {"swift", "swift"}, {"tcc", "c"},       {"ts", "javascript"},
    {"tsx", "javascript"}, {"zsh", "shell"},
};

// Prose and data in lines: shown and quoted as text. Everything else that is not Markdown is code.
constexpr std::string_view textEndings[] = {"",     "1",   "2",   "3",    "4",    "5",    "6",  "7",  "8",    "adoc", "asciidoc",
                                            "bib",  "csv", "eml", "ics",  "info", "lang", "log", "mbox", "me", "news", "nfo",
                                            "org",  "pod", "po",  "pot",  "rst",  "rtf",  "srt", "tex",  "text", "texi", "texinfo",
                                            "tsv",  "txt", "vcf", "vtt",  "wiki"};
constexpr std::string_view codeNames[] = {"BUILD",     "CMakeLists.txt", "Dockerfile", "GNUmakefile", "Gemfile", "Jenkinsfile",
                                          "Makefile",  "Rakefile",       "Vagrantfile", "WORKSPACE",  "configure", "makefile"};

template <typename Range>
bool contains(const Range& range, std::string_view value) {
    return std::find(std::begin(range), std::end(range), value) != std::end(range);
}

std::string_view languageOfScript(std::string_view start) {
    if (!start.starts_with("#!"))
        return {};
    const std::string_view line = start.substr(0, std::min(start.find('\n'), std::size_t(200)));
    constexpr Language interpreters[] = {{"python", "python"}, {"node", "javascript"}, {"ruby", "ruby"}, {"lua", "lua"},
                                         {"php", "php"},       {"bash", "shell"},      {"dash", "shell"}, {"zsh", "shell"},
                                         {"ksh", "shell"},     {"/sh", "shell"},       {" sh", "shell"}};
    for (const Language& interpreter : interpreters)
        if (line.find(interpreter.ending) != std::string_view::npos)
            return interpreter.name;
    return {};
}

} // namespace

std::string_view fileNameOf(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string extensionOf(std::string_view path) {
    const std::string_view name = fileNameOf(path);
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos || dot == 0)
        return {};
    std::string ending(name.substr(dot + 1));
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    return ending;
}

Kind kindOf(std::string_view path, std::string_view start) {
    const std::string ending = extensionOf(path);
    if (ending == "pdf" || start.starts_with("%PDF-"))
        return Kind::Pdf;
    if (ending == "md" || ending == "markdown" || ending == "mdown" || ending == "mkd" || ending == "qmd")
        return Kind::Markdown;
    if (start.starts_with("#!") || contains(codeNames, fileNameOf(path)))
        return Kind::Code;
    return contains(textEndings, ending) ? Kind::Text : Kind::Code;
}

std::string_view languageOf(std::string_view path, std::string_view start) {
    const std::string ending = extensionOf(path);
    // Qt's translations end as TypeScript does.
    if (ending == "ts" && (start.starts_with("<?xml") || start.starts_with("<!DOCTYPE")))
        return {};
    const auto at = std::lower_bound(std::begin(languages), std::end(languages), std::string_view(ending),
                                     [](const Language& one, std::string_view wanted) { return one.ending < wanted; });
    if (at != std::end(languages) && at->ending == ending)
        return at->name;
    return languageOfScript(start);
}

} // namespace ingest
