// Corpus: what was read, in a fixed order, and what was not, each with its reason. Complete and immutable when it is
// returned, shared as shared_ptr<const Corpus>. Every listed file is exactly once in documents() or skipped().
#pragma once

#include "ingest/document.h"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace ingest {

class Source;
struct FilterOptions;

// The states of the coverage ledger (agent.md 8) that ingest can decide.
enum class SkipState : std::uint8_t { Excluded, Unreadable };

struct Skipped {
    std::string path; // a folder ends with '/': it stands for all in it, for example one with many ignored files
    std::uint64_t bytes = 0;
    SkipState state = SkipState::Excluded;
    std::string reason; // "binary", "generated", "vendored", "minified", "too large", "duplicate of src/a.h", "ignored", ...
    std::string rule;   // what decided: ".gitignore:3: *.o", "--exclude docs/**", "first NUL byte at 17"
};

// A fact about where a corpus came from, for reports.
struct Subject {
    std::string kind;     // "git", "folder", "file"
    std::string name;
    std::string root;     // absolute path
    std::string revision; // commit id, or empty
    bool dirty = false;   // a working tree that differs from its revision
};

struct Warning {
    std::string what, about;
};

// What reading took, for `lectern ingest --json`.
struct ReadStats {
    std::uint64_t files = 0;      // listed: documents and skipped
    std::uint64_t bytes = 0;      // read from disk or the object database
    std::uint64_t pages = 0;      // of PDFs
    double seconds = 0;
    std::uint64_t peakMemory = 0; // bytes resident at the highest, of the whole process
};

class Corpus {
public:
    const std::vector<std::shared_ptr<const Document>>& documents() const { return m_documents; }
    const Document& document(std::size_t index) const { return *m_documents[index]; }
    const std::vector<Skipped>& skipped() const { return m_skipped; }
    const std::vector<Subject>& subjects() const { return m_subjects; }
    const std::vector<Warning>& warnings() const { return m_warnings; }
    // Index of the document of that path.
    std::optional<std::uint32_t> find(std::string_view path) const;
    // Why the path is not among the documents: its row, or that of the folder that stands for it ("build/"). Null where
    // it was read or never listed.
    const Skipped* whySkipped(std::string_view path) const;
    // SHA-256 over paths and content hashes, in order.
    const std::string& sha256() const { return m_sha256; }
    // Commits that touched the document among the last 200, weighted by age; 0 without history.
    double volatility(std::uint32_t document) const;
    const ReadStats& stats() const { return m_stats; }

private:
    friend class CorpusBuilder;
    std::vector<std::shared_ptr<const Document>> m_documents;
    std::vector<Skipped> m_skipped;
    std::vector<Subject> m_subjects;
    std::vector<Warning> m_warnings;
    std::vector<double> m_volatility;
    std::vector<std::uint32_t> m_byPath; // indices sorted by path
    std::string m_sha256;
    ReadStats m_stats;
};

// Collects documents in any order; build() sorts by path and seals. Of files with equal content (empty ones aside) the
// first by path stays, the others become Skipped. Also the way tests and the report loader make a Corpus without files.
class CorpusBuilder {
public:
    CorpusBuilder();
    ~CorpusBuilder();
    void add(std::shared_ptr<const Document> document, double volatility = 0);
    void skip(Skipped skipped);
    void subject(Subject subject);
    void warn(Warning warning);
    void stats(const ReadStats& stats);
    std::shared_ptr<const Corpus> build();

private:
    struct Added;
    std::unique_ptr<Corpus> m_corpus;
    std::unique_ptr<Added> m_added;
};

struct ReadProgress {
    std::uint64_t files = 0, filesTotal = 0; // total 0 while listing
    std::uint64_t bytes = 0, pages = 0;
    std::string current;
};

// Lists, filters, decodes and indexes; looks at `stop` before every file (a stopped read returns what it has).
// Throws only when a source as a whole cannot be read; a bad file becomes a Skipped row.
std::shared_ptr<const Corpus> readCorpus(const std::vector<std::unique_ptr<Source>>& sources,
                                         const FilterOptions& filter,
                                         const std::function<void(const ReadProgress&)>& onProgress,
                                         std::stop_token stop);

} // namespace ingest
