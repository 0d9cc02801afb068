// A cache filled to any depth without evaluating a token: for figures and bounds at a million tokens. The values are
// random; they have the published layouts, and nothing may be concluded from what the model says with them.
#pragma once

#include "engine/kv_cache.h"
#include "kernels/reference/codecs.h"
#include "tests/support/formula_weights.h"

#include <algorithm>
#include <vector>

namespace support {

// Rows of random values; every 509th row is new, the rest repeat. Written through the device, whose memory it may be.
inline void seedRows(kernels::Device& device, const kernels::Rows& rows, std::int64_t count) {
    constexpr std::int64_t period = 509;
    const std::int64_t made = std::min(count, period);
    const std::size_t dataBytes = rows.layout.dataBytes(), scaleBytes = rows.layout.scaleBytes();
    std::vector<float> values(static_cast<std::size_t>(rows.layout.dims));
    std::vector<std::byte> data(static_cast<std::size_t>(made) * dataBytes), scales(static_cast<std::size_t>(made) * scaleBytes);
    for (std::int64_t i = 0; i < made; ++i) {
        for (std::size_t k = 0; k < values.size(); ++k) values[k] = static_cast<float>(formulaValue(splitmix64(7), std::uint64_t(i * rows.layout.dims) + k));
        kernels::reference::encodeRow(rows.layout, values.data(), data.data() + static_cast<std::size_t>(i) * dataBytes,
                                      scales.data() + static_cast<std::size_t>(i) * scaleBytes);
    }
    for (std::int64_t i = 0; i < count; i += period) {
        const std::size_t some = static_cast<std::size_t>(std::min(made, count - i));
        device.write(rows.row(i), data.data(), some * dataBytes);
        if (scaleBytes) device.write(rows.scale(i), scales.data(), some * scaleBytes);
    }
}

inline void seedCache(engine::KvCache& cache, const engine::ModelConfig& config, std::int64_t depth) {
    kernels::Device& device = cache.device();
    for (int i = 0; i < config.layers; ++i) {
        const engine::LayerCache& layer = cache.layer(i);
        seedRows(device, layer.window, layer.window.capacity);
        if (layer.rows.data) seedRows(device, layer.rows, depth / config.ratio(i));
        if (layer.pool.data) seedRows(device, layer.pool, layer.pool.capacity);
        if (layer.indexRows.data) seedRows(device, layer.indexRows, depth / config.ratio(i));
        if (layer.indexPool.data) seedRows(device, layer.indexPool, layer.indexPool.capacity);
    }
}

} // namespace support
