#include "kernels/cuda/cuda_device.h"

#include <charconv>

namespace kernels::cuda {

void check(cudaError_t error, const char* what) {
    if (error == cudaSuccess) return;
    cudaGetLastError(); // forget it, so that it is not reported twice
    if (error == cudaErrorMemoryAllocation)
        throw DeviceError(std::string("The GPU has too little memory to ") + what +
                          ": choose a shorter context, a smaller chunk or the device \"simd\".");
    throw DeviceError(std::string("The GPU failed to ") + what + " (" + cudaGetErrorString(error) +
                      "): run again, or choose the device \"simd\".");
}

CudaDevice::CudaDevice(int index, Mode mode, bool portable)
    : Device(mode), m_index(index), m_portable(portable) {
    check(cudaSetDevice(index), "open the device");
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, index), "describe itself");
    m_name = "cuda:" + std::to_string(index) + (portable ? ",portable" : "") + " (" + properties.name + ")";
    m_multiprocessors = properties.multiProcessorCount;
    m_sharedLimit = static_cast<int>(properties.sharedMemPerBlockOptin);
    m_hopper = properties.major == 9 && properties.minor == 0;
    // A chunk reads every expert once: long ones hide that, where their activations fit.
    m_chunk = properties.totalGlobalMem > (std::size_t{40} << 30)   ? 8192
              : properties.totalGlobalMem > (std::size_t{12} << 30) ? 2048
                                                                    : 512;
    check(cudaStreamCreateWithFlags(&m_stream, cudaStreamNonBlocking), "make a stream");
    m_arena = std::make_unique<Arena>(m_stream);
    check(cudaMalloc(reinterpret_cast<void**>(&m_flags), 2 * sizeof(int)), "hold its flags");
    check(cudaMallocHost(&m_staging, stagingBytes), "hold its results");
    const int none[2] = {0, 0x7fffffff};
    write(m_flags, none, sizeof none);
}

CudaDevice::~CudaDevice() {
    cudaSetDevice(m_index);
    cudaStreamSynchronize(m_stream);
    for (const auto& [nodes, graph] : m_graphs) cudaGraphExecDestroy(graph);
    m_arena.reset();
    cudaFreeHost(m_staging);
    cudaFree(m_flags);
    cudaStreamDestroy(m_stream);
}

void CudaDevice::synchronise() {
    direct();
    check(cudaStreamSynchronize(m_stream), "finish its work");
}

namespace {

// Code for sm_80 runs from sm_80 on; older cards lack bf16 and asynchronous copies.
bool usable(int index) {
    cudaDeviceProp properties{};
    if (cudaGetDeviceProperties(&properties, index) == cudaSuccess) return properties.major >= 8;
    cudaGetLastError();
    return false;
}

} // namespace

std::vector<std::string> cudaDevices() {
    int count = 0;
    if (cudaGetDeviceCount(&count) != cudaSuccess) {
        cudaGetLastError();
        return {};
    }
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i)
        if (usable(i)) names.push_back("cuda:" + std::to_string(i));
    return names;
}

std::shared_ptr<Device> openCudaDevice(std::string_view name, Mode mode) {
    const std::string whole(name);
    std::string_view rest = name.substr(std::string_view("cuda:").size());
    const bool portable = rest.ends_with(",portable");
    if (portable) rest.remove_suffix(std::string_view(",portable").size());
    int index = -1;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
    if (error != std::errc() || end != rest.data() + rest.size() || index < 0)
        throw DeviceError("\"" + whole + "\" names no GPU: write cuda:0, or cuda:0,portable.");
    int count = 0;
    const cudaError_t state = cudaGetDeviceCount(&count);
    if (state != cudaSuccess || count == 0) {
        cudaGetLastError();
        throw DeviceError("There is no GPU for \"" + whole + "\": " +
                          (state != cudaSuccess ? cudaGetErrorString(state) : "the driver shows none") +
                          "; choose \"simd\" or \"reference\", or update the driver.");
    }
    if (index >= count)
        throw DeviceError("There is no device \"" + whole + "\": this machine has " + std::to_string(count) +
                          " GPU" + (count == 1 ? "" : "s") + ", from cuda:0 on; \"reference\" always works.");
    if (!usable(index))
        throw DeviceError("The GPU of \"" + whole +
                          "\" is older than compute capability 8.0: choose \"simd\" or \"reference\".");
    return std::make_shared<CudaDevice>(index, mode, portable);
}

} // namespace kernels::cuda
