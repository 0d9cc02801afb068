#include "ingest/git_source.h"

#include "ingest/folder_source.h"
#include "ingest/git_walk.h"

#include <unordered_map>

namespace ingest {

namespace {

constexpr int deepest = 128;                       // folders inside each other
constexpr std::uint64_t largestRuleFile = 1 << 20; // bytes
constexpr std::size_t mostSizes = 1 << 16;
constexpr std::uint64_t largestToHash = 64 << 20;  // bytes, to tell whether a file was changed

using Tree = TreeHandle;
using Index = std::unique_ptr<git_index, Freed<git_index_free>>;
using Odb = std::unique_ptr<git_odb, Freed<git_odb_free>>;
using OdbObject = std::unique_ptr<git_odb_object, Freed<git_odb_object_free>>;
using Object = std::unique_ptr<git_object, Freed<git_object_free>>;

Odb openOdb(git_repository* repository) {
    git_odb* odb = nullptr;
    if (git_repository_odb(&odb, repository) != 0)
        throw std::runtime_error("the object database could not be opened: " + gitProblem());
    return Odb(odb);
}

// The tree of a commit or tree id; null where it is not there.
Tree treeOf(git_repository* repository, const std::string& id) {
    git_oid oid;
    git_object* object = nullptr;
    if (git_oid_fromstr(&oid, id.c_str()) != 0 || git_object_lookup(&object, repository, &oid, GIT_OBJECT_ANY) != 0)
        return nullptr;
    const Object owned(object);
    git_object* tree = nullptr;
    return git_object_peel(&tree, object, GIT_OBJECT_TREE) == 0 ? Tree(reinterpret_cast<git_tree*>(tree)) : nullptr;
}

std::string repositoryName(const GitLayout& layout, const std::string& folder) {
    const std::string path = folder.empty() ? layout.root : folder;
    std::string name = path.substr(path.rfind('/') + 1);
    if (folder.empty() && layout.bare && name.size() > 4 && name.ends_with(".git"))
        name.resize(name.size() - 4);
    return name;
}

// Paths of the history are the repository's; a folder of it has its own.
std::vector<std::pair<std::string, double>> below(std::vector<std::pair<std::string, double>> all, const std::string& folder) {
    if (folder.empty())
        return all;
    std::vector<std::pair<std::string, double>> inside;
    for (auto& [path, value] : all)
        if (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/')
            inside.emplace_back(path.substr(folder.size() + 1), value);
    return inside;
}

std::string missing(const std::string& id, bool partial) {
    return "the object " + id.substr(0, 12) + " is missing or damaged"
           + (partial ? " (a partial clone, and nothing is fetched)" : " (git fsck tells more)");
}

// --- a revision ----------------------------------------------------------------------------------------------

class GitRevision : public Source {
public:
    GitRevision(GitLayout layout, std::string folder, const SourceOptions& options)
        : m_layout(std::move(layout)), m_folder(std::move(folder)), m_options(options), m_repository(openRepository(m_layout)),
          m_odb(openOdb(m_repository.get())),
          m_revision(resolveRevision(m_repository.get(), options.revision.empty() ? "HEAD" : options.revision)) {
        m_tree = treeOf(m_repository.get(), m_revision);
        if (!m_tree)
            throw std::runtime_error("the revision " + options.revision + " of " + m_layout.root + " cannot be read: "
                                     + missing(m_revision, m_layout.partial));
        git_tree_entry* entry = nullptr;
        if (m_folder.empty())
            return;
        if (git_tree_entry_bypath(&entry, m_tree.get(), m_folder.c_str()) != 0)
            throw std::runtime_error("the revision " + options.revision + " of " + m_layout.root + " has no folder " + m_folder
                                     + ": give the repository's top folder");
        m_tree = treeOf(m_repository.get(), hexOf(*git_tree_entry_id(entry)));
        git_tree_entry_free(entry);
        if (!m_tree)
            throw std::runtime_error(m_folder + " is no folder in the revision " + options.revision + " of " + m_layout.root
                                     + ": give the repository's top folder");
    }

    Subject subject() const override { return {"git", repositoryName(m_layout, m_folder), m_layout.root, m_revision, false}; }

    void list(const std::function<bool(const Entry&)>& onEntry, std::stop_token stop) override {
        walk(m_tree.get(), "", "", 0, onEntry, stop);
    }

    std::string read(const Entry& entry, std::uint64_t limit) override {
        git_oid id;
        if (entry.bytes > limit)
            throw std::runtime_error("has " + std::to_string(entry.bytes) + " bytes, more than the " + std::to_string(limit) + " allowed");
        git_odb_object* object = nullptr;
        if (git_oid_fromstr(&id, entry.oid.c_str()) != 0 || git_odb_read(&object, m_odb.get(), &id) != 0)
            throw std::runtime_error(missing(entry.oid, m_layout.partial));
        const OdbObject owned(object);
        if (git_odb_object_type(object) != GIT_OBJECT_BLOB)
            throw std::runtime_error("the object " + entry.oid.substr(0, 12) + " is no file");
        return std::string(static_cast<const char*>(git_odb_object_data(object)), git_odb_object_size(object));
    }

    std::vector<std::pair<std::string, double>> volatility(std::stop_token stop) override {
        return below(History(m_layout).volatility(m_revision, stop), m_folder);
    }

    std::vector<Warning> warnings() const override {
        std::vector<Warning> warnings;
        if (m_layout.partial)
            warnings.push_back({"a partial clone: files whose objects are missing are listed as unreadable, nothing is fetched", subject().name});
        return warnings;
    }

private:
    using OnEntry = std::function<bool(const Entry&)>;

    bool walk(const git_tree* tree, const std::string& folder, const std::string& ignoredBy, int depth, const OnEntry& onEntry,
              const std::stop_token& stop) {
        std::string rules;
        const git_tree_entry* const ruleFile = m_options.useIgnoreRules ? git_tree_entry_byname(tree, ".lecternignore") : nullptr;
        if (ruleFile && git_tree_entry_type(ruleFile) == GIT_OBJECT_BLOB && sizeOf(git_tree_entry_id(ruleFile)).value_or(largestRuleFile) < largestRuleFile) {
            Entry entry;
            entry.oid = hexOf(*git_tree_entry_id(ruleFile));
            rules = read(entry, largestRuleFile);
        }
        m_rules.enter(folder, folder + (folder.empty() ? "" : "/") + ".lecternignore", rules);
        bool goOn = true;
        for (std::size_t i = 0; goOn && i < git_tree_entrycount(tree); ++i)
            goOn = !stop.stop_requested() && visit(git_tree_entry_byindex(tree, i), folder, ignoredBy, depth, onEntry, stop);
        m_rules.leave();
        return goOn;
    }

    bool visit(const git_tree_entry* item, const std::string& folder, std::string ignoredBy, int depth, const OnEntry& onEntry,
               const std::stop_token& stop) {
        const char* const name = git_tree_entry_name(item);
        const git_oid* const id = git_tree_entry_id(item);
        const bool isFolder = git_tree_entry_type(item) == GIT_OBJECT_TREE;
        Entry entry;
        entry.path = folder.empty() ? name : folder + "/" + name;
        if (ignoredBy.empty() && m_options.useIgnoreRules)
            if (const auto verdict = m_rules.match(entry.path, isFolder); verdict && verdict->ignored)
                ignoredBy = verdict->rule;
        entry.ignoredBy = ignoredBy;
        if (isUnsafeName(name))
            entry.problem = "a name that leads elsewhere on a disk is not read";
        else if (isFolder && depth >= deepest)
            entry.problem = "nested deeper than " + std::to_string(deepest) + " folders";
        else if (isFolder) {
            const Tree tree = treeOf(m_repository.get(), hexOf(*id));
            if (tree)
                return walk(tree.get(), entry.path, ignoredBy, depth + 1, onEntry, stop);
            entry.problem = missing(hexOf(*id), m_layout.partial);
        }
        if (isFolder)
            entry.path += "/";
        else
            describe(entry, item);
        return onEntry(entry);
    }

    void describe(Entry& entry, const git_tree_entry* item) {
        const git_oid* const id = git_tree_entry_id(item);
        const auto mode = git_tree_entry_filemode(item);
        entry.oid = hexOf(*id);
        if (mode == GIT_FILEMODE_COMMIT) {
            entry.kind = Entry::Kind::Submodule;
            entry.target = "at commit " + entry.oid.substr(0, 12) + ", whose files are not in this repository";
            return;
        }
        const auto size = sizeOf(id);
        entry.bytes = size.value_or(0);
        if (!size)
            entry.problem = missing(entry.oid, m_layout.partial);
        if (mode == GIT_FILEMODE_LINK) {
            entry.kind = Entry::Kind::Symlink;
            entry.target = size && *size <= 4096 ? read(entry, 4096) : "somewhere";
        }
    }

    // Without inflating the object. Nothing where it is not there.
    std::optional<std::uint64_t> sizeOf(const git_oid* id) {
        // A tree that names one blob a million times must not open it a million times.
        if (m_sizes.size() >= mostSizes)
            m_sizes.clear();
        const auto [known, isNew] = m_sizes.try_emplace(*id);
        if (isNew) {
            std::size_t size = 0;
            git_object_t type = GIT_OBJECT_INVALID;
            if (git_odb_read_header(&size, &type, m_odb.get(), id) == 0 && type == GIT_OBJECT_BLOB)
                known->second = size;
        }
        return known->second;
    }

    GitLayout m_layout;
    std::string m_folder;
    SourceOptions m_options;
    Repository m_repository;
    Odb m_odb;
    std::string m_revision;
    Tree m_tree;
    IgnoreRules m_rules;
    std::unordered_map<git_oid, std::optional<std::uint64_t>, OidHash, OidEqual> m_sizes;
};

// --- a working tree ------------------------------------------------------------------------------------------

class GitWorkingTree : public FolderSource {
public:
    GitWorkingTree(GitLayout layout, std::string folder, const SourceOptions& options)
        : FolderSource(layout.root, folder, options), m_layout(std::move(layout)), m_repository(openRepository(m_layout)) {
        if (git_repository_head_unborn(m_repository.get()) == 0)
            m_revision = resolveRevision(m_repository.get(), "HEAD");
        openIndex();
        std::string exclude;
        if (options.useIgnoreRules)
            exclude = SafeRoot(m_layout.gitFolder).readIfThere("info/exclude", largestRuleFile);
        gitRules().enter("", ".git/info/exclude", exclude);
    }

    Subject subject() const override {
        return {"git", repositoryName(m_layout, folder()), m_layout.root + (folder().empty() ? "" : "/" + folder()), m_revision, m_dirty};
    }

    void list(const std::function<bool(const Entry&)>& onEntry, std::stop_token stop) override {
        m_trackedSeen = 0;
        m_dirty = indexDiffers();
        FolderSource::list(onEntry, stop);
        m_dirty = m_dirty || m_trackedSeen < trackedFiles();
    }

    std::vector<std::pair<std::string, double>> volatility(std::stop_token stop) override {
        if (m_revision.empty())
            return {};
        return below(History(m_layout).volatility(m_revision, stop), folder());
    }

protected:
    bool isRepository() const override { return true; }

    bool isTracked(const std::string& path) override {
        for (int stage = 0; stage <= 3; ++stage) // above 0: both sides of a conflict
            if (git_index_get_bypath(m_index.get(), path.c_str(), stage))
                return true;
        return false;
    }

    bool holdsTracked(const std::string& folder) override {
        std::size_t at = 0;
        return git_index_find_prefix(&at, m_index.get(), (folder + "/").c_str()) == 0;
    }

    std::optional<std::string> submoduleAt(const std::string& path) override {
        const git_index_entry* const entry = git_index_get_bypath(m_index.get(), path.c_str(), 0);
        if (!entry || entry->mode != GIT_FILEMODE_COMMIT)
            return std::nullopt;
        return "at commit " + hexOf(entry->id).substr(0, 12) + ", listed, entered only on request (--submodules)";
    }

    // Tells whether the working tree is what the commit says: by size and time as git does, by content in doubt.
    void seen(const std::string& path, const FolderItem& item, bool tracked) override {
        m_trackedSeen += tracked;
        if (m_dirty)
            return;
        const git_index_entry* const entry = git_index_get_bypath(m_index.get(), path.c_str(), 0);
        if (!entry) {
            m_dirty = true;
            return;
        }
        const bool sameTime = entry->mtime.seconds == static_cast<std::int32_t>(item.seconds)
                              && (entry->mtime.nanoseconds == 0 || entry->mtime.nanoseconds == static_cast<std::uint32_t>(item.nanoseconds));
        // A file as young as the index may have changed after it was noted.
        if (sameTime && entry->file_size == static_cast<std::uint32_t>(item.bytes) && item.seconds < m_indexSeconds)
            return;
        try {
            const std::string bytes = item.kind == FolderItem::Kind::Symlink ? root().linkTarget(path) : root().read(path, largestToHash);
            git_oid id;
            m_dirty = git_odb_hash(&id, bytes.data(), bytes.size(), GIT_OBJECT_BLOB) != 0 || git_oid_cmp(&id, &entry->id) != 0;
        } catch (const std::runtime_error&) {
            m_dirty = true;
        }
    }

private:
    void openIndex() {
        git_index* index = nullptr;
        if (git_repository_index(&index, m_repository.get()) == 0) {
            m_index.reset(index);
            for (const FolderItem& item : SafeRoot(m_layout.gitFolder).list(""))
                if (item.name == "index")
                    m_indexSeconds = item.seconds;
            if (git_index_read(index, 0) == 0)
                return;
        }
        // For example a split index, which libgit2 cannot read: the last commit says what is tracked.
        warn("the index could not be read (" + gitProblem() + "), so that the last commit tells which files are tracked", m_layout.root);
        if (git_index_new(&index) != 0)
            throw std::runtime_error("no memory for an index of " + m_layout.root);
        m_index.reset(index);
        if (const Tree tree = m_revision.empty() ? nullptr : treeOf(m_repository.get(), m_revision))
            git_index_read_tree(index, tree.get());
    }

    bool indexDiffers() {
        if (m_revision.empty())
            return git_index_entrycount(m_index.get()) > 0;
        const Tree tree = treeOf(m_repository.get(), m_revision);
        git_diff* diff = nullptr;
        if (!tree || git_diff_tree_to_index(&diff, m_repository.get(), tree.get(), m_index.get(), nullptr) != 0)
            return true;
        const bool differs = git_diff_num_deltas(diff) > 0;
        git_diff_free(diff);
        return differs;
    }

    // Files of the index that should lie on the disk, in our folder.
    std::uint64_t trackedFiles() {
        std::uint64_t count = 0;
        const std::string prefix = folder().empty() ? "" : folder() + "/";
        for (std::size_t i = 0; i < git_index_entrycount(m_index.get()); ++i) {
            const git_index_entry* const entry = git_index_get_byindex(m_index.get(), i);
            count += entry->mode != GIT_FILEMODE_COMMIT && !(entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE)
                     && git_index_entry_stage(entry) == 0 && std::string_view(entry->path).starts_with(prefix);
        }
        return count;
    }

    GitLayout m_layout;
    Repository m_repository;
    Index m_index;
    std::string m_revision;
    std::int64_t m_indexSeconds = 0;
    std::uint64_t m_trackedSeen = 0;
    bool m_dirty = false;
};

} // namespace

std::unique_ptr<Source> openGitSource(const std::string& path, const SourceOptions& options) {
    auto layout = findRepository(path);
    if (!layout)
        return nullptr;
    const std::string folder = path == layout->root ? "" : path.substr(layout->root == "/" ? 1 : layout->root.size() + 1);
    if (layout->bare || !options.revision.empty())
        return std::make_unique<GitRevision>(std::move(*layout), folder, options);
    return std::make_unique<GitWorkingTree>(std::move(*layout), folder, options);
}

} // namespace ingest
