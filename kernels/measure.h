// What figures need from a device: time between places of its queue of work, what it can do at best (measured
// now), and the memory it has in use. Host devices are timed by the clock; a GPU by events of its own stream,
// so that the host's pauses do not count. The device's thread.
#pragma once

#include "kernels/device.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace kernels {

struct DeviceCeilings {
    std::string instructions; // "avx512", "sm_90 wgmma" ...
    int units = 1;
    std::string unitName = "threads"; // or multiprocessors
    double readBytesPerSecond = 0;
    double copyBytesPerSecond = 0;          // read and write counted; 0 where not measured
    double multiplicationsPerSecond = 0;    // multiply-adds of the type activations have, each counted once
    double fp8MultiplicationsPerSecond = 0; // 0 where there are none
    double byteMultiplicationsPerSecond = 0; // of whole numbers; 0 where not measured
};
// Takes about a second, 512 MB on the host, up to 2 GB on a GPU.
DeviceCeilings measureCeilings(Device& device);

class Stopwatch {
public:
    virtual ~Stopwatch() = default;
    // Forgets the marks. `ahead`: microseconds the GPU idles first, so that short kernels are queued before
    // they run.
    virtual void start(double ahead = 0) = 0;
    virtual void mark() = 0;
    // Waits; microseconds from each mark to the next.
    virtual std::vector<double> finish() = 0;
};
std::unique_ptr<Stopwatch> makeStopwatch(Device& device);

// Bytes of the device's memory in use, by everybody; 0 where that is not known.
std::size_t memoryInUse(Device& device);
// Bytes that can still be had on it; 0 where that is not known.
std::size_t memoryFree(Device& device);
// Kernels started by this thread so far; 0 for host devices.
std::uint64_t launchesSoFar();

} // namespace kernels
