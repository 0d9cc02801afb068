// ModelConfig: the numbers of a DeepSeek-V4 checkpoint, read from its config.json (published key names) and
// checked: every field has a range, every relation between fields holds, another architecture is refused by
// its name. What a checked config promises (products fit 64 bits, groups divide heads, ...) the engine relies
// on without asking again. A value; any thread. Source: v4-architecture.md sections 1 and 8; the bundled
// model's differences: tied embedding.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

struct RopeScaling { // YaRN of the layers with a compression ratio; factor 1 = none
    double factor = 1;
    double originalPositions = 0;
    double betaFast = 32, betaSlow = 1;
};

struct ModelConfig {
    // Throws std::runtime_error with a sentence naming the key, its value and the rule.
    static ModelConfig parse(std::string_view json);

    std::string modelType; // "deepseek_v4"
    int vocabulary = 0;    // V
    int width = 0;         // D
    int layers = 0;        // L
    int heads = 0;         // H
    int headWidth = 0;     // d
    int rotaryWidth = 0;   // r, the last of d
    int queryRank = 0;
    int outputGroups = 0;
    int outputRank = 0;              // per group
    int window = 0;                  // W, the query's own position included
    std::vector<int> compressRatios; // one per layer: 0, 4 or 128
    int draftEntries = 0;            // trailing entries of compress_ratios that belong to draft stages
    double ropeTheta = 0, compressRopeTheta = 0;
    RopeScaling ropeScaling;
    int indexHeads = 0, indexWidth = 0, indexTopK = 0; // 0 where no layer has an indexer
    int streams = 0;                                   // h
    int sinkhornIterations = 0;
    double hyperEpsilon = 1e-6, normEpsilon = 1e-6;
    int expertWidth = 0;     // I
    int experts = 0;         // E
    int expertsPerToken = 0; // K
    int hashLayers = 0;
    double routedScale = 0;
    double swigluLimit = 0; // 0 = no clamp
    bool tiedEmbedding = false;
    bool quantised = false; // quantization_config is there: the model was trained with the rounding points
    std::int64_t maxPositions = 0;
    int bosToken = 0, eosToken = 1;

    int mixRows() const { return (2 + streams) * streams; }
    int groupInput() const { return heads / outputGroups * headWidth; }
    int ratio(int layer) const { return compressRatios[static_cast<std::size_t>(layer)]; }
    bool hashRouted(int layer) const { return layer < hashLayers; }
    // fp32 rotation frequencies of a layer with that ratio, in the published evaluation order.
    std::vector<float> ropeFrequencies(int ratio) const;

    // Sizes for people: parameters of the main model, and cache bytes for a context of `tokens`.
    std::int64_t parameters() const;
    std::int64_t activeParameters() const;
    std::int64_t cacheBytes(std::int64_t tokens, bool compactRows) const;
};

} // namespace engine
