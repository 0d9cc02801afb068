// Cache rows: how latents and index keys lie in memory. The layout is the contract between devices and
// snapshots.
//   Plain   fp32 values, for modes without compact rows
//   Latent  (d - r) e4m3 bytes and r bf16, padded to 16 bytes; scales plane: one E8M0 per 64 values, padded
//   to 8 Index   fp4 codes, low nibble = even dimension; scales plane: one E8M0 per 32 values, padded to 4
// Latent rows of 512 with 64 rotary values take 576 + 8 bytes, index keys of 128 take 64 + 4. Reading a row
// gives the model's rounded values bit for bit. Rows and Ring are views; KvCache owns the memory.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kernels {

enum class RowType : std::uint8_t { Plain, Latent, Index };

struct RowLayout {
    RowType type = RowType::Plain;
    int dims = 0;
    int rotary = 0; // of the last dims, kept as bf16 in Latent rows

    static constexpr int roundUp(int value, int step) { return (value + step - 1) / step * step; }
    int scaleCount() const {
        return type == RowType::Latent  ? (dims - rotary + 63) / 64
               : type == RowType::Index ? (dims + 31) / 32
                                        : 0;
    }
    std::size_t dataBytes() const {
        if (type == RowType::Latent) return static_cast<std::size_t>(roundUp(dims - rotary + 2 * rotary, 16));
        if (type == RowType::Index) return static_cast<std::size_t>((dims + 1) / 2);
        return static_cast<std::size_t>(dims) * 4;
    }
    std::size_t scaleBytes() const {
        if (type == RowType::Plain) return 0;
        return static_cast<std::size_t>(roundUp(scaleCount(), type == RowType::Latent ? 8 : 4));
    }
    std::size_t rowBytes() const { return dataBytes() + scaleBytes(); }
};

// Growing rows 0, 1, 2 ... in two planes.
struct Rows {
    RowLayout layout;
    std::byte* data = nullptr;
    std::byte* scales = nullptr;
    std::int64_t capacity = 0;
    std::byte* row(std::int64_t i) const { return data + static_cast<std::size_t>(i) * layout.dataBytes(); }
    std::byte* scale(std::int64_t i) const {
        return scales + static_cast<std::size_t>(i) * layout.scaleBytes();
    }
};

// Rows of the latest positions: position p lies in row p % capacity. Rejecting tokens is then only a smaller
// position.
struct Ring : Rows {
    std::byte* at(std::int64_t position) const { return row(position % capacity); }
    std::byte* scaleAt(std::int64_t position) const { return scale(position % capacity); }
};

// Rows a ring keeps beyond what the next token needs: tokens that may be taken back without a checkpoint.
constexpr int ringSlack = 8;

} // namespace kernels
