// A git repository made by a test through libgit2, so that no git program is needed: files are written into its folder,
// staged and committed at given times; trees that no program would write are built entry by entry. One thread.
#pragma once

#include "tests/support/folder.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct git_repository;

namespace testing {

class GitRepository {
public:
    // Made inside the folder, as its name says ("" is the folder itself).
    explicit GitRepository(const Folder& folder, const std::string& name = {}, bool bare = false);
    ~GitRepository();
    GitRepository(const GitRepository&) = delete;
    GitRepository& operator=(const GitRepository&) = delete;

    const std::string& path() const { return m_path; }
    void write(std::string_view name, std::string_view bytes) const;
    void remove(std::string_view name) const;
    void stage(std::string_view name) const;
    // Stages all files there are (ignored ones too when `force`) and those that are gone.
    void stageAll(bool force = false) const;
    // Commits the index on HEAD; `parents` replaces HEAD's commit. Gives the id.
    std::string commit(const std::string& message, std::int64_t time, const std::vector<std::string>& parents = {},
                       const std::string& author = "Ada Example") const;
    void tag(const std::string& name, const std::string& id) const;
    void branch(const std::string& name, const std::string& id) const;
    // Moves HEAD, index and files to a commit.
    void checkout(const std::string& id) const;

    struct TreeItem {
        unsigned mode;
        std::string name, id;
    };
    std::string blob(std::string_view bytes) const;
    // Raw, in the given order, with any names and modes.
    std::string tree(const std::vector<TreeItem>& items) const;
    std::string commitTree(const std::string& tree, std::int64_t time, const std::vector<std::string>& parents = {}) const;

private:
    std::string m_path;
    git_repository* m_repository = nullptr;
};

} // namespace testing
