// A Tensor is a view: pointer, element type and shape of a dense row-major array. It owns nothing; Buffer and
// Mapping (memory.h) do. A Weight is a matrix as a checkpoint stores it, with its block scales beside it.
// Views may be copied and used from any thread as long as the owner lives.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace kernels {

// Element types of checkpoints and activations. F4E2M1 packs two values a byte, low nibble = even column.
// E8M0 is a power-of-two scale (2^(byte-127)). The Q types are GGUF blocks, see engine/gguf.h.
enum class Type : std::uint8_t { F32, F16, BF16, F8E4M3, F4E2M1, E8M0, I8, I32, I64, Q8_0, Q2_K, Q4_K, IQ2_XXS, MXFP4 };

// Elements per indivisible block (1 for plain types, 2 for packed FP4, 32 or 256 for GGUF blocks).
std::size_t blockElements(Type type);
// Bytes of one such block.
std::size_t blockBytes(Type type);
// "F32", "F8_E4M3", ... as checkpoints spell it.
const char* typeName(Type type);

constexpr int maxRank = 4;

struct Shape {
    std::array<std::int64_t, maxRank> size{1, 1, 1, 1}; // outermost first; unused places are 1
    int rank = 0;

    Shape() = default;
    Shape(std::initializer_list<std::int64_t> sizes) {
        assert(sizes.size() <= maxRank);
        for (std::int64_t s : sizes) size[static_cast<std::size_t>(rank++)] = s;
    }
    std::int64_t operator[](int i) const { return size[static_cast<std::size_t>(i)]; }
    std::int64_t elements() const { return size[0] * size[1] * size[2] * size[3]; }
    bool operator==(const Shape&) const = default;
};

struct Tensor {
    void* data = nullptr;
    Type type = Type::F32;
    Shape shape;

    template<class T>
    T* as() const { return static_cast<T*>(data); }
    float* f32() const { assert(type == Type::F32); return as<float>(); }
    explicit operator bool() const { return data != nullptr; }
    std::size_t bytes() const { return static_cast<std::size_t>(shape.elements()) / blockElements(type) * blockBytes(type); }
};

// y = x · Wᵀ: `values` is [out, in] (or [experts, out, in]). `scales` is absent (F32, F16, BF16, GGUF types), or
// E8M0 [ceil(out/128), ceil(in/128)] for F8E4M3, or E8M0 [out, in/32] for F4E2M1 (v4-formats.md).
struct Weight {
    Tensor values;
    Tensor scales;
    explicit operator bool() const { return values.data != nullptr; }
};

} // namespace kernels
