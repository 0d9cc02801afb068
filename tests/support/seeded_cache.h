// A cache filled to any depth without evaluating a token: for figures and bounds at a million tokens. The values are
// random; they have the published layouts, and nothing may be concluded from what the model says with them.
#pragma once

#include "engine/kv_cache.h"
#include "kernels/reference/codecs.h"
#include "tests/support/formula_weights.h"

#include <algorithm>
#include <vector>

namespace support {

// Rows of random values; every 509th row is new, the rest repeat.
inline void seedRows(const kernels::Rows& rows, std::int64_t count) {
    constexpr std::int64_t period = 509;
    std::vector<float> values(static_cast<std::size_t>(rows.layout.dims));
    for (std::int64_t i = 0; i < std::min(count, period); ++i) {
        for (std::size_t k = 0; k < values.size(); ++k) values[k] = static_cast<float>(formulaValue(splitmix64(7), std::uint64_t(i * rows.layout.dims) + k));
        kernels::reference::encodeRow(rows.layout, values.data(), rows.row(i), rows.scale(i));
    }
    for (std::int64_t i = period; i < count; ++i) {
        std::copy_n(rows.row(i - period), rows.layout.dataBytes(), rows.row(i));
        std::copy_n(rows.scale(i - period), rows.layout.scaleBytes(), rows.scale(i));
    }
}

inline void seedCache(engine::KvCache& cache, const engine::ModelConfig& config, std::int64_t depth) {
    for (int i = 0; i < config.layers; ++i) {
        const engine::LayerCache& layer = cache.layer(i);
        seedRows(layer.window, layer.window.capacity);
        if (layer.rows.data) seedRows(layer.rows, depth / config.ratio(i));
        if (layer.pool.data) seedRows(layer.pool, layer.pool.capacity);
        if (layer.indexRows.data) seedRows(layer.indexRows, depth / config.ratio(i));
        if (layer.indexPool.data) seedRows(layer.indexPool, layer.indexPool.capacity);
    }
}

} // namespace support
