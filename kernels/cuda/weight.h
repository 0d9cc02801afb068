// Weights on the device: checkpoint bytes, rows padded with zeros to whole blocks of 128 columns so that
// every load of 16 bytes is aligned. Types without exact tensor-core form there (F16, GGUF blocks, a damaged
// fp8 matrix that holds NaN codes, scales beyond what bf16 can multiply by) lie as F32.
#pragma once

#include "kernels/cuda/runtime.h"
#include "kernels/device.h"
#include "kernels/operations.h"

#include <cstdint>

namespace kernels::cuda {

class CudaDevice;

// A view for kernels, passed by value.
struct DeviceWeight {
    Type type = Type::F32; // F32, BF16, F8E4M3 or F4E2M1
    const std::byte* values = nullptr;
    const std::uint8_t* scales =
        nullptr; // E8M0; F8E4M3: [ceil(rows/128)][stride/128]; F4E2M1: [rows][stride/32]
    std::int64_t rows = 0, columns = 0;
    std::int64_t stride = 0; // columns of a row in memory, a multiple of 128; codes of zero behind `columns`

    __host__ __device__ std::int64_t rowBytes() const {
        return type == Type::F32      ? stride * 4
               : type == Type::BF16   ? stride * 2
               : type == Type::F8E4M3 ? stride
                                      : stride / 2;
    }
    __host__ __device__ std::int64_t scaleStride() const {
        return type == Type::F8E4M3 ? stride / 128 : stride / 32;
    }
    std::size_t valueBytes() const { return static_cast<std::size_t>(rows * rowBytes()); }
    std::size_t scaleBytes() const {
        if (!scales && !scaled()) return 0;
        return static_cast<std::size_t>((type == Type::F8E4M3 ? (rows + 127) / 128 : rows) * scaleStride());
    }
    __host__ __device__ bool scaled() const { return type == Type::F8E4M3 || type == Type::F4E2M1; }
};

// The form `weight` takes on the device; pointers are null. `wide`: F32 whatever its type.
DeviceWeight layoutOf(const Weight& weight, bool wide = false);
// Copies a checkpoint's bytes into `target`, whose pointers name enough device memory. Missing scales
// become 1.
void uploadWeight(CudaDevice& device, const Weight& weight, const DeviceWeight& target);
// Whether an uploaded fp8 or fp4 weight can be widened by multiplication (tensor_core.h); waits for the
// device.
bool widensExactly(CudaDevice& device, const DeviceWeight& weight);

struct CudaMatrix : Matrix {
    Memory values, scales;
    DeviceWeight weight;
};

} // namespace kernels::cuda
