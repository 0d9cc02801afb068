// Threads: the workers of a SIMD device, one per physical core with the calling thread as the first. run() hands out
// the numbers 0 .. count-1 by an atomic counter and returns when all are done. Which thread takes which number is
// chance, so a number must name work whose result depends on nothing else. A worker that does not get a core in time is
// not waited for: only claimed numbers are. Idle workers spin for at most 50 microseconds, then sleep.
// Owned by a device; run() is called from one thread at a time and does not throw for the work it runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace kernels::simd {

class Threads {
public:
    explicit Threads(int count); // the caller included
    ~Threads();
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;

    int count() const { return static_cast<int>(m_workers.size()) + 1; }

    template<class Work>
    void run(std::int64_t count, const Work& work) {
        runErased(count, [](const void* context, std::int64_t i) { (*static_cast<const Work*>(context))(i); }, &work);
    }

    static int physicalCores(); // that this process may use

private:
    using Function = void (*)(const void*, std::int64_t);
    void runErased(std::int64_t count, Function function, const void* context);
    void serve();
    bool claimOne(); // takes one number and does its work; false when there is none

    // Upper half: the number of the job; lower half: the next number to hand out.
    alignas(64) std::atomic<std::uint64_t> m_ticket{0xffffffffu};
    alignas(64) std::atomic<std::int64_t> m_done{0};
    alignas(64) std::atomic<std::uint32_t> m_epoch{0}; // what sleepers wait for
    std::atomic<int> m_sleepers{0};
    std::atomic<bool> m_stop{false};
    std::atomic<Function> m_function{nullptr};
    std::atomic<const void*> m_context{nullptr};
    std::atomic<std::int64_t> m_count{0};
    std::vector<std::thread> m_workers;
};

} // namespace kernels::simd
