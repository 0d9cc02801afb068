#include "engine/foreign_json.h"
#include "engine/safetensors.h"

#include <algorithm>
#include <functional>
#include <map>

namespace engine {

namespace {

constexpr std::size_t maxShards = 10'000;

bool isShardName(std::string_view name) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    };
    return name.size() <= 255 && name.ends_with(".safetensors") &&
           name.find("..") == std::string_view::npos && name.front() != '.' &&
           std::all_of(name.begin(), name.end(), plain);
}

// "model-00003-of-00046.safetensors" says 46; a name without such a part says nothing (0).
std::size_t statedShardCount(std::string_view name) {
    name.remove_suffix(std::string_view(".safetensors").size());
    const auto of = name.rfind("-of-");
    if (of == std::string_view::npos || name.size() - of - 4 > 9 || name.size() == of + 4) return 0;
    std::size_t count = 0;
    for (const char c : name.substr(of + 4)) {
        if (c < '0' || c > '9') return 0;
        count = count * 10 + static_cast<std::size_t>(c - '0');
    }
    return count;
}

// Numbers the shards in the order they are met.
class ShardNumbers {
public:
    explicit ShardNumbers(std::vector<std::string>& shards) : m_shards(shards) {}

    std::uint32_t of(std::string_view name, const JsonReader& json) {
        if (const auto it = m_numbers.find(name); it != m_numbers.end()) return it->second;
        if (!isShardName(name))
            json.fail("the shard " + quoteForeign(name) +
                      " is not a plain .safetensors file name beside the index");
        if (m_shards.size() == maxShards) json.fail("the index names more than 10,000 shards");
        m_shards.emplace_back(name);
        const auto number = static_cast<std::uint32_t>(m_shards.size() - 1);
        m_numbers.emplace(name, number);
        return number;
    }

private:
    std::vector<std::string>& m_shards;
    std::map<std::string, std::uint32_t, std::less<>> m_numbers;
};

void readWeightMap(JsonReader& json, ShardIndex& index, const std::string& fileName) {
    ShardNumbers numbers(index.shards);
    json.enterObject();
    while (json.nextKey()) {
        const std::string_view tensor = json.plainKey();
        if (tensor.empty()) json.fail("a tensor name is empty or spelled with escapes");
        checkTensorName(tensor, fileName);
        index.places.push_back({tensor, numbers.of(json.string(), json)});
    }
}

void checkCounts(const ShardIndex& index, const std::string& fileName) {
    if (index.places.empty()) refuseFile(fileName, "it names no tensor");
    for (const std::string& shard : index.shards) {
        const std::size_t stated = statedShardCount(shard);
        if (stated != 0 && stated != index.shards.size())
            refuseFile(fileName, "the shard " + quoteForeign(shard) + " belongs to a set of " +
                                     std::to_string(stated) + " files but the index names " +
                                     std::to_string(index.shards.size()));
    }
}

} // namespace

ShardIndex readShardIndex(std::string_view text, const std::string& fileName) {
    if (text.size() > maxShardIndex) refuseFile(fileName, "an index above 64 MB is not one of DeepSeek-V4");
    ShardIndex index;
    JsonReader json(text, fileName, {4, maxTensorsPerFile});
    bool mapSeen = false, metadataSeen = false;
    json.enterObject();
    while (json.nextKey()) {
        if (json.key() == "weight_map") {
            if (mapSeen) json.fail("the key \"weight_map\" occurs twice");
            mapSeen = true;
            readWeightMap(json, index, fileName);
        } else {
            if (json.key() == "metadata") {
                if (metadataSeen) json.fail("the key \"metadata\" occurs twice");
                metadataSeen = true;
            }
            json.skip();
        }
    }
    json.finish();
    if (!mapSeen) refuseFile(fileName, "it has no weight_map");
    std::sort(index.places.begin(), index.places.end(),
              [](const auto& a, const auto& b) { return a.tensor < b.tensor; });
    const auto twin = std::adjacent_find(index.places.begin(), index.places.end(),
                                         [](const auto& a, const auto& b) { return a.tensor == b.tensor; });
    if (twin != index.places.end())
        refuseFile(fileName, "tensor " + quoteForeign(twin->tensor) + " occurs twice");
    checkCounts(index, fileName);
    return index;
}

} // namespace engine
