#include "ingest/pdf_process.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ingest {

namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
public:
    explicit Descriptor(int value = -1) : m_value(value) {}
    Descriptor(Descriptor&& other) noexcept : m_value(std::exchange(other.m_value, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(m_value, other.m_value);
        return *this;
    }
    ~Descriptor() { reset(); }
    void reset() {
        if (m_value >= 0)
            ::close(m_value);
        m_value = -1;
    }
    int get() const { return m_value; }

private:
    int m_value;
};

// Above the three standard numbers, so that the child's rearranging never steps on one of them.
Descriptor lifted(int value) {
    if (value < 0 || value > 2)
        return Descriptor(value);
    const Descriptor low(value);
    return Descriptor(fcntl(value, F_DUPFD_CLOEXEC, 3));
}

Descriptor sealed(std::string_view bytes) {
    Descriptor memory = lifted(memfd_create("pdf", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (memory.get() < 0)
        throw std::runtime_error(std::string("No memory to hand the PDF on: ") + std::strerror(errno) + '.');
    while (!bytes.empty()) {
        const ssize_t done = ::write(memory.get(), bytes.data(), std::min<std::size_t>(bytes.size(), 1u << 30));
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            throw std::runtime_error(std::string("No memory to hand the PDF on: ") + std::strerror(errno) + '.');
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    fcntl(memory.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    return memory;
}

// One running process and the pipe it answers on; killed and waited for when it goes out of scope.
class Process {
public:
    Process(const std::string& program, const std::vector<std::string>& arguments, int input) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0)
            throw std::runtime_error(std::string("No pipe for the PDF reader: ") + std::strerror(errno) + '.');
        m_output = lifted(ends[0]);
        const Descriptor writing = lifted(ends[1]);

        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, writing.get(), STDOUT_FILENO);
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawnattr_t attributes;
        posix_spawnattr_init(&attributes);
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

        std::vector<char*> pointers{const_cast<char*>(program.c_str())};
        for (const std::string& argument : arguments)
            pointers.push_back(const_cast<char*>(argument.c_str()));
        pointers.push_back(nullptr);
        char* environment[] = {nullptr};
        const int error = posix_spawn(&m_pid, program.c_str(), &actions, &attributes, pointers.data(), environment);
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
        if (error != 0) {
            m_pid = -1;
            throw std::runtime_error("The PDF reader " + program + " does not start: " + std::strerror(error) + '.');
        }
        fcntl(m_output.get(), F_SETFL, O_NONBLOCK);
    }
    ~Process() { end(); }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    int output() const { return m_output.get(); }
    bool running() const { return m_pid > 0; }
    // Kills it if it still runs; the wait status, or -1 where somebody else collected it.
    int end() {
        if (m_pid <= 0)
            return -1;
        m_output.reset();
        ::kill(m_pid, SIGKILL);
        return collect();
    }
    // After the pipe closed: the process is on its way out.
    int collect() {
        int status = 0;
        pid_t got;
        while ((got = waitpid(m_pid, &status, 0)) < 0 && errno == EINTR) {
        }
        m_pid = -1;
        m_output.reset();
        return got < 0 ? -1 : status;
    }

private:
    pid_t m_pid = -1;
    Descriptor m_output;
};

std::string endingOf(int status, const PdfOptions& options) {
    if (status != -1 && WIFSIGNALED(status)) {
        const int signal = WTERMSIG(status);
        if (signal == SIGXCPU || signal == SIGKILL)
            return "the file used up the " + std::to_string(options.cpuSeconds)
                + " seconds of processor time that one file may take";
        if (signal == SIGABRT)
            return "the file needs more than the " + std::to_string(options.memoryBytes >> 20)
                + " MB of memory that one file may take";
        if (signal == SIGSYS)
            return "the file made the PDF reader ask for something it may not have, and it was ended";
        return "the file made the PDF reader crash (signal " + std::to_string(signal) + ')';
    }
    if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 12)
        return "the file needs more than the " + std::to_string(options.memoryBytes >> 20)
            + " MB of memory that one file may take";
    return "the PDF reader broke off";
}

struct Running {
    std::unique_ptr<Process> process;
    PdfPart* part;
};

// Takes what lies in the pipe; false once the process has nothing more to say.
bool pump(Running& one, const PdfOptions& options) {
    char buffer[65536];
    const ssize_t count = ::read(one.process->output(), buffer, sizeof buffer);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (count > 0) {
        if (one.part->reply.push({buffer, static_cast<std::size_t>(count)}))
            return true;
        one.part->ending = "the PDF reader's answer is not to be trusted (" + one.part->reply.error() + ')';
        one.process->end();
        return false;
    }
    const int status = one.process->collect();
    if (!one.part->reply.ended)
        one.part->ending = endingOf(status, options);
    return false;
}

} // namespace

PdfOutcome runPdfProcesses(std::string_view bytes, const std::string& command, std::vector<std::string> arguments,
                           unsigned parts, std::uint64_t replyLimit, const PdfOptions& options, std::stop_token stop) {
    const std::string program = findPdfHelper(options.helper);
    const Descriptor input = sealed(bytes);
    arguments.insert(arguments.begin(),
                     {command, "parent=" + std::to_string(getpid()), "memory=" + std::to_string(options.memoryBytes),
                      "cpu=" + std::to_string(options.cpuSeconds), "reply=" + std::to_string(replyLimit),
                      "pages=" + std::to_string(options.maxPages), "parts=" + std::to_string(parts)});
    PdfOutcome outcome;
    std::vector<Running> running;
    for (unsigned i = 0; i < parts; ++i) {
        outcome.parts.push_back(std::make_unique<PdfPart>());
        outcome.parts.back()->reply = PdfReplyParser(replyLimit);
        std::vector<std::string> own = arguments;
        own.push_back("part=" + std::to_string(i));
        running.push_back({std::make_unique<Process>(program, own, input.get()), outcome.parts.back().get()});
    }
    const auto begun = Clock::now();
    const auto wall = options.wallTime.count() ? options.wallTime : std::chrono::seconds(2 * options.cpuSeconds);
    while (!running.empty()) {
        if (stop.stop_requested()) {
            outcome.stopped = true;
            return outcome; // the destructors end the processes
        }
        std::vector<pollfd> waiting;
        for (const Running& one : running)
            waiting.push_back({one.process->output(), POLLIN, 0});
        ::poll(waiting.data(), waiting.size(), 100);
        std::size_t kept = 0;
        for (std::size_t i = 0; i < waiting.size(); ++i) {
            Running& one = running[i];
            bool goesOn = !(waiting[i].revents & (POLLIN | POLLHUP | POLLERR)) || pump(one, options);
            // Like processor time, patience grows with the pages that came.
            const auto patience = wall + std::chrono::milliseconds(200) * (one.part->reply.pages.size() + one.part->reply.pagesChecked);
            if (goesOn && Clock::now() - begun > patience) {
                one.process->end();
                one.part->ending = "reading it took longer than "
                    + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(patience).count()) + " seconds";
                goesOn = false;
            }
            if (goesOn)
                running[kept++] = std::move(one);
        }
        running.resize(kept);
    }
    return outcome;
}

std::string findPdfHelper(const std::string& configured) {
    namespace fs = std::filesystem;
    std::error_code error;
    if (!configured.empty()) {
        if (fs::is_regular_file(configured, error))
            return configured;
        throw std::runtime_error("The PDF reader lectern-pdf is not at " + configured + "; correct the setting.");
    }
    const fs::path beside = fs::read_symlink("/proc/self/exe", error).parent_path();
    for (const fs::path& folder : {beside, beside / ".." / "bin"}) // tests lie in a folder next to bin
        if (fs::is_regular_file(folder / "lectern-pdf", error))
            return (folder / "lectern-pdf").lexically_normal().string();
    throw std::runtime_error("The PDF reader lectern-pdf is not beside this program in " + beside.string()
                             + "; install it there.");
}

} // namespace ingest
