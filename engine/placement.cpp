#include "engine/placement.h"

#include "engine/model.h"
#include "kernels/measure.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace engine {

namespace {

constexpr std::int64_t driverBytes = std::int64_t{1} << 30; // context, code, fragments
constexpr std::int64_t expertPiece = 8192;                  // tokens whose experts are evaluated together

std::string amount(std::int64_t bytes) {
    char text[32];
    const double value = static_cast<double>(bytes);
    if (value < 1e9)
        std::snprintf(text, sizeof text, "%.0f MB", value / 1e6);
    else
        std::snprintf(text, sizeof text, "%.1f GB", value / 1e9);
    return text;
}

// Cache of one layer, by the difference that it makes.
std::int64_t cacheOf(const ModelConfig& config, int layer, std::int64_t context) {
    ModelConfig one = config;
    one.compressRatios = {config.ratio(layer)};
    return one.cacheBytes(context, config.quantised);
}

// Activations of a chunk (workspace.h) and the scratch of its largest operations.
std::int64_t workspaceOf(const ModelConfig& c, std::int64_t chunk, std::int64_t context) {
    const std::int64_t act = c.quantised ? 2 : 4, D = c.width, d = c.headWidth;
    const std::int64_t token = act * (std::int64_t{c.streams} * D + 3 * D + c.queryRank + std::int64_t{c.heads} * d + d +
                                      std::int64_t{c.outputGroups} * c.outputRank +
                                      std::int64_t{c.indexHeads} * (c.indexWidth + 1)) +
                               4 * (5 * d + 4 * std::int64_t{c.indexWidth} + c.indexTopK + c.experts + 2 * c.expertsPerToken);
    const std::int64_t row = act * (D + c.expertWidth);
    const std::int64_t experts = std::min(chunk, expertPiece) * ((c.expertsPerToken + 1) * row + act * D);
    const bool indexed = std::count(c.compressRatios.begin(), c.compressRatios.end(), 4) > 0;
    return chunk * token + experts + (indexed ? context / 4 * (2 * d + c.indexWidth + 4) : 0); // expanded rows and keys
}

} // namespace

std::int64_t WeightSizes::all(std::int64_t experts) const {
    std::int64_t sum = top;
    for (std::size_t i = 0; i < dense.size(); ++i) sum += dense[i] + experts * expert[i];
    return sum;
}

WeightSizes weightSizes(const ModelConfig& config, const Weights& weights) {
    WeightSizes sizes;
    sizes.dense.resize(static_cast<std::size_t>(config.layers));
    sizes.expert.resize(static_cast<std::size_t>(config.layers));
    for (const std::string& name : weights.names()) {
        const auto bytes = static_cast<std::int64_t>(weights.tensor(name).bytes());
        if (!name.starts_with("layers.")) {
            if (!name.starts_with("mtp.")) sizes.top += bytes; // drafters are not loaded
            continue;
        }
        const std::size_t layer = static_cast<std::size_t>(std::atoll(name.c_str() + 7));
        if (layer >= sizes.dense.size()) continue;
        if (name.find(".ffn.experts.") == std::string::npos) sizes.dense[layer] += bytes;
        else sizes.expert[layer] += bytes; // of all of them, divided below
    }
    for (std::int64_t& expert : sizes.expert) expert = (expert + config.experts - 1) / std::max(config.experts, 1);
    return sizes;
}

Placement place(const ModelConfig& config, const WeightSizes& sizes, std::span<const DeviceBudget> budgets,
                std::int64_t hostMemory, std::int64_t context, std::int64_t chunk) {
    Placement plan;
    plan.layers.resize(static_cast<std::size_t>(config.layers));
    std::int64_t memory = 0;
    for (const DeviceBudget& budget : budgets) memory += budget.memory;
    if (memory <= 0) {
        plan.problem = "No device has memory to place the model in.";
        return plan;
    }

    // Boundaries: each device takes the share of all bytes that it has of all memory.
    std::vector<std::int64_t> weight;
    std::int64_t total = 0;
    for (int i = 0; i < config.layers; ++i) {
        const auto at = static_cast<std::size_t>(i);
        weight.push_back(sizes.dense[at] + config.experts * sizes.expert[at] + cacheOf(config, i, context));
        total += weight.back();
    }
    std::int64_t placed = 0, before = 0;
    int layer = 0;
    for (std::size_t d = 0; d < budgets.size(); ++d) {
        DevicePlace device{budgets[d].name, layer, 0, budgets[d].memory};
        before += budgets[d].memory;
        const bool last = d + 1 == budgets.size();
        while (layer < config.layers &&
               (last || double(placed) + double(weight[static_cast<std::size_t>(layer)]) / 2 <= double(total) * double(before) / double(memory))) {
            const auto at = static_cast<std::size_t>(layer);
            device.dense += sizes.dense[at];
            device.cache += cacheOf(config, layer, context);
            plan.layers[at].device = static_cast<int>(d);
            placed += weight[at];
            ++layer, ++device.layers;
        }
        if (d == 0 || last) device.dense += sizes.top / (budgets.size() > 1 ? 2 : 1); // embedding first, head last
        device.workspace = driverBytes + workspaceOf(config, chunk, context);
        plan.devices.push_back(device);
    }

    for (DevicePlace& device : plan.devices) {
        if (device.layers == 0) continue;
        const auto first = static_cast<std::size_t>(device.firstLayer), end = first + static_cast<std::size_t>(device.layers);
        std::int64_t largest = 0, wanted = 0;
        for (std::size_t i = first; i < end; ++i) {
            largest = std::max(largest, sizes.expert[i]);
            wanted += config.experts * sizes.expert[i];
        }
        std::int64_t room = device.memory - device.used();
        if (room < wanted) {
            device.staging = 2 * stagedExperts * largest;
            room -= device.staging;
        }
        if (room < 0) {
            plan.problem = device.name + " has " + amount(device.memory) + ", but its " + std::to_string(device.layers) + " layers without routed experts, " +
                           "their context of " + std::to_string(context) + " tokens and the working space need " + amount(device.used()) +
                           ": choose a shorter context, a smaller chunk or another device.";
            return plan;
        }
        // The same number in every layer, and one more in the first ones as long as there is room.
        for (std::int64_t round = 0; round < config.experts; ++round)
            for (std::size_t i = first; i < end && room >= sizes.expert[i]; ++i) {
                room -= sizes.expert[i];
                device.experts += sizes.expert[i];
                ++plan.layers[i].resident;
            }
    }
    for (std::size_t i = 0; i < plan.layers.size(); ++i) {
        LayerPlace& here = plan.layers[i];
        const std::int64_t left = config.experts - here.resident;
        here.host = sizes.expert[i] ? std::clamp<std::int64_t>((hostMemory - plan.hostBytes) / sizes.expert[i], 0, left) : left;
        here.disk = left - here.host;
        plan.hostBytes += here.host * sizes.expert[i];
        plan.diskBytes += here.disk * sizes.expert[i];
    }
    if (plan.diskBytes > 0)
        plan.problem = amount(plan.diskBytes) + " of experts fit neither the devices nor host memory and would be read from disk for every chunk: " +
                       "free memory, or choose the device \"simd\", which maps the files.";
    return plan;
}

Placement placeOnGpus(const ModelConfig& config, const Weights& weights, std::int64_t hostMemory, std::int64_t context) {
    const Mode mode = Model::modeOf(config);
    std::vector<DeviceBudget> budgets;
    std::int64_t chunk = 0;
    for (const std::string& name : devices(mode)) {
        if (!name.starts_with("cuda:")) continue;
        try {
            const std::shared_ptr<kernels::Device> device = kernels::openDevice(name, mode);
            budgets.push_back({name, static_cast<std::int64_t>(kernels::memoryFree(*device))});
            chunk = std::max(chunk, device->preferredChunk());
        } catch (const std::runtime_error&) { // shown, and not to be had: another program holds it, or its driver fails
        }
    }
    if (budgets.empty()) return {};
    return place(config, weightSizes(config, weights), budgets, hostMemory, context, chunk);
}

std::vector<std::string> Placement::lines(std::int64_t experts) const {
    std::vector<std::string> text;
    for (const DevicePlace& device : devices) {
        if (device.layers == 0) {
            text.push_back(device.name + ": no layers");
            continue;
        }
        std::int64_t least = experts, most = 0;
        for (int i = device.firstLayer; i < device.firstLayer + device.layers; ++i) {
            least = std::min(least, layers[static_cast<std::size_t>(i)].resident);
            most = std::max(most, layers[static_cast<std::size_t>(i)].resident);
        }
        const std::string count = least == most ? std::to_string(least) : std::to_string(least) + " or " + std::to_string(most);
        text.push_back(device.name + ": layers " + std::to_string(device.firstLayer) + " to " + std::to_string(device.firstLayer + device.layers - 1) + " with " + count +
                       " of " + std::to_string(experts) + " experts each; " + amount(device.dense) + " dense, " + amount(device.experts) + " experts, " +
                       amount(device.cache) + " context, " + amount(device.workspace + device.staging) + " working space of " + amount(device.memory));
    }
    if (hostBytes > 0) {
        char seconds[32];
        std::snprintf(seconds, sizeof seconds, "%.2f", double(hostBytes) / 55e9);
        text.push_back("host memory: " + amount(hostBytes) + " of experts, to be streamed once a chunk (" + seconds + " s at 55 GB/s). This version does not stream yet and holds all experts on one device: choose \"simd\" until then");
    }
    if (!problem.empty()) text.push_back(problem);
    return text;
}

} // namespace engine
