// Decode steps as graphs: a step's operations are recorded from the stream and started with one call.
// Positions are arguments of the kernels, so each step is recorded anew, but into the graph that is there,
// and while the GPU still works on the step before: the host's time for hundreds of launches disappears
// behind it.
#include "kernels/cuda/cuda_device.h"

namespace kernels::cuda {

namespace {

constexpr std::size_t mostGraphs = 16;

} // namespace

// A driver that cannot record is no reason to stop: steps run directly from then on.
bool CudaDevice::record(const Step& step, const std::function<void()>& operations) {
    forget();
    if (m_unrecordable || cudaStreamBeginCapture(m_stream, cudaStreamCaptureModeRelaxed) != cudaSuccess) {
        m_unrecordable = true;
        cudaGetLastError();
        return false;
    }
    m_recording = true;
    m_arena->freeze(true);
    bool whole = true, failed = false;
    try {
        operations();
    } catch (const NotRecordable&) {
        whole = false;
    } catch (const std::exception&) { // said again by the direct run
        failed = true;
    }
    m_recording = false;
    m_arena->freeze(false);
    cudaGraph_t graph = nullptr;
    failed |= cudaStreamEndCapture(m_stream, &graph) != cudaSuccess;
    std::size_t nodes = 0;
    if (!failed && whole) failed = cudaGraphGetNodes(graph, nullptr, &nodes) != cudaSuccess;
    if (!failed && whole) {
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
        if (!kept) failed = cudaGraphInstantiate(&kept, graph, 0) != cudaSuccess;
        if (failed)
            m_graphs.erase(nodes);
        else
            m_recorded = {step, kept, m_arena->changes()};
    }
    if (graph) cudaGraphDestroy(graph);
    if (failed) {
        cudaGetLastError();
        m_unrecordable = true;
    }
    return whole && !failed;
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
