// The SIMD device: the reference's operations on the vector registers and cores of this machine. fp32 accumulation in a
// fixed order, so results do not depend on chunks, threads or instruction set; the roundings are the reference's.
// Handles derive from the reference's, so an operation (or a shape) without fast loops falls back to it.
// LECTERN_SIMD = avx2, avx512 (without VNNI) or off forces the loops; LECTERN_THREADS the number of threads.
// Source: v4-architecture.md; layouts and orders of summation: README.md.
#pragma once

#include "kernels/reference/reference_device.h"
#include "kernels/reference/reference_matrix.h"
#include "kernels/simd/loops.h"
#include "kernels/simd/scratch.h"
#include "kernels/simd/threads.h"

#include <memory>
#include <string>
#include <vector>

namespace kernels::simd {

struct PackedMatrix {
    Panels shape;
    std::int64_t panelsOfGroup = 0, rowsOfGroup = 0;
    std::shared_ptr<Memory> memory; // shared with other matrices
    std::uint8_t* codes = nullptr;
    Floats scales; // [panels][blocks][16]; one panel of ones where nothing is scaled
    bool sharedScales = false;
    reference::ReferenceMatrix source;
};

// Packed when first multiplied with: an embedding never is.
struct SimdMatrix : reference::ReferenceMatrix {
    mutable std::unique_ptr<PackedMatrix> packed;
};

struct SimdExpert {
    PackedMatrix w1, w2, w3;
};

// Rows of input as whole numbers, of the operation at work.
struct WholeRows {
    std::vector<WholeInput> rows;
    std::vector<std::int8_t> digits;
    std::vector<std::int32_t> corrections;
    Floats scales;
};

struct SimdExperts : reference::ReferenceExperts {
    std::vector<SimdExpert> packed;
    SimdExpert packedShared;
};

// Sines and cosines of a stretch of positions in the layout of Loops::rotate.
struct RotationTable {
    const Rope* rope = nullptr;
    std::int64_t first = -1, step = 0, count = 0;
    std::int64_t width = 0; // values rotated
    Floats values;
    const float* at(std::int64_t i) const { return values.data() + 2 * i * width; }
};

class SimdDevice : public reference::ReferenceDevice {
public:
    SimdDevice(Mode mode, const Loops& loops, int threads);
    std::string name() const override { return "simd"; }
    const char* instructions() const { return m_loops.name; }
    int threads() const { return m_threads.count(); }

    std::unique_ptr<Matrix> prepare(const Weight& weight, Product product, int groups) override;
    std::unique_ptr<Experts> prepareExperts(std::span<const ExpertSource> routed, const ExpertSource& shared) override;

    std::unique_ptr<Rope> prepareRope(std::vector<float> frequencies) override;

    void linear(const Matrix& matrix, const Tensor& input, const Tensor& output) override;
    void linears(const Tensor& input, std::span<const LinearJob> jobs) override;
    void norm(const Tensor& input, const Tensor& weight, float epsilon, const Tensor& output) override;
    void hyperPre(const Tensor& streams, const HyperMix& mix, Branch& branch) override;
    void hyperPost(const Tensor& streams, Branch& branch) override;
    void hyperHead(const Tensor& streams, const HyperMix& mix, const Tensor& output) override;
    void latents(const Tensor& input, const Tensor& normWeight, float epsilon, const Rope& rope, std::int64_t position,
                 const Tensor& output) override;
    void attention(const AttentionJob& job) override;
    void compress(const CompressJob& job) override;
    void select(const SelectJob& job) override;
    void route(const RouteJob& job) override;
    void moe(const Experts& experts, const Tensor& x, const Tensor& chosen, const Tensor& weights, float limit,
             const Tensor& output) override;

private:
    PackedMatrix pack(const Weight& weight, int groups);
    void reserveCodes(PackedMatrix& matrix, std::int64_t bytes);
    const PackedMatrix& packedOf(const Matrix& matrix); // calling thread only
    // Some panels of one group for `count` rows of input (pointers at the group's first column).
    // With `whole`, fp4 codes are multiplied in whole numbers.
    void multiply(const PackedMatrix& matrix, int group, std::int64_t panel, int panels, const float* const* inputs,
                  std::int64_t count, float* const* outputs, bool round, bool add, const WholeInput* whole = nullptr) const;
    // The input of a quantised matrix: rounded to fp8 in Mode::Model, on request as whole numbers too.
    void quantiseRows(const float* from, std::int64_t count, std::int64_t width, float* to, WholeRows* whole = nullptr);
    void normRow(const float* x, const float* weight, float epsilon, std::int64_t width, float* y) const;
    const RotationTable& rotation(const Rope& rope, std::int64_t first, std::int64_t count, std::int64_t step = 1);
    void mixPanels(const PackedMatrix& fn, const float* streams, std::int64_t count, std::int64_t width, std::int64_t panel, int panels, float* mix) const;
    void scaleMixes(const float* squares, std::int64_t count, std::int64_t rows, std::int64_t width, float epsilon, float* mix) const;
    void mixes(const PackedMatrix& fn, const float* streams, std::int64_t count, std::int64_t width, float epsilon, float* mix) const;

    // work(begin, end) over pieces of 0 .. count of at least `least` rows.
    template<class Work>
    void pieces(std::int64_t count, std::int64_t least, const Work& work) {
        const std::int64_t size = std::max(least, (count + 4 * m_threads.count() - 1) / (4 * m_threads.count()));
        m_threads.run((count + size - 1) / size, [&](std::int64_t i) { work(i * size, std::min(count, (i + 1) * size)); });
    }

    const Loops& m_loops;
    Threads m_threads;
    std::vector<RotationTable> m_rotations;
    std::size_t m_nextRotation = 0;
    std::int64_t m_packedBytes = 0, m_packedLimit;
    std::shared_ptr<Memory> m_codes; // the piece that is being filled
    std::int64_t m_codesUsed = 0;
    Floats m_quantised, m_inner, m_poolScores, m_indexWeights, m_indexScales, m_indexEntries; // of the operation at work
    WholeRows m_wholeInput, m_wholeInner;
    std::vector<std::int8_t> m_indexCodes;
    std::vector<std::int32_t> m_indexCorrections;
};

// The widest loops of this machine that LECTERN_SIMD allows, or null.
const Loops* chosenLoops();
int chosenThreads(); // LECTERN_THREADS, or one per physical core
// Without usable loops this is the reference device, under its own name.
std::shared_ptr<Device> openSimdDevice(Mode mode);
// For tests: "avx2", "avx512" or "avx512vnni"; null where the machine has none.
std::shared_ptr<Device> openSimdDevice(Mode mode, const std::string& instructions, int threads);

} // namespace kernels::simd
