// Matrix products (v4-architecture.md 10.1, 10.4): panels of sixteen rows, handed out to the threads in strips.
#include "kernels/simd/scratch.h"
#include "kernels/simd/simd_device.h"

#include <algorithm>

namespace kernels::simd {

namespace {

// Strips: few tokens read their codes once, and four panels hide the latency of a sum; many tokens widen fewer panels
// at a time, so that a strip stays in the cache. Small matrices give narrower strips, or threads would wait for the last.
int panelsOfStrip(std::int64_t count, std::int64_t panels, int threads) { return count <= 2 && panels >= 16 * tilePanels * threads ? tilePanels : 2; }

struct Wide;
struct StoredRows;

// Panels of a matrix that is not packed, from the checkpoint's own rows.
void widenStored(const PackedMatrix& m, int group, std::int64_t panel, int panels, float* out) {
    const std::int64_t columns = m.shape.columns;
    float* row = scratch<StoredRows>(columns);
    std::fill(out, out + panels * columns * 16, 0.0f);
    for (std::int64_t i = 0; i < panels * panelRows; ++i) {
        const std::int64_t inGroup = panel * panelRows + i;
        if (inGroup >= m.rowsOfGroup) break;
        reference::decodeRow(m.source.weight, group * m.rowsOfGroup + inGroup, row);
        float* place = out + i / 16 * columns * 16 + i % 16;
        for (std::int64_t k = 0; k < columns; ++k) place[k * 16] = row[k];
    }
}

// Multiplied in whole numbers; where groups read columns of their own, blocks of the input would not line up.
bool exactly(const PackedMatrix& m, const Matrix& matrix) {
    return m.shape.format == Format::E2m1 && matrix.product == Product::Quantised && matrix.groups == 1;
}

} // namespace

void SimdDevice::multiply(const PackedMatrix& m, int group, std::int64_t panel, int panels, const float* const* inputs,
                          std::int64_t count, float* const* outputs, bool round, bool add, const WholeInput* whole) const {
    PanelProduct job;
    job.shape = m.shape;
    job.panels = panels;
    job.rows = m.rowsOfGroup - panel * panelRows;
    job.inputs = inputs;
    if (m.shape.format == Format::E2m1) job.wholeInputs = whole;
    job.outputs = outputs;
    job.count = count;
    job.round = round;
    job.add = add;
    const std::int64_t panelFloats = m.shape.columns * 16, blocks = m.shape.blocks();
    job.scratch = scratch<Wide>(tilePanels * panelFloats);
    if (m.shape.format == Format::Stored) {
        widenStored(m, group, panel, panels, job.scratch);
        job.shape.format = Format::F32;
    }
    for (int p = 0; p < panels; ++p) {
        const std::int64_t index = group * m.panelsOfGroup + panel + p;
        job.codes[p] = m.shape.format == Format::Stored ? reinterpret_cast<const std::uint8_t*>(job.scratch + p * panelFloats)
                                                        : m.codes + index * m.shape.bytes();
        job.scales[p] = m.scales.data() + (m.sharedScales ? 0 : index * blocks * 16);
    }
    m_loops.product(job);
}

void SimdDevice::quantiseRows(const float* from, std::int64_t count, std::int64_t width, float* to, WholeRows* whole) {
    const std::int64_t blocks = (width + 31) / 32;
    if (whole) {
        whole->rows.resize(static_cast<std::size_t>(count));
        whole->scales.resize(static_cast<std::size_t>(count * blocks));
        whole->corrections.resize(whole->scales.size());
        whole->digits.resize(whole->scales.size() * digitBytes);
    }
    pieces(count, 8, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t t = begin; t < end; ++t) {
            m_loops.quantise(to + t * width, from + t * width, width, 128);
            if (!whole) continue;
            std::int8_t* digits = whole->digits.data() + t * blocks * digitBytes;
            float* scales = whole->scales.data() + t * blocks;
            std::int32_t* corrections = whole->corrections.data() + t * blocks;
            m_loops.digits(to + t * width, width, digits, scales, corrections);
            whole->rows[static_cast<std::size_t>(t)] = {digits, scales, corrections};
        }
    });
}

void SimdDevice::linear(const Matrix& matrix, const Tensor& input, const Tensor& output) {
    const LinearJob job{&matrix, output};
    linears(input, std::span(&job, 1));
}

void SimdDevice::linears(const Tensor& input, std::span<const LinearJob> jobs) {
    const std::int64_t count = input.shape[0], width = input.shape.elements() / count;
    const float* plain = input.f32();
    const float* quantised = plain;
    const bool rounds = roundsActivations(mode());
    if (rounds && std::any_of(jobs.begin(), jobs.end(), [](const LinearJob& job) { return job.matrix->product == Product::Quantised; })) {
        m_quantised.resize(static_cast<std::size_t>(count * width));
        const bool fp4 = std::any_of(jobs.begin(), jobs.end(), [&](const LinearJob& job) { return exactly(packedOf(*job.matrix), *job.matrix); });
        quantiseRows(plain, count, width, m_quantised.data(), fp4 ? &m_wholeInput : nullptr);
        quantised = m_quantised.data();
    }

    struct Strip {
        const LinearJob* job;
        const PackedMatrix* matrix;
        int group;
        std::int64_t panel;
        int panels;
    };
    std::vector<Strip> strips;
    std::int64_t panels = 0;
    for (const LinearJob& job : jobs) panels += packedOf(*job.matrix).panelsOfGroup * job.matrix->groups;
    const int most = panelsOfStrip(count, panels, m_threads.count());
    for (const LinearJob& job : jobs) {
        const PackedMatrix& m = packedOf(*job.matrix);
        for (int group = 0; group < job.matrix->groups; ++group)
            for (std::int64_t panel = 0; panel < m.panelsOfGroup; panel += most)
                strips.push_back({&job, &m, group, panel, static_cast<int>(std::min<std::int64_t>(most, m.panelsOfGroup - panel))});
    }
    auto multiplyStrip = [&](std::int64_t i) {
        const Strip& strip = strips[static_cast<std::size_t>(i)];
        const Matrix& matrix = *strip.job->matrix;
        const PackedMatrix& m = *strip.matrix;
        const float* x = matrix.product == Product::Quantised ? quantised : plain;
        thread_local std::vector<const float*> inputs;
        thread_local std::vector<float*> outputs;
        inputs.clear();
        outputs.clear();
        float* y = strip.job->output.f32() + strip.group * m.rowsOfGroup + strip.panel * panelRows;
        for (std::int64_t t = 0; t < count; ++t) {
            inputs.push_back(x + t * width + strip.group * m.shape.columns);
            outputs.push_back(y + t * matrix.rows);
        }
        multiply(m, strip.group, strip.panel, strip.panels, inputs.data(), count, outputs.data(), rounds && matrix.product != Product::Full, false,
                 rounds && exactly(m, matrix) ? m_wholeInput.rows.data() : nullptr);
    };
    // Neighbours together, because the loops fetch the strip behind theirs.
    const std::int64_t number = static_cast<std::int64_t>(strips.size()), together = std::max<std::int64_t>(1, number / (4 * m_threads.count()));
    m_threads.run((number + together - 1) / together, [&](std::int64_t i) {
        for (std::int64_t s = i * together; s < std::min(number, (i + 1) * together); ++s) multiplyStrip(s);
    });
}

} // namespace kernels::simd
