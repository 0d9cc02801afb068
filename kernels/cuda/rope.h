// The rotation of one kind of layer: its frequencies and a table of sines and cosines that follows the
// sequence. One thread, the device's.
#pragma once

#include "kernels/cuda/rotation.h"
#include "kernels/device.h"

namespace kernels::cuda {

class CudaDevice;

class CudaRope : public Rope {
public:
    CudaRope(CudaDevice& device, std::vector<float> frequencies);
    // The table with rows for the positions [first, last); filled ahead, so most calls launch nothing.
    RotationTable cover(CudaDevice& device, std::int64_t first, std::int64_t last) const;

private:
    Memory m_frequencies;
    mutable Memory m_rows;
    mutable std::int64_t m_capacity = 0, m_first = 0, m_last = 0; // rows made: [first, last)
};

} // namespace kernels::cuda
