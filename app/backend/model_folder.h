// What lies in a model folder beside the weights: its tokenizer (or the one that stands in for it), lectern.json with
// words about the model, and how much context this machine can hold for it. Pure look-ups; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace engine {
class Tokenizer;
class Weights;
struct ModelConfig;
} // namespace engine

namespace app {

// lectern.json: {"name": text, "note": text, "demo": true}; every key optional, others ignored.
struct ModelWords {
    std::string name, note;
    bool demo = false;
};
ModelWords modelWords(const std::filesystem::path& model);

struct ChosenTokenizer {
    std::shared_ptr<const engine::Tokenizer> tokenizer;
    std::string note; // empty, or why this one
};
// The model's own; else the bundled V4 vocabulary where the embedding has rows for it; else plain bytes.
ChosenTokenizer chooseTokenizer(const std::string& tokenizerText, int vocabulary);

std::uint64_t availableMemory(); // bytes the system would give without swapping; 0 = unknown
// Tokens of context that fit `bytes` of memory, at most what the model allows.
std::int64_t windowFor(const engine::ModelConfig& config, std::uint64_t bytes);

} // namespace app
