#include "ingest/folder_source.h"

#include <algorithm>
#include <stdexcept>

namespace ingest {

namespace {

constexpr int deepest = 128;                       // folders inside each other
constexpr std::uint64_t largestRuleFile = 1 << 20; // bytes
constexpr std::size_t mostIgnored = 100;           // files of an ignored folder that are listed one by one

std::string joined(const std::string& folder, const std::string& name) {
    return folder.empty() ? name : folder + "/" + name;
}

std::string nameOfFolder(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

std::string parentOf(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == 0 ? "/" : slash == std::string::npos ? "." : path.substr(0, slash);
}

} // namespace

struct FolderSource::Walk {
    const std::function<bool(const Entry&)>& onEntry;
    std::stop_token stop;
};

FolderSource::FolderSource(const std::string& root, std::string folder, const SourceOptions& options)
    : m_root(root), m_folder(std::move(folder)), m_options(options) {}

Subject FolderSource::subject() const {
    const std::string path = joined(m_root.path(), m_folder);
    return {"folder", nameOfFolder(m_folder.empty() ? m_root.path() : m_folder), m_folder.empty() ? m_root.path() : path, {}, false};
}

void FolderSource::warn(std::string what, std::string about) {
    m_warnings.push_back({std::move(what), std::move(about)});
}

void FolderSource::enterRules(const std::string& folder) {
    const auto load = [&](IgnoreRules& rules, const std::string& name) {
        const std::string path = joined(folder, name);
        std::string text;
        try {
            if (m_options.useIgnoreRules)
                text = m_root.readIfThere(path, largestRuleFile + 1);
            if (text.size() > largestRuleFile) {
                warn("the rules are longer than 1 MB and were not used", path);
                text.clear();
            }
        } catch (const std::runtime_error& error) {
            warn("the rules " + std::string(error.what()), path);
        }
        rules.enter(folder, path, text);
    };
    load(m_gitRules, ".gitignore");
    load(m_lecternRules, ".lecternignore");
}

void FolderSource::leaveRules() {
    m_gitRules.leave();
    m_lecternRules.leave();
}

// .lecternignore has the last word, for tracked files too; what it asks for with '!' stays in although git ignores it.
FolderSource::Inherited FolderSource::judge(const std::string& path, bool isFolder, const Inherited& inherited) const {
    Inherited verdict = inherited;
    if (!m_options.useIgnoreRules || !verdict.lectern.empty())
        return verdict;
    if (verdict.git.empty())
        if (const auto found = m_gitRules.match(path, isFolder); found && found->ignored)
            verdict.git = found->rule;
    if (const auto found = m_lecternRules.match(path, isFolder)) {
        if (found->ignored)
            verdict.lectern = found->rule;
        else
            verdict.git.clear();
    }
    return verdict;
}

void FolderSource::list(const std::function<bool(const Entry&)>& onEntry, std::stop_token stop) {
    Walk walk{onEntry, stop};
    Inherited inherited;
    int entered = 0;
    // The folders above the chosen one: their rules count, and may ignore the chosen folder altogether, which then
    // means that the user asks for it nevertheless.
    for (std::size_t end = 0; !m_folder.empty() && end != std::string::npos; end = m_folder.find('/', end + 1), ++entered)
        enterRules(m_folder.substr(0, end));
    walkFolder(walk, m_folder, inherited, 0);
    for (; entered > 0; --entered)
        leaveRules();
}

bool FolderSource::walkFolder(Walk& walk, const std::string& folder, const Inherited& inherited, int depth) {
    std::vector<FolderItem> items;
    std::string problem = depth > deepest ? "nested deeper than " + std::to_string(deepest) + " folders" : "";
    try {
        if (problem.empty())
            items = m_root.list(folder);
    } catch (const std::runtime_error& error) {
        problem = error.what();
    }
    if (!problem.empty()) {
        if (depth == 0)
            throw std::runtime_error(subject().root + ": " + problem);
        Entry entry;
        entry.path = folder.substr(m_folder.empty() ? 0 : m_folder.size() + 1) + "/";
        entry.problem = problem;
        entry.ignoredBy = inherited.lectern.empty() ? inherited.git : inherited.lectern;
        return walk.onEntry(entry);
    }
    enterRules(folder);
    bool goOn = true;
    for (const FolderItem& item : items) {
        goOn = !walk.stop.stop_requested() && visit(walk, folder, item, inherited, depth);
        if (!goOn)
            break;
    }
    leaveRules();
    return goOn;
}

bool FolderSource::visit(Walk& walk, const std::string& folder, const FolderItem& item, const Inherited& inherited, int depth) {
    if (item.name == ".git")
        return true;
    const std::string path = joined(folder, item.name);
    const bool isFolder = item.kind == FolderItem::Kind::Folder;
    const Inherited verdict = judge(path, isFolder, inherited);
    Entry entry = entryFor(path, item);
    if (isFolder) {
        auto submodule = submoduleAt(path);
        if (!submodule && isRepository() && m_root.exists(path + "/.git"))
            submodule = "a repository inside the repository, listed, entered only on request (--submodules)";
        if (!submodule && passes(path, verdict))
            return passOver(walk, path, verdict);
        if (!submodule || m_options.enterSubmodules)
            return walkFolder(walk, path, verdict, depth + 1);
        entry.kind = Entry::Kind::Submodule;
        entry.target = *submodule;
        return walk.onEntry(entry);
    }
    const bool tracked = isTracked(path);
    entry.ignoredBy = !verdict.lectern.empty() ? verdict.lectern : tracked ? "" : verdict.git;
    if (tracked || entry.ignoredBy.empty())
        seen(path, item, tracked);
    return walk.onEntry(entry);
}

// Whether everything below is ignored for certain: no tracked file, no pattern that may ask for one.
bool FolderSource::passes(const std::string& path, const Inherited& verdict) {
    if (!verdict.lectern.empty())
        return true;
    return !verdict.git.empty() && !m_lecternRules.hasNegated() && !holdsTracked(path);
}

bool FolderSource::passOver(Walk& walk, const std::string& folder, const Inherited& inherited) {
    const std::string& rule = inherited.lectern.empty() ? inherited.git : inherited.lectern;
    std::vector<Entry> entries;
    if (!gather(folder, rule, entries)) {
        entries.assign(1, {});
        entries[0].path = folder.substr(m_folder.empty() ? 0 : m_folder.size() + 1) + "/";
        entries[0].ignoredBy = rule;
    }
    return std::all_of(entries.begin(), entries.end(), walk.onEntry);
}

// False where there are too many, or a folder cannot be listed.
bool FolderSource::gather(const std::string& folder, const std::string& rule, std::vector<Entry>& entries) const {
    try {
        for (const FolderItem& item : m_root.list(folder)) {
            const std::string path = joined(folder, item.name);
            if (item.kind == FolderItem::Kind::Folder) {
                if (!gather(path, rule, entries))
                    return false;
                continue;
            }
            entries.push_back(entryFor(path, item));
            entries.back().ignoredBy = rule;
            if (entries.size() > mostIgnored)
                return false;
        }
    } catch (const std::runtime_error&) {
        return false;
    }
    return true;
}

Entry FolderSource::entryFor(const std::string& path, const FolderItem& item) const {
    Entry entry;
    entry.path = path.substr(m_folder.empty() ? 0 : m_folder.size() + 1);
    entry.bytes = item.kind == FolderItem::Kind::File || item.kind == FolderItem::Kind::Symlink ? item.bytes : 0;
    if (item.kind == FolderItem::Kind::Symlink) {
        entry.kind = Entry::Kind::Symlink;
        entry.target = m_root.linkTarget(path);
    } else if (item.kind == FolderItem::Kind::Special)
        entry.kind = Entry::Kind::Special;
    return entry;
}

std::string FolderSource::read(const Entry& entry, std::uint64_t limit) {
    return m_root.read(joined(m_folder, entry.path), limit);
}

std::string FolderSource::filePath(const Entry& entry) const {
    const std::string path = joined(m_folder, entry.path);
    return m_root.isFile(path) ? joined(m_root.path(), path) : std::string();
}

FileSource::FileSource(const std::string& path) : m_root(parentOf(path)), m_name(nameOfFolder(path)) {}

Subject FileSource::subject() const {
    return {"file", m_name, m_root.path(), {}, false};
}

void FileSource::list(const std::function<bool(const Entry&)>& onEntry, std::stop_token) {
    for (const FolderItem& item : m_root.list(""))
        if (item.name == m_name) {
            Entry entry;
            entry.path = m_name;
            entry.bytes = item.bytes;
            entry.kind = item.kind == FolderItem::Kind::File ? Entry::Kind::File : Entry::Kind::Special;
            onEntry(entry);
        }
}

std::string FileSource::read(const Entry& entry, std::uint64_t limit) {
    return m_root.read(entry.path, limit);
}

std::string FileSource::filePath(const Entry& entry) const {
    return m_root.isFile(entry.path) ? m_root.path() + "/" + entry.path : std::string();
}

} // namespace ingest
