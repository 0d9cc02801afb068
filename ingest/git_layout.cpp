#include "ingest/git_layout.h"

#include "ingest/safe_root.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include <sys/stat.h>
#include <unistd.h>

namespace ingest {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t largestConfig = 1 << 20; // bytes

[[noreturn]] void refuse(const std::string& what, const std::string& why, const std::string& cure) {
    throw std::runtime_error(what + " " + why + ", which is not followed: " + cure);
}

const std::string cleanClone = "make a clean copy with git clone --no-local and give that folder";

std::string lowered(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    return text;
}

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    return first == std::string::npos ? std::string() : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// A whole small file of the repository's own, read without following anything.
std::string small(const SafeRoot& folder, const std::string& name) {
    std::string text = folder.readIfThere(name, largestConfig + 1);
    if (text.size() > largestConfig)
        throw std::runtime_error(folder.path() + "/" + name + " is larger than 1 MB, which no repository needs: " + cleanClone);
    return text;
}

bool isInside(const fs::path& path, const std::string& root) {
    std::error_code error;
    const std::string resolved = fs::weakly_canonical(path, error).string();
    return !error && (resolved == root || resolved.starts_with(root == "/" ? root : root + "/"));
}

bool looksBare(const std::string& folder) {
    std::error_code error;
    return fs::is_regular_file(fs::symlink_status(folder + "/HEAD", error)) && fs::is_directory(folder + "/objects", error)
           && fs::is_directory(folder + "/refs", error);
}

// git's own rule for a repository of somebody else, with git's own cure: safe.directory in the user's configuration.
bool userTrusts(const std::string& root) {
    const char* const home = std::getenv("HOME");
    const char* const xdg = std::getenv("XDG_CONFIG_HOME");
    std::vector<std::pair<std::string, std::string>> files;
    if (home)
        files = {{home, ".gitconfig"}, {std::string(home) + "/.config/git", "config"}};
    if (xdg)
        files.push_back({std::string(xdg) + "/git", "config"});
    bool trusted = false;
    for (const auto& [folder, name] : files) {
        std::error_code error;
        if (!fs::is_directory(folder, error))
            continue;
        const std::string text = SafeRoot(folder).readIfThere(name, largestConfig);
        std::string section;
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = std::min(text.find('\n', begin), text.size());
            const std::string line = trimmed(text.substr(begin, end - begin));
            begin = end + 1;
            if (line.starts_with('['))
                section = lowered(trimmed(line));
            const auto equals = line.find('=');
            if (section != "[safe]" || equals == std::string::npos || lowered(trimmed(line.substr(0, equals))) != "directory")
                continue;
            const std::string value = trimmed(line.substr(equals + 1));
            trusted = value.empty() ? false : trusted || value == "*" || value == root;
        }
    }
    return trusted;
}

// Nothing of a repository runs here, so the danger git guards against is small; yet the user decides. Root may read
// everybody's files anyway, and so may who called sudo.
void checkOwner(const GitLayout& layout) {
    struct stat status {};
    if (::stat(layout.gitFolder.c_str(), &status) != 0)
        throw std::runtime_error("cannot read " + layout.gitFolder + ": check its permissions");
    const uid_t me = ::geteuid();
    if (me == 0 || status.st_uid == me || userTrusts(layout.root))
        return;
    throw std::runtime_error("the repository " + layout.root + " belongs to another user: if you trust it, run git config --global --add"
                             " safe.directory " + layout.root);
}

void checkConfig(GitLayout& layout, const SafeRoot& folder, const std::string& name) {
    const std::string where = folder.path() + "/" + name;
    const std::string text = lowered(small(folder, name));
    // A key may stand on the line of its section, quoted or continued: finding the word where a key could be is enough
    // to refuse.
    for (auto at = text.find('['); at != std::string::npos; at = text.find('[', at + 1)) {
        const auto word = text.find_first_not_of(" \t", at + 1);
        if (word != std::string::npos && text.compare(word, 7, "include") == 0)
            refuse(where, "includes another file", "remove its [include] section, or " + cleanClone);
    }
    for (auto at = text.find("worktree"); at != std::string::npos; at = text.find("worktree", at + 1)) {
        const auto after = text.find_first_not_of(" \t", at + 8);
        if ((at == 0 || std::string(" \t\n\r]").find(text[at - 1]) != std::string::npos) && after != std::string::npos && text[after] == '=')
            refuse(where, "names another working tree (core.worktree)", "open that folder itself, or " + cleanClone);
    }
    if (text.find("objectformat") != std::string::npos && text.find("sha256") != std::string::npos)
        throw std::runtime_error(layout.root + " uses SHA-256 object names, which libgit2 cannot read: export it (git archive REV | tar -x -C folder)"
                                               " and give that folder");
    layout.partial = layout.partial || text.find("partialclone") != std::string::npos || text.find("promisor") != std::string::npos;
}

void checkAlternates(const GitLayout& layout, const SafeRoot& folder) {
    const std::string text = small(folder, "objects/info/alternates");
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string line = trimmed(text.substr(begin, end - begin));
        begin = end + 1;
        if (line.empty() || line[0] == '#')
            continue;
        const fs::path target = line[0] == '/' ? fs::path(line) : fs::path(layout.gitFolder + "/objects") / line;
        if (line[0] == '"' || !isInside(target, layout.root))
            refuse(layout.gitFolder + "/objects/info/alternates", "borrows objects from " + line + ", outside the repository",
                   "run git repack -a -d in it and remove that file, or " + cleanClone);
    }
}

// Every file libgit2 may open must be an ordinary one inside the repository.
void checkFiles(const GitLayout& layout, const SafeRoot& folder, const std::string& below, int depth) {
    if (depth > 16)
        throw std::runtime_error(layout.gitFolder + "/" + below + " is nested too deeply: " + cleanClone);
    for (const FolderItem& item : folder.list(below)) {
        const std::string path = below.empty() ? item.name : below + "/" + item.name;
        const std::string absolute = layout.gitFolder + "/" + path;
        // Not read by us: programs, copies of other repositories, old positions, messages.
        if (below.empty() && (item.name == "hooks" || item.name == "modules" || item.name == "worktrees" || item.name == "logs"
                              || item.name == "lfs" || item.name == "rr-cache" || item.name == "rebase-merge" || item.name == "annex"))
            continue;
        if (item.kind == FolderItem::Kind::Symlink && !isInside(absolute, layout.root))
            refuse(absolute, "is a symbolic link that leads outside the repository", cleanClone);
        if (item.kind == FolderItem::Kind::Special)
            throw std::runtime_error(absolute + " is a FIFO, socket or device where a file belongs: remove it, or " + cleanClone);
        const bool known = !below.empty() || item.name == "objects" || item.name == "refs" || item.name == "info";
        // In a bare repository or .git, other folders are nobody's business.
        if (item.kind == FolderItem::Kind::Folder && known)
            checkFiles(layout, folder, path, depth + 1);
    }
}

void check(GitLayout& layout) {
    checkOwner(layout);
    const SafeRoot folder(layout.gitFolder);
    checkFiles(layout, folder, "", 0);
    if (const std::string common = trimmed(small(folder, "commondir")); !common.empty())
        if (!isInside(common[0] == '/' ? fs::path(common) : fs::path(layout.gitFolder) / common, layout.root))
            refuse(layout.gitFolder + "/commondir", "leads to " + common + ", outside the repository", "open that repository itself");
    checkConfig(layout, folder, "config");
    checkConfig(layout, folder, "config.worktree");
    checkAlternates(layout, folder);
    const std::string shallow = small(folder, "shallow");
    for (std::size_t begin = 0; begin < shallow.size();) {
        const std::size_t end = std::min(shallow.find('\n', begin), shallow.size());
        if (const std::string id = trimmed(shallow.substr(begin, end - begin)); id.size() == 40)
            layout.shallow.insert(id);
        begin = end + 1;
    }
}

// ".git" as a file: "gitdir: PATH", as git worktrees and submodules have it.
std::string gitFolderOfFile(const std::string& root) {
    const SafeRoot folder(root);
    const std::string text = small(folder, ".git");
    const std::string target = text.starts_with("gitdir:") ? trimmed(text.substr(7)) : std::string();
    if (target.empty())
        throw std::runtime_error(root + "/.git is neither a repository nor names one: remove it, or " + cleanClone);
    const fs::path path = target[0] == '/' ? fs::path(target) : fs::path(root) / target;
    if (!isInside(path, root)) {
        const auto worktrees = target.find("/.git/worktrees/");
        refuse(root + "/.git", "is a file that leads to " + target + ", outside the folder",
               worktrees == std::string::npos ? "open the repository itself, or " + cleanClone
                                              : "open the main repository with the branch, " + target.substr(0, worktrees) + "@BRANCH");
    }
    std::error_code error;
    return fs::canonical(path, error).string();
}

} // namespace

std::optional<GitLayout> findRepository(const std::string& folder) {
    GitLayout layout;
    struct stat first {};
    if (::stat(folder.c_str(), &first) != 0)
        return std::nullopt;
    for (fs::path at = folder;; at = at.parent_path()) {
        struct stat status {};
        if (::stat(at.c_str(), &status) != 0 || status.st_dev != first.st_dev)
            return std::nullopt; // git stops at the edge of a file system as well
        layout.root = at.string();
        const std::string dotGit = (at / ".git").string();
        struct stat link {};
        if (::lstat(dotGit.c_str(), &link) == 0) {
            if (S_ISDIR(link.st_mode) && looksBare(dotGit))
                layout.gitFolder = dotGit;
            else if (S_ISREG(link.st_mode))
                layout.gitFolder = gitFolderOfFile(layout.root);
            else if (S_ISLNK(link.st_mode)) {
                if (!isInside(dotGit, layout.root))
                    refuse(dotGit, "is a symbolic link that leads outside the folder", "open the repository itself, or " + cleanClone);
                layout.gitFolder = fs::canonical(dotGit).string();
            } else if (!S_ISDIR(link.st_mode))
                throw std::runtime_error(dotGit + " is a FIFO, socket or device: remove it, or " + cleanClone);
        } else if (at == folder && looksBare(layout.root)) {
            layout.gitFolder = layout.root;
            layout.bare = true;
        }
        if (!layout.gitFolder.empty()) {
            check(layout);
            return layout;
        }
        if (!at.has_relative_path())
            return std::nullopt;
    }
}

} // namespace ingest
