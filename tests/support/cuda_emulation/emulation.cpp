#include "cuda_runtime.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <csetjmp>
#include <exception>

#include <sys/mman.h>
#include <ucontext.h>

constexpr std::size_t sharedLimit = 227 * 1024; // of sm_90; sm_120 has 99 KB, kernels ask the device

namespace emulation {

void inOrder(std::function<void()> work);
bool recording();
void record(std::vector<std::function<void()>>* into);

namespace {

constexpr std::size_t stackBytes = 256 * 1024;
constexpr unsigned warpSize = 32;

struct Barrier {
    unsigned mask = 0, arrived = 0; // of a warp's lanes
    unsigned waiting = 0, votes = 0, result = 0;
    std::uint64_t generation = 0;
};

struct Copy {
    void* shared;
    const void* global;
    std::size_t bytes;
};

struct Warp {
    unsigned lanes = 0; // that exist
    std::vector<std::unique_ptr<Barrier>> barriers;
    std::uint64_t slot[warpSize];
    std::uint32_t words[warpSize][6];
};

// One CUDA thread. ucontext starts it, longjmp changes places: that makes no system call.
struct Fiber {
    uint3 index;
    unsigned lane = 0;
    Warp* warp = nullptr;
    const Barrier* barrier = nullptr; // waited for
    std::uint64_t generation = 0;
    bool started = false, finished = false;
    std::vector<std::vector<Copy>> groups; // committed copies, oldest first
    std::vector<Copy> open;
    jmp_buf place;
    ucontext_t start;
};

struct Machine {
    std::vector<Fiber> fibers;
    std::vector<Warp> warps;
    std::vector<std::byte*> stacks;
    Barrier block;
    Fiber* current = nullptr;
    const std::function<void()>* kernel = nullptr;
    std::exception_ptr failure;
    jmp_buf scheduler;
    std::vector<std::byte> shared;
    std::byte* sharedStart = nullptr;
    bool reverse = false;
    int major = 8, minor = 0; // compute capability
    std::uint64_t launches = 0;
    std::vector<std::function<void()>>* recording = nullptr;
    ~Machine() {
        for (std::byte* stack : stacks) ::munmap(stack, stackBytes);
    }
    std::byte* stack(std::size_t i) {
        while (stacks.size() <= i) {
            void* memory =
                ::mmap(nullptr, stackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (memory == MAP_FAILED) throw std::bad_alloc();
            stacks.push_back(static_cast<std::byte*>(memory));
        }
        return stacks[i];
    }
};

thread_local Machine machine;

void enter() {
    try {
        (*machine.kernel)();
    } catch (...) {
        machine.failure = std::current_exception();
    }
    machine.current->finished = true;
    _longjmp(machine.scheduler, 1);
}

void resume(Fiber& fiber) {
    machine.current = &fiber;
    threadIdx = fiber.index;
    if (_setjmp(machine.scheduler) == 0) {
        if (fiber.started) _longjmp(fiber.place, 1);
        fiber.started = true;
        ::setcontext(&fiber.start);
    }
}

void waitFor(const Barrier& barrier) {
    Fiber& self = *machine.current;
    self.barrier = &barrier;
    self.generation = barrier.generation;
    if (_setjmp(self.place) == 0) _longjmp(machine.scheduler, 1);
    self.barrier = nullptr;
}

// Every warp as far as it comes, until nothing moves.
void runBlock() {
    std::size_t left = machine.fibers.size();
    while (left > 0) {
        bool moved = false;
        for (std::size_t w = 0; w < machine.warps.size(); ++w)
            for (bool again = true; again;) {
                again = false;
                const std::size_t warp = machine.reverse ? machine.warps.size() - 1 - w : w;
                const std::size_t begin = warp * warpSize,
                                  end = std::min(begin + warpSize, machine.fibers.size());
                for (std::size_t i = begin; i < end; ++i) {
                    Fiber& fiber = machine.fibers[machine.reverse ? begin + end - 1 - i : i];
                    if (fiber.finished || (fiber.barrier && fiber.barrier->generation == fiber.generation))
                        continue;
                    resume(fiber);
                    if (machine.failure) std::rethrow_exception(std::exchange(machine.failure, nullptr));
                    again = moved = true;
                    left -= fiber.finished;
                }
            }
        if (!moved)
            throw std::runtime_error("A barrier is not reached by every thread: " + std::to_string(left) +
                                     " of " + std::to_string(machine.fibers.size()) + " threads of block (" +
                                     std::to_string(blockIdx.x) + ", " + std::to_string(blockIdx.y) + ", " +
                                     std::to_string(blockIdx.z) + ") wait for ever.");
    }
}

Barrier& warpBarrier(Warp& warp, unsigned mask) {
    for (const auto& barrier : warp.barriers)
        if (barrier->mask == mask) return *barrier;
    warp.barriers.push_back(std::make_unique<Barrier>());
    warp.barriers.back()->mask = mask;
    return *warp.barriers.back();
}

} // namespace

void reverseOrder(bool reverse) {
    machine.reverse = reverse;
}

void capability(int major, int minor) {
    machine.major = major;
    machine.minor = minor;
}

std::uint64_t launches() {
    return machine.launches;
}

void run(dim3 grid, dim3 block, std::size_t sharedBytes, const std::function<void()>& kernel) {
    const std::size_t threads = std::size_t{block.x} * block.y * block.z;
    if (threads == 0 || threads > 1024)
        throw std::runtime_error("A block of " + std::to_string(threads) + " threads.");
    if (sharedBytes > sharedLimit)
        throw std::runtime_error("A block asks for " + std::to_string(sharedBytes) +
                                 " bytes of shared memory.");
    if (machine.recording) {
        machine.recording->push_back([=] { run(grid, block, sharedBytes, kernel); });
        return;
    }
    ++machine.launches;
    machine.kernel = &kernel;
    gridDim = grid;
    blockDim = block;
    for (blockIdx.z = 0; blockIdx.z < grid.z; ++blockIdx.z)
        for (blockIdx.y = 0; blockIdx.y < grid.y; ++blockIdx.y)
            for (blockIdx.x = 0; blockIdx.x < grid.x; ++blockIdx.x) {
                machine.shared.assign(sharedBytes + 128, std::byte{0xff});
                machine.sharedStart = machine.shared.data() + 128 -
                                      reinterpret_cast<std::uintptr_t>(machine.shared.data()) % 128;
                machine.warps.clear();
                machine.warps.resize((threads + warpSize - 1) / warpSize);
                machine.fibers.clear();
                machine.fibers.resize(threads);
                machine.block = {};
                for (std::size_t i = 0; i < threads; ++i) {
                    Fiber& fiber = machine.fibers[i];
                    fiber.index.x = unsigned(i % block.x);
                    fiber.index.y = unsigned(i / block.x % block.y);
                    fiber.index.z = unsigned(i / block.x / block.y);
                    fiber.lane = unsigned(i % warpSize);
                    fiber.warp = &machine.warps[i / warpSize];
                    fiber.warp->lanes |= 1u << fiber.lane;
                    ::getcontext(&fiber.start);
                    fiber.start.uc_stack.ss_sp = machine.stack(i);
                    fiber.start.uc_stack.ss_size = stackBytes;
                    fiber.start.uc_link = nullptr;
                    ::makecontext(&fiber.start, enter, 0);
                }
                runBlock();
            }
}

std::byte* dynamicShared() {
    return machine.sharedStart;
}

unsigned lane() {
    return machine.current->lane;
}

int syncBlockCount(bool vote) {
    Barrier& barrier = machine.block;
    barrier.votes += vote;
    if (++barrier.waiting < machine.fibers.size()) {
        waitFor(barrier);
    } else {
        barrier.result = barrier.votes;
        barrier.waiting = barrier.votes = 0;
        ++barrier.generation;
    }
    return int(barrier.result);
}

void syncBlock() {
    syncBlockCount(false);
}

void syncWarp(unsigned mask) {
    Fiber& self = *machine.current;
    mask &= self.warp->lanes;
    if (!(mask >> self.lane & 1))
        throw std::runtime_error("A lane is not in the mask of its own warp operation.");
    Barrier& barrier = warpBarrier(*self.warp, mask);
    barrier.arrived |= 1u << self.lane;
    if (barrier.arrived != mask) return waitFor(barrier);
    barrier.arrived = 0;
    ++barrier.generation;
}

std::uint64_t exchange(unsigned mask, std::uint64_t value, int source) {
    Fiber& self = *machine.current;
    self.warp->slot[self.lane] = value;
    syncWarp(mask);
    const std::uint64_t result = self.warp->slot[source];
    syncWarp(mask);
    return result;
}

unsigned ballot(unsigned mask, bool vote) {
    Fiber& self = *machine.current;
    self.warp->slot[self.lane] = vote;
    syncWarp(mask);
    unsigned result = 0;
    for (unsigned i = 0; i < warpSize; ++i)
        if ((mask & self.warp->lanes) >> i & 1 && self.warp->slot[i]) result |= 1u << i;
    syncWarp(mask);
    return result;
}

void mma(float (&c)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
         float (*decode)(std::uint16_t)) {
    Fiber& self = *machine.current;
    auto& words = self.warp->words;
    std::memcpy(words[self.lane], a, sizeof a);
    std::memcpy(words[self.lane] + 4, b, sizeof b);
    syncWarp(0xffffffffu);
    const unsigned g = self.lane / 4, t = self.lane % 4;
    for (unsigned i = 0; i < 4; ++i) {
        const unsigned row = g + i / 2 * 8, column = 2 * t + i % 2;
        for (unsigned k = 0; k < 16; ++k) {
            const unsigned owner = k % 8 / 2, half = k % 2 * 16, upper = k / 8;
            const std::uint32_t x = words[row % 8 * 4 + owner][row / 8 + 2 * upper];
            const std::uint32_t y = words[column * 4 + owner][4 + upper];
            c[i] += decode(std::uint16_t(x >> half)) * decode(std::uint16_t(y >> half));
        }
    }
    syncWarp(0xffffffffu);
}

void loadMatrices(std::uint32_t (&r)[4], const void* row, bool transposed) {
    Fiber& self = *machine.current;
    self.warp->slot[self.lane] = reinterpret_cast<std::uintptr_t>(row);
    syncWarp(0xffffffffu);
    const unsigned g = self.lane / 4, t = self.lane % 4;
    for (unsigned i = 0; i < 4; ++i) {
        std::uint16_t pair[2];
        for (unsigned j = 0; j < 2; ++j) {
            const unsigned matrixRow = transposed ? 2 * t + j : g, column = transposed ? g : 2 * t + j;
            const auto* from = reinterpret_cast<const std::byte*>(self.warp->slot[i * 8 + matrixRow]);
            std::memcpy(&pair[j], from + 2 * column, 2);
        }
        r[i] = std::uint32_t(pair[1]) << 16 | pair[0];
    }
    syncWarp(0xffffffffu);
}

void copyAsync(void* shared, const void* global, std::size_t bytes) {
    if (reinterpret_cast<std::uintptr_t>(shared) % bytes || reinterpret_cast<std::uintptr_t>(global) % bytes)
        throw std::runtime_error("An asynchronous copy is not aligned.");
    machine.current->open.push_back({shared, global, bytes});
}

void commitCopies() {
    machine.current->groups.push_back(std::move(machine.current->open));
    machine.current->open.clear();
}

void waitForCopies(int pending) {
    auto& groups = machine.current->groups;
    while (groups.size() > std::size_t(pending)) {
        for (const Copy& copy : groups.front()) {
            if (copy.global)
                std::memcpy(copy.shared, copy.global, copy.bytes);
            else
                std::memset(copy.shared, 0, copy.bytes);
        }
        groups.erase(groups.begin());
    }
}

// Now, or with the graph that is being recorded.
void inOrder(std::function<void()> work) {
    if (machine.recording)
        machine.recording->push_back(std::move(work));
    else
        work();
}

bool recording() {
    return machine.recording;
}

void record(std::vector<std::function<void()>>* into) {
    machine.recording = into;
}

} // namespace emulation

cudaError_t cudaMalloc(void** data, std::size_t bytes) {
    *data = std::aligned_alloc(256, (bytes + 255) / 256 * 256);
    if (!*data) return cudaErrorMemoryAllocation;
    std::memset(*data, 0xff, bytes);
    return cudaSuccess;
}

cudaError_t cudaFree(void* data) {
    std::free(data);
    return cudaSuccess;
}

cudaError_t cudaMallocHost(void** data, std::size_t bytes) {
    return cudaMalloc(data, bytes);
}

cudaError_t cudaFreeHost(void* data) {
    return cudaFree(data);
}

cudaError_t cudaMemGetInfo(std::size_t* unused, std::size_t* total) {
    *unused = *total = std::size_t{8} << 30;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
    *count = 1;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int) {
    *properties = {
        "emulated", std::size_t{8} << 30, sharedLimit, emulation::machine.major, emulation::machine.minor, 4};
    return cudaSuccess;
}

struct EmulatedEvent {
    std::chrono::steady_clock::time_point moment;
};

cudaError_t cudaEventCreate(cudaEvent_t* event) {
    *event = new EmulatedEvent;
    return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t) {
    event->moment = std::chrono::steady_clock::now();
    return cudaSuccess;
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t from, cudaEvent_t to) {
    *milliseconds = std::chrono::duration<float, std::milli>(to->moment - from->moment).count();
    return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
    delete event;
    return cudaSuccess;
}

// --- streams and graphs ---

struct EmulatedGraph {
    std::vector<std::function<void()>> work;
};

namespace {
thread_local EmulatedGraph* recorded = nullptr;
}

cudaError_t cudaStreamSynchronize(cudaStream_t) {
    return emulation::recording() ? cudaErrorStreamCaptureUnsupported : cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind, cudaStream_t) {
    emulation::inOrder([=] { std::memmove(to, from, bytes); });
    return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void* to, int value, std::size_t bytes, cudaStream_t) {
    emulation::inOrder([=] { std::memset(to, value, bytes); });
    return cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t, cudaStreamCaptureMode) {
    recorded = new EmulatedGraph;
    emulation::record(&recorded->work);
    return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t, cudaGraph_t* graph) {
    emulation::record(nullptr);
    *graph = std::exchange(recorded, nullptr);
    return cudaSuccess;
}

cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t*, std::size_t* count) {
    *count = graph->work.size();
    return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long) {
    *exec = new EmulatedGraph(*graph);
    return cudaSuccess;
}

cudaError_t cudaGraphExecUpdate(cudaGraphExec_t exec, cudaGraph_t graph, cudaGraphExecUpdateResultInfo*) {
    exec->work = graph->work;
    return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t) {
    for (const auto& work : exec->work) work();
    return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
    delete graph;
    return cudaSuccess;
}
