#include "ingest/git_repository.h"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <stdexcept>

#include <git2.h>

namespace ingest {

namespace {

void prepareLibrary() {
    static std::once_flag once;
    std::call_once(once, [] {
        git_libgit2_init();
        for (const int level : {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL})
            git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
        git_libgit2_opts(GIT_OPT_SET_TEMPLATE_PATH, "");
        // The owner is checked in git_layout.cpp, with a sentence that helps.
        git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
        // Opening a partial clone is harmless: libgit2 fetches nothing by itself.
        const char* extensions[] = {"partialclone", "worktreeconfig"};
        git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, std::size(extensions));
        git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, static_cast<ssize_t>(64 << 20));
        git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, static_cast<std::size_t>(256) << 20);
    });
}

} // namespace

void CloseRepository::operator()(git_repository* repository) const {
    git_repository_free(repository);
}

std::string gitProblem() {
    const git_error* const error = git_error_last();
    std::string message = error && error->message ? error->message : "no reason given";
    while (message.ends_with('.') || message.ends_with('\n'))
        message.pop_back();
    return message;
}

Repository openRepository(const GitLayout& layout) {
    prepareLibrary();
    git_repository* repository = nullptr;
    if (git_repository_open_ext(&repository, layout.gitFolder.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE, nullptr) != 0)
        throw std::runtime_error("the git repository " + layout.root + " could not be opened: " + gitProblem()
                                 + "; check it with git fsck, or give a revision's export (git archive)");
    return Repository(repository);
}

std::string resolveRevision(git_repository* repository, const std::string& revision) {
    const auto fail = [&](const std::string& why) {
        throw std::runtime_error("the repository " + std::string(git_repository_path(repository)) + " has no revision " + revision + ": "
                                 + why + "; git branch -a and git tag list what there is");
    };
    git_object* object = nullptr;
    if (git_revparse_single(&object, repository, revision.c_str()) != 0)
        fail(gitProblem());
    const std::unique_ptr<git_object, decltype(&git_object_free)> owned(object, &git_object_free);
    git_object* peeled = nullptr;
    if (git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) != 0 && git_object_peel(&peeled, object, GIT_OBJECT_TREE) != 0)
        fail("it names neither a commit nor a tree");
    const std::unique_ptr<git_object, decltype(&git_object_free)> ownedPeeled(peeled, &git_object_free);
    char hex[GIT_OID_HEXSZ + 1];
    return git_oid_tostr(hex, sizeof hex, git_object_id(peeled));
}

bool isUnsafeName(std::string_view name) {
    std::string lower(name);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    return name.empty() || name == "." || name == ".." || lower == ".git" || lower == "git~1" || name.find('/') != std::string_view::npos;
}

} // namespace ingest
