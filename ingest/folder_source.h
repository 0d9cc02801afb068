// FolderSource: the files of a plain folder, with .gitignore and .lecternignore obeyed as git does; FileSource: one
// file. The walk keeps one folder's items per level and nothing else. GitWorkingTree (git_source.cpp) adds what a
// repository knows. One thread at a time.
#pragma once

#include "ingest/ignore_rules.h"
#include "ingest/safe_root.h"
#include "ingest/source.h"

namespace ingest {

class FolderSource : public Source {
public:
    // Reads what lies in `folder` below `root` ("" is all of it); rules of the folders between count as well.
    FolderSource(const std::string& root, std::string folder, const SourceOptions& options);

    Subject subject() const override;
    void list(const std::function<bool(const Entry&)>& onEntry, std::stop_token stop) override;
    std::string read(const Entry& entry, std::uint64_t limit) override;
    std::string filePath(const Entry& entry) const override;
    std::vector<Warning> warnings() const override { return m_warnings; }

protected:
    // What a repository knows; paths are relative to the root.
    virtual bool isTracked(const std::string&) { return false; }
    virtual bool isRepository() const { return false; }
    virtual std::optional<std::string> submoduleAt(const std::string&) { return std::nullopt; }
    virtual bool holdsTracked(const std::string& /*folder*/) { return false; }
    virtual void seen(const std::string&, const FolderItem&, bool /*tracked*/) {}

    const SafeRoot& root() const { return m_root; }
    const std::string& folder() const { return m_folder; }
    const SourceOptions& options() const { return m_options; }
    IgnoreRules& gitRules() { return m_gitRules; }
    void warn(std::string what, std::string about);

private:
    struct Walk;
    struct Inherited {
        std::string git, lectern; // the rule that ignores the whole folder, or empty
    };
    bool walkFolder(Walk& walk, const std::string& folder, const Inherited& inherited, int depth);
    bool visit(Walk& walk, const std::string& folder, const FolderItem& item, const Inherited& inherited, int depth);
    // An ignored folder in which nothing can be wanted: its files, or one row for the folder where they are many.
    bool passes(const std::string& path, const Inherited& verdict);
    bool passOver(Walk& walk, const std::string& folder, const Inherited& inherited);
    bool gather(const std::string& folder, const std::string& rule, std::vector<Entry>& entries) const;
    void enterRules(const std::string& folder);
    void leaveRules();
    Inherited judge(const std::string& path, bool isFolder, const Inherited& inherited) const;
    Entry entryFor(const std::string& path, const FolderItem& item) const;

    SafeRoot m_root;
    std::string m_folder;
    SourceOptions m_options;
    IgnoreRules m_gitRules, m_lecternRules;
    std::vector<Warning> m_warnings;
};

class FileSource : public Source {
public:
    explicit FileSource(const std::string& path);
    Subject subject() const override;
    void list(const std::function<bool(const Entry&)>& onEntry, std::stop_token stop) override;
    std::string read(const Entry& entry, std::uint64_t limit) override;
    std::string filePath(const Entry& entry) const override;

private:
    SafeRoot m_root;
    std::string m_name;
};

} // namespace ingest
