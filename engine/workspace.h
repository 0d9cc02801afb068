// Workspace: the activations of one chunk on the device, allocated for the largest chunk and used by every
// layer in turn. Views of the first rows are taken for shorter chunks. Owned by a Timeline, which owns the
// device too.
#pragma once

#include "engine/config.h"
#include "kernels/device.h"

#include <memory>
#include <vector>

namespace engine {

struct Workspace {
    Workspace(const ModelConfig& config, std::shared_ptr<kernels::Device> device, std::int64_t chunk);

    // Sets every tensor's row count for a chunk of that many tokens.
    void resize(std::int64_t count);

    std::int64_t chunk = 0; // largest
    std::int64_t count = 0; // rows now

    kernels::Tensor tokens;                           // I32 [T]
    kernels::Tensor streams;                          // [T, h, D]
    kernels::Branch branch;                           // x [T, D], post, comb
    kernels::Tensor queryRank;                        // [T, query rank]
    kernels::Tensor queries;                          // [T, H, d], later the attention's output
    kernels::Tensor latentInput;                      // [T, d]
    kernels::Tensor latents;                          // F32 [T, d]
    kernels::Tensor grouped;                          // [T, groups * output rank]
    kernels::Tensor poolValues, poolScores;           // F32 [T, 2d], used as [T, d] too
    kernels::Tensor indexPoolValues, indexPoolScores; // F32 [T, 2 * index width]
    kernels::Tensor indexQueries;                     // [T, index heads, index width]
    kernels::Tensor indexWeights;                     // [T, index heads]
    kernels::Tensor picks;                            // I32 [T, top k]
    kernels::Tensor routerLogits;                     // F32 [T, E]
    kernels::Tensor chosen, chosenWeights;            // I32, F32 [T, K]
    // The head works on few rows at a time: a chunk's logits of a large vocabulary would be gigabytes.
    kernels::Tensor headInput; // [headRows, D]
    kernels::Tensor logits;    // F32 [headRows, V]
    static constexpr std::int64_t headRows = 32;

private:
    kernels::Tensor hold(kernels::Type type, kernels::Shape shape);

    std::shared_ptr<kernels::Device> m_device;
    std::vector<kernels::Memory> m_memory;
};

// `rows` rows of `tensor` from row `first`.
kernels::Tensor rowsOf(const kernels::Tensor& tensor, std::int64_t first, std::int64_t rows);
// The same memory with another shape of no more elements.
kernels::Tensor shaped(const kernels::Tensor& tensor, kernels::Shape shape);

} // namespace engine
