#include "app/store/snapshot_shelf.h"

#include "app/resources.h"
#include "app/settings.h"
#include "engine/sha256.h"
#include "engine/snapshot.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace app {

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

std::int64_t now() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

bool isId(const std::string& text) {
    return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::optional<SnapshotEntry> readEntry(const fs::path& card) {
    SnapshotEntry entry;
    entry.id = card.stem().string();
    if (!isId(entry.id)) return std::nullopt;
    try {
        const Json json = Json::parse(readFile(card, 1 << 16));
        entry.name = json.at("name").get<std::string>();
        entry.identity = json.at("identity").get<std::string>();
        entry.model = json.at("model").get<std::string>();
        entry.tokensSha256 = json.at("tokens_sha256").get<std::string>();
        entry.tokens = json.at("tokens").get<std::int64_t>();
        entry.made = json.at("made").get<std::int64_t>();
        entry.used = json.at("used").get<std::int64_t>();
    } catch (const std::exception&) {
        return std::nullopt; // somebody else's file, or one that is being removed
    }
    entry.file = card.parent_path() / (entry.id + ".snapshot");
    std::error_code error;
    entry.bytes = fs::file_size(entry.file, error);
    if (error || entry.tokens <= 0) return std::nullopt;
    return entry;
}

void writeEntry(const SnapshotEntry& entry) {
    const Json json{{"name", entry.name},         {"identity", entry.identity}, {"model", entry.model},
                    {"tokens_sha256", entry.tokensSha256}, {"tokens", entry.tokens},     {"made", entry.made},
                    {"used", entry.used}};
    writeFileAtomically(entry.file.parent_path() / (entry.id + ".json"),
                        json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n', 0600);
}

} // namespace

fs::path defaultShelf(const Settings& settings) {
    return settings.shelfFolder.empty() ? cacheFolder() / "snapshots" : fs::path(settings.shelfFolder);
}

SnapshotShelf::SnapshotShelf(fs::path folder, std::uint64_t limitBytes) : m_folder(std::move(folder)), m_limit(limitBytes) {
    std::error_code error;
    const bool made = fs::create_directories(m_folder, error);
    if (error)
        throw std::runtime_error("The folder for snapshots, " + m_folder.string() + ", cannot be made: " + error.message() +
                                 "; choose another in the settings.");
    if (made) fs::permissions(m_folder, fs::perms::owner_all, error); // they contain what was read
}

std::vector<SnapshotEntry> SnapshotShelf::list() const {
    std::vector<SnapshotEntry> entries;
    std::error_code error;
    for (const auto& file : fs::directory_iterator(m_folder, error))
        if (file.path().extension() == ".json")
            if (auto entry = readEntry(file.path())) entries.push_back(std::move(*entry));
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
        return a.used != b.used ? a.used > b.used : a.id < b.id;
    });
    return entries;
}

std::optional<SnapshotEntry> SnapshotShelf::find(const std::string& idOrName) const {
    std::optional<SnapshotEntry> found;
    for (const SnapshotEntry& entry : list()) {
        if (entry.id == idOrName || (!entry.name.empty() && entry.name == idOrName)) return entry;
        if (idOrName.size() >= 4 && entry.id.starts_with(idOrName)) {
            if (found) throw std::runtime_error("More than one snapshot begins with “" + idOrName + "”; give more of its id.");
            found = entry;
        }
    }
    return found;
}

std::optional<SnapshotEntry> SnapshotShelf::best(const std::string& identity, std::span<const std::int32_t> tokens,
                                                 std::int64_t moreThan) const {
    std::vector<SnapshotEntry> candidates = list();
    std::erase_if(candidates, [&](const SnapshotEntry& entry) {
        return entry.identity != identity || entry.tokens <= moreThan || entry.tokens > static_cast<std::int64_t>(tokens.size());
    });
    std::sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) { return a.tokens > b.tokens; });
    for (const SnapshotEntry& entry : candidates)
        if (engine::tokenHash(tokens.first(static_cast<std::size_t>(entry.tokens))) == entry.tokensSha256) return entry;
    return std::nullopt;
}

SnapshotEntry SnapshotShelf::plan(const std::string& identity, const std::string& model, std::span<const std::int32_t> tokens,
                                  const std::string& name) const {
    SnapshotEntry entry;
    entry.tokensSha256 = engine::tokenHash(tokens);
    engine::Sha256 hash;
    hash.update(identity);
    hash.update(entry.tokensSha256);
    entry.id = engine::toHex(hash.digest()).substr(0, 16);
    entry.name = name;
    entry.identity = identity;
    entry.model = model;
    entry.tokens = static_cast<std::int64_t>(tokens.size());
    entry.made = entry.used = now();
    entry.file = m_folder / (entry.id + ".snapshot");
    return entry;
}

bool SnapshotShelf::has(const SnapshotEntry& planned) const {
    return readEntry(m_folder / (planned.id + ".json")).has_value();
}

void SnapshotShelf::add(SnapshotEntry entry) {
    std::error_code error;
    entry.bytes = fs::file_size(entry.file, error);
    writeEntry(entry);
    if (m_limit == 0) return;
    // The newest use is first in line to stay, so the new one goes only when it alone is too large.
    prune(m_limit);
}

void SnapshotShelf::touch(const SnapshotEntry& entry) {
    SnapshotEntry used = entry;
    used.used = now();
    writeEntry(used);
}

void SnapshotShelf::forget(const SnapshotEntry& entry) {
    std::error_code error;
    fs::remove(m_folder / (entry.id + ".json"), error);
}

void SnapshotShelf::drop(const SnapshotEntry& entry) {
    std::error_code error;
    fs::remove(m_folder / (entry.id + ".json"), error); // first the card: a file without one is nobody's
    fs::remove(entry.file, error);
    if (error)
        throw std::runtime_error("The snapshot " + entry.file.string() + " cannot be removed: " + error.message() + ".");
}

std::vector<SnapshotEntry> SnapshotShelf::prune(std::uint64_t keepBytes) {
    std::vector<SnapshotEntry> entries = list();
    std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return !a.name.empty() && b.name.empty(); });
    std::uint64_t total = 0;
    std::vector<SnapshotEntry> dropped;
    for (const SnapshotEntry& entry : entries) {
        if (total + entry.bytes <= keepBytes) {
            total += entry.bytes;
            continue;
        }
        drop(entry);
        dropped.push_back(entry);
    }
    // What a crash left behind: damaged files set aside, and files whose card was never written.
    std::error_code error;
    for (const auto& file : fs::directory_iterator(m_folder, error)) {
        const std::string extension = file.path().extension().string();
        const bool orphan = extension == ".snapshot" && !fs::exists(m_folder / (file.path().stem().string() + ".json"));
        const auto age = fs::file_time_type::clock::now() - fs::last_write_time(file.path(), error);
        if (extension == ".rejected" || (orphan && !error && age > std::chrono::hours(1))) fs::remove(file.path(), error);
    }
    return dropped;
}

} // namespace app
