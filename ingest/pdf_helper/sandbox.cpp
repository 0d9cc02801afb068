#include "ingest/pdf_helper/sandbox.h"

#include "ingest/pdf_reply.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <vector>

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace pdfhelper {

namespace {

// What Poppler reads besides the PDF: substitutes for fonts that are not embedded, and maps for CJK encodings.
const char* const readable[] = {
    "/etc/fonts",           "/usr/share/fonts",      "/usr/local/share/fonts", "/usr/share/fontconfig",
    "/var/cache/fontconfig", "/usr/share/poppler",   "/usr/share/texmf/fonts", "/usr/share/ghostscript",
};

void limit(int resource, rlim_t soft, rlim_t hard) {
    const rlimit value{soft, hard};
    if (setrlimit(static_cast<__rlimit_resource>(resource), &value) != 0)
        _exit(3);
}

bool landlock() {
    const long abi = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1)
        return false;
    landlock_ruleset_attr rules{};
    rules.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1; // everything the first version knows
#ifdef LANDLOCK_ACCESS_FS_REFER
    if (abi >= 2)
        rules.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER;
#endif
    const int set = static_cast<int>(syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0));
    if (set < 0)
        return false;
    for (const char* folder : readable) {
        landlock_path_beneath_attr rule{};
        rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
        rule.parent_fd = open(folder, O_PATH | O_CLOEXEC | O_DIRECTORY);
        if (rule.parent_fd < 0)
            continue;
        syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
        close(rule.parent_fd);
    }
    const bool held = syscall(SYS_landlock_restrict_self, set, 0) == 0;
    close(set);
    return held;
}

#if defined(__x86_64__)
constexpr unsigned architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned architecture = AUDIT_ARCH_AARCH64;
#else
constexpr unsigned architecture = 0;
#endif

// Everything else answers EPERM, which libraries take as "not there"; what only an intruder asks for ends the process.
bool filterCalls(bool mayOpen) {
    if (architecture == 0)
        return false;
    std::vector<unsigned> allowed = {
        SYS_read, SYS_readv, SYS_pread64, SYS_write, SYS_writev, SYS_close, SYS_fstat, SYS_lseek, SYS_mmap, SYS_munmap,
        SYS_mprotect, SYS_mremap, SYS_madvise, SYS_brk, SYS_getdents64, SYS_fcntl, SYS_futex, SYS_rt_sigaction,
        SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_getpid, SYS_gettid, SYS_getuid, SYS_geteuid,
        SYS_getgid, SYS_getegid, SYS_clock_gettime, SYS_clock_getres, SYS_gettimeofday, SYS_getrandom, SYS_getrusage,
        SYS_exit, SYS_exit_group, SYS_sched_yield, SYS_sched_getaffinity, SYS_fstatfs, SYS_statfs, SYS_uname,
        SYS_getcwd, SYS_readlinkat, SYS_newfstatat, SYS_statx, SYS_faccessat, SYS_restart_syscall, SYS_sysinfo,
#if defined(__x86_64__)
        SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_time, SYS_getrlimit, SYS_setrlimit,
#endif
    };
    if (mayOpen) {
        allowed.push_back(SYS_openat);
#if defined(__x86_64__)
        allowed.push_back(SYS_open);
#endif
    }
    std::vector<unsigned> fatal = {SYS_execve, SYS_execveat, SYS_socket, SYS_connect, SYS_ptrace, SYS_process_vm_writev};

    std::vector<sock_filter> code;
    const auto add = [&](std::uint16_t op, std::uint32_t k, std::uint8_t yes, std::uint8_t no) {
        code.push_back({op, yes, no, k});
    };
    add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch), 0, 0);
    add(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0);
    add(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
    add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr), 0, 0);
    for (unsigned number : allowed) {
        add(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
        add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
    }
    for (unsigned number : fatal) {
        add(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
        add(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
    }
    // prlimit64 only for this process itself (its processor time is granted page by page).
    add(BPF_JMP | BPF_JEQ | BPF_K, SYS_prlimit64, 0, 3);
    add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0]), 0, 0);
    add(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1);
    add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
    add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1 /* EPERM */, 0, 0);

    sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

} // namespace

void grantSeconds(unsigned seconds, unsigned ceiling) {
    const rlimit value{std::min(seconds, ceiling), ceiling + 1};
    setrlimit(RLIMIT_CPU, &value);
}

std::uint8_t closeTheDoor(const Limits& limits) {
    syscall(SYS_close_range, 3u, ~0u, 0u);
    // The parent may have died before the request to die with it was made.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || (limits.parent > 0 && getppid() != limits.parent))
        _exit(3);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        _exit(3);
    limit(RLIMIT_CPU, limits.cpuSeconds, limits.cpuCeiling + 1);
#ifndef __SANITIZE_ADDRESS__ // its shadow memory alone is terabytes of address space
    limit(RLIMIT_AS, limits.memoryBytes + limits.fileBytes, limits.memoryBytes + limits.fileBytes);
#endif
    limit(RLIMIT_FSIZE, 0, 0);
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_NOFILE, 16, 16);
    limit(RLIMIT_NPROC, 0, 0);
    std::uint8_t held = 0;
    if (landlock())
        held |= ingest::pdf::Landlocked;
    if (filterCalls(held & ingest::pdf::Landlocked))
        held |= ingest::pdf::Filtered;
    return held;
}

} // namespace pdfhelper
