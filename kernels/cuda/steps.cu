// Decode steps as graphs: a step's operations are recorded from the stream and started with one call.
// Positions are arguments of the kernels, so each step is recorded anew, but into the graph that is there,
// and while the GPU still works on the step before: the host's time for hundreds of launches disappears
// behind it.
#include "kernels/cuda/cuda_device.h"

namespace kernels::cuda {

namespace {

constexpr std::size_t mostGraphs = 16;

} // namespace

bool CudaDevice::record(const Step& step, const std::function<void()>& operations) {
    forget();
    check(cudaStreamBeginCapture(m_stream, cudaStreamCaptureModeRelaxed), "record a step");
    m_recording = true;
    m_arena->freeze(true);
    bool whole = true;
    cudaGraph_t graph = nullptr;
    auto finish = [&] {
        m_recording = false;
        m_arena->freeze(false);
        return cudaStreamEndCapture(m_stream, &graph);
    };
    try {
        operations();
    } catch (const NotRecordable&) {
        whole = false;
    } catch (...) {
        if (finish() == cudaSuccess) cudaGraphDestroy(graph);
        cudaGetLastError();
        throw;
    }
    check(finish(), "record a step");
    if (whole) {
        std::size_t nodes = 0;
        check(cudaGraphGetNodes(graph, nullptr, &nodes), "record a step");
        if (m_graphs.size() >= mostGraphs && !m_graphs.contains(nodes)) {
            synchronise();
            for (const auto& [count, old] : m_graphs) cudaGraphExecDestroy(old);
            m_graphs.clear();
        }
        cudaGraphExec_t& kept = m_graphs[nodes];
        cudaGraphExecUpdateResultInfo result{};
        if (kept && cudaGraphExecUpdate(kept, graph, &result) != cudaSuccess) { // other kernels
            cudaGetLastError();
            synchronise();
            cudaGraphExecDestroy(kept);
            kept = nullptr;
        }
        if (!kept) check(cudaGraphInstantiate(&kept, graph, 0), "record a step");
        m_recorded = {step, kept, m_arena->changes()};
    }
    cudaGraphDestroy(graph);
    return whole;
}

void CudaDevice::run(const Step& step, const std::function<void()>& operations) {
    const bool ready = m_recorded.graph && m_recorded.step == step && m_recorded.arena == m_arena->changes();
    if (!ready && !record(step, operations)) {
        operations();
        return;
    }
    check(cudaGraphLaunch(m_recorded.graph, m_stream), "start a step");
}

void CudaDevice::expect(const Step& step, const std::function<void()>& operations) {
    record(step, operations);
}

} // namespace kernels::cuda
