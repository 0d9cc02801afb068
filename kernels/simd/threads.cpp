#include "kernels/simd/threads.h"

#include <chrono>
#include <fstream>
#include <set>
#include <string>

#include <sched.h>

namespace kernels::simd {

namespace {

constexpr auto spinTime = std::chrono::microseconds(50); // waking a sleeper takes 12 to 20 (measured in a virtual machine)

void pauseBriefly() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

// Spins until `ready`; false when it took too long.
template<class Ready>
bool spin(const Ready& ready) {
    const auto end = std::chrono::steady_clock::now() + spinTime;
    do {
        for (int i = 0; i < 32; ++i) {
            if (ready()) return true;
            pauseBriefly();
        }
    } while (std::chrono::steady_clock::now() < end);
    return false;
}

} // namespace

Threads::Threads(int count) {
    for (int i = 1; i < count; ++i) m_workers.emplace_back([this] { serve(); });
}

Threads::~Threads() {
    m_stop = true;
    m_epoch.fetch_add(1);
    m_epoch.notify_all();
    for (std::thread& worker : m_workers) worker.join();
}

void Threads::runErased(std::int64_t count, Function function, const void* context) {
    if (m_workers.empty() || count <= 1) {
        for (std::int64_t i = 0; i < count; ++i) function(context, i);
        return;
    }
    // First nothing can be claimed, then the job is described, then its numbers are opened: a worker that still looks
    // at the job before finds its ticket changed.
    const std::uint64_t job = (m_ticket.load() >> 32) + 1;
    m_ticket.store(job << 32 | 0xffffffffu);
    m_function.store(function);
    m_context.store(context);
    m_count.store(count);
    m_done.store(0);
    m_ticket.store(job << 32);
    m_epoch.fetch_add(1);
    if (m_sleepers.load() > 0) m_epoch.notify_all();
    while (claimOne()) {}
    auto finished = [&] { return m_done.load(std::memory_order_acquire) == count; };
    while (!spin(finished)) std::this_thread::yield(); // a worker lost its core in the middle of its work
}

bool Threads::claimOne() {
    for (;;) {
        std::uint64_t ticket = m_ticket.load();
        const std::int64_t next = static_cast<std::int64_t>(ticket & 0xffffffffu);
        const Function function = m_function.load();
        const void* context = m_context.load();
        if (next >= m_count.load()) return false;
        if (!m_ticket.compare_exchange_strong(ticket, ticket + 1)) continue;
        function(context, next);
        m_done.fetch_add(1, std::memory_order_release);
        return true;
    }
}

void Threads::serve() {
    for (;;) {
        const std::uint32_t epoch = m_epoch.load();
        while (claimOne()) {}
        if (m_stop) return;
        if (spin([&] { return m_epoch.load(std::memory_order_relaxed) != epoch; })) continue;
        m_sleepers.fetch_add(1);
        m_epoch.wait(epoch);
        m_sleepers.fetch_sub(1);
    }
}

int Threads::physicalCores() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 1;
    std::set<std::string> cores; // a core is the list of its hardware threads
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &allowed)) continue;
        std::ifstream file("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/thread_siblings_list");
        std::string siblings;
        if (!std::getline(file, siblings)) siblings = "cpu" + std::to_string(cpu);
        cores.insert(siblings);
    }
    return cores.empty() ? 1 : static_cast<int>(cores.size());
}

} // namespace kernels::simd
