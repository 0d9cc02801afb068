// What a model on this machine is and how fast it runs, measured by the program itself in a process of its
// own (`lectern engine info` and `engine bench`): a measurement that is stopped, or a model that brings its
// process down, costs nothing else. Blocking; job threads; throws std::runtime_error with a sentence, and
// after a stop.
#pragma once

#include "app/settings.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace app {

struct EngineFacts {
    std::string name, architecture, format, note, tokenizer, device; // device: the one that would run it
    std::vector<std::string> devices;
    std::int64_t parameters = 0, activeParameters = 0,
                 window = 0;                      // window: tokens that fit this machine's memory
    std::uint64_t bytes = 0, availableMemory = 0; // of the weights; 0 = unknown
    int threads = 0;
    struct Need {
        std::int64_t tokens = 0; // of context
        std::uint64_t cache = 0, all = 0;
        std::string runs; // "in memory", "weights from disk", "no", "unknown"
    };
    std::vector<Need> needs;
};

struct DepthSpeed {
    std::int64_t depth = 0;         // tokens of context
    double prefill = 0, decode = 0; // tokens a second
};

// Where the weights of an engine's name lie; nothing for "none", scripts and endpoints.
std::optional<std::filesystem::path> weightsOf(const std::string& engine, const Settings& settings);
EngineFacts engineFacts(const std::filesystem::path& model, std::stop_token stop);
std::vector<DepthSpeed> measureSpeed(const std::filesystem::path& model,
                                     const std::vector<std::int64_t>& depths, std::stop_token stop);

} // namespace app
