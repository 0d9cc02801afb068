// What git_history.cpp and git_blame.cpp share: libgit2 handles freed by themselves, and commits by date with the ends
// of a shallow clone. Included by git_*.cpp only, since it needs libgit2's header.
#pragma once

#include "ingest/git_history.h"
#include "ingest/git_repository.h"

#include <compare>
#include <cstring>
#include <optional>
#include <queue>
#include <stdexcept>
#include <unordered_set>

#include <git2.h>

namespace ingest {

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* value) const { Free(value); }
};
using CommitHandle = std::unique_ptr<git_commit, Freed<git_commit_free>>;
using TreeHandle = std::unique_ptr<git_tree, Freed<git_tree_free>>;
using BlobHandle = std::unique_ptr<git_blob, Freed<git_blob_free>>;
using DiffHandle = std::unique_ptr<git_diff, Freed<git_diff_free>>;
using TreeEntryHandle = std::unique_ptr<git_tree_entry, Freed<git_tree_entry_free>>;

struct OidHash {
    std::size_t operator()(const git_oid& id) const {
        std::size_t value;
        std::memcpy(&value, id.id, sizeof value);
        return value;
    }
};
struct OidEqual {
    bool operator()(const git_oid& a, const git_oid& b) const { return git_oid_equal(&a, &b) != 0; }
};
using OidSet = std::unordered_set<git_oid, OidHash, OidEqual>;

std::string hexOf(const git_oid& id);
git_oid oidOf(const std::string& hex);

struct History::Data {
    GitLayout layout;
    Repository repository;
    OidSet shallow;

    CommitHandle commit(const git_oid& id) const;
    // None at the end of a shallow clone.
    std::vector<git_oid> parents(git_commit* commit) const;
    TreeHandle tree(git_commit* commit) const;
    TreeHandle treeOfRevision(const std::string& revision) const;
    // The blob at a path; nothing where there is none.
    std::optional<git_oid> blobAt(const git_tree* tree, const std::string& path) const;
    std::string blob(const git_oid& id, std::uint64_t limit) const;
    DiffHandle diff(git_tree* from, git_tree* to, bool renames) const;
    // All commits reachable, itself included.
    OidSet ancestors(const git_oid& id, const std::stop_token& stop) const;
};

// Commits by date, newest first, each once.
class CommitWalk {
public:
    CommitWalk(const History::Data& data, const git_oid& start) : m_data(data) { push(start); }
    // The next commit and its parents are queued; null at the end.
    CommitHandle next();
    void push(const git_oid& id);

private:
    struct Queued {
        git_time_t time;
        git_oid id;
        bool operator<(const Queued& other) const {
            return time != other.time ? time < other.time : git_oid_cmp(&id, &other.id) > 0;
        }
    };
    const History::Data& m_data;
    std::priority_queue<Queued> m_queue;
    OidSet m_seen;
};

} // namespace ingest
