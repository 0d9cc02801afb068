#include "ingest/safe_root.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ingest {

namespace {

// Owns a file descriptor.
class Descriptor {
public:
    explicit Descriptor(int value) : m_value(value) {}
    ~Descriptor() {
        if (m_value >= 0)
            ::close(m_value);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return m_value; }
    int release() { return std::exchange(m_value, -1); }
    void swap(Descriptor& other) { std::swap(m_value, other.m_value); }

private:
    int m_value;
};

struct CloseFolder {
    void operator()(DIR* stream) const { ::closedir(stream); }
};

std::string cause(int error) {
    switch (error) {
    case ELOOP: return "it is or goes through a symbolic link";
    case EXDEV: return "it lies on another file system or outside the root";
    case EACCES: return "permission denied";
    case ENOENT: return "it is gone";
    case ENAMETOOLONG: return "its path is too long";
    default: return std::strerror(error);
    }
}

FolderItem::Kind kindOfMode(mode_t mode) {
    if (S_ISREG(mode)) return FolderItem::Kind::File;
    if (S_ISDIR(mode)) return FolderItem::Kind::Folder;
    if (S_ISLNK(mode)) return FolderItem::Kind::Symlink;
    return FolderItem::Kind::Special;
}

// For kernels without openat2, and sandboxes that hide it.
int openStepByStep(int root, const std::string& path, int flags) {
    struct stat rootStatus {};
    if (::fstat(root, &rootStatus) != 0)
        return -1;
    Descriptor folder(::dup(root));
    for (std::size_t begin = 0;;) {
        const std::size_t end = path.find('/', begin);
        const std::string name = path.substr(begin, end == std::string::npos ? end : end - begin);
        if (name == ".." || name.empty()) {
            errno = EXDEV;
            return -1;
        }
        const bool last = end == std::string::npos;
        Descriptor next(::openat(folder.get(), name.c_str(), last ? flags | O_NOFOLLOW : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        struct stat status {};
        if (next.get() < 0 || ::fstat(next.get(), &status) != 0) {
            if (errno == ENOTDIR)
                errno = ELOOP;
            return -1;
        }
        if (status.st_dev != rootStatus.st_dev) {
            errno = EXDEV;
            return -1;
        }
        if (last)
            return next.release();
        folder.swap(next);
        begin = end + 1;
    }
}

} // namespace

SafeRoot::SafeRoot(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(path.c_str(), nullptr), &std::free);
    if (!resolved)
        throw std::runtime_error("cannot read the folder " + path + ": " + std::strerror(errno));
    m_path = resolved.get();
    m_folder = ::open(m_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (m_folder < 0)
        throw std::runtime_error("cannot read the folder " + path + ": " + std::strerror(errno));
}

SafeRoot::~SafeRoot() {
    ::close(m_folder);
}

int SafeRoot::open(const std::string& path, int flags) const {
    flags |= O_CLOEXEC | (flags & O_PATH ? 0 : O_NONBLOCK | O_NOCTTY);
    if (path.find('\0') != std::string::npos) {
        errno = ENOENT;
        return -1;
    }
    static std::atomic<bool> hasOpenat2{true};
    if (hasOpenat2) {
        open_how how{};
        how.flags = static_cast<std::uint64_t>(flags);
        how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS;
        const char* const name = path.empty() ? "." : path.c_str();
        for (int tries = 0; tries < 100; ++tries) {
            const long result = ::syscall(SYS_openat2, m_folder, name, &how, sizeof how);
            if (result >= 0 || (errno != EAGAIN && errno != ENOSYS && errno != EPERM))
                return static_cast<int>(result);
            if (errno != EAGAIN)
                break;
        }
        if (errno == ENOSYS || errno == EPERM)
            hasOpenat2 = false;
    }
    return path.empty() ? ::openat(m_folder, ".", flags) : openStepByStep(m_folder, path, flags);
}

std::vector<FolderItem> SafeRoot::list(const std::string& folder) const {
    const int descriptor = open(folder, O_RDONLY | O_DIRECTORY);
    if (descriptor < 0)
        throw std::runtime_error("the folder could not be listed: " + cause(errno));
    const std::unique_ptr<DIR, CloseFolder> stream(::fdopendir(descriptor));
    if (!stream) {
        ::close(descriptor);
        throw std::runtime_error("the folder could not be listed: " + cause(errno));
    }
    std::vector<FolderItem> items;
    while (const dirent* entry = ::readdir(stream.get())) {
        const std::string_view name = entry->d_name;
        if (name == "." || name == "..")
            continue;
        struct stat status {};
        if (::fstatat(descriptor, entry->d_name, &status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0)
            continue; // gone since
        items.push_back({std::string(name), kindOfMode(status.st_mode), static_cast<std::uint64_t>(status.st_size),
                         status.st_mtim.tv_sec, status.st_mtim.tv_nsec});
    }
    // A folder sorts as if its name ended in '/': that is the order of the full paths below it.
    std::sort(items.begin(), items.end(), [](const FolderItem& a, const FolderItem& b) {
        const std::size_t common = std::min(a.name.size(), b.name.size());
        if (const int order = a.name.compare(0, common, b.name, 0, common))
            return order < 0;
        const auto next = [common](const FolderItem& item) {
            return item.name.size() > common ? static_cast<unsigned char>(item.name[common])
                                             : (item.kind == FolderItem::Kind::Folder ? '/' : 0);
        };
        return next(a) < next(b);
    });
    return items;
}

std::string SafeRoot::read(const std::string& file, std::uint64_t limit) const {
    const Descriptor descriptor(open(file, O_RDONLY | O_NOFOLLOW));
    struct stat status {};
    if (descriptor.get() < 0 || ::fstat(descriptor.get(), &status) != 0)
        throw std::runtime_error("could not be opened: " + cause(errno));
    if (!S_ISREG(status.st_mode))
        throw std::runtime_error("is not an ordinary file");
    std::string bytes;
    // One byte more than it says: a file that grows meanwhile is read on to its end.
    bytes.resize(std::min<std::uint64_t>(limit, static_cast<std::uint64_t>(status.st_size) + 1));
    std::size_t filled = 0;
    while (filled < limit) {
        if (filled == bytes.size())
            bytes.resize(std::min<std::uint64_t>(limit, filled * 2 + 4096));
        const ssize_t got = ::read(descriptor.get(), bytes.data() + filled, bytes.size() - filled);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            throw std::runtime_error("could not be read: " + cause(errno));
        if (got == 0)
            break;
        filled += static_cast<std::size_t>(got);
    }
    bytes.resize(filled);
    return bytes;
}

std::string SafeRoot::readIfThere(const std::string& file, std::uint64_t limit) const {
    return isFile(file) ? read(file, limit) : std::string();
}

std::string SafeRoot::linkTarget(const std::string& link) const {
    const auto slash = link.rfind('/');
    const Descriptor folder(open(slash == std::string::npos ? std::string() : link.substr(0, slash), O_PATH | O_DIRECTORY));
    char target[PATH_MAX];
    const ssize_t length = folder.get() < 0 ? -1
        : ::readlinkat(folder.get(), link.c_str() + (slash == std::string::npos ? 0 : slash + 1), target, sizeof target);
    return length < 0 ? std::string() : std::string(target, static_cast<std::size_t>(length));
}

bool SafeRoot::isFile(const std::string& file) const {
    const Descriptor descriptor(open(file, O_PATH | O_NOFOLLOW));
    struct stat status {};
    return descriptor.get() >= 0 && ::fstat(descriptor.get(), &status) == 0 && S_ISREG(status.st_mode);
}

bool SafeRoot::exists(const std::string& path) const {
    const auto slash = path.rfind('/');
    const Descriptor folder(open(slash == std::string::npos ? std::string() : path.substr(0, slash), O_PATH | O_DIRECTORY));
    struct stat status {};
    return folder.get() >= 0
           && ::fstatat(folder.get(), path.c_str() + (slash == std::string::npos ? 0 : slash + 1), &status,
                        AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) == 0;
}

} // namespace ingest
