// Attention over one latent that is key and value (v4-architecture.md section 4): chooses the kernel.
#include "kernels/cuda/attention_plain.h"
#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/rope.h"

#include <cmath>
#include <type_traits>

namespace kernels::cuda {

namespace {

constexpr std::int64_t decodedAtOnce = 8; // a token and its drafts: kernels that split the rows

} // namespace

void CudaDevice::attention(const AttentionJob& job) {
    const std::int64_t count = job.queries.shape[0];
    AttentionView view;
    view.heads = static_cast<int>(job.queries.shape[1]);
    view.dims = static_cast<int>(job.queries.shape[2]);
    view.position = job.position;
    view.count = count;
    view.window = job.window;
    view.epsilon = job.normEpsilon;
    view.scale = static_cast<float>(1.0 / std::sqrt(double(view.dims)));
    view.table = static_cast<const CudaRope&>(*job.rope).cover(*this, job.position, job.position + count);
    view.sinks = job.sinks.f32();
    view.ring = RowView(job.ring);
    view.latents = job.latents.f32();
    if (job.rows.data) {
        view.rows = RowView(job.rows);
        view.ratio = job.ratio;
    }
    if (job.picks) {
        view.picks = job.picks.as<const std::int32_t>();
        view.pickLimit = static_cast<int>(job.picks.shape[1]);
    }
    withActivation(bf16(), [&](auto activation) {
        using Activation = decltype(activation);
        if constexpr (std::is_same_v<Activation, Bf16>) {
            const auto* queries = job.queries.as<const Bf16>();
            if (count <= decodedAtOnce && attendSplits(*this, view, queries, job.output.as<Bf16>())) return;
            if (attendTiles(*this, view, queries, job.output.as<Bf16>())) return;
        }
        launch(m_stream, attendPlain<Activation>,
               dim3(static_cast<unsigned>(view.heads), static_cast<unsigned>(count)), plainAttentionThreads,
               static_cast<std::size_t>(2 * view.dims) * sizeof(float), view,
               job.queries.as<const Activation>(), job.output.as<Activation>());
    });
}

} // namespace kernels::cuda
