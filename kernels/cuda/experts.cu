// Packing experts into GPU memory (expert_layout.h): checkpoint bytes go up as they are, the GPU puts them in
// order. Codes or scales that the fast unpacking could not widen exactly are found on the way; that layer is
// then kept in bf16.
#include "kernels/cuda/experts.h"

#include "kernels/cuda/expert_tiles.h"
#include "kernels/reference/codecs.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace kernels::cuda {

namespace {

// A matrix as the checkpoint stores it, on the GPU.
struct RawMatrix {
    const std::uint8_t* values = nullptr;
    const std::uint8_t* scales = nullptr; // null: 1
    Type type = Type::F32;
    int rows = 0, columns = 0;
};

struct PackJob {
    RawMatrix tiles[2];   // of the pair's first and second tile
    int rowStep = 0;      // of a pair: 16 where the tiles come from two matrices, else 32
    int secondOffset = 0; // 16 where both come from one
    PairShape shape;
    std::uint8_t* target = nullptr; // the expert's first byte
    std::uint32_t* unfit = nullptr; // set when something does not fit the format
};

__device__ std::uint32_t scaleByte(const RawMatrix& m, int row, int column) {
    if (!m.scales) return 127;
    if (m.type == Type::F8E4M3)
        return m.scales[std::int64_t(row / 128) * ((m.columns + 127) / 128) + column / 128];
    return m.scales[std::int64_t(row) * ((m.columns + 31) / 32) + column / 32];
}

__device__ std::uint32_t fp4Code(const RawMatrix& m, int row, int column) {
    if (row >= m.rows || column >= m.columns) return 0;
    return m.values[(std::int64_t(row) * m.columns + column) / 2] >> column % 2 * 4 & 15u;
}

__device__ std::uint32_t fp8Code(const RawMatrix& m, int row, int column, std::uint32_t* unfit) {
    if (row >= m.rows || column >= m.columns) return 0;
    const std::uint32_t code = m.values[std::int64_t(row) * m.columns + column];
    if ((code & 0x7fu) == 0x7fu) atomicOr(unfit, 1u);
    return code;
}

// The stored scale: exponent field of the factor.
__device__ std::uint32_t storedScale(const RawMatrix& m, int row, int column, int offset, int least,
                                     int largest, std::uint32_t* unfit) {
    if (row >= m.rows || column >= m.columns) return 127;
    const int code = int(scaleByte(m, row, column));
    if (code < least || code > largest) {
        atomicOr(unfit, 1u);
        return 127;
    }
    return std::uint32_t(code + offset);
}

__device__ float valueOf(const RawMatrix& m, int row, int column) {
    if (row >= m.rows || column >= m.columns) return 0;
    const std::int64_t i = std::int64_t(row) * m.columns + column;
    switch (m.type) {
    case Type::BF16:
        return decodeBf16(reinterpret_cast<const std::uint16_t*>(m.values)[i]);
    case Type::F16:
        return decodeF16(reinterpret_cast<const std::uint16_t*>(m.values)[i]);
    case Type::F8E4M3:
        return decodeE4m3(m.values[i]) * decodeE8m0(std::uint8_t(scaleByte(m, row, column)));
    case Type::F4E2M1:
        return decodeE2m1(std::uint8_t(fp4Code(m, row, column))) *
               decodeE8m0(std::uint8_t(scaleByte(m, row, column)));
    default:
        return reinterpret_cast<const float*>(m.values)[i];
    }
}

// One lane's share of one step of one pair. Column 4q + i of the lane's sixteen is element i of product q.
__device__ void packLane(const PackJob& job, std::int64_t step, int pair, int k, int part, int lane,
                         ExpertFormat format) {
    const int g = lane / 4, column = k * stepColumns + lane % 4 * 16;
    std::uint8_t* codes = job.target + job.shape.codes + step * 2 * tileBytes(format) + lane * 16;
    std::uint8_t* scales = job.target + job.shape.scales + step * pairScaleBytes(format);
    for (int tile = 0; tile < 2; ++tile) {
        const RawMatrix& m = job.tiles[tile];
        const int low = pair * job.rowStep + tile * job.secondOffset + g, high = low + 8;
        auto word = [&](int chunk, int w) {
            return reinterpret_cast<std::uint32_t*>(codes + tile * tileBytes(format) + chunk * 512) + w;
        };
        for (int q = 0; q < 4; ++q) {
            const int at = column + 4 * q;
            if (format == ExpertFormat::Fp4) {
                std::uint32_t bits = 0;
                for (int i = 0; i < 4; ++i) // nibbles 0, 4, 2, 6 of the low row, 1, 5, 3, 7 of the high one
                    bits |= fp4Code(m, low, at + i) << (i / 2 * 8 + i % 2 * 16) |
                            fp4Code(m, high, at + i) << (i / 2 * 8 + i % 2 * 16 + 4);
                *word(0, q) = bits;
            } else if (format == ExpertFormat::Fp8) {
                for (int i = 0; i < 2; ++i)
                    *word(q / 2, q % 2 * 2 + i) = fp8Code(m, low, at + 2 * i, job.unfit) |
                                                  fp8Code(m, high, at + 2 * i, job.unfit) << 8 |
                                                  fp8Code(m, low, at + 2 * i + 1, job.unfit) << 16 |
                                                  fp8Code(m, high, at + 2 * i + 1, job.unfit) << 24;
            } else {
                for (int i = 0; i < 4; ++i) {
                    const int row = i % 2 ? high : low, first = at + i / 2 * 2;
                    std::uint32_t pairOf = 0;
                    for (int half = 0; half < 2; ++half) {
                        float rest = valueOf(m, row, first + half);
                        for (int p = 0; p < part; ++p) rest -= roundBf16(rest);
                        pairOf |= std::uint32_t(encodeBf16(rest)) << 16 * half;
                    }
                    *word(q, i) = pairOf;
                }
            }
        }
        if (format == ExpertFormat::Fp4 && lane % 2 == 0) { // lanes 2i and 2i + 1 share a block of 32 columns
            std::uint8_t* mine = scales + tile * 32 + g * 4 + lane % 4;
            mine[0] =
                std::uint8_t(storedScale(m, low, column, fp4ScaleOffset, 0, largestE2m1Scale, job.unfit));
            mine[1] =
                std::uint8_t(storedScale(m, high, column, fp4ScaleOffset, 0, largestE2m1Scale, job.unfit));
        }
        if (format == ExpertFormat::Fp8 && lane == 0)
            scales[tile] =
                std::uint8_t(storedScale(m, low, column, fp8ScaleOffset, 3, largestE4m3Scale, job.unfit));
    }
}

__global__ void packKernel(PackJob job, ExpertFormat format) {
    const std::int64_t count = std::int64_t(job.shape.all()) * warpLanes;
    for (std::int64_t i = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < count;
         i += std::int64_t(gridDim.x) * blockDim.x) {
        const std::int64_t step = i / warpLanes;
        const int stepsOfPair = job.shape.steps * job.shape.parts;
        const int within = int(step % stepsOfPair);
        packLane(job, step, int(step / stepsOfPair), within % job.shape.steps, within / job.shape.steps,
                 int(i % warpLanes), format);
    }
}

// Raw matrices pass through here one expert at a time.
class Packer {
public:
    explicit Packer(CudaDevice& device) : m_device(device), m_unfit(device.allocate(sizeof(std::uint32_t))) {}

    void pack(const ExpertSource& source, const ExpertShape& shape, std::uint8_t* target) {
        m_used = 0;
        reserve(rawBytes(source.w1) + rawBytes(source.w2) + rawBytes(source.w3) + 6 * 16);
        const RawMatrix w1 = upload(source.w1), w3 = upload(source.w3), w2 = upload(source.w2);
        auto* unfit = reinterpret_cast<std::uint32_t*>(m_unfit.data());
        for (const PackJob& job : {PackJob{{w1, w3}, tileRows, 0, shape.gateUp, target, unfit},
                                   PackJob{{w2, w2}, 2 * tileRows, tileRows, shape.down, target, unfit}})
            launch(m_device.stream(), packKernel,
                   dim3(std::min(1024u, blocksFor(std::int64_t(job.shape.all()) * warpLanes, 256))),
                   dim3(256), 0, job, shape.format);
    }

    // Whether everything fitted since the last call.
    bool fitted() {
        std::uint32_t unfit = 0;
        m_device.read(&unfit, m_unfit.data(), sizeof unfit);
        const std::uint32_t zero = 0;
        m_device.write(m_unfit.data(), &zero, sizeof zero);
        return unfit == 0;
    }

private:
    static bool asStored(Type type) {
        return type == Type::F32 || type == Type::F16 || type == Type::BF16 || type == Type::F8E4M3 ||
               type == Type::F4E2M1;
    }
    static std::size_t rawBytes(const Weight& w) {
        const std::size_t values =
            asStored(w.values.type) ? w.values.bytes() : std::size_t(w.values.shape.elements()) * 4;
        return values + (w.scales ? w.scales.bytes() : 0);
    }

    void reserve(std::size_t bytes) {
        if (m_raw.size() >= bytes) return;
        m_raw = {};
        m_raw = m_device.allocate(bytes);
    }

    const std::uint8_t* place(const void* host, std::size_t bytes) {
        std::byte* target = m_raw.data() + m_used;
        m_device.write(target, host, bytes);
        m_used += (bytes + 15) / 16 * 16;
        return reinterpret_cast<const std::uint8_t*>(target);
    }

    RawMatrix upload(const Weight& w) {
        RawMatrix raw{nullptr, nullptr, w.values.type, int(w.values.shape[0]), int(w.values.shape[1])};
        if (!asStored(raw.type)) { // GGUF blocks are widened on the host
            m_widened.resize(std::size_t(raw.rows) * std::size_t(raw.columns));
            for (int row = 0; row < raw.rows; ++row)
                reference::decodeRow(w, row, m_widened.data() + std::size_t(row) * std::size_t(raw.columns));
            raw.type = Type::F32;
            raw.values = place(m_widened.data(), m_widened.size() * 4);
            return raw;
        }
        raw.values = place(w.values.data, w.values.bytes());
        if (w.scales) raw.scales = place(w.scales.data, w.scales.bytes());
        return raw;
    }

    CudaDevice& m_device;
    Memory m_raw, m_unfit;
    std::size_t m_used = 0;
    std::vector<float> m_widened;
};

int partsOf(Type type) {
    return type == Type::BF16 || type == Type::F8E4M3 || type == Type::F4E2M1 ? 1 : type == Type::F16 ? 2 : 3;
}

ExpertShape shapeFor(std::span<const ExpertSource> experts, bool wide) {
    const Type type = experts.front().w1.values.type;
    int parts = 1;
    for (const ExpertSource& e : experts)
        for (const Weight* w : {&e.w1, &e.w2, &e.w3}) {
            wide = wide || w->values.type != type;
            parts = std::max(parts, partsOf(w->values.type));
        }
    const ExpertFormat format = wide                   ? ExpertFormat::Wide
                                : type == Type::F4E2M1 ? ExpertFormat::Fp4
                                : type == Type::F8E4M3 ? ExpertFormat::Fp8
                                                       : ExpertFormat::Wide;
    return ExpertShape::of(format, format == ExpertFormat::Wide ? parts : 1,
                           experts.front().w1.values.shape[1], experts.front().w1.values.shape[0]);
}

Memory packAll(CudaDevice& device, Packer& packer, std::span<const ExpertSource> experts,
               ExpertShape& shape) {
    for (const bool wide : {false, true}) {
        shape = shapeFor(experts, wide);
        Memory bytes = device.allocate(shape.bytes * experts.size());
        for (std::size_t e = 0; e < experts.size(); ++e)
            packer.pack(experts[e], shape, reinterpret_cast<std::uint8_t*>(bytes.data()) + e * shape.bytes);
        if (packer.fitted() || shape.format == ExpertFormat::Wide) return bytes;
    }
    return {};
}

} // namespace

std::unique_ptr<CudaExperts> packExperts(CudaDevice& device, std::span<const ExpertSource> routed,
                                         const ExpertSource& shared) {
    auto experts = std::make_unique<CudaExperts>();
    experts->count = std::int64_t(routed.size());
    experts->width = shared.w1.values.shape[1];
    experts->inner = shared.w1.values.shape[0];
    Packer packer(device);
    experts->routedBytes = packAll(device, packer, routed, experts->routedShape);
    experts->sharedBytes = packAll(device, packer, std::span(&shared, 1), experts->sharedShape);
    std::vector<const std::byte*> bases;
    for (std::size_t e = 0; e < routed.size(); ++e)
        bases.push_back(experts->routedBytes.data() + e * experts->routedShape.bytes);
    bases.push_back(experts->sharedBytes.data());
    experts->table = device.allocate(bases.size() * sizeof bases[0]);
    device.write(experts->table.data(), bases.data(), bases.size() * sizeof bases[0]);
    return experts;
}

} // namespace kernels::cuda
