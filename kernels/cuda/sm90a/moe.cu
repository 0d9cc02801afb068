// The products of moe_prefill.cu with wgmma: a warpgroup's four pairs give two M tiles of 64 rows (gate and
// up, or two of down); their codes are widened in registers, which are the A operand, while the product
// before runs. Up to 128 gathered rows are N, in shared memory. The sum of an element runs over the columns
// in order, as in the portable kernel.
#include "kernels/cuda/sm90a/moe.h"

#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/sm90a/wgmma.h"

namespace kernels::cuda::sm90a {

namespace {

[[maybe_unused]] constexpr int stages = 4,
                               ahead =
                                   stages -
                                   2; // a stage is refilled when the products of the step after it are done
constexpr int stageValues = rowsOfTile * stepColumns;
constexpr std::size_t sharedBytes = std::size_t(stages) * stageValues * 2 + 1024;

#if defined(LECTERN_CUDA_EMULATION) || defined(__CUDA_ARCH_FEAT_SM90_ALL)

template<ExpertFormat format, bool gated, int N>
__device__ __forceinline__ void multiplyTile(const ProductJob& job, const Tile& tile, std::uint16_t* staged) {
    const int lane = int(threadIdx.x % 32), warp = int(threadIdx.x / 32);
    const int pair = int(blockIdx.x) * productWarps + warp; // every warp has one: see takes()
    const int steps = job.shape.steps;

    // Pieces this thread brings: piece threadIdx % 8 of every 32nd row.
    constexpr int pieces = N / 32;
    const int piece = int(threadIdx.x % 8), firstRow = int(threadIdx.x / 8);
    const std::uint16_t* sources[pieces];
    for (int i = 0; i < pieces; ++i) {
        const int row = firstRow + 32 * i;
        sources[i] = job.input + inputRow(job, tile, row < tile.rows ? row : 0) * job.stride + piece * 8;
    }
    auto fetch = [&](int step) {
        if (step < steps) {
            std::uint16_t* stage = staged + step % stages * stageValues;
#pragma unroll
            for (int i = 0; i < pieces; ++i)
                copyAsync16(stage + swizzled(firstRow + 32 * i, piece), sources[i] + step * stepColumns,
                            firstRow + 32 * i < tile.rows);
        }
        commitCopies();
    };
    for (int step = 0; step < ahead; ++step) fetch(step);

    const std::uint8_t* base = job.bases[tile.expert];
    const std::uint8_t *codes = base + job.shape.codes, *scales = base + job.shape.scales;
    const std::int64_t firstStep = std::int64_t(pair) * steps;
    float sums[2][N / 8][4] = {};
    std::uint32_t a[2][2][4]; // of the product in flight and of the next
    Step<format> next;
    next.load(codes, scales, firstStep, lane);
    for (int step = 0; step < steps; ++step) {
        waitForCopies<ahead - 1>();
        publishCopies();
        __syncthreads();
        fetch(step + ahead);
        const Step<format> now = next;
        if (step + 1 < steps) next.load(codes, scales, firstStep + step + 1, lane);
        const std::uint16_t* stage = staged + step % stages * stageValues;
#pragma unroll
        for (int q = 0; q < 4; ++q) {
            now.fragment(0, q, a[q % 2][0]);
            now.fragment(1, q, a[q % 2][1]);
            beginProducts();
            multiply<N>(sums[0], a[q % 2][0], stage, q);
            multiply<N>(sums[1], a[q % 2][1], stage, q);
            commitProducts();
            waitForProducts<1>();
        }
    }
    waitForProducts<0>();
#pragma unroll
    for (int t = 0; t < 2; ++t)
#pragma unroll
        for (int n = 0; n < N / 8; ++n)
#pragma unroll
            for (int i = 0; i < 4; ++i) pin(sums[t][n][i]);
    waitForCopies<0>();
    __syncthreads();
    leave<gated, Bf16, N / 8, true>(job, tile, sums, staged);
}

#endif

template<ExpertFormat format, bool gated>
__global__ void __launch_bounds__(productThreads, 1) productKernel(ProductJob job) {
#if defined(LECTERN_CUDA_EMULATION) || defined(__CUDA_ARCH_FEAT_SM90_ALL)
    DYNAMIC_SHARED(bytes);
    // The exchange of pieces repeats every 1024 bytes of the address.
    auto* staged = reinterpret_cast<std::uint16_t*>(
        bytes + (1024 - reinterpret_cast<std::uintptr_t>(bytes) % 1024) % 1024);
    Tile tile;
    if (!findTile(job, rowsOfTile, tile)) return;
    switch ((tile.rows + 31) / 32) {
    case 1:
        return multiplyTile<format, gated, 32>(job, tile, staged);
    case 2:
        return multiplyTile<format, gated, 64>(job, tile, staged);
    case 3:
        return multiplyTile<format, gated, 96>(job, tile, staged);
    default:
        return multiplyTile<format, gated, 128>(job, tile, staged);
    }
#else
    static_cast<void>(job);
#endif
}

__global__ void probeKernel(int* there) {
#if defined(LECTERN_CUDA_EMULATION) || defined(__CUDA_ARCH_FEAT_SM90_ALL)
    *there = 1;
#else
    *there = 0;
#endif
}

} // namespace

bool takes(CudaDevice& device, const ExpertShape& shape) {
    return shape.format != ExpertFormat::Wide && shape.gateUp.pairs % productWarps == 0 && shape.down.pairs % productWarps == 0 &&
           hasProducts(device);
}

bool hasProducts(CudaDevice& device) {
    if (!device.hopper()) return false;
    static thread_local int known = -1; // every GPU of that kind runs the same code
    if (known < 0) {
        Scratch scratch(device.arena());
        int* there = scratch.take<int>(1);
        launch(device.stream(), probeKernel, dim3(1), dim3(1), 0, there);
        device.read(&known, there, sizeof known);
    }
    return known == 1;
}

void multiply(cudaStream_t stream, ExpertFormat format, bool gated, const ProductJob& job,
              std::int64_t tiles) {
    const dim3 grid(blocksFor(job.shape.pairs, productWarps), unsigned(tiles));
    auto start = [&](auto kernel) { launch(stream, kernel, grid, dim3(productThreads), sharedBytes, job); };
    if (format == ExpertFormat::Fp4)
        gated ? start(productKernel<ExpertFormat::Fp4, true>)
              : start(productKernel<ExpertFormat::Fp4, false>);
    else
        gated ? start(productKernel<ExpertFormat::Fp8, true>)
              : start(productKernel<ExpertFormat::Fp8, false>);
}

} // namespace kernels::cuda::sm90a
