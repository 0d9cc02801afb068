// History: who changed what and when, as plain values: log, changed files with renames, diffs, ranges A..B, blame and
// volatility. Walks commits itself, because libgit2 1.5 cannot walk a shallow clone and blames fifty times slower than
// git; where a shallow clone ends, history simply ends. Merges count as their parents do. Paths are relative to the
// top of the repository, '/' separated. Nothing is executed or fetched. One thread at a time per History.
#pragma once

#include "ingest/git_layout.h"

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ingest {

struct Commit {
    std::string id; // 40 hex digits
    std::vector<std::string> parents;
    std::string author, email, subject, message; // UTF-8; subject is the first line of message
    std::int64_t time = 0;                       // seconds since 1970, of the author
};

struct ChangedFile {
    enum class Kind : std::uint8_t { Added, Deleted, Modified, Renamed } kind = Kind::Modified;
    std::string path, oldPath; // oldPath differs where renamed
    int similarity = 100;      // percent, of a rename
};

// What `A..B` asks about: the commits of B that A does not have, and the files changed since where they parted.
struct CommitRange {
    std::string from, to, base; // commit ids; base is the merge base, empty where the two share nothing
    bool descends = false;      // `to` descends from `from`
    std::vector<std::string> commits; // newest first
    std::vector<ChangedFile> files;   // base (or from) to `to`
};

struct BlamedLines {
    int line = 1, count = 0;     // 1-based, in the file blamed
    std::string commit, path;    // who wrote them, and what the file was called then
    int originalLine = 1;
    bool boundary = false;       // the clone is shallow here: written in this commit or before
};

class History {
public:
    explicit History(const GitLayout& layout);
    // Of the repository that contains the folder. Throws where there is none or it is refused.
    static std::unique_ptr<History> open(const std::string& folder);
    ~History();

    std::string resolve(const std::string& revision) const; // commit id; throws a sentence
    Commit commit(const std::string& id) const;

    // Newest first; with a path only commits that changed it (renames are followed).
    std::vector<Commit> log(const std::string& revision, const std::string& path, std::size_t limit, std::stop_token stop = {}) const;
    // From the first to the second commit or tree; an empty `from` is nothing at all.
    std::vector<ChangedFile> changes(const std::string& from, const std::string& to) const;
    // Unified diff of one file between two revisions; `oldPath` where it was renamed. Empty where nothing changed.
    std::string diff(const std::string& from, const std::string& to, const std::string& path, const std::string& oldPath = {},
                     int context = 3) const;
    // The same between a revision and given bytes (a working tree's file).
    std::string diffToText(const std::string& from, const std::string& path, std::string_view text, int context = 3) const;
    // "A..B", "A...B" (both from the merge base) or "A.." (to HEAD).
    CommitRange range(const std::string& text, std::stop_token stop = {}) const;
    // Best common ancestor; empty where there is none.
    std::string mergeBase(const std::string& a, const std::string& b, std::stop_token stop = {}) const;
    bool isAncestor(const std::string& ancestor, const std::string& descendant, std::stop_token stop = {}) const;

    std::vector<BlamedLines> blame(const std::string& revision, const std::string& path, int firstLine = 1, int lastLine = 0,
                                   std::stop_token stop = {}) const;
    // Per file the commits that changed it among the last 200 that are no merges, the newest counted 1, the oldest 0.005.
    std::vector<std::pair<std::string, double>> volatility(const std::string& revision, std::stop_token stop = {}) const;
    // The bytes of a file in a revision; throws where it is not there or larger.
    std::string content(const std::string& revision, const std::string& path, std::uint64_t limit) const;

    struct Data; // git_walk.h

private:
    std::unique_ptr<Data> m_data;
};

// A unified diff of two texts, as `git diff` words it; empty where they are equal.
std::string diffTexts(std::string_view from, std::string_view to, const std::string& oldPath, const std::string& path, int context = 3);

} // namespace ingest
