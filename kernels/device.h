// Device: every operation the model is made of, declared once. reference/ defines the results with plain
// loops; other devices override single operations and are judged against it. Operations work on T rows
// ("tokens") at absolute positions P .. P+T-1 of one sequence, so prefill, decode and draft verification are
// the same calls. A fused operation has a default composed of smaller ones. All calls come from one thread;
// buffers belong to the device and are freed before it. Shapes are the caller's promise (asserted); foreign
// files are checked above, in engine. Activations have the type activationType(); logits, mixing coefficients
// and routing weights are F32. Source: v4-architecture.md sections 2 to 7 and 10; determinism: design notes
// in README.md.
#pragma once

#include "kernels/operations.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kernels {

class Memory; // owned bytes of a device, below

// A device that cannot be opened, is full, or failed in the middle; its operations may not be called again. The
// sentence says what to choose instead. Nothing else throws it, so a caller may go on with another device.
struct DeviceError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Device {
public:
    virtual ~Device() = default;
    Mode mode() const { return m_mode; }
    virtual std::string name() const = 0; // "reference", "cuda:0 (NVIDIA H200)"
    virtual Type activationType() const { return Type::F32; }
    virtual std::int64_t preferredChunk() const { return 256; } // tokens of a prefill chunk

    // --- memory: zeroed; host devices commit pages when they are first touched, so reserving is free ---
    virtual Memory allocate(std::size_t bytes);
    virtual void release(std::byte* data, std::size_t bytes) noexcept;
    virtual void write(void* destination, const void* host, std::size_t bytes);
    virtual void read(void* host, const void* source, std::size_t bytes);

    // --- weights, once at load ---
    virtual std::unique_ptr<Matrix> prepare(const Weight& weight, Product product, int groups = 1) = 0;
    virtual std::unique_ptr<Experts> prepareExperts(std::span<const ExpertSource> routed,
                                                    const ExpertSource& shared) = 0;
    virtual std::unique_ptr<Rope> prepareRope(std::vector<float> frequencies);

    // --- embed ---
    virtual void embed(const Matrix& table, const Tensor& tokens,
                       const Tensor& streams) = 0; // I32 [T] -> [T, h, D]
    // --- linear: output [T, rows], from input [T, groups * columns] ---
    virtual void linear(const Matrix& matrix, const Tensor& input, const Tensor& output) = 0;
    struct LinearJob {
        const Matrix* matrix;
        Tensor output;
    };
    virtual void linears(const Tensor& input,
                         std::span<const LinearJob> jobs); // several readers of one input
    // --- norm: root mean square with weight, in place allowed ---
    virtual void norm(const Tensor& input, const Tensor& weight, float epsilon, const Tensor& output) = 0;
    // --- hyper ---
    virtual void hyperPre(const Tensor& streams, const HyperMix& mix, Branch& branch) = 0;
    virtual void hyperPost(const Tensor& streams, Branch& branch) = 0;
    virtual void hyperHead(const Tensor& streams, const HyperMix& mix, const Tensor& output) = 0;
    // The boundary of two sublayers: hyperPost of an open branch, hyperPre of the next, norm of its input.
    virtual void hyperStep(const Tensor& streams, const HyperMix& mix, const Tensor& normWeight,
                           Branch& branch);
    // --- rope, latents, attention ---
    // norm, rotation and cache rounding of the chunk's latents: input [T, d] -> F32 [T, d]
    virtual void latents(const Tensor& input, const Tensor& normWeight, float epsilon, const Rope& rope,
                         std::int64_t position, const Tensor& output) = 0;
    virtual void
    attention(const AttentionJob& job) = 0; // query norm, rotation, softmax with sink, inverse rotation
    virtual void storeLatents(const Tensor& latents, std::int64_t position,
                              const Ring& ring) = 0; // after attention
    // --- compress, indexer ---
    virtual void compress(const CompressJob& job) = 0;
    virtual void select(const SelectJob& job) = 0;
    // --- moe ---
    virtual void route(const RouteJob& job) = 0;
    // output = sum over chosen experts, ascending, of weight * expert(x), plus the shared expert
    virtual void moe(const Experts& experts, const Tensor& x, const Tensor& chosen, const Tensor& weights,
                     float limit, const Tensor& output) = 0;

    // --- steps: the same operations for token after token ---
    struct Step { // what the arguments of its operations depend on
        const void *workspace = nullptr, *cache = nullptr;
        std::int64_t position = 0, count = 0;
        bool head = false;
        bool operator==(const Step&) const = default;
    };
    virtual bool recordsSteps() const { return false; }
    // Runs `operations`, which calls operations of this device and nothing else of it: no reads, writes, memory.
    // A device may have recorded them before.
    virtual void run(const Step&, const std::function<void()>& operations) { operations(); }
    // The step that is likely next: a device may record it while it still works on the one before.
    virtual void expect(const Step&, const std::function<void()>&) {}

    // --- finite values: noting is cheap and may be deferred. firstNonFinite() gives the lowest tag noted
    // since its last call whose tensor held NaN or infinity (or whose layer met one in a selection), else -1
    // ---
    virtual void noteNonFinite(const Tensor& values, int tag) = 0;
    virtual int firstNonFinite() = 0;

protected:
    explicit Device(Mode mode) : m_mode(mode) {}

private:
    Mode m_mode;
};

// Owned device memory; returned to its device by the destructor.
class Memory {
public:
    Memory() = default;
    Memory(Device* device, std::byte* data, std::size_t size)
        : m_device(device), m_data(data), m_size(size) {}
    ~Memory();
    Memory(Memory&& other) noexcept;
    Memory& operator=(Memory&& other) noexcept;
    std::byte* data() const { return m_data; }
    std::size_t size() const { return m_size; }

private:
    Device* m_device = nullptr;
    std::byte* m_data = nullptr;
    std::size_t m_size = 0;
};

// "reference", "simd", "cuda:0"; throws a sentence saying why and what to use instead when one is not there.
std::shared_ptr<Device> openDevice(std::string_view name, Mode mode);
// "auto": the fastest one this program and machine have for that mode.
std::vector<std::string> availableDevices(Mode mode);

} // namespace kernels
