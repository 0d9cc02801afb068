#include "app/backend/key_source.h"

#include "app/backend/backend.h"
#include "app/backend/keyring.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace app {
namespace {

constexpr std::size_t pageSize = 4096;

[[noreturn]] void refuse(const std::string& sentence) {
    throw BackendError(BackendError::Cause::Configuration, sentence);
}

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// A header value: printable ASCII, so that no line break smuggles a second header in.
void checkShape(std::string_view key, const std::string& where) {
    if (key.empty())
        refuse("The key in " + where + " is empty: put the key there or choose another engine.");
    if (key.size() > pageSize)
        refuse("The key in " + where + " is longer than 4096 characters: that is not an API key.");
    for (const unsigned char c : key)
        if (c <= 0x20 || c >= 0x7f)
            refuse("The key in " + where + " holds a space, line break or non-ASCII character: copy it again.");
}

Secret fromFile(const std::string& path, const std::string& endpointName) {
    const std::string where = "the key file " + path;
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        refuse("The key file " + path + " of endpoint " + endpointName + " cannot be read (" + std::strerror(errno) +
               "): correct its path in the settings.");
    struct stat info {};
    std::string problem;
    char buffer[pageSize + 64] = {};
    ssize_t size = 0;
    if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode))
        problem = "The key file " + path + " is not a regular file: name one.";
    else if (info.st_mode & 077)
        problem = "The key file " + path + " can be read by others: run chmod 600 on it.";
    else if ((size = ::read(descriptor, buffer, sizeof buffer)) < 0)
        problem = "The key file " + path + " cannot be read: check the disk.";
    ::close(descriptor);
    if (!problem.empty())
        refuse(problem);
    const std::string_view key = trimmed({buffer, static_cast<std::size_t>(size)});
    checkShape(key, where);
    Secret secret(key);
    ::explicit_bzero(buffer, sizeof buffer);
    return secret;
}

} // namespace

Secret::Secret(std::string_view text) {
    if (text.empty())
        return;
    if (text.size() > pageSize)
        refuse("A key is longer than 4096 characters: that is not an API key.");
    void* page = ::mmap(nullptr, pageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        throw std::bad_alloc();
    // Both are best effort: a container may forbid locking, and the key is no less usable for it.
    ::mlock(page, pageSize);
    ::madvise(page, pageSize, MADV_DONTDUMP);
    m_page = static_cast<char*>(page);
    m_size = text.size();
    std::memcpy(m_page, text.data(), m_size);
}

Secret::~Secret() { release(); }

Secret::Secret(Secret&& other) noexcept
    : m_page(std::exchange(other.m_page, nullptr)), m_size(std::exchange(other.m_size, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        release();
        m_page = std::exchange(other.m_page, nullptr);
        m_size = std::exchange(other.m_size, 0);
    }
    return *this;
}

void Secret::release() noexcept {
    if (!m_page)
        return;
    ::explicit_bzero(m_page, pageSize);
    ::munmap(m_page, pageSize);
    m_page = nullptr;
    m_size = 0;
}

std::string Secret::scrub(std::string text) const {
    if (empty())
        return text;
    const std::string_view key = reveal();
    for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at + 5))
        text.replace(at, key.size(), "[key]");
    // A server may quote only a part of it: any run of 12 characters of the key goes too.
    constexpr std::size_t part = 12;
    for (std::size_t i = 0; i + part <= key.size(); ++i)
        for (auto at = text.find(key.substr(i, part)); at != std::string::npos; at = text.find(key.substr(i, part)))
            text.replace(at, part, "[key]");
    return text;
}

Secret checkedKey(std::string_view typed, const std::string& where) {
    const std::string_view key = trimmed(typed);
    checkShape(key, where);
    return Secret(key);
}

Secret readKey(const KeySource& source, const std::string& endpointName) {
    if (!source.file.empty())
        return fromFile(source.file, endpointName);
    if (!source.keyring.empty())
        try {
            Secret key = readKeyring(source.keyring);
            checkShape(key.reveal(), "the key ring");
            return key;
        } catch (const BackendError&) {
            const char* const instead = source.environment.empty() ? nullptr : std::getenv(source.environment.c_str());
            if (!instead || !*instead)
                throw;
        }
    if (source.environment.empty())
        return {};
    const char* value = std::getenv(source.environment.c_str());
    if (!value || !*value)
        refuse("Endpoint " + endpointName + " takes its key from the environment variable " + source.environment +
               ", which is not set: set it and start again.");
    return checkedKey(value, "the environment variable " + source.environment);
}

} // namespace app
