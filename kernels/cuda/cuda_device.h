// The CUDA device: every operation as kernels of our own for sm_80 and later, on one stream, in memory of
// cudaMalloc. Activations are bf16 in Mode::Model, else fp32. Results do not depend on chunk, batch or the
// number of multiprocessors; they differ from the reference within the bounds of kernels.md section 7. A CUDA
// error is thrown as one sentence by the call that meets it, or by the next read; the device is then of no
// further use. One thread at a time; the device makes itself current on every call that needs it.
// Source: v4-architecture.md; orders of summation: README.md.
#pragma once

#include "kernels/cuda/arena.h"
#include "kernels/cuda/runtime.h"
#include "kernels/cuda/weight.h"
#include "kernels/device.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace kernels::cuda {

class CudaDevice final : public Device {
public:
    CudaDevice(int index, Mode mode, bool portable); // throws a sentence when the GPU cannot be used
    ~CudaDevice() override;
    std::string name() const override { return m_name; }
    Type activationType() const override { return bf16() ? Type::BF16 : Type::F32; }
    std::int64_t preferredChunk() const override { return m_chunk; }

    // --- memory.cu ---
    Memory allocate(std::size_t bytes) override;
    void release(std::byte* data, std::size_t bytes) noexcept override;
    void write(void* destination, const void* host, std::size_t bytes) override;
    void read(void* host, const void* source, std::size_t bytes) override;
    void noteNonFinite(const Tensor& values, int tag) override;
    int firstNonFinite() override;

    // --- steps.cu ---
    bool recordsSteps() const override { return true; }
    void run(const Step& step, const std::function<void()>& operations) override;
    void expect(const Step& step, const std::function<void()>& operations) override;

    // --- weight.cu, moe.cu, rope.cu ---
    std::unique_ptr<Matrix> prepare(const Weight& weight, Product product, int groups) override;
    std::unique_ptr<Experts> prepareExperts(std::span<const ExpertSource> routed,
                                            const ExpertSource& shared) override;
    std::unique_ptr<Rope> prepareRope(std::vector<float> frequencies) override;

    // --- embed.cu, linear.cu, norm.cu, hyper.cu ---
    void embed(const Matrix& table, const Tensor& tokens, const Tensor& streams) override;
    void linear(const Matrix& matrix, const Tensor& input, const Tensor& output) override;
    void linears(const Tensor& input, std::span<const LinearJob> jobs) override;
    void norm(const Tensor& input, const Tensor& weight, float epsilon, const Tensor& output) override;
    void hyperPre(const Tensor& streams, const HyperMix& mix, Branch& branch) override;
    void hyperPost(const Tensor& streams, Branch& branch) override;
    void hyperHead(const Tensor& streams, const HyperMix& mix, const Tensor& output) override;
    void hyperStep(const Tensor& streams, const HyperMix& mix, const Tensor& normWeight,
                   Branch& branch) override;

    // --- attention.cu, compress.cu, indexer.cu ---
    void latents(const Tensor& input, const Tensor& normWeight, float epsilon, const Rope& rope,
                 std::int64_t position, const Tensor& output) override;
    void attention(const AttentionJob& job) override;
    void storeLatents(const Tensor& latents, std::int64_t position, const Ring& ring) override;
    void compress(const CompressJob& job) override;
    void select(const SelectJob& job) override;

    // --- moe.cu ---
    void route(const RouteJob& job) override;
    void moe(const Experts& experts, const Tensor& x, const Tensor& chosen, const Tensor& weights,
             float limit, const Tensor& output) override;

    // --- for the operations ---
    cudaStream_t stream() const { return m_stream; }
    Arena& arena() { return *m_arena; }
    bool bf16() const { return roundsActivations(mode()); }
    int multiprocessors() const { return m_multiprocessors; }
    int sharedLimit() const { return m_sharedLimit; }       // bytes a block may ask for
    bool hopper() const { return m_hopper && !m_portable; } // overrides for sm_90a may run
    int* badScore() const { return m_flags; } // device: set to 1 by a kernel whose index score is NaN
    void synchronise();                       // waits, and throws what went wrong
    // For what must not be recorded, or makes a recorded step stale: throws NotRecordable while recording.
    void direct() {
        if (m_recording) throw NotRecordable();
    }
    void forget() { m_recorded = {}; }

private:
    std::string m_name;
    int m_index;
    bool m_portable, m_hopper = false;
    int m_multiprocessors = 1, m_sharedLimit = 48 * 1024;
    std::int64_t m_chunk = 256;
    cudaStream_t m_stream = nullptr;
    std::unique_ptr<Arena> m_arena;
    int* m_flags = nullptr; // device: [0] a bad index score, [1] lowest tag noted
    static constexpr std::size_t stagingBytes = std::size_t{1} << 20;
    void* m_staging = nullptr; // host, pinned

    // Graphs by their number of nodes: a step's differs from another's in arguments alone, or in nodes.
    struct Recorded {
        Step step;
        cudaGraphExec_t graph = nullptr;
        std::uint64_t arena = 0;
    };
    bool record(const Step& step, const std::function<void()>& operations);
    bool m_recording = false, m_unrecordable = false;
    Recorded m_recorded;
    std::map<std::size_t, cudaGraphExec_t> m_graphs;
};

// "cuda:0" and so on: GPUs the driver shows and this program has code for (sm_80 and later); none without a
// driver.
std::vector<std::string> cudaDevices();
// `name` is "cuda:N" or "cuda:N,portable".
std::shared_ptr<Device> openCudaDevice(std::string_view name, Mode mode);

} // namespace kernels::cuda
