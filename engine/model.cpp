#include "engine/model.h"

#include "engine/model_weights.h"
#include "engine/not_finite.h"
#include "engine/workspace.h"
#include "kernels/formats.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace engine {

using kernels::Device;
using kernels::Tensor;

namespace {

// Part of every snapshot's identity: raised whenever the same input may give other bits.
constexpr int numericsVersion = 2;
constexpr std::int64_t stepTokens = 8; // so few tokens are a decode step or the check of a draft

const char* modeName(kernels::Mode mode) {
    switch (mode) {
    case kernels::Mode::Model:
        return "model";
    case kernels::Mode::Caches:
        return "caches";
    case kernels::Mode::Exact:
        return "exact";
    }
    return "";
}

std::vector<float> readFloats(Device& device, const Tensor& tensor) {
    std::vector<float> values(static_cast<std::size_t>(tensor.shape.elements()));
    if (tensor.type == kernels::Type::F32) {
        device.read(values.data(), tensor.data, tensor.bytes());
        return values;
    }
    std::vector<std::uint16_t> codes(values.size());
    device.read(codes.data(), tensor.data, tensor.bytes());
    std::transform(codes.begin(), codes.end(), values.begin(), kernels::decodeBf16);
    return values;
}

} // namespace

Model::~Model() = default;

std::vector<std::string> devices(Mode mode) {
    return kernels::availableDevices(mode);
}

Mode Model::modeOf(const ModelConfig& config) {
    return config.quantised ? Mode::Model : Mode::Exact;
}

std::shared_ptr<const Model> Model::open(const std::filesystem::path& path, const std::string& device) {
    const std::shared_ptr<const Weights> weights = Weights::open(path);
    return open(weights, device, modeOf(ModelConfig::parse(weights->configText())));
}

std::shared_ptr<const Model> Model::open(std::shared_ptr<const Weights> weights, const std::string& device,
                                         Mode mode) {
    if (device == "auto")
        for (const std::string& name : devices(mode)) try {
                return open(weights, kernels::openDevice(name, mode));
            } catch (const kernels::DeviceError&) { // too small, or taken: the next one
            }
    return open(std::move(weights), kernels::openDevice(device, mode));
}

std::shared_ptr<const Model> Model::open(std::shared_ptr<const Weights> weights,
                                         std::shared_ptr<kernels::Device> device) {
    std::shared_ptr<Model> model(new Model);
    model->m_config = ModelConfig::parse(weights->configText());
    if (kernels::roundsCaches(device->mode()) &&
        (model->m_config.indexWidth & (model->m_config.indexWidth - 1)) != 0)
        throw std::runtime_error("The model's index_head_dim of " +
                                 std::to_string(model->m_config.indexWidth) +
                                 " is no power of two, so its index keys cannot be rounded as trained: run "
                                 "it without quantisation simulation.");
    model->m_weights = std::move(weights);
    model->m_device = std::move(device);
    model->m_bound = std::make_unique<ModelWeights>(model->m_config, *model->m_weights, *model->m_device);
    return model;
}

std::string Model::identity() const {
    return m_weights->fingerprint() + " " + modeName(mode()) + " " + m_device->name() + " " +
           std::to_string(numericsVersion);
}

std::unique_ptr<Workspace> Model::workspace(std::int64_t maxChunk) const {
    return std::make_unique<Workspace>(m_config, m_device, maxChunk);
}

bool Model::forward(std::span<const std::int32_t> tokens, KvCache& cache, Workspace& work,
                    std::span<float> logits, const Observer& observer, std::stop_token stop) const {
    for (const std::int32_t token : tokens)
        if (token < 0 || token >= m_config.vocabulary)
            throw std::runtime_error("Token " + std::to_string(token) +
                                     " is outside the model's vocabulary of " +
                                     std::to_string(m_config.vocabulary) + ".");
    const std::int64_t position = cache.position(), count = static_cast<std::int64_t>(tokens.size());
    cache.beginChunk(count);
    work.resize(count);
    Device& device = *m_device;
    device.firstNonFinite(); // forget what an aborted chunk noted
    device.write(work.tokens.data, tokens.data(), tokens.size_bytes());

    const bool watched = observer.hidden || observer.picks || observer.logits;
    if (count <= stepTokens && !watched && device.recordsSteps()) {
        // Decoding: the operations differ from step to step in the position alone, so a device may replay
        // them.
        auto step = [&](std::int64_t at) { return Device::Step{&work, &cache, at, count, !logits.empty()}; };
        auto operations = [&](std::int64_t at) {
            return [&, at] {
                layers(at, cache, work, observer, {});
                if (!logits.empty()) lastHead(work);
            };
        };
        if (stop.stop_requested()) return false;
        device.run(step(position), operations(position));
        if (position + 2 * count <= cache.capacity())
            device.expect(step(position + count), operations(position + count));
        if (!logits.empty())
            device.read(logits.data(), work.logits.data, logits.size_bytes()); // the first row, F32
    } else {
        if (!layers(position, cache, work, observer, stop)) return false;
        head(position, work, logits, observer);
    }

    const int bad = device.firstNonFinite();
    if (bad >= 0 || std::any_of(logits.begin(), logits.end(), [](float x) { return !std::isfinite(x); }))
        throw NotFinite((bad >= 0 ? "Layer " + std::to_string(bad) : std::string("The output head")) +
                        " made a value that is not finite at tokens " + std::to_string(position) + " to " +
                        std::to_string(position + count - 1) +
                        ": the checkpoint is damaged or does not suit this engine.");
    cache.endChunk(count);
    return true;
}

// v4-architecture.md 2.1. A sublayer's output waits in the branch until hyperStep of the next one mixes it
// back.
bool Model::layers(std::int64_t position, KvCache& cache, Workspace& work, const Observer& observer,
                   std::stop_token stop) const {
    Device& device = *m_device;
    work.branch.open = false;
    device.embed(*m_bound->embedding, work.tokens, work.streams);
    for (int i = 0; i < m_config.layers; ++i) {
        const LayerWeights& layer = m_bound->layers[static_cast<std::size_t>(i)];
        if (observer.hidden) {
            if (work.branch.open) device.hyperPost(work.streams, work.branch);
            observeHidden(i, position, work.streams, observer);
        }
        device.hyperStep(work.streams, layer.attentionHyper.mix, layer.attentionNorm, work.branch);
        attention(i, position, cache, work, observer);
        if (stop.stop_requested()) return false;
        device.hyperStep(work.streams, layer.feedForwardHyper.mix, layer.feedForwardNorm, work.branch);
        feedForward(i, work);
        device.noteNonFinite(work.branch.x, i); // whatever went wrong in this layer reaches its output
        if (stop.stop_requested()) return false;
    }
    device.hyperPost(work.streams, work.branch);
    return true;
}

// Sections 4 to 6. The queries' memory receives the attention's output.
void Model::attention(int index, std::int64_t position, KvCache& cache, Workspace& work,
                      const Observer& observer) const {
    const LayerWeights& w = m_bound->layers[static_cast<std::size_t>(index)];
    const LayerCache& c = cache.layer(index);
    const std::int64_t count = work.count;
    const float epsilon = static_cast<float>(m_config.normEpsilon);
    const bool indexed = w.ratio == 4;
    Device& device = *m_device;

    const kernels::Shape poolShape{count, std::int64_t{m_config.headWidth} * (indexed ? 2 : 1)};
    const Tensor values = shaped(work.poolValues, poolShape), scores = shaped(work.poolScores, poolShape);
    std::vector<Device::LinearJob> readers{{w.wqA.get(), work.queryRank}, {w.wkv.get(), work.latentInput}};
    if (w.ratio) {
        readers.push_back({w.compressor.wkv.get(), values});
        readers.push_back({w.compressor.wgate.get(), scores});
    }
    if (indexed) {
        readers.push_back({w.indexer.compressor.wkv.get(), work.indexPoolValues});
        readers.push_back({w.indexer.compressor.wgate.get(), work.indexPoolScores});
        readers.push_back({w.indexer.weightsProj.get(), work.indexWeights});
    }
    device.linears(work.branch.x, readers);

    device.norm(work.queryRank, w.queryNorm, epsilon, work.queryRank);
    std::vector<Device::LinearJob> queries{{w.wqB.get(), work.queries}};
    if (indexed) queries.push_back({w.indexer.wqB.get(), work.indexQueries});
    device.linears(work.queryRank, queries);
    device.latents(work.latentInput, w.latentNorm, epsilon, *w.rope, position, work.latents);

    using Kind = kernels::CompressJob::Kind;
    if (w.ratio)
        device.compress({Kind::Latents, values, scores, w.compressor.ape, w.compressor.norm, epsilon, w.rope,
                         w.ratio, position, c.pool, c.rows});
    if (indexed) {
        const CompressorWeights& keys = w.indexer.compressor;
        device.compress({Kind::IndexKeys, work.indexPoolValues, work.indexPoolScores, keys.ape, keys.norm,
                         epsilon, w.rope, w.ratio, position, c.indexPool, c.indexRows});
        device.select(
            {work.indexQueries, work.indexWeights, w.rope, w.ratio, position, c.indexRows, work.picks});
        if (observer.picks) {
            std::vector<std::int32_t> picks(static_cast<std::size_t>(work.picks.shape.elements()));
            device.read(picks.data(), work.picks.data, work.picks.bytes());
            observer.picks(index, position, picks);
        }
    }

    kernels::AttentionJob job;
    job.queries = job.output = work.queries;
    job.normEpsilon = epsilon;
    job.rope = w.rope;
    job.sinks = w.sinks;
    job.position = position;
    job.window = m_config.window;
    job.ring = c.window;
    job.latents = work.latents;
    job.rows = c.rows;
    job.ratio = w.ratio;
    if (indexed) job.picks = work.picks;
    device.attention(job);
    device.storeLatents(work.latents, position,
                        c.window); // behind the attention: the ring may be shorter than the chunk

    device.linear(*w.woA, work.queries, work.grouped);
    device.linear(*w.woB, work.grouped, work.branch.x);
}

// Section 7.
void Model::feedForward(int index, Workspace& work) const {
    const LayerWeights& w = m_bound->layers[static_cast<std::size_t>(index)];
    Device& device = *m_device;
    device.linear(*w.gate, work.branch.x, work.routerLogits);
    device.route({work.routerLogits, w.gateBias, w.gateTable, work.tokens,
                  static_cast<float>(m_config.routedScale), work.chosen, work.chosenWeights});
    device.moe(*w.experts, work.branch.x, work.chosen, work.chosenWeights,
               static_cast<float>(m_config.swigluLimit), work.branch.x);
}

// Sections 3.5 and 2.4: of the last position, or of all when somebody watches.
void Model::head(std::int64_t position, Workspace& work, std::span<float> logits,
                 const Observer& observer) const {
    Device& device = *m_device;
    const bool all = observer.hidden || observer.logits;
    if (!all && logits.empty()) return;
    const std::int64_t rowLimit = Workspace::headRows;
    for (std::int64_t first = all ? 0 : work.count - 1; first < work.count; first += rowLimit) {
        const std::int64_t rows = std::min(rowLimit, work.count - first);
        const bool last = first + rows == work.count;
        const Tensor x = rowsOf(work.headInput, 0, rows), out = rowsOf(work.logits, 0, rows);
        device.hyperHead(rowsOf(work.streams, first, rows), m_bound->headHyper.mix, x);
        device.norm(x, m_bound->finalNorm, static_cast<float>(m_config.normEpsilon), x);
        if (observer.hidden) observeHidden(m_config.layers, position + first, x, observer);
        if (!observer.logits && !(last && !logits.empty())) continue;
        device.linear(*m_bound->head, x, out);
        const std::vector<float> values = readFloats(device, out);
        if (observer.logits) observer.logits(position + first, values);
        if (last && !logits.empty())
            std::copy(values.end() - m_config.vocabulary, values.end(), logits.begin());
    }
}

// The last position's logits into the first row.
void Model::lastHead(Workspace& work) const {
    Device& device = *m_device;
    const Tensor x = rowsOf(work.headInput, 0, 1), out = rowsOf(work.logits, 0, 1);
    device.hyperHead(rowsOf(work.streams, work.count - 1, 1), m_bound->headHyper.mix, x);
    device.norm(x, m_bound->finalNorm, static_cast<float>(m_config.normEpsilon), x);
    device.linear(*m_bound->head, x, out);
}

void Model::observeHidden(int layer, std::int64_t position, const Tensor& values,
                          const Observer& observer) const {
    observer.hidden(layer, position, readFloats(*m_device, values));
}

} // namespace engine
