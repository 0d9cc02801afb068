#include "engine/workspace.h"

#include <cassert>

namespace engine {

using kernels::Shape;
using kernels::Tensor;
using kernels::Type;

Workspace::Workspace(const ModelConfig& c, std::shared_ptr<kernels::Device> device, std::int64_t largest)
    : chunk(largest), m_device(std::move(device)) {
    const Type activation = m_device->activationType();
    tokens = hold(Type::I32, {chunk});
    streams = hold(activation, {chunk, c.streams, c.width});
    branch.x = hold(activation, {chunk, c.width});
    branch.post = hold(Type::F32, {chunk, c.streams});
    branch.comb = hold(Type::F32, {chunk, c.streams, c.streams});
    queryRank = hold(activation, {chunk, c.queryRank});
    queries = hold(activation, {chunk, c.heads, c.headWidth});
    latentInput = hold(activation, {chunk, c.headWidth});
    latents = hold(Type::F32, {chunk, c.headWidth});
    grouped = hold(activation, {chunk, std::int64_t{c.outputGroups} * c.outputRank});
    poolValues = hold(Type::F32, {chunk, 2 * c.headWidth});
    poolScores = hold(Type::F32, {chunk, 2 * c.headWidth});
    if (c.indexHeads) {
        indexPoolValues = hold(Type::F32, {chunk, 2 * c.indexWidth});
        indexPoolScores = hold(Type::F32, {chunk, 2 * c.indexWidth});
        indexQueries = hold(activation, {chunk, c.indexHeads, c.indexWidth});
        indexWeights = hold(activation, {chunk, c.indexHeads});
        picks = hold(Type::I32, {chunk, c.indexTopK});
    }
    routerLogits = hold(Type::F32, {chunk, c.experts});
    chosen = hold(Type::I32, {chunk, c.expertsPerToken});
    chosenWeights = hold(Type::F32, {chunk, c.expertsPerToken});
    headInput = hold(activation, {headRows, c.width});
    logits = hold(Type::F32, {headRows, c.vocabulary});
}

Tensor Workspace::hold(Type type, Shape shape) {
    Tensor tensor{nullptr, type, shape};
    m_memory.push_back(m_device->allocate(tensor.bytes()));
    tensor.data = m_memory.back().data();
    return tensor;
}

void Workspace::resize(std::int64_t rows) {
    assert(rows <= chunk);
    count = rows;
    for (Tensor* tensor : {&tokens,       &streams,    &branch.x,        &branch.post,     &branch.comb,
                           &queryRank,    &queries,    &latentInput,     &latents,         &grouped,
                           &poolValues,   &poolScores, &indexPoolValues, &indexPoolScores, &indexQueries,
                           &indexWeights, &picks,      &routerLogits,    &chosen,          &chosenWeights})
        tensor->shape.size[0] = rows;
    branch.open = false;
}

Tensor rowsOf(const Tensor& tensor, std::int64_t first, std::int64_t rows) {
    Tensor part = tensor;
    part.shape.size[0] = first;
    part.data = static_cast<std::byte*>(tensor.data) + part.bytes();
    part.shape.size[0] = rows;
    return part;
}

Tensor shaped(const Tensor& tensor, Shape shape) {
    assert(shape.elements() <= tensor.shape.elements());
    Tensor view = tensor;
    view.shape = shape;
    return view;
}

} // namespace engine
