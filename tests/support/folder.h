// Files for a test: a temporary folder that removes itself, with a few words to fill it. One thread.
#pragma once

#include <string>
#include <string_view>

namespace testing {

class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    const std::string& path() const { return m_path; }
    std::string at(std::string_view name) const { return m_path + "/" + std::string(name); }
    // Writes a file, folders on the way included.
    void write(std::string_view name, std::string_view bytes) const;
    void makeFolder(std::string_view name) const;

private:
    std::string m_path;
};

} // namespace testing
