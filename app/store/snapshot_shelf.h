// SnapshotShelf: where evaluated prefixes lie on disk, how many, and which go first. One file per snapshot and a small
// JSON beside it that names model, tokens and use; the engine owns the file's content. A snapshot is found by model
// identity and by the hash of its tokens; one that does not match is ignored, one that is damaged is set aside. The
// folder has a size limit: the longest unused go first, named ones last. Several processes may use one folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace app {

struct Settings;
// The folder of the settings, or the one in the user's cache.
std::filesystem::path defaultShelf(const Settings& settings);

struct SnapshotEntry {
    std::string id;            // 16 hex digits of the hash over identity and tokens
    std::string name;          // given by the user, or empty
    std::string identity;      // of the model (engine::Model::identity)
    std::string model;         // its folder's name, for people
    std::string tokensSha256;
    std::int64_t tokens = 0;
    std::uint64_t bytes = 0;   // of the file
    std::int64_t made = 0, used = 0; // seconds since 1970
    std::filesystem::path file;
};

class SnapshotShelf {
public:
    SnapshotShelf(std::filesystem::path folder, std::uint64_t limitBytes); // makes the folder, 0700

    std::vector<SnapshotEntry> list() const; // newest use first
    // By id, by the beginning of one, or by name.
    std::optional<SnapshotEntry> find(const std::string& idOrName) const;
    // The longest one of that model that `tokens` begin with, longer than `moreThan`.
    std::optional<SnapshotEntry> best(const std::string& identity, std::span<const std::int32_t> tokens, std::int64_t moreThan) const;

    // Where to write a snapshot of these tokens; empty name = unnamed. It counts once added.
    SnapshotEntry plan(const std::string& identity, const std::string& model, std::span<const std::int32_t> tokens,
                       const std::string& name) const;
    bool has(const SnapshotEntry& planned) const;
    void add(SnapshotEntry entry); // after the file was written; drops others beyond the limit
    void touch(const SnapshotEntry& entry);
    void forget(const SnapshotEntry& entry); // the engine has set the file aside
    void drop(const SnapshotEntry& entry);
    // Drops until at most `keepBytes` remain; returns what went.
    std::vector<SnapshotEntry> prune(std::uint64_t keepBytes);

    const std::filesystem::path& folder() const { return m_folder; }
    std::uint64_t limit() const { return m_limit; }

private:
    std::filesystem::path m_folder;
    std::uint64_t m_limit;
};

} // namespace app
