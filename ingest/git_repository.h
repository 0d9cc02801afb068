// Repository: a git_repository of libgit2, opened so that it reads its own folder and nothing else: no configuration of
// the system or the user, no search, no working tree of its own choosing, no network. libgit2's header stays in
// git_*.cpp. One thread at a time per Repository.
#pragma once

#include "ingest/git_layout.h"

#include <memory>
#include <string>
#include <string_view>

struct git_repository;

namespace ingest {

struct CloseRepository {
    void operator()(git_repository* repository) const;
};
using Repository = std::unique_ptr<git_repository, CloseRepository>;

// Throws a sentence.
Repository openRepository(const GitLayout& layout);

// The commit or tree a revision names, as 40 hex digits. Throws a sentence where there is none.
std::string resolveRevision(git_repository* repository, const std::string& revision);

// libgit2's last message, without its final stop.
std::string gitProblem();

// A path of a tree that cannot be a file's: "..", ".git", a slash in a name.
bool isUnsafeName(std::string_view name);

} // namespace ingest
