#include "tests/support/git_repository.h"

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <git2.h>

namespace testing {

namespace {

namespace fs = std::filesystem;

void check(int result) {
    if (result < 0)
        throw std::runtime_error(git_error_last() ? git_error_last()->message : "libgit2 failed in a test");
}

git_oid oid(const std::string& hex) {
    git_oid id;
    check(git_oid_fromstr(&id, hex.c_str()));
    return id;
}

std::string hex(const git_oid& id) {
    char text[GIT_OID_HEXSZ + 1];
    return git_oid_tostr(text, sizeof text, &id);
}

} // namespace

GitRepository::GitRepository(const Folder& folder, const std::string& name, bool bare)
    : m_path(name.empty() ? folder.path() : folder.at(name)) {
    git_libgit2_init();
    git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
    options.flags = GIT_REPOSITORY_INIT_MKDIR | GIT_REPOSITORY_INIT_MKPATH | (bare ? unsigned(GIT_REPOSITORY_INIT_BARE) : 0u);
    options.initial_head = "main";
    check(git_repository_init_ext(&m_repository, m_path.c_str(), &options));
}

GitRepository::~GitRepository() {
    git_repository_free(m_repository);
    git_libgit2_shutdown();
}

void GitRepository::write(std::string_view name, std::string_view bytes) const {
    const fs::path path = m_path + "/" + std::string(name);
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

void GitRepository::remove(std::string_view name) const {
    fs::remove_all(m_path + "/" + std::string(name));
}

void GitRepository::stage(std::string_view name) const {
    git_index* index = nullptr;
    check(git_repository_index(&index, m_repository));
    check(git_index_add_bypath(index, std::string(name).c_str()));
    check(git_index_write(index));
    git_index_free(index);
}

void GitRepository::stageAll(bool force) const {
    git_index* index = nullptr;
    check(git_repository_index(&index, m_repository));
    check(git_index_add_all(index, nullptr, force ? GIT_INDEX_ADD_FORCE : GIT_INDEX_ADD_DEFAULT, nullptr, nullptr));
    check(git_index_update_all(index, nullptr, nullptr, nullptr));
    check(git_index_write(index));
    git_index_free(index);
}

std::string GitRepository::commit(const std::string& message, std::int64_t time, const std::vector<std::string>& parents,
                                  const std::string& author) const {
    git_index* index = nullptr;
    check(git_repository_index(&index, m_repository));
    git_oid treeId;
    check(git_index_write_tree(&treeId, index));
    git_index_free(index);
    std::vector<git_oid> ids;
    for (const std::string& parent : parents)
        ids.push_back(oid(parent));
    git_oid head;
    if (ids.empty() && git_reference_name_to_id(&head, m_repository, "HEAD") == 0)
        ids.push_back(head);
    std::vector<git_commit*> commits(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
        check(git_commit_lookup(&commits[i], m_repository, &ids[i]));
    git_tree* tree = nullptr;
    check(git_tree_lookup(&tree, m_repository, &treeId));
    git_signature* signature = nullptr;
    check(git_signature_new(&signature, author.c_str(), "ada@example.org", time, 0));
    git_oid id;
    check(git_commit_create(&id, m_repository, nullptr, signature, signature, nullptr, message.c_str(), tree, commits.size(),
                            const_cast<const git_commit**>(commits.data())));
    git_reference* head2 = nullptr;
    git_reference* moved = nullptr;
    check(git_reference_lookup(&head2, m_repository, "HEAD"));
    const std::string name = git_reference_type(head2) == GIT_REFERENCE_SYMBOLIC ? git_reference_symbolic_target(head2) : "HEAD";
    check(git_reference_create(&moved, m_repository, name.c_str(), &id, 1, "test"));
    git_reference_free(head2);
    git_reference_free(moved);
    git_signature_free(signature);
    git_tree_free(tree);
    for (git_commit* one : commits)
        git_commit_free(one);
    return hex(id);
}

void GitRepository::tag(const std::string& name, const std::string& id) const {
    git_reference* reference = nullptr;
    const git_oid target = oid(id);
    check(git_reference_create(&reference, m_repository, ("refs/tags/" + name).c_str(), &target, 1, nullptr));
    git_reference_free(reference);
}

void GitRepository::branch(const std::string& name, const std::string& id) const {
    git_reference* reference = nullptr;
    const git_oid target = oid(id);
    check(git_reference_create(&reference, m_repository, ("refs/heads/" + name).c_str(), &target, 1, nullptr));
    git_reference_free(reference);
}

void GitRepository::checkout(const std::string& id) const {
    const git_oid target = oid(id);
    git_object* object = nullptr;
    check(git_object_lookup(&object, m_repository, &target, GIT_OBJECT_COMMIT));
    git_checkout_options options = GIT_CHECKOUT_OPTIONS_INIT;
    options.checkout_strategy = GIT_CHECKOUT_FORCE | GIT_CHECKOUT_REMOVE_UNTRACKED;
    check(git_reset(m_repository, object, GIT_RESET_HARD, &options));
    git_object_free(object);
}

std::string GitRepository::blob(std::string_view bytes) const {
    git_oid id;
    check(git_blob_create_from_buffer(&id, m_repository, bytes.data(), bytes.size()));
    return hex(id);
}

std::string GitRepository::tree(const std::vector<TreeItem>& items) const {
    std::string raw;
    for (const TreeItem& item : items) {
        char mode[16];
        std::snprintf(mode, sizeof mode, "%o ", item.mode);
        const git_oid id = oid(item.id);
        raw += mode + item.name;
        raw += '\0';
        raw.append(reinterpret_cast<const char*>(id.id), GIT_OID_RAWSZ);
    }
    git_odb* odb = nullptr;
    check(git_repository_odb(&odb, m_repository));
    git_oid id;
    check(git_odb_write(&id, odb, raw.data(), raw.size(), GIT_OBJECT_TREE));
    git_odb_free(odb);
    return hex(id);
}

std::string GitRepository::commitTree(const std::string& tree, std::int64_t time, const std::vector<std::string>& parents) const {
    std::string raw = "tree " + tree + "\n";
    for (const std::string& parent : parents)
        raw += "parent " + parent + "\n";
    const std::string who = "Ada Example <ada@example.org> " + std::to_string(time) + " +0000\n";
    raw += "author " + who + "committer " + who + "\nraw\n";
    git_odb* odb = nullptr;
    check(git_repository_odb(&odb, m_repository));
    git_oid id;
    check(git_odb_write(&id, odb, raw.data(), raw.size(), GIT_OBJECT_COMMIT));
    git_odb_free(odb);
    git_reference* moved = nullptr;
    check(git_reference_create(&moved, m_repository, "refs/heads/main", &id, 1, "test"));
    git_reference_free(moved);
    return hex(id);
}

} // namespace testing
