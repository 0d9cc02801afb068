// KvCache: everything a sequence remembers, on the device of each layer. Per layer: the raw latents of the
// last window (a ring), and with a compression ratio the compressed latents, the index keys (ratio 4) and the
// raw (value, score) pairs of windows not yet complete (rings). Growing rows are reserved for the longest
// context and committed as used; rewinding them is a smaller count. The rings hold kernels::ringSlack tokens
// more than needed: so many tokens can be taken back at once, more need a tail saved earlier. Owned by a
// Timeline; engine thread only. Source: v4-architecture.md sections 9 and 11; layouts: kernels/rows.h.
#pragma once

#include "engine/config.h"
#include "kernels/device.h"

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace engine {

struct LayerCache {
    kernels::Ring window;
    kernels::Rows rows, indexRows; // data null where the layer has none
    kernels::Ring pool, indexPool; // rows of F32 [2, width]
};

// One piece of the state at the current position, for checkpoints and snapshots. Tail: what serves this
// position only (ring contents). Rows: what serves every shorter prefix too. Bytes are the same for the same
// state, whatever the chunks it was made with. A ring's block is read in order of positions, so it may wrap:
// two ranges.
struct StateBlock {
    enum class Kind : std::uint8_t { Rows, Tail } kind = Kind::Rows;
    std::string name; // "layers.3.window.data"
    int layer = 0;
    std::array<std::span<std::byte>, 2> ranges; // device memory
    std::size_t bytes() const { return ranges[0].size() + ranges[1].size(); }
};

class KvCache {
public:
    // Throws a sentence when `capacity` tokens cannot be held.
    KvCache(const ModelConfig& config, std::shared_ptr<kernels::Device> device, std::int64_t capacity);

    std::int64_t position() const { return m_position; } // tokens held
    std::int64_t capacity() const { return m_capacity; }
    const LayerCache& layer(int i) const { return m_layers[static_cast<std::size_t>(i)]; }
    kernels::Device& device() const { return *m_device; }

    // The forward pass announces `count` tokens before it writes their first row and confirms them when done.
    void beginChunk(std::int64_t count);
    void endChunk(std::int64_t count) { m_position += count; }

    // Whether position `p` <= position() can be reached by forgetting alone.
    bool canTruncate(std::int64_t p) const;
    void truncate(std::int64_t p);
    void clear();

    // --- raw state ---
    // Sets the position for a restore: afterwards blocks() lists what must be written for it.
    void beginRestore(std::int64_t p);
    // All state of the current position in a fixed order: first every Tail block, then the Rows.
    std::vector<StateBlock> blocks() const;
    void readBlock(const StateBlock& block, std::span<std::byte> into) const; // sizes equal
    void writeBlock(const StateBlock& block, std::span<const std::byte> from);

    // The Tail blocks in one piece; restoring one sets the position it was saved at.
    struct Tail {
        std::int64_t position = 0;
        std::vector<std::byte> bytes;
    };
    Tail saveTail() const;
    void restoreTail(const Tail& tail);

    std::size_t reservedBytes() const;

private:
    ModelConfig m_config;
    std::shared_ptr<kernels::Device> m_device;
    std::int64_t m_capacity = 0;
    std::int64_t m_position = 0;
    std::int64_t m_written = 0;  // rings were written up to here, even if tokens were taken back since
    std::int64_t m_restored = 0; // position of the last restored tail: rings hold nothing it did not need
    std::vector<kernels::Memory> m_memory;
    std::vector<LayerCache> m_layers;
};

} // namespace engine
