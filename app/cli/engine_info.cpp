// lectern engine info: what a checkpoint is, what it needs, and how this machine could run it.

#include "app/cli/engine_parts.h"
#include "app/cli/invocation.h"
#include "app/cli/terminal_text.h"

#include "app/backend/model_folder.h"
#include "app/model_card.h"
#include "app/resources.h"
#include "engine/config.h"
#include "engine/model.h"
#include "engine/placement.h"
#include "engine/tokenizer.h"
#include "engine/weights.h"

#include <sstream>
#include <thread>

namespace app::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t depths[] = {131072, 1048576};
constexpr std::uint64_t workingSpace = 1ull << 30; // activations of a chunk, program, system

std::string gigabytes(std::uint64_t bytes) {
    char text[32];
    const double value = static_cast<double>(bytes);
    if (value < 1e6) std::snprintf(text, sizeof text, "%.0f kB", value / 1e3);
    else if (value < 1e9) std::snprintf(text, sizeof text, "%.1f MB", value / 1e6);
    else std::snprintf(text, sizeof text, "%.1f GB", value / 1e9);
    return text;
}

std::string how(std::uint64_t weights, std::uint64_t cache, std::uint64_t memory) {
    if (memory == 0) return "unknown";
    if (weights + cache + workingSpace <= memory) return "in memory";
    if (cache + workingSpace <= memory) return "weights from disk"; // mapped: pages come and go
    return "no";
}

std::string howSentence(const std::string& kind) {
    if (kind == "in memory") return "yes, all in memory";
    if (kind == "weights from disk") return "yes, but the weights do not fit memory and are read from disk again and again: slow";
    if (kind == "no") return "no, the context alone does not fit memory";
    return "this system does not say how much memory is free";
}

// The promise in words, lines of a terminal's width, and what was measured.
void printCard(Invocation& call, Json& json, const std::filesystem::path& folder) {
    const ModelCard card = modelCard(folder);
    if (card.text.empty() && card.rows.empty()) return;
    std::string line = " ";
    std::istringstream words(card.text);
    for (std::string word; words >> word; line += " " + word)
        if (line.size() + word.size() > 100) {
            call.print(line);
            line = " ";
        }
    if (line.size() > 1) call.print(line);
    Json rows = Json::array();
    for (const CardRow& row : card.rows) {
        rows.push_back({{"measure", row.measure}, {"value", row.value}, {"baseline", row.baseline}, {"gate", row.gate}, {"state", row.state}});
        call.print("  " + fitted(row.measure, 44) + " " + fitted(row.value, 30) + " " + row.state + (row.gate.empty() ? "" : " (gate: " + row.gate + ")"));
    }
    json["card"] = {{"text", card.text}, {"measured", std::move(rows)}};
}

} // namespace

int engineInfo(Invocation& call) {
    if (call.positional().size() != 2) throw UsageError("lectern engine info needs one model folder or file, or built-in.", "info", "lectern engine info DIR");
    const bool builtIn = call.positional()[1] == "built-in";
    if (builtIn && !hasBuiltInModel()) throw UsageError("This installation holds no built-in model.", "built-in", "name a model folder or file");
    const std::filesystem::path path = builtIn ? builtInModel() : std::filesystem::path(call.positional()[1]);
    std::error_code error;
    if (!std::filesystem::exists(path, error)) throw UsageError("There is no model at " + path.string() + ".", path.string());
    Json json;
    try {
        const auto weights = engine::Weights::open(path);
        const engine::ModelConfig config = engine::ModelConfig::parse(weights->configText());
        const ModelWords words = modelWords(path);
        const ChosenTokenizer tokenizer = chooseTokenizer(weights->tokenizerText(), config.vocabulary);
        const std::uint64_t memory = availableMemory();
        const std::vector<std::string> devices = engine::devices(engine::Model::modeOf(config));
        json = {{"schema", "lectern.engine-info/1"},
                {"name", words.name},
                {"path", path.string()},
                {"architecture", config.modelType},
                {"format", weights->format()},
                {"fingerprint", weights->fingerprint()},
                {"note", words.note},
                {"demo", words.demo},
                {"parameters", config.parameters()},
                {"active_parameters", config.activeParameters()},
                {"layers", config.layers},
                {"width", config.width},
                {"experts", config.experts},
                {"experts_per_token", config.expertsPerToken},
                {"vocabulary", config.vocabulary},
                {"window", config.maxPositions},
                {"quantisation_simulation", config.quantised},
                {"tokenizer", {{"name", tokenizer.tokenizer->name()}, {"tokens", tokenizer.tokenizer->size()}, {"note", tokenizer.note}}},
                {"bytes", weights->bytes()}};
        call.print(words.name + ": " + config.modelType + ", " + weights->format() + ", " + gigabytes(weights->bytes()));
        if (!words.note.empty()) call.print("  " + words.note);
        printCard(call, json, std::filesystem::is_directory(path) ? path : path.parent_path());
        call.print("  " + std::to_string(config.layers) + " layers, " + std::to_string(config.experts) + " experts (" +
                   std::to_string(config.expertsPerToken) + " a token), " + std::to_string(config.parameters()) + " parameters, " +
                   std::to_string(config.activeParameters()) + " active");
        call.print("  window of " + std::to_string(config.maxPositions) + " tokens; tokenizer: " + tokenizer.tokenizer->name() +
                   (tokenizer.note.empty() ? "" : " (" + tokenizer.note + ")"));
        Json needs = Json::array();
        for (const std::int64_t depth : depths) {
            const std::int64_t tokens = std::min(depth, config.maxPositions);
            const auto cache = static_cast<std::uint64_t>(config.cacheBytes(tokens, false));
            const std::string kind = how(weights->bytes(), cache, memory);
            needs.push_back({{"context", depth}, {"tokens", tokens}, {"cache_bytes", cache},
                             {"total_bytes", weights->bytes() + cache + workingSpace}, {"runs", kind}});
            call.print("  at " + std::string(depth == depths[0] ? "128K" : "1M") + " tokens" +
                       (tokens < depth ? " (its window ends at " + std::to_string(tokens) + ")" : "") + ": " + gigabytes(cache) +
                       " of context, " + gigabytes(weights->bytes() + cache + workingSpace) + " in all; on this machine: " + howSentence(kind));
        }
        json["memory"] = needs;
        const std::int64_t window = memory > 0 ? windowFor(config, memory * 7 / 10) : config.maxPositions;
        json["machine"] = {{"available_memory", memory}, {"threads", std::thread::hardware_concurrency()}, {"devices", devices},
                           {"device", devices.empty() ? "" : devices.front()}, {"window", window}};
        const std::int64_t longest = std::min(depths[1], config.maxPositions);
        const engine::Placement placement = engine::placeOnGpus(config, *weights, static_cast<std::int64_t>(memory * 7 / 10), longest);
        if (!placement.devices.empty()) {
            Json places = Json::array();
            for (const engine::DevicePlace& place : placement.devices)
                places.push_back({{"device", place.name}, {"first_layer", place.firstLayer}, {"layers", place.layers}, {"memory", place.memory},
                                  {"dense_bytes", place.dense}, {"expert_bytes", place.experts}, {"cache_bytes", place.cache},
                                  {"working_bytes", place.workspace + place.staging}});
            json["placement"] = {{"context", longest}, {"devices", places}, {"host_bytes", placement.hostBytes}, {"disk_bytes", placement.diskBytes},
                                 {"fits", placement.fits()}, {"problem", placement.problem}};
            call.print("  on this machine's GPUs, with a context of " + std::to_string(longest) + " tokens:");
            for (const std::string& line : placement.lines(config.experts)) call.print("    " + line);
        }
        std::string names;
        for (const std::string& device : devices) names += (names.empty() ? "" : ", ") + device;
        call.print("  this machine: " + gigabytes(memory) + " available, devices " + names + "; the context may have " + std::to_string(window) + " tokens");
    } catch (const std::runtime_error& problem) {
        call.conditions().add(Exit::Engine, problem.what());
        call.note(problem.what());
        json = {{"schema", "lectern.failure/1"}, {"exit", 5}, {"what", "The model cannot be used."}, {"about", path.string()}, {"cause", problem.what()}};
    }
    call.printJson(json);
    return call.exitCode();
}

} // namespace app::cli
