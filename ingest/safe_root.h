// SafeRoot: a folder whose files can be opened and nothing else. Every path is resolved beneath it by the kernel
// (openat2) or, where that is missing, component by component without following a link; other file systems, links,
// FIFOs and devices are refused, so that no file of the subject leads elsewhere or blocks (P10). One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ingest {

struct FolderItem {
    std::string name;
    enum class Kind : std::uint8_t { File, Folder, Symlink, Special } kind = Kind::File;
    std::uint64_t bytes = 0;
    std::int64_t seconds = 0, nanoseconds = 0; // of the last change of the content
};

class SafeRoot {
public:
    // `path` may itself be a link: the user chose it. Throws a sentence when it is no readable folder.
    explicit SafeRoot(const std::string& path);
    ~SafeRoot();
    SafeRoot(const SafeRoot&) = delete;
    SafeRoot& operator=(const SafeRoot&) = delete;

    const std::string& path() const { return m_path; } // absolute, links resolved
    // The items of a folder ("" is the root) in the byte order of full paths. Throws a sentence.
    std::vector<FolderItem> list(const std::string& folder) const;
    // At most `limit` bytes of an ordinary file. Throws a sentence.
    std::string read(const std::string& file, std::uint64_t limit) const;
    // The same, empty where there is no such ordinary file.
    std::string readIfThere(const std::string& file, std::uint64_t limit) const;
    std::string linkTarget(const std::string& link) const; // as text; empty when it cannot be told
    bool isFile(const std::string& file) const;
    bool exists(const std::string& path) const; // anything at all, a link not followed

private:
    int open(const std::string& path, int flags) const; // -1 and errno
    std::string m_path;
    int m_folder = -1;
};

} // namespace ingest
