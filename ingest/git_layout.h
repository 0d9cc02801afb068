// GitLayout: where a repository keeps its things, looked at before libgit2 sees it. A repository can be made to read
// files elsewhere (a .git file, links, alternates, commondir, core.worktree, include.path) or to hang its reader (a
// FIFO in the place of a file); each of these is refused here with a sentence that says what to do (P10, R6).
// Nothing is ever executed. Free functions; any thread.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ingest {

struct GitLayout {
    std::string root;              // absolute: the top of the working tree, or the bare repository itself
    std::string gitFolder;         // absolute: root + "/.git", or root where bare
    bool bare = false;
    bool partial = false;          // a partial clone: some objects are missing, and none is fetched
    std::set<std::string> shallow; // ids of commits whose parents are not there
};

// The repository that contains the absolute, resolved folder; nothing where there is none. Throws std::runtime_error
// where the repository is refused.
std::optional<GitLayout> findRepository(const std::string& folder);

} // namespace ingest
