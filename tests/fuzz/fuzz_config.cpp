// Any bytes as a config.json: the strict reader and the configuration's own rules; what passes keeps its promises.
#include "engine/config.h"
#include "engine/foreign_json.h"

#include <cstdlib>
#include <stdexcept>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        engine::checkForeignJson(text, "fuzz", {8, 4096});
    } catch (const std::runtime_error&) {
    }
    try {
        const auto config = engine::ModelConfig::parse(text);
        if (config.layers < 1 || config.compressRatios.size() < static_cast<std::size_t>(config.layers)) std::abort();
        if (config.parameters() <= 0 || config.cacheBytes(config.maxPositions, false) <= 0) std::abort();
    } catch (const std::runtime_error&) {
    }
    return 0;
}
