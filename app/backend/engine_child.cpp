#include "app/backend/engine_child.h"

#include "app/backend/engine_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

namespace app {

namespace {

using Cause = BackendError::Cause;

// What a program needs to find its files and its GPU; no key can be among it.
constexpr const char* passedOn[] = {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "XDG_DATA_HOME", "XDG_CACHE_HOME",
                                    "XDG_CONFIG_HOME", "LECTERN_RESOURCES", "LECTERN_SIMD", "LECTERN_THREADS", "CUDA_VISIBLE_DEVICES",
                                    "ASAN_OPTIONS", "UBSAN_OPTIONS"};

std::vector<std::string> shortEnvironment() {
    std::vector<std::string> list;
    for (const char* name : passedOn)
        if (const char* value = std::getenv(name)) list.push_back(std::string(name) + "=" + value);
    return list;
}

std::vector<char*> pointers(std::vector<std::string>& list) {
    std::vector<char*> out;
    for (std::string& text : list) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

std::string describe(int status) {
    if (WIFSIGNALED(status)) {
        const int signal = WTERMSIG(status);
        const char* const kind = signal == SIGKILL                       ? "killed, perhaps because memory ran out"
                                 : signal == SIGBUS                      ? "a file of the model changed or could not be read"
                                 : signal == SIGSEGV || signal == SIGILL ? "a fault"
                                                                         : "a signal";
        return std::string(kind) + ", signal " + std::to_string(signal);
    }
    return "exit code " + std::to_string(WEXITSTATUS(status));
}

} // namespace

std::filesystem::path lecternProgram() {
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
    for (const std::filesystem::path& place : {self.parent_path() / "lectern", self.parent_path().parent_path() / "bin" / "lectern"})
        if (std::filesystem::is_regular_file(place)) return place;
    throw BackendError(Cause::Configuration, "The program “lectern”, which runs the engine, is not beside " + self.string() +
                                                 "; install both together.");
}

EngineChild::EngineChild(const std::filesystem::path& program, const EmbeddedOptions& options) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        throw BackendError(Cause::Configuration, std::string("The engine process cannot be started: ") + std::strerror(errno) + ".");
    m_socket = std::make_unique<LineSocket>(ends[0]);
    std::vector<std::string> arguments{program.string(), "engine", "serve", std::filesystem::absolute(options.model).string(),
                                       options.device, std::to_string(options.window), std::to_string(::getpid())};
    if (!options.shelf.empty()) {
        arguments.push_back(std::filesystem::absolute(options.shelf).string());
        arguments.push_back(std::to_string(options.shelfBytes));
    }
    m_thread = std::jthread([this, arguments, end = ends[1]] { work(arguments, end); });
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_startError >= 0; });
    if (m_startError > 0) {
        const std::string reason = std::strerror(m_startError);
        lock.unlock();
        m_thread.join();
        throw BackendError(Cause::Configuration, "The engine process " + program.string() + " cannot be started: " + reason + ".");
    }
}

EngineChild::~EngineChild() {
    m_socket->shutDown(); // it ends by itself then; if it hangs, it is ended
    for (int i = 0; i < 20 && running(); ++i) nextLine(std::chrono::milliseconds(50));
    if (running()) kill("no longer needed");
}

// The child's whole life.
void EngineChild::work(std::vector<std::string> arguments, int childEnd) {
    std::vector<std::string> environment = shortEnvironment();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, childEnd, 0);
    ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    pid_t process = 0;
    const int error = ::posix_spawn(&process, arguments[0].c_str(), &actions, &attributes, pointers(arguments).data(),
                                    pointers(environment).data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    ::close(childEnd);
    {
        const std::lock_guard lock(m_mutex);
        m_process = error == 0 ? process : 0;
        m_startError = error;
        m_ended = error != 0;
    }
    m_changed.notify_all();
    if (error != 0) return;

    for (std::string line; m_socket->readLine(line);) {
        const std::lock_guard lock(m_mutex);
        m_lines.push_back(std::move(line));
        m_changed.notify_all();
    }
    // The socket is closed: it ends within moments, or it is beyond talking to.
    for (int i = 0; !reap(process); ++i) {
        if (i == 100) ::kill(process, SIGKILL);
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

// Under the mutex, so that nobody signals a number that is already somebody else's.
bool EngineChild::reap(int process) {
    const std::lock_guard lock(m_mutex);
    int status = 0;
    if (::waitpid(process, &status, WNOHANG) == 0) return false;
    m_ended = true;
    m_ending = m_killedFor.empty() ? describe(status) : m_killedFor;
    m_changed.notify_all();
    return true;
}

bool EngineChild::send(const std::string& line) { return m_socket->write(line); }

std::optional<std::string> EngineChild::nextLine(std::chrono::milliseconds wait) {
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, wait, [this] { return !m_lines.empty() || m_ended; });
    if (m_lines.empty()) return std::nullopt;
    std::string line = std::move(m_lines.front());
    m_lines.pop_front();
    return line;
}

bool EngineChild::running() const {
    const std::lock_guard lock(m_mutex);
    return !m_ended;
}

void EngineChild::kill(const std::string& why) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_ended) return;
        m_killedFor = why;
        ::kill(m_process, SIGKILL); // not reaped before m_ended, so the number is still its own
    }
    m_socket->shutDown();
}

std::string EngineChild::ending() const {
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, std::chrono::seconds(3), [this] { return m_ended; });
    return m_ending.empty() ? "for no reason it gave" : m_ending;
}

} // namespace app
