#include "tests/support/folder.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace testing {

namespace fs = std::filesystem;

Folder::Folder() {
    std::string pattern = (fs::temp_directory_path() / "lectern-test-XXXXXX").string();
    if (!::mkdtemp(pattern.data()))
        throw std::runtime_error("no temporary folder for a test");
    m_path = fs::canonical(pattern).string();
}

Folder::~Folder() {
    std::error_code error;
    fs::remove_all(m_path, error);
}

void Folder::write(std::string_view name, std::string_view bytes) const {
    const fs::path path = at(name);
    fs::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file.flush())
        throw std::runtime_error("cannot write " + path.string());
}

void Folder::makeFolder(std::string_view name) const {
    fs::create_directories(at(name));
}

} // namespace testing
