#include "app/resources.h"


#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace app {

namespace fs = std::filesystem;

const char* version() {
    return LECTERN_VERSION;
}

static fs::path executableFolder() {
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    return error ? fs::path() : self.parent_path();
}

fs::path resourcesFolder() {
    std::string lookedAt;
    const auto holds = [&](const fs::path& folder) {
        if (folder.empty())
            return false;
        lookedAt += (lookedAt.empty() ? "" : ", ") + folder.string();
        std::error_code error;
        return fs::is_regular_file(folder / "prices.json", error);
    };
    if (const char* named = std::getenv("LECTERN_RESOURCES"); named && *named && holds(named))
        return named;
    // A build tree must not pick up an older installed version, so the program's own place decides first.
    const fs::path here = executableFolder();
    if (const fs::path relocated = here.parent_path() / "share" / "lectern"; holds(relocated))
        return relocated;
    const fs::path source = LECTERN_SOURCE_RESOURCES, installed = LECTERN_INSTALLED_RESOURCES;
    const bool fromInstall = here == fs::path("/usr/bin") || here == fs::path("/usr/local/bin");
    for (const fs::path& folder : fromInstall ? std::vector{installed, source} : std::vector{source, installed})
        if (holds(folder))
            return folder;
    throw std::runtime_error("Lectern's data folder was not found (looked at " + lookedAt +
                             "): install the program or set LECTERN_RESOURCES.");
}

fs::path resourceFile(std::string_view name) {
    const fs::path file = resourcesFolder() / fs::path(name);
    std::error_code error;
    if (!fs::exists(file, error))
        throw std::runtime_error("The data file " + file.string() + " is missing: install Lectern again.");
    return file;
}

// A recipe without weights is no model.
fs::path builtInModel() {
    const fs::path folder = resourcesFolder() / "nano";
    std::error_code error;
    if (!fs::is_regular_file(folder / "config.json", error))
        return {};
    for (const char* weights : {"model.safetensors", "model.safetensors.index.json"})
        if (fs::is_regular_file(folder / weights, error))
            return folder;
    return {};
}

bool hasBuiltInModel() {
    return !builtInModel().empty();
}

std::string readResource(std::string_view name) {
    return readFile(resourceFile(name));
}

static fs::path userFolder(const char* variable, const char* fallback) {
    fs::path base;
    // The XDG rule: a relative path in the variable is invalid and ignored.
    if (const char* given = std::getenv(variable); given && *given == '/')
        base = given;
    else if (const char* home = std::getenv("HOME"); home && *home)
        base = fs::path(home) / fallback;
    else
        throw std::runtime_error(std::string("Neither ") + variable +
                                 " nor HOME is set, so there is no place for the user's files: set one of them.");
    const fs::path folder = base / "lectern";
    std::error_code error;
    fs::create_directories(base, error);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        throw std::runtime_error("The folder " + folder.string() + " cannot be made (" + std::strerror(errno) +
                                 "): set " + variable + " to a folder that can be written.");
    return folder;
}

fs::path configFolder() {
    return userFolder("XDG_CONFIG_HOME", ".config");
}
fs::path dataFolder() {
    return userFolder("XDG_DATA_HOME", ".local/share");
}
fs::path cacheFolder() {
    return userFolder("XDG_CACHE_HOME", ".cache");
}

namespace {
struct Descriptor {
    int value;
    ~Descriptor() {
        if (value >= 0)
            ::close(value);
    }
};
[[noreturn]] void refuse(const fs::path& path, const char* doing) {
    throw std::runtime_error(path.string() + " cannot be " + doing + ": " + std::strerror(errno) + ".");
}
} // namespace

std::string readFile(const fs::path& path, std::size_t limit) {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat about {};
    if (file.value < 0 || ::fstat(file.value, &about) != 0)
        refuse(path, "read");
    if (!S_ISREG(about.st_mode))
        throw std::runtime_error(path.string() + " cannot be read: it is not an ordinary file.");
    if (std::size_t(about.st_size) > limit)
        throw std::runtime_error(path.string() + " is too large: " + std::to_string(about.st_size) + " bytes, at most " +
                                 std::to_string(limit) + " are read.");
    std::string bytes(std::size_t(about.st_size), '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got = ::read(file.value, bytes.data() + done, bytes.size() - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            refuse(path, "read");
        if (got == 0)
            break;
        done += std::size_t(got);
    }
    bytes.resize(done);
    return bytes;
}

void writeFileAtomically(const fs::path& path, std::string_view bytes, unsigned mode) {
    std::error_code error;
    if (fs::is_symlink(path, error))
        throw std::runtime_error(path.string() + " is a symbolic link and is not written through: name the file itself.");
    if (fs::is_directory(path, error))
        throw std::runtime_error(path.string() + " is a folder: name a file.");
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    std::string temporary = (folder / (".lectern-" + path.filename().string() + "-XXXXXX")).string();
    const Descriptor file{::mkostemp(temporary.data(), O_CLOEXEC)};
    if (file.value < 0)
        refuse(path, "written");
    const auto giveUp = [&] {
        const int why = errno;
        ::unlink(temporary.c_str());
        errno = why;
        refuse(path, "written");
    };
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t put = ::write(file.value, bytes.data() + done, bytes.size() - done);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            giveUp();
        done += std::size_t(put);
    }
    if (::fchmod(file.value, mode) != 0 || ::fsync(file.value) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0)
        giveUp();
    const Descriptor parent{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    // The rename is done; a folder that cannot be synced (some network file systems) does not undo it.
    if (parent.value >= 0)
        (void)::fsync(parent.value);
}

} // namespace app
