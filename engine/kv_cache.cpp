#include "engine/kv_cache.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <stdexcept>

namespace engine {

using kernels::Ring;
using kernels::RowLayout;
using kernels::Rows;
using kernels::RowType;

namespace {

enum class Need { Window, Overlapping, Disjoint };

// The oldest position whose row a ring must hold for a sequence of `p` tokens to go on.
std::int64_t neededFrom(Need need, std::int64_t p, std::int64_t span) {
    switch (need) {
    case Need::Window:
        return std::max<std::int64_t>(0, p - span + 1); // the next query sees itself and span - 1 before
    case Need::Overlapping:
        return std::max<std::int64_t>(0, p / span * span - span); // previous window and the unfinished one
    case Need::Disjoint:
        return p / span * span; // the unfinished window
    }
    return 0;
}

} // namespace

KvCache::KvCache(const ModelConfig& config, std::shared_ptr<kernels::Device> device, std::int64_t capacity)
    : m_config(config), m_device(std::move(device)), m_capacity(capacity) {
    if (capacity < 1) throw std::runtime_error("A cache needs room for at least one token.");
    const bool compact = m_device->mode() == kernels::Mode::Model;
    const RowLayout latent{compact ? RowType::Latent : RowType::Plain, config.headWidth, config.rotaryWidth};
    const RowLayout index{compact ? RowType::Index : RowType::Plain, config.indexWidth, config.rotaryWidth};

    auto hold = [this](Rows& rows, const RowLayout& layout, std::int64_t count) {
        rows.layout = layout;
        rows.capacity = count;
        auto plane = [&](std::size_t rowBytes) {
            m_memory.push_back(m_device->allocate(static_cast<std::size_t>(count) * rowBytes));
            return m_memory.back().data();
        };
        rows.data = plane(layout.dataBytes());
        if (layout.scaleBytes()) rows.scales = plane(layout.scaleBytes());
    };
    auto pool = [&](Ring& ring, int ratio, int width) {
        const bool overlap = ratio == 4;
        const RowLayout layout{RowType::Plain, 2 * width * (overlap ? 2 : 1), 0};
        hold(ring, layout, (overlap ? 2 * ratio : ratio) + kernels::ringSlack);
    };

    m_layers.resize(static_cast<std::size_t>(config.layers));
    for (int i = 0; i < config.layers; ++i) {
        LayerCache& layer = m_layers[static_cast<std::size_t>(i)];
        const int ratio = config.ratio(i);
        hold(layer.window, latent, config.window + kernels::ringSlack);
        if (ratio == 0) continue;
        hold(layer.rows, latent, capacity / ratio + 1);
        pool(layer.pool, ratio, config.headWidth);
        if (ratio != 4) continue;
        hold(layer.indexRows, index, capacity / ratio + 1);
        pool(layer.indexPool, ratio, config.indexWidth);
    }
}

void KvCache::beginChunk(std::int64_t count) {
    if (count > m_capacity - m_position)
        throw std::runtime_error("The context of " + std::to_string(m_capacity) +
                                 " tokens is full: " + std::to_string(m_position) + " are held and " +
                                 std::to_string(count) + " more were asked for.");
    m_written = std::max(m_written, m_position + count);
}

bool KvCache::canTruncate(std::int64_t p) const {
    if (p < 0 || p > m_position) return false;
    auto reaches = [&](Need need, std::int64_t span, std::int64_t ringCapacity) {
        const std::int64_t from = neededFrom(need, p, span);
        return from == p || from >= std::max(m_written - ringCapacity, neededFrom(need, m_restored, span));
    };
    for (int i = 0; i < m_config.layers; ++i) {
        const LayerCache& l = layer(i);
        const int ratio = m_config.ratio(i);
        if (!reaches(Need::Window, m_config.window, l.window.capacity)) return false;
        if (ratio && !reaches(ratio == 4 ? Need::Overlapping : Need::Disjoint, ratio, l.pool.capacity))
            return false;
    }
    return true;
}

void KvCache::truncate(std::int64_t p) {
    assert(canTruncate(p));
    if (p == 0) return clear();
    m_position = p;
}

void KvCache::clear() {
    m_position = 0;
    m_written = 0;
    m_restored = 0;
}

void KvCache::beginRestore(std::int64_t p) {
    if (p < 0 || p > m_capacity)
        throw std::runtime_error("A state of " + std::to_string(p) + " tokens does not fit a context of " +
                                 std::to_string(m_capacity) + ".");
    m_position = p;
    m_written = p;
    m_restored = p;
}

std::vector<StateBlock> KvCache::blocks() const {
    std::vector<StateBlock> out;
    auto addRing = [&](int layer, const char* name, const Ring& ring, std::int64_t first) {
        auto plane = [&](const char* part, std::byte* data, std::size_t rowBytes) {
            if (rowBytes == 0) return;
            StateBlock block{
                StateBlock::Kind::Tail, "layers." + std::to_string(layer) + "." + name + part, layer, {}};
            const std::int64_t count = m_position - first, begin = first % ring.capacity;
            const std::int64_t head = std::min(count, ring.capacity - begin);
            block.ranges[0] = {data + static_cast<std::size_t>(begin) * rowBytes,
                               static_cast<std::size_t>(head) * rowBytes};
            block.ranges[1] = {data, static_cast<std::size_t>(count - head) * rowBytes};
            out.push_back(std::move(block));
        };
        plane(".data", ring.data, ring.layout.dataBytes());
        plane(".scales", ring.scales, ring.layout.scaleBytes());
    };
    auto addRows = [&](int layer, const char* name, const Rows& rows, std::int64_t count) {
        auto plane = [&](const char* part, std::byte* data, std::size_t rowBytes) {
            if (rowBytes == 0) return;
            StateBlock block{
                StateBlock::Kind::Rows, "layers." + std::to_string(layer) + "." + name + part, layer, {}};
            block.ranges[0] = {data, static_cast<std::size_t>(count) * rowBytes};
            out.push_back(std::move(block));
        };
        plane(".data", rows.data, rows.layout.dataBytes());
        plane(".scales", rows.scales, rows.layout.scaleBytes());
    };

    for (int i = 0; i < m_config.layers; ++i) {
        const LayerCache& l = layer(i);
        const int ratio = m_config.ratio(i);
        const Need need = ratio == 4 ? Need::Overlapping : Need::Disjoint;
        addRing(i, "window", l.window, neededFrom(Need::Window, m_position, m_config.window));
        if (ratio) addRing(i, "pool", l.pool, neededFrom(need, m_position, ratio));
        if (ratio == 4) addRing(i, "index_pool", l.indexPool, neededFrom(need, m_position, ratio));
    }
    for (int i = 0; i < m_config.layers; ++i) {
        const int ratio = m_config.ratio(i);
        if (ratio) addRows(i, "rows", layer(i).rows, m_position / ratio);
        if (ratio == 4) addRows(i, "index_rows", layer(i).indexRows, m_position / ratio);
    }
    return out;
}

void KvCache::readBlock(const StateBlock& block, std::span<std::byte> into) const {
    assert(into.size() == block.bytes());
    m_device->read(into.data(), block.ranges[0].data(), block.ranges[0].size());
    m_device->read(into.data() + block.ranges[0].size(), block.ranges[1].data(), block.ranges[1].size());
}

void KvCache::writeBlock(const StateBlock& block, std::span<const std::byte> from) {
    assert(from.size() == block.bytes());
    m_device->write(block.ranges[0].data(), from.data(), block.ranges[0].size());
    m_device->write(block.ranges[1].data(), from.data() + block.ranges[0].size(), block.ranges[1].size());
}

KvCache::Tail KvCache::saveTail() const {
    Tail tail{m_position, {}};
    std::vector<StateBlock> all = blocks();
    std::erase_if(all, [](const StateBlock& b) { return b.kind != StateBlock::Kind::Tail; });
    std::size_t total = 0, at = 0;
    for (const StateBlock& block : all) total += block.bytes();
    tail.bytes.resize(total);
    for (const StateBlock& block : all) {
        readBlock(block, std::span(tail.bytes).subspan(at, block.bytes()));
        at += block.bytes();
    }
    return tail;
}

void KvCache::restoreTail(const Tail& tail) {
    beginRestore(tail.position);
    std::size_t at = 0;
    for (const StateBlock& block : blocks()) {
        if (block.kind != StateBlock::Kind::Tail) continue;
        writeBlock(block, std::span(tail.bytes).subspan(at, block.bytes()));
        at += block.bytes();
    }
    assert(at == tail.bytes.size());
}

std::size_t KvCache::reservedBytes() const {
    std::size_t total = 0;
    for (const kernels::Memory& memory : m_memory) total += memory.size();
    return total;
}

} // namespace engine
