// What the operations of device.h take: rounding mode, handles of prepared weights, and one job struct for
// each operation of many operands. Jobs are views on the caller's memory and live for one call. Source:
// v4-architecture.md, the section named at each.
#pragma once

#include "kernels/rows.h"
#include "kernels/tensor.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace kernels {

// Which roundings of the trained model are made. Model: all of them (bf16 activations, fp8 inputs of
// quantised matrices, fp8 latents, fp4 index keys). Caches: latents and index keys only, everything else
// exact. Exact: none. Only Model has the compact cache rows; the others keep fp32 rows.
enum class Mode : std::uint8_t { Model, Caches, Exact };
constexpr bool roundsActivations(Mode mode) {
    return mode == Mode::Model;
}
constexpr bool roundsCaches(Mode mode) {
    return mode != Mode::Exact;
}

// How a matrix product treats its input and output in Mode::Model (elsewhere all three are the plain
// product).
enum class Product : std::uint8_t {
    Quantised, // input rounded to fp8 per 128 columns, output to bf16: the fp8 and fp4 matrices
    Rounded,   // bf16 input, output rounded to bf16: wo_a, the indexer's weights_proj
    Full,      // bf16 input, fp32 output: compressors, router, head, hyper-connection mixes
};

// A matrix in the device's own layout, made once at load. The checkpoint's bytes must outlive it.
class Matrix {
public:
    virtual ~Matrix() = default;
    std::int64_t rows = 0,
                 columns = 0; // outputs and inputs; with groups, `columns` is the input of one group
    int groups = 1;           // output rows split evenly, group g reads input columns of its own
    Product product = Product::Full;
};

// The routed experts and the shared one of a layer. w1 gate, w3 up, w2 down.
struct ExpertSource {
    Weight w1, w2, w3;
};
class Experts {
public:
    virtual ~Experts() = default;
    std::int64_t count = 0, width = 0, inner = 0;
};

// Rotation of adjacent pairs of the last `2 * frequencies.size()` values. Devices may derive tables from it;
// the angle is fp32(position) * frequency rounded to fp32 before sine and cosine (v4-architecture.md 4.4).
class Rope {
public:
    explicit Rope(std::vector<float> f) : frequencies(std::move(f)) {}
    virtual ~Rope() = default;
    const std::vector<float> frequencies;
};

struct HyperMix { // hyper-connection parameters of one sublayer, or of the head (only `pre` rows then)
    const Matrix* fn = nullptr; // [(2+h)h, h*D], or [h, h*D]
    Tensor base, scale;         // F32 [(2+h)h] and [3], or [h] and [1]
    int sinkhornIterations = 20;
    float epsilon = 1e-6f, normEpsilon = 1e-6f;
};

struct Branch {        // a sublayer between hyperPre and hyperPost
    Tensor x;          // [T, D]: the sublayer's input, later its output
    Tensor post;       // F32 [T, h]
    Tensor comb;       // F32 [T, h, h]
    bool open = false; // output not yet mixed back into the streams
};

struct CompressJob {
    enum class Kind : std::uint8_t {
        Latents,
        IndexKeys
    } kind = Kind::Latents; // how an entry is rounded (10.3)
    Tensor values, scores;  // F32 [T, c*(overlap ? 2 : 1)]: products of wkv and wgate, without ape
    Tensor ape, norm;       // F32 [ratio, same width] and [c]
    float normEpsilon = 1e-6f;
    const Rope* rope = nullptr;
    int ratio = 0; // 4: overlapping windows; else disjoint ones
    std::int64_t position = 0;
    Ring pool; // raw (value, score + ape) of earlier tokens, RingRow [2, width] F32
    Rows rows; // receives entry j for every window that ends in the chunk
};

struct SelectJob {
    Tensor queries; // [T, heads, dims]: products of the indexer's wq_b, overwritten
    Tensor weights; // [T, heads]: products of weights_proj
    const Rope* rope = nullptr;
    int ratio = 4;
    std::int64_t position = 0;
    Rows keys;    // entries 0 .. (P+T)/ratio - 1 are written
    Tensor picks; // I32 [T, k]: chosen entries ascending, then -1
};

struct AttentionJob {
    Tensor queries; // [T, H, d]: products of wq_b; overwritten
    Tensor output;  // [T, H, d]: may be the same memory as queries
    float normEpsilon = 1e-6f;
    const Rope* rope = nullptr;
    Tensor sinks; // F32 [H]
    std::int64_t position = 0;
    int window = 0; // latents visible to a query, its own included
    Ring ring;      // latents of positions before P
    Tensor latents; // F32 [T, d]: latents of the chunk itself, as latents() made them
    Rows rows;      // compressed latents, or none (data null)
    int ratio = 0;
    Tensor picks; // I32 [T, k] from select(); without picks every visible row is used
};

struct RouteJob {
    Tensor logits; // F32 [T, E]
    Tensor bias;   // F32 [E]: learned choice; or
    Tensor table;  // I32 [V, K]: choice by token id
    Tensor tokens; // I32 [T]
    float scale = 1;
    Tensor experts; // I32 [T, K]
    Tensor weights; // F32 [T, K]
};

} // namespace kernels
