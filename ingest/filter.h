// What stays out of a Corpus, decided once per file and with the rule that decided it. Pure functions; any thread.
#pragma once

#include "ingest/corpus.h"
#include "ingest/source.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ingest {

struct FilterOptions {
    // In the order given; the last match wins. `include` false = --exclude. Where none matches, a file stays in unless
    // the first glob is an include: "--include '*.h'" means nothing else.
    struct Glob {
        std::string pattern;
        bool include = false;
    };
    std::vector<Glob> globs;
    std::uint64_t maxText = 400 * 1000;         // --max-file, bytes of one text file
    std::uint64_t maxPdf = 512ull * 1000 * 1000; // bytes of one PDF
    int maxPdfPages = 10000;
    std::uint64_t maxEntries = 200 * 1000;       // files listed; what lies beyond makes the coverage incomplete
    std::uint64_t maxTotal = 1100ull * 1000 * 1000; // bytes of text held in all
    std::string pdfHelper;                      // path of lectern-pdf; empty = beside the running program
};

// Before reading: ignore rules, globs, vendored folders, names of lock files, size.
std::optional<Skipped> filterEntry(const Entry& entry, const FilterOptions& options);
// After reading: binary, generated, minified (rule names the line that decided).
std::optional<Skipped> filterContent(const Entry& entry, std::string_view bytes, const FilterOptions& options);
// Does the pattern (git's wildmatch: *, **, ?, [a-z]) match the path? As people type it: "*.md" matches in any folder,
// "src" and "src/" stand for all that lies in such a folder, "docs/*.md" starts at the root.
bool globMatch(std::string_view pattern, std::string_view path);

} // namespace ingest
