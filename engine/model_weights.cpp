#include "engine/model_weights.h"

#include "kernels/formats.h"

#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>

namespace engine {

using kernels::Matrix;
using kernels::Product;
using kernels::Shape;
using kernels::Tensor;
using kernels::Type;
using kernels::Weight;

namespace {

std::string shapeText(const Shape& shape) {
    std::string text;
    for (int i = 0; i < shape.rank; ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
    return "[" + text + "]";
}

class Binder {
public:
    Binder(const ModelConfig& config, const Weights& weights, kernels::Device& device, ModelWeights& model)
        : m_config(config), m_weights(weights), m_device(device), m_model(model) {}

    Weight checked(const std::string& name, std::int64_t out, std::int64_t in) const {
        Weight weight = m_weights.weight(name);
        expect(name + ".weight", weight.values, {out, in});
        return weight;
    }

    std::unique_ptr<Matrix> matrix(const std::string& name, std::int64_t out, std::int64_t in,
                                   Product product, int groups = 1) const {
        return m_device.prepare(checked(name, out, in), product, groups);
    }

    // A small tensor as F32 on the device. It holds a norm, a bias or the like: one NaN would spoil every
    // token.
    Tensor vector(const std::string& name, Shape shape) const {
        const Tensor stored = m_weights.tensor(name);
        expect(name, stored, shape);
        std::vector<float> values(static_cast<std::size_t>(shape.elements()));
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = element(name, stored, i);
            if (!std::isfinite(values[i]))
                throw std::runtime_error(
                    "Tensor " + name +
                    " of the checkpoint holds a value that is not finite: the file is damaged.");
        }
        return upload(values.data(), Type::F32, shape);
    }

    HyperWeights hyper(const std::string& prefix, std::int64_t rows, std::int64_t scales) const {
        const std::int64_t flat = std::int64_t{m_config.streams} * m_config.width;
        HyperWeights hyper;
        const Tensor fn = m_weights.tensor(prefix + "_fn");
        expect(prefix + "_fn", fn, {rows, flat});
        hyper.fn = m_device.prepare(Weight{fn, {}}, Product::Full);
        hyper.mix.fn = hyper.fn.get();
        hyper.mix.base = vector(prefix + "_base", {rows});
        hyper.mix.scale = vector(prefix + "_scale", {scales});
        hyper.mix.sinkhornIterations = m_config.sinkhornIterations;
        hyper.mix.epsilon = static_cast<float>(m_config.hyperEpsilon);
        hyper.mix.normEpsilon = static_cast<float>(m_config.normEpsilon);
        return hyper;
    }

    CompressorWeights compressor(const std::string& prefix, int ratio, int width) const {
        const std::int64_t stored = std::int64_t{width} * (ratio == 4 ? 2 : 1);
        return {matrix(prefix + ".wkv", stored, m_config.width, Product::Full),
                matrix(prefix + ".wgate", stored, m_config.width, Product::Full),
                vector(prefix + ".ape", {ratio, stored}), vector(prefix + ".norm.weight", {width})};
    }

    // Expert choices by token id; each must be an expert there is.
    Tensor table(const std::string& name) const {
        const Tensor stored = m_weights.tensor(name);
        const Shape shape{m_config.vocabulary, m_config.expertsPerToken};
        expect(name, stored, shape);
        if (stored.type != Type::I64 && stored.type != Type::I32)
            throw std::runtime_error("Tensor " + name +
                                     " of the checkpoint must hold whole numbers and is stored as " +
                                     kernels::typeName(stored.type) + ".");
        std::vector<std::int32_t> values(static_cast<std::size_t>(shape.elements()));
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::int64_t expert =
                stored.type == Type::I64 ? load<std::int64_t>(stored, i) : load<std::int32_t>(stored, i);
            if (expert < 0 || expert >= m_config.experts)
                throw std::runtime_error("Tensor " + name + " of the checkpoint names expert " +
                                         std::to_string(expert) + " of " + std::to_string(m_config.experts) +
                                         ": the file is damaged.");
            values[i] = static_cast<std::int32_t>(expert);
        }
        return upload(values.data(), Type::I32, shape);
    }

    kernels::ExpertSource expert(const std::string& prefix) const {
        const std::int64_t D = m_config.width, I = m_config.expertWidth;
        return {checked(prefix + ".w1", I, D), checked(prefix + ".w2", D, I), checked(prefix + ".w3", I, D)};
    }

    LayerWeights layer(int index) const;

private:
    static void expect(const std::string& name, const Tensor& tensor, const Shape& shape) {
        if (tensor.shape == shape) return;
        throw std::runtime_error("Tensor " + name + " of the checkpoint has the shape " +
                                 shapeText(tensor.shape) + ", but config.json asks for " + shapeText(shape) +
                                 ": the two do not belong together.");
    }

    template<class T>
    static T load(const Tensor& tensor, std::size_t i) {
        T value;
        std::memcpy(&value, static_cast<const std::byte*>(tensor.data) + i * sizeof(T), sizeof(T));
        return value;
    }

    static float element(const std::string& name, const Tensor& tensor, std::size_t i) {
        switch (tensor.type) {
        case Type::F32:
            return load<float>(tensor, i);
        case Type::BF16:
            return kernels::decodeBf16(load<std::uint16_t>(tensor, i));
        case Type::F16:
            return kernels::decodeF16(load<std::uint16_t>(tensor, i));
        default:
            throw std::runtime_error("Tensor " + name + " of the checkpoint is stored as " +
                                     kernels::typeName(tensor.type) + ", where F32, BF16 or F16 belongs.");
        }
    }

    Tensor upload(const void* values, Type type, Shape shape) const {
        Tensor tensor{nullptr, type, shape};
        m_model.memory.push_back(m_device.allocate(tensor.bytes()));
        tensor.data = m_model.memory.back().data();
        m_device.write(tensor.data, values, tensor.bytes());
        return tensor;
    }

    const ModelConfig& m_config;
    const Weights& m_weights;
    kernels::Device& m_device;
    ModelWeights& m_model;
};

LayerWeights Binder::layer(int index) const {
    const ModelConfig& c = m_config;
    const std::string prefix = "layers." + std::to_string(index), attn = prefix + ".attn",
                      ffn = prefix + ".ffn";
    LayerWeights l;
    l.ratio = c.ratio(index);
    l.rope = l.ratio ? m_model.compressRope.get() : m_model.plainRope.get();
    l.attentionHyper = hyper(prefix + ".hc_attn", c.mixRows(), 3);
    l.feedForwardHyper = hyper(prefix + ".hc_ffn", c.mixRows(), 3);
    l.attentionNorm = vector(prefix + ".attn_norm.weight", {c.width});
    l.feedForwardNorm = vector(prefix + ".ffn_norm.weight", {c.width});

    const std::int64_t rank = std::int64_t{c.outputGroups} * c.outputRank;
    l.wqA = matrix(attn + ".wq_a", c.queryRank, c.width, Product::Quantised);
    l.queryNorm = vector(attn + ".q_norm.weight", {c.queryRank});
    l.wqB = matrix(attn + ".wq_b", std::int64_t{c.heads} * c.headWidth, c.queryRank, Product::Quantised);
    l.wkv = matrix(attn + ".wkv", c.headWidth, c.width, Product::Quantised);
    l.latentNorm = vector(attn + ".kv_norm.weight", {c.headWidth});
    l.sinks = vector(attn + ".attn_sink", {c.heads});
    l.woA = matrix(attn + ".wo_a", rank, c.groupInput(), Product::Rounded, c.outputGroups);
    l.woB = matrix(attn + ".wo_b", c.width, rank, Product::Quantised);
    if (l.ratio) l.compressor = compressor(attn + ".compressor", l.ratio, c.headWidth);
    if (l.ratio == 4) {
        l.indexer.wqB = matrix(attn + ".indexer.wq_b", std::int64_t{c.indexHeads} * c.indexWidth, c.queryRank,
                               Product::Quantised);
        l.indexer.weightsProj =
            matrix(attn + ".indexer.weights_proj", c.indexHeads, c.width, Product::Rounded);
        l.indexer.compressor = compressor(attn + ".indexer.compressor", l.ratio, c.indexWidth);
    }

    l.gate = matrix(ffn + ".gate", c.experts, c.width, Product::Full);
    if (c.hashRouted(index))
        l.gateTable = table(ffn + ".gate.tid2eid");
    else
        l.gateBias = vector(ffn + ".gate.bias", {c.experts});
    std::vector<kernels::ExpertSource> routed;
    for (int e = 0; e < c.experts; ++e) routed.push_back(expert(ffn + ".experts." + std::to_string(e)));
    l.experts = m_device.prepareExperts(routed, expert(ffn + ".shared_experts"));
    return l;
}

} // namespace

ModelWeights::ModelWeights(const ModelConfig& config, const Weights& weights, kernels::Device& device) {
    const Binder bind(config, weights, device, *this);
    plainRope = device.prepareRope(config.ropeFrequencies(0));
    compressRope = device.prepareRope(config.ropeFrequencies(4));
    embedding = bind.matrix("embed", config.vocabulary, config.width, Product::Rounded);
    head =
        bind.matrix(config.tiedEmbedding ? "embed" : "head", config.vocabulary, config.width, Product::Full);
    headHyper = bind.hyper("hc_head", config.streams, 1);
    finalNorm = bind.vector("norm.weight", {config.width});
    for (int i = 0; i < config.layers; ++i) layers.push_back(bind.layer(i));
}

} // namespace engine
