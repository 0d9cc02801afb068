#include "ingest/git_walk.h"

namespace ingest {

std::string hexOf(const git_oid& id) {
    char text[GIT_OID_HEXSZ + 1];
    return git_oid_tostr(text, sizeof text, &id);
}

git_oid oidOf(const std::string& hex) {
    git_oid id;
    if (git_oid_fromstr(&id, hex.c_str()) != 0)
        throw std::runtime_error(hex + " is no object name of git: give 40 hexadecimal digits");
    return id;
}

CommitHandle History::Data::commit(const git_oid& id) const {
    git_commit* commit = nullptr;
    if (git_commit_lookup(&commit, repository.get(), &id) != 0)
        throw std::runtime_error("the commit " + hexOf(id).substr(0, 12) + " of " + layout.root + " cannot be read: " + gitProblem()
                                 + "; fetch its history (git fetch --unshallow) or check with git fsck");
    return CommitHandle(commit);
}

std::vector<git_oid> History::Data::parents(git_commit* commit) const {
    std::vector<git_oid> ids;
    if (shallow.contains(*git_commit_id(commit)))
        return ids;
    for (unsigned i = 0; i < git_commit_parentcount(commit); ++i)
        ids.push_back(*git_commit_parent_id(commit, i));
    return ids;
}

TreeHandle History::Data::tree(git_commit* commit) const {
    git_tree* tree = nullptr;
    if (git_commit_tree(&tree, commit) != 0)
        throw std::runtime_error("the files of commit " + hexOf(*git_commit_id(commit)).substr(0, 12) + " cannot be read: " + gitProblem()
                                 + "; check the repository with git fsck");
    return TreeHandle(tree);
}

TreeHandle History::Data::treeOfRevision(const std::string& revision) const {
    const git_oid id = oidOf(resolveRevision(repository.get(), revision));
    git_object* object = nullptr;
    git_object* tree = nullptr;
    if (git_object_lookup(&object, repository.get(), &id, GIT_OBJECT_ANY) == 0)
        git_object_peel(&tree, object, GIT_OBJECT_TREE);
    git_object_free(object);
    if (!tree)
        throw std::runtime_error("the files of revision " + revision + " cannot be read: " + gitProblem() + "; check the repository with git fsck");
    return TreeHandle(reinterpret_cast<git_tree*>(tree));
}

std::optional<git_oid> History::Data::blobAt(const git_tree* tree, const std::string& path) const {
    git_tree_entry* entry = nullptr;
    if (git_tree_entry_bypath(&entry, tree, path.c_str()) != 0)
        return std::nullopt;
    const TreeEntryHandle owned(entry);
    if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
        return std::nullopt;
    return *git_tree_entry_id(entry);
}

std::string History::Data::blob(const git_oid& id, std::uint64_t limit) const {
    git_odb* odb = nullptr;
    if (git_repository_odb(&odb, repository.get()) != 0)
        throw std::runtime_error("the object database of " + layout.root + " could not be opened: " + gitProblem());
    const std::unique_ptr<git_odb, Freed<git_odb_free>> owned(odb);
    std::size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (git_odb_read_header(&size, &type, odb, &id) != 0 || type != GIT_OBJECT_BLOB)
        throw std::runtime_error("the object " + hexOf(id).substr(0, 12) + " is missing or damaged, and nothing is fetched: check with git fsck");
    if (size > limit)
        throw std::runtime_error("the object " + hexOf(id).substr(0, 12) + " has " + std::to_string(size) + " bytes, limit "
                                 + std::to_string(limit));
    git_blob* blob = nullptr;
    if (git_blob_lookup(&blob, repository.get(), &id) != 0)
        throw std::runtime_error("the object " + hexOf(id).substr(0, 12) + " is damaged: check with git fsck");
    const BlobHandle ownedBlob(blob);
    return std::string(static_cast<const char*>(git_blob_rawcontent(blob)), static_cast<std::size_t>(git_blob_rawsize(blob)));
}

DiffHandle History::Data::diff(git_tree* from, git_tree* to, bool renames) const {
    git_diff* diff = nullptr;
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    options.flags = GIT_DIFF_INCLUDE_TYPECHANGE | GIT_DIFF_IGNORE_SUBMODULES | GIT_DIFF_SKIP_BINARY_CHECK;
    if (git_diff_tree_to_tree(&diff, repository.get(), from, to, &options) != 0)
        throw std::runtime_error("two versions of " + layout.root + " cannot be compared: " + gitProblem() + "; check with git fsck");
    DiffHandle owned(diff);
    if (renames) {
        git_diff_find_options find = GIT_DIFF_FIND_OPTIONS_INIT;
        find.flags = GIT_DIFF_FIND_RENAMES;
        find.rename_limit = 400;
        git_diff_find_similar(diff, &find); // without it a rename shows as deleted and added, which is true as well
    }
    return owned;
}

OidSet History::Data::ancestors(const git_oid& id, const std::stop_token& stop) const {
    OidSet seen{id};
    std::vector<git_oid> pending{id};
    while (!pending.empty() && !stop.stop_requested()) {
        const CommitHandle one = commit(pending.back());
        pending.pop_back();
        for (const git_oid& parent : parents(one.get()))
            if (seen.insert(parent).second)
                pending.push_back(parent);
    }
    return seen;
}

CommitHandle CommitWalk::next() {
    if (m_queue.empty())
        return nullptr;
    const git_oid id = m_queue.top().id;
    m_queue.pop();
    CommitHandle commit = m_data.commit(id);
    for (const git_oid& parent : m_data.parents(commit.get()))
        push(parent);
    return commit;
}

void CommitWalk::push(const git_oid& id) {
    if (m_seen.insert(id).second)
        m_queue.push({git_commit_time(m_data.commit(id).get()), id});
}

} // namespace ingest
