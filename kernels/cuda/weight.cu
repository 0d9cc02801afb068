// Checkpoint bytes to the device.
#include "kernels/cuda/weight.h"

#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/tensor_core.h"
#include "kernels/reference/codecs.h"

#include <algorithm>
#include <vector>

namespace kernels::cuda {

DeviceWeight layoutOf(const Weight& weight, bool wide) {
    DeviceWeight layout;
    const Type type = weight.values.type;
    const bool kept = !wide && (type == Type::BF16 || type == Type::F8E4M3 || type == Type::F4E2M1);
    layout.type = kept ? type : Type::F32;
    layout.rows = weight.values.shape[0];
    layout.columns = weight.values.shape[1];
    layout.stride = (layout.columns + 127) / 128 * 128;
    return layout;
}

namespace {

// Rows of `width` bytes into rows of `pitch` bytes; what lies between is cleared.
void writeRows(CudaDevice& device, std::byte* target, std::int64_t pitch, const void* source,
               std::int64_t width, std::int64_t rows) {
    if (rows == 0) return;
    if (pitch != width)
        check(cudaMemsetAsync(target, 0, static_cast<std::size_t>(pitch * rows), device.stream()),
              "clear memory");
    check(cudaMemcpy2DAsync(target, static_cast<std::size_t>(pitch), source, static_cast<std::size_t>(width),
                            static_cast<std::size_t>(width), static_cast<std::size_t>(rows),
                            cudaMemcpyHostToDevice, device.stream()),
          "receive weights");
}

} // namespace

void uploadWeight(CudaDevice& device, const Weight& weight, const DeviceWeight& target) {
    auto* values = const_cast<std::byte*>(target.values);
    if (target.type == weight.values.type) {
        const std::int64_t width = target.columns * target.rowBytes() / target.stride;
        writeRows(device, values, target.rowBytes(), weight.values.data, width, target.rows);
    } else { // widened row by row on the host
        constexpr std::int64_t rowsAtOnce = 64;
        std::vector<float> rows(static_cast<std::size_t>(rowsAtOnce * target.columns));
        for (std::int64_t first = 0; first < target.rows; first += rowsAtOnce) {
            const std::int64_t count = std::min(rowsAtOnce, target.rows - first);
            for (std::int64_t i = 0; i < count; ++i)
                reference::decodeRow(weight, first + i, rows.data() + i * target.columns);
            writeRows(device, values + first * target.rowBytes(), target.rowBytes(), rows.data(),
                      target.columns * 4, count);
            device.synchronise();
        }
        return;
    }
    if (target.scaled()) {
        auto* scales = reinterpret_cast<std::byte*>(const_cast<std::uint8_t*>(target.scales));
        const bool blocks = target.type == Type::F8E4M3;
        const std::int64_t rows = blocks ? (target.rows + 127) / 128 : target.rows;
        const std::int64_t width = blocks ? (target.columns + 127) / 128 : (target.columns + 31) / 32;
        if (weight.scales)
            writeRows(device, scales, target.scaleStride(), weight.scales.data, width, rows);
        else
            check(cudaMemsetAsync(scales, 127, static_cast<std::size_t>(rows * target.scaleStride()),
                                  device.stream()),
                  "clear memory");
    }
    device.synchronise(); // the checkpoint's pages may be dropped now
}

namespace {

__global__ void inspectWeight(DeviceWeight weight, int* bad) {
    bool found = false;
    const std::int64_t step = std::int64_t{gridDim.x} * blockDim.x,
                       first = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
    const std::int64_t scaleRows = weight.type == Type::F8E4M3 ? (weight.rows + 127) / 128 : weight.rows;
    const int largest = weight.type == Type::F8E4M3 ? largestE4m3Scale : largestE2m1Scale;
    for (std::int64_t i = first; i < scaleRows * weight.scaleStride(); i += step)
        found |= weight.scales[i] > largest;
    if (weight.type == Type::F8E4M3) {
        const auto* words = reinterpret_cast<const std::uint32_t*>(weight.values);
        for (std::int64_t i = first; i < weight.rows * weight.stride / 4; i += step) {
            const std::uint32_t word = words[i] & 0x7f7f7f7fu; // a byte of 0x7f is NaN
            found |= (((word + 0x01010101u) & 0x80808080u) != 0);
        }
    }
    if (found) atomicMax(bad, 1);
}

} // namespace

bool widensExactly(CudaDevice& device, const DeviceWeight& weight) {
    if (!weight.scaled()) return true;
    Scratch scratch(device.arena());
    int* bad = scratch.take<int>(1);
    check(cudaMemsetAsync(bad, 0, sizeof(int), device.stream()), "clear memory");
    launch(device.stream(), inspectWeight, 4 * device.multiprocessors(), 256, 0, weight, bad);
    int found = 0;
    device.read(&found, bad, sizeof found);
    return found == 0;
}

std::unique_ptr<Matrix> CudaDevice::prepare(const Weight& weight, Product product, int groups) {
    auto matrix = std::make_unique<CudaMatrix>();
    matrix->rows = weight.values.shape[0];
    matrix->columns = weight.values.shape[1];
    matrix->groups = groups;
    matrix->product = product;
    for (const bool wide : {false, true}) {
        matrix->weight = layoutOf(weight, wide);
        matrix->values = allocate(matrix->weight.valueBytes());
        matrix->weight.values = matrix->values.data();
        matrix->scales = allocate(matrix->weight.scaleBytes());
        matrix->weight.scales = reinterpret_cast<const std::uint8_t*>(matrix->scales.data());
        uploadWeight(*this, weight, matrix->weight);
        if (widensExactly(*this, matrix->weight)) break;
    }
    return matrix;
}

} // namespace kernels::cuda
